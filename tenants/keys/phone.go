package keys

import "strings"

// NormalPhone brings a phone number to the one form that is sealed and blinded, so that every
// spelling of one number finds the same rows: digits only, national form, no +86, 0086 or 86;
// full-width digits become plain. A mainland mobile keeps its 11 digits; a landline written with
// +86 gets the leading 0 of its area code back; a foreign number keeps "+" and its country code.
// What is not a phone number at all keeps its other characters: this is not validation.
func NormalPhone(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == '＋':
			return '+'
		case strings.ContainsRune(" \t\r\n\u00a0\u3000\u200b\u202a\u202c\ufeff-‐‑–—－.()（）", r):
			return -1
		}
		return r
	}, s)
	if rest, ok := strings.CutPrefix(s, "00"); ok {
		s = "+" + rest
	}
	if rest, ok := strings.CutPrefix(s, "86"); ok && isMobile(rest) {
		return rest
	}
	rest, ok := strings.CutPrefix(s, "+86")
	switch {
	case !ok || rest == "":
		return s
	case isMobile(rest), rest[0] == '0', len(rest) == 10 && (rest[:3] == "400" || rest[:3] == "800"):
		return rest
	}
	return "0" + rest
}

// isMobile: ^1[3-9]\d{9}$
func isMobile(s string) bool {
	if len(s) != 11 || s[0] != '1' || s[1] < '3' {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
