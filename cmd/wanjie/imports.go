package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wanjie/app"
	"wanjie/app/config"
	"wanjie/app/imports"
	"wanjie/tenants"
	"wanjie/tenants/division"
)

// importCmd groups what brings other systems' history in.
type importCmd struct {
	Cases importCasesCmd `cmd:"" help:"Import cases from CSV or Excel into the streets of a district. Safe to stop and to repeat: what is there already is left alone. Rows that cannot be understood go to the error file and do not fail the command."`
}

type importCasesCmd struct {
	Map       string `required:"" help:"What the columns mean: a map that ships (boston311, pingshan, sample) or the path of an own one."`
	District  int32  `required:"" help:"Six-digit code of the district, e.g. 440310: the file's streets are found in it by name. 829901 with boston311, which brings its own."`
	File      string `arg:"" help:"CSV (UTF-8 or GBK) or .xlsx, gzipped or not."`
	DryRun    bool   `help:"Read and check everything, write nothing but the error file."`
	Errors    string `help:"Error file; by default FILE.errors.csv in the current folder, made only when a row is refused."`
	Open      bool   `help:"Open the streets of the file that are not open yet, from city-street, and the district's centre when units serve several streets."`
	Placement string `help:"Where the data of a district with no open tenant shall live; home when empty."`
}

// importAnswer is the command's JSON.
type importAnswer struct {
	imports.Result
	Seconds float64 `json:"seconds"`
	Rate    float64 `json:"rows_per_second"`
}

func (c *importCasesCmd) Run(ctx context.Context, o out) error {
	m, err := imports.LoadMap(c.Map)
	if err != nil {
		return err
	}
	cfg, err := config.Load()
	if err != nil {
		return err
	}
	db, err := openTenants(cfg)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	begin := time.Now()
	plan := imports.Plan{
		File: c.File, Map: m, District: c.District, Errors: c.Errors, Keep: c.Errors != "", DryRun: c.DryRun, Open: c.Open, At: c.Placement,
		Doors: doors(db), Progress: progress(),
	}
	if plan.Errors == "" {
		plan.Errors = filepath.Base(c.File) + ".errors.csv"
	}
	r, err := imports.Cases(ctx, db, plan)
	if err != nil {
		return err
	}
	a := importAnswer{Result: r, Seconds: time.Since(begin).Seconds()}
	a.Rate = float64(r.Read) / a.Seconds
	return o.say(a, "%s", describe(a))
}

// doors open tenants as the vendor does, on trial.
func doors(db *tenants.DB) imports.Doors {
	return imports.Doors{
		Street: func(ctx context.Context, s imports.Site) error {
			p := app.StreetPlan{Code: s.Code, Blueprint: "city-street", Placement: s.Placement}
			if !s.Listed {
				p.Unlisted = &division.Unit{Code: s.Code, District: s.District, Name: s.Name}
			}
			_, _, err := app.OpenStreet(ctx, db, p)
			return err
		},
		Centre: func(ctx context.Context, s imports.Site) error {
			_, _, err := app.OpenCentreOf(ctx, db, division.Area{Code: s.District, Name: s.Name}, "", s.Placement, false)
			return err
		},
	}
}

// progress tells once a second how far it is. The rate is that of the writing.
func progress() func(imports.Progress) {
	var begin, last time.Time
	return func(p imports.Progress) {
		now := time.Now()
		if begin.IsZero() {
			begin, last = now, now
			note(fmt.Sprintf("%d rows read; writing …", p.Total))
		}
		if p.Done == 0 || now.Sub(last) < time.Second {
			return
		}
		last = now
		rate := float64(p.Done) / now.Sub(begin).Seconds()
		left := time.Duration(float64(p.Total-p.Done) / rate * float64(time.Second)).Round(time.Second)
		note(fmt.Sprintf("%d of %d rows (%d%%), %.0f rows/s, %s left", p.Done, p.Total, 100*p.Done/p.Total, rate, left))
	}
}

func describe(a importAnswer) string {
	var b strings.Builder
	did := "imported"
	if a.DryRun {
		did = "would be imported"
	}
	fmt.Fprintf(&b, "Read %d rows in %.1f s (%.0f rows/s): %d %s, %d there already, %d refused.", a.Read, a.Seconds, a.Rate, a.Imported, did, a.Existing, a.Rejected)
	for _, name := range slices.Sorted(maps.Keys(a.ByStreet)) {
		fmt.Fprintf(&b, "\n  %s  %d", name, a.ByStreet[name])
	}
	if len(a.Opened) > 0 {
		fmt.Fprintf(&b, "\nOpened: %s.", strings.Join(a.Opened, "、"))
	}
	if len(a.Unopened) > 0 {
		fmt.Fprintf(&b, "\nNot open yet: %s; import with --open to open them.", strings.Join(a.Unopened, "、"))
	}
	if a.Rejected > 0 && a.Errors != "" {
		fmt.Fprintf(&b, "\nRefused rows, with the reason of each: %s", a.Errors)
	}
	return b.String()
}
