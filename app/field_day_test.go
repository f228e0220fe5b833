package app_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/peterstace/simplefeatures/geom"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/geo"
	"wanjie/app/grids"
	"wanjie/app/grids/patrol"
	"wanjie/tenants"
)

// TestAGridWorkersDayWithoutNetwork sees his grid, tasks and patrol in a cellar, checks two points and hands in the round, signs for one task and hands
// it in with a photo, and hands in another that was given to a colleague meanwhile. The phone is restarted, he signs in anew, and
// the network breaks down in the middle of sending: each act is there once, in order, as of when he did it, and the one that is
// refused is not lost.
func TestAGridWorkersDayWithoutNetwork(t *testing.T) {
	t.Parallel()
	const grid, community = "320505003001001", "320505003001"
	d := openFieldDoor(t)
	d.within(t, func(ctx context.Context, tx tenants.Tx) error {
		list, problem := geo.Features([]byte(`{"type":"Polygon","coordinates":[[[120.5,31.3],[120.52,31.3],[120.52,31.32],[120.5,31.32],[120.5,31.3]]]}`), geo.CGCS2000)
		if problem != nil {
			t.Fatal(problem)
		}
		_, err := grids.Draw(ctx, tx, "", grids.Drawing{Code: grid, Name: "第一网格", Kind: grids.Comprehensive, Community: community, Shape: list[0].Shape, System: geo.CGCS2000})
		return err
	})
	wang, wangs := d.hire(t, auth.Give{Role: auth.GridWorker, Grid: grid})
	li, lis := d.hire(t, auth.Give{Role: auth.GridWorker, Grid: grid})
	walk := d.walk(t, geom.NewMultiPointXY(120.505, 31.305, 120.51, 31.31, 120.515, 31.315).AsGeometry())
	kept, recalled := d.task(t, community, wangs), d.task(t, community, wangs)
	photo := filepath.Join(t.TempDir(), "IMG_1.jpg")
	writeFile(t, photo, phonePhoto(t))
	profile := t.TempDir()
	count := func(tab context.Context, sel string) (n int) {
		t.Helper()
		act(t, tab, "count "+sel, chromedp.Evaluate(`document.querySelectorAll('`+sel+`').length`, &n))
		return n
	}
	press := func(tab context.Context, what, within, label string) {
		t.Helper()
		act(t, tab, what, chromedp.Evaluate(`Array.from(document.querySelector('`+within+`').querySelectorAll('button')).find((b) => b.textContent === '`+label+`').click()`, nil))
	}
	waits := func(n int) chromedp.Action {
		return chromedp.Poll(`document.querySelectorAll('#queue [data-state="waiting"]').length === `+string(rune('0'+n)), nil)
	}

	phone, off := openPhone(t, profile)
	d.signIn(t, phone, wang)
	act(t, phone, "the page is kept", chromedp.Poll(`navigator.serviceWorker.controller !== null`, nil), chromedp.WaitVisible(`#tasks li`))
	d.air.gone.Store(true)
	act(t, phone, "without network it opens", chromedp.Navigate(d.door), chromedp.WaitVisible(`#field[data-ready]`))
	if tasks, points, outline, dots := count(phone, "#tasks li"), count(phone, ".field-points li"), count(phone, "#day-map .grid"), count(phone, "#day-map .lamp"); tasks != 2 || points != 3 || outline != 1 || dots != 2 {
		t.Fatalf("without network: %d tasks, %d points, %d outlines, %d dots", tasks, points, outline, dots)
	}
	var plain bool
	act(t, phone, "nothing can be read on the disk", chromedp.Evaluate(copied, &plain, awaited))
	if plain {
		t.Error("the day lies open in the browser's store")
	}
	act(t, phone, "two hours ago, in the middle of his grid", chromedp.Evaluate(`(() => { const now = Date.now; Date.now = () => now() - 2 * 3600e3; })()`, nil),
		browser.SetPermission(&browser.PermissionDescriptor{Name: "geolocation"}, browser.PermissionSettingGranted), emulation.SetGeolocationOverride().WithLatitude(31.305).WithLongitude(120.505).WithAccuracy(8))
	press(phone, "nothing amiss at the first point", ".field-points li:nth-child(1)", "未发现问题")
	act(t, phone, "kept", waits(1))
	press(phone, "something at the second", ".field-points li:nth-child(2)", "发现问题")
	act(t, phone, "with words", chromedp.SendKeys(`#act-words`, "护栏松动"), chromedp.Click(`#act [type="submit"]`), waits(2))
	press(phone, "he hands in the round", "#rounds > li > .row-actions", "提交巡查结果")
	act(t, phone, "with words", chromedp.SendKeys(`#act-words`, "二号点位护栏松动，三号点位封闭施工"), chromedp.Click(`#act [type="submit"]`), waits(3))
	press(phone, "he signs for a task", "#task-"+kept.of, "签收")
	act(t, phone, "kept", waits(4))
	press(phone, "and hands it in", "#task-"+kept.of, "提交结果")
	act(t, phone, "with a photo", chromedp.SendKeys(`#act-words`, "垃圾已清走"), chromedp.SetUploadFiles(`#act-pictures`, []string{photo}), chromedp.WaitVisible(`#act canvas`),
		chromedp.Click(`#act [type="submit"]`), waits(5))
	press(phone, "and another", "#task-"+recalled.of, "提交结果")
	act(t, phone, "kept", chromedp.SendKeys(`#act-words`, "楼道已清空"), chromedp.Click(`#act [type="submit"]`), waits(6))
	off()

	d.within(t, func(ctx context.Context, tx tenants.Tx) error { // it is given to his colleague
		_, err := cases.Assign(ctx, tx, recalled.id, uuid.Nil, cases.Hand{Person: lis, Grid: grid})
		return err
	})
	phone, off = openPhone(t, profile)
	act(t, phone, "after a restart all of it is there", chromedp.Navigate(d.door), chromedp.WaitVisible(`#field[data-ready]`), waits(6))
	if n := count(phone, ".field-points .tag-good") + count(phone, ".field-points .tag-warn"); n != 2 {
		t.Errorf("%d points show what was found there", n)
	}
	d.air.pass.Store(1)
	d.air.deaf.Store(true)
	d.air.gone.Store(false)
	d.signIn(t, phone, wang)
	d.air.gone.Store(true)
	if n := count(phone, `#queue [data-state="sent"]`); n != 1 || d.air.cut.Load() == 0 {
		t.Errorf("%d are said to be there, and %d answers got lost", n, d.air.cut.Load())
	}
	d.air.deaf.Store(false)
	d.air.gone.Store(false)
	act(t, phone, "his session is over", network.ClearBrowserCookies(), chromedp.Navigate(d.door), chromedp.WaitVisible(`#login`))
	d.signIn(t, phone, wang)
	act(t, phone, "all went but one", chromedp.Poll(`document.querySelectorAll('#queue [data-state="sent"]').length === 5`, nil), chromedp.WaitVisible(`#queue [data-state="refused"] .field-error`))
	var why string
	if act(t, phone, "why one did not", chromedp.Text(`#queue [data-state="refused"]`, &why)); !strings.Contains(why, "文字和照片还在本机") {
		t.Errorf("what was refused says %q", why)
	}

	type done struct {
		Kind  string
		Early bool // some two hours before the street heard of it
	}
	var did []done
	rows, err := d.Super(t, tenants.Home).Query(t.Context(), `SELECT kind, recorded_at - happened_at BETWEEN '115 minutes' AND '125 minutes' FROM journal
		WHERE tenant_id = $1 AND actor = $2 AND kind NOT LIKE 'case.photo%' ORDER BY n`, int32(d.street.ID), wangs)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var one done
		if err := rows.Scan(&one.Kind, &one.Early); err != nil {
			t.Fatal(err)
		}
		did = append(did, one)
	}
	if diff := cmp.Diff([]done{{"patrol.checked", true}, {"patrol.checked", true}, {"patrol.done", true}, {"case.taken", true}, {"case.fed_back", true}}, did); diff != "" {
		t.Error(diff)
	}
	d.within(t, func(ctx context.Context, tx tenants.Tx) error {
		list, err := patrol.ChecksOf(ctx, tx, walk)
		if err != nil || len(list) != 2 || list[0].Point != 1 || list[0].Found || list[1].Point != 2 || !list[1].Found {
			t.Fatalf("checked: %+v (%v)", list, err)
		}
		box, err := tx.Box(ctx)
		if err != nil {
			return err
		}
		if words, err := list[1].Read(box); err != nil || words != "护栏松动" || list[1].Away == nil {
			t.Errorf("at the second point: %q, %v metres away (%v)", words, list[1].Away, err)
		}
		return nil
	})
	var photos int
	if err := d.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT count(*) FROM case_photos WHERE tenant_id = $1 AND case_id = $2", int32(d.street.ID), kept.id).Scan(&photos); err != nil || photos != 1 {
		t.Errorf("%d photos of the result (%v)", photos, err)
	}

	// What the colleague has now is not lost: its words become a report of their own.
	press(phone, "what was refused", `#queue [data-state="refused"]`, "另作上报")
	var words string
	act(t, phone, "reported anew", chromedp.Value(`#f-description`, &words), chromedp.SetValue(`#f-class`, "matter-06010"), chromedp.Click(`.field-send`),
		chromedp.Poll(`document.querySelectorAll('#queue [data-state="sent"]').length === 6`, nil))
	if words != "楼道已清空" {
		t.Errorf("the report begins with %q", words)
	}
	d.signIn(t, phone, li)
	var names []string
	act(t, phone, "of his day nothing stays for others", chromedp.WaitVisible(`#tasks li`), chromedp.Evaluate(copyNames, &names, awaited))
	if len(names) != 1 || count(phone, "#tasks li") != 1 || count(phone, "#queue li") != 0 {
		t.Errorf("a colleague finds %v, %d tasks, %d records", names, count(phone, "#tasks li"), count(phone, "#queue li"))
	}
	off()
}

// given is a task: a case, and the assignment by which somebody has it.
type given struct {
	id uuid.UUID
	of string
}

func (d *fieldDoor) within(t *testing.T, f func(context.Context, tenants.Tx) error) {
	t.Helper()
	within(t, d.app, d.street.ID, 0, f)
}

// task gives somebody a case to work on, since yesterday.
func (d *fieldDoor) task(t *testing.T, community string, person int64) (out given) {
	t.Helper()
	lon, lat := 120.512, 31.308
	d.within(t, func(ctx context.Context, tx tenants.Tx) error {
		c, err := cases.Report(ctx, tx, cases.Intake{Channel: "grid", Class: "matter-06010", Community: community, Lon: &lon, Lat: &lat, Words: cases.Words{Description: "小区东门垃圾"}})
		if err != nil {
			return err
		}
		if c.Stage == cases.Reported || c.Stage == cases.Accepted {
			if c, err = cases.File(ctx, tx, c.ID, cases.Filing{}); err != nil {
				return err
			}
		}
		if c, err = cases.Dispatch(ctx, tx, c.ID, cases.Order{Unit: community, Basis: cases.Designated, Grounds: cases.Grounds{Designator: "李主任", Ground: "专题会议", Reason: "就近"}}); err != nil {
			return err
		}
		if c, err = cases.Receive(ctx, tx, c.ID); err != nil {
			return err
		}
		hands, err := cases.HandsOf(ctx, tx, community)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(hands, func(h cases.Hand) bool { return h.Person == person })
		if c, err = cases.Assign(ctx, tx, c.ID, uuid.Nil, hands[i]); err != nil {
			return err
		}
		out = given{c.ID, c.Others[len(c.Others)-1].ID.String()}
		return nil
	})
	if _, err := d.Super(t, tenants.Home).Exec(t.Context(), "UPDATE assignments SET dispatched_at = dispatched_at - interval '1 day' WHERE tenant_id = $1 AND id = $2", int32(d.street.ID), out.of); err != nil {
		t.Fatal(err)
	}
	return out
}

// walk plans a patrol whose round is open since yesterday.
func (d *fieldDoor) walk(t *testing.T, route geom.Geometry) (round uuid.UUID) {
	t.Helper()
	d.within(t, func(ctx context.Context, tx tenants.Tx) error {
		list, err := grids.On(ctx, tx, clock.DateOf(clock.Now(ctx)))
		if err != nil {
			return err
		}
		p, err := patrol.Plan(ctx, tx, patrol.Order{Grid: list[0].ID, Title: "消防通道巡查", Note: "看楼道堆物", Route: route, Frequency: patrol.Frequency{Every: patrol.EveryDay}})
		if err != nil {
			return err
		}
		for _, k := range grids.Module.Timers {
			if k.Name == "patrol.due" {
				if err := k.Run(ctx, tx, p.ID); err != nil {
					return err
				}
			}
		}
		rounds, err := patrol.RoundsOf(ctx, tx, p.ID, 1)
		round = rounds[0].ID
		return err
	})
	if _, err := d.Super(t, tenants.Home).Exec(t.Context(), "UPDATE patrol_rounds SET due_on = due_on - 1 WHERE tenant_id = $1", int32(d.street.ID)); err != nil {
		t.Fatal(err)
	}
	return round
}

// copied looks for what stands on the page in the copy that the phone keeps.
const copied = `(async () => {
	const db = await new Promise((yes) => { const ask = indexedDB.open('wanjie-field'); ask.onsuccess = () => yes(ask.result); });
	const rows = await new Promise((yes) => { const ask = db.transaction('copies').objectStore('copies').getAll(); ask.onsuccess = () => yes(ask.result); });
	const text = (v) => v instanceof ArrayBuffer || ArrayBuffer.isView(v) ? new TextDecoder().decode(v) : v && typeof v === 'object' ? Object.values(v).map(text).join(' ') : String(v);
	return rows.length !== 1 || /巡查|tasks|rounds|120\.5/.test(text(rows));
})()`

// copyNames are whose copies the phone keeps.
const copyNames = `(async () => {
	const db = await new Promise((yes) => { const ask = indexedDB.open('wanjie-field'); ask.onsuccess = () => yes(ask.result); });
	return new Promise((yes) => { const ask = db.transaction('copies').objectStore('copies').getAllKeys(); ask.onsuccess = () => yes(ask.result); });
})()`
