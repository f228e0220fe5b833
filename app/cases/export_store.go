package cases

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/files"
	"wanjie/app/sheets"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// ExportState is where an export stands that a job writes.
type ExportState string

// The states.
const (
	ExportWaiting ExportState = "waiting"
	ExportRunning ExportState = "running"
	ExportDone    ExportState = "done"
	ExportFailed  ExportState = "failed"
)

// Export is one that a job writes. Its file has the same id.
type Export struct {
	bun.BaseModel `bun:"table:case_exports,alias:x"`

	ID        uuid.UUID `bun:",pk,type:uuid"`
	Person    int64
	Format    sheets.Format
	Sealed    []byte `bun:"wish"` // the Wish
	Entire    bool
	Purpose   string
	State     ExportState
	Run       int16 // which try: a job of an earlier one stops
	Total     int   // cases when it was asked for
	Written   int
	Why       string // of a failed one, a catalogue key
	AskedAt   time.Time
	MovedAt   time.Time
	DoneAt    time.Time `bun:",nullzero"`
	ExpiresAt time.Time `bun:",nullzero"`
}

// How many exports somebody may have at once; after how long without progress one is held for dead; and for how long
// its line is remembered.
const (
	exportsKept   = 5
	exportSilence = 15 * time.Minute
	exportListed  = 30 * 24 * time.Hour
)

// Expired reports whether the file is gone; Stuck whether nobody seems to be at it any more.
func (x *Export) Expired(now time.Time) bool {
	return x.State == ExportDone && !now.Before(x.ExpiresAt)
}

// Stuck: a process died, or the queue is longer than anybody waits.
func (x *Export) Stuck(now time.Time) bool {
	return (x.State == ExportWaiting || x.State == ExportRunning) && now.Sub(x.MovedAt) > exportSilence
}

func wishAddr(id uuid.UUID) keys.Addr {
	return keys.Addr{Table: "case_exports", Column: "wish", ID: id}
}

// wish opens what was asked for.
func (x *Export) wish(box *keys.Box) (w Wish, err error) {
	text, err := box.Open(wishAddr(x.ID), x.Sealed)
	if err != nil {
		return w, fmt.Errorf("export %s: %w", x.ID, err)
	}
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		return w, fmt.Errorf("export %s: %w", x.ID, err)
	}
	return w, nil
}

// exportJobOf is the payload of the job.
type exportJobOf struct {
	Export uuid.UUID `json:"export"`
	Run    int16     `json:"run"`
}

// AskExport leaves a wish to a job. Faults: Forbidden without the capabilities, Invalid with more cases than a file may
// hold, Conflict when the actor has too many already.
func AskExport(ctx context.Context, tx tenants.Tx, w Wish) (*Export, error) {
	if err := w.check(tx.Actor()); err != nil {
		return nil, err
	}
	now := clock.Now(ctx)
	all, err := Exports(ctx, tx)
	if err != nil {
		return nil, err
	}
	held := 0
	for i := range all {
		if !all[i].Expired(now) && all[i].State != ExportFailed {
			held++
		}
	}
	if held >= exportsKept {
		return nil, fault.New(fault.Conflict, "最多同时保留 %d 个导出文件，请先删除不再需要的", exportsKept)
	}
	total, err := w.Filter.count(ctx, tx, w.reach(tx.Actor()), exportMost+1)
	if err != nil {
		return nil, err
	}
	if total > exportMost {
		return nil, errExportMost()
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	x := &Export{ID: tenants.NewID(), Person: tx.Actor().Person, Format: w.Format, Entire: w.Entire, Purpose: w.Purpose, State: ExportWaiting, Run: 1,
		Total: total, AskedAt: now, MovedAt: now}
	w.Locale = ui.Locale(ctx)
	text, err := json.Marshal(w)
	if err != nil {
		return nil, err
	}
	x.Sealed = box.Seal(wishAddr(x.ID), string(text))
	if _, err := tx.Insert(x).Exec(ctx); err != nil {
		return nil, fmt.Errorf("insert export: %w", err)
	}
	recordExport(ctx, tx, "export.asked", x.ID, w.dims(total))
	return x, addExport(ctx, tx, x)
}

// Exports lists the actor's own, newest first.
func Exports(ctx context.Context, tx tenants.Tx) ([]Export, error) {
	var out []Export
	err := tx.Select(&out).Where("x.person = ?", tx.Actor().Person).Order("x.asked_at DESC").Limit(100).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list exports: %w", err)
	}
	return out, nil
}

// exportOf locks an export of the actor; anything else is the same NotFound.
func exportOf(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Export, error) {
	x := new(Export)
	err := tx.Select(x).Where("x.id = ?", id).Where("x.person = ?", tx.Actor().Person).For("UPDATE").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "页面不存在")
	}
	if err != nil {
		return nil, fmt.Errorf("export %s: %w", id, err)
	}
	return x, nil
}

// RetryExport begins one anew that failed, expired, or stands still. fault.Conflict for any other.
func RetryExport(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	x, err := exportOf(ctx, tx, id)
	if err != nil {
		return err
	}
	now := clock.Now(ctx)
	if x.State != ExportFailed && !x.Expired(now) && !x.Stuck(now) {
		return fault.New(fault.Conflict, "该导出正在进行或已完成，无需重试")
	}
	x.Run++
	x.State, x.Why, x.Written, x.MovedAt, x.DoneAt, x.ExpiresAt = ExportWaiting, "", 0, now, time.Time{}, time.Time{}
	if _, err := tx.Update(x).Column("run", "state", "why", "written", "moved_at", "done_at", "expires_at").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("retry export %s: %w", id, err)
	}
	return addExport(ctx, tx, x)
}

// RemoveExport deletes one with its file. A job that is at it stops at its next page.
func RemoveExport(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	x, err := exportOf(ctx, tx, id)
	if err != nil {
		return err
	}
	if _, err := tx.Delete(x).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("remove export %s: %w", id, err)
	}
	return files.Remove(ctx, tx, id)
}

// TakeExport authorises a download, and writes down that it was taken. Who has lost the capability since gets nothing.
func TakeExport(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*files.File, error) {
	x, err := exportOf(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	w := Wish{Format: x.Format, Entire: x.Entire, Purpose: x.Purpose}
	if err := w.check(tx.Actor()); err != nil {
		return nil, err
	}
	f, err := files.Find(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	recordExport(ctx, tx, "export.taken", x.ID, w.dims(x.Written))
	if x.Entire {
		err = tx.Looked(ctx, tenants.Look{Object: "export", ObjectID: x.ID, Fields: disclosed, Purpose: x.Purpose})
	}
	return f, err
}

func recordExport(ctx context.Context, tx tenants.Tx, kind string, id uuid.UUID, dims tenants.Dims) {
	tx.Record(tenants.Act{Kind: kind, Version: 1, Object: "export", ObjectID: id, HappenedAt: clock.Now(ctx), After: dims})
}

// PurgeExports forgets exports that were asked for long ago, at a placement. Their files are gone before.
func PurgeExports(ctx context.Context, tx tenants.SystemTx) error {
	if _, err := tx.Raw("DELETE FROM case_exports WHERE asked_at < ?", clock.Now(ctx).Add(-exportListed)).Exec(ctx); err != nil {
		return fmt.Errorf("purge exports: %w", err)
	}
	return nil
}
