package supervision

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/templates/ui"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// Ground is why an order was proposed.
type Ground string

// The grounds.
const (
	Judged   Ground = "judged"   // somebody thought so
	Overdue  Ground = "overdue"  // the case is overdue by the degree's share of its limit
	Repeated Ground = "repeated" // it was reported so often
	Missed   Ground = "missed"   // the order of the degree below was not answered in time
)

// Title is the ground's name on screens, a catalogue key.
func (g Ground) Title() string { return groundTitles[g] }

var groundTitles = map[Ground]string{
	Judged: ui.Key("人工提出"), Overdue: ui.Key("处置超期"), Repeated: ui.Key("多次反映"), Missed: ui.Key("督办未按期反馈"),
}

// Order is a supervision order. Times are UTC, zero when not yet.
type Order struct {
	bun.BaseModel `bun:"table:supervision_orders,alias:o"`

	ID         uuid.UUID `bun:",pk,type:uuid"`
	CaseID     uuid.UUID `bun:"type:uuid"`
	Level      string    // degree of the blueprint
	Rank       int16     // of the degree: 1 is the mildest
	Number     string    // 督〔2026〕00012号, from the signature on
	Unit       string    // that had the case when it was proposed, then when it was signed
	Class      string    // of the case
	Ground     Ground
	Words      []byte    // sealed: what is demanded
	Follows    uuid.UUID `bun:"type:uuid,nullzero"`
	State      State
	ProposedBy int64
	ProposedAt time.Time
	SignedBy   int64     `bun:",nullzero"`
	SignedAt   time.Time `bun:",nullzero"`
	ReplyBy    time.Time `bun:",nullzero"` // end of the unit's clock
	Missed     bool      // not answered by then, once
	Refusals   int16
	Deduct     int16     // tenths of a point
	EndedBy    int64     `bun:",nullzero"`
	EndedAt    time.Time `bun:",nullzero"`
	Verdict    []byte    // sealed: why it was declined

	repliedBy int64 // of the answer that waits to be judged
}

// Reply is one answer of the unit.
type Reply struct {
	bun.BaseModel `bun:"table:supervision_replies,alias:y"`

	ID       uuid.UUID `bun:",pk,type:uuid"`
	OrderID  uuid.UUID `bun:"type:uuid"`
	Words    []byte    // sealed
	Person   int64
	At       time.Time
	Accepted *bool     // nil: not judged yet
	Verdict  []byte    // sealed
	JudgedBy int64     `bun:",nullzero"`
	JudgedAt time.Time `bun:",nullzero"`
}

func (o *Order) at(column string) keys.Addr {
	return keys.Addr{Table: "supervision_orders", Column: column, ID: o.ID}
}

func (y *Reply) at(column string) keys.Addr {
	return keys.Addr{Table: "supervision_replies", Column: column, ID: y.ID}
}

// Degrees are the degrees of supervision of a configuration, the mildest first; retired ones only for orders that have them.
func Degrees(cfg *blueprint.Config) []blueprint.Supervision {
	all := slices.DeleteFunc(slices.Clone(cfg.Supervisions.All()), func(s blueprint.Supervision) bool { return s.Retired })
	slices.SortFunc(all, func(a, b blueprint.Supervision) int { return cmp.Compare(a.Rank, b.Rank) })
	return all
}

// degree is the order's own, as the rules have it.
func (o *Order) degree(cfg *blueprint.Config) blueprint.Supervision {
	level, _ := cfg.Supervisions.Find(o.Level)
	return level
}

// Told opens what the order is to demand.
func (o *Order) Told(box *keys.Box) (string, error) { return box.Open(o.at("words"), o.Words) }
