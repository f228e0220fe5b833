package app_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"wanjie/app"
	"wanjie/app/admin"
	"wanjie/app/resident"
	"wanjie/app/web"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// Every act that a module may record, and its object, has a name for the traces.
func TestEveryActHasAName(t *testing.T) {
	t.Parallel()
	said := app.Words()
	for _, m := range app.Modules {
		for _, kind := range m.Acts {
			if said["act/"+kind.Name] == "" {
				t.Errorf("%s: the act %s has no words", m.Key, kind.Name)
			}
			if object, _, _ := strings.Cut(kind.Name, "."); said["object/"+object] == "" {
				t.Errorf("%s: the object %s has no words", m.Key, object)
			}
		}
		for object := range m.Numbers {
			if said["object/"+object] == "" {
				t.Errorf("%s: the object %s has numbers, but no words", m.Key, object)
			}
		}
	}
}

// Every dimension that the code writes into acts by its name has words, but those that repeat another one's name.
func TestEveryDimensionHasAName(t *testing.T) {
	t.Parallel()
	said, seen := app.Words(), 0
	named := func(dim string) bool {
		for key := range said {
			if key == "dimension/"+dim || strings.HasPrefix(key, "dimension/") && strings.HasSuffix(key, "."+dim) {
				return true
			}
		}
		return strings.HasSuffix(dim, "_name")
	}
	for _, root := range []string{".", "../tenants"} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				list, ok := n.(*ast.CompositeLit)
				if !ok || !isDims(list.Type) {
					return true
				}
				for _, e := range list.Elts {
					key, ok := e.(*ast.KeyValueExpr).Key.(*ast.BasicLit)
					if !ok {
						continue
					}
					seen++
					if dim, _ := strconv.Unquote(key.Value); !named(dim) {
						t.Errorf("%s: the dimension %s has no words", path, dim)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 40 {
		t.Errorf("only %d dimensions were seen", seen)
	}
}

func isDims(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == "Dims"
	case *ast.SelectorExpr:
		return e.Sel.Name == "Dims"
	}
	return false
}

// code is what a column of the traces says when nobody has given it words: case.uncalled, unit_name, yes, 019bf5fc-….
var code = regexp.MustCompile(`\b[a-z]{2}[a-z_.-]*\b|[0-9a-f]{8}-[0-9a-f]{4}-`)

// wordless are the cells of all pages of the traces of a street in which code stands.
func wordless(t *testing.T, w *tenantstest.World) map[string]bool {
	t.Helper()
	site := &web.Site{DB: w.DB, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Visitor: func(r *http.Request) (web.Visitor, error) {
			n, _ := strconv.ParseInt(r.Header.Get("As"), 10, 64)
			return web.Visitor{Person: n}, nil
		},
		Admit:       func(context.Context, tenants.Tx, *web.Request, string, string) error { return nil },
		TenantFrame: func(context.Context, tenants.Tx, *web.Request) (web.Frame, error) { return web.Frame{}, nil },
		Resident:    func(*http.Request) (web.Visitor, error) { return web.Visitor{}, nil },
	}
	admin.Routes(site, admin.Deps{Words: app.Words(), Numbers: app.Numbers(), Residents: resident.Among})
	h := site.Handler(web.Limits{})
	if n := linked(t, w, h, "dispatcher"); n == 0 {
		t.Error("who reads cases is not led to them")
	}
	if n := linked(t, w, h, "audit_admin"); n != 0 {
		t.Errorf("who does not read cases is led to %d of them", n)
	}
	rows, err := w.Super(t, tenants.Home).Query(t.Context(), "SELECT slug FROM tenants WHERE slug IN ('fengqiao', 'huqiu-centre')")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out, acts := map[string]bool{}, 0
	for rows.Next() {
		var slug string
		if err := rows.Scan(&slug); err != nil {
			t.Fatal(err)
		}
		for path := "/s/" + slug + "/admin/audit"; path != ""; {
			rec := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("As", "1")
			h.ServeHTTP(rec, r)
			if rec.Code != http.StatusOK {
				t.Fatalf("%s: %d", path, rec.Code)
			}
			page, err := html.Parse(rec.Body)
			if err != nil {
				t.Fatal(err)
			}
			path = ""
			for _, a := range cascadia.QueryAll(page, cascadia.MustCompile("#acts a.btn")) {
				if textOf(a) == "更早" {
					path = attr(a, "href")
				}
			}
			for _, row := range cascadia.QueryAll(page, cascadia.MustCompile("#acts tbody tr")) {
				acts++
				who, kind := cell(row, 3), cell(row, 4)
				if object := cell(row, 5); strings.HasPrefix(who, "工号") || strings.HasPrefix(object, "案卷") && len(object) < len("案卷 20261129-00001") {
					out[fmt.Sprintf("%s · %s · %s", who, kind, object)] = true
				}
				for _, c := range cascadia.QueryAll(row, cascadia.MustCompile("td:nth-child(4), td:nth-child(5), td:nth-child(6) div")) {
					if said := textOf(c); code.MatchString(said) {
						out[fmt.Sprintf("%s · %s", kind, said)] = true
					}
				}
			}
		}
	}
	if err := rows.Err(); err != nil || acts < 200 {
		t.Fatalf("only %d acts were read (%v)", acts, err)
	}
	return out
}

// linked counts the links to cases on the first page of the traces of 枫桥街道 as somebody with a role reads it.
func linked(t *testing.T, w *tenantstest.World, h http.Handler, role string) int {
	t.Helper()
	var person string
	if err := w.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT g.person::text FROM grants g JOIN tenants t ON t.tenant_id = g.tenant_id WHERE t.slug = 'fengqiao' AND g.role = $1 AND g.unit = '' LIMIT 1", role).Scan(&person); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/s/fengqiao/admin/audit?object=case", nil)
	r.Header.Set("As", person)
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	page, err := html.Parse(rec.Body)
	if err != nil {
		t.Fatal(err)
	}
	return len(cascadia.QueryAll(page, cascadia.MustCompile(`td a[href^="/s/fengqiao/cases/"]`)))
}

func cell(row *html.Node, n int) string {
	return textOf(cascadia.Query(row, cascadia.MustCompile(fmt.Sprintf("td:nth-child(%d)", n))))
}

func textOf(n *html.Node) string {
	if n == nil {
		return ""
	}
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(textOf(c) + " ")
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
