package gallery

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Everything exported from templates/* that draws something is drawn by some sample, straight or inside another view. What
// is not was looked at by nobody, and axe has not seen it.
func TestEveryComponentIsInTheGallery(t *testing.T) {
	t.Parallel()
	uses, components := calls(t, "..")
	seen := map[string]bool{}
	var walk func(string)
	walk = func(name string) {
		if !seen[name] {
			seen[name] = true
			for _, next := range uses[name] {
				walk(next)
			}
		}
	}
	walk("gallery.Samples")
	walk("gallery.Sample.Page")
	if len(components) < 100 {
		t.Fatalf("only %d components found: the search is blind", len(components))
	}
	for _, c := range components {
		if !seen[c] {
			t.Errorf("no sample shows %s: write one in its package's samples.go, and a new package into Samples of gallery.go", c)
		}
	}
}

// calls says for each function of the packages under root which others it names, as "folder.Name", and lists the exported
// ones that answer a templ.Component.
func calls(t *testing.T, root string) (uses map[string][]string, components []string) {
	t.Helper()
	uses = map[string][]string{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		folder := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(file)), "../")
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		imported := map[string]string{} // by the name under which the file knows it
		for _, i := range f.Imports {
			where, _ := strconv.Unquote(i.Path.Value)
			name := path.Base(where)
			if i.Name != nil {
				name = i.Name.Name
			}
			imported[name] = strings.TrimPrefix(where, "wanjie/templates/")
		}
		for _, decl := range f.Decls {
			names, answers := declared(decl)
			for _, name := range names {
				name = folder + "." + name
				ast.Inspect(decl, func(n ast.Node) bool {
					switch n := n.(type) {
					case *ast.SelectorExpr:
						if x, ok := n.X.(*ast.Ident); ok && imported[x.Name] != "" {
							uses[name] = append(uses[name], imported[x.Name]+"."+n.Sel.Name)
						}
						uses[name] = append(uses[name], folder+"."+n.Sel.Name) // perhaps a method
					case *ast.Ident:
						uses[name] = append(uses[name], folder+"."+n.Name)
					}
					return true
				})
				if answers && ast.IsExported(name[strings.LastIndex(name, ".")+1:]) && strings.HasSuffix(file, "_templ.go") {
					components = append(components, name)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(components)
	return uses, components
}

// declared are the names of a declaration; answers reports whether it is a function that answers a templ.Component.
func declared(decl ast.Decl) (names []string, answers bool) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		names = []string{d.Name.Name}
		if d.Recv != nil {
			if of, ok := d.Recv.List[0].Type.(*ast.Ident); ok {
				names = append(names, of.Name+"."+d.Name.Name)
			}
		}
		if r := d.Type.Results; r != nil && len(r.List) == 1 {
			if sel, ok := r.List[0].Type.(*ast.SelectorExpr); ok {
				answers = sel.Sel.Name == "Component"
			}
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if v, ok := spec.(*ast.ValueSpec); ok {
				for _, n := range v.Names {
					names = append(names, n.Name)
				}
			}
		}
	}
	return names, answers
}
