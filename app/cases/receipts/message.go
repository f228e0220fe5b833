package receipts

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth/courier"
	"wanjie/tenants"
)

// Message is what is known of a text message about a case.
type Message struct {
	bun.BaseModel `bun:"table:case_messages,alias:m"`

	ID        uuid.UUID `bun:",pk,type:uuid"` // courier's
	CaseID    uuid.UUID `bun:"type:uuid"`
	Purpose   string    // text of the blueprint
	State     string    // courier.Sent or courier.Failed
	At        time.Time
	Receipt   courier.ReceiptState
	ReceiptAt time.Time
	Said      string // the provider's code
}

// Note writes down what became of a message. What comes late or twice changes nothing: one that left has not failed, and
// the first receipt stays.
func Note(ctx context.Context, tx tenants.Tx, t courier.Told) error {
	var came any
	if !t.Receipt.At.IsZero() {
		came = t.Receipt.At
	}
	_, err := tx.Prepared(int32(tx.ID()), t.ID, t.About, t.Purpose, t.State, t.At, string(t.Receipt.State), came, t.Receipt.Said).Exec(ctx, `INSERT INTO case_messages AS m
			(tenant_id, id, case_id, purpose, state, at, receipt, receipt_at, said) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (tenant_id, id) DO UPDATE SET state = excluded.state, at = excluded.at, receipt = excluded.receipt, receipt_at = excluded.receipt_at, said = excluded.said
		WHERE m.state = 'failed' OR m.receipt = 'waiting' AND excluded.receipt NOT IN ('', 'waiting')`)
	if err != nil {
		return fmt.Errorf("what became of message %s: %w", t.ID, err)
	}
	return nil
}

// shown is how many messages a sheet lists.
const shown = 20

// Of are the messages about a case, the newest first.
func Of(ctx context.Context, tx tenants.Tx, id uuid.UUID) ([]Message, error) {
	var list []Message
	if err := tx.Select(&list).Where("m.case_id = ?", id).OrderExpr("m.at DESC, m.id DESC").Limit(shown).Scan(ctx); err != nil {
		return nil, fmt.Errorf("messages about case %s: %w", id, err)
	}
	return list, nil
}

// Missed reports whether a message did not reach its telephone.
func (m *Message) Missed() bool { return m.State == courier.Failed || m.Receipt == courier.Undelivered }

// Unreached are those of the cases whose last message did not arrive.
func Unreached(ctx context.Context, tx tenants.Tx, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	out := map[uuid.UUID]bool{}
	if len(ids) == 0 {
		return out, nil
	}
	var list []Message
	err := tx.Select(&list).DistinctOn("m.case_id").Where("m.case_id IN (?)", bun.List(ids)).OrderExpr("m.case_id, m.at DESC, m.id DESC").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("messages that did not arrive: %w", err)
	}
	for i := range list {
		if list[i].Missed() {
			out[list[i].CaseID] = true
		}
	}
	return out, nil
}
