package app

import (
	"context"
	"maps"
	"net/http"

	"wanjie/app/admin"
	"wanjie/app/admin/accounts"
	"wanjie/app/admin/lists"
	"wanjie/app/admin/record"
	"wanjie/app/auth"
	"wanjie/app/auth/courier"
	"wanjie/app/config"
	"wanjie/app/district"
	"wanjie/app/hall"
	"wanjie/app/logo"
	"wanjie/app/mine"
	"wanjie/app/openapi"
	"wanjie/app/resident"
	"wanjie/app/support"
	"wanjie/app/vendor"
	"wanjie/app/web"
	"wanjie/app/wechat"
	"wanjie/billing"
	"wanjie/migrations"
	"wanjie/templates/gallery"
	"wanjie/tenants"
	"wanjie/tenants/journal"
)

// mountDoors opens the doors that are no modules: the district's board, the vendor's console, the
// street admin's pages, sign-in and the way home.
func (a *App) mountDoors() {
	s := a.Site
	a.signIn().Mount(s.Raw)
	resident.Routes(s, a.residents())
	logo.Routes(s)
	hall.Routes(s, hall.Deps{Cookies: auth.Cookies{Plain: a.cookies.Plain, At: "-hall"}, Live: a.Live})
	s.Signed("/{$}", a.home)
	s.Module("").Get("/{$}", "", tenantHome)
	mine.Routes(s, mine.Deps{Places: a.Keeper.Places, Modules: Modules, Frame: a.ownFrame})
	district.Routes(s)
	vendor.Routes(s, vendor.Deps{
		DB: a.DB, Migration: migrations.Newest(), Meters: billing.Meters,
		Open: func(ctx context.Context, p vendor.Plan) (tenants.Tenant, bool, error) {
			return OpenStreet(ctx, a.DB, StreetPlan{Code: p.Code, Blueprint: p.Blueprint, Slug: p.Slug, Contract: p.Contract, Until: p.Until, Placement: p.Placement, Demo: p.Demo})
		},
		Invite: func(ctx context.Context, i vendor.Invitation) error {
			_, err := a.invite(ctx, i.Tenant, invitation{Name: i.Name, Phone: i.Phone, Email: i.Email, Role: i.Role, Request: i.Request})
			return err
		},
		Refused: a.Messages.Refused, Site: a.Config.PublicURL, Residents: a.residentsAt,
		Lag: func(ctx context.Context) ([]journal.Behind, error) {
			return journal.Lag(ctx, a.DB, a.runner.Names()...)
		},
		May: func(r *web.Request, capability string) bool {
			grants, err := a.upper(r)
			return err == nil && grants.Vendor(capability)
		},
	})
	support.Routes(s, support.Deps{DB: a.DB, Done: admin.Done(words()), Names: a.Keeper.UpperNames, May: func(r *web.Request, capability string) bool {
		grants, err := a.upper(r)
		return err == nil && grants.Vendor(capability)
	}})
	wechat.Routes(s, wechat.Deps{DB: a.DB, Platform: a.wechat, May: func(r *web.Request, capability string) bool {
		grants, err := a.upper(r)
		return err == nil && grants.Vendor(capability)
	}})
	a.wechat.Door(s.Raw)
	s.Vendor(http.MethodGet, "", "", a.vendorDoor)
	accounts.Routes(s, a.accounts())
	record.Routes(s, record.Deps{DB: a.DB, Book: a.Keeper.Door, Proxies: a.proxies(), Frame: admin.Frame, Words: words(), Names: a.Keeper.UpperNames})
	admin.Routes(s, admin.Deps{
		Modules: switches(), Words: words(), Numbers: numbers(), Residents: resident.Among, Home: resident.Preview(a.residents()),
		Invite: func(ctx context.Context, tx tenants.Tx, i admin.Invitation) error {
			return a.inviteLater(ctx, tx, invitation{Name: i.Name, Phone: i.Phone, Email: i.Email, Role: i.Role, Unit: i.Unit})
		},
	})
	lists.Routes(s, lists.Deps{Frame: admin.Frame, Grid: gridNamed})
	openapi.Routes(s, openapi.Deps{Frame: admin.Frame})
	if a.Config.Dev {
		s.Raw("GET "+gallery.Base, gallery.Handler())
		s.Raw("GET "+gallery.Base+"/", gallery.Handler())
		s.Raw("GET /dev/sent", courier.DevPage(a.Messages))
		a.signIn().MountDemo(s.Raw, demoPeople)
	}
}

// accounts is what security administrators' pages need.
func (a *App) accounts() accounts.Deps {
	return accounts.Deps{
		DB: a.DB, Proxies: a.proxies(), Frame: admin.Frame, Order: a.measureLater, Elsewhere: a.Keeper.Elsewhere, Carry: a.Keeper.Carry,
		Find: a.Keeper.PersonOf, Places: a.Keeper.Places, Staff: a.Keeper.Staff,
		Providers: a.providers, Back: a.signIn().BackHere(), Note: a.Keeper.Door.Write,
		Officer: func(r *web.Request) (auth.Officer, error) {
			grants, err := a.upper(r)
			return auth.Officer{Person: r.Visitor.Person, Grants: grants}, err
		},
		Invite: func(ctx context.Context, s auth.Staff, at string) (int64, error) {
			in := auth.Inviter{Keeper: a.Keeper, Courier: a.Messages, URL: a.Config.PublicURL}
			return in.Invite(ctx, s, at)
		},
	}
}

// switches are the modules as a street admin reads about them.
func switches() (out []admin.Switch) {
	for _, m := range Modules {
		out = append(out, admin.Switch{Key: m.Key, Title: m.Title, About: m.About, Off: m.Off, Needs: m.Needs})
	}
	return out
}

// words are what all modules' acts, objects and dimensions say.
func words() map[string]string {
	out := admin.Words()
	maps.Copy(out, vendor.Words())
	maps.Copy(out, resident.Words())
	maps.Copy(out, support.Words())
	for _, m := range Modules {
		maps.Copy(out, m.Words)
	}
	return out
}

// numbers are the tables in which all modules' objects have a number for people.
func numbers() map[string]string {
	out := map[string]string{}
	for _, m := range Modules {
		maps.Copy(out, m.Numbers)
	}
	return out
}

// demoPeople are whom the development page lets a newcomer be.
func demoPeople() (out []auth.Demo) {
	d, _ := config.FindDev()
	for _, acc := range d.Accounts {
		out = append(out, auth.Demo{Group: acc.Group, Role: acc.Door, About: acc.About, Name: acc.Name, Login: acc.Login, Password: acc.Password, Secret: acc.TOTP, Start: acc.URL})
	}
	return out
}
