package supervision

import (
	"context"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/tenants"
)

// Paper is what the printed order (督办单) says, in plain values.
type Paper struct {
	Number   string // empty while it is not signed
	Level    string // 一级督办
	Case     string // number of the case
	Unit     string // name of the unit
	Ground   Ground
	Words    string // what is demanded
	Signer   string // name; empty while it is not signed
	SignedAt time.Time
	ReplyBy  time.Time
	Reply    string // the newest answer
	Replier  string
	Result   State
}

// PaperOf reads an order for printing. NotFound when the actor does not see its case.
func PaperOf(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Paper, *cases.Case, error) {
	o, err := Find(ctx, tx, id)
	if err != nil {
		return nil, nil, err
	}
	c, rules, err := cases.Find(ctx, tx, o.CaseID)
	if err != nil {
		return nil, nil, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, nil, err
	}
	p := &Paper{Number: o.Number, Level: o.degree(rules).Title, Case: c.Number, Unit: cases.UnitName(rules, o.Unit), Ground: o.Ground,
		SignedAt: o.SignedAt, ReplyBy: o.ReplyBy, Result: o.State}
	if p.Words, err = box.Open(o.at("words"), o.Words); err != nil {
		return nil, nil, err
	}
	if p.Words == "" {
		p.Words = o.degree(rules).Text
	}
	var last []Reply
	if err := tx.Select(&last).Where("y.order_id = ?", id).OrderExpr("y.at DESC, y.id DESC").Limit(1).Scan(ctx); err != nil {
		return nil, nil, err
	}
	people := []int64{o.SignedBy}
	for i := range last {
		people = append(people, last[i].Person)
		if p.Reply, err = box.Open(last[i].at("words"), last[i].Words); err != nil {
			return nil, nil, err
		}
	}
	names, err := auth.Names(ctx, tx, people...)
	if err != nil {
		return nil, nil, err
	}
	if o.Number != "" {
		p.Signer = names.Of(ctx, o.SignedBy)
	}
	if len(last) > 0 {
		p.Replier = names.Of(ctx, last[0].Person)
	}
	return p, c, nil
}
