// Package catalogue finds the Chinese strings that people see, in the Go files of the whole repository (the generated ones
// of templ included), so that a test can say which of them lack English or bypass ui.T.
//
// Found are the literals of
//
//	ui.T(ctx, "…", args)  ui.Key("…")                    in views and features
//	fault.New(kind, "…")  fault.Field("name", "…")  .And("name", "…")
//	.bad("field", "…", args)                             where package blueprint checks configuration
//
// and, as Bare, Chinese that a templ file writes into the page without asking ui.T. A folder whose page texts are data,
// not product strings, such as the gallery's samples, says so in a file named untranslated.txt, with the reason.
package catalogue

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode"
)

// Use is one place where a string for people stands.
type Use struct {
	Text string
	File string // relative to the root
	Line int
	Bare bool // written into a page without ui.T
}

func (u Use) String() string {
	return u.File + ":" + strconv.Itoa(u.Line) + ": " + strconv.Quote(u.Text)
}

// Marker is the file that excuses a folder from translation.
const Marker = "untranslated.txt"

// Root is the folder of go.mod at or above dir.
func Root(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fs.ErrNotExist
		}
		dir = up
	}
}

// Scan reads every Go file under root except tests, hidden folders and node_modules, in the order of their paths.
func Scan(root string) (uses []Use, err error) {
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			name := d.Name()
			if path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata") {
				return fs.SkipDir
			}
			if _, err := os.Stat(filepath.Join(path, Marker)); err == nil {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		found, err := scan(filepath.ToSlash(name), src)
		uses = append(uses, found...)
		return err
	})
	return uses, err
}

func scan(name string, src []byte) (uses []Use, err error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		i, bare := textOf(call, file.Name.Name)
		if i < 0 || i >= len(call.Args) {
			return true
		}
		if text, ok := literal(call.Args[i]); ok && Han(text) {
			uses = append(uses, Use{Text: text, File: name, Line: files.Position(call.Args[i].Pos()).Line, Bare: bare})
		}
		return true
	})
	return uses, nil
}

// textOf says which argument of call is for people, -1 for none.
func textOf(call *ast.CallExpr, pkg string) (arg int, bare bool) {
	if id, ok := call.Fun.(*ast.Ident); ok && pkg == "ui" {
		switch id.Name {
		case "T":
			return 1, false
		case "Key":
			return 0, false
		}
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return -1, false
	}
	on, _ := sel.X.(*ast.Ident)
	switch name := sel.Sel.Name; {
	case on != nil && on.Name == "ui" && name == "T":
		return 1, false
	case on != nil && on.Name == "ui" && name == "Key":
		return 0, false
	case on != nil && on.Name == "fault" && (name == "New" || name == "Field"):
		return 1, false
	case pkg == "blueprint" && name == "bad" && len(call.Args) >= 2:
		return 1, false
	case name == "And" && len(call.Args) == 2:
		return 1, false
	case on != nil && on.Name == "templruntime" && name == "WriteString":
		return 2, true
	}
	return -1, false
}

// literal is the value of a string literal or of a sum of them.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.ParenExpr:
		return literal(e.X)
	case *ast.BinaryExpr:
		a, ok := literal(e.X)
		b, ok2 := literal(e.Y)
		return a + b, ok && ok2 && e.Op == token.ADD
	}
	return "", false
}

// Han reports whether s holds a Chinese character.
func Han(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// Missing are the uses that english cannot say, first use of each text only, and every bare text.
func Missing(uses []Use, english map[string]string) (out []Use) {
	seen := map[string]bool{}
	for _, u := range uses {
		if u.Bare {
			out = append(out, u)
			continue
		}
		if _, ok := english[u.Text]; !ok && !seen[u.Text] {
			seen[u.Text] = true
			out = append(out, u)
		}
	}
	return out
}

var verb = regexp.MustCompile(`%(\[\d+\])?[-+# 0]*[\d.]*[a-zA-Z%]`)

// VerbsDiffer are the entries whose English does not take the same fmt verbs as the Chinese; their texts would come out
// with %!s(MISSING) or %!(EXTRA …).
func VerbsDiffer(english map[string]string) (out []string) {
	for zh, en := range english {
		if strings.Join(verbs(zh), " ") != strings.Join(verbs(en), " ") {
			out = append(out, strconv.Quote(zh)+" and "+strconv.Quote(en))
		}
	}
	sort.Strings(out)
	return out
}

// verbs lists the verbs of s by the argument they take, as "1s 2d".
func verbs(s string) (out []string) {
	next := 1
	for _, v := range verb.FindAllString(s, -1) {
		kind := v[len(v)-1:]
		if kind == "%" {
			continue
		}
		if open := strings.IndexByte(v, '['); open >= 0 {
			next, _ = strconv.Atoi(v[open+1 : strings.IndexByte(v, ']')])
		}
		out = append(out, strconv.Itoa(next)+kind)
		next++
	}
	sort.Strings(out)
	return out
}
