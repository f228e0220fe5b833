package assessment

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Making is how far a kept report is made.
type Making string

// The steps of making one.
const (
	Waiting Making = "waiting"
	Running Making = "running"
	Made    Making = "done"
	Failed  Making = "failed"
)

// Kept is a report as it was made once.
type Kept struct {
	bun.BaseModel `bun:"table:assess_reports,alias:k"`

	ID        uuid.UUID `bun:",pk,type:uuid"`
	Report    string
	TermFrom  time.Time
	TermTo    time.Time
	Name      string // of the term
	State     Making
	Run       int16 // which try: a job of an earlier one stops
	Done      int16 // of Steps
	Steps     int16
	AskedBy   int64
	AskedAt   time.Time
	MovedAt   time.Time
	MadeAt    time.Time `bun:",nullzero"` // as-of time of the figures
	Blueprint int32     `bun:",nullzero"`
	Revision  int64
	Version   int    `bun:",nullzero"`
	Body      string `bun:",nullzero"` // the Sheet, byte for byte what Digest is of
	Digest    []byte
	Words     []byte // sealed: what was written with it; see [Kept.Whole]
}

// silence is after how long without progress a report in the making is held for dead.
const silence = 15 * time.Minute

// Stuck reports whether nobody seems to be at it any more.
func (k *Kept) Stuck(now time.Time) bool {
	return (k.State == Waiting || k.State == Running) && now.Sub(k.MovedAt) > silence
}

// Sheet reads the report, and refuses one that is not what was kept.
func (k *Kept) Sheet() (*Sheet, error) {
	sum := sha256.Sum256([]byte(k.Body))
	if !bytes.Equal(sum[:], k.Digest) {
		return nil, fmt.Errorf("kept report %s is not what its digest says", k.ID)
	}
	s := new(Sheet)
	if err := json.Unmarshal([]byte(k.Body), s); err != nil {
		return nil, fmt.Errorf("kept report %s: %w", k.ID, err)
	}
	return s, nil
}

// head are the columns of a list, which needs no bodies.
var head = []string{"id", "report", "term_from", "term_to", "name", "state", "run", "done", "steps", "asked_by", "asked_at", "moved_at", "made_at", "blueprint", "revision", "version", "digest"}

// List lists what is kept of a report, the newest term first; of every report where key is "".
func List(ctx context.Context, tx tenants.Tx, key string, most int) ([]Kept, error) {
	var out []Kept
	q := tx.Select(&out).Column(head...).OrderExpr("k.term_from DESC, k.asked_at DESC").Limit(int64(most))
	if key != "" {
		q = q.Where("k.report = ?", key)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("kept reports: %w", err)
	}
	return out, nil
}

// Find reads a kept report; NotFound when the street has none of this id.
func Find(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Kept, error) {
	k := new(Kept)
	err := tx.Select(k).Where("k.id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNothing()
	}
	if err != nil {
		return nil, fmt.Errorf("kept report %s: %w", id, err)
	}
	return k, nil
}

// Keep has a report made and kept, by a job, with what was written under its headings. Of one term there may be several, each with its own as-of time; of one that
// is not over as it stands. Faults: Forbidden without the figures of the whole street, Conflict for a term to come, or
// while it is being made, Invalid for words that are too long.
func Keep(ctx context.Context, tx tenants.Tx, key string, at time.Time, words ...string) (*Kept, error) {
	if !sightOf(tx.Actor()).all {
		return nil, errForbidden()
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return nil, err
	}
	r, c, err := ReportOf(cfg, key)
	if err != nil {
		return nil, err
	}
	now := clock.Now(ctx)
	t := TermOf(c, at, now)
	if t.From.After(now) {
		return nil, fault.New(fault.Conflict, "该期尚未开始")
	}
	if err := checkWords(r, words); err != nil {
		return nil, err
	}
	// Two who ask at the same moment queue up here.
	if _, err := tx.Next(ctx, "assessment "+key); err != nil {
		return nil, err
	}
	k := new(Kept)
	err = tx.Select(k).Column(head...).Where("k.report = ?", key).Where("k.term_from = ?", t.From).Where("k.state IN (?, ?)", Waiting, Running).Limit(1).Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		k = &Kept{ID: tenants.NewID(), Report: key, TermFrom: t.From, TermTo: t.To, Name: t.Name, State: Waiting, Run: 1, Steps: int16(steps(r, cfg)), //nolint:gosec // a dozen
			AskedBy: tx.Actor().Person, AskedAt: now, MovedAt: now}
		if err := k.write(ctx, tx, words); err != nil {
			return nil, err
		}
		_, err = tx.Insert(k).ExcludeColumn("body", "digest").Exec(ctx)
	case err != nil:
	case !k.Stuck(now):
		return nil, fault.New(fault.Conflict, "该报表正在生成，请稍候")
	default:
		k.Run++
		k.State, k.Done, k.MovedAt = Waiting, 0, now
		columns := []string{"run", "state", "done", "moved_at"}
		if len(words) > 0 {
			if err := k.write(ctx, tx, words); err != nil {
				return nil, err
			}
			columns = append(columns, "words")
		}
		_, err = tx.Update(k).Column(columns...).WherePK().Exec(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("keep report %s: %w", key, err)
	}
	tx.Record(tenants.Act{Kind: "report.asked", Version: 1, Object: "report", ObjectID: k.ID, HappenedAt: now, After: k.dims()})
	_, err = jobs.Add(ctx, tx, jobs.Job{Kind: makeName, Queue: jobs.Bulk, Payload: making{k.ID, k.Run}})
	return k, err
}

func (k *Kept) dims() tenants.Dims {
	return tenants.Dims{"report": k.Report, "term": k.TermFrom.In(clock.Zone).Format(time.DateOnly)}
}

// The job that makes a kept report.
const (
	makeName  = "assessment.make"
	makeTries = 3
)

type making struct {
	Report uuid.UUID `json:"report"`
	Run    int16     `json:"run"`
}

// makeJob may run again after a crash; then it begins anew.
var makeJob = jobs.Kind{Name: makeName, Queue: jobs.Bulk, Timeout: 20 * time.Minute, MaxAttempts: makeTries, Outside: runMake}

// errStopped: it was begun anew; this job has nothing to do any more.
var errStopped = errors.New("the report was begun anew")

func runMake(ctx context.Context, env jobs.Env, payload json.RawMessage) error {
	var of making
	if err := json.Unmarshal(payload, &of); err != nil {
		return fmt.Errorf("make report: %w", err)
	}
	err := of.make(ctx, env)
	if err == nil || errors.Is(err, errStopped) {
		return nil
	}
	if env.Attempt < makeTries && fault.Of(err) == nil {
		return err
	}
	failed := of.move(context.WithoutCancel(ctx), env, "state = 'failed'")
	if errors.Is(failed, errStopped) {
		failed = nil
	}
	return errors.Join(err, failed)
}

// move changes the row as long as this job is the one that makes it.
func (of making) move(ctx context.Context, env jobs.Env, set string, args ...any) error {
	return env.DB.Write(ctx, env.Tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error { return of.moveIn(ctx, tx, set, args...) })
}

func (of making) moveIn(ctx context.Context, tx tenants.Tx, set string, args ...any) error {
	args = append(args, clock.Now(ctx), int32(tx.ID()), of.Report, of.Run)
	res, err := tx.Raw("UPDATE assess_reports SET "+set+", moved_at = ? WHERE tenant_id = ? AND id = ? AND run = ? AND state IN ('waiting', 'running')", args...).Exec(ctx)
	if err != nil {
		return fmt.Errorf("move report %s: %w", of.Report, err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return errStopped
	}
	return nil
}

// make counts in one reading transaction, telling of its progress in others, and keeps what it counted.
func (of making) make(ctx context.Context, env jobs.Env) error {
	if err := of.move(ctx, env, "state = 'running', done = 0"); err != nil {
		return err
	}
	var s *Sheet
	outside := ctx // its progress is told beside the transaction that counts
	err := env.DB.Read(ctx, env.Tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		k, err := Find(ctx, tx, of.Report)
		if err != nil {
			return err
		}
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return err
		}
		r, c, err := ReportOf(cfg, k.Report)
		if err != nil {
			return err
		}
		done := 0
		t := Term{k.TermFrom, k.TermTo, k.Name, k.TermTo}
		if now := clock.Now(ctx); now.Before(t.End) {
			t.End = now
		}
		s, err = Count(ctx, tx, cfg, r, c, t, func(context.Context) error {
			done++
			return of.move(outside, env, "done = ?", done)
		})
		if err == nil {
			_, s.Said, err = k.said(ctx, tx)
		}
		return err
	})
	if err != nil {
		return err
	}
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write report %s: %w", of.Report, err)
	}
	sum := sha256.Sum256(body)
	return env.DB.Write(ctx, env.Tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		err := of.moveIn(ctx, tx, "state = 'done', done = steps, made_at = ?, blueprint = ?, revision = ?, version = ?, body = ?, digest = ?",
			s.AsOf, s.Blueprint, s.Revision, s.Version, string(body), sum[:])
		if err != nil {
			return err
		}
		tx.Record(tenants.Act{Kind: "report.made", Version: 1, Object: "report", ObjectID: of.Report, HappenedAt: clock.Now(ctx),
			After: tenants.Dims{"report": s.Report, "term": s.Term.From.In(clock.Zone).Format(time.DateOnly)}})
		return nil
	})
}

// morning is the clock of a street that keeps its reports by itself.
const morning = "assessment.morning"

// street is the object of that clock: each has one. The migration that brought assessment wrote it for those that were
// open then.
var theStreet = uuid.MustParse("0a55e55a-0000-7000-8000-000000000001")

// Rings are the times of day at which it rings: in the morning before the office opens, and after the hotline's noon.
var rings = []time.Duration{7*time.Hour + 30*time.Minute, 12*time.Hour + 10*time.Minute}

func nextRing(now time.Time) time.Time {
	for d := clock.Day(now); ; d = d.AddDate(0, 0, 1) {
		for _, r := range rings {
			if at := d.Add(r); at.After(now) {
				return at
			}
		}
	}
}

// runMorning has every report made whose last term is over and of which nothing is kept. A street in which nothing was
// reported yet keeps nothing.
func runMorning(ctx context.Context, tx tenants.Tx, _ uuid.UUID) error {
	var some bool
	if err := tx.Raw("SELECT EXISTS (SELECT FROM cases WHERE tenant_id = ?)", int32(tx.ID())).Scan(ctx, &some); err != nil || !some {
		return err
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return err
	}
	now := clock.Now(ctx)
	for _, r := range cfg.Reports.All() {
		c, ok := cfg.Cycles.Find(r.Cycle)
		if r.Retired || !ok {
			continue
		}
		t := LastTerm(c, now)
		var have bool
		if err := tx.Raw("SELECT EXISTS (SELECT FROM assess_reports WHERE tenant_id = ? AND report = ? AND term_from = ? AND state <> 'failed' AND asked_at >= term_to)", int32(tx.ID()), r.Key, t.From).Scan(ctx, &have); err != nil {
			return fmt.Errorf("is report %s kept: %w", r.Key, err)
		}
		if have {
			continue
		}
		if _, err := Keep(ctx, tx, r.Key, t.From); err != nil {
			return err
		}
	}
	return nil
}

// begin sets the clock of a new street.
var beginJob = jobs.Kind{Name: "assessment.begin", Run: func(ctx context.Context, tx tenants.Tx, _ json.RawMessage) error {
	return jobs.Remind(ctx, tx, jobs.Timer{Kind: morning, Object: theStreet, DueAt: nextRing(clock.Now(ctx))})
}}

// small is up to how many cases in all a street's figures are counted while somebody waits for the page. Beyond it
// they come from what is kept, which a job makes.
const small = 20_000

func isSmall(ctx context.Context, tx tenants.Tx) (bool, error) {
	var n int
	if err := tx.Raw("SELECT count(*) FROM (SELECT 1 FROM cases WHERE tenant_id = ? LIMIT ?) n", int32(tx.ID()), small+1).Scan(ctx, &n); err != nil {
		return false, fmt.Errorf("how many cases: %w", err)
	}
	return n <= small, nil
}

// againMorning is when the clock rings next.
func againMorning(ctx context.Context, _ tenants.Tx, _ uuid.UUID) (time.Time, error) {
	return nextRing(clock.Now(ctx)), nil
}
