package web

import (
	"time"

	"wanjie/app/clock"
	"wanjie/app/fault"
)

// asTyped is a point in time as browsers send it, in Asia/Shanghai.
const asTyped = "2006-01-02T15:04"

// Moment reads a point in time from a form. What is none, an empty field too, is Invalid at that field.
func (r *Request) Moment(field string) (time.Time, error) {
	t, err := time.ParseInLocation(asTyped, r.Text(field), clock.Zone)
	if err != nil {
		return time.Time{}, fault.Field(field, "请填写日期和时间")
	}
	return t.UTC(), nil
}

// Typed is a point in time as the field of a form holds it; empty for none.
func Typed(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(clock.Zone).Format(asTyped)
}
