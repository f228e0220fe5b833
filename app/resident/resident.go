package resident

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// Resident is somebody whom a street knows by a telephone that they proved to be theirs.
type Resident struct {
	bun.BaseModel `bun:"table:residents,alias:r"`

	Person     int64     `bun:",pk"`
	ID         uuid.UUID `bun:"type:uuid"`
	Phone      []byte    // sealed
	PhoneBlind []byte
	Name       []byte // sealed
	Elder      bool
	Contrast   bool
	Language   string
	JoinedAt   time.Time
	ReadAt     time.Time
	LeftAt     time.Time `bun:",nullzero"`
}

func (r *Resident) at(column string) keys.Addr {
	return keys.Addr{Table: "residents", Column: column, ID: r.ID}
}

// Open opens name and telephone.
func (r *Resident) Open(box *keys.Box) (name, phone string, err error) {
	if phone, err = box.Open(r.at("phone"), r.Phone); err == nil {
		name, err = box.Open(r.at("name"), r.Name)
	}
	return name, phone, err
}

// errUnsigned leads to the sign-in.
func errUnsigned() error { return fault.New(fault.Unsigned, "请先登录") }

// Known is the actor as this street knows him; Unsigned when it does not, or no more.
func Known(ctx context.Context, tx tenants.Tx) (*Resident, error) {
	if tx.Actor().Person == tenants.System {
		return nil, errUnsigned()
	}
	r := new(Resident)
	err := tx.Select(r).Where("r.person = ?", tx.Actor().Person).Where("r.left_at IS NULL").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errUnsigned()
	}
	if err != nil {
		return nil, fmt.Errorf("resident: %w", err)
	}
	return r, nil
}

// Join makes the actor known to the street under the telephone that he proved, with his consent to the notice of this
// version; or takes back one who had left, with nothing of what he left. It records "resident.joined" once.
func Join(ctx context.Context, tx tenants.Tx, phone, version, way string) (*Resident, error) {
	if version != NoticeVersion {
		return nil, errAgree()
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	now := clock.Now(ctx)
	phone = keys.NormalPhone(phone)
	begin := func(id uuid.UUID) *Resident {
		r := &Resident{Person: tx.Actor().Person, ID: id, Language: "zh", JoinedAt: now, ReadAt: now}
		r.Phone, r.PhoneBlind = box.Seal(r.at("phone"), phone), box.Blind("phone", phone)
		return r
	}
	joined := func(r *Resident) {
		tx.Record(tenants.Act{Kind: "resident.joined", Version: 1, Object: "resident", ObjectID: r.ID, HappenedAt: now})
	}
	// Somebody may sign in on two devices at once for the first time: one row is made, and the other finds it, because what
	// is sealed is bound to the row's own id.
	r := begin(tenants.NewID())
	res, err := tx.Insert(r).On("CONFLICT (tenant_id, person) DO NOTHING").Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("join: %w", err)
	}
	made, err := res.RowsAffected()
	if err != nil {
		return nil, err
	}
	if made > 0 {
		joined(r)
		return r, Agree(ctx, tx, r, ForService, way)
	}
	*r = Resident{}
	if err := tx.Select(r).Where("r.person = ?", tx.Actor().Person).For("UPDATE").Scan(ctx); err != nil {
		return nil, fmt.Errorf("resident to join: %w", err)
	}
	if !r.LeftAt.IsZero() {
		r = begin(r.ID)
		joined(r)
	}
	r.Phone, r.PhoneBlind = box.Seal(r.at("phone"), phone), box.Blind("phone", phone)
	if _, err := tx.Update(r).Column("phone", "phone_blind", "name", "elder", "contrast", "language", "joined_at", "read_at", "left_at").WherePK().Exec(ctx); err != nil {
		return nil, fmt.Errorf("join: %w", err)
	}
	return r, Agree(ctx, tx, r, ForService, way)
}

// Taste is how a resident likes the pages.
type Taste struct {
	Elder, Contrast bool
	Language        string
}

// Prefer remembers it for the next browser.
func Prefer(ctx context.Context, tx tenants.Tx, r *Resident, t Taste) error {
	if t.Language != "en" {
		t.Language = "zh"
	}
	if r.Elder == t.Elder && r.Contrast == t.Contrast && r.Language == t.Language {
		return nil
	}
	r.Elder, r.Contrast, r.Language = t.Elder, t.Contrast, t.Language
	if _, err := tx.Update(r).Column("elder", "contrast", "language").Where("r.person = ?", r.Person).Exec(ctx); err != nil {
		return fmt.Errorf("how a resident likes the pages: %w", err)
	}
	return nil
}

// longName bounds how somebody wants to be called, in characters.
const longName = 30

// Call says how the resident wants to be called.
func Call(ctx context.Context, tx tenants.Tx, r *Resident, name string) error {
	if len([]rune(name)) > longName {
		return fault.Field("name", "内容过长，请精简")
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return err
	}
	r.Name = box.Seal(r.at("name"), name)
	if _, err := tx.Update(r).Column("name").Where("r.person = ?", r.Person).Exec(ctx); err != nil {
		return fmt.Errorf("name of a resident: %w", err)
	}
	return nil
}

// Contact is how a resident is called and reached.
type Contact struct{ Name, Phone string }

// Contacts opens the contacts of residents by their numbers, for whoever has the right and writes the look down. Who has left
// the street is not among them.
func Contacts(ctx context.Context, tx tenants.Tx, persons []int64) (map[int64]Contact, error) {
	out := map[int64]Contact{}
	if len(persons) == 0 {
		return out, nil
	}
	var list []*Resident
	if err := tx.Select(&list).Where("r.person IN (?)", bun.List(persons)).Where("r.left_at IS NULL").Scan(ctx); err != nil {
		return nil, fmt.Errorf("contacts of residents: %w", err)
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		var c Contact
		if c.Name, c.Phone, err = r.Open(box); err != nil {
			return nil, err
		}
		out[r.Person] = c
	}
	return out, nil
}
