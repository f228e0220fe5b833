package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

var errNoRows = sql.ErrNoRows

// memberRow is a person whom the tenant knows as its staff. Name and phone are sealed, bound to id.
type memberRow struct {
	bun.BaseModel `bun:"table:members,alias:m"`

	TenantID   int32     `bun:"tenant_id,pk"`
	Person     int64     `bun:"person,pk"`
	ID         uuid.UUID `bun:"type:uuid"`
	Name       []byte
	Phone      []byte
	LeftAt     time.Time `bun:",nullzero"`
	DisabledAt time.Time `bun:",nullzero"`
}

// Member is somebody who works in the tenant, opened.
type Member struct {
	Person int64
	ID     uuid.UUID // under which acts about them are kept
	Name   string
	Phone  string
	LeftAt time.Time // zero while they work here
	Off    time.Time // since when their account is switched off; zero while it is not
	Grants []Held    // living ones
}

// AddMember makes a person one of the tenant's staff, or changes the name and phone of one who is,
// or takes back one who had left; it records "member.joined" or "member.changed", and nothing when
// nothing changed. Faults: Forbidden without PeopleWrite, Invalid without a name.
func AddMember(ctx context.Context, tx tenants.Tx, person int64, name, phone string) error {
	if err := Require(tx.Actor(), PeopleWrite, ""); err != nil {
		return err
	}
	return join(ctx, tx, person, name, phone)
}

// join makes a person one of the staff, whoever asks.
func join(ctx context.Context, tx tenants.Tx, person int64, name, phone string) error {
	name, phone = strings.TrimSpace(name), keys.NormalPhone(phone)
	if name == "" || utf8.RuneCountInString(name) > 64 {
		return fault.Field("name", "请填写姓名，不超过64个字")
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return err
	}
	row := &memberRow{Person: person, ID: tenants.NewID()}
	err = tx.Select(row).Where("m.person = ?", person).For("UPDATE").Scan(ctx)
	isNew := errors.Is(err, errNoRows)
	if err != nil && !isNew {
		return fmt.Errorf("member: %w", err)
	}
	kind := "member.joined"
	if !isNew {
		old, err := row.open(box)
		if err != nil {
			return err
		}
		if old.Name == name && old.Phone == phone && row.LeftAt.IsZero() {
			return nil
		}
		if row.LeftAt.IsZero() {
			kind = "member.changed"
		}
	}
	row.Name = box.Seal(keys.Addr{Table: "members", Column: "name", ID: row.ID}, name)
	row.Phone = box.Seal(keys.Addr{Table: "members", Column: "phone", ID: row.ID}, phone)
	if isNew {
		_, err = tx.Insert(row).Exec(ctx)
	} else {
		_, err = tx.Update((*memberRow)(nil)).Set("name = ?, phone = ?, left_at = NULL", row.Name, row.Phone).Where("m.person = ?", person).Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("write member: %w", err)
	}
	tx.Record(tenants.Act{Kind: kind, Version: 1, Object: "member", ObjectID: row.ID, HappenedAt: clock.Now(ctx),
		After: tenants.Dims{"person": fmt.Sprint(person)}})
	return nil
}

// Leave takes a person out of the tenant's staff: all their grants end, their name stays for the
// record. It records "member.left". Faults: Forbidden without PeopleWrite, NotFound, Conflict for the last security
// administrator and for who is lent to the street.
func Leave(ctx context.Context, tx tenants.Tx, person int64) error {
	if err := Require(tx.Actor(), PeopleWrite, ""); err != nil {
		return err
	}
	if !tx.Actor().Trusted() && tx.Actor().Person == person {
		return fault.New(fault.Forbidden, "不能将自己移出，请由另一位安全管理员办理")
	}
	row := new(memberRow)
	err := tx.Select(row).Where("m.person = ?", person).For("UPDATE").Scan(ctx)
	if errors.Is(err, errNoRows) {
		return errNoMember()
	}
	if err != nil {
		return fmt.Errorf("member: %w", err)
	}
	if !row.LeftAt.IsZero() {
		return nil
	}
	if err := keepsSecurity(ctx, tx, person); err != nil {
		return err
	}
	living, err := Grants(ctx, tx, person)
	if err != nil {
		return err
	}
	for _, g := range living {
		if g.Role == Support {
			return errLent()
		}
		if err := end(ctx, tx, g.ID); err != nil {
			return err
		}
	}
	return leave(ctx, tx, row)
}

// leave takes somebody who holds nothing any more out of the staff.
func leave(ctx context.Context, tx tenants.Tx, row *memberRow) error {
	now := clock.Now(ctx)
	if _, err := tx.Update((*memberRow)(nil)).Set("left_at = ?", now).Where("m.person = ?", row.Person).Exec(ctx); err != nil {
		return fmt.Errorf("member leaves: %w", err)
	}
	tx.Record(tenants.Act{Kind: "member.left", Version: 1, Object: "member", ObjectID: row.ID, HappenedAt: now,
		Before: tenants.Dims{"person": fmt.Sprint(row.Person)}})
	return nil
}

// Members lists the tenant's staff with their living grants, those who left not. Fault: Forbidden
// without PeopleRead.
func Members(ctx context.Context, tx tenants.Tx) ([]Member, error) {
	if err := Require(tx.Actor(), PeopleRead, ""); err != nil {
		return nil, err
	}
	var rows []memberRow
	if err := tx.Select(&rows).Where("m.left_at IS NULL").Order("m.person").Scan(ctx); err != nil {
		return nil, fmt.Errorf("members: %w", err)
	}
	out, err := opened(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	living, err := Grants(ctx, tx, 0)
	if err != nil {
		return nil, err
	}
	at := make(map[int64]*Member, len(out))
	for i := range out {
		at[out[i].Person] = &out[i]
	}
	for _, g := range living {
		if m := at[g.Person]; m != nil {
			m.Grants = append(m.Grants, g)
		}
	}
	return out, nil
}

// MemberOf is one of the tenant's staff, with their living grants. Faults: Forbidden without PeopleRead,
// NotFound.
func MemberOf(ctx context.Context, tx tenants.Tx, person int64) (Member, error) {
	if err := Require(tx.Actor(), PeopleRead, ""); err != nil {
		return Member{}, err
	}
	var rows []memberRow
	if err := tx.Select(&rows).Where("m.person = ? AND m.left_at IS NULL", person).Scan(ctx); err != nil {
		return Member{}, fmt.Errorf("member: %w", err)
	}
	if len(rows) == 0 {
		return Member{}, errNoMember()
	}
	found, err := opened(ctx, tx, rows)
	if err != nil {
		return Member{}, err
	}
	found[0].Grants, err = Grants(ctx, tx, person)
	return found[0], err
}

// Everybody lists all whom the tenant ever knew as its staff, those who left too, without grants. Fault:
// Forbidden without PeopleRead.
func Everybody(ctx context.Context, tx tenants.Tx) ([]Member, error) {
	if err := Require(tx.Actor(), PeopleRead, ""); err != nil {
		return nil, err
	}
	var rows []memberRow
	if err := tx.Select(&rows).Order("m.person").Scan(ctx); err != nil {
		return nil, fmt.Errorf("members: %w", err)
	}
	return opened(ctx, tx, rows)
}

// Called are names of persons, by their numbers.
type Called map[int64]string

// Of is what a page calls somebody: the name; 系统 for the product itself; by number whom the tenant does not know.
func (c Called) Of(ctx context.Context, person int64) string {
	if person == tenants.System {
		return ui.T(ctx, "系统")
	}
	if name := c[person]; name != "" {
		return name
	}
	return ui.T(ctx, "工号 %d", person)
}

// Naming answers the names of persons that a page may show: [Names] to the tenant's own people.
type Naming func(ctx context.Context, tx tenants.Tx, persons ...int64) (Called, error)

// Unnamed is the Naming of a page that is read outside of the tenant: everybody is a number.
func Unnamed(context.Context, tenants.Tx, ...int64) (Called, error) { return Called{}, nil }

// Names answers the names of persons as the tenant knows them, also of those who left, for timelines
// and lists. Unknown persons are missing from the map; the product itself (0) is 系统.
func Names(ctx context.Context, tx tenants.Tx, persons ...int64) (Called, error) {
	names := Called{tenants.System: "系统"}
	if Supports(tx.Actor()) {
		persons = []int64{tx.Actor().Person} // who is let in reads numbers, and no names of the street's people
	}
	if len(persons) == 0 {
		return names, nil
	}
	var rows []memberRow
	if err := tx.Select(&rows).Where("m.person IN (?)", bun.List(persons)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("names: %w", err)
	}
	all, err := opened(ctx, tx, rows)
	for _, m := range all {
		names[m.Person] = m.Name
	}
	return names, err
}

func opened(ctx context.Context, tx tenants.Tx, rows []memberRow) ([]Member, error) {
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Member, len(rows))
	for i := range rows {
		if out[i], err = rows[i].open(box); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *memberRow) open(box *keys.Box) (Member, error) {
	name, err1 := box.Open(keys.Addr{Table: "members", Column: "name", ID: r.ID}, r.Name)
	phone, err2 := box.Open(keys.Addr{Table: "members", Column: "phone", ID: r.ID}, r.Phone)
	return Member{Person: r.Person, ID: r.ID, Name: name, Phone: phone, LeftAt: r.LeftAt, Off: r.DisabledAt}, errors.Join(err1, err2)
}
