package supervision

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Find reads an order, of whichever case; NotFound when the tenant has none of this id. Whether the actor may know of it
// says the case.
func Find(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Order, error) {
	o := new(Order)
	err := tx.Select(o).Where("o.id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNoOrder()
	}
	if err == nil && o.State == Replied {
		err = tx.Raw(`SELECT person FROM supervision_replies WHERE tenant_id = ? AND order_id = ? AND accepted IS NULL`, int32(tx.ID()), id).Scan(ctx, &o.repliedBy)
	}
	if err != nil {
		return nil, fmt.Errorf("order %s: %w", id, err)
	}
	return o, nil
}

// Urges lists the urgings of a case, newest first.
func Urges(ctx context.Context, tx tenants.Tx, id uuid.UUID) (out []Urge, err error) {
	if err := tx.Select(&out).Where("u.case_id = ?", id).OrderExpr("u.at DESC, u.id DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("urgings of case %s: %w", id, err)
	}
	return out, nil
}

// Orders lists the orders of a case, newest first, with their answers, oldest first.
func Orders(ctx context.Context, tx tenants.Tx, id uuid.UUID) (out []Order, replies map[uuid.UUID][]Reply, err error) {
	if err := tx.Select(&out).Where("o.case_id = ?", id).OrderExpr("o.proposed_at DESC, o.id DESC").Scan(ctx); err != nil {
		return nil, nil, fmt.Errorf("orders of case %s: %w", id, err)
	}
	if len(out) == 0 {
		return nil, nil, nil
	}
	ids := make([]uuid.UUID, len(out))
	for i := range out {
		ids[i] = out[i].ID
	}
	var all []Reply
	if err := tx.Select(&all).Where("y.order_id IN (?)", bun.List(ids)).OrderExpr("y.at, y.id").Scan(ctx); err != nil {
		return nil, nil, fmt.Errorf("answers in case %s: %w", id, err)
	}
	replies = map[uuid.UUID][]Reply{}
	for _, y := range all {
		replies[y.OrderID] = append(replies[y.OrderID], y)
	}
	for i := range out {
		if ys := replies[out[i].ID]; len(ys) > 0 && ys[len(ys)-1].Accepted == nil {
			out[i].repliedBy = ys[len(ys)-1].Person
		}
	}
	return out, replies, nil
}

// Instructions lists the instructions on a case with their addressees, newest first.
func Instructions(ctx context.Context, tx tenants.Tx, id uuid.UUID) (out []Instruction, err error) {
	if err := tx.Select(&out).Where("n.case_id = ?", id).OrderExpr("n.at DESC, n.id DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("instructions on case %s: %w", id, err)
	}
	if len(out) == 0 {
		return nil, nil
	}
	place := map[uuid.UUID]*Instruction{}
	ids := make([]uuid.UUID, len(out))
	for i := range out {
		ids[i], place[out[i].ID] = out[i].ID, &out[i]
	}
	var parts []Addressee
	if err := tx.Select(&parts).Where("p.instruction_id IN (?)", bun.List(ids)).OrderExpr("p.unit").Scan(ctx); err != nil {
		return nil, fmt.Errorf("addressees on case %s: %w", id, err)
	}
	for _, p := range parts {
		place[p.InstructionID].Parts = append(place[p.InstructionID].Parts, p)
	}
	return out, nil
}

// Filter chooses orders for the register. Empty fields choose everything.
type Filter struct {
	State    State
	Level    string
	Unit     string
	Number   string // beginning of the order's or the case's number
	From, To string // day of the proposal, 2006-01-02, both included
	Missed   bool
	Page     int // from 1
}

// Line is an order in the register.
type Line struct {
	Order
	Case string // number of the case
	Now  string // unit that has the case now
}

// PageSize is a page of the register; CountTo how far its total is counted; mostRows how many a file holds.
const (
	PageSize = 20
	CountTo  = 1000
	mostRows = 5000
)

// Browse lists the orders of cases that the actor sees, newest first, and how many there are, counted up to CountTo+1.
func Browse(ctx context.Context, tx tenants.Tx, f Filter, size int) (out []Line, total int, err error) {
	where, args := f.where(tx)
	page := min(max(f.Page, 1), 500)
	err = tx.Raw(`SELECT o.*, c.number AS "case", c.unit AS now FROM supervision_orders o JOIN cases c ON c.tenant_id = o.tenant_id AND c.id = o.case_id
		WHERE `+where+` ORDER BY o.proposed_at DESC, o.id DESC LIMIT ? OFFSET ?`, append(append([]any{}, args...), size, (page-1)*size)...).Scan(ctx, &out)
	if err == nil {
		err = tx.Raw(`SELECT count(*) FROM (SELECT 1 FROM supervision_orders o JOIN cases c ON c.tenant_id = o.tenant_id AND c.id = o.case_id
			WHERE `+where+` LIMIT ?) n`, append(args, CountTo+1)...).Scan(ctx, &total)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("register of orders: %w", err)
	}
	return out, total, nil
}

func (f Filter) where(tx tenants.Tx) (string, []any) {
	seen, more := cases.Reached(tx)
	text, args := "o.tenant_id = ?"+seen, append([]any{int32(tx.ID())}, more...)
	and := func(cond string, more ...any) {
		text += " AND " + cond
		args = append(args, more...)
	}
	for _, eq := range [][2]string{{"state", string(f.State)}, {"level", f.Level}, {"unit", f.Unit}} {
		if eq[1] != "" {
			and("o."+eq[0]+" = ?", eq[1])
		}
	}
	if f.Number != "" {
		and("(o.number ^@ ? OR c.number ^@ ?)", f.Number, f.Number)
	}
	if t, err := time.ParseInLocation(time.DateOnly, f.From, clock.Zone); err == nil {
		and("o.proposed_at >= ?", t)
	}
	if t, err := time.ParseInLocation(time.DateOnly, f.To, clock.Zone); err == nil {
		and("o.proposed_at < ?", t.AddDate(0, 0, 1))
	}
	if f.Missed {
		and("o.missed")
	}
	return text, args
}

// Kind is what waits for somebody.
type Kind string

// The kinds of what waits.
const (
	WaitsToSign  Kind = "sign"
	WaitsToJudge Kind = "judge"
	WaitsToReply Kind = "reply"
	WaitsToCarry Kind = "carry" // an instruction
	WaitsToSee   Kind = "see"   // an urging
)

// Waiting is one thing that waits for the actor.
type Waiting struct {
	Kind   Kind
	ID     uuid.UUID `bun:"type:uuid"` // of the order, addressee or urging
	CaseID uuid.UUID `bun:"type:uuid"`
	Number string    // of the case
	Title  []byte    // of the case, sealed
	Level  string
	Unit   string
	Since  time.Time
	Until  time.Time `bun:",nullzero"` // end of the actor's clock
	Missed bool
}

// waits says in SQL what waits for the actor; empty where nothing ever can. It is asked for every page's menu, so it is
// one prepared statement, and none for those who neither sign nor handle.
func waits(tx tenants.Tx, cfg *blueprint.Config) (text string, q *tenants.Prepared) {
	actor := tx.Actor()
	q = tx.Prepared(int32(tx.ID()))
	joined := func(kind Kind, columns, from, where string) {
		if text != "" {
			text += " UNION ALL "
		}
		text += `SELECT '` + string(kind) + `' AS kind, ` + columns + `, x.case_id, c.number, c.title FROM ` + from +
			` JOIN cases c ON c.tenant_id = x.tenant_id AND c.id = x.case_id WHERE x.tenant_id = $1 AND ` + where
	}
	of := func(column, capability string) string {
		units, all := cases.UnitsOf(actor, capability)
		switch {
		case all:
			return column + " <> ''"
		case len(units) > 0:
			return column + " = ANY(" + q.Arg(units) + ")"
		}
		return ""
	}
	const order = "x.id, x.level, x.unit, x.proposed_at AS since, x.reply_by AS until, x.missed"
	var degrees []string
	if auth.CanSomewhere(actor, auth.CasesSupervise) {
		for _, d := range cfg.Supervisions.All() {
			if signs(actor, d) {
				degrees = append(degrees, d.Key)
			}
		}
	}
	if len(degrees) > 0 {
		mine := "x.level = ANY(" + q.Arg(degrees) + ")"
		if units, all := cases.UnitsOf(actor, auth.CasesSupervise); !all { // of one community
			mine += " AND c.community = ANY(" + q.Arg(units) + ")"
		}
		joined(WaitsToSign, order, "supervision_orders x", "x.state = 'proposed' AND "+mine)
		joined(WaitsToJudge, order, "supervision_orders x", "x.state = 'replied' AND "+mine)
	}
	if mine := of("c.unit", auth.CasesHandle); mine != "" {
		joined(WaitsToReply, order, "supervision_orders x", "x.state = 'signed' AND "+mine)
	}
	carry := of("p.unit", auth.CasesHandle)
	if auth.CanSomewhere(actor, auth.CasesDispatch) {
		if carry != "" {
			carry += " OR "
		}
		carry += "p.unit = ''"
	}
	if carry != "" {
		joined(WaitsToCarry, "p.id, '' AS level, p.unit, x.at AS since, x.due_at AS until, p.missed", "instruction_addressees p JOIN instructions x ON x.tenant_id = p.tenant_id AND x.id = p.instruction_id",
			"p.tenant_id = $1 AND p.done_at IS NULL AND ("+carry+")")
	}
	if mine := of("c.unit", auth.CasesReceive); mine != "" {
		joined(WaitsToSee, "x.id, '' AS level, x.unit, x.at AS since, NULL::timestamptz AS until, false AS missed", "urges x", "x.seen_at IS NULL AND x.unit = c.unit AND c.stage = 'handling' AND "+mine)
	}
	return text, q
}

// mostWaiting is how much of what waits a page shows.
const mostWaiting = 200

// Mine lists what waits for the actor, the nearest deadline first.
func Mine(ctx context.Context, tx tenants.Tx) (out []Waiting, err error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return nil, err
	}
	text, q := waits(tx, cfg)
	if text == "" {
		return nil, nil
	}
	if err := q.Scan(ctx, text+" ORDER BY until NULLS LAST, since, id LIMIT "+fmt.Sprint(mostWaiting), &out); err != nil {
		return nil, fmt.Errorf("what waits: %w", err)
	}
	return out, nil
}

// Count is how much waits for the actor, at most a hundred: the menu's badge.
func Count(ctx context.Context, tx tenants.Tx, _ *blueprint.Config) (n int, err error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return 0, err
	}
	text, q := waits(tx, cfg)
	if text == "" {
		return 0, nil
	}
	if err := q.Scan(ctx, "SELECT count(*) FROM ("+text+" LIMIT 100) n", &n); err != nil {
		return 0, fmt.Errorf("count what waits: %w", err)
	}
	return n, nil
}

// Counted is what assessment counts of a unit's orders of one class, by the day of their signature: those of no force,
// proposed or declined, are none.
type Counted struct {
	Unit, Class string
	Orders      int
	Missed      int // not answered in time
	Deduct      int // points, in tenths
}

// CountedIn counts the orders that were signed from one moment until before another.
func CountedIn(ctx context.Context, tx tenants.Tx, from, until time.Time) (out []Counted, err error) {
	err = tx.Raw(`SELECT unit, class, count(*) AS orders, count(*) FILTER (WHERE missed) AS missed, sum(deduct) AS deduct FROM supervision_orders
		WHERE tenant_id = ? AND signed_at >= ? AND signed_at < ? GROUP BY unit, class ORDER BY unit, class`, int32(tx.ID()), from, until).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("count orders: %w", err)
	}
	return out, nil
}

// addressed is an addressee with its instruction, for the list.
type addressed struct {
	Addressee
	CaseID uuid.UUID `bun:"type:uuid"`
	Number string    // of the case
	Said   []byte    // sealed
	Person int64
	At     time.Time
	DueAt  time.Time `bun:",nullzero"`
}

// given lists the addressees of instructions on cases that the actor sees: what is open first, then the newest.
func given(ctx context.Context, tx tenants.Tx) (out []addressed, err error) {
	seen, more := cases.Reached(tx)
	err = tx.Raw(`SELECT p.*, n.case_id, c.number, n.words AS said, n.person, n.at, n.due_at
		FROM instructions n JOIN instruction_addressees p ON p.tenant_id = n.tenant_id AND p.instruction_id = n.id
		JOIN cases c ON c.tenant_id = n.tenant_id AND c.id = n.case_id
		WHERE n.tenant_id = ?`+seen+` ORDER BY (p.done_at IS NULL) DESC, n.at DESC, p.id LIMIT ?`,
		append(append([]any{int32(tx.ID())}, more...), mostInstructions)...).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("list instructions: %w", err)
	}
	return out, nil
}
