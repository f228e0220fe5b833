package resident

import (
	"context"
	"encoding/json"
	"fmt"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/jobs"
	view "wanjie/templates/resident"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// Leave deletes the actor's account with the street: telephone, name and all consents, and from his matters whatever tells
// who asked. What happened to a matter is kept, because the law keeps the record of public work. The identity at the
// sign-in service goes with the last street that knew him: see [Forget].
func Leave(ctx context.Context, tx tenants.Tx, r *Resident) error {
	now := clock.Now(ctx)
	if _, err := end(ctx, tx, r.Person, ""); err != nil {
		return err
	}
	if _, err := cases.Forgotten(ctx, tx, r.Person); err != nil {
		return err
	}
	for _, k := range Kept {
		if err := k.Forget(ctx, tx); err != nil {
			return err
		}
	}
	r.Phone, r.PhoneBlind, r.Name, r.LeftAt = nil, nil, nil, now
	if _, err := tx.Update(r).Column("phone", "phone_blind", "name", "left_at").Where("r.person = ?", r.Person).Exec(ctx); err != nil {
		return fmt.Errorf("leave: %w", err)
	}
	tx.Record(tenants.Act{Kind: "resident.left", Version: 1, Object: "resident", ObjectID: r.ID, HappenedAt: now})
	_, err := jobs.Add(ctx, tx, jobs.Job{Kind: ForgetJob, Payload: forgotten{r.Person}})
	return err
}

// ForgetJob deletes an identity that no street knows any more.
const ForgetJob = "residents.forget"

type forgotten struct {
	Person int64 `json:"person"`
}

// Forget is the job: it asks every placement whether another street knows the person.
func Forget(k *auth.Keeper) jobs.Kind {
	return jobs.Kind{Name: ForgetJob, Outside: func(ctx context.Context, env jobs.Env, payload json.RawMessage) error {
		var f forgotten
		if err := json.Unmarshal(payload, &f); err != nil {
			return fmt.Errorf("forget: %w", err)
		}
		for _, placement := range env.DB.Placements() {
			var known bool
			err := env.DB.Gateway(ctx, placement, func(ctx context.Context, tx tenants.GatewayTx) error {
				return tx.Raw("SELECT EXISTS (SELECT FROM residents WHERE person = ? AND left_at IS NULL)", f.Person).Scan(ctx, &known)
			})
			if err != nil || known {
				return err
			}
		}
		return k.Forget(ctx, f.Person)
	}}
}

// mine reads the resident who asks outside a transaction, with his telephone.
func (d *desk) mine(ctx context.Context, r *web.Request) (phone string, open int, err error) {
	if r.Visitor.Person == 0 {
		return "", 0, errUnsigned()
	}
	id, err := d.DB.Find(ctx, r.PathValue("tenant"))
	if err != nil {
		return "", 0, err
	}
	err = d.DB.Read(ctx, id, tenants.Actor{Person: r.Visitor.Person}, func(ctx context.Context, tx tenants.Tx) error {
		me, err := Known(ctx, tx)
		if err != nil {
			return err
		}
		box, err := tx.Box(ctx)
		if err != nil {
			return err
		}
		if _, phone, err = me.Open(box); err != nil {
			return err
		}
		_, open, err = cases.MyCount(ctx, tx)
		return err
	})
	return phone, open, err
}

func (d *desk) leaveForm(ctx context.Context, r *web.Request) (web.Reply, error) {
	return d.leavePage(ctx, r, "", nil)
}

func (d *desk) leavePage(ctx context.Context, r *web.Request, flow string, f *fault.Error) (web.Reply, error) {
	phone, open, err := d.mine(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Leave{Form: form(ctx, r, f), Base: r.Base, Flow: flow, Tail: tail(phone), Open: open}
	reply := web.Page(ui.T(ctx, "注销账号"), view.LeavePage(p)).Data(p)
	if f != nil {
		reply = reply.Status(f.Kind.Status())
	}
	return reply, nil
}

func tail(phone string) string {
	p := keys.NormalPhone(phone)
	return p[max(0, len(p)-4):]
}

// leaveCode has a code sent to the resident's own telephone.
func (d *desk) leaveCode(ctx context.Context, r *web.Request) (web.Reply, error) {
	phone, _, err := d.mine(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	flow, err := d.Door.Send(ctx, r.Request, phone)
	if f := fault.Of(err); f != nil && !r.WantsJSON() && f.Kind == fault.TooMany {
		return d.leavePage(ctx, r, "", f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return d.leavePage(ctx, r, flow, nil)
}

// leave takes the code and deletes the account.
func (d *desk) leave(ctx context.Context, r *web.Request) (web.Reply, error) {
	phone, _, err := d.mine(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	t, err := d.Door.Enter(ctx, r.Request, r.Text("flow"), phone, r.Text("code"))
	if f := fault.Of(err); f != nil && !r.WantsJSON() && (f.Kind == fault.Invalid || f.Kind == fault.TooMany) {
		return d.leavePage(ctx, r, r.Text("flow"), f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	d.Door.Leave(ctx, t.Token) // it was for the proof alone
	if t.Session.Person != r.Visitor.Person {
		return web.Reply{}, errUnsigned()
	}
	if err := d.within(ctx, r, r.Visitor.Person, func(ctx context.Context, tx tenants.Tx) error {
		me, err := Known(ctx, tx)
		if err != nil {
			return err
		}
		return Leave(ctx, tx, me)
	}); err != nil {
		return web.Reply{}, err
	}
	d.Door.Leave(ctx, d.token(r))
	return web.Done(r.Path("/"), "账号已注销，您的个人信息已删除").Cookie(d.Cookies.Gone()).Or(struct{}{}), nil
}
