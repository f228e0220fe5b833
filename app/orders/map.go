package orders

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed maps/*.yaml
var shipped embed.FS

// Map says what the columns of a platform's file mean. Each field lists the names that its column may have.
type Map struct {
	Key     string            `yaml:"-"`
	Title   string            `yaml:"title"`
	Channel string            `yaml:"channel"` // item of the blueprint
	Columns Columns           `yaml:"columns"`
	Types   map[string]string `yaml:"types"` // kind of request → code of the scheme "<channel>-type"
	Yes     []string          `yaml:"yes"`   // what stands for yes in confidential and urgent
}

// Columns are the names that each column may have in a file's header.
type Columns struct {
	UpperNo      []string `yaml:"upper_no"`
	Title        []string `yaml:"title"`
	Description  []string `yaml:"description"`
	Classes      []string `yaml:"classes"` // the narrowest first; each is looked at
	Type         []string `yaml:"type"`
	Petitioner   []string `yaml:"petitioner"`
	Phone        []string `yaml:"phone"`
	Confidential []string `yaml:"confidential"`
	Urgent       []string `yaml:"urgent"`
	Address      []string `yaml:"address"`
	Community    []string `yaml:"community"`
	Lon          []string `yaml:"lon"`
	Lat          []string `yaml:"lat"`
	ReportedAt   []string `yaml:"reported_at"`
	UpperDue     []string `yaml:"upper_due"`
}

// Maps are the maps that the product ships, in the order of their titles.
var Maps = load()

func load() (out []Map) {
	files, err := shipped.ReadDir("maps")
	if err != nil {
		panic(err) // embedded
	}
	for _, f := range files {
		raw, err := shipped.ReadFile("maps/" + f.Name())
		if err != nil {
			panic(err)
		}
		m := Map{Key: strings.TrimSuffix(f.Name(), path.Ext(f.Name()))}
		if err := yaml.UnmarshalWithOptions(raw, &m, yaml.Strict()); err != nil {
			panic(fmt.Sprintf("orders: %s: %v", f.Name(), err))
		}
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b Map) int { return strings.Compare(a.Title, b.Title) })
	return out
}

// MapOf finds a map by its key.
func MapOf(key string) (Map, bool) {
	i := slices.IndexFunc(Maps, func(m Map) bool { return m.Key == key })
	if i < 0 {
		return Map{}, false
	}
	return Maps[i], true
}
