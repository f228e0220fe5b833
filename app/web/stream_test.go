package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// A download that breaks off cannot be taken for a whole one, and one that is whole comes as it is, uncompressed.
func TestABrokenDownloadIsNoDownload(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	street := w.Street(t)
	site := &Site{
		DB: w.DB, Log: slog.New(slog.DiscardHandler),
		Visitor: func(*http.Request) (Visitor, error) { return Visitor{Person: 1}, nil },
		Admit:   func(context.Context, tenants.Tx, *Request, string, string) error { return nil },
	}
	piece := strings.Repeat("案卷", 5000)
	site.Module("").Get("/{what}", "", func(_ context.Context, _ tenants.Tx, r *Request) (Reply, error) {
		whole := r.PathValue("what") == "whole"
		return Stream("案卷.csv", "text/csv", int64(2*len(piece)), func(_ context.Context, w io.Writer) error {
			if _, err := io.WriteString(w, piece); err != nil {
				return err
			}
			if !whole {
				return errors.New("a part is missing")
			}
			_, err := io.WriteString(w, piece)
			return err
		}), nil
	})
	server := httptest.NewServer(site.Handler(Limits{}))
	defer server.Close()
	for what, whole := range map[string]bool{"whole": true, "part": false} {
		for _, encoding := range []string{"gzip", "identity"} {
			r := must(http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/s/"+street.Slug+"/"+what, nil))
			r.Header.Set("Accept-Encoding", encoding)
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if whole && (err != nil || string(body) != piece+piece || res.Header.Get("Content-Encoding") != "" || !strings.Contains(res.Header.Get("Content-Disposition"), "attachment")) {
				t.Errorf("%s by %s: %d bytes, %v, %v", what, encoding, len(body), err, res.Header)
			}
			if !whole && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%s by %s ends with %v", what, encoding, err)
			}
		}
	}
}
