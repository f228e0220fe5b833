package app_test

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/uuid"

	"wanjie/app/admin"
	"wanjie/app/auth"
	"wanjie/app/web"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/division"
)

// yes answers the question that is asked before something is done.
var yes = chromedp.Tasks{chromedp.WaitVisible(`#confirm[open]`), chromedp.Click(`#confirm button[value="yes"]`)}

// seen waits until an expression is true in the page, whose parts may not be there yet.
func seen(expression string) chromedp.Action {
	return chromedp.Poll("(() => { try { return "+expression+" } catch (e) { return false } })()", nil)
}

// written puts a text in place of what a field holds, as its owner would.
func written(field, text string) chromedp.Action {
	return chromedp.Tasks{chromedp.Focus(field), chromedp.Evaluate(fmt.Sprintf("document.querySelector(%q).select()", field), nil), chromedp.SendKeys(field, text)}
}

// emblem is a PNG of a mark in some red, on disk.
func emblem(t *testing.T, red uint8) string {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 300, 240))
	draw.Draw(m, image.Rect(60, 30, 240, 210), image.NewUniform(color.RGBA{red, 16, 46, 255}), image.Point{}, draw.Src)
	at := filepath.Join(t.TempDir(), "mark.png")
	f, err := os.Create(at)
	if err == nil {
		err = png.Encode(f, m)
	}
	if err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	return at
}

// TestAdminJourney is a street administrator's first day: gives the street its colour, its short name and a logo, seen on a
// phone before they are saved; turns a module off and on; changes a setting and puts it back as the blueprint has it.
func TestAdminJourney(t *testing.T) {
	t.Parallel()
	h, browser := openHouse(t), openBrowser(t)
	mark := emblem(t, 200)
	_, step, _, _, _ := admin.Colours("#ffd700")
	var r, g, b uint8
	if _, err := fmt.Sscanf(step, "#%02x%02x%02x", &r, &g, &b); err != nil {
		t.Fatal(err)
	}
	strong := fmt.Sprintf("rgb(%d, %d, %d)", r, g, b)
	for i, wide := range widths {
		base := int64(860_000 + 1000*i)
		s, _ := h.street(t, "形象", base)
		tab, home := h.browse(t, browser, roleAt(t, base, auth.StreetAdmin), wide), h.server.URL+"/s/"+s.Slug
		const framed = `document.getElementById('phone').contentDocument`
		act(t, tab, "the form", chromedp.Navigate(home+"/admin/branding"), chromedp.WaitVisible(`#phone`), seen(framed+`.querySelector('.hello h1') !== null`))
		act(t, tab, "typed", written(`#f-short_name`, "晓市"), chromedp.SendKeys(`#f-colour`, "#ffd700"), chromedp.WaitVisible(`.look-steps .tag-warn`),
			chromedp.SetUploadFiles(`#f-logo`, []string{mark}))
		act(t, tab, "it shows before it is saved",
			seen(framed+`.querySelector('.street span').textContent === '晓市'`), seen(`getComputedStyle(`+framed+`.querySelector('.top')).backgroundColor === '`+strong+`'`),
			seen(framed+`.querySelector('.street img').src.startsWith('data:image/png') && `+framed+`.querySelector('.street img').naturalWidth === 300`))
		sound(t, tab, fmt.Sprintf("branding at %d px", wide))
		act(t, tab, "saved", chromedp.Click(`#look button.btn-primary`), chromedp.WaitVisible(`.look-logo img`), seen(`document.querySelector('.bar .brand img').naturalWidth === 192`))
		sound(t, tab, fmt.Sprintf("branding with a logo at %d px", wide))
		act(t, tab, "at the residents' door", chromedp.Navigate(h.server.URL+"/r/"+s.Slug+"/"), seen(`document.querySelector('.street img').naturalWidth === 192`))
		sound(t, tab, fmt.Sprintf("the residents' first page with a logo at %d px", wide))
		act(t, tab, "on the poster", chromedp.Navigate(home+"/admin/branding/poster"), seen(`document.querySelector('.poster-logo').naturalWidth === 192`))

		const of = `form[action$="/admin/modules"]:has(input[value="community"]) button`
		on := func() (is bool) {
			within(t, h.App, s.ID, roleAt(t, base, auth.StreetAdmin), func(ctx context.Context, tx tenants.Tx) error {
				cfg, err := blueprint.For(ctx, tx)
				is = err == nil && cfg.On("community")
				return err
			})
			return is
		}
		act(t, tab, "a module goes off", chromedp.Navigate(home+"/admin/modules"), chromedp.Click(of+`.btn-danger`), yes, chromedp.WaitVisible(of+`.btn-primary`))
		if on() {
			t.Error("the module is still on")
		}
		sound(t, tab, fmt.Sprintf("modules at %d px", wide))
		act(t, tab, "and on", chromedp.Click(of+`.btn-primary`), chromedp.WaitVisible(of+`.btn-danger`))
		if !on() {
			t.Error("the module is still off")
		}

		const setting = `/admin/settings/cases.warn_percent`
		act(t, tab, "a setting is changed", chromedp.Navigate(home+setting), written(`#f-value`, "70"), chromedp.Click(`form[action$="warn_percent"] button.btn-primary`),
			chromedp.WaitVisible(`form[action$="warn_percent/back"] button`))
		sound(t, tab, fmt.Sprintf("settings at %d px", wide))
		act(t, tab, "and put back", chromedp.Click(`form[action$="warn_percent/back"] button`), yes, chromedp.WaitNotPresent(`form[action$="warn_percent/back"]`))
	}
}

// TestOperatorJourney is the vendor opening a street: finds it, says on what terms, goes back and changes its mind, opens it,
// sees it in the fleet, and looks at its usage and at the health of all.
func TestOperatorJourney(t *testing.T) {
	t.Parallel()
	h, browser := openHouse(t), openBrowser(t)
	var operator int64
	if err := h.Super(t, tenants.Home).QueryRow(t.Context(), "INSERT INTO ctl.people (identity, kind) VALUES ($1, 'staff') RETURNING person", uuid.New()).Scan(&operator); err != nil {
		t.Fatal(err)
	}
	if err := h.App.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		return auth.GiveUpper(ctx, tx, auth.Machine(), operator, auth.UpperGrant{Scope: auth.InVendor, Role: auth.Operator})
	}); err != nil {
		t.Fatal(err)
	}
	h.Site.Visitor = func(*http.Request) (web.Visitor, error) {
		return web.Visitor{Person: operator, Strong: true, Session: auth.Session{Person: operator, AAL: 2}}, nil
	}
	for i, wide := range widths {
		u := division.InDistrict(469025)[i] // no other test opens one there
		tab := h.browse(t, browser, operator, wide)
		at := func(step string) { sound(t, tab, fmt.Sprintf("%s at %d px", step, wide)) }
		act(t, tab, "finds", chromedp.Navigate(h.server.URL+"/v/open"), chromedp.SendKeys(`#f-q`, u.Code+"\r"), chromedp.WaitVisible(`tbody .ops a`))
		at("the units found")
		act(t, tab, "chooses", chromedp.Click(`tbody .ops a`), chromedp.WaitVisible(`#f-days`))
		at("the terms")
		act(t, tab, "a wrong name", chromedp.SendKeys(`#f-slug`, "Not A Slug"), chromedp.Click(`form.form button.btn-primary`), chromedp.WaitVisible(`#f-slug-error`))
		at("the terms refused")
		slug := fmt.Sprintf("journey-%d", wide)
		act(t, tab, "mended", written(`#f-slug`, slug), chromedp.Click(`form.form button.btn-primary`), chromedp.WaitVisible(`form[action="/v/open"][method="post"]`))
		at("the preview")
		var kept string
		act(t, tab, "back", chromedp.Click(`form .actions a`), chromedp.WaitVisible(`#f-days`), chromedp.Value(`#f-slug`, &kept))
		if kept != slug {
			t.Errorf("going back keeps %q", kept)
		}
		act(t, tab, "another length", written(`#f-days`, "30"), chromedp.Click(`form.form button.btn-primary`), chromedp.WaitVisible(`form[method="post"][action="/v/open"]`))
		var said string
		act(t, tab, "opened", chromedp.Click(`form[method="post"][action="/v/open"] button.btn-primary`), chromedp.WaitVisible(`.after`), chromedp.Text(`main`, &said))
		if !strings.Contains(said, slug) || !strings.Contains(said, "试运行至") {
			t.Errorf("what was opened: %s", said)
		}
		at("what comes next")
		act(t, tab, "in the fleet", chromedp.Navigate(h.server.URL+"/v/streets?q="+u.Code), chromedp.Text(`tbody`, &said))
		if !strings.Contains(said, u.Name) || !strings.Contains(said, "试运行") {
			t.Errorf("the fleet shows %s", said)
		}
		at("the fleet")
		act(t, tab, "its usage", chromedp.Click(`tbody td.name a`), chromedp.WaitVisible(`a[href^="/v/usage/"]`), chromedp.Click(`a[href^="/v/usage/"]`), chromedp.WaitVisible(`#f-month`))
		at("usage")
		act(t, tab, "the health of all", chromedp.Navigate(h.server.URL+"/v/health"), chromedp.WaitVisible(`.tiles`))
		at("health")
	}
}
