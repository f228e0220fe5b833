package admin

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wanjie/app/clock"
	"wanjie/tenants/blueprint"
)

func TestDaysAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ typed, want string }{
		"one a line":          {"2027-01-01\n2027-01-02", "2027-01-01 2027-01-02"},
		"a range":             {"2027-02-05 至 2027-02-07", "2027-02-05 2027-02-06 2027-02-07"},
		"a list":              {"2027-05-01、2027-05-02，2027-05-03", "2027-05-01 2027-05-02 2027-05-03"},
		"the notice":          {"2027年\n一、元旦：1月1日（周五）至3日（周日）放假，共3天。\n二、清明节：4月4日（周日）放假。", "2027-01-01 2027-01-02 2027-01-03 2027-04-04"},
		"days of work":        {"2027年2月14日（周日）、2月20日（周六）上班。", "2027-02-14 2027-02-20"},
		"over New Year":       {"2026年12月31日至1月2日", "2026-12-31 2027-01-01 2027-01-02"},
		"twice, out of order": {"2027-01-02\n2027-01-01 至 2027-01-02", "2027-01-01 2027-01-02"},
		"nothing":             {"\n \n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, wrong := readDays(c.typed)
			if wrong != nil || strings.Join(got, " ") != c.want {
				t.Errorf("read %v (%v)", got, wrong)
			}
		})
	}
	for typed, want := range map[string]string{
		"2027-01-01\n春节放七天":        "第 2 行“春节放七天”：不是日期，应如 2027-02-15 或 2月15日至21日",
		"2027-02-30":               "第 1 行“2027-02-30”：没有这一天",
		"1月1日":                     "第 1 行“1月1日”：请先写明年份，如 2027年",
		"2027-03-05 至 2027-03-01":  "第 1 行“2027-03-05 至 2027-03-01”：止日早于起日",
		"2027-01-01 至 2027-12-31":  "第 1 行“2027-01-01 至 2027-12-31”：一段超过 31 天，请检查",
		"\n2027-01-01 至 3日 至 2月1日": "第 2 行“2027-01-01 至 3日 至 2月1日”：一段只写起止两天",
	} {
		if _, wrong := readDays(typed); wrong == nil || fmt.Sprintf(wrong.say, wrong.args...) != want {
			t.Errorf("%q: %v", typed, wrong)
		}
	}
	if got := daysTyped([]byte(`["2027-01-01","2027-01-02","2027-01-03","2027-04-04"]`)); got != "2027-01-01 至 2027-01-03\n2027-04-04" {
		t.Errorf("shown as %q", got)
	}
}

func FuzzReadDays(f *testing.F) {
	f.Add("2027年2月5日至11日、2月20日\n2027-05-01 至 5日")
	f.Fuzz(func(t *testing.T, typed string) {
		days, wrong := readDays(typed)
		if wrong == nil {
			again, wrong := readDays(strings.Join(days, "\n"))
			if wrong != nil || strings.Join(again, " ") != strings.Join(days, " ") {
				t.Errorf("%v is read again as %v (%v)", days, again, wrong)
			}
		}
	})
}

// From November on the page warns while the next year's holidays are missing.
func TestTheNextYearIsMissed(t *testing.T) {
	t.Parallel()
	cal := blueprint.Calendar{Holidays: []string{"2026-10-01"}}
	for day, want := range map[string]int{"2026-10-31": 0, "2026-11-01": 2027, "2026-12-31": 2027, "2027-01-01": 0} {
		now, _ := time.ParseInLocation(time.DateOnly, day, clock.Zone)
		if got := unfilled(cal, now); got != want {
			t.Errorf("on %s it misses %d", day, got)
		}
	}
	cal.Holidays = append(cal.Holidays, "2027-01-01")
	if got := unfilled(cal, time.Date(2026, time.November, 20, 0, 0, 0, 0, time.UTC)); got != 0 {
		t.Errorf("it misses %d, which is there", got)
	}
}
