package app

import (
	"net/http"

	"wanjie/app/auth"
	"wanjie/app/web"
	"wanjie/templates/layout"
)

// signIn is the pages before any place was chosen.
func (a *App) signIn() *auth.Pages {
	return &auth.Pages{
		Keeper: a.Keeper, Cookies: a.cookies, Tries: a.tries, Log: a.Log, Locale: web.LocaleOf, Proxies: a.Config.Proxies,
		Districts: a.providers, URL: a.Config.PublicURL, Demo: a.Config.Dev,
		Frame: func(*http.Request) layout.Page { return layout.Page{Language: language} },
	}
}
