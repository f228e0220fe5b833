package web

import (
	"context"
	"net/http"
	"strings"

	"wanjie/tenants"
)

// The residents' door has one set of routes at two addresses: for browsers, which get pages and bring a cookie, and for
// programs such as a mini-program, which get JSON and bring the same forms and a bearer token. A street's own host shows
// both without the slug: see Site.Street.
const (
	residentPages = "/r/{tenant}"
	residentAPI   = "/api/v1/resident/{tenant}"
)

// door is a door with its own sign-in. The staff's is the nil one.
type door struct{ base string }

// enter settles what addresses begin with, and that a program gets JSON.
func (d *door) enter(r *Request) {
	r.Base = strings.Replace(d.base, "{tenant}", r.PathValue("tenant"), 1)
	if d.base == residentAPI {
		r.Header = r.Header.Clone()
		r.Header.Set("Accept", "application/json")
	}
	if r.Context().Value(ownHostKey{}) != nil {
		r.Base = strings.TrimSuffix(strings.TrimSuffix(d.base, "/{tenant}"), "/r")
	}
}

func (d *door) signIn(r *Request) string { return r.Path("/sign-in") }

// Own is the address asked for, as the browser knows it.
func (r *Request) Own() string {
	uri := r.URL.RequestURI()
	if r.door == nil {
		return uri
	}
	return r.Base + strings.TrimPrefix(uri, strings.Replace(r.door.base, "{tenant}", r.PathValue("tenant"), 1))
}

// Bearer is the token that a program brings at the residents' API; a browser's page never has one.
func Bearer(r *http.Request) string {
	if !strings.HasPrefix(r.URL.Path, "/api/") {
		return ""
	}
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return token
}

type ownHostKey struct{}

// byHost lets a street's own host stand for the street: "/matters" there is "/r/fengqiao/matters" here. Nothing else of the
// product answers on it but the static files.
func (s *Site) byHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.Street != nil && !strings.HasPrefix(r.URL.Path, "/static/") {
			if slug, ok := s.Street(r.Host); ok {
				r = r.Clone(context.WithValue(r.Context(), ownHostKey{}, true))
				base, rest := residentPages, r.URL.Path
				if api, is := strings.CutPrefix(rest, strings.TrimSuffix(residentAPI, "/{tenant}")); is {
					base, rest = residentAPI, api
				}
				r.URL.Path, r.URL.RawPath = strings.Replace(base, "{tenant}", slug, 1)+rest, ""
			}
		}
		next.ServeHTTP(w, r)
	})
}

// Residents is where the residents' door puts its addresses. Handlers refuse whom they do not know: web knows only whether
// somebody is signed in.
type Residents struct{ site *Site }

// Residents gives the routes of the residents' door.
func (s *Site) Residents() Residents { return Residents{s} }

// Open serves a page for everybody; the transaction is read-only.
func (d Residents) Open(path string, h Handler) { d.within(http.MethodGet, path, "open", false, h) }

// Get serves a page for somebody who is signed in, of his own: the transaction is read-only.
func (d Residents) Get(path string, h Handler) { d.within(http.MethodGet, path, "resident", false, h) }

// Look serves data that leaves as a file, which is written down.
func (d Residents) Look(path string, h Handler) { d.within(http.MethodGet, path, "resident", true, h) }

// Post serves a change by somebody who is signed in.
func (d Residents) Post(path string, h Handler) {
	d.within(http.MethodPost, path, "resident", true, h)
}

// Take is Post for a form that may bring files; see Routes.Take. may refuses a sender before any of them is taken.
func (d Residents) Take(path string, files int, take Taker, may func(context.Context, tenants.Tx) error, h Handler) {
	for _, base := range []string{residentPages, residentAPI} {
		d.site.takes(http.MethodPost+" "+base+path, upload{most: int64(files)*d.site.Uploads.Most + maxForm, files: files, take: take, may: may})
	}
	d.Post(path, h)
}

func (d Residents) within(method, path, who string, write bool, h Handler) {
	d.each(method, path, who, func(w http.ResponseWriter, r *Request, pattern string) error {
		s := d.site
		if who == "resident" && r.Visitor.Person == 0 {
			return errUnsigned
		}
		id, err := s.DB.Find(r.Context(), r.PathValue("tenant"))
		if err != nil {
			return err
		}
		entry := tenants.Entry{Tenant: id, Actor: tenants.Actor{Person: r.Visitor.Person}, ReadOnly: !write}
		if method == http.MethodPost {
			u := s.uploads[pattern]
			if err := r.receive(w, s, id, u, func() error { return s.DB.Read(r.Context(), id, entry.Actor, u.may) }); err != nil {
				return err
			}
			if entry.Request, err = r.claim(); err != nil {
				return err
			}
		}
		var out rendered
		err = s.DB.Enter(r.Context(), entry, func(ctx context.Context, tx tenants.Tx) error {
			reply, err := once(ctx, tx, r, h)
			if err != nil {
				return err
			}
			out, err = s.render(ctx, r, reply, func(ctx context.Context) (Frame, error) { return s.ResidentFrame(ctx, tx, r) })
			return err
		})
		if err != nil {
			return err
		}
		out.send(w, r)
		return nil
	})
}

// once answers a repeat with its reply, else calls h and keeps what it answered.
func once(ctx context.Context, tx tenants.Tx, r *Request, h Handler) (Reply, error) {
	if was := tx.Repeat(); was != nil {
		return recall(was), nil
	}
	reply, err := h(ctx, tx, r)
	if err == nil && r.Method == http.MethodPost && reply.see != "" {
		kept, err := keep(reply)
		if err != nil {
			return Reply{}, err
		}
		tx.Answer(kept)
	}
	return reply, err
}

// Outside serves what speaks with the sign-in service and so waits outside any transaction; its POST must be safe to
// repeat. Whether somebody has to be signed in is its own business.
func (d Residents) Outside(method, path string, h VendorHandler) {
	d.each(method, path, "open", func(w http.ResponseWriter, r *Request, _ string) error {
		s := d.site
		id, err := s.DB.Find(r.Context(), r.PathValue("tenant"))
		if err != nil {
			return err
		}
		if method == http.MethodPost {
			if err := r.ParseForm(); err != nil {
				return errForm(err)
			}
		}
		reply, err := h(r.Context(), r)
		if err != nil {
			return err
		}
		var out rendered
		err = s.DB.Read(r.Context(), id, tenants.Actor{Person: r.Visitor.Person}, func(ctx context.Context, tx tenants.Tx) (err error) {
			out, err = s.render(ctx, r, reply, func(ctx context.Context) (Frame, error) { return s.ResidentFrame(ctx, tx, r) })
			return err
		})
		if err != nil {
			return err
		}
		out.send(w, r)
		return nil
	})
}

// each registers a route at both addresses.
func (d Residents) each(method, path, who string, f func(http.ResponseWriter, *Request, string) error) {
	for _, base := range []string{residentPages, residentAPI} {
		pattern := method + " " + base + path
		d.site.note(Route{Method: method, Pattern: base + path, Door: who})
		d.site.handleAt(&door{base}, pattern, func(w http.ResponseWriter, r *Request) error { return f(w, r, pattern) })
	}
}
