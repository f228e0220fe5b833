package patrol

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/peterstace/simplefeatures/geom"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/geo"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// Check is what a worker found at one point of a round. Words open with [Check.Read]. Where the worker was is not kept, only how
// far from the point: that tells the street whether somebody stood there, and nobody where they were.
type Check struct {
	bun.BaseModel `bun:"table:patrol_checks,alias:k"`

	ID      uuid.UUID `bun:",pk,type:uuid"`
	RoundID uuid.UUID `bun:"type:uuid"`
	Point   int16     // from 1
	Found   bool
	Person  int64
	SeenAt  time.Time // as the phone says
	ToldAt  time.Time
	Words   []byte // sealed
	Away    *int32 // metres between the point and the phone; nil: it did not know
}

// longWords bounds what is told of a point and of a round, in characters: as long as the phone's one form for both lets it be.
const longWords = 4000

// mostPoints is how many points of a route are checked one by one.
const mostPoints = 50

// Points are the places of a route that are checked one by one, in its order: its points, and of each line both ends.
func Points(route geom.Geometry) (out []geom.XY) {
	add := func(p geom.XY, ok bool) {
		if ok && len(out) < mostPoints && (len(out) == 0 || out[len(out)-1] != p) {
			out = append(out, p)
		}
	}
	for _, part := range route.Dump() {
		switch {
		case part.IsPoint():
			add(part.MustAsPoint().XY())
		case part.IsLineString():
			line := part.MustAsLineString()
			add(line.StartPoint().XY())
			add(line.EndPoint().XY())
		}
	}
	return out
}

// Finding is what a worker tells of a point.
type Finding struct {
	ID    uuid.UUID // made by his phone, UUIDv7; zero: made here
	Point int       // from 1
	Found bool      // something amiss
	Words string    // what; may be empty where nothing was
	Spot  *geom.XY  // where the phone was, CGCS2000; nil: it did not know
}

// CheckPoint notes what was found at a point and records "patrol.checked", as of when the phone says; the same finding again
// changes nothing. Faults: NotFound, Forbidden without PatrolsDo in the grid, Conflict where the round was handed in or was
// over by then, Invalid.
func CheckPoint(ctx context.Context, tx tenants.Tx, round uuid.UUID, in Finding) (*Round, error) {
	r, err := walked(ctx, tx, round)
	if err != nil {
		return nil, err
	}
	known, err := tx.Select((*Check)(nil)).Where("k.id = ?", in.ID).Where("k.round_id = ?", round).Where("k.person = ?", tx.Actor().Person).Exists(ctx)
	if err != nil || known {
		return r, err
	}
	if err := r.stillOpen(ctx); err != nil {
		return nil, err
	}
	p, err := Find(ctx, tx, r.PatrolID)
	if err != nil {
		return nil, err
	}
	route, err := p.Lies()
	if err != nil {
		return nil, err
	}
	f := &fault.Error{Kind: fault.Invalid, Say: "请检查标红的内容"}
	if in.Point < 1 || in.Point > len(Points(route)) {
		f.And("point", "请选择点位")
	}
	if in.Found && in.Words == "" {
		f.And("words", "请填写此项")
	}
	if !fit(in.Words, longWords) {
		f.And("words", "内容过长，请精简")
	}
	if len(f.Fields) > 0 {
		return nil, f
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	if in.ID == uuid.Nil {
		in.ID = tenants.NewID()
	}
	k := &Check{ID: in.ID, RoundID: round, Point: int16(in.Point), Found: in.Found, Person: tx.Actor().Person, SeenAt: r.when(ctx), ToldAt: clock.Now(ctx)}
	k.Words = box.Seal(k.at("words"), in.Words)
	if in.Spot != nil {
		away := int32(math.Round(geo.Metres(Points(route)[in.Point-1], *in.Spot)))
		k.Away = &away
	}
	if _, err := tx.Insert(k).Exec(ctx); err != nil {
		return nil, fmt.Errorf("check a point: %w", err)
	}
	stands, told := r.dims(), r.dims()
	if told["point"] = strconv.Itoa(in.Point); in.Found {
		told["found"] = "1"
	}
	tx.Record(tenants.Act{Kind: "patrol.checked", Version: 1, Object: "round", ObjectID: r.ID, HappenedAt: k.SeenAt, Before: stands, After: told})
	return r, nil
}

// walked locks a round that the actor may walk.
func walked(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Round, error) {
	r, err := roundOf(ctx, tx, id, " FOR NO KEY UPDATE OF r")
	if err == nil && !r.MayDo(tx.Actor()) {
		err = fault.New(fault.Forbidden, "您没有进行此操作的权限")
	}
	return r, err
}

// when is when the actor walked, as his phone says: not before the round was due.
func (r *Round) when(ctx context.Context) time.Time {
	if at := clock.Claimed(ctx); !at.Before(r.DueOn.Start()) {
		return at
	}
	return clock.Now(ctx)
}

// stillOpen is Conflict where a round cannot be walked any more. One that counts as missed can where it was walked in time and
// only the network was late.
func (r *Round) stillOpen(ctx context.Context) error {
	switch {
	case r.State == Open:
	case r.State == Missed && clock.DateOf(r.when(ctx)) <= r.UntilOn:
	case r.State == Missed:
		return fault.New(fault.Conflict, "本次巡查已过期限，没有按期完成")
	default:
		return fault.New(fault.Conflict, "本次巡查已办结")
	}
	return nil
}

func (k *Check) at(column string) keys.Addr {
	return keys.Addr{Table: "patrol_checks", Column: column, ID: k.ID}
}

// Read opens what was told.
func (k *Check) Read(box *keys.Box) (words string, err error) {
	if words, err = box.Open(k.at("words"), k.Words); err != nil {
		return "", fmt.Errorf("point %d: %w", k.Point, err)
	}
	return words, nil
}

// ChecksOf lists what was found in rounds, in the order in which they were walked.
func ChecksOf(ctx context.Context, tx tenants.Tx, rounds ...uuid.UUID) (out []Check, err error) {
	if len(rounds) == 0 {
		return nil, nil
	}
	if err := tx.Select(&out).Where("k.round_id IN (?)", bun.List(rounds)).Order("k.seen_at", "k.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("checked points: %w", err)
	}
	return out, nil
}
