package bench

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"wanjie/app"
	"wanjie/app/imports"
	"wanjie/tenants"
	"wanjie/tenants/division"
)

// districtOfImport is where the imported file is from: 坪山区.
const districtOfImport = 440310

// Import measures the importer on a file of the district's appeals, with the followers at work: rows a
// second. file may be missing; then a made-up one of the same shape is imported.
func Import(ctx context.Context, opt Options, file string) (*Result, error) {
	b, err := openBed(ctx, opt)
	if err != nil {
		return nil, err
	}
	defer b.close()
	ground, err := b.ground(ctx, fleet)
	if err != nil {
		return nil, err
	}
	for _, to := range []string{b.run(), b.bare()} {
		if err := b.clone(ctx, ground, to); err != nil {
			return nil, err
		}
	}
	what := "a real district's appeals"
	if _, err := os.Stat(file); err != nil || b.Quick {
		what, file = "a made-up file of the same shape", filepath.Join(b.Dir, "appeals.csv.gz")
		rows := 10_000
		if b.Quick {
			rows = 500
		}
		if err := inventAppeals(file, rows); err != nil {
			return nil, err
		}
	}
	return b.importing(ctx, file, what)
}

func (b *bed) importing(ctx context.Context, file, what string) (*Result, error) {
	rec := &Recorder{}
	a, err := b.app(ctx, b.run(), rec)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	m, err := imports.LoadMap("pingshan")
	if err != nil {
		return nil, err
	}
	rec.start()
	for _, u := range division.InDistrict(districtOfImport) {
		if _, err := open(ctx, a.DB, u); err != nil {
			return nil, err
		}
	}
	if _, _, err := app.OpenCentre(ctx, a.DB, districtOfImport, "", tenants.Home, false); err != nil {
		return nil, err
	}
	ready := rec.mark()
	running, halt := context.WithCancel(ctx)
	defer halt()
	work, running := errgroup.WithContext(running)
	work.Go(func() error { return a.Work(running) })
	work.Go(func() error { return a.Listen(running) })
	b.note("importing %s", what)
	profiled, err := b.profile()
	if err != nil {
		return nil, err
	}
	defer profiled()
	begun := time.Now()
	done, err := imports.Cases(ctx, a.DB, imports.Plan{File: file, Map: m, District: districtOfImport, Errors: filepath.Join(b.Dir, "import.errors.csv")})
	took := time.Since(begun)
	if err != nil {
		return nil, err
	}
	txs := rec.stop()
	profiled()
	lag, err := settled(ctx, a, time.Minute)
	if err != nil {
		return nil, err
	}
	halt()
	if err := work.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return nil, err
	}
	a.Close()

	floor, err := openFloor(ctx, b.url(b.bare()), txs)
	if err != nil {
		return nil, err
	}
	defer floor.close(context.WithoutCancel(ctx))
	if _, err := floor.timed(ctx, txs[:ready]); err != nil {
		return nil, err
	}
	counted := b.billed(floor)
	bare := floor.replay(ctx, txs[ready:])
	if err := counted(); err != nil {
		return nil, err
	}
	value := float64(done.Read) / took.Seconds()
	perSecond := float64(done.Read) / bare.took.Seconds()
	r := &Result{Name: "import", Unit: "rows/s", Value: value, Floor: perSecond, Ratio: perSecond / value, Detail: map[string]any{
		"file": what, "read": done.Read, "imported": done.Imported, "rejected": done.Rejected, "by_street": done.ByStreet, "seconds": round(took.Seconds()),
		"tenants_present": b.size.Tenants, "followers_lag_0_after_s": round(lag.Seconds()), "floor_replayed": census(txs[ready:]), "floor_failed": bare.failed,
	}}
	if bare.first != nil {
		r.Detail["floor_first_failure"] = bare.first.Error()
	}
	return b.finish(ctx, r, atLeast("at least 3,000 rows a second", value, 3000), atMost("followers at lag 0 within 5 s", lag.Seconds(), 5))
}

// inventAppeals writes a file that looks like the real one: few classes with most of the rows, units
// of streets, of communities and of the district.
func inventAppeals(file string, rows int) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z := gzip.NewWriter(f)
	w := bufio.NewWriter(z)
	fmt.Fprintln(w, "rec_id,create_date,district,street_id,street,community_id,community,type_id,type,main_type_id,main_type,sub_type_id,sub_type,"+
		"unit_id,dispose_unit,source_id,source,property_id,property,archive_status,archive_status_name")
	streets := division.InDistrict(districtOfImport)
	begin := time.Date(2018, 2, 8, 0, 0, 0, 0, time.UTC)
	for n := range rows {
		street := streets[n*n%len(streets)]
		communities := division.Communities(street.Code)
		community := communities[n%len(communities)].Name
		main, sub := n*7%9, n*n%11
		unit := []string{community, street.Name + "综合行政执法队", "城市管理局", "市政服务中心"}[n%4]
		status, name := "intime", "按期办结"
		if n%17 == 0 {
			status, name = "overtime", "逾期办结"
		}
		fmt.Fprintf(w, "%d,%s,坪山区,%s,%s,%d,%s,%d,第%d大类,%d,第%d-%d中类,%d,第%d-%d-%d小类,%d,%s,103,@坪山,2,投诉,%s,%s\n",
			n+1, begin.AddDate(0, 0, n*300/rows).Format(time.DateOnly), street.Code[6:], street.Name, 10000+n%len(communities), community,
			main%3, main%3, main, main%3, main, main*11+sub, main%3, main, sub, 1000+n%4*100+n%len(communities), unit, status, name)
	}
	return errors.Join(w.Flush(), z.Close())
}
