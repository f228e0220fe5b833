package leader

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"wanjie/app/assessment"
	"wanjie/app/cases"
	"wanjie/app/cases/supervision"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"

	view "wanjie/templates/leader"
)

// tried is a form that was refused, by its action: it is shown again with what was typed.
type tried struct {
	action string
	fault  *fault.Error
	typed  map[string]string
}

func show(ctx context.Context, tx tenants.Tx, r *web.Request, t tried) (web.Reply, error) {
	p, err := page(ctx, tx, r, t)
	reply := web.Page(ui.T(ctx, "领导首页"), view.LeaderPage(p))
	if t.fault != nil {
		reply = reply.Status(t.fault.Kind.Status())
	}
	return reply, err
}

// post serves one verb on the object in the address: done, it leads back to the page; refused for its fields, the page comes
// with what was typed.
func post(say string, do func(context.Context, tenants.Tx, *web.Request, uuid.UUID) error) web.Handler {
	return func(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
		id, err := r.ID("id")
		if err != nil {
			return web.Reply{}, err
		}
		err = do(ctx, tx, r, id)
		if f := fault.Of(err); f != nil && f.Kind == fault.Invalid && !r.WantsJSON() {
			t := tried{action: r.URL.Path, fault: f, typed: map[string]string{}}
			for name := range r.PostForm {
				t.typed[name] = r.PostForm.Get(name)
			}
			return show(ctx, tx, r, t)
		}
		if err != nil {
			return web.Reply{}, err
		}
		return web.Done(r.Path("/leader"), say), nil
	}
}

// verdict reads the two buttons of a decision.
func verdict(r *web.Request) (approve bool, err error) {
	switch r.Text("verdict") {
	case "approve":
		return true, nil
	case "refuse":
		return false, nil
	}
	return false, fault.Field("words", "请选择审批意见")
}

// asWords moves what is wrong with the words of a verb, which has its own name for them, to the form's.
func asWords(err error, field string) error {
	if f := fault.Of(err); f != nil && f.Fields[field] != "" {
		return fault.Field("words", f.Fields[field])
	}
	return err
}

func decideApplication(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
	var of uuid.UUID
	err := tx.Raw("SELECT case_id FROM applications WHERE tenant_id = ? AND id = ?", int32(tx.ID()), id).Scan(ctx, &of)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "页面不存在")
	}
	if err != nil {
		return fmt.Errorf("case of application %s: %w", id, err)
	}
	approve, err := verdict(r)
	if err != nil {
		return err
	}
	_, err = cases.Decide(ctx, tx, of, cases.Decision{Application: id, Approve: approve, Words: r.Text("words")})
	return asWords(err, "verdict_words")
}

// decideExclusion decides on an exclusion, or on the wish to revoke one: whichever is open.
func decideExclusion(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
	x, err := assessment.FindExclusion(ctx, tx, id)
	if err != nil {
		return err
	}
	approve, err := verdict(r)
	if err != nil {
		return err
	}
	if x.State == assessment.Approved {
		_, err = assessment.DecideUndo(ctx, tx, id, approve, r.Text("words"))
		return asWords(err, "undo_verdict")
	}
	_, err = assessment.Decide(ctx, tx, id, approve, r.Text("words"))
	return asWords(err, "verdict_words")
}

// decideOrder signs a proposed supervision order, or declines it.
func decideOrder(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
	if _, err := supervision.Find(ctx, tx, id); err != nil {
		return err
	}
	approve, err := verdict(r)
	switch {
	case err != nil:
	case approve:
		_, err = supervision.Sign(ctx, tx, id, r.Text("words"))
	default:
		_, err = supervision.Decline(ctx, tx, id, r.Text("words"))
	}
	return err
}

// instruct gives an instruction to the unit that has the case, or to the command centre.
func instruct(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
	c, _, err := cases.Find(ctx, tx, id)
	if err != nil {
		return err
	}
	_, err = supervision.Instruct(ctx, tx, id, supervision.Directive{Words: r.Text("words"), To: []string{c.Unit}})
	return err
}

// supervise proposes a supervision order and signs it: it is the leader who would sign it anyway.
func supervise(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
	o, err := supervision.Propose(ctx, tx, id, r.Text("level"), r.Text("words"))
	if err != nil {
		return err
	}
	_, err = supervision.Sign(ctx, tx, o.ID, "")
	return err
}
