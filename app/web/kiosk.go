package web

import (
	"context"
	"net/http"

	"wanjie/templates/layout"
	"wanjie/tenants"

	"github.com/a-h/templ"
)

// KioskBase is what the addresses of a tenant's screens begin with. Nobody sits at a screen: it has no session and no
// person, and shows nothing that is anybody's.
const KioskBase = "/hall/{tenant}"

// Kiosk serves a screen. Whether it may show anything is the handler's to say, by what the request bears; shell is the
// document around the page. The transaction writes nothing but what a handler of a POST notes of the screen itself.
func (s *Site) Kiosk(method, path string, shell func(layout.Page) templ.Component, h Handler) {
	s.note(Route{Method: method, Pattern: KioskBase + path, Door: "kiosk"})
	s.handle(method+" "+KioskBase+path, func(w http.ResponseWriter, r *Request) error {
		r.Base = "/hall/" + r.PathValue("tenant")
		id, err := s.DB.Find(r.Context(), r.PathValue("tenant"))
		if err != nil {
			return err
		}
		if method == http.MethodPost {
			if err := r.ParseForm(); err != nil {
				return errForm(err)
			}
		}
		var out rendered
		err = s.DB.Enter(r.Context(), tenants.Entry{Tenant: id, Actor: tenants.Machine(), ReadOnly: method != http.MethodPost}, func(ctx context.Context, tx tenants.Tx) error {
			reply, err := h(ctx, tx, r)
			if err != nil {
				return err
			}
			out, err = s.render(ctx, r, reply, func(context.Context) (Frame, error) { return Frame{Shell: shell}, nil })
			return err
		})
		if err != nil {
			return err
		}
		out.send(w, r)
		return nil
	})
}
