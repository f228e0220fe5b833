package app_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"wanjie/app"
	"wanjie/app/module"
)

// layers says what each part of the house may import of the house, nearest prefix first. Arrows run
// one way: cmd → app → features and doors → web, module, auth, views → billing, jobs → tenants.
var layers = []struct{ part, may string }{
	{"cmd", "app infra migrations tenants billing jobs"},
	{"app/fault", ""},
	{"app/clock", ""},
	{"app/config", ""},
	{"app/web", "app/fault app/clock templates/layout templates/ui tenants"},
	{"app/auth", "app/auth/safe app/fault app/clock jobs tenants templates/auth templates/layout templates/ui"},
	{"app/module", "app/web billing jobs tenants"},
	{"app/sheets", "app/clock"},
	{"app/docs", ""},
	{"app/qr", ""},
	{"app/geo", "templates/ui"},
	{"app/tables", "app/fault"},
	{"app/files/pictures", "app/files app/fault tenants"},
	{"app/files", "app/clock app/fault tenants"},
	{"app/post", "app/cases/photos app/clock app/fault jobs templates/ui tenants"},
	{"app/bench", "app infra migrations tenants billing jobs"},
	{"app/demo", "app tenants templates/ui"},
	{"app/logo", "app/files app/fault app/web tenants"},
	{"app/services", "app/resident app/web app/module app/auth app/cases app/fault app/clock tenants templates"},
	{"app/leader", "app/assessment app/web app/module app/auth app/cases app/fault app/clock tenants templates"},
	{"app/community", "app/resident app/web app/module app/auth app/geo app/files app/logo app/qr app/fault app/clock jobs tenants templates"},
	{"app/", "app/web app/module app/auth app/geo app/files app/sheets app/tables app/docs app/logo app/post app/qr app/fault app/clock app/cases billing jobs tenants templates migrations"}, // features and doors
	{"app", "app billing jobs tenants templates migrations"},
	{"billing", "app/fault app/clock tenants"},
	{"jobs", "app/fault app/clock tenants"},
	{"tenants/tenantstest", "infra migrations tenants"},
	{"tenants", "app/fault app/clock tenants"},
	{"templates", "templates"},
	{"migrations", ""},
	{"infra", "app/clock app/fault infra"},
}

func TestArrows(t *testing.T) {
	t.Parallel()
	root := ".."
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || d.Name() == "node_modules" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		rel, _ := filepath.Rel(root, path)
		files++
		for _, imp := range importsOf(t, path) {
			if !allowed(filepath.ToSlash(filepath.Dir(rel)), imp) {
				t.Errorf("%s may not import %s", rel, imp)
			}
		}
		return nil
	})
	if err != nil || files < 50 {
		t.Fatalf("looked at %d files: %v", files, err)
	}
	if allowed("templates/cases", "tenants") || allowed("tenants/journal", "app/web") || allowed("app/web", "app/cases") {
		t.Error("the rule lets a wrong arrow through")
	}
}

func importsOf(t *testing.T, path string) (out []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range f.Imports {
		if p, ours := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), "wanjie/"); ours {
			out = append(out, p)
		}
	}
	return out
}

func allowed(dir, imp string) bool {
	for _, l := range layers {
		if dir != strings.TrimSuffix(l.part, "/") && !strings.HasPrefix(dir, strings.TrimSuffix(l.part, "/")+"/") || strings.HasSuffix(l.part, "/") && dir+"/" == l.part {
			continue
		}
		if inside(imp, dir) { // a package and its own folders
			return true
		}
		for _, may := range strings.Fields(l.may) {
			if inside(imp, may) {
				return true
			}
		}
		return false
	}
	return false
}

func inside(path, part string) bool { return path == part || strings.HasPrefix(path, part+"/") }

func TestModulesFitTogether(t *testing.T) {
	t.Parallel()
	if err := module.Check(app.Modules); err != nil {
		t.Error(err)
	}
	for name, broken := range map[string][]module.Module{
		"doubled key":   {{Key: "a", Title: "A"}, {Key: "a", Title: "A"}},
		"unknown need":  {{Key: "a", Title: "A", Needs: []string{"b"}}},
		"nameless one":  {{Key: "a"}},
		"twice one act": {{Key: "a", Title: "A", Acts: app.Modules[0].Acts}, {Key: "b", Title: "B", Acts: app.Modules[0].Acts}},
	} {
		if module.Check(broken) == nil {
			t.Errorf("%s is not refused", name)
		}
	}
}
