package app

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/auth/access"
	"wanjie/app/fault"
	"wanjie/app/support"
	"wanjie/app/vendor"
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
	if s.Kind != auth.Employee { // residents have a door of their own
		return web.Visitor{}, nil
	}
	return web.Visitor{Person: s.Person, Strong: s.AAL >= 2, Owes: s.Enrolled && s.AAL < 2, Until: s.ExpiresAt, Session: s}, nil
}

// errNowhere is what a stranger gets, the same as for a tenant that does not exist.
var errNowhere = fault.New(fault.NotFound, "页面不存在")

// secondFactor is the setting by which a tenant asks everybody for a second factor, and not only its administrators.
const secondFactor = "security.second_factor"

// admit refuses, inside the tenant's transaction: strangers, sessions without the second factor that
// the actor's roles ask for, modules that are off, and actors without the capability.
func (a *App) admit(ctx context.Context, tx tenants.Tx, r *web.Request, module, may string) error {
	actor := tx.Actor()
	if len(actor.Grants) == 0 {
		return errNowhere
	}
	if t := tx.Tenant(); t.State == tenants.Closed {
		return vendor.Closed(t)
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return err
	}
	if !r.Visitor.Strong && (r.Visitor.Owes || auth.NeedsSecondFactor(nil, actor.Grants) || cfg.Bool(secondFactor, false)) {
		return web.ErrWeak
	}
	if module != "" && !cfg.On(module) {
		return errNowhere
	}
	if auth.Supports(actor) {
		lasts, err := support.Lasts(ctx, tx)
		switch {
		case err != nil:
			return err
		case !lasts:
			return errNowhere
		case auth.Shut(actor, module, may):
			return fault.New(fault.Forbidden, "您没有进行此操作的权限")
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

// refusedByPerson is how many refused requests of one person are written down: enough to see somebody
// trying doors, and too few to fill the record with.
var refusedByPerson = auth.Limit{Name: "note-refused", Max: 30, Per: 10 * time.Minute}

// refused writes down that a request was refused for lack of a right: in the tenant that it was for,
// else at home. It takes the time it needs, whether or not the browser waits for the answer.
func (a *App) refused(r *web.Request) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), 5*time.Second)
	defer cancel()
	if _, few := a.tries.Take(ctx, refusedByPerson, strconv.FormatInt(r.Visitor.Person, 10)); !few {
		return
	}
	e := access.Event{Kind: access.Refused, Person: r.Visitor.Person, Route: strings.Replace(r.Pattern, "/s/{tenant}", "", 1), Needs: r.Needs, Address: a.proxies().Address(r.Request)}
	if s, ok := r.Visitor.Session.(auth.Session); ok {
		e.Session, _ = uuid.Parse(s.ID)
	}
	var err error
	if slug := r.PathValue("tenant"); slug != "" {
		var id tenants.ID
		if id, err = a.DB.Find(ctx, slug); err == nil {
			err = a.Keeper.Door.WriteIn(ctx, id, e)
		}
	} else {
		err = a.Keeper.Door.Write(ctx, e)
	}
	if err != nil {
		a.Log.ErrorContext(ctx, "a refused request is not recorded", "route", r.Pattern, "person", r.Visitor.Person, "error", err)
	}
}

func (a *App) proxies() access.Proxies { return a.Config.Proxies }

func (a *App) admitVendor(r *web.Request, may string) error {
	grants, err := a.upper(r)
	if err != nil {
		return err
	}
	if may == "" && vendorHome(grants) != "" { // whoever of the vendor may see any page
		return nil
	}
	return grants.RequireVendor(may)
}

// admitDistrict lets in who may, over all of the district and not a line of it; to the board, where may is empty, also who reads
// a line of it.
func (a *App) admitDistrict(r *web.Request, may string) (int32, error) {
	grants, err := a.upper(r)
	if err != nil {
		return 0, err
	}
	code, err := strconv.ParseInt(r.PathValue("district"), 10, 32)
	if err != nil {
		return 0, errNowhere
	}
	// A district outside the list is there for those who hold something in it: an import's map may declare one.
	if _, known := division.District(int32(code)); !known && !slices.Contains(grants.Districts(), int32(code)) {
		return 0, errNowhere
	}
	r.Needs = cmp.Or(may, auth.BoardRead)
	if err := grants.RequireDistrict(r.Needs, int32(code)); err != nil {
		return 0, err
	}
	if sectors, whole := grants.Lines(auth.BoardRead, int32(code)); !whole && len(sectors) > 0 {
		if r.Line, err = a.lineOf(r.Context(), int32(code), sectors); err != nil {
			return 0, err
		}
	}
	r.May = func(capability string) bool {
		_, whole := grants.Lines(capability, int32(code))
		return whole
	}
	if may != "" && !r.May(may) {
		return 0, fault.New(fault.Forbidden, "您没有进行此操作的权限")
	}
	return int32(code), nil
}
