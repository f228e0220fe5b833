package admin_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"wanjie/app/clock"
)

// The notice of the next year is pasted, and the year stands there with its marks.
func TestNextYearsHolidays(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	ctx, _ := clock.Hold(t.Context(), time.Date(2026, time.November, 20, 10, 0, 0, 0, clock.Zone))
	served := l.h
	l.h = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { served.ServeHTTP(w, r.WithContext(ctx)) })
	const path = "/admin/items/calendar/default"
	n := l.get(t, chen, path, 200)
	if got := all(n, ".year-month"); len(got) != 12 {
		t.Fatalf("the year has %d months", len(got))
	}
	if got := text(n); !strings.Contains(got, "还没有 2027 年的放假日期") {
		t.Error("nobody is told that the next year's holidays are missing")
	}
	if free := all(n, ".day-off"); len(free) < 25 || !strings.HasSuffix(free[0], "休") {
		t.Errorf("days off: %q", free)
	}
	refused := all(l.post(t, chen, path, 422, form(n, path, "holidays", "2027-02-05\n初一到初七")...), "#f-holidays-error")
	if len(refused) != 1 || !strings.Contains(refused[0], "第 2 行“初一到初七”") {
		t.Errorf("refused with %q", refused)
	}
	l.post(t, chen, path, 303, form(n, path, "holidays", "2026-10-01 至 2026-10-07\n2027年\n元旦：1月1日（周五）至3日（周日）放假，共3天。", "workdays", "2027年2月14日（周日）、2月20日（周六）上班。")...)
	cal, _ := l.config(t).Calendars.Find("default")
	if got := strings.Join(cal.Holidays[7:], " "); got != "2027-01-01 2027-01-02 2027-01-03" || strings.Join(cal.Workdays, " ") != "2027-02-14 2027-02-20" {
		t.Errorf("the calendar has %q and %q", cal.Holidays, cal.Workdays)
	}
	if got := all(l.get(t, chen, path, 200), ".day-on"); len(got) != 2 || got[0] != "14 班" {
		t.Errorf("days on: %q", got)
	}
}
