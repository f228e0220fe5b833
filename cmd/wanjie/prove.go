package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"wanjie/app/config"
	"wanjie/tenants/journal/seal"
)

// proveCmd shows that the journals are what they were.
type proveCmd struct {
	Tenant string `help:"Slug of one tenant; every tenant of every placement when empty. Daily roots cover a whole placement and are always looked at."`
}

// Run says what holds and what does not; anything that does not is exit code 1.
func (c *proveCmd) Run(ctx context.Context, o out) error {
	cfg, err := config.Load()
	if err != nil {
		return err
	}
	db, err := openTenants(cfg)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	asked := seal.Asked{Folder: cfg.Roots, Tell: every(2*time.Second, "tenants proved")}
	if c.Tenant != "" {
		if asked.Only, err = db.Find(ctx, c.Tenant); err != nil {
			return fmt.Errorf("no tenant is called %q: %w", c.Tenant, err)
		}
	}
	p, err := seal.Prove(ctx, db, asked)
	if err != nil {
		return err
	}
	if err := o.say(p, "%s", proofInWords(p, asked.Only != 0, cfg.Roots)); err != nil {
		return err
	}
	if !p.Holds {
		return exitCode(exitFailed)
	}
	return nil
}

// every tells how far something is, at most that often.
func every(gap time.Duration, what string) func(done, all int) {
	last := time.Now()
	return func(done, all int) {
		if now := time.Now(); done > 0 && now.Sub(last) >= gap {
			last = now
			note(fmt.Sprintf("%d of %d %s", done, all, what))
		}
	}
}

// proofInWords says a proof for people who did not build the product.
func proofInWords(p seal.Proof, one bool, folder string) string {
	var b strings.Builder
	line := func(text string, args ...any) { fmt.Fprintf(&b, text+"\n", args...) }
	whose := fmt.Sprintf("%d tenants", p.Tenants)
	if one {
		whose = "the tenant"
	}
	if len(p.Broken) == 0 {
		line("ok   journal of %s: %d acts are exactly as they were sealed; none was changed, added or removed.", whose, p.Acts)
	} else {
		line("     journal of %s: %d acts are exactly as they were sealed.", whose, p.Acts)
	}
	if p.Newer > 0 {
		line("     %d newer acts follow without a gap and will be sealed within seconds of the workers' running.", p.Newer)
	}
	for _, f := range p.Broken {
		line("BAD  journal of %s (%s, tenant %s at %s): acts %d to %d were altered: %s.", f.Name, f.Slug, f.Tenant, f.Placement, f.From, f.Upto, f.Why)
		if f.Sound != nil {
			line("     What was recorded until %s holds. Compare the rest with a backup of the database from before the change.", local(*f.Sound))
		} else {
			line("     Nothing before it is sealed. Compare with a backup of the database from before the change.")
		}
	}
	for _, r := range p.Roots {
		switch {
		case r.Missing:
			line("BAD  daily roots of %s: there is none in the database or in %s, though the placement has worked for days. Either the workers never ran at midnight, or the roots were taken away.", r.Placement, seal.File(folder, r.Placement))
		case r.Days == 0 && len(r.Broken) == 0:
			line("     daily roots of %s: none yet; the first is made after midnight.", r.Placement)
		case len(r.Broken) == 0:
			line("ok   daily roots of %s: all %d from %s to %s hold: signed by the deployment's key, the same in the database and outside it, and the seals are still those that were signed.", r.Placement, r.Days, r.First, r.Last)
		default:
			line("     daily roots of %s: %d from %s to %s hold.", r.Placement, r.Days, r.First, r.Last)
		}
		for _, d := range r.Broken {
			line("BAD  daily root of %s at %s: %s.", d.Day, r.Placement, d.Why)
		}
		if n := len(r.Gaps); n > 0 {
			line("     %d days have no root, because no worker ran when it was due: %s.", n, strings.Join(r.Gaps[:min(n, 10)], ", "))
		}
	}
	if p.Holds {
		line("Everything holds.")
	} else {
		line("It does not hold: see the lines marked BAD.")
	}
	return strings.TrimRight(b.String(), "\n")
}
