package community

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
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Standing is how a sign-up stands.
type Standing string

// The standings.
const (
	In        Standing = "in"        // has a place
	InLine    Standing = "waiting"   // waits for one
	Cancelled Standing = "cancelled" // by the resident
	Off       Standing = "off"       // the event was called off
)

// Title is the standing's name on screens, a catalogue key.
func (s Standing) Title() string { return standingTitles[s] }

var standingTitles = map[Standing]string{In: ui.Key("已报名"), InLine: ui.Key("候补中"), Cancelled: ui.Key("已取消报名"), Off: ui.Key("活动已取消")}

// Living says that he means to come.
func (s Standing) Living() bool { return s == In || s == InLine }

// mostAlong is how many somebody may bring along.
const mostAlong = 5

// Signup is a resident's word that he comes to an event. Times are zero when not.
type Signup struct {
	bun.BaseModel `bun:"table:community_signups,alias:s"`

	ID      uuid.UUID `bun:",pk,type:uuid"`
	PostID  uuid.UUID `bun:"type:uuid"`
	Person  int64     `bun:",nullzero"` // 0: has left the street
	State   Standing
	Heads   int // he and whom he brings along
	MadeAt  time.Time
	EndedAt time.Time `bun:",nullzero"`
	CameAt  time.Time `bun:",nullzero"`
	CameBy  int64     `bun:",nullzero"`
}

func (s *Signup) note(ctx context.Context, tx tenants.Tx, act string) {
	tx.Record(tenants.Act{Kind: act, Version: 1, Object: "signup", ObjectID: s.ID, HappenedAt: clock.Now(ctx), After: tenants.Dims{"signup": string(s.State), "heads": fmt.Sprint(s.Heads)}})
}

// SignUp signs the actor up, with so many along. Whoever has signed up already stays as he is. The event's row is the lock:
// the last place is given once. Who finds no room waits.
func SignUp(ctx context.Context, tx tenants.Tx, event uuid.UUID, along int) (*Signup, error) {
	p, err := read(ctx, tx, event, true)
	if err != nil {
		return nil, err
	}
	if !p.Told() || p.Form != Event {
		return nil, errNone()
	}
	if along < 0 || along > mostAlong {
		return nil, fault.Field("along", ui.Key("最多可带 5 人"))
	}
	s := new(Signup)
	switch err := tx.Select(s).Where("s.post_id = ?", event).Where("s.person = ?", tx.Actor().Person).Where("s.state IN ('in', 'waiting')").Scan(ctx); {
	case err == nil && s.Heads != 1+along:
		return nil, fault.New(fault.Conflict, "您已经报过名，要改人数请先取消再报")
	case err == nil:
		return s, nil
	case !errors.Is(err, sql.ErrNoRows):
		return nil, fmt.Errorf("sign-up for %s: %w", event, err)
	}
	now := clock.Now(ctx)
	if !p.Takes(now) {
		return nil, fault.New(fault.Conflict, "报名已经截止")
	}
	s = &Signup{ID: tenants.NewID(), PostID: event, Person: tx.Actor().Person, State: InLine, Heads: 1 + along, MadeAt: now}
	left, err := p.left(ctx, tx)
	if err != nil {
		return nil, err
	}
	if p.Capacity > 0 && s.Heads > p.Capacity {
		return nil, fault.Field("along", "人数超过了活动名额")
	}
	if left >= s.Heads {
		s.State = In
	}
	if _, err := tx.Insert(s).Exec(ctx); err != nil {
		return nil, fmt.Errorf("sign up for %s: %w", event, err)
	}
	s.note(ctx, tx, "signup.made")
	return s, nil
}

// heads counts the people who have a place, by event.
func heads(ctx context.Context, tx tenants.Tx, events ...uuid.UUID) (map[uuid.UUID]int, error) {
	out := map[uuid.UUID]int{}
	if len(events) == 0 {
		return out, nil
	}
	var rows []struct {
		PostID uuid.UUID
		Heads  int
	}
	if err := tx.Raw("SELECT post_id, sum(heads) AS heads FROM community_signups WHERE tenant_id = ? AND post_id IN (?) AND state = 'in' GROUP BY 1", int32(tx.ID()), bun.List(events)).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("people at events: %w", err)
	}
	for _, r := range rows {
		out[r.PostID] = r.Heads
	}
	return out, nil
}

// room is how many more there is room for, by event.
func room(ctx context.Context, tx tenants.Tx, events ...*Post) (map[uuid.UUID]int, error) {
	left, bounded := map[uuid.UUID]int{}, []uuid.UUID{}
	for _, p := range events {
		if left[p.ID] = mostPeople; p.Form == Event && p.Capacity > 0 {
			bounded = append(bounded, p.ID)
		}
	}
	taken, err := heads(ctx, tx, bounded...)
	for _, p := range events {
		if p.Capacity > 0 {
			left[p.ID] = max(p.Capacity-taken[p.ID], 0)
		}
	}
	return left, err
}

// left is how many there is room for yet.
func (p *Post) left(ctx context.Context, tx tenants.Tx) (int, error) {
	left, err := room(ctx, tx, p)
	return left[p.ID], err
}

// Cancel takes back the actor's sign-up, until the event begins. Who waits moves up.
func Cancel(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	s, err := Own(ctx, tx, id)
	if err != nil {
		return err
	}
	p, err := read(ctx, tx, s.PostID, true)
	if err != nil {
		return err
	}
	if p.past(clock.Now(ctx)) {
		return fault.New(fault.Conflict, "活动已经开始，不能取消报名")
	}
	if s, err = Own(ctx, tx, id); err != nil { // as it is now that the event is ours
		return err
	}
	if !s.State.Living() {
		return nil
	}
	if err := s.end(ctx, tx, Cancelled, "signup.cancelled"); err != nil {
		return err
	}
	return moveUp(ctx, tx, p)
}

func (s *Signup) end(ctx context.Context, tx tenants.Tx, to Standing, act string) error {
	s.State, s.EndedAt, s.CameAt, s.CameBy = to, clock.Now(ctx), time.Time{}, 0
	if err := s.write(ctx, tx); err != nil {
		return err
	}
	s.note(ctx, tx, act)
	return nil
}

func (s *Signup) write(ctx context.Context, tx tenants.Tx) error {
	if _, err := tx.Update(s).Where("s.id = ?", s.ID).Exec(ctx); err != nil {
		return fmt.Errorf("write sign-up %s: %w", s.ID, err)
	}
	return nil
}

// living are the sign-ups of an event that stand, the oldest first.
func living(ctx context.Context, tx tenants.Tx, event uuid.UUID) (list []*Signup, err error) {
	if err := tx.Select(&list).Where("s.post_id = ?", event).Where("s.state IN ('in', 'waiting')").Order("s.made_at", "s.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("sign-ups for %s: %w", event, err)
	}
	return list, nil
}

// moveUp gives places that came free to who waits, the longest first; one who brings more than there is room for is passed
// over and keeps waiting. The event's row is held.
func moveUp(ctx context.Context, tx tenants.Tx, p *Post) error {
	if p.State != Published || p.past(clock.Now(ctx)) {
		return nil
	}
	left, err := p.left(ctx, tx)
	if err != nil {
		return err
	}
	list, err := living(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	var up []uuid.UUID
	for _, s := range list {
		if s.State != InLine || s.Heads > left {
			continue
		}
		if p.Capacity > 0 {
			left -= s.Heads
		}
		s.State = In
		up = append(up, s.ID)
		s.note(ctx, tx, "signup.moved_up")
	}
	if len(up) == 0 {
		return nil
	}
	if _, err := tx.Update((*Signup)(nil)).Set("state = ?", In).Where("s.id IN (?)", bun.List(up)).Exec(ctx); err != nil {
		return fmt.Errorf("give free places at %s: %w", p.ID, err)
	}
	return nil
}

// callOff ends all sign-ups of an event.
func callOff(ctx context.Context, tx tenants.Tx, p *Post) error {
	list, err := living(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	if _, err := tx.Update((*Signup)(nil)).Set("state = ?, ended_at = ?, came_at = NULL, came_by = NULL", Off, clock.Now(ctx)).
		Where("s.post_id = ?", p.ID).Where("s.state IN ('in', 'waiting')").Exec(ctx); err != nil {
		return fmt.Errorf("call off %s: %w", p.ID, err)
	}
	for _, s := range list {
		s.State = Off
		s.note(ctx, tx, "signup.off")
	}
	return nil
}

// tell records an act at every sign-up that has a place, by which the residents are told.
func tell(ctx context.Context, tx tenants.Tx, p *Post, act string) error {
	list, err := living(ctx, tx, p.ID)
	for _, s := range list {
		if s.State == In || act == "signup.changed" {
			s.note(ctx, tx, act)
		}
	}
	return err
}

// Own reads a sign-up of the actor's.
func Own(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Signup, error) {
	s, err := one(ctx, tx, id)
	if err == nil && s.Person != tx.Actor().Person {
		return nil, errNone()
	}
	return s, err
}

func one(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Signup, error) {
	s := new(Signup)
	err := tx.Select(s).Where("s.id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNone()
	}
	if err != nil {
		return nil, fmt.Errorf("sign-up %s: %w", id, err)
	}
	return s, nil
}

// OwnFor is how the actor's sign-up for an event stands; nil where there is none that does.
func OwnFor(ctx context.Context, tx tenants.Tx, event uuid.UUID) (*Signup, error) {
	s := new(Signup)
	err := tx.Select(s).Where("s.post_id = ?", event).Where("s.person = ?", tx.Actor().Person).Where("s.state IN ('in', 'waiting')").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("own sign-up for %s: %w", event, err)
	}
	return s, nil
}

// Coming is a sign-up with its event.
type Coming struct {
	*Signup
	Event *Post
}

// Mine lists the actor's sign-ups, the newest first; 0: all.
func Mine(ctx context.Context, tx tenants.Tx, most int) ([]Coming, error) {
	var list []*Signup
	if err := tx.Select(&list).Where("s.person = ?", tx.Actor().Person).Order("s.made_at DESC", "s.id DESC").Limit(int64(most)).Scan(ctx); err != nil || len(list) == 0 {
		return nil, err
	}
	var ids []uuid.UUID
	for _, s := range list {
		ids = append(ids, s.PostID)
	}
	var posts []*Post
	if err := tx.Select(&posts).ExcludeColumn("body").Where("p.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("events signed up for: %w", err)
	}
	by := map[uuid.UUID]*Post{}
	for _, p := range posts {
		by[p.ID] = p
	}
	out := make([]Coming, len(list))
	for i, s := range list {
		out[i] = Coming{s, by[s.PostID]}
	}
	return out, nil
}

// Guests lists who comes to an event and who waits, for those who hold it.
func Guests(ctx context.Context, tx tenants.Tx, event uuid.UUID) (*Post, []*Signup, error) {
	p, err := Find(ctx, tx, event)
	if err != nil {
		return nil, nil, err
	}
	if p.Form != Event {
		return nil, nil, errNone()
	}
	list, err := living(ctx, tx, event)
	return p, list, err
}

// Tick notes that somebody came, or that this was a mistake. It is no duty, and nothing is reckoned from it.
func Tick(ctx context.Context, tx tenants.Tx, id uuid.UUID, came bool) (*Signup, error) {
	s, err := one(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	p, err := read(ctx, tx, s.PostID, true)
	if err != nil {
		return nil, err
	}
	if !mayWithdraw(tx.Actor(), p) {
		return nil, errNone()
	}
	if s, err = one(ctx, tx, id); err != nil { // as it is now that the event is ours
		return nil, err
	}
	switch {
	case s.State != In:
		return nil, errMoved()
	case came == !s.CameAt.IsZero():
		return s, nil
	case came:
		s.CameAt, s.CameBy = clock.Now(ctx), tx.Actor().Person
	default:
		s.CameAt, s.CameBy = time.Time{}, 0
	}
	act := "signup.came"
	if !came {
		act = "signup.not_come"
	}
	if err := s.write(ctx, tx); err != nil {
		return nil, err
	}
	s.note(ctx, tx, act)
	return s, nil
}
