package registers

import (
	"context"
	"fmt"
	"time"

	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// kinds are the registers in the order of their tabs.
var kinds = []struct {
	of    cases.Asked
	title string // catalogue key
}{{cases.AskReturn, ui.Key("退单台账")}, {cases.AskExtend, ui.Key("延期台账")}, {cases.AskSuspend, ui.Key("挂账台账")}}

// Filter says which applications a register shows.
type Filter struct {
	Kind     cases.Asked
	From, To clock.Date // days on which it was asked for, both included; empty: without end
	Unit     string
	State    string
}

// Line is one application.
type Line struct {
	cases.Application
	Number string // of the case
	Class  string
}

// Sums are how many applications of a register ended how.
type Sums struct{ Total, Open, Approved, Refused, Unreviewed int }

func (f Filter) where(tx tenants.Tx) (string, []any) {
	w, args := "p.tenant_id = ? AND p.kind = ?", []any{int32(tx.ID()), string(f.Kind)}
	add := func(text string, v any) { w, args = w+" AND "+text, append(args, v) }
	if f.From != "" {
		add("p.asked_at >= ?", f.From.Start())
	}
	if f.To != "" {
		add("p.asked_at < ?", f.To.Add(1).Start())
	}
	if f.Unit != "" {
		add("p.unit = ?", f.Unit)
	}
	if f.State != "" {
		add("p.state = ?", f.State)
	}
	seen, more := cases.Reached(tx)
	return w + seen, append(args, more...)
}

const from = " FROM applications p JOIN cases c ON c.tenant_id = p.tenant_id AND c.id = p.case_id WHERE "

// Browse lists the applications of cases that the actor sees, the newest first, and sums all that the filter finds.
func Browse(ctx context.Context, tx tenants.Tx, f Filter, skip, size int) (out []Line, sums Sums, err error) {
	w, args := f.where(tx)
	if err := tx.Raw("SELECT p.*, c.number, c.class"+from+w+" ORDER BY p.asked_at DESC, p.id DESC OFFSET ? LIMIT ?", append(args, skip, size)...).Scan(ctx, &out); err != nil {
		return nil, sums, fmt.Errorf("register of %s: %w", f.Kind, err)
	}
	err = tx.Raw(`SELECT count(*) AS total, count(*) FILTER (WHERE p.state = 'open') AS open, count(*) FILTER (WHERE p.state = 'approved') AS approved,
		count(*) FILTER (WHERE p.state = 'refused') AS refused, count(*) FILTER (WHERE p.unreviewed) AS unreviewed`+from+w, args...).Scan(ctx, &sums)
	if err != nil {
		return nil, sums, fmt.Errorf("sums of the register of %s: %w", f.Kind, err)
	}
	return out, sums, nil
}

// near says how far from the case's deadline it was asked for: what is asked for late is worth a look.
func (l *Line) near(ctx context.Context) string {
	if l.DueAt.IsZero() {
		return ""
	}
	left := l.DueAt.Sub(l.AskedAt)
	if left <= 0 {
		return ui.T(ctx, "已超期")
	}
	if left < 24*time.Hour {
		return ui.T(ctx, "%d小时内到期", int(left/time.Hour)+1)
	}
	return ui.T(ctx, "余%d天", int(left/(24*time.Hour)))
}
