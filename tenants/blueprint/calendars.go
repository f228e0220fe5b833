package blueprint

import (
	"slices"
	"time"
)

// Calendar says when people work. Days are "2006-01-02" in Asia/Shanghai.
type Calendar struct {
	Entry
	Title    string   `json:"title"`
	Hours    []Period `json:"hours"`    // of a working day, in order
	Weekdays []int    `json:"weekdays"` // 1 Monday … 7 Sunday
	Holidays []string `json:"holidays,omitempty"`
	Workdays []string `json:"workdays,omitempty"` // make-up days (调休上班)
	Source   string   `json:"source,omitempty"`   // the notice the days come from
}

// Period is a stretch of a day, "15:04" to "15:04", the end not included.
type Period struct {
	From string `json:"from"`
	To   string `json:"to"`
}

func (cal *Calendar) among(*Config, *checker) {}

func (cal *Calendar) alone(ck *checker) {
	ck.need("title", cal.Title, 40)
	if len(cal.Hours) == 0 {
		ck.bad("hours", "不能为空")
	}
	last := ""
	for _, p := range cal.Hours {
		if !clockTime(p.From) || !clockTime(p.To) || p.From >= p.To || p.From < last {
			ck.bad("hours", "工作时间 %s—%s 有误，应按先后顺序且不重叠", p.From, p.To)
		}
		last = p.To
	}
	if len(cal.Weekdays) == 0 {
		ck.bad("weekdays", "不能为空")
	}
	for n, d := range cal.Weekdays {
		if d < 1 || d > 7 || slices.Contains(cal.Weekdays[:n], d) {
			ck.bad("weekdays", "星期应为 1 至 7，不重复")
		}
	}
	days(ck, "holidays", cal.Holidays)
	days(ck, "workdays", cal.Workdays)
	for _, d := range cal.Workdays {
		if slices.Contains(cal.Holidays, d) {
			ck.bad("workdays", "%s 既是假日又是调休上班日", d)
		}
	}
}

func clockTime(s string) bool {
	_, err := time.Parse("15:04", s)
	return err == nil && len(s) == 5
}

func days(ck *checker, field string, list []string) {
	last := ""
	for _, d := range list {
		if _, err := time.Parse(time.DateOnly, d); err != nil {
			ck.bad(field, "日期“%s”有误", d)
		} else if d <= last {
			ck.bad(field, "日期应按先后排列，不重复（%s）", d)
		}
		last = d
	}
}
