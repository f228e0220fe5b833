package replies

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// most is how many lines a list shows: more than a desk answers in a day.
const most = 200

// Of are all that was ever worded about a case, the newest first.
func Of(ctx context.Context, tx tenants.Tx, id uuid.UUID) ([]Reply, error) {
	var list []Reply
	if err := tx.Select(&list).Where("p.case_id = ?", id).OrderExpr("p.drafted_at DESC, p.id DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("replies of case %s: %w", id, err)
	}
	return list, nil
}

// Line is a case that owes a reply, with where that stands.
type Line struct {
	cases.Line
	UpperNo    string
	UpperDue   time.Time
	Unreplied  bool
	State      State
	ReviewBy   time.Time
	Unreviewed bool
	DraftedBy  int64
}

// Owed lists the cases that the actor may see and whose reply is not approved yet, the nearest deadline first.
func Owed(ctx context.Context, tx tenants.Tx) ([]Line, error) {
	where, args := cases.Reached(tx)
	var out []Line
	err := tx.Raw(`SELECT c.id, c.number, c.title, c.class, c.channel, c.community, c.stage, c.unit, c.urgent, c.late, c.outcome, c.reported_at, c.due_at,
			c.upper_no, c.upper_due, c.unreplied, coalesce(p.state, '') AS state, p.review_by, coalesce(p.unreviewed, false) AS unreviewed, coalesce(p.drafted_by, 0) AS drafted_by
		FROM cases c LEFT JOIN LATERAL (SELECT * FROM replies WHERE tenant_id = c.tenant_id AND case_id = c.id AND attempt = c.reworks
			ORDER BY drafted_at DESC, id DESC LIMIT 1) p ON true
		WHERE c.tenant_id = ? AND c.owes_reply AND c.stage IN ('closed', 'answered') AND coalesce(p.state, '') NOT IN ('approved', 'sent')`+where+`
		ORDER BY c.upper_due NULLS LAST, c.id LIMIT ?`, append(append([]any{int32(tx.ID())}, args...), most)...).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("list owed replies: %w", err)
	}
	return out, nil
}

// Waiting counts what waits for a reviewer, at most a hundred: the menu's badge.
func Waiting(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config) (n int, err error) {
	actor := tx.Actor()
	if !actor.Trusted() && !actor.Has(reviewer(cfg)) && !actor.Has(auth.Leader) {
		return 0, nil
	}
	err = tx.Raw(`SELECT count(*) FROM (SELECT 1 FROM replies p JOIN cases c ON c.tenant_id = p.tenant_id AND c.id = p.case_id
		WHERE p.tenant_id = ? AND p.state = 'review' AND p.attempt = c.reworks AND c.owes_reply LIMIT 100) n`, int32(tx.ID())).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count replies to review: %w", err)
	}
	return n, nil
}

// Heap is what waits in one channel to be sent.
type Heap struct {
	Channel string
	N       int
	Due     time.Time // the nearest deadline from above; zero: none
}

// Heaps are the approved replies, by channel.
func Heaps(ctx context.Context, tx tenants.Tx) ([]Heap, error) {
	var out []Heap
	err := tx.Raw(`SELECT p.channel, count(*) AS n, min(c.upper_due) AS due FROM replies p JOIN cases c ON c.tenant_id = p.tenant_id AND c.id = p.case_id
		WHERE p.tenant_id = ? AND p.state = 'approved' AND p.attempt = c.reworks AND c.owes_reply GROUP BY p.channel ORDER BY p.channel`, int32(tx.ID())).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("replies to be sent: %w", err)
	}
	return out, nil
}

// Batch is an answer file that was taken.
type Batch struct {
	Batch   uuid.UUID
	Channel string
	N       int
	At      time.Time
	Person  int64
}

// Batches are the last answer files, newest first.
func Batches(ctx context.Context, tx tenants.Tx) ([]Batch, error) {
	var out []Batch
	err := tx.Raw(`SELECT batch, channel, count(*) AS n, min(sent_at) AS at, min(sent_by) AS person FROM replies
		WHERE tenant_id = ? AND batch IS NOT NULL GROUP BY batch, channel ORDER BY batch DESC LIMIT 20`, int32(tx.ID())).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("answer files: %w", err)
	}
	return out, nil
}

// Within are the replies of an answer file, in their order; NotFound when there is no such file.
func Within(ctx context.Context, tx tenants.Tx, batch uuid.UUID) ([]Ready, error) {
	var out []Ready
	err := tx.Raw(`SELECT p.*, c.number, c.upper_no, c.upper_due, c.unit FROM replies p JOIN cases c ON c.tenant_id = p.tenant_id AND c.id = p.case_id
		WHERE p.tenant_id = ? AND p.batch = ? ORDER BY p.seq`, int32(tx.ID()), batch).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("answer file %s: %w", batch, err)
	}
	if len(out) == 0 {
		return nil, fault.New(fault.NotFound, "页面不存在")
	}
	return out, nil
}
