package community

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/tenants"
)

// read is a post of this tenant; locked it is held until the transaction ends.
func read(ctx context.Context, tx tenants.Tx, id uuid.UUID, lock bool) (*Post, error) {
	p := new(Post)
	q := tx.Select(p).Where("p.id = ?", id)
	if lock {
		q = q.For("NO KEY UPDATE")
	}
	err := q.Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNone()
	}
	if err != nil {
		return nil, fmt.Errorf("post %s: %w", id, err)
	}
	return p, nil
}

// Find is a post for the staff: of where the actor drafts or reviews.
func Find(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Post, error) {
	p, err := read(ctx, tx, id, false)
	if err == nil && !mayWithdraw(tx.Actor(), p) {
		return nil, errNone()
	}
	return p, err
}

// Desk lists the posts in a state where the actor drafts or reviews, what changed last first; so many after the first skip.
func Desk(ctx context.Context, tx tenants.Tx, s State, most, skip int) (list []*Post, err error) {
	if err := auth.RequireSomewhere(tx.Actor(), auth.CommunityRead); err != nil {
		return nil, err
	}
	q := tx.Select(&list).ExcludeColumn("body").Where("p.state = ?", s)
	if all, codes := reach(tx.Actor(), auth.CommunityWrite, auth.CommunityReview); !all {
		q = q.Where("p.community IN (?)", bun.List(append(codes, "nowhere")))
	}
	if err := q.OrderExpr("greatest(p.withdrawn_at, p.reviewed_at, p.submitted_at, p.drafted_at) DESC, p.id DESC").Limit(int64(most)).Offset(int64(skip)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("posts: %w", err)
	}
	return list, nil
}

// Waiting counts what waits for the actor's review.
func Waiting(ctx context.Context, tx tenants.Tx) (n int, err error) {
	if !auth.CanSomewhere(tx.Actor(), auth.CommunityReview) {
		return 0, nil
	}
	q := tx.Select((*Post)(nil)).Where("p.state = ?", InReview).Where("p.drafted_by <> ?", tx.Actor().Person)
	if all, codes := reach(tx.Actor(), auth.CommunityReview); !all {
		q = q.Where("p.community IN (?)", bun.List(append(codes, "nowhere")))
	}
	count, err := q.Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count what waits for review: %w", err)
	}
	return int(count), nil
}

// Sought is what somebody looks for among what is published.
type Sought struct {
	Words     string
	Topic     Topic
	Community string // what it and the whole street tell; empty: all
	Events    bool   // those to come, the next first; else news and notices, the newest first
	Past      bool   // what has expired, the latest first
}

// Search finds what is published; so many after the first skip.
func Search(ctx context.Context, tx tenants.Tx, s Sought, most, skip int) (list []*Post, err error) {
	now := clock.Now(ctx)
	q := tx.Select(&list).ExcludeColumn("body").Where("(p.form = 'event') = ?", s.Events)
	if s.Past {
		q = q.Where("p.state IN ('published', 'archived')").Where("p.valid_until <= ?", now).Order("p.valid_until DESC", "p.id DESC")
	} else {
		q = q.Where("p.state = 'published'").Where("p.valid_until > ?", now)
		if s.Events {
			q = q.Order("p.begins_at", "p.id")
		} else {
			q = q.Order("p.reviewed_at DESC", "p.id DESC")
		}
	}
	if s.Topic != "" {
		q = q.Where("p.topic = ?", s.Topic)
	}
	if s.Community != "" {
		q = q.Where("p.community IN (?, '')", s.Community)
	}
	if s.Words != "" {
		q = q.Where("strpos(lower(p.title || ' ' || p.body || ' ' || p.venue), lower(?)) > 0", s.Words)
	}
	if err := q.Limit(int64(most)).Offset(int64(skip)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("published posts: %w", err)
	}
	return list, nil
}

// Read is a post for residents.
func Read(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Post, error) {
	p, err := read(ctx, tx, id, false)
	if err == nil && !p.Told() {
		return nil, errNone()
	}
	return p, err
}

// past says that an event has begun.
func (p *Post) past(now time.Time) bool { return !p.BeginsAt.After(now) }
