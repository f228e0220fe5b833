package imports

import (
	"context"
	"fmt"
	"maps"
	"sync"

	"golang.org/x/sync/errgroup"

	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/tables"
	"wanjie/tenants"
)

// Plan is what an operator says to import a file of cases.
type Plan struct {
	File     string
	Map      *Map
	District int32  // six-digit code: what the file's street names are names in
	Errors   string // path of the error file; empty: none is written
	// Keep makes the error file even when no row is refused.
	Keep   bool
	DryRun bool   // read and check everything, write nothing
	Open   bool   // open the streets that are not, and the centre when a unit needs it
	At     string // placement for what is opened; empty: where the district's tenants live, else home
	Doors  Doors  // needed for Open

	Progress func(Progress) // hears of the beginning of the writing and of every batch, one call at a time; optional

	batch, workers int // for tests; 0: as usual
}

// Site is a tenant to be opened: a street, or a district's centre.
type Site struct {
	Code      string // of the street; empty: the centre
	District  int32
	Name      string // of the street or the district, as the division list or the map's region has it
	Listed    bool   // the division list knows it
	Placement string
}

// Doors open tenants. Package app fills them in: it stands above this one.
type Doors struct {
	Street func(context.Context, Site) error
	Centre func(context.Context, Site) error
}

// Progress is how far an import has come, in rows.
type Progress struct{ Done, Total int }

// Result is what an import did. With a dry run it is what it would do.
type Result struct {
	Read     int `json:"read"`     // rows of the file without its header
	Imported int `json:"imported"` // new in this run
	Existing int `json:"existing"` // there already, by source and number
	Rejected int `json:"rejected"` // in the error file
	// ByStreet is how many rows of the file stand in each street afterwards, imported now or before.
	ByStreet map[string]int `json:"by_street"`
	Classes  int            `json:"classes_added"` // in all tenants together
	Units    int            `json:"units_added"`
	Opened   []string       `json:"opened,omitempty"`   // streets that this run opened
	Unopened []string       `json:"unopened,omitempty"` // of a dry run: streets that would have to be
	Errors   string         `json:"errors,omitempty"`   // the error file, when there is one
	DryRun   bool           `json:"dry_run,omitempty"`
}

// Sizes of the work. Three writers keep two cores and one disk busy; the fourth only waits.
const (
	rowsPerBatch = 1000
	writers      = 3
)

// load is one import under way.
type load struct {
	Plan
	db      *tenants.DB
	m       *Map
	ground  *ground
	survey  *survey
	targets map[*street]*target
	rejects *rejects

	mu     sync.Mutex
	result Result
	done   int
}

// Cases imports a file of cases into the streets of a district. It may be stopped at any point
// and run again: every batch is a transaction, and what is there already is counted as existing. The
// result is also told when an error ends the work.
func Cases(ctx context.Context, db *tenants.DB, p Plan) (Result, error) {
	l := &load{Plan: p, db: db, m: p.Map, targets: map[*street]*target{}, result: Result{ByStreet: map[string]int{}, DryRun: p.DryRun}}
	if l.batch == 0 {
		l.batch, l.workers = rowsPerBatch, writers
	}
	err := l.run(ctx)
	return l.result, err
}

func (l *load) run(ctx context.Context) error {
	f, err := tables.Examine(l.File)
	if err != nil {
		return err
	}
	if l.ground, err = surveyGround(ctx, l.db, l.District, &l.m.Region); err != nil {
		return err
	}
	rd := &reader{bound: &bound{Map: l.m}, ground: l.ground, now: clock.Now(ctx), zone: l.m.Region.zone()}
	if l.survey, err = look(ctx, f, rd); err != nil {
		return err
	}
	for _, v := range l.survey.units {
		v.centres = l.ground.centres[v.key]
	}
	if err := l.open(ctx); err != nil {
		return err
	}
	if !l.DryRun {
		if err := l.prepare(ctx); err != nil {
			return err
		}
	}
	for s := range l.survey.streets {
		l.result.ByStreet[s.name] = 0
	}
	if l.rejects, err = newRejects(l.Errors, l.Keep, l.File); err != nil {
		return err
	}
	if l.Progress != nil {
		l.Progress(Progress{0, l.survey.read})
	}
	err = l.write(ctx, f, rd)
	if e := l.rejects.close(); err == nil {
		err = e
	}
	if l.rejects.file != nil {
		l.result.Errors = l.Errors
	}
	if err != nil && ctx.Err() != nil {
		// What was under way may say only that its transaction is gone.
		return fmt.Errorf("import stopped after %d of %d rows; run it again to go on: %w: %w", l.done, l.survey.read, ctx.Err(), err)
	}
	return err
}

// open makes sure that every street of the file is open, and the centre when a unit is its.
func (l *load) open(ctx context.Context) error {
	var closed []*street
	for _, s := range l.survey.inOrder() {
		if s.tenant == 0 {
			closed = append(closed, s)
		}
	}
	centre := l.ground.centre == 0 && len(l.survey.shared()) > 0
	switch {
	case len(closed) == 0 && !centre:
		return nil
	case l.DryRun:
		for _, s := range closed {
			l.result.Unopened = append(l.result.Unopened, s.name)
		}
		return nil
	case !l.Open:
		return missing(closed, centre, l.ground.area.Name)
	}
	placement := l.At
	if l.ground.placement != "" {
		placement = l.ground.placement // a district and its streets stay together
	}
	if centre {
		if err := l.Doors.Centre(ctx, l.site("", l.ground.area.Name, placement)); err != nil {
			return err
		}
	}
	for _, s := range closed {
		if err := l.Doors.Street(ctx, l.site(s.code, s.name, placement)); err != nil {
			return err
		}
		l.result.Opened = append(l.result.Opened, s.name)
	}
	if err := l.ground.refresh(ctx, l.db); err != nil {
		return err
	}
	for _, s := range closed {
		if s.tenant == 0 {
			return fault.New(fault.Conflict, "“%s”（%s）未能开通", s.name, s.code)
		}
	}
	return nil
}

func (l *load) site(code, name, placement string) Site {
	return Site{Code: code, District: l.District, Name: name, Listed: l.m.Region.District == 0, Placement: placement}
}

// batch is rows of one street on their way into it.
type batch struct {
	street *street
	rows   []cases.Imported
}

// write is the second reading: rows gather by street and go out in batches.
func (l *load) write(ctx context.Context, f *tables.File, rd *reader) error {
	g, ctx := errgroup.WithContext(ctx)
	ready := make(chan batch)
	for range l.workers {
		g.Go(func() error {
			for b := range ready {
				fresh, err := l.put(ctx, b)
				if err != nil {
					return fmt.Errorf("%s: %w", b.street.name, err)
				}
				l.count(b, fresh)
			}
			return nil
		})
	}
	g.Go(func() error {
		defer close(ready)
		waiting := map[*street][]cases.Imported{}
		send := func(s *street) error {
			select {
			case ready <- batch{s, waiting[s]}:
				waiting[s] = nil
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		err := each(ctx, f, rd, func(e *entry, bad *reject) error {
			if bad == nil {
				bad = l.place(e)
			}
			if bad != nil {
				l.refuse()
				return l.rejects.add(bad)
			}
			if waiting[e.street] = append(waiting[e.street], e.c); len(waiting[e.street]) >= l.batch {
				return send(e.street)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for s := range maps.Keys(waiting) {
			if len(waiting[s]) == 0 {
				continue
			}
			if err := send(s); err != nil {
				return err
			}
		}
		return nil
	})
	return g.Wait()
}

// place gives the row the keys that its street knows. Rows that the first reading did not meet are
// refused: somebody writes into the file.
func (l *load) place(e *entry) *reject {
	if l.DryRun {
		return nil
	}
	t, ok := l.targets[e.street]
	if ok {
		e.c.Class, ok = t.class[e.path[len(e.path)-1].key]
	}
	if ok && e.unit != nil {
		e.c.Unit, ok = t.units[e.unit.key]
	}
	if !ok {
		return &reject{Row: e.Row, id: e.c.SourceID, reason: "文件在导入过程中被修改，请重新导入"}
	}
	return nil
}

// put writes a batch, or with a dry run only looks what is there, and answers how many rows are new.
func (l *load) put(ctx context.Context, b batch) (fresh int, err error) {
	if l.DryRun && b.street.tenant == 0 {
		return len(b.rows), nil
	}
	if l.DryRun {
		ids := make([]string, len(b.rows))
		for i, r := range b.rows {
			ids[i] = r.SourceID
		}
		err = l.db.Read(ctx, b.street.tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
			there, err := cases.Standing(ctx, tx, l.m.Source, ids)
			for _, id := range ids {
				if !there[id] {
					fresh++
				}
			}
			return err
		})
		return fresh, err
	}
	err = l.db.Write(ctx, b.street.tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
		fresh, err = cases.Import(ctx, tx, l.m.Source, b.rows)
		return err
	})
	return fresh, err
}

func (l *load) count(b batch, fresh int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.result.Read += len(b.rows)
	l.result.Imported += fresh
	l.result.Existing += len(b.rows) - fresh
	l.result.ByStreet[b.street.name] += len(b.rows)
	l.done += len(b.rows)
	if l.Progress != nil {
		l.Progress(Progress{l.done, l.survey.read})
	}
}

func (l *load) refuse() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.result.Read++
	l.result.Rejected++
	l.done++
}
