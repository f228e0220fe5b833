package community

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/geo"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// PlaceKind is what a public place is for.
type PlaceKind string

// PlaceKinds lists them, in the order of the page.
var PlaceKinds = []PlaceKind{"service", "activity", "meal", "health", "sport", "shelter", "toilet", "other"}

// Title is the kind's name on screens, a catalogue key.
func (k PlaceKind) Title() string { return placeTitles[k] }

var placeTitles = map[PlaceKind]string{
	"service": ui.Key("便民服务点"), "activity": ui.Key("活动室"), "meal": ui.Key("助餐点"), "health": ui.Key("卫生服务站"), "sport": ui.Key("健身场地"), "shelter": ui.Key("避难场所"),
	"toilet": ui.Key("公共厕所"), "other": ui.Key("其他场所"),
}

// Place is a public place of the street.
type Place struct {
	bun.BaseModel `bun:"table:community_places,alias:l"`

	ID            uuid.UUID `bun:",pk,type:uuid"`
	Kind          PlaceKind
	Community     string // 12-digit code; empty: the street's
	Name, Address string
	Hours, Phone  string
	StepFree      bool     // a wheelchair gets in
	Lon, Lat      *float64 // CGCS2000; nil where nobody has said
	ChangedBy     int64
	ChangedAt     time.Time
	RetiredAt     time.Time `bun:",nullzero"`
}

func (l *Place) check(ctx context.Context, tx tenants.Tx) error {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return err
	}
	var f fault.Problems
	if !slices.Contains(PlaceKinds, l.Kind) {
		f.Add("kind", ui.Key("请选择类型"))
	}
	if l.Community != "" && !slices.ContainsFunc(communities(cfg, tx), func(u blueprint.Unit) bool { return u.Key == l.Community }) {
		f.Add("community", ui.Key("请选择社区"))
	}
	f.Need("name", l.Name, longTitle)
	f.Need("address", l.Address, longLine)
	f.Fit("hours", l.Hours, longLine)
	f.Fit("phone", l.Phone, 30)
	if (l.Lon == nil) != (l.Lat == nil) || l.Lon != nil && !geo.Within(*l.Lon, *l.Lat) {
		f.Add("lon", ui.Key("请填写中国境内的经纬度，或都不填"))
	}
	return f.Fault()
}

// SavePlace writes a place: a new one where its id is nil.
func SavePlace(ctx context.Context, tx tenants.Tx, in Place) (*Place, error) {
	fresh := in.ID == uuid.Nil
	if fresh {
		in.ID = tenants.NewID()
	} else {
		was, err := readPlace(ctx, tx, in.ID, true)
		if err != nil {
			return nil, err
		}
		if !mayWrite(tx.Actor(), was.Community) {
			return nil, errNone()
		}
		in.RetiredAt = was.RetiredAt
	}
	if !mayWrite(tx.Actor(), in.Community) {
		return nil, errForbidden()
	}
	if err := in.check(ctx, tx); err != nil {
		return nil, err
	}
	return &in, in.write(ctx, tx, fresh, "place.saved")
}

// RetirePlace takes a place off the list, or puts it back.
func RetirePlace(ctx context.Context, tx tenants.Tx, id uuid.UUID, retired bool) (*Place, error) {
	l, err := readPlace(ctx, tx, id, true)
	if err != nil {
		return nil, err
	}
	if !mayWrite(tx.Actor(), l.Community) {
		return nil, errNone()
	}
	if retired == !l.RetiredAt.IsZero() {
		return l, nil
	}
	act := "place.restored"
	l.RetiredAt = time.Time{}
	if retired {
		act, l.RetiredAt = "place.retired", clock.Now(ctx)
	}
	return l, l.write(ctx, tx, false, act)
}

func (l *Place) write(ctx context.Context, tx tenants.Tx, fresh bool, act string) (err error) {
	l.ChangedBy, l.ChangedAt = tx.Actor().Person, clock.Now(ctx)
	if fresh {
		_, err = tx.Insert(l).Exec(ctx)
	} else {
		_, err = tx.Update(l).Where("l.id = ?", l.ID).Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("write place %s: %w", l.ID, err)
	}
	d := tenants.Dims{"place_kind": string(l.Kind)}
	if l.Community != "" {
		d["community"] = l.Community
	}
	tx.Record(tenants.Act{Kind: act, Version: 1, Object: "place", ObjectID: l.ID, HappenedAt: l.ChangedAt, After: d})
	return nil
}

func readPlace(ctx context.Context, tx tenants.Tx, id uuid.UUID, lock bool) (*Place, error) {
	l := new(Place)
	q := tx.Select(l).Where("l.id = ?", id)
	if lock {
		q = q.For("NO KEY UPDATE")
	}
	err := q.Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNone()
	}
	if err != nil {
		return nil, fmt.Errorf("place %s: %w", id, err)
	}
	return l, nil
}

// mostPlaces is how many the list shows.
const mostPlaces = 500

// Places lists places by kind and name: those that fit words and kind, with the retired ones too for the staff.
func Places(ctx context.Context, tx tenants.Tx, words string, kind PlaceKind, retired bool) (list []*Place, err error) {
	q := tx.Select(&list).Order("l.kind", "l.name", "l.id").Limit(mostPlaces)
	if !retired {
		q = q.Where("l.retired_at IS NULL")
	}
	if kind != "" {
		q = q.Where("l.kind = ?", kind)
	}
	if words != "" {
		q = q.Where("strpos(lower(l.name || ' ' || l.address), lower(?)) > 0", words)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("places: %w", err)
	}
	return list, nil
}
