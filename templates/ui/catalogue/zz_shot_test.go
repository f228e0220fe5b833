package catalogue

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"wanjie/templates/admin"
	"wanjie/templates/district"
	"wanjie/templates/fleet"
	"wanjie/templates/layout"
	"wanjie/templates/static"
	"wanjie/templates/ui"
)

func TestServe(t *testing.T) {
	if os.Getenv("SHOTS") == "" {
		t.Skip()
	}
	views := map[string]templ.Component{}
	for _, s := range admin.Samples() {
		views["admin-"+s.Name] = s.View
	}
	for _, s := range district.Samples() {
		views["district-"+s.Name] = s.View
	}
	for _, s := range fleet.Samples() {
		views["fleet-"+s.Name] = s.View
	}
	for k := range views {
		fmt.Println("VIEW", k)
	}
	http.ListenAndServe("127.0.0.1:18777", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, static.Prefix) {
			static.Handler().ServeHTTP(w, r)
			return
		}
		v := views[strings.TrimPrefix(r.URL.Path, "/")]
		if v == nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		ctx := r.Context()
		if r.URL.Query().Get("en") != "" {
			ctx = ui.WithLocale(ctx, ui.English)
		}
		p := layout.Page{Title: "x", Tenant: "枫桥街道", Demo: true, Language: "/l", SignOut: "/o", User: layout.User{Name: "陈国华", Role: "街道管理员"}, Nav: []layout.NavItem{{Label: "街道总览", Href: "/", Active: true}, {Label: "运行健康", Href: "/h"}, {Label: "用量", Href: "/u"}}}
		_ = io.Discard
		layout.Shell(p).Render(templ.WithChildren(ctx, v), w)
	}))
	_ = context.Background
}
