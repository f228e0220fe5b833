package blueprint

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed city-street/*.yaml district-centre/*.yaml
var shipped embed.FS

// Shipped returns the blueprints in this binary, by key. A file that breaks a rule is an error that
// names file, item and field.
func Shipped() ([]*Version, error) {
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
}

// manifest is manifest.yaml: the version without its items.
type manifest struct {
	Key     string   `json:"key"`
	Number  int      `json:"number"`
	For     string   `json:"for"`
	Title   string   `json:"title"`
	Summary string   `json:"summary"`
	Credits []Credit `json:"credits"`
	Include []string `json:"include"` // files of other blueprints that it shares: "city-street/condition.yaml"
}

// Load reads a blueprint from a folder: manifest.yaml, and one file per kind ("unit.yaml") or several
// ("class-extension.yaml"), each a list of items with key, perhaps retired, and the fields of the
// kind's type. The manifest may include files of its sister folders. Unknown fields, broken references and doubles are refused.
func Load(files fs.FS, folder string) (*Version, error) {
	var m manifest
	if err := readYAML(files, path.Join(folder, "manifest.yaml"), &m); err != nil {
		return nil, err
	}
	if m.Key != path.Base(folder) || m.Number < 1 || m.Title == "" || m.For != "street" && m.For != "centre" {
		return nil, fmt.Errorf("%s/manifest.yaml: key must be the folder's name, number at least 1, for street or centre, title not empty", folder)
	}
	v := &Version{Key: m.Key, Number: m.Number, For: m.For, Title: m.Title, Summary: m.Summary, Credits: m.Credits}

	names, err := fs.Glob(files, path.Join(folder, "*.yaml"))
	if err != nil {
		return nil, err
	}
	for _, shared := range m.Include {
		names = append(names, path.Join(path.Dir(folder), shared))
	}
	ck := &checker{files: map[Ref]string{}}
	for _, name := range names {
		kind := Kind(strings.TrimSuffix(path.Base(name), ".yaml"))
		if kind == "manifest" {
			continue
		}
		kind, _ = cutKind(kind)
		s, ok := stocks[kind]
		if !ok {
			return nil, fmt.Errorf("%s: no kind of item is called %q (there are %v)", name, kind, Kinds)
		}
		var list []map[string]any
		if err := readYAML(files, name, &list); err != nil {
			return nil, err
		}
		for n, fields := range list {
			item, err := itemOf(kind, fields)
			if err != nil {
				return nil, fmt.Errorf("%s: item %d: %w", name, n+1, err)
			}
			if other, double := ck.files[item.Ref()]; double {
				return nil, fmt.Errorf("%s: item %s is there twice (also in %s)", name, item.Ref(), other)
			}
			ck.files[item.Ref()] = name
			v.Items = append(v.Items, s.canon(ck, item))
		}
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

// cutKind takes "class-extension" apart: kind, and what the file is called within it.
func cutKind(name Kind) (kind Kind, rest string) {
	k, rest, _ := strings.Cut(string(name), "-")
	return Kind(k), rest
}

func itemOf(kind Kind, fields map[string]any) (Item, error) {
	key, ok := fields["key"].(string)
	if !ok {
		return Item{}, fmt.Errorf("no key, or not text (codes need quotes)")
	}
	retired := false
	if r, there := fields["retired"]; there {
		if retired, ok = r.(bool); !ok {
			return Item{}, fmt.Errorf("%s: retired must be true or false", key)
		}
	}
	delete(fields, "key")
	delete(fields, "retired")
	raw, err := json.Marshal(fields)
	if err != nil {
		return Item{}, fmt.Errorf("%s: %w", key, err)
	}
	return Item{Kind: kind, Key: key, Body: raw, Retired: retired}, nil
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
