package wechat

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strconv"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/fleet"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/division"
)

// Deps is what the vendor's pages need.
type Deps struct {
	DB       *tenants.DB
	Platform *Platform // nil: none is set up
	// May reports whether the visitor holds the capability, for showing what they could press.
	May func(r *web.Request, capability string) bool
}

type pages struct{ Deps }

// Routes puts the vendor's pages under /v/mini-programs.
func Routes(site *web.Site, d Deps) {
	p := &pages{d}
	site.Vendor(http.MethodGet, "/mini-programs", auth.StreetsRead, p.list)
	site.Vendor(http.MethodPost, "/mini-programs", auth.StreetsOpen, p.ask)
	site.Vendor(http.MethodGet, "/mini-programs/{district}", auth.StreetsRead, p.sheet)
	site.Vendor(http.MethodPost, "/mini-programs/{district}/release", auth.StreetsOpen, p.release)
}

// visible are the columns that the vendor may read: no token is among them.
const visible = `district, id, state, colour, contact, link, link_until, coalesce(appid, '') AS appid, template, version, reason, released, released_at, trouble, changed_at`

func (p *pages) list(ctx context.Context, r *web.Request) (web.Reply, error) {
	return p.listPage(ctx, r, view.MiniForm{Colour: "#1677ff"}, nil)
}

func (p *pages) listPage(ctx context.Context, r *web.Request, form view.MiniForm, f *fault.Error) (web.Reply, error) {
	var rows []Program
	err := p.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		return tx.Raw("SELECT "+visible+" FROM ctl.mini_programs ORDER BY district").Scan(ctx, &rows)
	})
	if err != nil {
		return web.Reply{}, fmt.Errorf("mini-programs: %w", err)
	}
	v := view.MiniPrograms{Guard: r.Guard(), Off: p.Platform == nil, MayOpen: p.May(r, auth.StreetsOpen), Form: form}
	for i := range rows {
		v.Rows = append(v.Rows, shownAs(&rows[i], v.MayOpen))
	}
	reply := web.Page(ui.T(ctx, "小程序"), view.MiniProgramsView(v))
	if f != nil {
		reply = reply.Status(f.Kind.Status())
	}
	return reply, nil
}

// shownAs is a row for the page. The link lets whoever has it bind a mini-program to the district: only who may ask for it sees it.
func shownAs(m *Program, mayOpen bool) view.MiniProgram {
	area, _ := division.District(m.District)
	out := view.MiniProgram{
		District: strconv.Itoa(int(m.District)), Name: area.Name, State: string(m.State), AppID: m.AppID, Version: m.Version, Template: m.Template, Reason: m.Reason, Trouble: m.Trouble,
		Released: m.Released, At: m.ReleasedAt, Contact: m.Contact, Colour: m.Colour, Changed: m.ChangedAt,
	}
	if mayOpen {
		out.Link, out.LinkUntil = m.Link, m.LinkUntil
	}
	return out
}

var colourForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// check is the wish of a form.
func check(form view.MiniForm) (Wish, error) {
	var bad fault.Problems
	code, err := strconv.ParseInt(form.District, 10, 32)
	if _, known := division.District(int32(code)); err != nil || !known { //nolint:gosec // parsed as 32 bits
		bad.Add("district", ui.Key("没有这个区县"))
	}
	bad.Need("contact", form.Contact, 30)
	if !colourForm.MatchString(form.Colour) {
		bad.Add("colour", ui.Key("颜色须形如 #1677ff"))
	}
	return Wish{District: int32(code), Colour: form.Colour, Contact: form.Contact}, bad.Fault() //nolint:gosec // parsed as 32 bits
}

var errOff = fault.New(fault.Conflict, "还没有设置微信第三方平台")

func (p *pages) ask(ctx context.Context, r *web.Request) (web.Reply, error) {
	if p.Platform == nil {
		return web.Reply{}, errOff
	}
	form := view.MiniForm{District: r.Text("district"), Colour: r.Text("colour"), Contact: r.Text("contact")}
	w, err := check(form)
	if err == nil {
		w.By = r.Visitor.Person
		err = p.Platform.Ask(ctx, w)
	}
	if f := fault.Of(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Conflict) {
		form.Say, form.Errors = ui.T(ctx, f.Say, f.Args...), f.Fields
		return p.listPage(ctx, r, form, f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/mini-programs/%d", w.District), "正在生成授权链接，稍后刷新"), nil
}

// pick reads the district of the address.
func (p *pages) pick(ctx context.Context, r *web.Request) (*Program, error) {
	var rows []Program
	code, err := strconv.ParseInt(r.PathValue("district"), 10, 32)
	if err == nil {
		err = p.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
			return tx.Raw("SELECT "+visible+" FROM ctl.mini_programs WHERE district = ?", code).Scan(ctx, &rows)
		})
		if err != nil {
			return nil, fmt.Errorf("mini-program: %w", err)
		}
	}
	if len(rows) == 0 {
		return nil, fault.New(fault.NotFound, "没有这个小程序")
	}
	return &rows[0], nil
}

func (p *pages) sheet(ctx context.Context, r *web.Request) (web.Reply, error) {
	m, err := p.pick(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	return p.sheetPage(ctx, r, m, view.MiniForm{}, nil)
}

func (p *pages) sheetPage(ctx context.Context, r *web.Request, m *Program, form view.MiniForm, f *fault.Error) (web.Reply, error) {
	may := p.May(r, auth.StreetsOpen)
	v := view.MiniSheet{Guard: r.Guard(), Program: shownAs(m, may), Off: p.Platform == nil, MayOpen: may, Form: form}
	v.MayAsk, v.MayRelease = may && !v.Off && m.MayAsk(), may && !v.Off && m.MayRelease()
	reply := web.Page(ui.T(ctx, "%s小程序", v.Program.Name), view.MiniProgramView(v)).Under(web.Crumb(ui.T(ctx, "小程序"), r.Path("/mini-programs")), web.Crumb(v.Program.Name, ""))
	if f != nil {
		reply = reply.Status(f.Kind.Status())
	}
	return reply, nil
}

var versionForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$`)

func (p *pages) release(ctx context.Context, r *web.Request) (web.Reply, error) {
	if p.Platform == nil {
		return web.Reply{}, errOff
	}
	m, err := p.pick(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	form := view.MiniForm{Template: r.Text("template"), Version: r.Text("version")}
	var bad fault.Problems
	template, err := strconv.ParseInt(form.Template, 10, 32)
	if err != nil || template < 0 {
		bad.Add("template", ui.Key("请填写模板编号"))
	}
	if !versionForm.MatchString(form.Version) {
		bad.Add("version", ui.Key("版本号由数字、字母、点和短横线组成，最多64个"))
	}
	if err = bad.Fault(); err == nil {
		err = p.Platform.Begin(ctx, m.District, int(template), form.Version)
	}
	if f := fault.Of(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Conflict) {
		form.Say, form.Errors = ui.T(ctx, f.Say, f.Args...), f.Fields
		return p.sheetPage(ctx, r, m, form, f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/mini-programs/%d", m.District), "正在提交，稍后刷新"), nil
}
