package cases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/files"
	"wanjie/app/sheets"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// The job that writes an export's file, and how often it tries by itself.
const (
	exportName  = "cases.export"
	exportTries = 3
)

// exportJob may run again after a crash; then it begins anew.
var exportJob = jobs.Kind{Name: exportName, Queue: jobs.Bulk, Timeout: 10 * time.Minute, MaxAttempts: exportTries, Outside: runExport}

func addExport(ctx context.Context, tx tenants.Tx, x *Export) error {
	_, err := jobs.Add(ctx, tx, jobs.Job{Kind: exportName, Queue: jobs.Bulk, Payload: exportJobOf{x.ID, x.Run}})
	return err
}

// errStopped: the export was removed or begun anew; this job has nothing to do any more.
var errStopped = errors.New("the export was removed or begun anew")

func runExport(ctx context.Context, env jobs.Env, payload json.RawMessage) error {
	var of exportJobOf
	if err := json.Unmarshal(payload, &of); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	err := writeExport(ctx, env, of)
	if err == nil || errors.Is(err, errStopped) {
		return nil
	}
	why := ui.Key("系统繁忙，未能完成，请重试")
	f := fault.Of(err)
	if f != nil {
		if why = f.Say; len(f.Args) > 0 {
			why = fmt.Sprintf(f.Say, f.Args...)
		}
	}
	if f == nil && env.Attempt < exportTries {
		return err
	}
	failed := env.DB.Write(context.WithoutCancel(ctx), env.Tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		if err := moveExport(ctx, tx, of, "state = 'failed', why = ?", why); err != nil && !errors.Is(err, errStopped) {
			return err
		}
		return files.Remove(ctx, tx, of.Export)
	})
	if f != nil {
		return failed // trying again would say the same
	}
	return errors.Join(err, failed)
}

// moveExport changes an export as long as this job is the one that writes it.
func moveExport(ctx context.Context, tx tenants.Tx, of exportJobOf, set string, args ...any) error {
	args = append(args, clock.Now(ctx), int32(tx.ID()), of.Export, of.Run)
	res, err := tx.Raw("UPDATE case_exports SET "+set+", moved_at = ? WHERE tenant_id = ? AND id = ? AND run = ? AND state IN ('waiting', 'running')", args...).Exec(ctx)
	if err != nil {
		return fmt.Errorf("move export %s: %w", of.Export, err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return errStopped
	}
	return nil
}

func writeExport(ctx context.Context, env jobs.Env, of exportJobOf) error {
	var x Export
	var w Wish
	move := func(set string, args ...any) error {
		return env.DB.Write(ctx, env.Tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error { return moveExport(ctx, tx, of, set, args...) })
	}
	err := env.DB.Write(ctx, env.Tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		if err := moveExport(ctx, tx, of, "state = 'running', written = 0"); err != nil {
			return err
		}
		if err := tx.Select(&x).Where("x.id = ?", of.Export).Scan(ctx); err != nil {
			return fmt.Errorf("export %s: %w", of.Export, err)
		}
		box, err := tx.Box(ctx)
		if err != nil {
			return err
		}
		w, err = x.wish(box)
		return err
	})
	if err != nil {
		return err
	}
	ctx = ui.WithLocale(ctx, w.Locale)
	file, err := files.Create(ctx, env.DB.Blobs(), env.Tenant, files.File{ID: x.ID, Owner: x.Person, Kind: w.Format.Kind()}, w.name(ctx, x.AskedAt))
	if err != nil {
		return err
	}
	defer file.Drop()
	all := extract{Wish: w}
	out, err := sheets.New(file, w.Format, ui.T(ctx, "案卷"), w.columns(ctx))
	if err != nil {
		return err
	}
	// As the person it is for, with the rights of this very moment: what he may not see any more is not in it.
	page := tenants.Entry{Tenant: env.Tenant, Actor: tenants.Actor{Person: x.Person}, ReadOnly: !w.Entire}
	for more := true; more; {
		if err := env.DB.Enter(ctx, page, func(ctx context.Context, tx tenants.Tx) (err error) {
			more, err = all.next(ctx, tx)
			return err
		}); err != nil {
			return err
		}
		if err := all.write(out); err != nil {
			return err
		}
		if err := move("written = ?", all.rows); err != nil {
			return err
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return env.DB.Write(ctx, env.Tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		if err := file.Keep(ctx, tx); err != nil {
			return err
		}
		return moveExport(ctx, tx, of, "state = 'done', total = written, done_at = ?, expires_at = ?", file.ReadyAt, file.ExpiresAt)
	})
}
