package whistle

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/post"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Told is everything of a whistle that may cross between a street and its district's centre: the fixed list of fields.
// The case that it hangs on and whoever asked for it stay in the street; so do the street's own units. No person is named.
type Told struct {
	// A call: what the bureaus must know.
	Number    string    `json:"number,omitempty"`
	Kind      string    `json:"kind,omitempty"`
	KindName  string    `json:"kind_name,omitempty"`
	NeededAt  time.Time `json:"needed_at,omitzero"`
	Purpose   string    `json:"purpose,omitempty"`
	Address   string    `json:"address,omitempty"`
	Community string    `json:"community,omitempty"`
	Lon       *float64  `json:"lon,omitempty"`
	Lat       *float64  `json:"lat,omitempty"`

	// The end: closed or called off, and in which words.
	State   State  `json:"state,omitempty"`
	Outcome string `json:"outcome,omitempty"`

	Parts []ToldPart `json:"parts,omitempty"`
}

// ToldPart is one bureau's part: with a call who is meant, with a step how far it is, with the end the street's verdict.
type ToldPart struct {
	Call   uuid.UUID `json:"call"`
	Sector string    `json:"sector,omitempty"`

	Unit       string    `json:"unit,omitempty"` // the bureau's name
	State      Step      `json:"state,omitempty"`
	RespondBy  time.Time `json:"respond_by,omitzero"`
	ArriveBy   time.Time `json:"arrive_by,omitzero"`
	Silent     bool      `json:"silent,omitempty"`
	Late       bool      `json:"late,omitempty"`
	ReportedAt time.Time `json:"reported_at,omitzero"`
	ArrivedAt  time.Time `json:"arrived_at,omitzero"`
	DoneAt     time.Time `json:"done_at,omitzero"`
	DeclinedAt time.Time `json:"declined_at,omitzero"`
	Result     string    `json:"result,omitempty"`
	Ground     string    `json:"ground,omitempty"`
	Needed     string    `json:"needed,omitempty"`
	Facts      string    `json:"facts,omitempty"`
	JudgedAt   time.Time `json:"judged_at,omitzero"`
	Acts       []string  `json:"acts,omitempty"` // what happened since the step before

	Grade Grade  `json:"grade,omitempty"`
	Words string `json:"words,omitempty"` // of the grade; of the bureau's judgement
}

// The kinds of messages.
const (
	callKind = "call" // street to centre
	stepKind = "step" // centre to street
	endKind  = "end"  // street to centre
)

// line is how the two sides of a whistle write to each other.
var line *post.Line[Told]

func init() { // it refers to itself by way of telling
	line = &post.Line[Told]{
		Job: "whistle.carry", Module: moduleKey, Table: "whistle_messages", Thread: "whistle_id",
		Begins: func(kind string) bool { return kind == callKind },
		Peer: func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (tenants.ID, error) {
			w, err := read(ctx, tx, id, false)
			if err != nil {
				return 0, err
			}
			return w.Peer, nil
		},
		Take: take, Returned: unreached,
		Off: ui.Key("对方没有启用吹哨报到"), Foreign: ui.Key("只能召集本区县的区级部门"),
	}
}

// Carry is the job that carries what a whistle's side wrote to the other side.
func Carry() jobs.Kind { return line.Carry() }

// Bureaus are those that a street may whistle for: its district's centre, and the sectors (条线) that its bureaus are of.
// There are none where the centre is not open, and for a centre itself.
func Bureaus(ctx context.Context, tx tenants.Tx) (centre tenants.Neighbour, list []blueprint.Sector, err error) {
	if tx.Tenant().Kind != tenants.Street {
		return centre, nil, nil
	}
	all, err := tx.Neighbours(ctx)
	if err != nil {
		return centre, nil, err
	}
	n := slices.IndexFunc(all, func(n tenants.Neighbour) bool { return n.Kind == tenants.Centre && n.State != tenants.Closed })
	if n < 0 {
		return centre, nil, nil
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return centre, nil, err
	}
	for _, s := range cfg.Sectors.All() {
		if !s.Retired {
			list = append(list, s)
		}
	}
	return all[n], list, nil
}

// callBureaus tells the centre which of its bureaus are called, where, when and what for.
func (w *Whistle) callBureaus(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config, in Order) error {
	t := Told{Number: w.Number, Kind: w.Kind, NeededAt: w.NeededAt, Purpose: in.Purpose, Address: in.Address, Community: w.Community, Lon: w.Lon, Lat: w.Lat}
	t.KindName = cfg.ReasonTitle(w.Kind)
	for _, k := range w.Calls {
		if sector, is := blueprint.OfCentre(k.Unit); is {
			t.Parts = append(t.Parts, ToldPart{Call: k.ID, Sector: sector})
		}
	}
	return w.tell(ctx, tx, callKind, t)
}

// tell writes a message to the other side, and how many there are. w is locked or new.
func (w *Whistle) tell(ctx context.Context, tx tenants.Tx, kind string, t Told) error {
	if err := line.Tell(ctx, tx, w.ID, &w.Sent, kind, t); err != nil {
		return err
	}
	return w.count(ctx, tx)
}

func (w *Whistle) count(ctx context.Context, tx tenants.Tx) error {
	if _, err := tx.Update(w).Column("sent", "heard").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("count messages of whistle %s: %w", w.Number, err)
	}
	return nil
}

// tellStep tells the street how far a bureau is. What the street did itself, its verdict, is no news to it.
func (s *step) tellStep(ctx context.Context) error {
	news := slices.DeleteFunc(slices.Clone(s.acts), func(act string) bool { return act == "whistle.graded" })
	if s.w.Side != In || len(news) == 0 {
		return nil
	}
	s.acts = nil
	part, err := s.part(news)
	if err != nil {
		return err
	}
	return s.w.tell(ctx, s.tx, stepKind, Told{Parts: []ToldPart{part}})
}

// part is what the street hears of a bureau.
func (s *step) part(acts []string) (ToldPart, error) {
	said, err := s.k.Open(s.box)
	k := s.k
	return ToldPart{
		Call: k.ID, Unit: k.UnitName, State: k.State, RespondBy: k.RespondBy, ArriveBy: k.ArriveBy, Silent: k.Silent, Late: k.Late, ReportedAt: k.ReportedAt,
		ArrivedAt: k.ArrivedAt, DoneAt: k.DoneAt, DeclinedAt: k.DeclinedAt, Result: said.Result, Ground: said.Ground, Needed: k.Needed, Facts: k.Facts, JudgedAt: k.JudgedAt,
		Words: said.Judge, Acts: acts,
	}, err
}

// tellEnd tells the centre that the whistle is over, and the verdict of each of its bureaus.
func (s *step) tellEnd(ctx context.Context, words string, verdicts map[uuid.UUID]Verdict) error {
	if s.w.Peer == 0 {
		return nil
	}
	t := Told{State: s.w.State, Outcome: words}
	for _, k := range s.w.Calls {
		if v, ok := verdicts[k.ID]; ok && k.beyond() && k.reached() {
			t.Parts = append(t.Parts, ToldPart{Call: k.ID, Grade: v.Grade, Words: v.Words})
		}
	}
	return s.w.tell(ctx, s.tx, endKind, t)
}

// take takes a message of the other side.
func take(ctx context.Context, tx tenants.Tx, from post.Sender, l post.Letter[Told]) error {
	if l.Kind == callKind {
		return takeCall(ctx, tx, from, l)
	}
	w, err := read(ctx, tx, from.Thread, true)
	if fault.Is(err, fault.NotFound) {
		return post.ErrNoThread
	}
	if err != nil {
		return err
	}
	if w.Peer != from.ID {
		return errNone()
	}
	if again, err := line.Heard(ctx, tx, w.ID, &w.Heard, l); err != nil || again {
		return err
	}
	s, err := stepOn(ctx, tx, w)
	if err != nil {
		return err
	}
	if l.Kind == endKind {
		return s.hearEnd(ctx, l.Told)
	}
	for _, p := range l.Told.Parts {
		if err := s.hearStep(ctx, p); err != nil {
			return err
		}
	}
	return w.count(ctx, tx)
}

// hearStep notes on the street's side how far a bureau is. It stays on record after the end too: what a bureau did before
// it heard that the whistle was over, it did.
func (s *step) hearStep(ctx context.Context, p ToldPart) error {
	k := s.w.call(p.Call)
	if k == nil || !k.beyond() {
		return errNone()
	}
	s.about(k)
	k.UnitName, k.State, k.RespondBy, k.ArriveBy, k.Silent, k.Late = p.Unit, p.State, p.RespondBy, p.ArriveBy, p.Silent, p.Late
	k.ReportedAt, k.ArrivedAt, k.DoneAt, k.DeclinedAt, k.JudgedAt, k.Needed, k.Facts = p.ReportedAt, p.ArrivedAt, p.DoneAt, p.DeclinedAt, p.JudgedAt, p.Needed, p.Facts
	k.Result = s.box.Seal(at("whistle_calls", "result", k.ID), p.Result)
	k.Ground = s.box.Seal(at("whistle_calls", "ground", k.ID), p.Ground)
	k.JudgeWords = s.box.Seal(at("whistle_calls", "judge_words", k.ID), p.Words)
	for _, act := range p.Acts {
		s.done(act)
	}
	return s.write(ctx)
}

// hearEnd ends the whistle on the centre's side, as the street did.
func (s *step) hearEnd(ctx context.Context, t Told) error {
	w := s.w
	w.State = t.State
	if w.State == CalledOff {
		return s.end(ctx, "whistle.called_off", t.Outcome)
	}
	for _, p := range t.Parts {
		k := w.call(p.Call)
		if k == nil {
			return errNone()
		}
		s.about(k)
		s.missed()
		if err := s.grade(ctx, Verdict{p.Grade, p.Words}); err != nil {
			return err
		}
	}
	return s.end(ctx, "whistle.closed", t.Outcome)
}

// takeCall writes the centre's side of a whistle: one call for each bureau that is meant, whose clocks begin now, by the
// centre's own limits. It answers with the bureaus' names and clocks.
func takeCall(ctx context.Context, tx tenants.Tx, from post.Sender, l post.Letter[Told]) error {
	known, err := tx.Select((*Whistle)(nil)).Where("w.id = ?", from.Thread).Exists(ctx)
	if err != nil || known { // taken before
		return err
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return err
	}
	t, now := l.Told, clock.Now(ctx)
	w := &Whistle{
		ID: from.Thread, Side: In, Peer: from.ID, PeerName: from.Name, PeerNo: t.Number, Kind: t.Kind, KindName: t.KindName, Community: t.Community, Lon: t.Lon, Lat: t.Lat,
		Urgent: t.Kind == Emergency, NeededAt: t.NeededAt, State: Open, MadeAt: now,
	}
	if w.Number, err = next(ctx, tx, now); err != nil {
		return err
	}
	w.Purpose, w.Address = box.Seal(at("whistles", "purpose", w.ID), t.Purpose), box.Seal(at("whistles", "address", w.ID), t.Address)
	nobody := w.assign(cfg, t.Parts)
	if err := w.begin(ctx, tx, cfg); err != nil {
		return err
	}
	if _, err := line.Heard(ctx, tx, w.ID, &w.Heard, l); err != nil {
		return err
	}
	s, err := stepOn(ctx, tx, w)
	if err != nil {
		return err
	}
	answer := Told{Parts: nobody}
	for _, k := range w.Calls {
		s.about(k)
		part, err := s.part([]string{"whistle.called"})
		if err != nil {
			return err
		}
		answer.Parts = append(answer.Parts, part)
	}
	return w.tell(ctx, tx, stepKind, answer)
}

// assign finds the unit of each sector that is called. nobody: those that the centre has no unit for, or whose unit comes
// for another sector already.
func (w *Whistle) assign(cfg *blueprint.Config, parts []ToldPart) (nobody []ToldPart) {
	for _, p := range parts {
		units := slices.DeleteFunc(cfg.UnitsOfSector(p.Sector), func(u blueprint.Unit) bool { return u.Retired })
		no := ToldPart{Call: p.Call, State: Unreached, RespondBy: w.MadeAt, Acts: []string{"whistle.unreached"}}
		switch {
		case len(units) == 0:
			no.Ground = ui.Key("区级没有这一条线的单位")
			nobody = append(nobody, no)
		case slices.ContainsFunc(w.Calls, func(k *Call) bool { return k.Unit == units[0].Key }):
			no.Unit, no.Ground = units[0].Name, ui.Key("同一单位已由另一条线召集")
			nobody = append(nobody, no)
		default:
			w.Calls = append(w.Calls, &Call{ID: p.Call, WhistleID: w.ID, Unit: units[0].Key, UnitName: units[0].Name, State: Called})
		}
	}
	return nobody
}

// unreached notes on the street's side that the centre takes no calls.
func unreached(ctx context.Context, tx tenants.Tx, id uuid.UUID, _ post.Letter[Told], why string) error {
	w, err := read(ctx, tx, id, true)
	if err != nil {
		return err
	}
	s, err := stepOn(ctx, tx, w)
	if err != nil {
		return err
	}
	for _, k := range w.Calls {
		if k.State != Sending {
			continue
		}
		s.about(k)
		k.State, k.Ground = Unreached, s.box.Seal(at("whistle_calls", "ground", k.ID), why)
		s.done("whistle.unreached")
		if err := s.write(ctx); err != nil {
			return err
		}
	}
	return nil
}
