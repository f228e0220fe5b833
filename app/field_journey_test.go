package app_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"wanjie/app/auth"
	"wanjie/tenants"
)

// TestAGridWorkerWithoutNetwork reports in a cellar, restarts the phone, loses the network in the middle of sending, has to
// sign in anew, and each report is there once. Who signs in on his phone in between sees nothing of it, and sends nothing.
func TestAGridWorkerWithoutNetwork(t *testing.T) {
	t.Parallel()
	d := openFieldDoor(t)
	air, street := d.air, d.street
	wang, wangs := d.hire(t, auth.Give{Role: auth.GridWorker, Community: "320505003001"})
	li, _ := d.hire(t, auth.Give{Role: auth.GridWorker, Community: "320505003001"})
	profile := t.TempDir()
	signIn := func(tab context.Context, login string) { t.Helper(); d.signIn(t, tab, login) }
	report := func(tab context.Context, words string, then int) {
		t.Helper()
		act(t, tab, "report "+words, chromedp.SetValue(`#f-class`, "matter-06010"), chromedp.SendKeys(`#f-description`, words), chromedp.Click(`.field-send`),
			chromedp.WaitVisible(`#told.alert-good`), chromedp.Poll(fmt.Sprintf(`document.querySelectorAll('#queue li').length === %d`, then), nil))
	}
	lines := func(tab context.Context, state string) (n int) {
		t.Helper()
		act(t, tab, "count", chromedp.Evaluate(`document.querySelectorAll('#queue [data-state="`+state+`"]').length`, &n))
		return n
	}
	cases := func() (n int) {
		t.Helper()
		if err := d.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT count(*) FROM cases WHERE tenant_id=$1", int32(street.ID)).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}

	phone, off := openPhone(t, profile)
	signIn(phone, wang)
	act(t, phone, "the page is kept", chromedp.Poll(`navigator.serviceWorker.controller !== null`, nil))
	photo := filepath.Join(t.TempDir(), "IMG_1.jpg")
	writeFile(t, photo, phonePhoto(t))

	air.gone.Store(true)
	act(t, phone, "without network the page opens", chromedp.Navigate(d.door), chromedp.WaitVisible(`#field[data-ready]`))
	act(t, phone, "a photo is taken", chromedp.SetUploadFiles(`#f-photos`, []string{photo}), chromedp.WaitVisible(`#taken-photos canvas`))
	report(phone, "地下室积水", 1)
	report(phone, "楼道堆物", 2)
	if lines(phone, "waiting") != 2 || cases() != 0 {
		t.Fatal("without network two reports should wait, and none be there")
	}
	var plain bool
	act(t, phone, "nothing can be read on the disk", chromedp.Evaluate(lying, &plain, awaited))
	if plain {
		t.Error("what was reported lies open in the browser's store")
	}
	off()

	phone, off = openPhone(t, profile)
	act(t, phone, "after a restart they are still there", chromedp.Navigate(d.door), chromedp.WaitVisible(`#field[data-ready]`))
	if lines(phone, "waiting") != 2 {
		t.Fatal("the restart lost a report")
	}
	air.deaf.Store(true)
	air.gone.Store(false)
	signIn(phone, wang)
	half := cases() // the browser tries by itself too, each time in vain
	if half == 0 || air.cut.Load() == 0 {
		t.Fatalf("%d cases are there of the sendings whose answers got lost %d times", half, air.cut.Load())
	}
	if lines(phone, "waiting") != 2 || lines(phone, "sent") != 0 {
		t.Fatal("the phone believes to have heard what it did not")
	}
	air.gone.Store(true)
	air.deaf.Store(false)
	off()

	air.gone.Store(false)
	phone, off = openPhone(t, profile)
	act(t, phone, "his session is over", network.ClearBrowserCookies(), chromedp.Navigate(d.door), chromedp.WaitVisible(`#login`), chromedp.WaitVisible(`#field[data-ready]`))
	if n := lines(phone, "waiting"); n != 0 || cases() != half {
		t.Errorf("signed out, %d reports show", n)
	}
	signIn(phone, li)
	if n := lines(phone, "waiting") + lines(phone, "sent") + lines(phone, "refused"); n != 0 || cases() != half {
		t.Errorf("another worker sees %d reports, and %d are sent", n, cases())
	}
	signIn(phone, wang)
	if lines(phone, "sent") != 2 || lines(phone, "waiting") != 0 {
		t.Errorf("%d reports are said to be there, %d wait", lines(phone, "sent"), lines(phone, "waiting"))
	}
	// One that the street refuses stands there with the reason, and goes once it is mended: as what he found two hours ago.
	act(t, phone, "a report that cannot be taken", chromedp.SetValue(`#f-class`, "matter-06010"),
		chromedp.Evaluate(`(() => { const now = Date.now; Date.now = () => now() - 2 * 3600e3; const d = document.querySelector('#f-description'); d.removeAttribute('maxlength'); d.value = '长'.repeat(6000); })()`, nil),
		chromedp.Click(`.field-send`), chromedp.WaitVisible(`#queue [data-state="refused"] .field-error`))
	if cases() != 2 {
		t.Error("what was refused is there")
	}
	act(t, phone, "mended", chromedp.Click(`#queue [data-state="refused"] .row-actions button`), chromedp.WaitVisible(`#told.alert-bad`),
		chromedp.SetValue(`#f-description`, "井盖松动"), chromedp.Click(`.field-send`), chromedp.Poll(`document.querySelectorAll('#queue [data-state="sent"]').length === 3`, nil))
	off()
	var found time.Duration
	if err := d.Super(t, tenants.Home).QueryRow(t.Context(), `SELECT reported_at - found_at FROM cases WHERE tenant_id = $1 AND found_at IS NOT NULL`, int32(street.ID)).Scan(&found); err != nil ||
		found.Round(time.Minute).Abs() < 119*time.Minute || found > 125*time.Minute {
		t.Errorf("found %v before it was reported (%v)", found, err)
	}
	var n, mine, pictures int
	if err := d.Super(t, tenants.Home).QueryRow(t.Context(), `SELECT count(*), count(*) FILTER (WHERE reported_by = $2), (SELECT count(*) FROM case_photos WHERE tenant_id = $1)
		FROM cases WHERE tenant_id = $1`, int32(street.ID), wangs).Scan(&n, &mine, &pictures); err != nil || n != 3 || mine != 3 || pictures != 1 {
		t.Errorf("%d cases, %d of his, with %d photos (%v)", n, mine, pictures, err)
	}
}

// lying looks for what was written in everything that the page keeps.
const lying = `(async () => {
	const db = await new Promise((yes) => { const ask = indexedDB.open('wanjie-field'); ask.onsuccess = () => yes(ask.result); });
	const rows = await new Promise((yes) => { const ask = db.transaction('records').objectStore('records').getAll(); ask.onsuccess = () => yes(ask.result); });
	const keys = await new Promise((yes) => { const ask = db.transaction('keys').objectStore('keys').getAll(); ask.onsuccess = () => yes(ask.result); });
	const text = (v) => v instanceof ArrayBuffer || ArrayBuffer.isView(v) ? new TextDecoder().decode(v) : v && typeof v === 'object' ? Object.values(v).map(text).join(' ') : String(v);
	const all = text(rows);
	return rows.length !== 2 || all.includes('地下室') || all.includes('楼道') || all.includes('JFIF') || keys.some((k) => k.extractable);
})()`
