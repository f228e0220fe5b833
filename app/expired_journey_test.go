package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"wanjie/app/auth"
)

// session gives a window its session again; person 0 has it ended.
func session(t *testing.T, tab context.Context, person int64) {
	t.Helper()
	headers := network.Headers{}
	if person != 0 {
		headers[who] = fmt.Sprint(person)
	}
	act(t, tab, "a session", network.SetExtraHTTPHeaders(headers))
}

// TestWhatWasTypedOutlivesTheSession writes in two forms whose session ends before they are sent: on a page of its own and in
// the desk's drawer. Nothing is lost, the way to sign in opens beside it, and the second press goes through.
func TestWhatWasTypedOutlivesTheSession(t *testing.T) {
	t.Parallel()
	h, browser := openHouse(t), openBrowser(t)
	const base = 858_000
	s, c := h.street(t, "过期", base)
	at := h.server.URL + "/s/" + s.Slug
	var href, kept string

	handler := roleAt(t, base, auth.Handler)
	tab := window(t, browser, handler, 1366)
	const words = `form[action$="/return"] textarea`
	act(t, tab, "a unit gives its reason", chromedp.Navigate(at+"/cases/"+c.ID.String()), chromedp.WaitReady(words, chromedp.ByQuery),
		chromedp.Evaluate(`document.querySelectorAll('details').forEach(d => { d.open = true })`, nil), chromedp.SendKeys(words, "不属本单位职责，现场照片见附件"))
	session(t, tab, 0)
	act(t, tab, "too late", chromedp.Evaluate(`{ const f = document.querySelector('form[action$="/return"]'); f.querySelectorAll('select').forEach(s => { s.selectedIndex = 1 }); f.submit() }`, nil), chromedp.WaitVisible(`#again`),
		chromedp.AttributeValue(`#again a[target="_blank"][rel="noopener"]`, "href", &href, nil), chromedp.Value(`#again input[value^="不属本单位职责"]`, &kept))
	if href != "/login" || kept != "不属本单位职责，现场照片见附件" {
		t.Errorf("kept is %q, and %s leads to signing in", kept, href)
	}
	session(t, tab, handler)
	act(t, tab, "once more", chromedp.Click(`#again button`), chromedp.WaitVisible(`#flash .alert-good`, chromedp.ByQuery), chromedp.Text(`body`, &kept, chromedp.ByQuery))
	if !strings.Contains(kept, "不属本单位职责，现场照片见附件") {
		t.Errorf("the reason is not on the page:\n%s", kept)
	}

	desk := roleAt(t, base, auth.Dispatcher)
	tab = window(t, browser, desk, 1366)
	const urge = `#drawer form[action$="/urge"]`
	act(t, tab, "a dispatcher writes in the drawer", chromedp.Navigate(at+"/cases"), chromedp.WaitVisible(`#list tbody tr .ops a`), chromedp.Click(`#list tbody tr .ops a`), chromedp.WaitReady(urge+` [name="words"]`),
		chromedp.Evaluate(`document.querySelectorAll('#drawer details').forEach(d => { d.open = true });`, nil), chromedp.SendKeys(urge+` [name="words"]`, "请今天处理"))
	session(t, tab, 0)
	act(t, tab, "too late", chromedp.Evaluate(`document.querySelector('`+urge+`').requestSubmit()`, nil), chromedp.WaitVisible(urge+` [data-refused] a[target="_blank"]`), chromedp.Value(urge+` [name="words"]`, &kept))
	if kept != "请今天处理" {
		t.Errorf("in the drawer stands %q", kept)
	}
	session(t, tab, desk)
	act(t, tab, "once more", chromedp.Evaluate(`document.querySelector('`+urge+`').requestSubmit()`, nil), chromedp.WaitNotPresent(urge+` [data-refused] a[target="_blank"]`), chromedp.WaitVisible(urge+` [data-refused] [role="alert"]`), chromedp.Text(urge+` [data-refused]`, &kept))
	if !strings.Contains(kept, "催办") { // it was urged just now, which only somebody signed in is told
		t.Errorf("the second press is answered by %q", kept)
	}
}
