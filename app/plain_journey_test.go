package app_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/tenants"
)

// TestWithoutScripts is a matter's whole way in browsers that run no script: the resident reports with a photo, intake files, the
// dispatcher sends it, takes it back and sends it again, the unit hands in with a photo, the desk checks and closes; the resident
// follows and rates, and another petitioner is called back.
func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	d.Site.Visitor = byHeader // staff; residents sign in
	s := d.street(790_000)
	browser := openBrowser(t)
	photo, err := filepath.Abs("files/pictures/testdata/phone.jpg")
	if err != nil {
		t.Fatal(err)
	}
	plain := func(tab context.Context) context.Context {
		act(t, tab, "no script", emulation.SetScriptExecutionDisabled(true))
		return tab
	}

	p := d.person()
	door := d.server.URL + "/r/" + s.Slug
	home := plain(freshTab(t, browser))
	act(t, home, "to the form", chromedp.Navigate(door+"/report"), chromedp.WaitVisible(`#send`))
	act(t, home, "telephone", chromedp.SendKeys(`#f-phone`, p.phone), chromedp.Click(`#f-agree`), chromedp.Click(`#send button`), chromedp.WaitVisible(`#code`))
	act(t, home, "code", chromedp.SendKeys(`#f-code`, p.code()), chromedp.Click(`#code button`), chromedp.WaitVisible(`.choices`))
	act(t, home, "rubbish", chromedp.Click(`.choices a`), chromedp.WaitVisible(`#report`))
	act(t, home, "where, what, and a photo", chromedp.SendKeys(`#f-address`, "枫桥路18号东门"), chromedp.SendKeys(`#f-description`, "东门垃圾堆了三天"),
		chromedp.SetUploadFiles(`#report input[type="file"]`, []string{photo}, chromedp.ByQuery))
	act(t, home, "send", chromedp.Click(`#report .send button`), chromedp.WaitVisible(`.receipt`))
	id := d.onlyCase(s)

	page := d.server.URL + "/s/" + s.Slug + "/cases/" + id.String()
	// step does one verb's form as somebody with a role, and waits for what then is there.
	step := func(role, verb, until string, fill ...chromedp.Action) context.Context {
		t.Helper()
		tab, form := plain(window(t, browser, roleAt(t, 790_000, role), 1366)), `form[action$="/`+verb+`"]`
		act(t, tab, verb, chromedp.Navigate(page), chromedp.WaitVisible(form, chromedp.ByQuery))
		act(t, tab, verb+": fill", fill...)
		act(t, tab, verb+": send", chromedp.Click(form+` .actions button`, chromedp.ByQuery), chromedp.WaitVisible(until, chromedp.ByQuery))
		return tab
	}
	step(auth.Intake, "file", `#flash .alert-good`)
	d.at(s, id, cases.Filed)
	sender := step(auth.Dispatcher, "dispatch", `#flash form[action$="/recall"]`)
	act(t, sender, "taken back", chromedp.Click(`#flash form[action$="/recall"] button`, chromedp.ByQuery), chromedp.WaitVisible(`form[action$="/dispatch"]`, chromedp.ByQuery))
	d.at(s, id, cases.Filed)
	step(auth.Dispatcher, "dispatch", `#flash form[action$="/recall"]`)
	step(auth.Handler, "receive", `#flash .alert-good`)
	step(auth.Handler, "handle", `#flash .alert-good`, chromedp.SendKeys(`form[action$="/handle"] textarea[name="result"]`, "已清运并消杀", chromedp.ByQuery),
		chromedp.SetUploadFiles(`form[action$="/handle"] input[type="file"]`, []string{photo}, chromedp.ByQuery))
	step(auth.ShiftLead, "check", `#flash .alert-good`, chromedp.Click(`form[action$="/check"] input[name="verdict"][value="pass"]`, chromedp.ByQuery))

	var said string
	act(t, home, "followed", chromedp.Navigate(door+"/matters/"+id.String()), chromedp.WaitVisible(`.timeline`), chromedp.Text(`main`, &said))
	for _, word := range []string{"已派给环卫站", "正在重新安排承办单位", "已清运并消杀", "已办结"} {
		if !strings.Contains(said, word) {
			t.Errorf("the resident does not read %q:\n%s", word, said)
		}
	}
	choose := func(form string, answers ...string) (out []chromedp.Action) {
		for _, a := range answers {
			name, value, _ := strings.Cut(a, "=")
			out = append(out, chromedp.Click(fmt.Sprintf(`%s input[name="%s"][value="%s"]`, form, name, value), chromedp.ByQuery))
		}
		return out
	}
	act(t, home, "to the rating", chromedp.Click(`a[href$="/rate"]`, chromedp.ByQuery), chromedp.WaitVisible(`#rate`))
	act(t, home, "answers", choose(`#rate`, "q_contacted=yes", "q_solved=yes", "q_satisfaction=satisfied")...)
	act(t, home, "rated", chromedp.Click(`#rate .send button`, chromedp.ByQuery), chromedp.WaitVisible(`.timeline`))
	if got := d.told(s, id, "case.called_back"); got["satisfaction"] != "satisfied" || got["voice"] != "petitioner" {
		t.Errorf("the rating is recorded as %v", got)
	}

	called := d.toBeCalled(s)
	caller := plain(window(t, browser, roleAt(t, 790_000, auth.Caller), 1366))
	const form = `form[action$="/callback"]`
	act(t, caller, "whom to call", chromedp.Navigate(d.server.URL+"/s/"+s.Slug+"/callbacks"), chromedp.WaitVisible(`tbody .ops a`, chromedp.ByQuery))
	act(t, caller, "the questionnaire", chromedp.Click(`tbody .ops a`, chromedp.ByQuery), chromedp.WaitVisible(form, chromedp.ByQuery))
	act(t, caller, "answers", choose(form, "q_reached=yes", "q_contacted=yes", "q_solved=yes", "q_satisfaction=basically")...)
	act(t, caller, "recorded", chromedp.Click(form+` .actions button`, chromedp.ByQuery), chromedp.WaitVisible(`#flash .alert-good`, chromedp.ByQuery))
	if got := d.told(s, called, "case.called_back"); got["satisfaction"] != "basically" || got["valid"] != "yes" {
		t.Errorf("the call is recorded as %v", got)
	}

	var before, after int
	if err := d.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT count(*) FILTER (WHERE phase = 'before'), count(*) FILTER (WHERE phase = 'after') FROM case_photos WHERE tenant_id=$1 AND case_id=$2",
		int32(s.ID), id).Scan(&before, &after); err != nil || before != 1 || after != 1 {
		t.Errorf("%d photos of the report, %d of the result (%v)", before, after, err)
	}
}
