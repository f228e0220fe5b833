package services

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// Kind is what is booked.
type Kind string

// The kinds.
const (
	Agency Kind = "agency" // 帮办代办
	Home   Kind = "home"   // 上门办理
)

// Kinds lists them.
var Kinds = []Kind{Agency, Home}

// Title is the kind's name on screens, a catalogue key.
func (k Kind) Title() string { return kindTitles[k] }

var kindTitles = map[Kind]string{Agency: ui.Key("帮办代办"), Home: ui.Key("上门办理")}

// State is how far a booking is.
type State string

// The states.
const (
	Booked    State = "booked"
	Taken     State = "taken"
	Done      State = "done"
	Cancelled State = "cancelled"
)

// Title is the state's name on screens, a catalogue key.
func (s State) Title() string { return stateTitles[s] }

var stateTitles = map[State]string{Booked: ui.Key("已预约"), Taken: ui.Key("服务中"), Done: ui.Key("已办结"), Cancelled: ui.Key("已取消")}

// Rating is one of the five levels of the national rating.
type Rating int16

// Poor is the highest rating that needs a reason and comes before the shift lead.
const Poor Rating = 2

// Ratings lists the levels, the best first.
var Ratings = []Rating{5, 4, 3, 2, 1}

// Title is the level's name on screens, a catalogue key.
func (r Rating) Title() string { return ratingTitles[r] }

var ratingTitles = map[Rating]string{5: ui.Key("非常满意"), 4: ui.Key("满意"), 3: ui.Key("基本满意"), 2: ui.Key("不满意"), 1: ui.Key("非常不满意")}

// Booking is one resident's booking. Times are zero when not yet.
type Booking struct {
	bun.BaseModel `bun:"table:service_bookings,alias:b"`

	ID          uuid.UUID `bun:",pk,type:uuid"`
	Number      string
	Item        string // key in the blueprint
	Kind        Kind
	Person      int64
	Day         clock.Date
	Slot        string // "09:00"
	State       State
	MadeAt      time.Time
	TakenBy     int64     `bun:",nullzero"`
	TakenAt     time.Time `bun:",nullzero"`
	DoneBy      int64     `bun:",nullzero"`
	DoneAt      time.Time `bun:",nullzero"`
	CancelledBy int64     `bun:",nullzero"`
	CancelledAt time.Time `bun:",nullzero"`
	Rating      Rating    `bun:",nullzero"`
	RatedAt     time.Time `bun:",nullzero"`

	Name, Phone, Address, Note, Result, Reason, RatingWords []byte // sealed
}

// Words are what a booking's sealed columns say.
type Words struct{ Name, Phone, Address, Note, Result, Reason, Rating string }

func (b *Booking) at(column string) keys.Addr {
	return keys.Addr{Table: "service_bookings", Column: column, ID: b.ID}
}

// Open opens what was said.
func (b *Booking) Open(box *keys.Box) (w Words, err error) {
	for _, c := range []struct {
		column string
		from   []byte
		to     *string
	}{
		{"name", b.Name, &w.Name}, {"phone", b.Phone, &w.Phone}, {"address", b.Address, &w.Address}, {"note", b.Note, &w.Note},
		{"result", b.Result, &w.Result}, {"reason", b.Reason, &w.Reason}, {"rating_words", b.RatingWords, &w.Rating},
	} {
		if *c.to, err = box.Open(b.at(c.column), c.from); err != nil {
			return Words{}, fmt.Errorf("booking %s: %w", b.Number, err)
		}
	}
	return w, nil
}

// Begins is when the booked hour begins.
func (b *Booking) Begins() time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", string(b.Day)+" "+b.Slot, clock.Zone)
	if err != nil {
		return b.Day.Start()
	}
	return t
}

// Open says that something is still to come.
func (s State) Open() bool { return s == Booked || s == Taken }

func (b *Booking) dims() tenants.Dims {
	d := tenants.Dims{"booking": string(b.State), "item": b.Item, "booking_kind": string(b.Kind)}
	if b.Rating != 0 {
		d["rating"] = fmt.Sprint(b.Rating)
	}
	return d
}

// errNone is the answer for a booking that is not there, is another tenant's, or somebody else's.
func errNone() error { return fault.New(fault.NotFound, "页面不存在") }
