package ui

import (
	"context"
	"testing"
)

func TestTerm(t *testing.T) {
	en := WithLocale(context.Background(), English)
	for zh, want := range map[string]string{
		"2026年11月": "November 2026", "2026年第4季度": "Q4 2026", "2026年第48周": "Week 48, 2026", "2026年": "2026",
		"2026-11-23": "2026-11-23", "2026年11月上旬": "2026年11月上旬", "2026年13月": "2026年13月", "": "",
	} {
		if got := Term(en, zh); got != want {
			t.Errorf("%s in English is %q, want %q", zh, got, want)
		}
		if got := Term(context.Background(), zh); got != zh {
			t.Errorf("%s in Chinese became %q", zh, got)
		}
	}
}
