package imports

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"wanjie/app/cases"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/division"
	"wanjie/tenants/journal"
	"wanjie/tenants/journal/seal"
	"wanjie/tenants/journal/tally"
	"wanjie/tenants/keys"
	"wanjie/tenants/tenantstest"
)

// district is a database of its own, because a division code is opened once in a deployment, with
// doors as package app would fill them in.
type district struct {
	t testing.TB
	*tenants.DB
	blueprints map[string]int32
	code       int32
}

func openDistrict(tb testing.TB, code int32) *district {
	tb.Helper()
	owner, err := tenantstest.Database(tb.Context(), tenantstest.Open(tb).Owner[tenants.Home], "t_imports")
	if err != nil {
		tb.Fatal(err)
	}
	service, err := keys.OpenFile(filepath.Join(tb.TempDir(), "keys.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	db, err := tenants.Open(tenants.Config{Deployment: 1, Placements: map[string]string{tenants.Home: owner}, Keys: service})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close(); _ = service.Close() })
	d := &district{tb, db, nil, code}
	if d.blueprints, err = blueprint.PublishShipped(tb.Context(), db); err != nil {
		tb.Fatal(err)
	}
	return d
}

func (d *district) doors() Doors {
	open := func(ctx context.Context, p tenants.Plan) error {
		p.District, p.State = d.code, tenants.Trial
		_, _, err := d.OpenTenant(ctx, p)
		return err
	}
	return Doors{
		Street: func(ctx context.Context, s Site) error {
			if u, ok := division.ByCode(s.Code); ok != s.Listed || ok && u.Name != s.Name {
				d.t.Errorf("to be opened: %+v", s)
			}
			return open(ctx, tenants.Plan{Kind: tenants.Street, Codes: []string{s.Code}, Name: s.Name, Blueprint: d.blueprints["city-street"], Placement: s.Placement})
		},
		Centre: func(ctx context.Context, s Site) error {
			return open(ctx, tenants.Plan{Kind: tenants.Centre, Codes: []string{fmt.Sprint(s.District)}, Name: s.Name + "指挥中心", Blueprint: d.blueprints["district-centre"], Placement: s.Placement})
		},
	}
}

func (d *district) plan(m, file string) Plan {
	d.t.Helper()
	loaded, err := LoadMap(m)
	if err != nil {
		d.t.Fatal(err)
	}
	return Plan{File: file, Map: loaded, District: d.code, Errors: filepath.Join(d.t.TempDir(), "errors.csv"), Open: true, Doors: d.doors()}
}

func (d *district) run(p Plan) Result {
	d.t.Helper()
	r, err := Cases(d.t.Context(), d.DB, p)
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

// follow runs seal and tally over everything.
func (d *district) follow() {
	d.t.Helper()
	book := tally.Book{Objects: cases.Module.Cells, Kinds: cases.Module.Acts}
	r, err := journal.NewRunner(d.DB, cases.Module.Acts, slog.New(slog.DiscardHandler), seal.Follower(), book.Follower())
	if err != nil {
		d.t.Fatal(err)
	}
	if err := r.Drain(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

// year is the period of the district's figures.
func year(y int) tally.Period {
	return tally.Period{From: time.Date(y, 1, 1, 12, 0, 0, 0, time.UTC), To: time.Date(y, 12, 31, 12, 0, 0, 0, time.UTC)}
}

// find answers the tenant of a division code.
func (d *district) find(code string) (id tenants.ID) {
	d.t.Helper()
	err := d.Vendor(d.t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		return tx.Raw("SELECT tenant_id FROM ctl.divisions WHERE code = ?", code).Scan(ctx, &id)
	})
	if err != nil {
		d.t.Fatalf("tenant of %s: %v", code, err)
	}
	return id
}

// in runs f in the tenant of a division code, with its configuration.
func (d *district) in(code string, f func(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config) error) {
	d.t.Helper()
	err := d.Read(d.t.Context(), d.find(code), tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return err
		}
		return f(ctx, tx, cfg)
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

// put writes a file for a test.
func put(tb testing.TB, name, text string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}
