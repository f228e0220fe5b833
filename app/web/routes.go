package web

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"wanjie/app/fault"
	"wanjie/tenants"
)

// Handler does one thing inside one tenant. It returns its reply; it never writes to the network.
type Handler func(ctx context.Context, tx tenants.Tx, r *Request) (Reply, error)

// DistrictHandler does one thing over a district's rollups.
type DistrictHandler func(ctx context.Context, tx tenants.DistrictTx, r *Request) (Reply, error)

// VendorHandler does one thing for the vendor; it opens the scopes it needs by itself, because a
// saga has several. What it does for a POST must be safe to repeat: Request.Claimed tells it from another.
type VendorHandler func(ctx context.Context, r *Request) (Reply, error)

// Routes is where a module puts its addresses: all under /s/{tenant}, all behind its switch.
type Routes struct {
	site   *Site
	module string
}

// Get serves a page that shows no personal data: the transaction is read-only. may is the
// capability that the actor needs; "" is any staff of the tenant.
func (r Routes) Get(path, may string, h Handler) {
	r.site.tenantRoute(http.MethodGet, r.module, path, may, false, h)
}

// Look serves a page that shows personal data: the handler records its looks, and they are
// committed before the page leaves.
func (r Routes) Look(path, may string, h Handler) {
	r.site.tenantRoute(http.MethodGet, r.module, path, may, true, h)
}

// Post serves a change.
func (r Routes) Post(path, may string, h Handler) {
	r.site.tenantRoute(http.MethodPost, r.module, path, may, true, h)
}

// Always is Post for a change that a suspended tenant allows too: letting somebody out.
func (r Routes) Always(path, may string, h Handler) {
	if r.site.always == nil {
		r.site.always = map[string]bool{}
	}
	r.site.always[http.MethodPost+" /s/{tenant}"+path] = true
	r.Post(path, may, h)
}

// Ask serves a question that needs what somebody is typing, such as what else was said of the same place. It is a POST
// so that the words stand in no address and no log; it changes nothing and is not remembered.
func (r Routes) Ask(path, may string, h Handler) {
	r.site.tenantRoute(http.MethodPost, r.module, path, may, false, h)
}

// Module gives the routes of the module called key; "" is always on.
func (s *Site) Module(key string) Routes { return Routes{s, key} }

func (s *Site) tenantRoute(method, module, path, may string, write bool, h Handler) {
	pattern := method + " /s/{tenant}" + path
	s.note(Route{Method: method, Pattern: "/s/{tenant}" + path, Door: "tenant", Module: module})
	s.handle(pattern, func(w http.ResponseWriter, r *Request) error {
		slug := r.PathValue("tenant")
		r.Base, r.Needs = "/s/"+slug, may
		if r.Visitor.Person == 0 {
			return errUnsigned
		}
		id, err := s.DB.Find(r.Context(), slug)
		if err != nil {
			return err
		}
		entry := tenants.Entry{Tenant: id, Actor: tenants.Actor{Person: r.Visitor.Person}, ReadOnly: !write, Always: s.always[pattern]}
		if method == http.MethodPost {
			may := func() error {
				return s.DB.Read(r.Context(), id, entry.Actor, func(ctx context.Context, tx tenants.Tx) error { return s.Admit(ctx, tx, r, module, may) })
			}
			if err := r.receive(w, s, id, s.uploads[pattern], may); err != nil {
				return err
			}
			if write {
				entry.Request, err = r.claim()
			} else {
				err = r.parse()
			}
			if err != nil {
				return err
			}
		}
		var out rendered
		err = s.DB.Enter(r.Context(), entry, func(ctx context.Context, tx tenants.Tx) error {
			reply, err := s.inTenant(ctx, tx, r, module, may, h)
			if err != nil {
				return err
			}
			out, err = s.render(ctx, r, reply, func(ctx context.Context) (Frame, error) { return s.TenantFrame(ctx, tx, r) })
			return err
		})
		if err != nil {
			return err
		}
		out.send(w, r)
		return nil
	})
}

// inTenant checks the actor and the module, answers a repeat with its reply, and calls h.
func (s *Site) inTenant(ctx context.Context, tx tenants.Tx, r *Request, module, may string, h Handler) (Reply, error) {
	if err := s.Admit(ctx, tx, r, module, may); err != nil {
		return Reply{}, err
	}
	return once(ctx, tx, r, h)
}

// keep is what a repeat needs: the address and, on a line of its own, what a program is told.
func keep(r Reply) (tenants.Reply, error) {
	out := tenants.Reply{Status: r.status, Location: r.see}
	if r.json == nil {
		return out, nil
	}
	body, err := json.Marshal(r.json)
	out.Location += "\n" + string(body)
	return out, err
}

func recall(was *tenants.Reply) Reply {
	see, body, told := strings.Cut(was.Location, "\n")
	r := Reply{see: see, status: was.Status}
	if told {
		r.json = json.RawMessage(body)
	}
	return r
}

// District serves a page over a district's rollups under /d/{district}, for whoever reads its board.
func (s *Site) District(path string, h DistrictHandler) {
	s.note(Route{Method: http.MethodGet, Pattern: "/d/{district}" + path, Door: "district"})
	s.handle("GET /d/{district}"+path, func(w http.ResponseWriter, r *Request) error {
		district, err := s.AdmitDistrict(r, "")
		if err != nil {
			return err
		}
		r.District, r.Base = district, "/d/"+r.PathValue("district")
		var out rendered
		err = s.DB.District(r.Context(), district, func(ctx context.Context, tx tenants.DistrictTx) error {
			reply, err := h(ctx, tx, r)
			if err != nil {
				return err
			}
			out, err = s.render(ctx, r, reply, func(ctx context.Context) (Frame, error) { return s.DistrictFrame(ctx, tx, r) })
			return err
		})
		if err != nil {
			return err
		}
		out.send(w, r)
		return nil
	})
}

// DistrictPost serves a change under /d/{district}, for those of its officers who may: what the district says of itself.
func (s *Site) DistrictPost(path, may string, h DistrictHandler) {
	s.note(Route{Method: http.MethodPost, Pattern: "/d/{district}" + path, Door: "district"})
	s.handle("POST /d/{district}"+path, func(w http.ResponseWriter, r *Request) error {
		district, err := s.AdmitDistrict(r, may)
		if err != nil {
			return err
		}
		r.District, r.Base = district, "/d/"+r.PathValue("district")
		reply, err := s.once(r, func(ctx context.Context, r *Request) (reply Reply, err error) {
			err = s.DB.DistrictWrite(ctx, district, func(ctx context.Context, tx tenants.DistrictTx) error {
				reply, err = h(ctx, tx, r)
				return err
			})
			return reply, err
		})
		if err != nil {
			return err
		}
		return s.inDistrict(w, r, reply)
	})
}

// DistrictDesk serves what a district's officers with the capability may look after beside its rollups, under /d/{district}. No
// scope is open while h works: it opens those that it needs, and may ask others' servers before.
func (s *Site) DistrictDesk(method, path, may string, h VendorHandler) {
	s.note(Route{Method: method, Pattern: "/d/{district}" + path, Door: "district"})
	s.handle(method+" /d/{district}"+path, func(w http.ResponseWriter, r *Request) error {
		district, err := s.AdmitDistrict(r, may)
		if err != nil {
			return err
		}
		r.District, r.Base = district, "/d/"+r.PathValue("district")
		reply, err := s.once(r, h)
		if err != nil {
			return err
		}
		return s.inDistrict(w, r, reply)
	})
}

// inDistrict sends a reply in the frame of the district asked for.
func (s *Site) inDistrict(w http.ResponseWriter, r *Request, reply Reply) error {
	var out rendered
	err := s.DB.District(r.Context(), r.District, func(ctx context.Context, tx tenants.DistrictTx) (err error) {
		out, err = s.render(ctx, r, reply, func(ctx context.Context) (Frame, error) { return s.DistrictFrame(ctx, tx, r) })
		return err
	})
	if err == nil {
		out.send(w, r)
	}
	return err
}

// Vendor serves the vendor's console under /v, for its people with the capability may.
func (s *Site) Vendor(method, path, may string, h VendorHandler) {
	s.note(Route{Method: method, Pattern: "/v" + path, Door: "vendor"})
	s.handle(method+" /v"+path, func(w http.ResponseWriter, r *Request) error {
		r.Base, r.Needs = "/v", may
		if err := s.AdmitVendor(r, may); err != nil {
			return err
		}
		reply, err := s.once(r, h)
		if err != nil {
			return err
		}
		out, err := s.render(r.Context(), r, reply, func(ctx context.Context) (Frame, error) { return s.VendorFrame(ctx, r) })
		if err != nil {
			return err
		}
		out.send(w, r)
		return nil
	})
}

// once calls a handler above the tenants: a POST that worked is answered once, and repeats get its reply.
func (s *Site) once(r *Request, h VendorHandler) (reply Reply, err error) {
	if r.Method != http.MethodPost {
		return h(r.Context(), r)
	}
	claimed, err := r.claim()
	if err != nil {
		return Reply{}, err
	}
	r.claimed = claimed.ID
	ours := false
	kept, err := s.DB.Once(r.Context(), r.Visitor.Person, *claimed, func(ctx context.Context) (*tenants.Reply, error) {
		ours = true
		if reply, err = h(ctx, r); err != nil || reply.see == "" {
			return nil, err
		}
		kept, err := keep(reply)
		return &kept, err
	})
	if err == nil && !ours {
		reply = recall(kept)
	}
	return reply, err
}

// Signed serves a page for whoever is signed in, before any place was chosen.
func (s *Site) Signed(path string, h VendorHandler) {
	s.Across(path, func(ctx context.Context, r *Request) (Reply, Frame, error) {
		reply, err := h(ctx, r)
		return reply, Frame{Plain: true}, err
	})
}

// Across serves a page over all the places of whoever is signed in: the handler opens each one's scope by itself, and says
// what frame the page stands in.
func (s *Site) Across(path string, h func(context.Context, *Request) (Reply, Frame, error)) {
	s.note(Route{Method: http.MethodGet, Pattern: path, Door: "signed"})
	s.handle("GET "+path, func(w http.ResponseWriter, r *Request) error {
		if r.Visitor.Person == 0 {
			return errUnsigned
		}
		reply, frame, err := h(r.Context(), r)
		if err != nil {
			return err
		}
		out, err := s.render(r.Context(), r, reply, func(context.Context) (Frame, error) { return frame, nil })
		if err != nil {
			return err
		}
		out.send(w, r)
		return nil
	})
}

// errUnsigned sends the browser to the sign-in page and back.
var errUnsigned = fault.New(fault.Unsigned, "请先登录")

// ErrWeak sends the browser to the second factor and back.
var ErrWeak = fault.New(fault.Unsigned, "请完成二次验证")
