package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/tenants"
)

// browse is a browser window of this size in which everybody asks as one person.
func (h *house) browse(t *testing.T, browser context.Context, person, wide int64) context.Context {
	t.Helper()
	return window(t, browser, person, wide)
}

// window is a window of this size in which everybody asks as one person.
func window(t *testing.T, browser context.Context, person, wide int64) context.Context {
	t.Helper()
	tab := freshTab(t, browser)
	act(t, tab, "a window", network.Enable(), network.SetExtraHTTPHeaders(network.Headers{who: fmt.Sprint(person)}), chromedp.EmulateViewport(wide, 844))
	return tab
}

// widths are those at which a journey is made: a phone's and an office desktop's.
var widths = []int64{390, 1366}

// TestLeaderJourney is a leader's morning: reads the figures, opens one to its cases, grants an extension with a sentence, and
// gives an instruction on what is overdue.
func TestLeaderJourney(t *testing.T) {
	t.Parallel()
	h, browser := openHouse(t), openBrowser(t)
	for i, wide := range widths {
		base := int64(840_000 + 1000*i)
		s, c := h.street(t, "晨", base)
		h.led(t, s, base, c)
		noon := clock.Day(time.Now()).Add(12 * time.Hour) // the hotline's day ends at noon
		if noon.After(time.Now()) {
			noon = noon.AddDate(0, 0, -1)
		}
		if _, err := h.Super(t, tenants.Home).Exec(t.Context(), "UPDATE cases SET reported_at = $2 WHERE tenant_id = $1", int32(s.ID), noon.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		me := roleAt(t, base, auth.Leader)
		tab, home := h.browse(t, browser, me, wide), h.server.URL+"/s/"+s.Slug+"/"
		var at, figure, said string
		act(t, tab, "in the morning", chromedp.Navigate(home), chromedp.WaitVisible(`.leader`), chromedp.Location(&at))
		if !strings.HasSuffix(at, "/leader") {
			t.Errorf("a leader begins at %s", at)
		}
		sound(t, tab, fmt.Sprintf("the leader's page at %d px", wide))
		const intake = `.leader a[href*="indicator=intake"]`
		act(t, tab, "a figure opens to its cases", chromedp.Text(intake, &figure), chromedp.Click(intake), chromedp.WaitVisible(`tbody a`), chromedp.Text(`tbody`, &said))
		if strings.TrimSpace(figure) != "1" || !strings.Contains(said, c.Number) {
			t.Errorf("the figure says %q, its cases are %s", figure, said)
		}
		sound(t, tab, fmt.Sprintf("the cases behind a figure at %d px", wide))

		const ask = `form[action*="/leader/applications/"]`
		act(t, tab, "what waits", chromedp.Navigate(home), chromedp.WaitVisible(`#waits`), chromedp.Evaluate(`document.querySelector('`+ask+`').closest('details').querySelector('summary').click()`, nil),
			chromedp.WaitVisible(ask+` textarea`), chromedp.SendKeys(ask+` textarea`, "同意延期，每日报进度。"))
		sound(t, tab, fmt.Sprintf("an open decision at %d px", wide))
		act(t, tab, "granted", chromedp.Click(ask+` button[value="approve"]`), chromedp.WaitNotPresent(ask), chromedp.Text(`body`, &said))
		if !strings.Contains(said, "已审批") {
			t.Error("nothing says that it is decided")
		}
		const word = `#late form[action$="/instruct"]`
		act(t, tab, "an instruction in two touches", chromedp.Click(`#late .leader-acts details:first-child summary`), chromedp.WaitVisible(word+` button`))
		sound(t, tab, fmt.Sprintf("an open instruction at %d px", wide))
		act(t, tab, "sent", chromedp.Click(word+` button`), chromedp.WaitNotPresent(`#late details[open]`), chromedp.WaitVisible(`#late`), chromedp.Text(`body`, &said))
		if !strings.Contains(said, "已批示") {
			t.Errorf("nothing says that it is sent:\n%s", said)
		}
		var extended string
		var instructions int
		if err := h.Super(t, tenants.Home).QueryRow(t.Context(), `SELECT (SELECT state FROM applications WHERE tenant_id = $1), (SELECT count(*) FROM instructions WHERE tenant_id = $1 AND person = $2)`,
			int32(s.ID), me).Scan(&extended, &instructions); err != nil || extended != cases.Approved || instructions != 1 {
			t.Errorf("the extension is %s, %d instructions (%v)", extended, instructions, err)
		}
	}
}

// TestCallerJourney is a call-back clerk at work: takes the next call, writes down that nothing was solved, so that the case goes
// back to its unit; closed once more, it has to be called again, and the petitioner is still not satisfied.
func TestCallerJourney(t *testing.T) {
	t.Parallel()
	h, browser := openHouse(t), openBrowser(t)
	for i, wide := range widths {
		base := int64(850_000 + 1000*i)
		s, c := h.street(t, "回访", base)
		h.closed(t, s, base, c)
		tab, list := h.browse(t, browser, roleAt(t, base, auth.Caller), wide), h.server.URL+"/s/"+s.Slug+"/callbacks"
		const form = `form[action$="/callback"]`
		choose := func(pairs ...string) (out []chromedp.Action) {
			for i := 0; i < len(pairs); i += 2 {
				out = append(out, chromedp.Click(fmt.Sprintf(`%s input[name="%s"][value="%s"]`, form, pairs[i], pairs[i+1])))
			}
			return out
		}
		call := func(what string, answers ...string) (said string) {
			t.Helper()
			act(t, tab, what, chromedp.Navigate(list), chromedp.WaitVisible(`tbody .ops a`))
			sound(t, tab, fmt.Sprintf("the list of calls at %d px", wide))
			act(t, tab, what+": the case", chromedp.Click(`tbody .ops a`), chromedp.WaitVisible(form))
			sound(t, tab, fmt.Sprintf("the questionnaire at %d px", wide))
			act(t, tab, what+": answers", choose(answers...)...)
			act(t, tab, what+": sent", chromedp.Click(form+` button[type="submit"]`), chromedp.WaitNotPresent(form), chromedp.Text(`body`, &said))
			return said
		}
		if said := call("unsolved", "q_reached", "yes", "q_contacted", "no", "q_solved", "no", "q_unsolved-why", "nothing", "q_satisfaction", "not", "q_unsatisfied-why", "unsolved", "reopen", "yes"); !strings.Contains(said, "已记录回访") {
			t.Errorf("nothing says that it is written down:\n%s", said)
		}
		stage := func() (stage string, owed bool, reopened, calls int) {
			if err := h.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT stage, owes_call, reopened, (SELECT count(*) FROM callbacks WHERE tenant_id = $1) FROM cases WHERE tenant_id = $1 AND id = $2",
				int32(s.ID), c.ID).Scan(&stage, &owed, &reopened, &calls); err != nil {
				t.Fatal(err)
			}
			return stage, owed, reopened, calls
		}
		if stage, _, reopened, _ := stage(); stage != string(cases.Handling) || reopened != 1 {
			t.Errorf("unsolved, the case is %s, reopened %d times", stage, reopened)
		}
		var said string
		act(t, tab, "nobody to call", chromedp.Navigate(list), chromedp.WaitVisible(`#list`), chromedp.Text(`#list`, &said))
		if !strings.Contains(said, "没有待回访的案卷") {
			t.Errorf("still to be called: %s", said)
		}
		sound(t, tab, fmt.Sprintf("an empty list of calls at %d px", wide))
		h.closed(t, s, base, c)
		call("not satisfied", "q_reached", "yes", "q_contacted", "yes", "q_solved", "yes", "q_satisfaction", "not", "q_unsatisfied-why", "unsolved", "reopen", "no")
		if stage, owed, reopened, calls := stage(); stage != string(cases.Closed) || owed || reopened != 1 || calls != 2 { // the hotline still waits for its reply
			t.Errorf("not satisfied, the case is %s, still to be called %t, reopened %d times, called %d times", stage, owed, reopened, calls)
		}
	}
}

// closed has the unit do its part of a case, and the desk find it good and close it.
func (h *house) closed(t *testing.T, s tenants.Tenant, base int64, c *cases.Case) {
	t.Helper()
	by := func(role, unit string, f func(context.Context, tenants.Tx) error) {
		t.Helper()
		actor := tenants.Actor{Person: roleAt(t, base, role), Grants: []tenants.Grant{{Role: role, Unit: unit}}}
		if err := h.App.DB.Write(t.Context(), s.ID, actor, f); err != nil {
			t.Fatal(err)
		}
	}
	by(auth.Handler, "sanitation", func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Handle(ctx, tx, c.ID, "已清运，加装垃圾桶。")
		return err
	})
	by(auth.Checker, "", func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Check(ctx, tx, c.ID, cases.Finding{Pass: true})
		return err
	})
	by(auth.ShiftLead, "", func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Close(ctx, tx, c.ID)
		return err
	})
}
