package accounts

import (
	"context"
	"strconv"
	"strings"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/keys/mask"
)

// member is the page of one of the tenant's staff.
func (a *desk) member(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	m, offered, elsewhere, err := a.look(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	return a.memberPage(ctx, tx, r, m, offered, elsewhere, nil)
}

// look finds the member and what may be done about the account.
func (a *desk) look(ctx context.Context, tx tenants.Tx, r *web.Request) (m auth.Member, offered []auth.MeasureWord, elsewhere bool, err error) {
	person, err := personOf(r)
	if err != nil {
		return m, nil, false, err
	}
	if m, err = auth.MemberOf(ctx, tx, person); err != nil {
		return m, nil, false, err
	}
	// The request's own context: what stands above the tenants is read in a scope of its own.
	if elsewhere, err = a.Elsewhere(r.Context(), person, tx.ID()); err != nil {
		return m, nil, false, err
	}
	return m, auth.Offered(!m.Off.IsZero(), person == tx.Actor().Person, elsewhere), elsewhere, nil
}

func (a *desk) memberPage(ctx context.Context, tx tenants.Tx, r *web.Request, m auth.Member, offered []auth.MeasureWord, elsewhere bool, refused *fault.Error) (web.Reply, error) {
	var roles []string
	for _, g := range m.Grants {
		roles = append(roles, ui.T(ctx, auth.Title(g.Role)))
	}
	p := view.Account{Frame: a.Frame(tx, r), Here: r.Path("/admin/people/%d", m.Person), Title: m.Name, Off: m.Off, List: forms(ctx, r, m.Name, offered, refused),
		Facts: []ui.Fact{{Label: ui.T(ctx, "人员编号"), Value: strconv.FormatInt(m.Person, 10)}, {Label: ui.T(ctx, "手机号码"), Value: mask.Phone(m.Phone)}, {Label: ui.T(ctx, "角色"), Value: strings.Join(roles, "、")}}}
	var err error
	if p.Rights, err = rights(ctx, tx, m); err != nil {
		return web.Reply{}, err
	}
	p.Says = true
	switch {
	case !may(tx):
		p.List = nil // who reads about people does nothing about their accounts
	case elsewhere:
		p.Notice = ui.T(ctx, "此人还在其他单位任职或持有上级授权，停用账号、解除身份验证器请联系运营方安全管理员，并告知人员编号")
	case m.Person == tx.Actor().Person:
		p.Notice = ui.T(ctx, "这是您自己的账号，停用和解除身份验证器须由另一位安全管理员办理")
	}
	reply := web.Page(m.Name, view.AccountView(p)).Under(web.Crumb(ui.T(ctx, "人员与授权"), r.Path("/admin/people")), web.Crumb(m.Name, ""))
	if refused != nil {
		reply = reply.Status(refused.Kind.Status())
	}
	return reply, nil
}

// decide takes a measure about a member.
func (a *desk) decide(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	m, offered, elsewhere, err := a.look(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	measure, typed := asked(r)
	if !offers(offered, measure) {
		return web.Reply{}, errNotOffered()
	}
	reason, err := auth.Reason(typed)
	if err == nil {
		var changed bool
		if changed, err = auth.Decide(ctx, tx, measure, m.Person); err == nil && changed {
			err = a.Order(ctx, tx, measure, m.Person, a.order(r, reason))
		}
	}
	if f := formFault(err); f != nil {
		return a.memberPage(ctx, tx, r, m, offered, elsewhere, f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/admin/people/%d", m.Person), "已提交，数秒内生效"), nil
}
