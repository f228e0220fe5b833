package district_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"wanjie/app/clock"
	"wanjie/app/district"
	"wanjie/app/web"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// keepNextMonth is the clock's round of the first of next month, at three in the morning: the month that was counted is over.
func keepNextMonth(t *testing.T, w *tenantstest.World, code int32) (kept bool) {
	t.Helper()
	today := clock.Day(clock.Now(t.Context()))
	return keepMonths(t, w, code, today.AddDate(0, 1, 1-today.Day()).Add(3*time.Hour)) == 1
}

func keepMonths(t *testing.T, w *tenantstest.World, code int32, at time.Time) int {
	t.Helper()
	ctx, _ := clock.Hold(t.Context(), at)
	kept, err := district.KeepMonths(ctx, w.DB, code)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// What stays uncounted until its next month is over is not lost: the months that are lacking are kept when the figures have
// caught up, the oldest first, a quiet one between them too. Of a district's past before it had any, a year at most is kept.
func TestNoMonthIsLost(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	const code = 320113
	a, centre := w.Street(t, in(code, "尧化街道")), w.Street(t, in(code, "栖霞区指挥中心"), func(p *tenants.Plan) { p.Kind = tenants.Centre })
	super := w.Super(t, tenants.Home)
	received := func(month string, n int) {
		t.Helper()
		for _, table := range []string{"tallies", "tally_months"} {
			if _, err := super.Exec(t.Context(), "INSERT INTO "+table+" VALUES ($1, $2, 'all', '', $3, $4, 0, 0, 0, 0)", int32(a.ID), month+"-01", code, n); err != nil {
				t.Fatal(err)
			}
		}
	}
	months := func() string {
		t.Helper()
		_, page := get(t, door(w, code), fmt.Sprintf("/d/%d/months", code), 200)
		var out []string
		for _, row := range all(page, "tbody tr") {
			out = append(out, row[:len("2026-01")])
		}
		return strings.Join(out, " ")
	}
	day := func(s string) time.Time {
		at, err := time.ParseInLocation(time.DateOnly, s, clock.Zone)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	received("2024-03", 5) // long before anybody kept anything
	received("2026-05", 3)
	followed(t, w, a)
	if n := keepMonths(t, w, code, day("2026-06-01")); n != 0 {
		t.Fatalf("%d months kept while acts of the centre are not counted", n)
	}
	followed(t, w, centre)
	if n := keepMonths(t, w, code, day("2026-06-01")); n != 12 {
		t.Fatalf("%d months kept of the year before", n)
	}
	if got := months(); got != "2026-05 2026-04 2026-03 2026-02 2026-01 2025-12 2025-11 2025-10 2025-09 2025-08 2025-07 2025-06" {
		t.Fatalf("kept are %s", got)
	}
	if n := keepMonths(t, w, code, day("2026-06-30")); n != 0 {
		t.Errorf("%d months kept before June is over", n)
	}
	received("2026-06", 7)
	received("2026-08", 9)
	if n := keepMonths(t, w, code, day("2026-09-02")); n != 3 || !strings.HasPrefix(months(), "2026-08 2026-07 2026-06 2026-05") {
		t.Errorf("%d months kept of the summer: %s", n, months())
	}
	for month, want := range map[string]string{"2026-06": "7 件", "2026-07": "0 件", "2026-08": "9 件"} {
		if _, page := get(t, door(w, code), fmt.Sprintf("/d/%d/months/%s", code, month), 200); all(page, ".tile-value")[0] != want {
			t.Errorf("%s: %s", month, all(page, ".tile-value"))
		}
	}
}

// A month that is over is kept once, when every act is counted, with its digest: what is corrected later shows on the board and
// not in the report, which nobody can write over, the district least of all. It is read on the page, in Excel and in Word; a
// bureau's officer and another district have none of it.
func TestAMonthIsKeptOnce(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	const code = 320282
	a, b := w.Street(t, in(code, "宜城街道")), w.Street(t, in(code, "丁蜀镇"))
	centre := w.Street(t, in(code, "宜兴市指挥中心"), func(p *tenants.Plan) { p.Kind = tenants.Centre })
	w.Street(t, in(320281, "澄江街道"))
	if keepNextMonth(t, w, code) {
		t.Error("a month in which nothing was reported is kept")
	}
	count(t, w, a, "all", "", "", 100, 80, 8, 3)
	count(t, w, a, "class", "matter-09006", "占道经营", 100, 80, 8, 3)
	count(t, w, a, "unit", "enforcement", "执法中队", 60, 50, 8, 3)
	count(t, w, b, "all", "", "", 50, 40, 4, 0)
	count(t, w, b, "channel", "hotline", "12345热线", 50, 40, 4, 0)
	count(t, w, centre, "all", "", "", 9, 9, 0, 0)
	followed(t, w, a)
	followed(t, w, b)
	if keepNextMonth(t, w, code) {
		t.Error("kept while acts of the centre are not counted")
	}
	followed(t, w, centre)
	if !keepNextMonth(t, w, code) || keepNextMonth(t, w, code) {
		t.Error("the month is kept once")
	}
	super := w.Super(t, tenants.Home)
	if _, err := super.Exec(t.Context(), "UPDATE tallies SET received = received + 777 WHERE district = $1", code); err != nil {
		t.Fatal(err)
	}

	h := door(w, code)
	month := clock.Now(t.Context()).In(clock.Zone).Format("2006-01")
	path := fmt.Sprintf("/d/%d/months", code)
	_, page := get(t, h, path, 200)
	if rows := all(page, "tbody tr"); len(rows) != 1 || !strings.HasPrefix(rows[0], month) {
		t.Fatalf("the list %q", rows)
	}
	path += "/" + month
	_, page = get(t, h, path, 200)
	if got := fmt.Sprint(all(page, ".tile-value")); got != "[150 件 120 件 90.0% 12 件 30 件]" {
		t.Errorf("tiles %s", got)
	}
	text := strings.Join(all(page, "main"), " ")
	for _, want := range []string{"宜兴市" + month + "月报", "1 宜城街道 100 80 72 8 90.0% 20 — —", "合计 150 120 108 12 90.0% 30 — —", "占道经营 100 80", "执法中队 宜城街道 60 50", "12345热线 50 40", "不再改动，校验码"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
	if links := all(page, "tbody a"); len(links) > 0 {
		t.Errorf("a kept report leads on to %q", links)
	}

	rec, _ := get(t, h, path+"/excel", 200)
	book, err := excelize.OpenReader(bytes.NewReader(rec.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if got := fmt.Sprint(book.GetSheetList()); got != "[分街道情况 分类别情况 分承办单位情况 分渠道情况]" {
		t.Errorf("sheets %s", got)
	}
	rows, err := book.GetRows("分街道情况")
	if err != nil || len(rows) < 7 {
		t.Fatalf("rows %q (%v)", rows, err)
	}
	if got := strings.Join(rows[3][:7], " "); got != "1 宜城街道 100 80 72 8 90.0%" || len(rows[2]) != 27 {
		t.Errorf("first row %q of %d columns %q", got, len(rows[2]), rows[2])
	}
	rec, _ = get(t, h, path+"/word", 200)
	if words := document(t, rec.Body.Bytes()); !strings.Contains(words, "宜城街道") || !strings.Contains(words, "期限与积压") || strings.Contains(words, "877") {
		t.Errorf("Word says %s", words)
	}

	get(t, h, fmt.Sprintf("/d/%d/months/2020-01", code), 404)
	get(t, h, fmt.Sprintf("/d/%d/months/never", code), 404)
	get(t, door(w, 320281), "/d/320281/months/"+month, 404)
	line := bureau(w, code, &web.Line{Names: []string{"水务"}})
	for _, at := range []string{"", "/" + month, "/" + month + "/excel", "/" + month + "/word"} {
		get(t, line, fmt.Sprintf("/d/%d/months%s", code, at), http.StatusNotFound)
	}
	for _, sql := range []string{"UPDATE ctl.district_months SET body = '{}' WHERE district = ?", "DELETE FROM ctl.district_months WHERE district = ?"} {
		if err := w.DB.DistrictWrite(t.Context(), code, func(ctx context.Context, tx tenants.DistrictTx) error {
			_, err := tx.Raw(sql, code).Exec(ctx)
			return err
		}); err == nil {
			t.Errorf("a district may %s", sql)
		}
	}
	if err := w.DB.DistrictWrite(t.Context(), 320281, func(ctx context.Context, tx tenants.DistrictTx) error {
		_, err := tx.Raw("INSERT INTO ctl.district_months SELECT district, '2020-01-01', now(), '{}', sha256('{}') FROM (VALUES (?::int)) d(district)", code).Exec(ctx)
		return err
	}); err == nil {
		t.Error("a district keeps another's month")
	}
	if _, err := super.Exec(t.Context(), "UPDATE ctl.district_months SET body = replace(body, '\"Received\":100', '\"Received\":101') WHERE district = $1", code); err != nil {
		t.Fatal(err)
	}
	get(t, h, path, http.StatusInternalServerError)
}

// document is the text of a Word file.
func document(t *testing.T, file []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// oldMonth is a report as the first release kept them.
const oldMonth = `{"Name":"溧阳市","From":"2026-10-01T00:00:00+08:00","To":"2026-10-31T00:00:00+08:00","At":"2026-11-01T00:10:02+08:00",
"Now":{"Received":7,"Closed":6,"OnTime":5,"Overdue":1,"Open":3,"Late":0},"Was":{"Received":4,"Closed":4,"OnTime":4,"Overdue":0,"Open":0,"Late":0},
"Trend":{"Name":"每日收件与结案（件）","Points":["10-01"],"Lines":[{"Name":"收件","Values":[7]},{"Name":"结案","Values":[6]},{"Name":"超期结案","Values":[1]}]},
"Places":[{"Name":"溧城街道","Received":7,"Closed":6,"OnTime":5,"Overdue":1,"Open":3,"Returned":2,"Reopened":1,"Repeated":1,"HandedIn":0,"HandedOut":1,"Called":4,"Contacted":4,"Solved":3,"Satisfied":2,"Basically":1,"Due":6,"Met":5,"Suspended":0,"Age":[1,0,0],"Residents":70000}],
"Classes":[],"Units":[{"Name":"市水务局","Serves":2,"Received":7}],"Channels":null}`

// What was kept by an earlier release is read as long as districts keep their reports.
func TestAnOldMonthIsRead(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	const code = 320481
	w.Street(t, in(code, "溧城街道"))
	if _, err := w.Super(t, tenants.Home).Exec(t.Context(), "INSERT INTO ctl.district_months VALUES ($1, '2026-10-01', now(), $2, sha256($3))", code, oldMonth, []byte(oldMonth)); err != nil {
		t.Fatal(err)
	}
	_, page := get(t, door(w, code), fmt.Sprintf("/d/%d/months/2026-10", code), 200)
	text := strings.Join(all(page, "main"), " ")
	for _, want := range []string{"2026-10-01 至 2026-10-31", "1 溧城街道 7 6 5 1 83.3% 3 — 1.0", "1 溧城街道 6 5 83.3% 3", "1 溧城街道 2 1 1 0 1 4 100.0% 75.0% 72.5%", "区级，服务 2 个街道"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
}
