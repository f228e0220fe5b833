package app_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/tenants"
)

// TestByKeyboardAlone takes a matter from the resident's report to the rating, and another one's call-back, without a mouse:
// every form is reached by Tab and sent by Enter, and wherever the focus stands on the way, one sees it. What the desk's own
// keys do is tested in package cases.
func TestByKeyboardAlone(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	d.Site.Visitor = byHeader // staff; residents sign in
	s := d.street(780_000)
	browser := openBrowser(t)
	desk := func(role string) hands {
		return handsOn(t, window(t, browser, roleAt(t, 780_000, role), 1366), d.server.URL+"/s/"+s.Slug)
	}

	p := d.person()
	home := handsOn(t, freshTab(t, browser), d.server.URL+"/r/"+s.Slug)
	home.open("/report", `#send`)
	home.write(`#f-phone`, p.phone)
	home.press(`#f-agree`, " ")
	home.press(`#send button`, kb.Enter, `#code`)
	home.write(`#f-code`, p.code())
	home.press(`#code button`, kb.Enter, `.choices`)
	home.press(`.choices a`, kb.Enter, `#report`)
	home.write(`#f-address`, "枫桥路18号东门")
	home.write(`#f-description`, "东门垃圾堆了三天")
	home.press(`#report .send button`, kb.Enter, `.receipt`)
	id := d.onlyCase(s)

	intake := desk(auth.Intake)
	intake.open("/cases", `#list tbody tr`)
	intake.press(`#list tbody tr td a`, kb.Enter, `#drawer form[action$="/file"]`)
	intake.press(`#drawer form[action$="/file"] .actions button`, kb.Enter, `#drawer .alert-good`)
	d.at(s, id, cases.Filed)

	d.staff(s, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Dispatch(ctx, tx, id, cases.Order{Unit: "sanitation", Basis: cases.Statutory})
		return err
	})
	handler := desk(auth.Handler)
	handler.open("/tasks", `#list tbody tr`)
	handler.press(`#list form[action$="/receive"] button`, kb.Enter, `form[action$="/handle"]`)
	handler.write(`form[action$="/handle"] textarea[name="result"]`, "已清运并消杀，加放两只垃圾桶")
	handler.press(`form[action$="/handle"] .actions button`, kb.Enter, `#flash .alert-good`)
	d.at(s, id, cases.Checking)

	d.staff(s, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Check(ctx, tx, id, cases.Finding{Pass: true, Close: true})
		return err
	})
	home.open("/matters/"+id.String(), `a[href$="/rate"]`)
	home.press(`a[href$="/rate"]`, kb.Enter, `#rate`)
	for _, answer := range [][2]string{{"q_contacted", "yes"}, {"q_solved", "yes"}, {"q_satisfaction", "basically"}} {
		home.pick(answer[0], answer[1])
	}
	home.press(`#rate .send button`, kb.Enter, `.timeline`)
	if got := d.told(s, id, "case.called_back"); got["satisfaction"] != "basically" || got["voice"] != "petitioner" {
		t.Errorf("the rating is recorded as %v", got)
	}

	called := d.toBeCalled(s)
	caller := desk(auth.Caller)
	caller.open("/callbacks", `#list tbody tr`)
	caller.press(`#list tbody .ops a`, kb.Enter, `form[action$="/callback"]`)
	for _, answer := range [][2]string{{"q_reached", "yes"}, {"q_contacted", "yes"}, {"q_solved", "yes"}, {"q_satisfaction", "satisfied"}} {
		caller.pick(answer[0], answer[1])
	}
	caller.press(`form[action$="/callback"] .actions button`, kb.Enter, `#flash .alert-good`)
	if got := d.told(s, called, "case.called_back"); got["satisfaction"] != "satisfied" || got["valid"] != "yes" {
		t.Errorf("the call is recorded as %v", got)
	}
}

// hands are somebody's on a keyboard, in a window of his.
type hands struct {
	t    *testing.T
	tab  context.Context
	base string
}

func handsOn(t *testing.T, tab context.Context, base string) hands {
	t.Helper()
	act(t, tab, "a window in front", emulation.SetFocusEmulationEnabled(true))
	return hands{t, tab, base}
}

// open types an address.
func (h hands) open(path, until string) {
	h.t.Helper()
	act(h.t, h.tab, path, chromedp.Navigate(h.base+path), chromedp.WaitVisible(until, chromedp.ByQuery))
}

// mostStops is how often somebody presses Tab before giving up.
const mostStops = 120

// stop says where the focus is: whether on what is looked for, and what is wrong with how it shows.
const stop = `(wanted => {
	const e = document.activeElement;
	if (e === document.body) return ['', ''];
	const here = e.matches(wanted) ? 'here' : '';
	const seen = x => { const s = getComputedStyle(x); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none'; };
	const name = e.tagName + ' ' + (e.getAttribute('aria-label') || e.innerText || e.name || e.id || '').slice(0, 30);
	const box = e.getBoundingClientRect();
	if (!seen(e) && !(e.nextElementSibling && seen(e.nextElementSibling))) return [here, 'no focus is seen on ' + name];
	if (box.bottom < 1 || box.top > innerHeight - 1) return [here, 'the focus is out of sight on ' + name];
	return [here, ''];
})(%q)`

// to presses Tab until the focus is on the element.
func (h hands) to(element string) {
	h.t.Helper()
	for range mostStops {
		var at [2]string
		act(h.t, h.tab, "tab to "+element, chromedp.KeyEvent(kb.Tab), chromedp.Evaluate(fmt.Sprintf(stop, element), &at))
		if at[1] != "" {
			h.t.Errorf("on the way to %s: %s", element, at[1])
		}
		if at[0] != "" {
			return
		}
	}
	h.t.Fatalf("no Tab leads to %s", element)
}

// press goes to the element and presses a key on it; what then comes into sight ends the step.
func (h hands) press(element, key string, until ...string) {
	h.t.Helper()
	h.to(element)
	act(h.t, h.tab, "press "+element, chromedp.KeyEvent(key))
	for _, u := range until {
		act(h.t, h.tab, element+" leads to "+u, chromedp.WaitVisible(u, chromedp.ByQuery))
	}
}

func (h hands) write(field, words string) {
	h.t.Helper()
	h.to(field)
	act(h.t, h.tab, "write", chromedp.KeyEvent(words))
}

// pick chooses a radio button: Tab to the group, arrows within it.
func (h hands) pick(name, value string) {
	h.t.Helper()
	h.to(fmt.Sprintf(`input[name="%s"]`, name))
	act(h.t, h.tab, "pick", chromedp.KeyEvent(" "))
	for range 8 {
		var at string
		act(h.t, h.tab, "which", chromedp.Evaluate(`document.activeElement.value`, &at))
		if at == value {
			return
		}
		act(h.t, h.tab, "the next", chromedp.KeyEvent(kb.ArrowDown))
	}
	h.t.Fatalf("no arrow leads to %s of %s", value, name)
}

// onlyCase is the street's case; at holds where it stands.
func (d *door) onlyCase(s tenants.Tenant) (id uuid.UUID) {
	d.t.Helper()
	if err := d.Super(d.t, tenants.Home).QueryRow(d.t.Context(), "SELECT id FROM cases WHERE tenant_id=$1", int32(s.ID)).Scan(&id); err != nil {
		d.t.Fatal(err)
	}
	return id
}

func (d *door) at(s tenants.Tenant, id uuid.UUID, want cases.Stage) {
	d.t.Helper()
	var stage string
	if err := d.Super(d.t, tenants.Home).QueryRow(d.t.Context(), "SELECT stage FROM cases WHERE tenant_id=$1 AND id=$2", int32(s.ID), id).Scan(&stage); err != nil || stage != string(want) {
		d.t.Fatalf("the case is %s (%v), want %s", stage, err, want)
	}
}

// toBeCalled is an order of the hotline that is closed: its petitioner is to be called back.
func (d *door) toBeCalled(s tenants.Tenant) (id uuid.UUID) {
	d.t.Helper()
	d.staff(s, func(ctx context.Context, tx tenants.Tx) error {
		c, err := cases.Report(ctx, tx, cases.Intake{Channel: "hotline", UpperNo: "12345-1", Class: "matter-06010", Community: "320505003001",
			Words: cases.Words{Description: "西门垃圾箱满溢", Address: "枫桥路20号", Petitioner: "王小明", Phone: "13800138000"}})
		if err != nil {
			return err
		}
		id = c.ID
		if _, err := cases.Dispatch(ctx, tx, id, cases.Order{Unit: "sanitation", Basis: cases.Statutory}); err != nil {
			return err
		}
		if _, err := cases.Handle(ctx, tx, id, "已清运"); err != nil {
			return err
		}
		_, err = cases.Check(ctx, tx, id, cases.Finding{Pass: true, Close: true})
		return err
	})
	return id
}
