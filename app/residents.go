package app

import (
	"net/http"
	"strings"

	"github.com/peterstace/simplefeatures/geom"

	"wanjie/app/admin"
	"wanjie/app/auth"
	"wanjie/app/community"
	"wanjie/app/fault"
	"wanjie/app/geo"
	"wanjie/app/resident"
	"wanjie/app/services"
	"wanjie/app/web"
	view "wanjie/templates/resident"
)

// residentCookies are those of the residents' door: a session of the one door is none at the other.
func (a *App) residentCookies() auth.Cookies {
	return auth.Cookies{Plain: a.cookies.Plain, At: "-resident"}
}

func (a *App) residentDoor() *auth.ResidentDoor {
	return &auth.ResidentDoor{Keeper: a.Keeper, Tries: a.tries, From: a.proxies().Address, Log: a.Log}
}

// residents is what the residents' door needs.
func (a *App) residents() resident.Deps {
	return resident.Deps{
		DB: a.DB, Door: a.residentDoor(), Cookies: a.residentCookies(), Stylesheet: admin.Stylesheet, ThemeQuery: admin.ThemeQuery, Words: words(), Parts: []func(resident.Door){services.AtDoor, community.AtDoor},
		Colours: residentColours,
		GCJ: func(lon, lat float64) (float64, float64) {
			p := geo.GCJ02.In(geom.XY{X: lon, Y: lat})
			return p.X, p.Y
		},
	}
}

// residentColours are the steps of a street's colour for programs.
func residentColours(colour string) *view.Theme {
	accent, strong, stronger, tint, ok := admin.Colours(colour)
	if !ok {
		return nil
	}
	return &view.Theme{Accent: accent, Strong: strong, Stronger: stronger, Tint: tint}
}

// residentVisitor answers who asks at the residents' door: by its own cookie, or by the token of a program.
func (a *App) residentVisitor(r *http.Request) (web.Visitor, error) {
	token := web.Bearer(r)
	if token == "" {
		token = a.residentCookies().Token(r)
	}
	if token == "" {
		return web.Visitor{}, nil
	}
	s, err := a.residentDoor().Visit(r.Context(), token)
	if fault.Is(err, fault.Unsigned) {
		return web.Visitor{}, nil
	}
	if err != nil {
		return web.Visitor{}, err
	}
	return web.Visitor{Person: s.Person, Until: s.ExpiresAt, Session: s}, nil
}

// residentsAt is the address of a street's residents' door, as it stands on posters and papers.
func (a *App) residentsAt(slug string) string {
	if a.Config.ResidentDomain != "" {
		return "https://" + slug + "." + a.Config.ResidentDomain
	}
	return a.Config.PublicURL + "/r/" + slug
}

// street is the slug of the street whose residents come to a host: the first part of the name under the residents' domain.
func (a *App) street(host string) (string, bool) {
	name, _, _ := strings.Cut(strings.ToLower(host), ":")
	slug, under := strings.CutSuffix(name, "."+a.Config.ResidentDomain)
	return slug, under && a.Config.ResidentDomain != "" && slug != "" && !strings.Contains(slug, ".")
}
