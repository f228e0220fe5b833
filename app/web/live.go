package web

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/klauspost/compress/gzhttp"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
)

// LivePath is where the screens of a tenant listen, under its base. The query says for what:
//
//	/s/fengqiao/live?of=case&since=1763863200            any case
//	/s/fengqiao/live?of=case/019ab000-…&since=1763863200 this one
//
// What comes is that something moved, never what or how: the screen asks for its own address again, and gets
// what the person may see. since is when the page was made, in Unix seconds, so that nothing is missed between
// the page and the stream.
const LivePath = "/live"

// Listen is the address at which a page hears when one of topics moves: "case", or "case/<id>". made is when the
// page was read.
func (r *Request) Listen(made time.Time, topics ...string) string {
	return r.Path("%s?of=%s&since=%d", LivePath, strings.Join(topics, "&of="), made.Unix())
}

// OpenLive mounts the tenants' streams.
func (s *Site) OpenLive(l *Live) {
	pattern := "/s/{tenant}" + LivePath
	s.note(Route{Method: http.MethodGet, Pattern: pattern, Door: "tenant"})
	s.handle("GET "+pattern, func(w http.ResponseWriter, r *Request) error {
		r.Base = "/s/" + r.PathValue("tenant")
		if r.Visitor.Person != 0 {
			return s.stream(l, w, r, func(ctx context.Context, tx tenants.Tx, r *Request) error { return s.Admit(ctx, tx, r, "", "") })
		}
		if isListening(r) {
			w.WriteHeader(http.StatusNoContent) // what tells an EventSource to stop; a redirect would make it read the sign-in page
			return nil
		}
		return errUnsigned
	})
}

// KioskLive mounts the streams of the tenants' screens at which nobody sits; admit says by what a request bears whether
// the screen may listen.
func (s *Site) KioskLive(l *Live, admit func(context.Context, tenants.Tx, *Request) error) {
	s.note(Route{Method: http.MethodGet, Pattern: KioskBase + LivePath, Door: "kiosk"})
	s.handle("GET "+KioskBase+LivePath, func(w http.ResponseWriter, r *Request) error {
		r.Base, r.Visitor = "/hall/"+r.PathValue("tenant"), Visitor{}
		err := s.mayListen(r, admit) // before it takes one of the places that walls have
		if err == nil {
			err = s.stream(l, w, r, admit)
		}
		if fault.Is(err, fault.Unsigned) { // there is no sign-in to lead it to
			w.WriteHeader(http.StatusUnauthorized)
			return nil
		}
		return err
	})
}

// mayListen asks admit once, in the tenant of the address.
func (s *Site) mayListen(r *Request, admit func(context.Context, tenants.Tx, *Request) error) error {
	id, err := s.DB.Find(r.Context(), r.PathValue("tenant"))
	if err != nil {
		return err
	}
	return s.DB.Read(r.Context(), id, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error { return admit(ctx, tx, r) })
}

func isListening(r *Request) bool {
	return strings.HasPrefix(r.Header.Get("Accept"), "text/event-stream")
}

// stream lets one screen listen until it leaves, admit refuses it, or the process stops.
func (s *Site) stream(l *Live, w http.ResponseWriter, r *Request, admit func(context.Context, tenants.Tx, *Request) error) error {
	id, err := s.DB.Find(r.Context(), r.PathValue("tenant"))
	if err != nil {
		return err
	}
	// It listens before it is asked whether it missed anything, so that nothing falls between.
	sc, full := l.enter(id, r.Visitor, topicsOf(r))
	defer l.leave(sc)
	seen := madeAt(r)
	behind, err := s.behind(r, id, &seen, admit)
	switch {
	case err != nil:
		return err
	case !isListening(r) || len(sc.topics) == 0:
		return fault.New(fault.NotFound, "页面不存在") // somebody opened it by hand
	case full != nil:
		return full
	}
	if behind {
		nudge(sc.moved)
	}
	vacate(r.Context())
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // for proxies that would keep it back
	h.Set(gzhttp.HeaderNoCompression, "1")
	out := &sse{w: w, rc: http.NewResponseController(innermost(w)), patience: l.patience}
	_ = out.rc.SetReadDeadline(time.Time{}) // a server's limit for reading a request would end it
	l.follow(r, sc, out, func() (bool, error) { return s.stillThere(r, id, &seen, admit) })
	_ = out.rc.SetWriteDeadline(time.Time{}) // another request may follow on the connection
	return nil
}

// follow writes to one screen. Whatever ends it, the screen comes back by itself, except after "end".
func (l *Live) follow(r *Request, sc *screen, out *sse, still func() (behind bool, err error)) {
	if out.say(": listening\n\n") != nil {
		return
	}
	beat, look := time.NewTicker(l.beat), time.NewTicker(l.look)
	defer beat.Stop()
	defer look.Stop()
	over := time.NewTimer(left(r.Visitor))
	defer over.Stop()
	moved, rest := sc.moved, (<-chan time.Time)(nil)
	check := func() (end bool) {
		behind, err := still()
		switch {
		case err == nil:
			if behind {
				nudge(sc.moved)
			}
			over.Reset(left(r.Visitor))
			return false
		case fault.Is(err, fault.Unavailable) || fault.Of(err) == nil:
			return true // nobody can say whether it may stay: it asks again, after a while
		}
		_ = out.say("event: end\ndata: 1\n\n")
		return true
	}
	for {
		var err error
		select {
		case <-r.Context().Done():
			return
		case <-sc.out:
			return
		case <-moved:
			// Once now, and then not before a while: who must look anyway needs no second word.
			err = out.say("event: moved\ndata: 1\n\n")
			moved, rest = nil, time.After(l.pace)
		case <-rest:
			moved, rest = sc.moved, nil
		case <-beat.C:
			err = out.say("event: beat\ndata: 1\n\n")
		case <-sc.again:
			if !pause(r.Context(), rand.N(l.spread)) || check() {
				return
			}
		case <-sc.recheck:
			if check() {
				return
			}
		case <-look.C:
			if check() {
				return
			}
		case <-over.C:
			if check() {
				return
			}
		}
		if err != nil {
			lost.Inc()
			return
		}
	}
}

// left is how long the session may last, a year where nobody says.
func left(v Visitor) time.Duration {
	if v.Until.IsZero() {
		return 365 * 24 * time.Hour
	}
	return max(time.Second, time.Until(v.Until))
}

// sse writes events. A screen that does not take one in time has gone away or sleeps, and is dropped.
type sse struct {
	w        http.ResponseWriter
	rc       *http.ResponseController
	patience time.Duration
}

// innermost is the connection's own writer, whose flushing tells whether it worked.
func innermost(w http.ResponseWriter) http.ResponseWriter {
	for {
		in, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return w
		}
		w = in.Unwrap()
	}
}

func (o *sse) say(event string) error {
	_ = o.rc.SetWriteDeadline(time.Now().Add(o.patience)) //nolint:forbidigo // how long to wait, not what time it is
	if _, err := o.w.Write([]byte(event)); err != nil {
		return err
	}
	return o.rc.Flush()
}

// stillThere asks anew who it is and whether they may; see behind.
func (s *Site) stillThere(r *Request, id tenants.ID, seen *time.Time, admit func(context.Context, tenants.Tx, *Request) error) (bool, error) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	if r.Visitor.Person != 0 {
		v, err := s.Visitor(r.WithContext(ctx))
		if err != nil {
			return false, fault.New(fault.Unavailable, "登录服务暂时不可用，请稍后重试").Because(err)
		}
		if v.Person != r.Visitor.Person {
			return false, errUnsigned
		}
		r.Visitor = v
	}
	q := *r
	q.Request = r.WithContext(ctx)
	return s.behind(&q, id, seen, admit)
}

// behind admits the screen, and reports whether anything was recorded there after
// what was seen, which it moves on. So a screen is late by one look at most, whatever becomes of its hints.
func (s *Site) behind(r *Request, id tenants.ID, seen *time.Time, admit func(context.Context, tenants.Tx, *Request) error) (behind bool, err error) {
	entry := tenants.Entry{Tenant: id, Actor: tenants.Actor{Person: r.Visitor.Person}, ReadOnly: true}
	if r.Visitor.Person == 0 {
		entry.Actor = tenants.Machine()
	}
	err = s.DB.Enter(r.Context(), entry, func(ctx context.Context, tx tenants.Tx) error {
		if err := admit(ctx, tx, r); err != nil {
			return err
		}
		var at time.Time
		if err := tx.Raw("SELECT greatest(at, 'epoch') FROM heads WHERE tenant_id = ?", int32(tx.ID())).Scan(ctx, &at); err != nil {
			return fmt.Errorf("newest act: %w", err)
		}
		behind = at.After(*seen)
		*seen = at
		return nil
	})
	return behind, err
}

// skew is by how much the clocks of the product and the database may differ; more only costs a look.
const skew = 2 * time.Second

// madeAt is when the page was read, as it says itself; one that does not say has missed nothing.
func madeAt(r *Request) time.Time {
	since, err := strconv.ParseInt(r.URL.Query().Get("since"), 10, 64)
	if err != nil || since < 0 || since > 1<<40 {
		return clock.Now(r.Context())
	}
	return time.Unix(since, 0).Add(-skew)
}

// topic is what a screen wants to hear of: all objects of a kind, or one.
type topic struct {
	object string
	id     uuid.UUID
}

// mostTopics is more than any page needs.
const mostTopics = 8

func topicsOf(r *Request) (out []topic) {
	for _, of := range r.URL.Query()["of"] {
		object, name, one := strings.Cut(of, "/")
		t := topic{object: object}
		if one {
			id, err := uuid.Parse(name)
			if err != nil {
				continue
			}
			t.id = id
		}
		if object != "" && len(out) < mostTopics {
			out = append(out, t)
		}
	}
	return out
}

// pause waits unless ctx ends first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
