package clock

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Date is a calendar day in Asia/Shanghai, 2006-01-02, for what lasts whole days. Dates compare as strings do. The empty
// Date is none, NULL in the database.
type Date string

// DateOf is the date on which t falls.
func DateOf(t time.Time) Date { return Date(t.In(Zone).Format(time.DateOnly)) }

// ParseDate reads a date as forms send it; ok is false for anything else.
func ParseDate(s string) (d Date, ok bool) {
	t, err := time.ParseInLocation(time.DateOnly, s, Zone)
	return Date(s), err == nil && t.Year() >= 1949 && t.Year() < 2200
}

// Start is the first instant of the date.
func (d Date) Start() time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), Zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Add is the date so many days later.
func (d Date) Add(days int) Date {
	if d == "" {
		return ""
	}
	return DateOf(d.Start().AddDate(0, 0, days))
}

// Weekday is 1 for Monday to 7 for Sunday.
func (d Date) Weekday() int { return (int(d.Start().Weekday())+6)%7 + 1 }

// Scan reads a date column.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = ""
	case time.Time:
		*d = Date(v.Format(time.DateOnly))
	case string:
		*d = Date(v[:min(len(v), len(time.DateOnly))])
	case []byte:
		*d = Date(v[:min(len(v), len(time.DateOnly))])
	default:
		return fmt.Errorf("a date cannot be read from a %T", src)
	}
	return nil
}

// Value writes a date column.
func (d Date) Value() (driver.Value, error) {
	if d == "" {
		return nil, nil //nolint:nilnil // that is how NULL is said
	}
	return string(d), nil
}
