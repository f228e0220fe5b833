package accounts

import (
	"context"
	"net/http"
	"strconv"

	"wanjie/app/auth"
	"wanjie/app/auth/access"
	"wanjie/app/auth/providers"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Deps is what these pages need of the rest of the product.
type Deps struct {
	DB      *tenants.DB
	Proxies access.Proxies // believed about where a request comes from
	// Frame is the way to the neighbouring pages of a tenant's administration.
	Frame func(tx tenants.Tx, r *web.Request) view.Frame
	// Order has a measure carried out once tx commits.
	Order func(ctx context.Context, tx tenants.Tx, m auth.Measure, person int64, o auth.Order) error
	// Elsewhere reports whether a person holds grants outside the tenant.
	Elsewhere func(ctx context.Context, person int64, tenant tenants.ID) (bool, error)

	// Officer is who stands at the vendor's door.
	Officer func(r *web.Request) (auth.Officer, error)
	// Carry takes a measure at once.
	Carry func(ctx context.Context, m auth.Measure, person int64, o auth.Order) error
	// Staff are accounts as the sign-in service knows them, by our own numbers.
	Staff func(ctx context.Context, accounts []auth.Account) (map[int64]auth.Staff, error)
	// Find is who signs in with an account.
	Find func(ctx context.Context, account string) (person int64, err error)
	// Places are the tenants in which a person works.
	Places func(ctx context.Context, person int64) ([]auth.Place, error)
	// Providers are the districts' own sign-ins, which send people back to Back; Note writes into the door's record.
	Providers *providers.Shelf
	Back      string
	Note      func(ctx context.Context, e access.Event) error
	// Invite makes or finds the account of somebody and sends the invitation; at is who invites.
	Invite func(ctx context.Context, s auth.Staff, at string) (person int64, err error)
}

type desk struct{ Deps }

// Routes puts the pages under /s/{tenant}/admin/people/{person} and /admin/people/roles, /v/people, /v/sign-in, /v/acts and /d/{district}/sign-in.
func Routes(site *web.Site, d Deps) {
	a, r := &desk{d}, site.Module("")
	r.Get("/admin/people/roles", auth.PeopleRead, a.roles)
	r.Get("/admin/people/roles/file", auth.PeopleRead, a.rolesFile)
	r.Get("/admin/people/{person}", auth.PeopleRead, a.member)
	r.Post("/admin/people/{person}/measure", auth.PeopleWrite, a.decide)
	site.Vendor(http.MethodGet, "/people", auth.PeopleRead, a.officers)
	site.Vendor(http.MethodPost, "/people/find", auth.PeopleWrite, a.find)
	site.Vendor(http.MethodPost, "/people/invite", auth.GrantsGive, a.invite)
	site.Vendor(http.MethodGet, "/people/{person}", auth.PeopleWrite, a.officer)
	site.Vendor(http.MethodPost, "/people/{person}/measure", auth.PeopleWrite, a.carry)
	site.Vendor(http.MethodPost, "/people/{person}/give", auth.GrantsGive, a.give)
	site.Vendor(http.MethodPost, "/people/{person}/end", auth.GrantsGive, a.end)
	site.Vendor(http.MethodGet, "/sign-in", auth.PeopleWrite, a.providers)
	site.Vendor(http.MethodPost, "/sign-in", auth.PeopleWrite, a.saveProvider)
	site.DistrictDesk(http.MethodGet, "/sign-in", auth.PeopleWrite, a.own)
	site.DistrictDesk(http.MethodPost, "/sign-in", auth.PeopleWrite, a.saveOwn)
	site.DistrictDesk(http.MethodPost, "/sign-in/test", auth.PeopleWrite, a.testOwn)
	site.Vendor(http.MethodGet, "/acts", auth.JournalRead, a.acts)
}

// personOf reads a person's number from the address.
func personOf(r *web.Request) (int64, error) {
	n, err := strconv.ParseInt(r.PathValue("person"), 10, 64)
	if err != nil || n <= 0 {
		return 0, fault.New(fault.NotFound, "没有此人员")
	}
	return n, nil
}

// order is the visitor's word about an account.
func (a *desk) order(r *web.Request, reason string) auth.Order {
	return auth.Order{By: r.Visitor.Person, Reason: reason, Address: a.Proxies.Address(r.Request)}
}

// asked is the measure that a form asks for, and its reason as typed.
func asked(r *web.Request) (auth.Measure, string) {
	return auth.Measure(r.Text("measure")), r.Text("reason")
}

// forms are measures as the page offers them; refused is what is wrong with one of them.
func forms(ctx context.Context, r *web.Request, name string, offered []auth.MeasureWord, refused *fault.Error) (out []view.Measure) {
	m, reason := asked(r)
	for _, w := range offered {
		f := view.Measure{Guard: r.Guard(), Key: string(w.Measure), Title: ui.T(ctx, w.Title), About: ui.T(ctx, w.About), Confirm: ui.T(ctx, w.Confirm, name), Grave: w.Grave}
		if refused != nil && w.Measure == m {
			f.Reason, f.Say, f.Error = reason, ui.T(ctx, refused.Say, refused.Args...), ui.T(ctx, refused.Fields["reason"])
		}
		out = append(out, f)
	}
	return out
}

// offers reports whether a measure is among those that the page offers.
func offers(offered []auth.MeasureWord, m auth.Measure) bool {
	for _, w := range offered {
		if w.Measure == m {
			return true
		}
	}
	return false
}

// formFault is the fault that belongs beside a form's fields, or nil.
func formFault(err error) *fault.Error {
	if f := fault.Of(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Conflict) {
		return f
	}
	return nil
}

func errNotOffered() error {
	return fault.New(fault.Conflict, "账号当前状态不能这样办理，请刷新后再试")
}
