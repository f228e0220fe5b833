package admin

import (
	"context"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"wanjie/app/auth"
	"wanjie/app/logo"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Switch is a module as the street admin reads about it.
type Switch struct {
	Key, Title string   // Title, About and Off are catalogue keys
	About      string   // what it is for
	Off        string   // what switching it off means
	Needs      []string // keys of modules it cannot do without
}

// Invitation brings somebody into the street's staff, with a role if one is given.
type Invitation struct {
	Name, Phone, Email string
	Role, Unit         string
}

// Deps is what these pages need of the rest of the product.
type Deps struct {
	Modules []Switch
	// Words are what modules' dimensions say, in catalogue keys, for the traces: "stage/filed" → 已立案.
	Words map[string]string
	// Numbers are tables by kind of object, whose column number is what people call an object by.
	Numbers map[string]string
	// Residents are those of some persons who have an account as residents of the street.
	Residents func(ctx context.Context, tx tenants.Tx, persons []int64) (map[int64]bool, error)
	// Invite sees to account, membership, role and message once tx commits, as a job: it asks the
	// sign-in service, which no transaction waits for. Its payload holds personal data and is sealed.
	Invite func(ctx context.Context, tx tenants.Tx, i Invitation) error
	// Home is the residents' first page, as a whole document, of a street that would look like t, in the colours of the
	// stylesheet at theme.
	Home func(ctx context.Context, tx tenants.Tx, r *web.Request, t tenants.Tenant, theme string) (templ.Component, error)
}

type desk struct{ Deps }

// Routes puts the pages under /s/{tenant}/admin and the street's stylesheet at /s/{tenant}/theme.css.
func Routes(site *web.Site, d Deps) {
	a, r := &desk{d}, site.Module("")
	r.Get("/admin/modules", auth.ModulesSwitch, a.modules)
	r.Post("/admin/modules", auth.ModulesSwitch, a.flip)
	r.Get("/admin/settings", auth.ConfigRead, a.settings)
	r.Get("/admin/settings/{key}", auth.ConfigRead, a.setting)
	r.Post("/admin/settings/{key}", auth.ConfigWrite, a.set)
	r.Post("/admin/settings/{key}/back", auth.ConfigWrite, a.back)
	a.itemRoutes(r)
	r.Get("/admin/units", auth.ConfigRead, a.units)
	r.Get("/admin/duties", auth.ConfigRead, a.duties)
	r.Get("/admin/branding", auth.ConfigWrite, a.branding)
	r.Take("/admin/branding", auth.ConfigWrite, 1, logo.Take, a.rebrand)
	r.Get("/admin/branding/preview", auth.ConfigWrite, a.preview)
	r.Get("/admin/branding/poster", auth.ConfigRead, poster)
	r.Get("/admin/people", auth.PeopleRead, a.people)
	r.Post("/admin/people/grant", auth.GrantsGive, a.grant)
	r.Post("/admin/people/end", auth.GrantsGive, a.end)
	r.Post("/admin/people/leave", auth.PeopleWrite, a.leave)
	r.Post("/admin/people/invite", auth.PeopleWrite, a.invite)
	r.Get("/admin/audit", auth.JournalRead, a.audit)
	site.Raw("GET /s/{tenant}/theme.css", http.HandlerFunc(Stylesheet))
}

// Frame is what every page of the administration has: the way to its neighbours, as far as the actor may go.
func Frame(tx tenants.Tx, r *web.Request) view.Frame {
	f := view.Frame{Base: r.Base}
	rest := strings.TrimPrefix(r.URL.Path, r.Base)
	for _, p := range []struct{ title, path, may string }{
		{ui.Key("模块"), "/admin/modules", auth.ModulesSwitch}, {ui.Key("参数设置"), "/admin/settings", auth.ConfigRead}, {ui.Key("配置项"), "/admin/items", auth.ConfigRead},
		{ui.Key("承办单位"), "/admin/units", auth.ConfigRead}, {ui.Key("职责清单"), "/admin/duties", auth.ConfigRead},
		{ui.Key("街道形象"), "/admin/branding", auth.ConfigWrite}, {ui.Key("人员与授权"), "/admin/people", auth.PeopleRead}, {ui.Key("接口密钥"), "/admin/keys", auth.KeysRead},
		{ui.Key("操作留痕"), "/admin/audit", auth.JournalRead}, {ui.Key("访问记录"), "/admin/access", auth.AccessRead},
	} {
		if auth.CanSomewhere(tx.Actor(), p.may) {
			f.Tabs = append(f.Tabs, view.Tab{Title: p.title, Path: p.path, Active: strings.HasPrefix(rest, p.path)})
		}
	}
	return f
}
