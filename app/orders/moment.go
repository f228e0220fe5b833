package orders

import (
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"wanjie/app/clock"
)

// layouts are the ways in which platforms write a moment, by the clock of Asia/Shanghai.
var layouts = []string{"2006-1-2 15:04:05", "2006-1-2 15:04", "2006/1/2 15:04:05", "2006/1/2 15:04", "2006年1月2日 15:04", "2006-01-02T15:04:05", time.RFC3339}

// days are the ways in which they write a day; a deadline on a day is its end.
var days = []string{"2006-1-2", "2006/1/2", "2006年1月2日"}

// moment reads one; empty is the zero time. Excel's number of days is one too.
func moment(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, s, clock.Zone); err == nil {
			return t.UTC(), true
		}
	}
	for _, layout := range days {
		if t, err := time.ParseInLocation(layout, s, clock.Zone); err == nil {
			return t.AddDate(0, 0, 1).Add(-time.Minute).UTC(), true
		}
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || !(n >= 36_526 && n < 73_051) { // 2000 to 2099
		return time.Time{}, false
	}
	t, err := excelize.ExcelDateToTime(n, false)
	if err != nil {
		return time.Time{}, false
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, clock.Zone).UTC(), true
}
