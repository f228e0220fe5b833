package handover

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"wanjie/app/cases"
	"wanjie/app/cases/photos"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Order says where a case is handed over to, and why.
type Order struct {
	To         string    // of a street: the sector that is meant, or blueprint.CentreDesk; of a centre: the street's tenant number
	Reason     string    // why it belongs there
	Due        time.Time // by when; zero: our own deadline
	Petitioner bool      // tell who asked, because handling needs it
}

// HandOver hands a filed case of ours over. The other side must be our district's centre or, for a centre, a street of
// the district; one that is not open for work is fault.Conflict with a sentence.
func HandOver(ctx context.Context, tx tenants.Tx, id uuid.UUID, in Order) (*Handover, error) {
	c, cfg, err := cases.Find(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	var f problems
	peer, unit, err := target(ctx, tx, in.To)
	if err != nil {
		return nil, err
	}
	if peer.TenantID == 0 {
		f.Add("to", ui.Key("请选择移交给谁"))
	}
	f.Need("reason", in.Reason, longText)
	now := clock.Now(ctx)
	if in.Due.IsZero() {
		in.Due = c.DueAt
	} else if !in.Due.After(now) {
		f.Add("due", ui.Key("期限应晚于现在"))
	}
	if in.Petitioner && c.Confidential {
		f.Add("petitioner_too", ui.Key("诉求人要求保密，不得移交其姓名、电话"))
	}
	if f.Found != nil {
		return nil, f.Found
	}
	if !peer.State.Writable() {
		return nil, fault.New(fault.Conflict, "“%s”当前不可办理业务，不能移交", peer.Name)
	}
	h := &Handover{
		ID: tenants.NewID(), Side: Out, Peer: peer.TenantID, PeerName: peer.Name, CaseID: c.ID, State: Sent, Class: c.Class, Community: c.Community, Lon: c.Lon, Lat: c.Lat,
		Urgent: c.Urgent, Confidential: c.Confidential, Due: in.Due, Rounds: 1, MadeBy: tx.Actor().Person, MadeAt: now,
	}
	if h.Unit = unit; tx.Tenant().Kind == tenants.Street {
		h.Unit = in.To
	}
	h.ClassAbroad = cfg.AsAbroad(c.Class)
	h.ClassName = h.ClassAbroad.Title
	if _, err := cases.HandOver(ctx, tx, id, cases.Elsewhere{Handover: h.ID, Unit: unit, Reason: in.Reason}); err != nil {
		return nil, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	w, err := c.Open(box)
	if err != nil {
		return nil, err
	}
	t := Told{
		Number: c.Number, Class: h.Class, ClassName: h.ClassName, Abroad: h.ClassAbroad, Unit: h.Unit, Title: w.Title, Description: w.Description, Address: w.Address, Community: h.Community,
		Lon: h.Lon, Lat: h.Lat, Urgent: h.Urgent, Secret: h.Confidential, Due: h.Due, Words: in.Reason,
	}
	if t.Photos, err = photos.Tell(ctx, tx, c, photos.Before); err != nil {
		return nil, err
	}
	if in.Petitioner {
		t.Petitioner, t.Phone = w.Petitioner, w.Phone
		if err := tx.Looked(ctx, tenants.Look{Object: "case", ObjectID: c.ID, Fields: []string{"petitioner", "phone"}, Purpose: "handover"}); err != nil {
			return nil, err
		}
	}
	h.seal(box, Words{Reason: in.Reason})
	if err := h.insert(ctx, tx); err != nil {
		return nil, err
	}
	if err := tell(ctx, tx, h, offer, t); err != nil {
		return nil, err
	}
	record(tx, "handover.offer", h, now, nil)
	return h, h.update(ctx, tx)
}

// target finds whom an order means: the tenant, and the key by which our case knows it as a unit.
func target(ctx context.Context, tx tenants.Tx, to string) (peer tenants.Neighbour, unit string, err error) {
	all, err := Peers(ctx, tx)
	if err != nil || to == "" {
		return peer, "", err
	}
	if tx.Tenant().Kind == tenants.Street {
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return peer, "", err
		}
		if _, known := cfg.Beyond(blueprint.CentreUnit(to)); !known || len(all) == 0 {
			return peer, "", nil
		}
		return all[0], blueprint.CentreUnit(to), nil
	}
	for _, p := range all {
		if p.TenantID.String() == to {
			if p.Code == "" {
				return p, blueprint.StreetUnit(to), nil
			}
			return p, blueprint.StreetUnit(p.Code), nil
		}
	}
	return peer, "", nil
}

// Peers are those with whom the tenant may exchange matters: a street's is its district's centre, a centre's are the
// district's streets.
func Peers(ctx context.Context, tx tenants.Tx) ([]tenants.Neighbour, error) {
	all, err := tx.Neighbours(ctx)
	return slices.DeleteFunc(all, func(n tenants.Neighbour) bool { return n.Kind == tx.Tenant().Kind || n.State == tenants.Closed }), err
}

// Acceptance is what the side that accepts decides about the case to be.
type Acceptance struct {
	Class string // empty: the one that is surely meant by what was told
}

// Accept takes what was offered: a case of ours is made from it, with the other side's number and deadline as those of
// an order from above.
func Accept(ctx context.Context, tx tenants.Tx, id uuid.UUID, in Acceptance) (*Handover, error) {
	h, err := begin(ctx, tx, id, ToAccept)
	if err != nil {
		return nil, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	w, err := h.Open(box)
	if err != nil {
		return nil, err
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return nil, err
	}
	if all := h.counterparts(cfg); in.Class == "" && len(all) == 1 && all[0].Sure {
		in.Class = all[0].Class.Key
	}
	if _, ok := cfg.Classes.Find(in.Class); !ok {
		return nil, fault.Field("class", "请选择本方的类别")
	}
	now := clock.Now(ctx)
	intake := cases.Intake{
		ID: tenants.NewID(), Channel: Channel(tx.Tenant().Kind), UpperNo: h.PeerNo, Class: in.Class, Lon: h.Lon, Lat: h.Lat, Urgent: h.Urgent, Confidential: h.Confidential,
		Words: cases.Words{Title: w.Title, Description: w.Description, Address: w.Address, Petitioner: w.Petitioner, Phone: w.Phone},
	}
	if ch, ok := cfg.Channels.Find(intake.Channel); ok && ch.Upper && h.Due.After(now) {
		intake.UpperDue = h.Due
	}
	if slices.ContainsFunc(cfg.UnitsWithin(tx.Tenant().Codes...), func(u blueprint.Unit) bool { return u.Key == h.Community }) {
		intake.Community = h.Community
	} else if u, ok := cfg.UnitOf(h.Community); ok { // the centre has no communities of its own: where it is stands in the address
		intake.Address = cut(strings.TrimSpace(h.PeerName+u.Short+" "+w.Address), longLine)
	}
	c, err := cases.Report(ctx, tx, intake)
	if err != nil {
		return nil, err
	}
	if err := photos.Belong(ctx, tx, h.ID, c); err != nil {
		return nil, err
	}
	before := h.dims()
	h.State, h.CaseID, h.DecidedBy, h.DecidedAt = Accepted, c.ID, tx.Actor().Person, now
	return h, h.decided(ctx, tx, accepted, Told{Number: c.Number}, before)
}

// counterparts are the classes of ours that may be meant.
func (h *Handover) counterparts(cfg *blueprint.Config) []blueprint.Match {
	a := h.ClassAbroad
	if a.Key == "" { // told by somebody who said the key only
		a = blueprint.Abroad{Key: h.Class, Title: h.ClassName}
	}
	return cfg.Counterparts(a)
}

// Refusal cites its ground.
type Refusal struct {
	Ground string // reason of the blueprint's list of returns
	Words  string
}

// Refuse sends back what was offered: it never was a case of ours.
func Refuse(ctx context.Context, tx tenants.Tx, id uuid.UUID, in Refusal) (*Handover, error) {
	h, err := begin(ctx, tx, id, ToRefuse)
	if err != nil {
		return nil, err
	}
	ground, err := in.check(ctx, tx)
	if err != nil {
		return nil, err
	}
	return h, h.refuse(ctx, tx, ground)
}

// GiveBack sends an accepted one back as long as no unit has it: it turned out not to be ours.
func GiveBack(ctx context.Context, tx tenants.Tx, id uuid.UUID, in Refusal) (*Handover, error) {
	h, err := begin(ctx, tx, id, ToGiveBack)
	if err != nil {
		return nil, err
	}
	ground, err := in.check(ctx, tx)
	if err != nil {
		return nil, err
	}
	if _, err := cases.HandBack(ctx, tx, h.CaseID, ground); err != nil {
		return nil, err
	}
	return h, h.refuse(ctx, tx, ground)
}

func (in Refusal) check(ctx context.Context, tx tenants.Tx) (string, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return "", err
	}
	var f problems
	list := cfg.ReasonsOf(blueprint.ReturnReason)
	n := slices.IndexFunc(list, func(r blueprint.Reason) bool { return r.Key == in.Ground && !r.Retired })
	if n < 0 {
		f.Add("ground", ui.Key("请选择理由"))
	}
	if f.Need("words", in.Words, longText); f.Found != nil {
		return "", f.Found
	}
	return list[n].Title + "：" + in.Words, nil
}

func (h *Handover) refuse(ctx context.Context, tx tenants.Tx, ground string) error {
	box, err := tx.Box(ctx)
	if err != nil {
		return err
	}
	before := h.dims()
	h.State, h.DecidedBy, h.DecidedAt, h.Recall = Refused, tx.Actor().Person, clock.Now(ctx), ""
	h.seal(box, Words{Ground: ground})
	return h.decided(ctx, tx, refused, Told{Words: ground}, before)
}

// decided tells a decision, stops its clock and writes the row.
func (h *Handover) decided(ctx context.Context, tx tenants.Tx, kind Kind, t Told, before tenants.Dims) error {
	if err := jobs.Cancel(ctx, tx, h.ID, decideTimer); err != nil {
		return err
	}
	if err := tell(ctx, tx, h, kind, t); err != nil {
		return err
	}
	record(tx, "handover."+string(kind), h, clock.Now(ctx), before)
	return h.update(ctx, tx)
}

// Ask asks the side that handed over for a later deadline. Nothing moves until it does.
func Ask(ctx context.Context, tx tenants.Tx, id uuid.UUID, until time.Time, words string) (*Handover, error) {
	h, err := begin(ctx, tx, id, ToAsk)
	if err != nil {
		return nil, err
	}
	var f problems
	f.later("until", until, clock.Now(ctx))
	if f.Need("words", words, longText); f.Found != nil {
		return nil, f.Found
	}
	before := h.dims()
	if err := tell(ctx, tx, h, asked, Told{Due: until.UTC(), Words: words}); err != nil {
		return nil, err
	}
	record(tx, "handover.asked", h, clock.Now(ctx), before)
	return h, h.update(ctx, tx)
}

// Postpone moves the deadline that we ask for. Our own case's deadline is another matter: it moves by its own rules.
func Postpone(ctx context.Context, tx tenants.Tx, id uuid.UUID, until time.Time) (*Handover, error) {
	h, err := begin(ctx, tx, id, ToPostpone)
	if err != nil {
		return nil, err
	}
	var f problems
	if f.later("until", until, clock.Now(ctx)); f.Found != nil {
		return nil, f.Found
	}
	return h, h.postpone(ctx, tx, until)
}

func (h *Handover) postpone(ctx context.Context, tx tenants.Tx, until time.Time) error {
	before := h.dims()
	h.Due = until.UTC()
	if err := tell(ctx, tx, h, due, Told{Due: h.Due}); err != nil {
		return err
	}
	record(tx, "handover.due", h, clock.Now(ctx), before)
	return h.update(ctx, tx)
}

// begin locks the handover and asks the table.
func begin(ctx context.Context, tx tenants.Tx, id uuid.UUID, v Verb) (*Handover, error) {
	h, err := read(ctx, tx, id, holding)
	if err != nil {
		return nil, err
	}
	return h, move(v).allows(tx.Actor(), h)
}

// problems gathers what is wrong, field by field.
type problems struct{ fault.Problems }

func (p *problems) later(field string, t, now time.Time) {
	if !t.After(now) {
		p.Add(field, ui.Key("期限应晚于现在"))
	}
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
