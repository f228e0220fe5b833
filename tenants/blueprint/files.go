package blueprint

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"wanjie/tenants/division"
)

//go:embed city-street/*.yaml district-centre/*.yaml town/*.yaml
var shipped embed.FS

// Shipped returns the blueprints in this binary, by key. A file that breaks a rule is an error that
// names file, item and field. They are read once; callers must not change them.
func Shipped() ([]*Version, error) {
	all, err := readShipped()
	return slices.Clone(all), err
}

var readShipped = sync.OnceValues(func() ([]*Version, error) {
	folders, err := fs.ReadDir(shipped, ".")
	if err != nil {
		return nil, err
	}
	var out []*Version
	for _, f := range folders {
		v, err := Load(shipped, f.Name())
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
})

// manifest is manifest.yaml: the version without its items.
type manifest struct {
	Key     string   `json:"key"`
	Number  int      `json:"number"`
	For     string   `json:"for"`
	Title   string   `json:"title"`
	Summary string   `json:"summary"`
	Credits []Credit `json:"credits"`
	From    string   `json:"from"`    // the blueprint it is derived from: its files say only how it differs
	Without []Kind   `json:"without"` // kinds of which it takes nothing from there
}

// Load reads a blueprint from a folder: manifest.yaml, and one file per kind ("unit.yaml") or several
// ("class-extension.yaml"). A file is a list of items with key, perhaps retired, and the fields of the
// kind's type; or "each", fields that its items share, and "items", that list. The manifest may derive
// the blueprint from that of a sister folder: see [derived]. Unknown fields, broken references and
// doubles are refused.
func Load(files fs.FS, folder string) (*Version, error) {
	m, list, err := read(files, folder, nil)
	if err != nil {
		return nil, err
	}
	v := &Version{Key: m.Key, Number: m.Number, For: m.For, Title: m.Title, Summary: m.Summary, Credits: m.Credits}
	ck := &checker{files: map[Ref]string{}}
	for _, e := range list {
		item, err := e.item()
		if err != nil {
			return nil, err
		}
		ck.files[item.Ref()] = e.file
		v.Items = append(v.Items, stocks[e.kind].canon(ck, item))
	}
	if len(ck.found) > 0 {
		return nil, ck.found
	}
	slices.SortFunc(v.Items, func(a, b Item) int { return a.Ref().compare(b.Ref()) })
	c, err := assemble(nil, 0, 0, v.Items)
	if err != nil {
		return nil, err
	}
	if c.check(ck); len(ck.found) > 0 {
		return nil, ck.found
	}
	return v, nil
}

// entry is an item as a file says it.
type entry struct {
	file   string
	kind   Kind
	key    string
	fields map[string]any // without the key
}

func (e entry) ref() Ref { return Ref{e.kind, e.key} }

func (e entry) errorf(say string, args ...any) error {
	return fmt.Errorf("%s: %s: "+say, append([]any{e.file, e.ref()}, args...)...)
}

func (e entry) item() (Item, error) {
	retired := false
	if r, there := e.fields["retired"]; there {
		var ok bool
		if retired, ok = r.(bool); !ok {
			return Item{}, e.errorf("retired must be true or false")
		}
	}
	body := maps.Clone(e.fields)
	delete(body, "retired")
	raw, err := json.Marshal(body)
	if err != nil {
		return Item{}, e.errorf("%w", err)
	}
	return Item{Kind: e.kind, Key: e.key, Body: raw, Retired: retired}, nil
}

// read reads the manifest and all entries of a folder; below are the folders derived from it.
func read(files fs.FS, folder string, below []string) (m manifest, list []entry, err error) {
	if err := readYAML(files, path.Join(folder, "manifest.yaml"), &m); err != nil {
		return m, nil, err
	}
	if m.Key != path.Base(folder) || m.Number < 1 || m.Title == "" || m.For != "street" && m.For != "centre" {
		return m, nil, fmt.Errorf("%s/manifest.yaml: key must be the folder's name, number at least 1, for street or centre, title not empty", folder)
	}
	names, err := fs.Glob(files, path.Join(folder, "*.yaml"))
	if err != nil {
		return m, nil, err
	}
	seen := map[Ref]string{}
	for _, name := range names {
		if path.Base(name) == "manifest.yaml" {
			continue
		}
		found, err := entries(files, name)
		if err != nil {
			return m, nil, err
		}
		for _, e := range found {
			if other, double := seen[e.ref()]; double {
				return m, nil, fmt.Errorf("%s: item %s is there twice (also in %s)", name, e.ref(), other)
			}
			seen[e.ref()] = name
			list = append(list, e)
		}
	}
	if m.From == "" {
		for _, e := range list {
			if _, drops := e.fields["drop"]; drops {
				return m, nil, e.errorf("drop: only a derived blueprint drops items")
			}
		}
		return m, list, nil
	}
	if below = append(below, m.Key); slices.Contains(below, m.From) {
		return m, nil, fmt.Errorf("%s/manifest.yaml: from: %s is derived from itself", folder, m.From)
	}
	base, whole, err := read(files, path.Join(path.Dir(folder), m.From), below)
	if err != nil {
		return m, nil, fmt.Errorf("%s/manifest.yaml: from: %w", folder, err)
	}
	for _, k := range m.Without {
		if _, ok := stocks[k]; !ok {
			return m, nil, fmt.Errorf("%s/manifest.yaml: without: no kind of item is called %q", folder, k)
		}
	}
	whole = slices.DeleteFunc(whole, func(e entry) bool { return slices.Contains(m.Without, e.kind) })
	for _, c := range base.Credits {
		if !slices.Contains(m.Credits, c) {
			m.Credits = append(m.Credits, c)
		}
	}
	list, err = derived(whole, list)
	return m, list, err
}

// entries reads one file of items.
func entries(files fs.FS, name string) ([]entry, error) {
	kind, _, _ := strings.Cut(strings.TrimSuffix(path.Base(name), ".yaml"), "-") // "class-extension": of the kind class
	if _, ok := stocks[Kind(kind)]; !ok {
		return nil, fmt.Errorf("%s: no kind of item is called %q (there are %v)", name, kind, Kinds)
	}
	var doc struct {
		Each  map[string]any   `json:"each"`
		Items []map[string]any `json:"items"`
	}
	if err := readYAML(files, name, &doc.Items); err != nil {
		if whole := readYAML(files, name, &doc); whole != nil {
			return nil, err
		}
	}
	out := make([]entry, 0, len(doc.Items))
	for n, fields := range doc.Items {
		key, ok := fields["key"].(string)
		if !ok {
			return nil, fmt.Errorf("%s: item %d: no key, or not text (codes need quotes)", name, n+1)
		}
		delete(fields, "key")
		for f, v := range doc.Each {
			if _, own := fields[f]; !own {
				fields[f] = v
			}
		}
		out = append(out, entry{name, Kind(kind), key, fields})
	}
	return out, nil
}

// readYAML reads a file by way of JSON, so that files and stored bodies have one reader.
func readYAML(files fs.FS, name string, v any) error {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	var doc any
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	body, err := json.Marshal(doc)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := strict(body, v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// Suited is the key of the blueprint that is proposed for a kind of unit.
func Suited(kind division.Kind) string {
	switch kind {
	case division.Town, division.Township:
		return "town"
	default:
		return "city-street"
	}
}
