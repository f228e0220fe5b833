package ui

import (
	"context"
	"fmt"
	"time"
)

// Term says the name of a month, quarter, week or year, which the blueprint's cycles write in Chinese and kept reports
// have written down, in the language of ctx: 2026年11月 is November 2026. What is no such name stays as it is.
func Term(ctx context.Context, name string) string {
	if Locale(ctx) != English {
		return name
	}
	for _, f := range []struct {
		zh   string
		last int
		en   func(year, n int) string
	}{
		{"%d年%d月", 12, func(year, n int) string { return fmt.Sprintf("%s %d", time.Month(n), year) }},
		{"%d年第%d季度", 4, func(year, n int) string { return fmt.Sprintf("Q%d %d", n, year) }},
		{"%d年第%d周", 53, func(year, n int) string { return fmt.Sprintf("Week %d, %d", n, year) }},
	} {
		var year, n int
		if _, err := fmt.Sscanf(name, f.zh, &year, &n); err == nil && n >= 1 && n <= f.last && fmt.Sprintf(f.zh, year, n) == name {
			return f.en(year, n)
		}
	}
	var year int
	if _, err := fmt.Sscanf(name, "%d年", &year); err == nil && fmt.Sprintf("%d年", year) == name {
		return fmt.Sprint(year)
	}
	return name
}
