package receipts

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"wanjie/app/auth"
	"wanjie/app/auth/courier"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/module"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"

	view "wanjie/templates/receipts"
)

// Part is what receipts bring to the module of cases.
var Part = module.Module{
	Data: []keys.Columns{{
		Table: "case_messages",
		Plain: []string{"tenant_id", "id", "case_id", "purpose", "state", "at", "receipt", "receipt_at", "said"},
	}},
}

// patience is for how long a receipt may still come: a little longer than courier asks for it.
const patience = 25 * time.Hour

// Panel draws on a case's sheet what became of the messages about it, for those who talk to petitioners.
func Panel(ctx context.Context, tx tenants.Tx, _ *web.Request, c *cases.Case, rules *blueprint.Config, _ cases.Tried) ([]templ.Component, error) {
	at := auth.At{Community: c.Community}
	if !auth.CanAt(tx.Actor(), auth.CasesFile, at) && !auth.CanAt(tx.Actor(), auth.CasesCall, at) {
		return nil, nil
	}
	list, err := Of(ctx, tx, c.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	card := view.Card{Missed: list[0].Missed()}
	for i := range list {
		m := &list[i]
		row := view.Row{What: m.Purpose, Sent: m.At, At: m.ReceiptAt}
		if text, ok := rules.Texts.Find(m.Purpose); ok {
			row.What = text.Title
		}
		row.Tone, row.State, row.Why = m.outcome(ctx)
		card.Rows = append(card.Rows, row)
	}
	return []templ.Component{view.ReceiptsCard(card)}, nil
}

// outcome says where a message stands, and why it did not arrive.
func (m *Message) outcome(ctx context.Context) (tone ui.Tone, state, why string) {
	switch {
	case m.State == courier.Failed:
		return ui.Bad, ui.T(ctx, "未送达"), ui.T(ctx, "短信未能发出")
	case m.Receipt == courier.Undelivered:
		return ui.Bad, ui.T(ctx, "未送达"), ui.T(ctx, courier.Reason(m.Said))
	case m.Receipt == courier.Delivered:
		return ui.Good, ui.T(ctx, "已送达"), ""
	case m.Receipt == courier.Waiting && clock.Now(ctx).Before(m.At.Add(patience)):
		return ui.Info, ui.T(ctx, "等待回执"), ""
	}
	return ui.Neutral, ui.T(ctx, "对方未告知"), ""
}
