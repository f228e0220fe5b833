package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Caller is the program behind a request, as the key that it bears says.
type Caller struct {
	Tenant    tenants.ID
	Key       uuid.UUID
	Actor     tenants.Actor
	Channel   string // of the blueprint: whose orders it brings
	Otherwise string // class of orders whose own is not known here; may be empty
	Address   string

	Number string // handlers say what the call is about, and how many they gave, for the record
	Count  int
}

// Programs is the door to programs; the wiring gives it.
type Programs struct {
	// Admit answers whose key the request bears, refusing one that may not be used, from there or now, and a module that
	// is off. A caller that was found comes with the error too, so that the refusal is written down where it belongs.
	Admit func(r *Request, module string) (*Caller, error)
	// Note writes a call down: with its effect, or alone when err ended it.
	Note func(ctx context.Context, tx tenants.Tx, r *Request, status int, err error) error
}

// ProgramBase is what the addresses for programs begin with.
const ProgramBase = "/api/v1"

// maxCall bounds the body of a call, in bytes.
const maxCall = 64 << 10

// noteWithin bounds the writing down of a call that was refused, whether or not the program waits.
const noteWithin = 5 * time.Second

// Call serves programs: the request bears a key of the tenant in place of a session and names no tenant in its address,
// the answer is [JSON], and so is every refusal. There is no cookie and so no cross-site request to fear.
func (r Routes) Call(method, path string, h Handler) {
	s, module := r.site, r.module
	s.note(Route{Method: method, Pattern: ProgramBase + path, Door: "program", Module: module})
	s.muxed().HandleFunc(method+" "+ProgramBase+path, func(w http.ResponseWriter, q *http.Request) {
		q.Body = http.MaxBytesReader(w, q.Body, maxCall)
		r := &Request{Request: q.WithContext(ui.WithLocale(q.Context(), asked(q))), number: Number(q.Context()), site: s.URL, Base: ProgramBase, program: true}
		if err := s.call(w, r, module, h); err != nil {
			s.fail(w, r, err)
		}
	})
}

// asked is the language that a program asks for; people's browsers have a switch instead.
func asked(q *http.Request) string {
	if strings.HasPrefix(strings.ToLower(q.Header.Get("Accept-Language")), ui.English) {
		return ui.English
	}
	return ui.Chinese
}

func (s *Site) call(w http.ResponseWriter, r *Request, module string, h Handler) error {
	c, err := s.Programs.Admit(r, module)
	r.Caller = c
	if fault.Is(err, fault.Unsigned) {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if c == nil {
		return err
	}
	noteWho(r.Context(), tenants.System, c.Tenant.String())
	var out rendered
	if err == nil {
		err = s.DB.Enter(r.Context(), tenants.Entry{Tenant: c.Tenant, Actor: c.Actor}, func(ctx context.Context, tx tenants.Tx) error {
			reply, err := h(ctx, tx, r)
			if err != nil {
				return err
			}
			if reply.json == nil {
				return errors.New("a program is answered with JSON")
			}
			if out, err = s.render(ctx, r, reply, nil); err != nil {
				return err
			}
			return s.Programs.Note(ctx, tx, r, out.status, nil)
		})
	}
	if err != nil {
		s.noteRefused(r, err)
		return err
	}
	out.send(w, r)
	return nil
}

// noteRefused writes a call down that changed nothing.
func (s *Site) noteRefused(r *Request, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), noteWithin)
	defer cancel()
	if e := s.DB.Write(ctx, r.Caller.Tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		return s.Programs.Note(ctx, tx, r, statusOf(err), err)
	}); e != nil {
		s.Log.ErrorContext(ctx, "a program's call is not recorded", "request", r.number, "route", r.Pattern, "error", e)
	}
}
