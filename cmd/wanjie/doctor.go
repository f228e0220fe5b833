package main

import (
	"context"
	"fmt"

	"wanjie/app"
	"wanjie/app/config"
)

type doctorCmd struct{}

// Run prints what the doctor found; anything bad is exit code 1.
func (c *doctorCmd) Run(ctx context.Context, o out) error {
	cfg, err := config.Load()
	if err != nil {
		return err
	}
	a, err := app.New(ctx, cfg, app.Quiet())
	if err != nil {
		return err
	}
	defer a.Close()
	found := a.Doctor(ctx)
	bad := 0
	for _, f := range found {
		if f.Bad {
			bad++
		}
	}
	if o.json {
		if err := o.say(map[string]any{"healthy": bad == 0, "findings": found}, ""); err != nil {
			return err
		}
	} else {
		for _, f := range found {
			mark := "ok  "
			if f.Bad {
				mark = "BAD "
			}
			fmt.Fprintf(o.w, "%s %-11s %-10s %s\n", mark, f.Part, f.Subject, f.Says)
			if f.Mend != "" {
				fmt.Fprintf(o.w, "                 → %s\n", f.Mend)
			}
		}
	}
	if bad > 0 {
		return exitCode(exitFailed)
	}
	return nil
}
