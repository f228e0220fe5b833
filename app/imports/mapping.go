package imports

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"wanjie/app/cases"
	"wanjie/app/fault"
	"wanjie/app/tables"
	"wanjie/tenants/blueprint"
)

//go:embed maps/*.yaml
var shipped embed.FS

// Map says what the columns of a source mean. Columns are named as the file's header names them.
type Map struct {
	Name      string   `yaml:"-"`
	Title     string   `yaml:"title"`
	Source    string   `yaml:"source"`    // the other system: a case is known by source and number; also the scheme of its classes
	ID        string   `yaml:"id"`        // column of the number there
	Region    Region   `yaml:"region"`    // optional: where it happened, when that is not in the division list
	District  Place    `yaml:"district"`  // optional: rows of other districts are refused
	Street    Place    `yaml:"street"`    // in the district
	Community Place    `yaml:"community"` // optional, in the street
	Class     ClassMap `yaml:"class"`
	Unit      UnitMap  `yaml:"unit"` // optional
	Channel   Choice   `yaml:"channel"`
	UpperNo   string   `yaml:"upper_no"` // optional column
	Lon       string   `yaml:"lon"`      // optional columns, degrees, CGCS2000
	Lat       string   `yaml:"lat"`
	Times     []string `yaml:"times"`    // optional: how moments are written, as Go layouts; the usual ones need not be named
	Reported  string   `yaml:"reported"` // column of the day or moment of the report
	Due       string   `yaml:"due"`      // optional column of the deadline
	Closed    Closed   `yaml:"closed"`
	Outcome   Choice   `yaml:"outcome"` // to on_time or overdue, or deadline: our own clocks say it
	Words     WordsMap `yaml:"words"`
}

// Place is a column with names of places.
type Place struct {
	Column string            `yaml:"column"`
	Names  map[string]string `yaml:"names"` // the source's name → the name or code that we know
	None   []string          `yaml:"none"`  // values that stand for nothing
}

// Choice is a column whose values mean one of ours.
type Choice struct {
	Column    string            `yaml:"column"`
	Values    map[string]string `yaml:"values"`
	Otherwise string            `yaml:"otherwise"` // of any other value; empty: such rows are refused
}

// Closed is the column of the day of closing, and what a row without one is: "otherwise: reported" says
// openly that it counts as closed on the day it was reported, "otherwise: open" that it is still open.
type Closed struct {
	Column    string `yaml:"column"`
	Otherwise string `yaml:"otherwise"`
	// Skew is by how many seconds the source's own clocks disagree: a closing that stands no more than this
	// before its report counts as at the same moment. Beyond, the row is refused.
	Skew int `yaml:"skew"`
}

// What "otherwise" says of a row without a closing.
const (
	asReported = "reported"
	stillOpen  = "open"
)

// ClassMap says where a case's class stands: from the widest level to the narrowest. A missing narrower
// one ends the path.
type ClassMap struct {
	Levels  []Level           `yaml:"levels"`
	Offered bool              `yaml:"offered"` // new cases may be given the source's classes; else they only name old ones
	Same    map[string]string `yaml:"same"`    // path of titles "a/b/c" → class of the blueprint
}

// Level is one level of the source's classes.
type Level struct {
	ID    string `yaml:"id"` // column of its number; without one the title stands for it
	Title string `yaml:"title"`
}

// UnitMap says who did the work.
type UnitMap struct {
	ID    string     `yaml:"id"` // column of its number; without one the name stands for it
	Name  string     `yaml:"name"`
	None  []string   `yaml:"none"`  // values that stand for nobody
	Kinds []KindRule `yaml:"kinds"` // the first that fits; else bureau when it serves several streets, else office
}

// KindRule knows a kind of unit by a part of its name.
type KindRule struct {
	Kind     blueprint.UnitKind `yaml:"kind"`
	Contains []string           `yaml:"contains"`
}

// WordsMap makes texts from columns: "{type}: {text}". What stands here is sealed in the case.
type WordsMap struct {
	Title       string `yaml:"title"`
	Description string `yaml:"description"`
	Address     string `yaml:"address"`
	Petitioner  string `yaml:"petitioner"`
	Phone       string `yaml:"phone"`
}

// Maps lists the maps that ship, by name.
func Maps() []string {
	files, _ := fs.ReadDir(shipped, "maps")
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = strings.TrimSuffix(f.Name(), ".yaml")
	}
	return names
}

// mostMap bounds a map's file, in bytes.
const mostMap = 1 << 20

// LoadMap reads a map that ships, by its name, or an own one, by its path.
func LoadMap(name string) (*Map, error) {
	raw, err := shipped.ReadFile(path.Join("maps", name+".yaml"))
	if err != nil {
		if raw, err = os.ReadFile(name); errors.Is(err, fs.ErrNotExist) {
			return nil, fault.New(fault.NotFound, "没有名为“%s”的对照表，也没有这个文件；自带的有：%s", name, strings.Join(Maps(), "、"))
		}
	}
	if err != nil {
		return nil, err
	}
	m, err := ParseMap(raw)
	if err != nil {
		return nil, fault.New(fault.Invalid, "对照表“%s”有误：%s", name, err.Error())
	}
	m.Name = strings.TrimSuffix(path.Base(name), ".yaml")
	return m, nil
}

// ParseMap reads a map and holds it against itself; the error names every mistake.
func ParseMap(raw []byte) (m *Map, err error) {
	defer func() { // of a library that reads what people wrote by hand
		if v := recover(); v != nil {
			m, err = nil, fmt.Errorf("not YAML: %v", v)
		}
	}()
	if len(raw) > mostMap {
		return nil, fmt.Errorf("larger than %d bytes", mostMap)
	}
	m = &Map{}
	if err := yaml.UnmarshalWithOptions(raw, m, yaml.Strict()); err != nil {
		return nil, err
	}
	return m, m.check()
}

var (
	sourceForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,19}$`)
	slot       = regexp.MustCompile(`\{([^{}]*)\}`)
)

func (m *Map) check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !sourceForm.MatchString(m.Source) {
		bad("source: %q: lower-case letters, digits and -, at most 20", m.Source)
	}
	for name, column := range map[string]string{"id": m.ID, "street: column": m.Street.Column, "reported": m.Reported, "words: title": m.Words.Title} {
		if column == "" {
			bad("%s is missing", name)
		}
	}
	if n := len(m.Class.Levels); n < 1 || n > 4 {
		bad("class: levels: 1 to 4 are needed, there are %d", n)
	}
	for i, l := range m.Class.Levels {
		if l.Title == "" {
			bad("class: levels: %d: title is missing", i+1)
		}
	}
	if m.Unit.Name == "" && (m.Unit.ID != "" || len(m.Unit.Kinds) > 0) {
		bad("unit: name is missing")
	}
	for _, k := range m.Unit.Kinds {
		if !slices.Contains([]blueprint.UnitKind{blueprint.Office, blueprint.Station, blueprint.Squad, blueprint.Bureau, blueprint.Utility}, k.Kind) || len(k.Contains) == 0 || slices.Contains(k.Contains, "") {
			bad("unit: kinds: %q: office, station, squad, bureau or utility, with parts of names", k.Kind)
		}
	}
	m.Channel.check("channel", bad)
	m.Outcome.check("outcome", bad)
	for _, to := range append(valuesOf(m.Outcome.Values), m.Outcome.Otherwise) {
		if to != "" && to != cases.OnTime && to != cases.Overdue && to != cases.ByDeadline {
			bad("outcome: %q: only on_time, overdue and deadline", to)
		}
		if to == cases.ByDeadline && m.Due == "" {
			bad("outcome: deadline needs the column of due")
		}
	}
	switch o := m.Closed.Otherwise; {
	case o != "" && o != asReported && o != stillOpen, m.Closed.Column == "" && o != asReported:
		bad("closed: a column, or \"otherwise: reported\"; \"otherwise: open\" goes with a column")
	}
	if m.Closed.Skew < 0 || m.Closed.Skew > mostSkew {
		bad("closed: skew: %d: 0 to %d seconds", m.Closed.Skew, mostSkew)
	}
	m.Region.check(bad)
	if (m.Lon == "") != (m.Lat == "") {
		bad("lon and lat go together")
	}
	for _, text := range m.Words.all() {
		if strings.ContainsAny(slot.ReplaceAllString(text, ""), "{}") || strings.Contains(text, "{}") {
			bad("words: %q: braces hold the name of a column", text)
		}
	}
	return errors.Join(errs...)
}

func (c *Choice) check(name string, bad func(string, ...any)) {
	if c.Column == "" && c.Otherwise == "" {
		bad("%s: a column with values, or otherwise", name)
	}
	if slices.Contains(valuesOf(c.Values), "") {
		bad("%s: values: one of them means nothing", name)
	}
}

func valuesOf(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for _, v := range m {
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}

func (w *WordsMap) all() []string {
	return []string{w.Title, w.Description, w.Address, w.Petitioner, w.Phone}
}

// columns lists every column that the map speaks of.
func (m *Map) columns() []string {
	all := []string{m.ID, m.District.Column, m.Street.Column, m.Community.Column, m.Unit.ID, m.Unit.Name, m.Channel.Column,
		m.UpperNo, m.Lon, m.Lat, m.Reported, m.Due, m.Closed.Column, m.Outcome.Column}
	for _, l := range m.Class.Levels {
		all = append(all, l.ID, l.Title)
	}
	for _, text := range m.Words.all() {
		for _, s := range slot.FindAllStringSubmatch(text, -1) {
			all = append(all, s[1])
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(c string) bool { return c == "" })
}

// bound is a map laid over a file's header.
type bound struct {
	*Map
	at    map[string]int
	excel bool
	words [5][]piece // as WordsMap.all
}

// piece is a stretch of a text: fixed, or a column.
type piece struct {
	text   string
	column int // -1: text
}

// bind finds the map's columns in a header. A missing or doubled one is an error that names it.
func (m *Map) bind(f *tables.File, header []string) (*bound, error) {
	b := &bound{Map: m, at: map[string]int{}, excel: f.Excel}
	var missing, doubled []string
	for _, c := range m.columns() {
		at := slices.Index(header, c)
		if at < 0 {
			missing = append(missing, c)
			continue
		}
		if slices.Contains(header[at+1:], c) {
			doubled = append(doubled, c)
		}
		b.at[c] = at
	}
	if len(missing) > 0 {
		return nil, fault.New(fault.Invalid, "“%s”缺少列：%s；表头有：%s", f.Name, strings.Join(missing, "、"), shorten(strings.Join(header, "、"), 300))
	}
	if len(doubled) > 0 {
		return nil, fault.New(fault.Invalid, "“%s”的表头有重复的列：%s", f.Name, strings.Join(doubled, "、"))
	}
	for i, text := range m.Words.all() {
		last := 0
		for _, s := range slot.FindAllStringSubmatchIndex(text, -1) {
			if s[0] > last {
				b.words[i] = append(b.words[i], piece{text[last:s[0]], -1})
			}
			b.words[i] = append(b.words[i], piece{"", b.at[text[s[2]:s[3]]]})
			last = s[1]
		}
		if last < len(text) {
			b.words[i] = append(b.words[i], piece{text[last:], -1})
		}
	}
	return b, nil
}

// get is a row's value in a column, without blanks around it; "" for no column.
func (b *bound) get(r tables.Row, column string) string {
	if column == "" {
		return ""
	}
	return strings.TrimSpace(r.Cells[b.at[column]])
}

func (b *bound) text(r tables.Row, i int) string {
	var s strings.Builder
	for _, p := range b.words[i] {
		if p.column < 0 {
			s.WriteString(p.text)
		} else {
			s.WriteString(strings.TrimSpace(r.Cells[p.column]))
		}
	}
	return strings.TrimSpace(s.String())
}

// shorten cuts s to n characters.
func shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
