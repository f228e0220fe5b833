package cases

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"wanjie/infra/axe"
)

// key presses keys one after the other.
func (l *lookout) key(what string, keys ...string) {
	l.t.Helper()
	for _, k := range keys {
		l.run(what, chromedp.KeyEvent(k))
	}
}

// clean asks axe about the page as it stands.
func (l *lookout) clean(what string) {
	l.t.Helper()
	found, err := axe.Check(l.ctx)
	if err != nil {
		l.t.Fatalf("%s: %v", what, err)
	}
	for _, v := range found {
		l.t.Errorf("%s: %s", what, v)
	}
}

const inHand = `document.activeElement.closest('[data-live-row]')`

// A dispatcher's ten cases, without a mouse: four as the list proposes, one by the form in the drawer, one merged away, three
// ticked and sent together, and one only looked at.
func TestTenCasesByKeyboardAlone(t *testing.T) {
	t.Parallel()
	l := openLookout(t, sender, 1366)
	list := l.waiting(t, 10) // the newest, list[9], stands on top
	l.open("/cases?stage=filed")
	l.clean("the list")

	l.key("the keys", "?")
	l.holds("they are listed", `document.getElementById('keys').open && document.getElementById('keys').textContent.includes('按建议派遣')`)
	l.clean("the list of keys")
	l.key("away", kb.Escape)

	l.key("to the first", "j")
	l.holds("the first is in hand", inHand+` === document.querySelector('#list tbody tr')`)
	l.key("down and up", "j", kb.ArrowDown, "k", kb.ArrowUp)
	l.holds("the first again", inHand+` === document.querySelector('#list tbody tr')`)

	// Taken by mistake, and back again: z presses the button beside the message.
	l.key("take the proposal", "a")
	l.holds("it went, and may come back", `document.querySelectorAll('#list tbody tr').length === 9 && document.querySelector('#flash button').textContent === '撤回'`)
	l.clean("the list with the button")
	l.key("take it back", "z")
	l.holds("it waits again", `document.querySelectorAll('#list tbody tr').length === 10 && document.querySelector('#flash').textContent.includes('已撤回派遣')`)
	l.holds("the first is in hand", inHand+` === document.querySelector('#list tbody tr')`)

	for n := range 4 { // as proposed: the row leaves, the next is in hand
		l.key("take the proposal", "a")
		l.holds("it went", fmt.Sprintf(`document.querySelectorAll('#list tbody tr').length === %d && document.querySelector('#flash').textContent.includes('已派遣 → 环卫站')`, 9-n))
		l.holds("the next is in hand", inHand+` === document.querySelector('#list tbody tr')`)
	}

	// The fifth by its form: d opens the case and puts the unit in hand.
	l.key("the form", "d")
	l.holds("the form is in hand", `document.getElementById('drawer').open && document.activeElement.name === 'unit'`)
	l.holds("with steps, record and proposal", `document.querySelector('#drawer .steps') && document.querySelector('#drawer .timeline') && document.querySelector('#drawer').textContent.includes('职责清单建议：环卫站')`)
	l.clean("the drawer")
	l.key("send it", kb.Tab, kb.Tab) // past the basis, which is chosen
	l.run("send it", chromedp.Evaluate(`document.querySelector('#drawer form[action$="/dispatch"] .actions button').focus()`, nil), chromedp.KeyEvent(kb.Enter))
	l.holds("the case as it stands now", `document.querySelector('#drawer [role=status]').textContent.includes('已派遣') && !document.querySelector('#drawer form[action$="/dispatch"]')`)
	l.key("and again", "d")
	l.holds("a key without its form says so", `document.querySelector('#drawer').textContent.includes('该案卷现在不能进行此操作') || document.activeElement.closest('form[action$="/join"]')`)
	l.key("back", kb.Escape)
	l.holds("the list has five", `!document.getElementById('drawer').open && document.querySelectorAll('#list tbody tr').length === 5`)
	l.holds("and the next in hand", inHand+` === document.querySelector('#list tbody tr')`)

	// The sixth repeats another: m leads to the form, which asks before it ends the case.
	l.key("merge", "m")
	l.holds("the form is in hand", `document.activeElement.closest('form[action$="/merge"]')`)
	l.run("send it", chromedp.KeyEvent(kb.Enter))
	l.holds("it asks", `document.getElementById('confirm').open`)
	l.run("yes", chromedp.Evaluate(`document.querySelector('#confirm [value=yes]').focus()`, nil), chromedp.KeyEvent(kb.Enter))
	l.holds("it is merged", `document.querySelector('#drawer').textContent.includes('已并案')`)
	l.key("back", kb.Escape)
	l.holds("four are left", `document.querySelectorAll('#list tbody tr').length === 4`)

	// Three are ticked and sent together.
	l.key("to the top", "k", "k", "k", "k")
	l.key("tick", "x", "j", "x", "j", "x")
	l.holds("three are ticked", `document.querySelector('[data-picked]').textContent === '已选 3 项' && getComputedStyle(document.querySelector('[data-batch]')).display === 'flex'`)
	l.clean("the list with ticked rows")
	l.run("send them", chromedp.Evaluate(`document.querySelector('[data-batch] .btn-primary').focus()`, nil), chromedp.KeyEvent(kb.Enter))
	l.holds("it asks", `document.getElementById('confirm').open`)
	l.run("yes", chromedp.Evaluate(`document.querySelector('#confirm [value=yes]').focus()`, nil), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(`tbody .tag-good`, chromedp.ByQuery))
	l.holds("it says what became of them", `location.pathname.endsWith('/cases/batch/dispatch') && document.querySelector('.page-head').textContent.includes('3 件已办理')`)
	l.clean("the outcome")
	l.run("back to the list", chromedp.Evaluate(`document.querySelector('.page-head a').focus()`, nil), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(`#list tbody tr`, chromedp.ByQuery))
	l.holds("one is left", `location.search === '?stage=filed' && document.querySelectorAll('#list tbody tr').length === 1`)

	l.key("look at it", "n", kb.Enter)
	l.holds("it is open", `document.getElementById('drawer').open && document.querySelector('#drawer form[action$="/dispatch"]')`)
	l.key("close", kb.Escape)
	l.holds("it is closed", `!document.getElementById('drawer').open && `+inHand)
	l.key("search", "/")
	l.holds("the search is in hand", `document.activeElement.id === 'f-number'`)

	dispatched, merged := 0, 0
	for _, c := range list {
		switch got := l.find(t.Context(), c.ID); {
		case got.Stage == Handling && got.Unit == sanitation && got.Lead.DispatchedBy == sender:
			dispatched++
		case got.Stage == Merged:
			merged++
		}
	}
	if dispatched != 8 || merged != 1 {
		t.Errorf("%d dispatched and %d merged, want 8 and 1", dispatched, merged)
	}
}

// The same desk in a browser that runs no script: links open pages, buttons post, the batch stands below the list.
func TestTheDeskWithoutScripts(t *testing.T) {
	t.Parallel()
	l := openLookout(t, sender, 1366)
	list := l.waiting(t, 3)
	l.run("no script", emulation.SetScriptExecutionDisabled(true))
	address := func() string {
		t.Helper()
		var at string
		l.run("where", chromedp.ActionFunc(func(ctx context.Context) error {
			_, entries, err := cdppage.GetNavigationHistory().Do(ctx)
			if err == nil {
				at = entries[len(entries)-1].URL
			}
			return err
		}))
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimPrefix(u.RequestURI(), "/s/"+l.Slug)
	}
	take := func() {
		t.Helper()
		l.run("open", chromedp.Navigate(l.server.URL+"/s/"+l.Slug+"/cases?stage=filed"), chromedp.WaitVisible(`[data-batch]`, chromedp.ByQuery))
		l.run("take one", chromedp.Click(`#list tbody tr [data-accept]`, chromedp.ByQuery), chromedp.WaitVisible(`#flash form[action$="/recall"]`, chromedp.ByQuery))
		if at := address(); at != "/cases?done=dispatched&sent="+list[2].ID.String()+"&stage=filed" {
			t.Errorf("after one click: %s", at)
		}
	}
	take()
	l.run("take it back", chromedp.Click(`#flash form[action$="/recall"] button`, chromedp.ByQuery), chromedp.WaitVisible(`form[action$="/dispatch"]`, chromedp.ByQuery))
	if at := address(); at != "/cases/"+list[2].ID.String()+"?done=recalled" {
		t.Errorf("after taking it back: %s", at)
	}
	take()
	for _, c := range list[:2] {
		l.run("tick", chromedp.Click(`.pick input[value^="`+c.ID.String()+`"]`, chromedp.ByQuery))
	}
	l.run("send them", chromedp.Click(`[data-batch] .btn-primary`, chromedp.ByQuery), chromedp.WaitVisible(`tbody .tag-good`, chromedp.ByQuery))
	for _, c := range list {
		if got := l.find(t.Context(), c.ID); got.Stage != Handling {
			t.Errorf("%s is %s", c.Number, got.Stage)
		}
	}
	l.run("to the case", chromedp.Click(`tbody td a`, chromedp.ByQuery), chromedp.WaitVisible(`#case-head`, chromedp.ByQuery))
	if at := address(); !strings.HasPrefix(at, "/cases/"+list[1].ID.String()) {
		t.Errorf("the link opens %s", at)
	}
}

// On a phone the list, the drawer and the map keep within the screen.
func TestTheDeskOnAPhone(t *testing.T) {
	t.Parallel()
	l := openLookout(t, sender, 390)
	l.waiting(t, 2)
	must(t)(l.as(t.Context(), clerk, report(placed(120.55, 31.3))))
	fits := func(what string) {
		t.Helper()
		var wide int
		l.run(what, chromedp.Evaluate(`document.scrollingElement.scrollWidth`, &wide))
		if wide > 390 {
			t.Errorf("%s is %d wide on a screen of 390", what, wide)
		}
		l.clean(what)
	}
	l.open("/cases?stage=filed")
	fits("the list")
	l.run("open", chromedp.Click(`#list tbody tr td a`, chromedp.ByQuery))
	l.holds("the drawer", `document.getElementById('drawer').open`)
	fits("the drawer")
	l.run("the map", chromedp.Navigate(l.server.URL+"/s/"+l.Slug+"/cases/map"))
	fits("the map")
}
