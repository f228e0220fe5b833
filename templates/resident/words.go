package resident

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// chinese is the language's own name, whatever the page speaks.
const chinese = "中文"

// joined sets what there is of two words side by side.
func joined(a, b string) string {
	if b == "" {
		return a
	}
	return a + " · " + b
}
