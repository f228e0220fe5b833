package imports

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"wanjie/app/cases"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal/tally"
)

// The appeals of a real district; the file lies beside the repository and not in it.
const appeals = "../../../shared/data/zh_pingshan_appeals_10000.csv.gz"

func realAppeals(tb testing.TB) string {
	tb.Helper()
	if _, err := os.Stat(appeals); err != nil {
		tb.Logf("NOT TESTED ON REAL DATA: %v. A sample made up in its form stands in for it.", err)
		return ""
	}
	return appeals
}

var pingshan = map[string]int{"坪山街道": 2737, "龙田街道": 2435, "坑梓街道": 2195, "马峦街道": 1206, "碧岭街道": 996, "石井街道": 421}

const pingshanStreet, kengzi, longtian = "440310001", "440310005", "440310006"

func TestRealAppeals(t *testing.T) {
	t.Parallel()
	file := realAppeals(t)
	if file == "" {
		return
	}
	d := openDistrict(t, 440310)
	p := d.plan("pingshan", file)

	p.Open = false
	_, err := Cases(t.Context(), d.DB, p)
	if f := fault.Of(err); f == nil || f.Kind != fault.Conflict || !strings.Contains(f.Error(), "坪山街道（440310001）") || !strings.Contains(f.Error(), "wanjie street open --code 440310006") {
		t.Fatalf("streets that are not open: %v", err)
	}
	p.DryRun = true
	want := Result{Read: 10000, Imported: 9990, Rejected: 10, ByStreet: pingshan, Errors: p.Errors, DryRun: true,
		Unopened: []string{"坪山街道", "马峦街道", "碧岭街道", "石井街道", "坑梓街道", "龙田街道"}}
	if diff := cmp.Diff(want, d.run(p), cmp.AllowUnexported()); diff != "" {
		t.Errorf("dry run: %s", diff)
	}

	p.Open, p.DryRun = true, false
	begin := time.Now()
	got := d.run(p)
	t.Logf("%d rows in %v: %.0f rows/s", got.Read, time.Since(begin), float64(got.Read)/time.Since(begin).Seconds())
	want = Result{Read: 10000, Imported: 9990, Rejected: 10, ByStreet: pingshan, Errors: p.Errors, Opened: want.Unopened, Classes: got.Classes, Units: got.Units}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	for _, r := range refused(t, p.Errors) {
		if r[2] != "street" || r[3] != "坪山区没有“-”这个街道" || !strings.HasPrefix(r[4], r[1]+",2018-") {
			t.Errorf("refused row %q", r)
		}
	}

	before := d.everything()
	again := d.run(p)
	want.Imported, want.Existing, want.Opened, want.Classes, want.Units = 0, 9990, nil, 0, 0
	if diff := cmp.Diff(want, again); diff != "" {
		t.Errorf("second run: %s", diff)
	}
	if diff := cmp.Diff(before, d.everything()); diff != "" {
		t.Errorf("a second run changed something: %s", diff)
	}

	d.follow()
	d.rollups(pingshan, 923) // 924 overdue in the file, one of them without a street
	d.pingshanUnits()
	d.pingshanCase()
}

// rollups holds the district's figures against the counts of the file.
func (d *district) rollups(want map[string]int, overdue int64) {
	d.t.Helper()
	err := d.District(d.t.Context(), d.code, func(ctx context.Context, tx tenants.DistrictTx) error {
		lines, err := tally.ByTenant(ctx, tx, year(2018))
		if err != nil {
			return err
		}
		var names []struct {
			TenantID int32
			Name     string
		}
		if err := tx.Raw("SELECT tenant_id, name FROM tenants").Scan(ctx, &names); err != nil {
			return err
		}
		got, late := map[string]int{}, int64(0)
		for _, l := range lines {
			for _, n := range names {
				if n.TenantID == l.TenantID {
					got[n.Name] += int(l.Received)
				}
			}
			if l.Received != l.Closed || l.OnTime+l.Overdue != l.Closed {
				d.t.Errorf("tenant %d: %+v", l.TenantID, l.Counts)
			}
			late += l.Overdue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			d.t.Errorf("rollup by street: %s", diff)
		}
		if late != overdue {
			d.t.Errorf("%d overdue, want %d", late, overdue)
		}
		units, err := tally.ByKey(ctx, tx, year(2018), tally.Unit)
		if err != nil {
			return err
		}
		sum := int64(0)
		for _, u := range units {
			if u.Key == "centre.pingshan-1536" && (u.Label != "环境保护和水务局" || u.Received != 1286) {
				d.t.Errorf("unit over all streets: %+v", u)
			}
			sum += u.Received
		}
		if sum != 9990 {
			d.t.Errorf("units add up to %d", sum)
		}
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *district) pingshanUnits() {
	d.t.Helper()
	shared := map[string]blueprint.UnitKind{
		"pingshan-1536": blueprint.Bureau, "pingshan-8516": blueprint.Utility, "pingshan-1932": blueprint.Utility, "pingshan-8484": blueprint.Squad,
	}
	for _, code := range []string{"440310", pingshanStreet} {
		d.in(code, func(_ context.Context, tx tenants.Tx, cfg *blueprint.Config) error {
			for key, kind := range shared {
				if code != "440310" {
					key = blueprint.CentreUnit(key)
				}
				if u, ok := cfg.Units.Find(key); !ok || u.Kind != kind || u.Retired {
					d.t.Errorf("%s: unit %s: %+v %v", tx.Tenant().Name, key, u, ok)
				}
			}
			if tx.Tenant().Revision != 1 {
				d.t.Errorf("%s is at revision %d", tx.Tenant().Name, tx.Tenant().Revision)
			}
			return nil
		})
	}
	// 城管办（坑梓街道办事处） once helped next door: it is a street's own all the same, under its own key.
	for code, want := range map[string]bool{"440310": false, kengzi: true, longtian: true} {
		d.in(code, func(_ context.Context, tx tenants.Tx, cfg *blueprint.Config) error {
			if u, ok := cfg.Units.Find("pingshan-1772"); ok != want {
				d.t.Errorf("%s: 城管办（坑梓街道办事处）: %+v", tx.Tenant().Name, u)
			}
			return nil
		})
	}
	// 市政服务中心（坪山街道办事处） serves one street: it is that street's, and nobody else's.
	for code, want := range map[string]bool{"440310": false, pingshanStreet: true, longtian: false} {
		d.in(code, func(_ context.Context, tx tenants.Tx, cfg *blueprint.Config) error {
			if u, ok := cfg.Units.Find("pingshan-1751"); ok != want {
				d.t.Errorf("%s: 市政服务中心（坪山街道办事处）: %+v", tx.Tenant().Name, u)
			}
			return nil
		})
	}
}

func (d *district) pingshanCase() {
	d.t.Helper()
	d.in(longtian, func(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config) error {
		var c cases.Case
		if err := tx.Select(&c).Where("source_id = '9148'").Scan(ctx); err != nil {
			return err
		}
		box, err := tx.Box(ctx)
		if err != nil {
			return err
		}
		w, err := c.Open(box)
		if err != nil {
			return err
		}
		kind, _ := cfg.Classes.Find(c.Class)
		got := []string{c.Number[:9], c.Channel, c.Source, c.Class, kind.Title, string(kind.Kind), c.Community, c.Unit, string(c.Stage), c.Outcome, w.Title, w.Description}
		want := []string{"20180208-", "resident", "pingshan", "pingshan-6.186.662", "侵占绿地", "extension", "440310006004", "440310006004", "archived", "on_time",
			"侵占绿地（老坑社区）", "市政设施＞市政、公共设施设置及维护＞侵占绿地\n性质：投诉；来源：@坪山；承办：老坑社区；按期办结\n坪山区龙田街道老坑社区"}
		if diff := cmp.Diff(want, got); diff != "" {
			d.t.Error(diff)
		}
		if !c.ReportedAt.Equal(time.Date(2018, 2, 7, 16, 0, 0, 0, time.UTC)) || !c.ClosedAt.Equal(c.ReportedAt) || c.ReportedBy != 0 {
			d.t.Errorf("%+v", c)
		}
		return nil
	})
}

// everything is what must not change when a file is imported again: counts of every table that an
// import writes, and the numbers of cases.
func (d *district) everything() map[string]string {
	d.t.Helper()
	out := map[string]string{}
	var codes []string
	if err := d.Vendor(d.t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		return tx.Raw("SELECT code FROM ctl.divisions ORDER BY code").Scan(ctx, &codes)
	}); err != nil {
		d.t.Fatal(err)
	}
	for _, code := range codes {
		d.in(code, func(ctx context.Context, tx tenants.Tx, _ *blueprint.Config) error {
			var s string
			err := tx.Raw(`SELECT concat_ws(' ', (SELECT count(*) FROM cases WHERE tenant_id = ?0), (SELECT count(DISTINCT source_id) FROM cases WHERE tenant_id = ?0),
				(SELECT count(*) FROM journal WHERE tenant_id = ?0), (SELECT n FROM heads WHERE tenant_id = ?0), (SELECT count(*) FROM overrides WHERE tenant_id = ?0),
				(SELECT count(*) FROM journal WHERE tenant_id = ?0 AND kind = 'case.imported' AND imported))`, int32(tx.ID())).Scan(ctx, &s)
			out[tx.Tenant().Name] = s
			return err
		})
	}
	return out
}

// An import that is stopped in the middle and run again ends where one that was not stopped ends.
func TestStopAndGoOn(t *testing.T) {
	t.Parallel()
	file := realAppeals(t)
	want := pingshan
	if file == "" {
		file, want = madeUp(t, 4000)
	}
	d := openDistrict(t, 440310)
	p := d.plan("pingshan", file)
	p.batch, p.workers = 200, 3
	ctx, stop := context.WithCancel(t.Context())
	p.Progress = func(at Progress) {
		if at.Done >= 1000 {
			stop()
		}
	}
	r, err := Cases(ctx, d.DB, p)
	if !errors.Is(err, context.Canceled) || r.Imported < 200 {
		t.Fatalf("stopped: %+v, %v", r, err)
	}
	p.Progress = nil
	got := d.run(p)
	if got.Existing < r.Imported || got.Existing+got.Imported != sum(want) {
		t.Errorf("went on with %+v after %+v", got, r)
	}
	if diff := cmp.Diff(want, got.ByStreet); diff != "" {
		t.Error(diff)
	}
	for name, s := range d.everything() {
		var n, distinct, acts, head, overrides, imported int
		if _, err := fmt.Sscan(s, &n, &distinct, &acts, &head, &overrides, &imported); err != nil {
			t.Fatal(err)
		}
		if n != want[name] || distinct != n || imported != n || acts != head {
			t.Errorf("%s: %s, want %d cases", name, s, want[name])
		}
	}
}

func sum(m map[string]int) (n int) {
	for _, v := range m {
		n += v
	}
	return n
}

// madeUp writes a file in the form of the real one.
func madeUp(tb testing.TB, rows int) (string, map[string]int) {
	tb.Helper()
	var b strings.Builder
	b.WriteString(pingshanHeader)
	at := []struct{ street, community string }{{"坪山街道", "六联社区"}, {"坑梓街道", "金沙社区"}, {"龙田街道", "老坑社区"}}
	want := map[string]int{}
	for i := range rows {
		p := at[i%3]
		want[p.street]++
		fmt.Fprintf(&b, "%d,2018-0%d-1%d,坪山区,1,%s,2,%s,5,市容环卫,18%d,其他,6%d,占道%d,15%d,%d号单位,103,12345,2,投诉,intime,按期办结\n",
			i+1, i%9+1, i%9, p.street, p.community, i%4, i%40, i%40, i%7, i%7)
	}
	return put(tb, "made-up.csv", b.String()), want
}

const pingshanHeader = "rec_id,create_date,district,street_id,street,community_id,community,type_id,type,main_type_id,main_type,sub_type_id,sub_type," +
	"unit_id,dispose_unit,source_id,source,property_id,property,archive_status,archive_status_name\n"

// The same rows give the same cases from a CSV in GBK, gzipped, and from Excel with real dates.
func TestForms(t *testing.T) {
	t.Parallel()
	plain, want := madeUp(t, 300)
	d := openDistrict(t, 440310)
	if got := d.run(d.plan("pingshan", plain)); !cmp.Equal(got.ByStreet, want) || got.Imported != 300 {
		t.Fatalf("%+v", got)
	}
	text, err := os.ReadFile(plain)
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		"BOM": put(t, "bom.csv", "\ufeff"+string(text)), "GBK": put(t, "gbk.csv", gbk(t, string(text))),
		"CRLF": put(t, "crlf.csv", strings.ReplaceAll(string(text), "\n", "\r\n")),
		"gzip": put(t, "gbk.csv.gz", zip(t, gbk(t, string(text)))), "Excel": workbook(t, string(text)),
	} {
		p := d.plan("pingshan", file)
		got := d.run(p)
		if got.Imported != 0 || got.Existing != 300 || got.Rejected != 0 {
			t.Errorf("%s: %+v: %v", name, got, refused(t, p.Errors))
		}
	}
	// And once more into a district of its own, to see what a case from Excel looks like.
	e := openDistrict(t, 440310)
	if got := e.run(e.plan("pingshan", workbook(t, string(text)))); got.Imported != 300 {
		t.Fatalf("%+v", got)
	}
	for _, x := range []*district{d, e} {
		x.in(kengzi, func(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config) error {
			var c cases.Case
			if err := tx.Select(&c).Where("source_id = '2'").Scan(ctx); err != nil {
				return err
			}
			if k, _ := cfg.Classes.Find(c.Class); c.Class != "pingshan-5.181.61" || k.Title != "占道1" || !c.ReportedAt.Equal(time.Date(2018, 2, 10, 16, 0, 0, 0, time.UTC)) {
				t.Errorf("%s %s %v", c.Class, k.Title, c.ReportedAt)
			}
			return nil
		})
	}
}

func gbk(tb testing.TB, s string) string {
	tb.Helper()
	out, err := simplifiedchinese.GBK.NewEncoder().String(s)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

func zip(tb testing.TB, s string) string {
	tb.Helper()
	var b strings.Builder
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, s)
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// workbook is a CSV as Excel keeps it: dates are days, numbers are numbers, empty rows lie between.
func workbook(tb testing.TB, text string) string {
	tb.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	x := excelize.NewFile()
	for i, cells := range rows {
		for j, c := range cells {
			at, _ := excelize.CoordinatesToCellName(j+1, 2*i+1)
			var v any = c
			if day, err := time.Parse(time.DateOnly, c); err == nil {
				v = day
			} else if i > 0 && j == 0 {
				v = i
			}
			if err := x.SetCellValue("Sheet1", at, v); err != nil {
				tb.Fatal(err)
			}
		}
	}
	path := filepath.Join(tb.TempDir(), "book.xlsx")
	if err := x.SaveAs(path); err != nil {
		tb.Fatal(err)
	}
	return path
}

func TestSampleShips(t *testing.T) {
	t.Parallel()
	d := openDistrict(t, 320505)
	p := d.plan("sample", "sample/appeals.csv")
	got := d.run(p)
	if got.Read != 26 || got.Imported != 24 || got.Rejected != 2 {
		t.Fatalf("%+v: %v", got, refused(t, p.Errors))
	}
	var why []string
	for _, r := range refused(t, p.Errors) {
		why = append(why, r[2]+" "+r[3])
	}
	if want := []string{"社区 枫桥街道没有“不存在的社区”这个社区", "结案时间 结案早于上报"}; !cmp.Equal(why, want) {
		t.Errorf("refused for %q", why)
	}
	d.in("320505003", func(ctx context.Context, tx tenants.Tx, _ *blueprint.Config) error {
		var c cases.Case
		if err := tx.Select(&c).Where("source_id = 'YL202500008'").Scan(ctx); err != nil {
			return err
		}
		box, err := tx.Box(ctx)
		if err != nil {
			return err
		}
		w, err := c.Open(box)
		if err != nil || !strings.HasPrefix(w.Description, "她说：“垃圾\"又\"满了”，\n请尽快处理。") || w.Phone != "13800000008" || w.Petitioner == "" || len(c.PhoneBlind) == 0 {
			t.Errorf("%+v %v", w, err)
		}
		return nil
	})
}

// Several streets' own rules: a community of another street, a street under its code, a map's own names.
func TestUnderstanding(t *testing.T) {
	t.Parallel()
	d := openDistrict(t, 440310)
	row := func(id, street, community, unit string) string {
		return id + ",2018-05-01,坪山区,1," + street + ",2," + community + ",5,市容环卫,1,垃圾问题,2,暴露垃圾,77," + unit + ",103,12345,2,投诉,overtime,逾期办结\n"
	}
	file := put(t, "a.csv", pingshanHeader+
		row("a", "440310001", "六联社区居委会", "六联社区（坪山街道办事处）")+
		row("b", "坑梓街道办事处", "440310005003", "六联社区工作站")+
		row("c", "坑梓街道", "", "-")+
		row("c", "坑梓街道", "", "-")+ // twice: the second is there already
		row("d", "坑梓街道", "六联社区", "-")+ // of another street
		row("e", "枫桥街道", "", "-")+ // of another district
		row(`"=cmd()"`, "龙田", "", "-")+
		row("", "坑梓街道", "", "-")+
		strings.Replace(row("f", "坑梓街道", "", "-"), "坪山区", "南山区", 1)+
		strings.Replace(row("g", "坑梓街道", "", "-"), "2018-05-01", "2099-05-01", 1)+
		strings.Replace(row("h", "坑梓街道", "", "-"), "overtime", "open", 1)+
		strings.Replace(row("i", "坑梓街道", "", "-"), "市容环卫", "", 1))
	p := d.plan("pingshan", file)
	got := d.run(p)
	if got.Read != 12 || got.Imported != 3 || got.Existing != 1 || got.Rejected != 8 {
		t.Errorf("%+v", got)
	}
	var fields []string
	for _, r := range refused(t, p.Errors) {
		fields = append(fields, r[1]+":"+r[2])
	}
	if want := []string{"d:community", "e:street", "'=cmd():street", ":rec_id", "f:district", "g:create_date", "h:archive_status", "i:type"}; !cmp.Equal(fields, want) {
		t.Errorf("refused %q", fields)
	}
	d.in(kengzi, func(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config) error {
		var c cases.Case
		if err := tx.Select(&c).Where("source_id = 'b'").Scan(ctx); err != nil {
			return err
		}
		if c.Unit != "440310001001" || c.Community != "440310005003" || c.Class != "matter-06010" || c.Outcome != cases.Overdue {
			t.Errorf("%+v", c)
		}
		if tx.Tenant().Revision != 0 { // all of it was known
			t.Errorf("revision %d", tx.Tenant().Revision)
		}
		return nil
	})
}

// A unit that serves several streets is the centre's, in a later file of one street too; the key by
// which its streets know it is one and the same, and says so.
func TestUnitsOfTheCentre(t *testing.T) {
	t.Parallel()
	d := openDistrict(t, 440310)
	row := func(id, street, unit, name string) string {
		return id + ",2018-05-01,坪山区,1," + street + ",2,,5,市容环卫,1,垃圾问题,2,暴露垃圾," + unit + "," + name + ",103,12345,2,投诉,overtime,逾期办结\n"
	}
	d.run(d.plan("pingshan", put(t, "a.csv", pingshanHeader+
		row("a", "坪山街道", "7", "区水务局")+row("b", "坑梓街道", "7", "区水务局")+
		row("c", "坪山街道", "8", "城管办（坪山街道办事处）")+row("d", "坑梓街道", "8", "城管办（坪山街道办事处）"))))
	d.run(d.plan("pingshan", put(t, "b.csv", pingshanHeader+row("e", "龙田街道", "7", "区水务局"))))
	units := func(code string) (keys []string) {
		d.in(code, func(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config) error {
			for _, key := range []string{"pingshan-7", "centre.pingshan-7", "pingshan-8", "centre.pingshan-8"} {
				if _, ok := cfg.Units.Find(key); ok {
					keys = append(keys, key)
				}
			}
			var used []string
			err := tx.Raw("SELECT DISTINCT unit FROM cases WHERE tenant_id = ? ORDER BY 1", int32(tx.ID())).Scan(ctx, &used)
			keys = append(append(keys, "|"), used...)
			return err
		})
		return keys
	}
	for code, want := range map[string][]string{
		"440310":       {"pingshan-7", "|"},
		pingshanStreet: {"centre.pingshan-7", "pingshan-8", "|", "centre.pingshan-7", "pingshan-8"},
		kengzi:         {"centre.pingshan-7", "pingshan-8", "|", "centre.pingshan-7", "pingshan-8"},
		longtian:       {"centre.pingshan-7", "|", "centre.pingshan-7"},
	} {
		if diff := cmp.Diff(want, units(code)); diff != "" {
			t.Errorf("%s: %s", code, diff)
		}
	}
	if there, ok := blueprint.OfCentre("centre.pingshan-7"); !ok || there != "pingshan-7" {
		t.Errorf("in the centre it is %q, %v", there, ok)
	}
}

// refused reads the error file without its header.
func refused(tb testing.TB, path string) [][]string {
	tb.Helper()
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		tb.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(raw), "\ufeff"))).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	if !slices.Equal(rows[0], []string{"line", "source_id", "field", "reason", "row"}) {
		tb.Errorf("header %q", rows[0])
	}
	return rows[1:]
}
