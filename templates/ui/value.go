package ui

import (
	"strconv"
	"time"
)

// china is the one civil time of the country. A fixed zone, since it has had no summer time since 1991 and a container
// may lack a zone database.
var china = time.FixedZone("CST", 8*60*60)

// None stands where a value is missing.
const None = "—"

// Time is "2026-11-23 15:04" in China's time, or None for the zero time.
func Time(t time.Time) string {
	if t.IsZero() {
		return None
	}
	return t.In(china).Format("2006-01-02 15:04")
}

// Date is "2026-11-23" in China's time, or None for the zero time.
func Date(t time.Time) string {
	if t.IsZero() {
		return None
	}
	return t.In(china).Format("2006-01-02")
}

// Number groups thousands: 12,345.
func Number[N ~int | ~int32 | ~int64](n N) string {
	s := strconv.FormatInt(int64(n), 10)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Percent is part of whole with one decimal, "93.4%", or None when there is no whole: a street without cases has no rate.
func Percent(part, whole int64) string {
	if whole == 0 {
		return None
	}
	return strconv.FormatFloat(float64(part)*100/float64(whole), 'f', 1, 64) + "%"
}
