// Package alike compares matters by what was said of them and where they lie, so that the desk sees that the heap of rubbish
// it hears of now is the one that three others have reported.
//
// It compares words that were opened for it a moment ago, a few candidates at a time, and keeps nothing: there is no index of
// plain words anywhere.
package alike

import (
	"strings"
	"unicode"
)

// Words is how much two texts have in common, from 0 to 1: the share of pairs of neighbouring characters (Sørensen–Dice). Pairs
// need no dictionary, and Chinese words are mostly of two characters.
func Words(a, b string) float64 {
	in := pairs(a)
	of := pairs(b)
	if len(in) == 0 || len(of) == 0 {
		return 0
	}
	common := 0
	for p := range in {
		if of[p] {
			common++
		}
	}
	return 2 * float64(common) / float64(len(in)+len(of))
}

// Covers is the share of a phrase that stands in a text, from 0 to 1, by the same pairs.
func Covers(text, phrase string) float64 {
	want, have, found := pairs(phrase), pairs(text), 0
	for p := range want {
		if have[p] {
			found++
		}
	}
	return float64(found) / float64(max(len(want), 1))
}

// pairs are the neighbouring letters and digits of a text, without what stands between them.
func pairs(s string) map[[2]rune]bool {
	out := map[[2]rune]bool{}
	var last rune
	for _, r := range strings.ToLower(s) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		if last != 0 {
			out[[2]rune{last, r}] = true
		}
		last = r
	}
	return out
}
