package app_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/xuri/excelize/v2"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/district"
	"wanjie/app/web"
	"wanjie/tenants"
)

// TestDistrictJourney is a district's analyst at the board: reads the month against the last one, then a week and days of his own
// choice, goes down to a street and to its classes and finds no way on to a case, takes the table along as Excel and on
// paper, enters how many live there, which the district's leader cannot, and opens the report of the month before.
func TestDistrictJourney(t *testing.T) {
	t.Parallel()
	h, browser := openHouse(t), openBrowser(t)
	h.Site.Visitor = func(r *http.Request) (web.Visitor, error) {
		person, err := strconv.ParseInt(r.Header.Get(who), 10, 64)
		return web.Visitor{Person: person, Strong: true, Session: auth.Session{Person: person, AAL: 2}}, err
	}
	for i, wide := range widths {
		code := []int32{469022, 469023}[i] // no other test opens a street there
		s := h.Street(t, func(p *tenants.Plan) { p.District, p.Name = code, "镜湖街道" })
		next := h.Street(t, func(p *tenants.Plan) { p.District, p.Name = code, "龙门街道" })
		today := clock.Day(time.Now())
		before := today.AddDate(0, 0, -today.Day()) // the last day of the month before
		for _, of := range []tenants.Tenant{s, next} {
			h.tallied(t, of, today, "all", "", "", 60, 50, 5)
			h.tallied(t, of, before, "all", "", "", 40, 40, 4)
		}
		h.tallied(t, s, today, "class", "matter-06010", "暴露垃圾", 56, 47, 5)
		h.tallied(t, s, today, "class", "matter-09006", "占道经营", 4, 3, 0)
		analyst, leader := h.officer(t, code, auth.DistrictAnalyst), h.officer(t, code, auth.DistrictLeader)

		tab, board := h.browse(t, browser, analyst, wide), fmt.Sprintf("%s/d/%d", h.server.URL, code)
		var said, at string
		here := func(step string) {
			t.Helper()
			sound(t, tab, fmt.Sprintf("%s at %d px", step, wide))
			if links := h.leadsToCases(t, tab); links != "" {
				t.Errorf("%s leads to %s", step, links)
			}
		}
		says := func(step string, want ...string) {
			t.Helper()
			act(t, tab, step, chromedp.Text(`main`, &said), chromedp.Location(&at))
			for _, w := range want {
				if !strings.Contains(said, w) {
					t.Errorf("%s: %q is not at %s:\n%s", step, w, at, said)
				}
			}
			here(step)
		}
		act(t, tab, "the board", chromedp.Navigate(board), chromedp.WaitVisible(`#board`))
		says("the month against the last one", "120", "较上月同期")
		act(t, tab, "a week", chromedp.Click(`a[href*="period=7d"]`), chromedp.WaitVisible(`a[href*="period=7d"][aria-current]`))
		says("a week", "较前7日")
		act(t, tab, "days of his own choice", chromedp.Click(`//summary[contains(., "自定义时段")]`), chromedp.WaitVisible(`#f-from`),
			chromedp.SetValue(`#f-from`, before.Format(time.DateOnly)), chromedp.SetValue(`#f-to`, before.Format(time.DateOnly)), chromedp.Click(`form.search button`), chromedp.WaitVisible(`a[href*="/print"][href*="from="]`))
		says("one day", "80", "较前一时段", before.Format(time.DateOnly))

		act(t, tab, "down to a street", chromedp.Navigate(board), chromedp.Click(fmt.Sprintf(`tbody a[href*="/streets/%s"]`, s.Slug), chromedp.ByQuery), chromedp.WaitVisible(`a[href*="/streets/`+s.Slug+`/print"]`))
		says("a street", "镜湖街道运行总览", "60")
		act(t, tab, "to its classes", chromedp.Click(`a[href*="/streets/`+s.Slug+`/classes"]`, chromedp.ByQuery), chromedp.WaitVisible(`a[href*="/streets/`+s.Slug+`/export"][href*="table=classes"]`, chromedp.ByQuery))
		says("its classes", "件数少、合并显示的 2 项") // four cases alone could be worked out to be somebody's
		if status, _ := h.ask(t, analyst, "GET", "/s/"+s.Slug+"/cases", nil); status != 404 {
			t.Errorf("an analyst who types the address of a street's cases gets %d", status)
		}

		var file string
		act(t, tab, "takes the board along", chromedp.Navigate(board), chromedp.WaitVisible(`#board`), chromedp.Evaluate(`fetch(document.querySelector('a[href*="format=xlsx"]').href).then(r => r.arrayBuffer())
			.then(b => btoa(Array.from(new Uint8Array(b), c => String.fromCharCode(c)).join('')))`, &file, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
		if rows := fmt.Sprint(rowsOf(t, file)); !strings.Contains(rows, "镜湖街道 60 50 45 5 90.0%") || !strings.Contains(rows, "合计 120 100 90 10 90.0%") {
			t.Errorf("the workbook has %s", rows)
		}
		var paper []byte
		act(t, tab, "on paper", chromedp.Click(`a[href*="/print"]`, chromedp.ByQuery), chromedp.WaitVisible(`//h1[contains(., "案卷办理情况表")]`), chromedp.ActionFunc(func(ctx context.Context) (err error) {
			paper, _, err = page.PrintToPDF().WithLandscape(true).Do(ctx)
			return err
		}))
		says("the print version", "案卷办理情况表", "签发")
		if !bytes.HasPrefix(paper, []byte("%PDF")) || bytes.Count(paper, []byte("/Type /Page\n")) == 0 {
			t.Errorf("on paper there are %d bytes", len(paper))
		}

		act(t, tab, "how many live there", chromedp.Navigate(board), chromedp.WaitVisible(`#board`), chromedp.Click(`a[href$="/populations"]`, chromedp.ByQuery), chromedp.WaitVisible(`#f-as_of`))
		here("the form")
		act(t, tab, "entered", chromedp.SetValue(`#f-as_of`, "2025-12-31"), chromedp.SendKeys(`#f-source`, "演示年鉴"), chromedp.SendKeys(`#f-residents-`+s.Slug, "60,000"), chromedp.Click(`form.form button.btn-primary`), chromedp.WaitVisible(`#flash .alert-good`))
		says("what was entered", "60,000", "演示年鉴")
		act(t, tab, "reckoned by", chromedp.Navigate(board), chromedp.WaitVisible(`#board`))
		says("by ten thousand", "10.0")

		if _, err := district.KeepMonths(t.Context(), h.App.DB, code); err != nil {
			t.Fatal(err)
		}
		month := before.Format("2006-01")
		act(t, tab, "the monthly reports", chromedp.Navigate(board+"/months"), chromedp.WaitVisible(`tbody a`))
		here("the list of reports")
		act(t, tab, "the month before", chromedp.Click(`tbody td.name a`, chromedp.ByQuery), chromedp.WaitVisible(`a.btn[href$="/months/`+month+`/word"]`))
		says("the month before", month+"月报", "80", "较上月", "校验码")

		tab = h.browse(t, browser, leader, wide)
		act(t, tab, "the leader reads who lives there", chromedp.Navigate(board+"/populations"), chromedp.WaitVisible(`tbody`))
		says("the leader's page", "60,000")
		var forms int
		act(t, tab, "the leader has no form", chromedp.Evaluate(`document.querySelectorAll('main form').length`, &forms))
		if status, _ := h.ask(t, leader, "POST", fmt.Sprintf("/d/%d/populations", code), url.Values{"as_of": {"2025-12-31"}, "source": {"演示"}, "residents-" + s.Slug: {"1"}}); forms != 0 || status != 403 {
			t.Errorf("a leader sees %d forms and is answered %d", forms, status)
		}
	}
}

// officer is somebody new with a role in a district.
func (h *house) officer(t *testing.T, code int32, role string) (person int64) {
	t.Helper()
	if err := h.Super(t, tenants.Home).QueryRow(t.Context(), "INSERT INTO ctl.people (identity, kind) VALUES ($1, 'staff') RETURNING person", uuid.New()).Scan(&person); err != nil {
		t.Fatal(err)
	}
	if err := h.App.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		return auth.GiveUpper(ctx, tx, auth.Machine(), person, auth.UpperGrant{Scope: auth.InDistrict, District: code, Role: role})
	}); err != nil {
		t.Fatal(err)
	}
	return person
}

// tallied puts counts of cases received and closed on a day behind the fence, as the follower of the journal keeps them, who has
// then nothing left to follow.
func (h *house) tallied(t *testing.T, of tenants.Tenant, day time.Time, dim, key, label string, received, closed, overdue int) {
	t.Helper()
	b := &pgx.Batch{}
	for table, unit := range map[string]string{"tallies": "day", "tally_months": "month", "tally_years": "year"} {
		b.Queue("INSERT INTO "+table+" AS t (tenant_id, "+unit+", dim, key, district, received, closed, on_time, overdue) VALUES ($1, date_trunc('"+unit+"', $2::date), $3, $4, $5, $6, $7, $7 - $8::int, $8)"+
			" ON CONFLICT (tenant_id, "+unit+", dim, key) DO UPDATE SET received = t.received + excluded.received, closed = t.closed + excluded.closed, on_time = t.on_time + excluded.on_time, overdue = t.overdue + excluded.overdue",
			int32(of.ID), day.Format(time.DateOnly), dim, key, of.District, received, closed, overdue)
	}
	if label != "" {
		b.Queue("INSERT INTO labels VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING", int32(of.ID), dim, key, of.District, label)
	}
	b.Queue("INSERT INTO cursors SELECT tenant_id, 'tally', n FROM heads WHERE tenant_id = $1 ON CONFLICT DO NOTHING", int32(of.ID))
	if err := h.Super(t, tenants.Home).SendBatch(t.Context(), b).Close(); err != nil {
		t.Fatal(err)
	}
}

// leadsToCases are the links of a page that lead into a street.
func (h *house) leadsToCases(t *testing.T, tab context.Context) (links string) {
	t.Helper()
	act(t, tab, "links", chromedp.Evaluate(`[...document.querySelectorAll('a[href], form[action]')].map(e => e.getAttribute('href') || e.getAttribute('action')).filter(a => a.startsWith('/s/') || a.includes('/cases')).join(' ')`, &links))
	return links
}

// rowsOf are the rows of a workbook's first sheet, a line each.
func rowsOf(t *testing.T, encoded string) (out []string) {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows(book.GetSheetList()[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		out = append(out, strings.Join(r, " "))
	}
	return out
}
