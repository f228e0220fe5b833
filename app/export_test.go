package app

// ResealInBatchesOf makes a street's few rows many batches.
func ResealInBatchesOf(n int) { resealBatch = n }

// Words and Numbers are what the traces are told with.
func Words() map[string]string   { return words() }
func Numbers() map[string]string { return numbers() }
