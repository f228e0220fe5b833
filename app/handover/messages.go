package handover

import (
	"context"
	"time"

	"github.com/google/uuid"

	"wanjie/app/cases/photos"
	"wanjie/app/post"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Told is everything that may cross between two tenants: the fixed list of fields. An offer fills the upper part.
type Told struct {
	Number      string           `json:"number,omitempty"` // of the teller's case
	Class       string           `json:"class,omitempty"`
	ClassName   string           `json:"class_name,omitempty"`
	Abroad      blueprint.Abroad `json:"abroad,omitzero"` // the class, for somebody with another classification
	Unit        string           `json:"unit,omitempty"`  // of the centre, who is meant
	Title       string           `json:"title,omitempty"`
	Description string           `json:"description,omitempty"`
	Address     string           `json:"address,omitempty"`
	Community   string           `json:"community,omitempty"`
	Lon         *float64         `json:"lon,omitempty"`
	Lat         *float64         `json:"lat,omitempty"`
	Urgent      bool             `json:"urgent,omitempty"`
	Secret      bool             `json:"secret,omitempty"` // the petitioner asked not to be named
	Petitioner  string           `json:"petitioner,omitempty"`
	Phone       string           `json:"phone,omitempty"`

	Photos []photos.Told `json:"photos,omitempty"` // of the place; with a result, after the work

	Due   time.Time `json:"due,omitzero"`    // deadline asked for, moved to, or wished
	Words string    `json:"words,omitempty"` // reason, ground, result
	At    time.Time `json:"at,omitzero"`     // of a result: when it was there
}

// Kind says what a message is about.
type Kind string

// The kinds; see the package's picture.
const (
	offer    Kind = "offer"
	arrived  Kind = "arrived"
	accepted Kind = "accepted"
	refused  Kind = "refused"
	answered Kind = "answered"
	again    Kind = "again"
	due      Kind = "due"
	asked    Kind = "asked"
	recall   Kind = "recall"
	recalled Kind = "recalled"
	kept     Kind = "kept"
)

// line is how handovers write to each other.
var line *post.Line[Told]

func init() { // it refers to itself by way of tell
	line = &post.Line[Told]{
		Job: "handover.carry", Module: moduleKey, Table: "handover_messages", Thread: "handover_id",
		Begins: func(kind string) bool { return Kind(kind) == offer || Kind(kind) == again },
		Peer: func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (tenants.ID, error) {
			h, err := read(ctx, tx, id, sharing)
			if err != nil {
				return 0, err
			}
			return h.Peer, nil
		},
		Photos: func(t Told) []photos.Told { return t.Photos },
		Take:   take, Returned: comeBack,
		Off: ui.Key("对方没有启用区街移交"), Foreign: ui.Key("只能在同一区县的街道和区级指挥中心之间移交"),
	}
}

// Carry is the job that carries what a handover's side wrote, and was not taken yet, to the other side.
func Carry() jobs.Kind { return line.Carry() }

// tell writes a message to the other side. h is locked or new; its row is written by the caller.
func tell(ctx context.Context, tx tenants.Tx, h *Handover, kind Kind, t Told) error {
	return line.Tell(ctx, tx, h.ID, &h.Sent, string(kind), t)
}
