package handover

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/cases/photos"
	"wanjie/app/clock"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// Told is everything that may cross between two tenants: the fixed list of fields. An offer fills the upper part.
type Told struct {
	Number      string   `json:"number,omitempty"` // of the teller's case
	Class       string   `json:"class,omitempty"`
	ClassName   string   `json:"class_name,omitempty"`
	Unit        string   `json:"unit,omitempty"` // of the centre, who is meant
	Title       string   `json:"title,omitempty"`
	Description string   `json:"description,omitempty"`
	Address     string   `json:"address,omitempty"`
	Community   string   `json:"community,omitempty"`
	Lon         *float64 `json:"lon,omitempty"`
	Lat         *float64 `json:"lat,omitempty"`
	Urgent      bool     `json:"urgent,omitempty"`
	Secret      bool     `json:"secret,omitempty"` // the petitioner asked not to be named
	Petitioner  string   `json:"petitioner,omitempty"`
	Phone       string   `json:"phone,omitempty"`

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
)

// Message is one thing that a side told the other.
type Message struct {
	bun.BaseModel `bun:"table:handover_messages,alias:m"`

	ID         uuid.UUID `bun:",pk,type:uuid"`
	HandoverID uuid.UUID `bun:"type:uuid"`
	Box        Side      // Out: we wrote it; In: we took it
	N          int32
	Kind       Kind
	Person     int64
	At         time.Time
	Words      []byte    // Told, sealed
	CarriedAt  time.Time `bun:",nullzero"`
}

func (m *Message) addr() keys.Addr {
	return keys.Addr{Table: "handover_messages", Column: "words", ID: m.ID}
}

func (m *Message) open(box *keys.Box) (t Told, err error) {
	said, err := box.Open(m.addr(), m.Words)
	if err != nil || said == "" {
		return t, err
	}
	if err := json.Unmarshal([]byte(said), &t); err != nil {
		return t, fmt.Errorf("message %s: %w", m.ID, err)
	}
	return t, nil
}

func (m *Message) seal(box *keys.Box, t Told) error {
	body, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("message %s: %w", m.ID, err)
	}
	m.Words = box.Seal(m.addr(), string(body))
	return nil
}

// tell writes a message to the other side into the transaction, with the job that carries it. h is locked or new; its
// row is written by the caller.
func tell(ctx context.Context, tx tenants.Tx, h *Handover, kind Kind, t Told) error {
	box, err := tx.Box(ctx)
	if err != nil {
		return err
	}
	h.Sent++
	m := &Message{ID: tenants.NewID(), HandoverID: h.ID, Box: Out, N: h.Sent, Kind: kind, Person: tx.Actor().Person, At: clock.Now(ctx)}
	if err := m.seal(box, t); err != nil {
		return err
	}
	if _, err := tx.Insert(m).Exec(ctx); err != nil {
		return fmt.Errorf("write message of handover %s: %w", h.ID, err)
	}
	return jobs.AddOnce(ctx, tx, m.ID, jobs.Job{Kind: CarryJob, Queue: jobs.Critical, Payload: parcel{h.ID}})
}

// Messages are what both sides told, in the order in which it happened here.
func Messages(ctx context.Context, tx tenants.Tx, id uuid.UUID) ([]Message, error) {
	var out []Message
	if err := tx.Select(&out).Where("m.handover_id = ?", id).Order("m.at", "m.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("messages of handover %s: %w", id, err)
	}
	return out, nil
}
