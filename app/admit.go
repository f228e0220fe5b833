package app

import (
	"context"
	"net/http"
	"strconv"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/division"
)

// visitor answers who asks, from the session cookie.
func (a *App) visitor(r *http.Request) (web.Visitor, error) {
	token := a.cookies.Token(r)
	if token == "" {
		return web.Visitor{}, nil
	}
	s, err := a.Keeper.Session(r.Context(), token)
	if fault.Is(err, fault.Unsigned) {
		return web.Visitor{}, nil
	}
	if err != nil {
		return web.Visitor{}, err
	}
	return web.Visitor{Person: s.Person, Strong: s.AAL >= 2, Owes: s.Enrolled && s.AAL < 2, Session: s}, nil
}

// errNowhere is what a stranger gets, the same as for a tenant that does not exist.
var errNowhere = fault.New(fault.NotFound, "页面不存在")

// admit refuses, inside the tenant's transaction: strangers, sessions without the second factor that
// the actor's roles ask for, modules that are off, and actors without the capability.
func (a *App) admit(ctx context.Context, tx tenants.Tx, r *web.Request, module, may string) error {
	actor := tx.Actor()
	if len(actor.Grants) == 0 {
		return errNowhere
	}
	if !r.Visitor.Strong && (r.Visitor.Owes || auth.NeedsSecondFactor(nil, actor.Grants)) {
		return web.ErrWeak
	}
	if module != "" {
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return err
		}
		if !cfg.On(module) {
			return errNowhere
		}
	}
	if may != "" {
		return auth.RequireSomewhere(actor, may)
	}
	return nil
}

// upper reads what the visitor may do above the tenants, anew for each request.
func (a *App) upper(r *web.Request) (auth.UpperGrants, error) {
	s, ok := r.Visitor.Session.(auth.Session)
	if !ok {
		return nil, fault.New(fault.Unsigned, "请先登录")
	}
	grants, err := a.Keeper.Upper(r.Context(), s)
	if err != nil {
		return nil, err
	}
	if s.Short(grants, nil) {
		return nil, web.ErrWeak
	}
	return grants, nil
}

func (a *App) admitVendor(r *web.Request, may string) error {
	grants, err := a.upper(r)
	if err != nil {
		return err
	}
	return grants.RequireVendor(may)
}

func (a *App) admitDistrict(r *web.Request) (int32, error) {
	grants, err := a.upper(r)
	if err != nil {
		return 0, err
	}
	code, err := strconv.ParseInt(r.PathValue("district"), 10, 32)
	if err != nil {
		return 0, errNowhere
	}
	if _, known := division.District(int32(code)); !known {
		return 0, errNowhere
	}
	return int32(code), grants.RequireDistrict(auth.BoardRead, int32(code))
}
