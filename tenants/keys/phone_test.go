package keys

import (
	"testing"

	"pgregory.net/rapid"
)

func TestNormalPhone(t *testing.T) {
	for in, want := range map[string]string{
		"13800138000":       "13800138000",
		" 138 0013 8000 ":   "13800138000",
		"138-0013-8000":     "13800138000",
		"+86 138 0013 8000": "13800138000",
		"+86-13800138000":   "13800138000",
		"008613800138000":   "13800138000",
		"8613800138000":     "13800138000",
		"＋８６１３８００１３８０００":       "13800138000",
		"\u202a+8613800138000": "13800138000", // as copied from an address book
		"0512-68251234":        "051268251234",
		"(0512)68251234":       "051268251234",
		"+86 512 6825 1234":    "051268251234",
		"+86 0512 6825 1234":   "051268251234",
		"+86 10 1234 5678":     "01012345678",
		"400-820-8820":         "4008208820",
		"+86 400 820 8820":     "4008208820",
		"8612345678901":        "8612345678901", // 86 and no mobile behind it: part of the number
		"12345":                "12345",
		"+852 9123 4567":       "+85291234567",
		"00852 9123 4567":      "+85291234567",
		"无":                    "无",
		"":                     "",
		"+86":                  "+86",
	} {
		if got := NormalPhone(in); got != want {
			t.Errorf("NormalPhone(%q) = %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		mobile := rapid.StringMatching(`1[3-9][0-9]{9}`).Draw(t, "mobile")
		before := rapid.SampledFrom([]string{"", "+86", "0086", "86", "+86 ", " "}).Draw(t, "before")
		at := rapid.IntRange(0, 11).Draw(t, "at")
		if got := NormalPhone(before + mobile[:at] + " - "[at%3:] + mobile[at:]); got != mobile {
			t.Fatalf("got %q", got)
		}
	})
}
