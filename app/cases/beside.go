package cases

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Who works on a case beside the lead's unit, and beneath a unit's liaison. The lead answers for the case; a co-handler
// for its part; whoever a liaison gave the work to answers to him alone.

// beside records an act about an assignment that is not the lead's.
func (s *step) beside(kind string, a *Assignment, more ...string) {
	s.did(kind, append([]string{"part", a.Role, "helper", a.Unit, "helper_name", unitName(s.rules, a.Unit)}, more...)...)
}

// join adds a co-handler.
func (s *step) join(w *change, in Order) error {
	duty, _ := dutyFor(s.rules, s.c.Class, s.c.Community, in.Unit)
	if in.Basis != Statutory {
		duty.Key = ""
	}
	a, err := s.dispatch(in, CoRole, duty.Key)
	if err != nil {
		return err
	}
	s.add(w, a)
	s.beside("case.joined", a, "helper_basis", string(a.Basis))
	return nil
}

// add puts an assignment beside the others and starts its receipt clock.
func (s *step) add(w *change, a *Assignment) {
	s.c.Others = append(s.c.Others, *a)
	s.c.Beside++
	w.columns = append(w.columns, "beside")
	w.put(a)
	w.remindOf(besideTimer, a.ID, a.ReceiveBy)
}

// Join names one more co-handler of a case that is being handled.
func Join(ctx context.Context, tx tenants.Tx, id uuid.UUID, in Order) (*Case, error) {
	s, err := begin(ctx, tx, id, ToJoin)
	if err != nil {
		return nil, err
	}
	if _, err := in.check(s.rules, tx.Tenant().Codes, s.c); err != nil {
		return nil, err
	}
	if in.Unit == s.c.Unit || slices.ContainsFunc(s.c.waiting(), func(a *Assignment) bool { return a.Unit == in.Unit }) {
		return nil, fault.Field("unit", ui.Key("该单位已在办理本案卷"))
	}
	if len(s.c.waiting()) >= mostHelpers {
		return nil, fault.Field("unit", ui.Key("协办单位过多，请只选确需协办的"))
	}
	var w change
	if err := s.join(&w, in); err != nil {
		return nil, err
	}
	return s.c, w.write(ctx, tx, s.c)
}

// Assist hands in a co-handler's result. The case stays where it is: it is the lead who hands it in.
func Assist(ctx context.Context, tx tenants.Tx, id, assignment uuid.UUID, result string) (*Case, error) {
	s, err := beginOf(ctx, tx, id, ToAssist, assignment)
	if err != nil {
		return nil, err
	}
	var f problems
	if f.Need("result", result, longText); f.Found != nil {
		return nil, f.Found
	}
	if s.of.State == Dispatched {
		s.receive(s.of)
		s.beside("case.co_received", s.of)
	}
	w := change{columns: []string{"stage"}, remark: say(tx, s.box, s.c, "case.co_handled", result, s.when)}
	s.of.State, s.of.HandledBy, s.of.HandledAt = Done, tx.Actor().Person, s.at
	s.beside("case.co_handled", s.of)
	w.set(s.of, "state", "received_by", "received_at", "handled_by", "handled_at")
	w.hushOf(besideTimer, s.of.ID)
	if h := s.c.handOf(s.of); h != nil {
		s.lapseOther(&w, h)
	}
	return s.c, s.settled(ctx, w)
}

// settled writes w, and lapses what the unit of this step had asked for.
func (s *step) settled(ctx context.Context, w change) error {
	if s.c.Asks > 0 {
		p := new(Application)
		err := s.tx.Select(p).Where("p.assignment_id = ?", s.of.ID).Where("p.state = ?", Open).Scan(ctx)
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return fmt.Errorf("application of %s: %w", s.of.Unit, err)
		default:
			p.State, w.settle = Lapsed, p
			s.c.Asks--
			w.columns = append(w.columns, "asks")
			w.hushOf(decisionTimer, p.ID)
		}
	}
	return w.write(ctx, s.tx, s.c)
}

// sendHome frees a co-handler whose return was granted, and whom it gave the work to.
func (s *step) sendHome(w *change, a *Assignment) {
	a.State = Returned
	w.set(a, "state")
	w.hushOf(besideTimer, a.ID)
	if h := s.c.handOf(a); h != nil {
		s.lapseOther(w, h)
	}
}

// lapseOther ends an assignment without which the case goes on.
func (s *step) lapseOther(w *change, a *Assignment) {
	a.State = Lapsed
	w.set(a, "state")
	w.hushOf(besideTimer, a.ID)
}

// Hand is somebody to whom a unit may give its work: one of its own people, or the worker of a community's grid.
type Hand struct {
	Person int64
	Grid   string // code; empty: one of the unit's own
}

// HandsOf lists a unit's own people who can be given work, then its grids' workers.
func HandsOf(ctx context.Context, tx tenants.Tx, unit string) ([]Hand, error) {
	var roles []string
	for _, r := range auth.RolesIn(auth.InTenant) {
		if slices.Contains(r.Can, auth.CasesWork) {
			roles = append(roles, r.Key)
		}
	}
	var out []Hand
	err := tx.Raw(`SELECT person, '' AS grid FROM grants WHERE tenant_id = ? AND ended_at IS NULL AND grid = '' AND role IN (?)
		AND (unit = ? OR unit = '' AND community = ?) GROUP BY person ORDER BY person`, int32(tx.ID()), bun.List(roles), unit, unit).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("people of unit %s: %w", unit, err)
	}
	workers, err := WorkersIn(ctx, tx, unit)
	return append(out, workers...), err
}

// Assign gives a unit's work on to one of its own: the second dispatch (二级分拨). Whoever had it has it no more. To the
// centre the unit stays answerable, and its liaison hands in.
func Assign(ctx context.Context, tx tenants.Tx, id, assignment uuid.UUID, to Hand) (*Case, error) {
	s, err := beginOf(ctx, tx, id, ToAssign, assignment)
	if err != nil {
		return nil, err
	}
	people, err := HandsOf(ctx, tx, s.of.Unit)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(people, to) {
		return nil, fault.Field("hand", ui.Key("请选择本单位的人员或网格员"))
	}
	by, err := Due(s.at, receiveLimit(s.rules, s.c.Urgent), calendarOf(s.rules))
	if err != nil {
		return nil, err
	}
	var w change
	if h := s.c.handOf(s.of); h != nil {
		if h.Person == to.Person {
			return nil, fault.Field("hand", ui.Key("此人已在办理，请选择其他人员"))
		}
		// Two rows of one unique key in one statement: the old one goes first, in a statement of its own.
		h.State = Returned
		var old change
		old.columns = []string{"stage"}
		old.set(h, "state")
		old.hushOf(besideTimer, h.ID)
		if err := old.write(ctx, tx, s.c); err != nil {
			return nil, err
		}
	}
	a := &Assignment{
		ID: tenants.NewID(), CaseID: id, Role: HandRole, Unit: s.of.Unit, State: Dispatched, Basis: s.of.Basis, Duty: s.of.Duty,
		DispatchedBy: tx.Actor().Person, DispatchedAt: s.at, ReceiveBy: by, Parent: s.of.ID, Person: to.Person, Grid: to.Grid,
	}
	if s.of.Role == LeadRole {
		w.hush = []string{receiptTimer}
	} else {
		w.hushOf(besideTimer, s.of.ID)
	}
	s.add(&w, a)
	s.beside("case.assigned", a)
	return s.c, w.write(ctx, tx, s.c)
}

// Take signs for what one was given.
func Take(ctx context.Context, tx tenants.Tx, id, assignment uuid.UUID) (*Case, error) {
	s, err := beginOf(ctx, tx, id, ToTake, assignment)
	if err != nil {
		return nil, err
	}
	s.receive(s.of)
	s.beside("case.taken", s.of)
	w := change{columns: []string{"stage"}}
	w.set(s.of, "state", "received_by", "received_at")
	w.hushOf(besideTimer, s.of.ID)
	return s.c, w.write(ctx, tx, s.c)
}

// FeedBack tells the liaison what came of the work. It is he who hands in for the unit.
func FeedBack(ctx context.Context, tx tenants.Tx, id, assignment uuid.UUID, result string) (*Case, error) {
	s, err := beginOf(ctx, tx, id, ToFeedBack, assignment)
	if err != nil {
		return nil, err
	}
	var f problems
	if f.Need("result", result, longText); f.Found != nil {
		return nil, f.Found
	}
	if s.of.State == Dispatched {
		s.receive(s.of)
		s.beside("case.taken", s.of)
	}
	s.of.State, s.of.HandledBy, s.of.HandledAt = Done, tx.Actor().Person, s.at
	s.beside("case.fed_back", s.of)
	w := change{columns: []string{"stage"}, remark: say(tx, s.box, s.c, "case.fed_back", result, s.when)}
	w.set(s.of, "state", "received_by", "received_at", "handled_by", "handled_at")
	w.hushOf(besideTimer, s.of.ID)
	return s.c, w.write(ctx, tx, s.c)
}

// GiveBack returns the work to the liaison who gave it, not to the centre: it goes back one level.
func GiveBack(ctx context.Context, tx tenants.Tx, id, assignment uuid.UUID, words string) (*Case, error) {
	s, err := beginOf(ctx, tx, id, ToGiveBack, assignment)
	if err != nil {
		return nil, err
	}
	var f problems
	if f.Need("words", words, longText); f.Found != nil {
		return nil, f.Found
	}
	s.of.State = Returned
	s.beside("case.given_back", s.of)
	w := change{columns: []string{"stage"}, remark: say(tx, s.box, s.c, "case.given_back", words, s.at)}
	w.set(s.of, "state")
	w.hushOf(besideTimer, s.of.ID)
	return s.c, w.write(ctx, tx, s.c)
}
