package vendor

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/billing"
	view "wanjie/templates/fleet"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/division"
	"wanjie/tenants/journal"
)

// Plan is what an operator says to open a street.
type Plan struct {
	Code      string    // division code, 9 digits
	Blueprint string    // key; its newest version is used
	Slug      string    // empty: made from the tenant's number
	Contract  string    // empty: a trial
	Until     time.Time // last day of the trial; zero: none was agreed
	Placement string
	Demo      bool
}

// Invitation asks somebody to administer a tenant.
type Invitation struct {
	Tenant             tenants.ID
	Request            uuid.UUID // of the form: the same for its repeats
	Role               string    // key of an administrator's role
	Name, Phone, Email string
}

// Deps is what the console needs of the rest of the product.
type Deps struct {
	DB *tenants.DB
	// Open opens the street, or answers the one that is open; fresh tells which. Safe to repeat.
	Open func(ctx context.Context, p Plan) (t tenants.Tenant, fresh bool, err error)
	// Invite makes or finds the account, member and grant, and sends the invitation. Safe to repeat.
	Invite func(ctx context.Context, i Invitation) error
	// Lag measures how far the followers are behind, at every placement.
	Lag func(ctx context.Context) ([]journal.Behind, error)
	// Refused counts the messages that did not reach their recipients since a moment.
	Refused func(ctx context.Context, since time.Time) (int64, error)
	// May reports whether the visitor holds the capability, for showing what they could press.
	May func(r *web.Request, capability string) bool
	// Migration is the newest migration that this binary knows.
	Migration int64
	Meters    []billing.Meter
	// Site is the product's own address, and Residents that of a street's residents' door, as people type them.
	Site      string
	Residents func(slug string) string
}

type console struct{ Deps }

// Routes puts the console under /v.
func Routes(site *web.Site, d Deps) {
	c := &console{d}
	get := func(path, may string, h web.VendorHandler) { site.Vendor(http.MethodGet, path, may, h) }
	post := func(path, may string, h web.VendorHandler) { site.Vendor(http.MethodPost, path, may, h) }
	get("/streets", auth.StreetsRead, c.fleet)
	get("/streets/{id}", auth.StreetsRead, c.tenant)
	get("/open", auth.StreetsOpen, c.opening)
	get("/open/preview", auth.StreetsOpen, c.preview)
	post("/open", auth.StreetsOpen, c.open)
	post("/streets/{id}/state", auth.StreetsOpen, c.state)
	post("/streets/{id}/invite", auth.StreetsOpen, c.invite)
	get("/health", auth.HealthRead, c.health)
	post("/health/retry", auth.StreetsOpen, c.retry)
	get("/usage", auth.UsageRead, c.usage)
	get("/usage/export", auth.UsageRead, c.exportUsage)
	get("/usage/{id}", auth.UsageRead, c.usageOf)
	get("/usage/{id}/export", auth.UsageRead, c.exportDays)
}

// kindOf is a tenant's kind in words; a catalogue key.
func kindOf(kind string) string {
	if kind == string(tenants.Centre) {
		return ui.Key("区级指挥中心")
	}
	return ui.Key("街道")
}

// kinds are the division list's kinds in words; catalogue keys.
var kinds = map[division.Kind]string{
	division.Street: ui.Key("街道"), division.Town: ui.Key("镇"), division.Township: ui.Key("乡"), division.Zone: ui.Key("园区"),
	division.Farm: ui.Key("农林场"), division.Similar: ui.Key("类似单位"),
}

// lineOf is a unit of the country as a line of a list.
func lineOf(u division.Unit) view.Unit {
	return view.Unit{Code: u.Code, Name: u.Name, Path: u.Path(), Kind: kinds[u.Kind], Refused: u.Placeholder()}
}

func editionName(e blueprint.Edition) string { return e.Title + " " + strconv.Itoa(e.Number) }

// pick finds the tenant of the address.
func (c *console) pick(ctx context.Context, r *web.Request) (s street, err error) {
	id, err := tenants.ParseID(r.PathValue("id"))
	if err != nil {
		return s, fault.New(fault.NotFound, "没有这个租户")
	}
	return c.byNumber(ctx, id)
}

func (c *console) byNumber(ctx context.Context, id tenants.ID) (s street, err error) {
	err = c.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		s, err = byID(ctx, tx, id)
		return err
	})
	return s, err
}

func (c *console) tenant(ctx context.Context, r *web.Request) (web.Reply, error) {
	s, err := c.pick(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	return c.show(ctx, r, s, page{})
}

// admins are the roles that the vendor may invite: those who then look after the tenant themselves.
var admins = []string{auth.StreetAdmin, auth.SecurityAdmin, auth.AuditAdmin}

// page is what a tenant's page shows besides the tenant: a form as it was refused, if one was.
type page struct {
	invitation *view.Invitation
	state      *view.StateForm
	status     int
}

// show is the page of one tenant.
func (c *console) show(ctx context.Context, r *web.Request, s street, refused page) (web.Reply, error) {
	points, usage, err := c.details(ctx, []street{s})
	if err != nil {
		return web.Reply{}, err
	}
	editions, _, err := c.editions(ctx)
	if err != nil {
		return web.Reply{}, err
	}
	p := points[s.TenantID]
	v := view.Tenant{
		Guard: r.Guard(), ID: s.TenantID, Name: s.Name, Slug: s.Slug, Kind: kindOf(s.Kind), Path: pathOf(s), Code: s.Code, State: s.State,
		Blueprint: editionName(editions[p.Blueprint]), Revision: p.Revision, Placement: s.Placement, Contract: s.Contract, OpenedAt: s.OpenedAt, TrialUntil: s.TrialUntil, Over: over(ctx, s),
		Acts: p.Acts, LastAct: p.At, MayOpen: c.May(r, auth.StreetsOpen), MayEnter: c.May(r, auth.StreetsEnter), Form: view.Invitation{Role: auth.StreetAdmin}, Fresh: r.URL.Query().Get("fresh") == "1",
	}
	if refused.invitation != nil {
		v.Form = *refused.invitation
	}
	if v.Fresh {
		v.Staff = c.Site + "/s/" + s.Slug + "/"
		if s.Kind == string(tenants.Street) {
			v.Residents = c.Residents(s.Slug) + "/"
		}
	}
	if v.MayOpen {
		v.Forms = forms(ctx, r, s, refused.state)
	}
	if v.Populations, err = c.populations(ctx, s); err != nil {
		return web.Reply{}, err
	}
	v.HasPeople = s.Kind != string(tenants.Centre)
	if v.Standings, err = c.standings(ctx, s); err != nil {
		return web.Reply{}, err
	}
	for _, m := range c.Meters {
		if q, ok := usage[s.TenantID][m.Code]; ok {
			v.Uses = append(v.Uses, view.Use{Name: ui.T(ctx, m.Name), Unit: ui.T(ctx, m.Unit), Qty: q})
		}
	}
	for _, role := range admins {
		v.Roles = append(v.Roles, ui.Option{Value: role, Label: ui.T(ctx, auth.Title(role))})
	}
	return web.Page(s.Name, view.TenantView(v)).Status(refused.status).
		Under(web.Crumb(ui.T(ctx, "街道总览"), r.Path("/streets")), web.Crumb(s.Name, "")), nil
}

// pathOf says where a tenant lies.
func pathOf(s street) string {
	if u, ok := division.ByCode(s.Code); ok {
		return u.Path()
	}
	area, _ := division.District(s.District)
	return area.Path()
}

func (c *console) invite(ctx context.Context, r *web.Request) (web.Reply, error) {
	s, err := c.pick(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	form := view.Invitation{Name: r.Text("name"), Phone: r.Text("phone"), Email: r.Text("email"), Role: r.Text("role")}
	err = checkInvitation(form)
	if err == nil {
		err = c.Invite(ctx, Invitation{Tenant: s.id(), Request: r.Claimed(), Role: form.Role, Name: form.Name, Phone: form.Phone, Email: form.Email})
	}
	if f := fault.Of(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Conflict) {
		form.Say, form.Errors = ui.T(ctx, f.Say, f.Args...), f.Fields
		return c.show(ctx, r, s, page{invitation: &form, status: f.Kind.Status()})
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/streets/%d", s.TenantID), "已发出邀请"), nil
}

func checkInvitation(i view.Invitation) error {
	var f *fault.Error
	say := func(field, what string) {
		if f == nil {
			f = fault.Field(field, what)
			return
		}
		f.And(field, what)
	}
	known := false
	for _, role := range admins {
		known = known || role == i.Role
	}
	if !known {
		say("role", ui.Key("请选择角色"))
	}
	if i.Name == "" {
		say("name", ui.Key("请填写姓名"))
	}
	if i.Phone == "" && i.Email == "" {
		say("phone", ui.Key("请填写手机号码或电子邮箱"))
	}
	if f == nil {
		return nil
	}
	return f
}

// seconds turns a database's seconds into a duration.
func seconds(s float64) time.Duration { return time.Duration(max(0, s) * float64(time.Second)) }
