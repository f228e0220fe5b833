package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/openapi"
	"wanjie/app/web"
	"wanjie/tenants"
)

// described is the description of what programs may call.
func described(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.Description)
	if err == nil {
		err = doc.Validate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// platform is a program that calls with a key, and holds every answer against the description.
type platform struct {
	t    *testing.T
	h    *house
	doc  *openapi3.T
	key  string
	from string // X-Forwarded-For, when somebody tries that
}

type answer struct {
	status int
	header http.Header
	body   map[string]any
	raw    string
}

func (p platform) call(method, path string, body any) answer {
	p.t.Helper()
	var raw []byte
	switch b := body.(type) {
	case nil:
	case string:
		raw = []byte(b)
	default:
		var err error
		if raw, err = json.Marshal(b); err != nil {
			p.t.Fatal(err)
		}
	}
	q, err := http.NewRequestWithContext(p.t.Context(), method, p.h.server.URL+web.ProgramBase+path, bytes.NewReader(raw))
	if err != nil {
		p.t.Fatal(err)
	}
	if p.key != "" {
		q.Header.Set("Authorization", "Bearer "+p.key)
	}
	if p.from != "" {
		q.Header.Set("X-Forwarded-For", p.from)
	}
	q.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	out := answer{status: res.StatusCode, header: res.Header}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	out.raw = string(text)
	if err := json.Unmarshal(text, &out.body); err != nil {
		p.t.Fatalf("%s %s: %d %s: %v", method, path, out.status, text, err)
	}
	p.fits(q, res, text)
	return out
}

// fits holds an answer against the description.
func (p platform) fits(q *http.Request, res *http.Response, text []byte) {
	p.t.Helper()
	router, err := legacy.NewRouter(p.doc)
	if err != nil {
		p.t.Fatal(err)
	}
	asked := q.Clone(q.Context())
	asked.URL = &url.URL{Path: q.URL.Path, RawPath: q.URL.RawPath, RawQuery: q.URL.RawQuery}
	route, params, err := router.FindRoute(asked)
	if err != nil {
		p.t.Fatalf("%s %s is not described: %v", q.Method, q.URL.Path, err)
	}
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: asked, PathParams: params, Route: route},
		Status:                 res.StatusCode, Header: res.Header, Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateResponse(p.t.Context(), in.SetBodyBytes(text)); err != nil {
		p.t.Errorf("%s %s answered what is not described: %v", q.Method, q.URL.Path, err)
	}
}

// give makes a key of a street as its security administrator.
func (h *house) give(t *testing.T, s tenants.Tenant, base int64, w openapi.Wish) (k *openapi.Key, secret string) {
	t.Helper()
	if w.ID == uuid.Nil {
		w.ID = tenants.NewID()
	}
	if w.Until == "" {
		w.Until = clock.DateOf(clock.Now(t.Context())).Add(30)
	}
	if w.Channel == "" {
		w.Channel = "hotline"
	}
	err := h.App.DB.Write(t.Context(), s.ID, tenants.Actor{Person: roleAt(t, base, auth.SecurityAdmin)}, func(ctx context.Context, tx tenants.Tx) (err error) {
		k, secret, err = openapi.Make(ctx, tx, w)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return k, secret
}

// calls are what the street's record says of calls, the oldest first.
func (h *house) calls(t *testing.T, id tenants.ID, f openapi.Filter) (out []string) {
	t.Helper()
	within(t, h.App, id, 0, func(ctx context.Context, tx tenants.Tx) error {
		l, err := openapi.Calls(ctx, tx, f, 0, 100)
		for _, c := range l.Calls {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %d %s", strings.Replace(c.Route, web.ProgramBase, "", 1), c.Number, c.Status, c.Ground)))
		}
		slices.Reverse(out)
		return err
	})
	return out
}
