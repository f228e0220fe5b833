package web

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blobs"
	"wanjie/tenants/tenantstest"
)

// Every file that comes is looked through, whether a route has it in memory or a taker makes something of it; the number of the
// request covers the files too; and who may not send gets none of them taken.
func TestFilesPassTheDoor(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	street := w.Street(t)
	var taken atomic.Int32
	site := &Site{
		DB: w.DB, Log: slog.New(slog.DiscardHandler),
		Visitor: func(r *http.Request) (Visitor, error) {
			return Visitor{Person: int64(len(r.Header.Get("X-Person")))}, nil
		},
		Admit: func(_ context.Context, tx tenants.Tx, _ *Request, _, _ string) error {
			if tx.Actor().Person == 2 {
				return fault.New(fault.Forbidden, "不行")
			}
			return nil
		},
		Uploads: Uploads{Most: 1000, Look: func(_ context.Context, content []byte) error {
			if bytes.Contains(content, []byte("worm")) {
				return fault.New(fault.Invalid, "有虫")
			}
			return nil
		}},
	}
	routes := site.Module("")
	routes.Upload("/sheet", "", 1<<20, func(_ context.Context, _ tenants.Tx, r *Request) (Reply, error) {
		return See(r.Path("/read")), nil
	})
	routes.Take("/photos", "", 2, func(_ context.Context, _ blobs.Store, id tenants.ID, content []byte) (any, error) {
		if taken.Add(1); id != street.ID {
			t.Errorf("taken for tenant %d", id)
		}
		if len(content) < 3 {
			return nil, fault.New(fault.Invalid, "太短")
		}
		return string(content), nil
	}, func(_ context.Context, _ tenants.Tx, r *Request) (Reply, error) {
		got, err := Taken[string](r, "photos")
		if err != nil {
			return Reply{}, err
		}
		return See(r.Path("/kept/%s/%d", r.Text("word"), len(got))), nil
	})
	server := httptest.NewServer(site.Handler(Limits{}))
	defer server.Close()
	send := func(person, path, number string, files ...string) (int, string) {
		t.Helper()
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		if number == "" {
			number = tenants.NewID().String()
		}
		for k, v := range map[string]string{ui.RequestField: number, "word": "pit"} {
			if err := form.WriteField(k, v); err != nil {
				t.Fatal(err)
			}
		}
		for _, content := range files {
			part, err := form.CreateFormFile("photos", "x.jpg")
			if err == nil {
				_, err = io.WriteString(part, content)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		_ = form.Close()
		r := must(http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/s/"+street.Slug+path, &body))
		r.Header.Set("Content-Type", form.FormDataContentType())
		r.Header.Set("X-Person", person)
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode, res.Header.Get("Location")
	}
	if status, to := send("x", "/photos", "", "one", "two"); status != http.StatusSeeOther || to != "/s/"+street.Slug+"/kept/pit/2" {
		t.Errorf("two files: %d to %s", status, to)
	}
	if status, to := send("x", "/photos", ""); status != http.StatusSeeOther || to != "/s/"+street.Slug+"/kept/pit/0" {
		t.Errorf("no file: %d to %s", status, to)
	}
	if status, _ := send("x", "/sheet", "", "rows"); status != http.StatusSeeOther {
		t.Errorf("a sheet: %d", status)
	}
	for what, files := range map[string][]string{"a worm": {"worm"}, "a worm behind": {"one", "a worm"}, "a third": {"one", "two", "three"}, "too large": {string(make([]byte, 1001))}, "too short": {"a"}} {
		if status, _ := send("x", "/photos", "", files...); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", what, status)
		}
	}
	if status, _ := send("x", "/sheet", "", "a worm in a row"); status != http.StatusUnprocessableEntity {
		t.Errorf("a worm in a sheet: %d", status)
	}
	number := tenants.NewID().String()
	for _, c := range []struct {
		file string
		want int
	}{{"one", http.StatusSeeOther}, {"one", http.StatusSeeOther}, {"two", http.StatusConflict}} {
		if status, _ := send("x", "/photos", number, c.file); status != c.want {
			t.Errorf("%q under the number: %d, want %d", c.file, status, c.want)
		}
	}
	before := taken.Load()
	for person, want := range map[string]int{"xx": http.StatusForbidden, "": http.StatusUnauthorized} {
		if status, _ := send(person, "/photos", "", "one"); status != want {
			t.Errorf("person %q: %d, want %d", person, status, want)
		}
	}
	if taken.Load() != before {
		t.Error("files of somebody who may not send were taken")
	}
}

// A phone at the edge of the network sends a photo in more time than the server has for a form, and is waited for as long as
// something comes.
func TestASlowPhoneIsWaitedFor(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	street := w.Street(t)
	site := &Site{
		DB: w.DB, Log: slog.New(slog.DiscardHandler), Uploads: Uploads{Most: 1000},
		Visitor: func(*http.Request) (Visitor, error) { return Visitor{Person: 1}, nil },
		Admit:   func(context.Context, tenants.Tx, *Request, string, string) error { return nil },
	}
	done := func(_ context.Context, _ tenants.Tx, r *Request) (Reply, error) { return See(r.Path("/done")), nil }
	site.Module("").Take("/photos", "", 2, func(_ context.Context, _ blobs.Store, _ tenants.ID, content []byte) (any, error) { return content, nil }, done)
	site.Module("").Upload("/sheet", "", 1<<20, done)
	server := httptest.NewUnstartedServer(site.Handler(Limits{}))
	server.Config.ReadTimeout = 400 * time.Millisecond
	server.Start()
	defer server.Close()
	for path, want := range map[string]bool{"/photos": true, "/sheet": false} {
		in, out := io.Pipe()
		form := multipart.NewWriter(out)
		go func() {
			_ = form.WriteField(ui.RequestField, tenants.NewID().String())
			part, _ := form.CreateFormFile("photos", "x.jpg")
			for range 6 {
				time.Sleep(150 * time.Millisecond)
				_, _ = io.WriteString(part, "a piece")
			}
			_ = out.CloseWithError(form.Close())
		}()
		r := must(http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/s/"+street.Slug+path, in))
		r.Header.Set("Content-Type", form.FormDataContentType())
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		res, err := client.Do(r)
		if err == nil {
			_ = res.Body.Close()
		}
		if got := err == nil && res.StatusCode == http.StatusSeeOther; got != want {
			t.Errorf("%s: arrived %t, want %t (%v)", path, got, want, err)
		}
	}
}
