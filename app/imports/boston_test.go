package imports

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wanjie/app/cases"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal/tally"
)

// A city's half-year; the file lies beside the repository and not in it.
const halfYear = "../../../shared/data/boston_311_2015h1.csv.gz"

// ward is how many rows of the file lie in each.
var ward = map[string]int{
	"Ward 1": 3611, "Ward 2": 1695, "Ward 3": 4479, "Ward 4": 2451, "Ward 5": 4538, "Ward 6": 2015, "Ward 7": 1537, "Ward 8": 1322, "Ward 9": 1460,
	"Ward 10": 1302, "Ward 11": 1847, "Ward 12": 1406, "Ward 13": 1322, "Ward 14": 2347, "Ward 15": 1303, "Ward 16": 1931, "Ward 17": 1947, "Ward 18": 4019,
	"Ward 19": 2646, "Ward 20": 4279, "Ward 21": 2157, "Ward 22": 2293, "Citywide": 6312,
}

// What a city's own system said of each case, our clocks say from its deadline and its closing.
//
// The rule: overdue is a closing after the deadline, to the second; at the very second of the deadline it is on
// time, which happens to no case of this file. A case without a deadline is never overdue, as in the file. The 63
// closed cases with a deadline of which the file says nothing were all closed after it.
func TestARealHalfYear(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(halfYear); err != nil {
		t.Logf("NOT TESTED ON REAL DATA: %v. TestOpenAndDue holds the same rules on rows made up.", err)
		return
	}
	file := published(t, halfYear)
	d := openDistrict(t, 829901)
	p := d.plan("boston311", halfYear)
	got := d.run(p)
	want := Result{Read: 58219, Imported: 58219, ByStreet: ward, Classes: got.Classes, Units: got.Units, Opened: got.Opened}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s\n%v", diff, refused(t, p.Errors))
	}
	if len(got.Opened) != 23 {
		t.Errorf("opened %q", got.Opened)
	}

	sums := map[string]int{}
	for _, code := range d.codes() {
		d.in(code, func(ctx context.Context, tx tenants.Tx, _ *blueprint.Config) error {
			var list []cases.Case
			if err := tx.Select(&list).Where("c.source = 'boston311'").Scan(ctx); err != nil {
				return err
			}
			for _, c := range list {
				says := file[c.SourceID]
				switch {
				case c.Stage == cases.Filed:
					sums["open"]++
					if c.Late == c.DueAt.IsZero() || says.closed { // every deadline of the file has passed
						t.Errorf("%s is open: late %v, due %v", c.SourceID, c.Late, c.DueAt)
					}
				case c.DueAt.IsZero():
					sums["closed without a deadline, "+c.Outcome+" and "+says.status+" there"]++
				default:
					sums["closed, "+c.Outcome+" and "+says.status+" there"]++
				}
			}
			return nil
		})
	}
	if diff := cmp.Diff(map[string]int{
		"closed, on_time and ONTIME there": 27323, "closed, overdue and OVERDUE there": 9973, "closed, overdue and  there": 63,
		"closed without a deadline, on_time and ONTIME there": 11866, "open": 8994,
	}, sums); diff != "" {
		t.Errorf("our clocks against the city's (-want +got):\n%s", diff)
	}

	d.follow()
	sum := tally.Counts{}
	if err := d.District(t.Context(), d.code, func(ctx context.Context, tx tenants.DistrictTx) error {
		lines, err := tally.ByTenant(ctx, tx, tally.Period{From: time.Date(2011, 1, 1, 12, 0, 0, 0, time.UTC), To: time.Date(2016, 12, 31, 12, 0, 0, 0, time.UTC)})
		for _, l := range lines {
			sum.Received, sum.Closed, sum.OnTime, sum.Overdue, sum.Late = sum.Received+l.Received, sum.Closed+l.Closed, sum.OnTime+l.OnTime, sum.Overdue+l.Overdue, sum.Late+l.Late
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if want := (tally.Counts{Received: 58219, Closed: 49225, OnTime: 39189, Overdue: 10036, Late: 6273}); sum != want {
		t.Errorf("the district's figures %+v, want %+v", sum, want)
	}
	for _, code := range d.codes() { // nothing but seal and tally heard of it
		d.in(code, func(ctx context.Context, tx tenants.Tx, _ *blueprint.Config) error {
			var live, timers int
			err := tx.Raw(`SELECT (SELECT count(*) FROM journal WHERE tenant_id = ?0 AND object = 'case' AND NOT imported), (SELECT count(*) FROM timers WHERE tenant_id = ?0)`,
				int32(tx.ID())).Scan(ctx, &live, &timers)
			if live != 0 || timers != 0 {
				t.Errorf("%s: %d live acts, %d timers", code, live, timers)
			}
			return err
		})
	}
}

type said struct {
	status string
	closed bool
}

// published is what the file says of each case.
func published(tb testing.TB, path string) map[string]said {
	tb.Helper()
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	out := map[string]said{}
	for _, r := range rows[1:] {
		out[r[at["CASE_ENQUIRY_ID"]]] = said{r[at["OnTime_Status"]], r[at["CASE_STATUS"]] == "Closed"}
	}
	return out
}

// codes are the division codes of all tenants that are open.
func (d *district) codes() (codes []string) {
	d.t.Helper()
	if err := d.Vendor(d.t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		return tx.Raw("SELECT code FROM ctl.divisions ORDER BY code").Scan(ctx, &codes)
	}); err != nil {
		d.t.Fatal(err)
	}
	return codes
}

const bostonHeader = "CASE_ENQUIRY_ID,OPEN_DT,TARGET_DT,CLOSED_DT,REASON,TYPE,Department,Location,ward,LATITUDE,LONGITUDE,Source,CLOSURE_REASON\n"

// The second of the deadline, the hour that summer time takes and gives, a closing that another clock wrote, a case
// that is open with its deadline ahead, and a point that is elsewhere.
func TestOpenAndDue(t *testing.T) {
	t.Parallel()
	row := func(id, opened, target, closed, lon string) string {
		return id + "," + opened + "," + target + "," + closed + ",Street Lights,Street Light Outages,PWDx,1 Main St,01,42.35," + lon + ",Self Service,done\n"
	}
	file := put(t, "b.csv", bostonHeader+
		row("at", "02/01/2015 09:00:00 AM", "02/02/2015 09:00:00 AM", "02/02/2015 09:00:00 AM", "-71.06")+
		row("after", "02/01/2015 09:00:00 AM", "02/02/2015 09:00:00 AM", "02/02/2015 09:00:01 AM", "-71.06")+
		row("spring", "03/07/2015 11:00:00 PM", "03/08/2015 01:59:59 AM", "03/08/2015 03:00:00 AM", "-71.06")+ // one second later
		row("skewed", "02/01/2015 09:00:00 AM", "", "02/01/2015 08:59:28 AM", "-71.06")+
		row("backward", "02/01/2015 09:00:00 AM", "", "02/01/2015 08:58:28 AM", "-71.06")+
		row("late", "02/01/2015 09:00:00 AM", "02/02/2015 09:00:00 AM", "", "-71.06")+
		row("ahead", "02/01/2015 09:00:00 AM", "02/02/2999 09:00:00 AM", "", "-71.06")+
		row("never", "02/01/2015 09:00:00 AM", "", "", "-71.06")+
		row("china", "02/01/2015 09:00:00 AM", "", "", "116.4"))
	d := openDistrict(t, 829901)
	p := d.plan("boston311", file)
	if got := d.run(p); got.Imported != 7 || got.Rejected != 2 {
		t.Fatalf("%+v %v", got, refused(t, p.Errors))
	}
	var why []string
	for _, r := range refused(t, p.Errors) {
		why = append(why, r[1]+" "+r[3])
	}
	if want := []string{"backward 结案早于上报", "china 经纬度应在东经-71.3至-70.8度、北纬42.1至42.5度之间，且同时填写"}; !cmp.Equal(want, why) {
		t.Errorf("refused %q", why)
	}
	type look struct {
		Stage   cases.Stage
		Outcome string
		Late    bool
	}
	got := map[string]look{}
	d.in("829901001", func(ctx context.Context, tx tenants.Tx, _ *blueprint.Config) error {
		var list []cases.Case
		if err := tx.Select(&list).Scan(ctx); err != nil {
			return err
		}
		for _, c := range list {
			got[c.SourceID] = look{c.Stage, c.Outcome, c.Late}
			if c.SourceID == "spring" && (!c.ReportedAt.Equal(time.Date(2015, 3, 8, 4, 0, 0, 0, time.UTC)) || !c.ClosedAt.Equal(time.Date(2015, 3, 8, 7, 0, 0, 0, time.UTC)) ||
				c.ClosedAt.Sub(c.DueAt) != time.Second) {
				t.Errorf("over the change of the clocks: %v, %v, %v", c.ReportedAt, c.DueAt, c.ClosedAt)
			}
			if c.SourceID == "skewed" && !c.ClosedAt.Equal(c.ReportedAt) || c.Class != "component-01037" || (c.Unit == "") != c.ClosedAt.IsZero() {
				t.Errorf("%+v", c)
			}
		}
		var rings []string
		err := tx.Raw(`SELECT c.source_id FROM timers t JOIN cases c ON c.tenant_id = t.tenant_id AND c.id = t.object_id WHERE t.tenant_id = ? AND t.kind = 'case.due' AND t.due_at = c.due_at`,
			int32(tx.ID())).Scan(ctx, &rings)
		if !cmp.Equal(rings, []string{"ahead"}) {
			t.Errorf("timers of %q", rings)
		}
		return err
	})
	if diff := cmp.Diff(map[string]look{
		"at": {cases.Archived, cases.OnTime, false}, "after": {cases.Archived, cases.Overdue, false}, "spring": {cases.Archived, cases.Overdue, false},
		"skewed": {cases.Archived, cases.OnTime, false}, "late": {cases.Filed, "", true}, "ahead": {cases.Filed, "", false}, "never": {cases.Filed, "", false},
	}, got); diff != "" {
		t.Error(diff)
	}
	again := d.run(p)
	if again.Imported != 0 || again.Existing != 7 {
		t.Errorf("again: %+v", again)
	}
	p.District = 440310
	if _, err := Cases(t.Context(), d.DB, p); err == nil {
		t.Error("the map's region is one district")
	}
}
