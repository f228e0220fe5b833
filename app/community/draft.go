package community

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/files"
	"wanjie/app/files/pictures"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Longest texts, in characters; the largest event, in people; and how far ahead a post may be valid.
const (
	longTitle    = 60
	longBody     = 10_000
	longLine     = 100
	mostPeople   = 2_000
	longestValid = 2 * 366 * 24 * time.Hour
)

// Words are what a post is to say.
type Words struct {
	Form        Form
	Topic       Topic
	Community   string
	Title, Body string
	ValidUntil  clock.Date // its last day; of an event its end says it
	Photo       *pictures.Upload
	DropPhoto   bool
	Audience    string // of an event, as all that follows
	Contact     string
	Arrangement
}

// Arrangement is when and where an event is, and for how many.
type Arrangement struct {
	Begins, Ends, SignupUntil time.Time
	Venue                     string
	Capacity                  int
}

func (a *Arrangement) check(f *fault.Problems, now time.Time) {
	if !a.Begins.After(now) {
		f.Add("begins", ui.Key("请填写将来的时间"))
	}
	if !a.Ends.After(a.Begins) || a.Ends.Sub(a.Begins) > 31*24*time.Hour {
		f.Add("ends", ui.Key("请填写开始之后一个月内的时间"))
	}
	if a.SignupUntil.After(a.Begins) {
		f.Add("signup_until", ui.Key("报名截止不能晚于活动开始"))
	}
	if a.Capacity < 0 || a.Capacity > mostPeople {
		f.Add("capacity", ui.Key("请填写 0 至 2000 的人数"))
	}
	f.Need("venue", a.Venue, longLine)
}

func (w *Words) check(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config) error {
	var f fault.Problems
	now := clock.Now(ctx)
	if !slices.Contains(Forms, w.Form) {
		f.Add("form", ui.Key("请选择形式"))
	}
	if !slices.Contains(Topics, w.Topic) {
		f.Add("topic", ui.Key("请选择栏目"))
	}
	if w.Community != "" && !slices.ContainsFunc(communities(cfg, tx), func(u blueprint.Unit) bool { return u.Key == w.Community }) {
		f.Add("community", ui.Key("请选择社区"))
	}
	f.Need("title", w.Title, longTitle)
	f.Need("body", w.Body, longBody)
	if w.Form == Event {
		w.Arrangement.check(&f, now)
		f.Need("audience", w.Audience, longLine)
		f.Need("contact", w.Contact, longLine)
		return f.Fault()
	}
	w.Arrangement, w.Audience, w.Contact = Arrangement{}, "", ""
	if end := w.ValidUntil.Add(1).Start(); w.ValidUntil == "" || !end.After(now) || end.After(now.Add(longestValid)) {
		f.Add("valid_until", ui.Key("请填写今天以后两年内的日期"))
	}
	return f.Fault()
}

// communities are those of the street that still are.
func communities(cfg *blueprint.Config, tx tenants.Tx) (out []blueprint.Unit) {
	for _, u := range cfg.UnitsWithin(tx.Tenant().Codes...) {
		if u.Kind == blueprint.Community && !u.Retired {
			out = append(out, u)
		}
	}
	return out
}

// Draft writes a post that nobody is shown yet: a new one where id is nil, else the actor's own that waits for its review no
// more. What was withdrawn may be drafted anew, unless it was an event: people had signed up for it.
func Draft(ctx context.Context, tx tenants.Tx, id uuid.UUID, w Words) (*Post, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return nil, err
	}
	now := clock.Now(ctx)
	p, act := &Post{ID: tenants.NewID(), DraftedBy: tx.Actor().Person, DraftedAt: now}, "drafted"
	before := tenants.Dims(nil)
	if id != uuid.Nil {
		if p, err = read(ctx, tx, id, true); err != nil {
			return nil, err
		}
		if !mayChange(tx.Actor(), p) {
			return nil, errMoved()
		}
		act, before, w.Form = "changed", p.dims(), p.Form
	}
	if !mayWrite(tx.Actor(), w.Community) {
		return nil, errForbidden()
	}
	if err := w.check(ctx, tx, cfg); err != nil {
		return nil, err
	}
	p.Form, p.Topic, p.Community, p.Title, p.Body, p.Audience, p.Contact, p.State = w.Form, w.Topic, w.Community, w.Title, w.Body, w.Audience, w.Contact, Drafted
	p.WithdrawnBy, p.WithdrawnAt, p.Reason = 0, time.Time{}, nil
	p.arrange(w.Arrangement)
	if p.Form != Event {
		p.ValidUntil = w.ValidUntil.Add(1).Start()
	}
	gone, err := p.picture(ctx, tx, w)
	if err != nil {
		return nil, err
	}
	if id == uuid.Nil {
		_, err = tx.Insert(p).Exec(ctx)
	} else {
		_, err = tx.Update(p).Where("p.id = ?", p.ID).Exec(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("write post %s: %w", p.ID, err)
	}
	if len(gone) > 0 {
		if err := files.Remove(ctx, tx, gone...); err != nil {
			return nil, err
		}
	}
	tx.Record(tenants.Act{Kind: "post." + act, Version: 1, Object: "post", ObjectID: p.ID, HappenedAt: now, Before: before, After: p.dims()})
	return p, nil
}

// mayChange: only who drafted it, because whoever reviews it must have written nothing of it.
func mayChange(actor tenants.Actor, p *Post) bool {
	return p.DraftedBy == actor.Person && (p.State == Drafted || p.State == Withdrawn && p.Form != Event)
}

func (p *Post) arrange(a Arrangement) {
	p.BeginsAt, p.EndsAt, p.SignupUntil, p.Venue, p.Capacity = a.Begins, a.Ends, a.SignupUntil, a.Venue, a.Capacity
	if p.Form == Event {
		p.ValidUntil = a.Ends
	}
}

// picture puts another picture on the post, or none, and answers the files that are its no more.
func (p *Post) picture(ctx context.Context, tx tenants.Tx, w Words) (gone []uuid.UUID, err error) {
	if w.Photo == nil && !w.DropPhoto {
		return nil, nil
	}
	if p.Large != uuid.Nil {
		gone = []uuid.UUID{p.Large, p.Small}
	}
	p.Large, p.Small, p.Width, p.Height = uuid.Nil, uuid.Nil, 0, 0
	if w.Photo != nil {
		if err := w.Photo.Keep(ctx, tx); err != nil {
			return nil, err
		}
		p.Large, p.Small, p.Width, p.Height = w.Photo.Large.ID, w.Photo.Small.ID, w.Photo.Width, w.Photo.Height
	}
	return gone, nil
}
