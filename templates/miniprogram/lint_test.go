package miniprogram

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// native are WeChat's own elements that the pages may use.
var native = []string{"view", "text", "image", "button", "picker", "block", "template", "import", "include", "wxs", "navigator"}

var (
	method   = regexp.MustCompile(`(?m)^[ ]+(?:async )?(\w+)\([^)\n]*\) \{$`)
	words    = regexp.MustCompile(`\bw\.(\w+)`)
	required = regexp.MustCompile(`require\('(\.[^']+)'\)`)
	urls     = regexp.MustCompile(`['"` + "`" + `](/(?:pages|services)/[\w/-]+)`)
	called   = regexp.MustCompile(`api\.call\('(\w+)'`)
	selfShut = regexp.MustCompile(`<([a-z-]+)((?:\s[^<>]*?)?)/>`)
)

// lint looks the pages over without running them, and says what WeChat would only say on somebody's phone: a page that
// app.json does not know, a component that is not registered or not there, a handler that no page has, a word without a
// catalogue, a way to a page or a route of the server that does not exist.
func lint(source fs.FS) (problems []string, err error) {
	l := &linter{source: source, common: map[string]bool{}}
	if l.app, err = ReadApp(source); err != nil {
		return nil, err
	}
	if err := l.shared(); err != nil {
		return nil, err
	}
	for _, p := range l.app.All() {
		if err := l.page(p); err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
	}
	for _, tab := range l.app.TabBar.List {
		if !slices.Contains(l.app.Pages, tab.PagePath) {
			l.say("app.json", "the tab %s is no page of the main package", tab.PagePath)
		}
	}
	if err := l.strays(); err != nil {
		return nil, err
	}
	slices.Sort(l.problems)
	return slices.Compact(l.problems), nil
}

type linter struct {
	source   fs.FS
	app      App
	common   map[string]bool // handlers that every page has
	catalog  string          // words/zh.js
	problems []string
}

func (l *linter) say(at, format string, args ...any) {
	l.problems = append(l.problems, at+": "+fmt.Sprintf(format, args...))
}

func (l *linter) read(name string) (string, error) {
	b, err := fs.ReadFile(l.source, name)
	return string(b), err
}

func (l *linter) shared() error {
	text, err := l.read("lib/page.js")
	if err != nil {
		return err
	}
	for _, m := range method.FindAllStringSubmatch(text, -1) {
		l.common[m[1]] = true
	}
	l.catalog, err = l.read("words/zh.js")
	return err
}

// page looks at one page: its four files, what they name, and what they include.
func (l *linter) page(name string) error {
	var files [3]string
	for i, end := range []string{".json", ".js", ".wxml"} {
		text, err := l.read(name + end)
		if err != nil {
			l.say(name, "%s is missing", end)
			return nil //nolint:nilerr // it is said
		}
		files[i] = text
	}
	var has struct {
		Using map[string]string `json:"usingComponents"`
	}
	if err := json.Unmarshal([]byte(files[0]), &has); err != nil {
		return err
	}
	for tag, at := range has.Using {
		if _, err := fs.Stat(l.source, strings.TrimPrefix(at, "/")+".json"); err != nil {
			l.say(name, "the component %s is not at %s", tag, at)
		}
	}
	handlers := map[string]bool{}
	for _, m := range method.FindAllStringSubmatch(files[1], -1) {
		handlers[m[1]] = true
	}
	v := view{linter: l, page: name, using: has.Using, handlers: handlers, used: map[string]bool{}}
	if err := v.file(name+".wxml", files[2]); err != nil {
		return err
	}
	for tag := range has.Using {
		if !v.used[tag] {
			l.say(name, "the component %s is registered and not used", tag)
		}
	}
	l.script(name+".js", files[1])
	return nil
}

// script looks at what a script names: words, pages, routes, other scripts.
func (l *linter) script(name, text string) {
	l.words(name, text)
	l.ways(name, text)
	routes, _ := Routes(l.source)
	for _, m := range called.FindAllStringSubmatch(text, -1) {
		if _, ok := routes[m[1]]; !ok {
			l.say(name, "lib/routes.js has no %s", m[1])
		}
	}
	for _, m := range required.FindAllStringSubmatch(text, -1) {
		if _, err := fs.Stat(l.source, path.Join(path.Dir(name), m[1])+".js"); err != nil {
			l.say(name, "requires %s, which is not there", m[1])
		}
	}
}

// ways finds addresses of pages that do not exist.
func (l *linter) ways(name, text string) {
	for _, m := range urls.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(l.app.All(), strings.TrimPrefix(m[1], "/")) {
			l.say(name, "leads to %s, which is no page", m[1])
		}
	}
}

// words finds words of a page that the catalogue lacks, there or under common.
func (l *linter) words(name, text string) {
	page := path.Base(strings.TrimSuffix(strings.TrimSuffix(name, ".wxml"), ".js"))
	for _, m := range words.FindAllStringSubmatch(text, -1) {
		if !l.knows(page, m[1]) && !l.knows("common", m[1]) {
			l.say(name, "words/zh.js has no %s for %s", m[1], page)
		}
	}
}

func (l *linter) knows(page, word string) bool {
	section := regexp.MustCompile(`(?ms)^  '?` + regexp.QuoteMeta(page) + `'?: \{(.*?)^  \}|^  '?` + regexp.QuoteMeta(page) + `'?: \{([^\n]*)\}`).FindString(l.catalog)
	return regexp.MustCompile(`(?:[\s{,])` + word + `: `).MatchString(section)
}

// view is one page's markup with what it includes.
type view struct {
	*linter
	page     string
	using    map[string]string
	handlers map[string]bool
	used     map[string]bool
}

func (v *view) file(name, text string) error {
	v.words(v.page+".wxml", text)
	v.ways(name, text)
	// The tokenizer is HTML's, which knows no self-closing elements of ours.
	z := html.NewTokenizer(strings.NewReader(selfShut.ReplaceAllString(text, "<$1$2></$1>")))
	var open []string
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				v.say(name, "<%s> is not closed", open[len(open)-1])
			}
			return nil
		case html.StartTagToken:
			t := z.Token()
			open = append(open, t.Data)
			if err := v.element(name, t); err != nil {
				return err
			}
		case html.EndTagToken:
			t := z.Token()
			if len(open) == 0 || open[len(open)-1] != t.Data {
				v.say(name, "</%s> closes nothing", t.Data)
				return nil
			}
			open = open[:len(open)-1]
		case html.TextToken, html.SelfClosingTagToken, html.CommentToken, html.DoctypeToken:
		}
	}
}

func (v *view) element(name string, t html.Token) error {
	if _, ok := v.using[t.Data]; ok {
		v.used[t.Data] = true
	} else if !slices.Contains(native, t.Data) {
		v.say(name, "<%s> is neither WeChat's nor registered", t.Data)
	}
	for _, a := range t.Attr {
		if on, ok := strings.CutPrefix(a.Key, "bind"); ok && on != "" && !v.handlers[a.Val] && !v.common[a.Val] {
			v.say(name, "%s leads to %s, which %s has not", a.Key, a.Val, v.page)
		}
		if a.Key == "src" && (t.Data == "include" || t.Data == "import") {
			at := path.Join(path.Dir(name), a.Val)
			text, err := v.read(at)
			if err != nil {
				v.say(name, "%s is not there", at)
				continue
			}
			if err := v.file(at, text); err != nil {
				return err
			}
		}
	}
	return nil
}

// strays finds pages that lie in the folders and that app.json does not know, and looks at the scripts beside the pages.
func (l *linter) strays() error {
	known := l.app.All()
	return fs.WalkDir(l.source, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		base, isView := strings.CutSuffix(name, ".wxml")
		if isView && !strings.HasPrefix(name, "tdesign/") && !strings.HasPrefix(name, "parts/") && !slices.Contains(known, base) {
			l.say(name, "app.json does not know this page")
		}
		if strings.HasPrefix(name, "lib/") {
			text, err := l.read(name)
			if err != nil {
				return err
			}
			l.ways(name, text)
		}
		return nil
	})
}
