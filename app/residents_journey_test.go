package app_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/uuid"

	"wanjie/tenants"
)

// TestResidentJourney is a resident in a real browser, on a phone and on the computer at home: signs in, reports, follows, is not satisfied with what was
// done, and finds the matter taken up again; in elder mode from the beginning, with its sizes measured.
func TestResidentJourney(t *testing.T) {
	t.Parallel()
	d, browser := openDoor(t), openBrowser(t)
	for i, wide := range widths {
		s, tab := d.street(760_000+int64(i)*1000), freshTab(t, browser)
		act(t, tab, "a screen", chromedp.EmulateViewport(wide, 844))
		d.reportsAndRates(tab, s)
		d.picture(tab, s)
	}
}

// reportsAndRates is the journey in one browser.
func (d *door) reportsAndRates(tab context.Context, s tenants.Tenant) {
	t := d.t
	t.Helper()
	p, base := d.person(), d.server.URL+"/r/"+s.Slug
	act(t, tab, "elder mode", chromedp.Navigate(base+"/"), chromedp.Click(`.taste button`), chromedp.WaitVisible(`.aids`))
	act(t, tab, "to the form", chromedp.Click(`.door-main a`), chromedp.WaitVisible(`#send`))
	act(t, tab, "telephone", chromedp.SendKeys(`#f-phone`, p.phone), chromedp.Click(`#f-agree`), chromedp.Click(`#send button`), chromedp.WaitVisible(`#code`))
	act(t, tab, "code", chromedp.SendKeys(`#f-code`, p.code()), chromedp.Click(`#code button`), chromedp.WaitVisible(`.choices`))
	for _, page := range []string{"/", "/report", "/report?class=matter-06010", "/matters", "/messages", "/me", "/me/leave", "/privacy", "/follow"} {
		var slips []string
		act(t, tab, page, chromedp.Navigate(base+page), chromedp.WaitVisible(`#main`), chromedp.Evaluate(elderSlips, &slips))
		for _, slip := range slips {
			t.Errorf("%s in elder mode: %s", page, slip)
		}
	}
	act(t, tab, "rubbish", chromedp.Navigate(base+"/report"), chromedp.Click(`.choices a`), chromedp.WaitVisible(`#report`))
	act(t, tab, "where and what", chromedp.SendKeys(`#f-address`, "枫桥路18号东门"), chromedp.SendKeys(`#f-description`, "东门垃圾堆了三天"))
	act(t, tab, "send", chromedp.Click(`#report .send button`), chromedp.WaitVisible(`.receipt`))
	var at, number string
	act(t, tab, "receipt", chromedp.Location(&at), chromedp.Text(`.receipt-number`, &number))
	if !strings.Contains(number, time.Now().In(time.FixedZone("", 8*3600)).Format("20060102")) {
		t.Errorf("the receipt says %q", number)
	}
	at, _, _ = strings.Cut(at, "?")
	var id string
	if err := d.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT id FROM cases WHERE tenant_id=$1", int32(s.ID)).Scan(&id); err != nil || !strings.HasSuffix(at, id) {
		t.Fatalf("the receipt stands at %s, the matter is %s (%v)", at, id, err)
	}
	d.finish(s, mustID(t, id))
	act(t, tab, "it is done", chromedp.Navigate(at), chromedp.WaitVisible(`.result`), chromedp.Click(`a[href$="/rate"]`), chromedp.WaitVisible(`#rate`))
	var hidden bool
	act(t, tab, "no reason is asked for yet", chromedp.Evaluate(`document.querySelector('[data-when="q_solved"]').hidden`, &hidden))
	if !hidden {
		t.Error("the reason is asked for before the answer")
	}
	choose := func(name, value string) chromedp.Action {
		return chromedp.Click(fmt.Sprintf(`input[name="%s"][value="%s"]`, name, value))
	}
	act(t, tab, "not satisfied", choose("q_contacted", "no"), choose("q_solved", "no"), chromedp.WaitVisible(`[data-when="q_solved"]`), choose("q_unsolved-why", "again"),
		choose("q_satisfaction", "not"), chromedp.WaitVisible(`[data-when="q_satisfaction"]`), choose("q_unsatisfied-why", "unsolved"))
	var said string
	act(t, tab, "send the rating", chromedp.Click(`#rate .send button`), chromedp.WaitVisible(`.timeline`), chromedp.Text(`main`, &said))
	for _, word := range []string{"已退回重新办理", "办理中", "重新办理", "没有解决，不满意"} {
		if !strings.Contains(said, word) {
			t.Errorf("reopened, the matter lacks %q:\n%s", word, said)
		}
	}
	var stage string
	var reopened int
	if err := d.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT stage, reopened FROM cases WHERE tenant_id=$1", int32(s.ID)).Scan(&stage, &reopened); err != nil || stage != "handling" || reopened != 1 {
		t.Errorf("it stands at %s, reopened %d (%v)", stage, reopened, err)
	}
}

// picture is a report of a few touches: what it is, where, and a photo instead of words.
func (d *door) picture(tab context.Context, s tenants.Tenant) {
	t := d.t
	t.Helper()
	base := d.server.URL + "/r/" + s.Slug
	act(t, tab, "what it is", chromedp.Navigate(base+"/report?class=matter-06013"), chromedp.WaitVisible(`#report`), chromedp.SendKeys(`#f-address`, "枫桥路20号门前"),
		chromedp.SetUploadFiles(`#f-photos`, []string{emblem(t, 90)}), chromedp.WaitVisible(`[data-picked] canvas`))
	var said string
	act(t, tab, "no word", chromedp.Click(`#report .send button`), chromedp.WaitVisible(`.receipt`), chromedp.Text(`main`, &said))
	if !strings.Contains(said, "道路破损，见照片") {
		t.Errorf("a photo without words is received as:\n%s", said)
	}
}

// elderSlips measures a page in elder mode by the ministry's norm: text of 18 pt (24 px) in what is to be read, targets of 60
// px on what is to be pressed, and nothing wider than the screen.
const elderSlips = `(() => {
	const out = [];
	if (document.scrollingElement.scrollWidth > innerWidth) out.push('is ' + document.scrollingElement.scrollWidth + ' px wide');
	for (const e of document.querySelectorAll('main p:not(.muted), main label, main strong, main h1, main h2')) {
		if (e.offsetHeight > 1 && parseFloat(getComputedStyle(e).fontSize) < 24 && !e.closest('.tag')) out.push('text of ' + getComputedStyle(e).fontSize + ': ' + e.innerText.slice(0, 20));
	}
	for (const e of document.querySelectorAll('button, a.btn, .tabs-bar a, .doors a, .choices a, .sos a, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), select, .form-check, summary, .foot a')) {
		const r = e.getBoundingClientRect();
		if (r.height > 1 && r.height < 60) out.push('target of ' + r.height + ' px: ' + (e.innerText || e.name).slice(0, 20));
	}
	return out;
})()`

// The first page of a street's residents is promised under 60 kB compressed, and it needs no other host.
func TestResidentsFirstPageIsSmall(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	a, _ := h.street(t, "壬", 770_000)
	status, page := h.ask(t, 0, "GET", "/r/"+a.Slug+"/", nil)
	if status != 200 || strings.Contains(page, "://") {
		t.Fatalf("%d\n%s", status, page)
	}
	total := packed(t, page)
	for _, m := range regexp.MustCompile(`/static/[0-9a-f]+/[a-z.]+`).FindAllString(page, -1) {
		_, body := h.ask(t, 0, "GET", m, nil)
		total += packed(t, body)
	}
	t.Logf("first page with all it needs: %d B compressed", total)
	if total > 60_000 {
		t.Errorf("first page is %d B compressed, promised 60 kB", total)
	}
}

func packed(t *testing.T, s string) int {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

func mustID(t *testing.T, s string) uuid.UUID {
	t.Helper()
	id, err := uuid.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
