package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestAnUnknownMessagePanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("an unknown message passed in silence")
		}
	}()
	Done("/", "没有登记的话")
}

func TestEveryMessageHasOneKey(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for key, say := range done {
		if other, twice := seen[say]; twice {
			t.Errorf("%s is %s and %s", say, key, other)
		}
		seen[say] = key
	}
}

// TestEveryMessageIsRegistered reads the whole of app: what is given to Done, straight or through
// functions that hand their parameter on, must be one of its messages.
func TestEveryMessageIsRegistered(t *testing.T) {
	t.Parallel()
	files := token.NewFileSet()
	packages := map[string][]*ast.File{}
	if err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		packages[filepath.Dir(path)] = append(packages[filepath.Dir(path)], f)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	said := 0
	for _, in := range packages {
		found, strange := messages(in)
		for _, s := range strange {
			t.Errorf("%s: what Done is given here cannot be read; give it a literal, or a parameter of the function", files.Position(s))
		}
		for say, at := range found {
			said++
			if _, ok := doneKey(say); !ok {
				t.Errorf("%s: %q is not among the messages of Done in app/web/flash.go", files.Position(at), say)
			}
		}
	}
	if said < 20 {
		t.Errorf("only %d messages found: the search is blind", said)
	}
}

// messages are the literals that reach Done in a package, and the places where something else does.
func messages(in []*ast.File) (found map[string]token.Pos, strange []token.Pos) {
	found = map[string]token.Pos{}
	// carriers are the functions that hand a parameter on to Done: name and its place.
	carriers := map[string]int{"web.Done": 1, "cases.Post": 1}
	for grown := true; grown; {
		grown, strange = false, nil
		for _, f := range in {
			for _, decl := range f.Decls {
				outer, _ := decl.(*ast.FuncDecl)
				ast.Inspect(decl, func(n ast.Node) bool {
					call, ok := n.(*ast.CallExpr)
					if !ok {
						return true
					}
					place, carries := carriers[name(call.Fun)]
					if !carries || place >= len(call.Args) {
						return true
					}
					switch arg := call.Args[place].(type) {
					case *ast.BasicLit:
						if say, err := strconv.Unquote(arg.Value); err == nil {
							found[say] = arg.Pos()
							return true
						}
					case *ast.Ident:
						if i := parameter(outer, arg.Name); i >= 0 {
							own := outer.Name.Name
							if outer.Recv != nil {
								own = "." + own
							}
							if _, known := carriers[own]; !known {
								carriers[own], grown = i, true
							}
							return true
						}
						if note(found, assigned(outer, arg.Name)) {
							return true
						}
					case *ast.SelectorExpr:
						if note(found, fields(outer, arg.Sel.Name)) {
							return true
						}
					}
					strange = append(strange, call.Pos())
					return true
				})
			}
		}
	}
	return found, strange
}

func note(found map[string]token.Pos, literals []*ast.BasicLit) bool {
	for _, l := range literals {
		if say, err := strconv.Unquote(l.Value); err == nil {
			found[say] = l.Pos()
		}
	}
	return len(literals) > 0
}

// assigned are the literals that a variable of a function is given.
func assigned(f *ast.FuncDecl, name string) (out []*ast.BasicLit) {
	ast.Inspect(f, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if ok && len(a.Lhs) == 1 && len(a.Rhs) == 1 {
			to, _ := a.Lhs[0].(*ast.Ident)
			if l, is := a.Rhs[0].(*ast.BasicLit); is && to != nil && to.Name == name {
				out = append(out, l)
			}
		}
		return true
	})
	return out
}

// fields are the literals that stand for a field in a function's table of unnamed structs.
func fields(f *ast.FuncDecl, name string) (out []*ast.BasicLit) {
	place := -1
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.StructType:
			if place < 0 {
				place = slices.IndexFunc(n.Fields.List, func(f *ast.Field) bool { return len(f.Names) == 1 && f.Names[0].Name == name })
			}
		case *ast.CompositeLit:
			if n.Type == nil && place >= 0 && place < len(n.Elts) {
				if l, is := n.Elts[place].(*ast.BasicLit); is {
					out = append(out, l)
				}
			}
		}
		return true
	})
	return out
}

func name(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok && x.Name == "web" {
			return "web." + e.Sel.Name
		}
		return "." + e.Sel.Name // a method
	}
	return ""
}

// parameter is the place of a function's parameter by name; -1 for none.
func parameter(f *ast.FuncDecl, name string) int {
	if f == nil {
		return -1
	}
	var names []string
	for _, field := range f.Type.Params.List {
		for _, n := range field.Names {
			names = append(names, n.Name)
		}
	}
	return slices.Index(names, name)
}

// The switch is remembered by the browser, goes back to the page it stood on, and takes no other word.
func TestDensityIsRemembered(t *testing.T) {
	t.Parallel()
	for word, dense := range map[string]bool{"dense": true, "comfortable": false, "": false, "x": false} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/density", strings.NewReader("density="+word))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Referer", "http://example.com/s/fengqiao/cases?stage=filed")
		w := httptest.NewRecorder()
		SetDensity(w, r)
		if to := w.Header().Get("Location"); to != "/s/fengqiao/cases?stage=filed" {
			t.Errorf("%q leads to %q", word, to)
		}
		next := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		for _, c := range w.Result().Cookies() {
			next.AddCookie(c)
		}
		if denseOf(next) != dense {
			t.Errorf("after %q the view is dense: %v", word, !dense)
		}
	}
}
