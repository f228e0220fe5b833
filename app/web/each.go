package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"wanjie/app/fault"
	"wanjie/tenants"
)

// MostAtOnce is how many things one POST of [Routes.Each] may be about: what a request has time for.
const MostAtOnce = 100

// Chosen is one of the things that a POST of [Routes.Each] is about: its id and what the form said with it.
type Chosen struct {
	ID   uuid.UUID
	With string
}

// Outcome is what became of one of them. Refused is nil where it was done.
type Outcome struct {
	Chosen
	Refused *fault.Error
}

// Each serves a POST that does the same to each of several things, which the form names under field as "id" or "id with".
// Each is decided by one in a transaction of its own, as the actor, so that one's refusal is not another's; show then
// tells what became of them. Every one has a request number of its own, made from the form's and its id: a repeat of the
// form does nothing twice.
func (r Routes) Each(path, may, field string, one func(context.Context, tenants.Tx, *Request, Chosen) error, show func(context.Context, tenants.Tx, *Request, []Outcome) (Reply, error)) {
	s, module := r.site, r.module
	s.note(Route{Method: http.MethodPost, Pattern: "/s/{tenant}" + path, Door: "tenant", Module: module})
	s.handle("POST /s/{tenant}"+path, func(w http.ResponseWriter, r *Request) error {
		r.Base, r.Needs = "/s/"+r.PathValue("tenant"), may
		if r.Visitor.Person == 0 {
			return errUnsigned
		}
		id, err := s.DB.Find(r.Context(), r.PathValue("tenant"))
		if err != nil {
			return err
		}
		actor := tenants.Actor{Person: r.Visitor.Person}
		admit := func(ctx context.Context, tx tenants.Tx) error { return s.Admit(ctx, tx, r, module, may) }
		if err := s.DB.Read(r.Context(), id, actor, admit); err != nil {
			return err
		}
		claimed, err := r.claim()
		if err != nil {
			return err
		}
		list, err := chosen(r.PostForm[field])
		if err != nil {
			return err
		}
		out := make([]Outcome, len(list))
		for i, c := range list {
			out[i] = Outcome{Chosen: c}
			err := s.DB.Enter(r.Context(), tenants.Entry{Tenant: id, Actor: actor, Request: partOf(claimed, r, c)}, func(ctx context.Context, tx tenants.Tx) error {
				if err := admit(ctx, tx); err != nil || tx.Repeat() != nil {
					return err
				}
				if err := one(ctx, tx, r, c); err != nil {
					return err
				}
				tx.Answer(tenants.Reply{Status: http.StatusNoContent})
				return nil
			})
			if out[i].Refused = fault.Of(err); err != nil && out[i].Refused == nil {
				if errors.Is(err, context.Canceled) {
					return err
				}
				s.Log.ErrorContext(r.Context(), "one of several failed", "request", r.number, "route", r.Pattern, "error", err)
				out[i].Refused = fault.New(fault.Unavailable, "系统繁忙，请稍后重试")
			}
		}
		var done rendered
		err = s.DB.Read(r.Context(), id, actor, func(ctx context.Context, tx tenants.Tx) error {
			reply, err := show(ctx, tx, r, out)
			if err != nil {
				return err
			}
			done, err = s.render(ctx, r, reply, func(ctx context.Context) (Frame, error) { return s.TenantFrame(ctx, tx, r) })
			return err
		})
		if err != nil {
			return err
		}
		done.send(w, r)
		return nil
	})
}

// chosen reads what a form names, each once, in the form's order.
func chosen(values []string) (out []Chosen, err error) {
	seen := map[uuid.UUID]bool{}
	for _, v := range values {
		word, with, _ := strings.Cut(v, " ")
		id, err := uuid.Parse(word)
		if err != nil {
			return nil, fault.New(fault.NotFound, "页面不存在")
		}
		if !seen[id] {
			seen[id] = true
			out = append(out, Chosen{id, with})
		}
	}
	switch {
	case len(out) == 0:
		return nil, fault.New(fault.Invalid, "请先勾选要办理的内容")
	case len(out) > MostAtOnce:
		return nil, fault.New(fault.Invalid, "一次最多办理 %d 项，请分次勾选", MostAtOnce)
	}
	return out, nil
}

// partOf is the request number for one of several things: a UUIDv7 of the form's own moment, the rest drawn from the
// form's number and the thing's, so that the same form makes the same numbers.
func partOf(whole *tenants.Request, r *Request, c Chosen) *tenants.Request {
	id := whole.ID
	rest := sha256.Sum256(fmt.Appendf(nil, "%s\n%s", whole.ID, c.ID))
	copy(id[6:], rest[:])
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80
	return &tenants.Request{ID: id, Digest: sha256.Sum256(fmt.Appendf(nil, "%d\n%s\n%s\n%s", r.Visitor.Person, r.URL.Path, c.ID, c.With))}
}
