package noted

import "strings"

// phone reports whether s has the digits of a telephone number.
func phone(s string) bool {
	n := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			n++
		case !strings.ContainsRune("+- ()（）－转", r):
			return false
		}
	}
	return n >= 7 && n <= 20
}

// identity reports whether s is a citizen's number: 17 digits and a check character (GB 11643-1999, ISO 7064 MOD 11-2).
func identity(s string) bool {
	if len(s) != 18 {
		return false
	}
	sum := 0
	for i := range 18 {
		d := strings.IndexByte("0123456789X", s[i])
		if d < 0 || d == 10 && i < 17 {
			return false
		}
		sum += d * (1 << (17 - i) % 11)
	}
	return sum%11 == 1
}

// credit reports whether s is a unified social credit code: 17 digits and letters without I, O, S, V and Z, and a check
// character (GB 32100-2015, ISO 7064 MOD 31-3).
func credit(s string) bool {
	const letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	if len(s) != 18 {
		return false
	}
	sum, weight := 0, 1
	for i := range 17 {
		n := strings.IndexByte(letters, s[i])
		if n < 0 {
			return false
		}
		sum += n * weight
		weight = weight * 3 % 31
	}
	return letters[(31-sum%31)%31] == s[17]
}
