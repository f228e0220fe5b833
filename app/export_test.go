package app

// ResealInBatchesOf makes a street's few rows many batches.
func ResealInBatchesOf(n int) { resealBatch = n }
