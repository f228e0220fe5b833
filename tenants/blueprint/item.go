package blueprint

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/emmansun/gmsm/sm3"
)

// Kind says what an item configures.
type Kind string

// The kinds, in the order in which files and pages show them.
const (
	Settings     Kind = "setting"
	Modules      Kind = "module"
	Units        Kind = "unit"
	Sectors      Kind = "sector"
	Levels       Kind = "level"
	Schemes      Kind = "scheme"
	Classes      Kind = "class"
	Codes        Kind = "code"
	Mappings     Kind = "mapping"
	Duties       Kind = "duty"
	Conditions   Kind = "condition"
	Channels     Kind = "channel"
	Routes       Kind = "route"
	Samples      Kind = "sample"
	Fields       Kind = "field"
	Forms        Kind = "form"
	Questions    Kind = "question"
	Reasons      Kind = "reason"
	Supervisions Kind = "supervision"
	Outsides     Kind = "outside"
	Services     Kind = "service"
	Indicators   Kind = "indicator"
	Reports      Kind = "report"
	Cycles       Kind = "cycle"
	Calendars    Kind = "calendar"
	Texts        Kind = "text"
)

// Ref names an item within a version or a tenant.
type Ref struct {
	Kind Kind
	Key  string
}

func (r Ref) String() string { return string(r.Kind) + "/" + r.Key }

func (r Ref) compare(o Ref) int {
	if c := strings.Compare(string(r.Kind), string(o.Kind)); c != 0 {
		return c
	}
	return strings.Compare(r.Key, o.Key)
}

// Item is one configurable thing. Body is canonical JSON (see [Canonical]) of the kind's type.
type Item struct {
	Kind    Kind
	Key     string
	Body    json.RawMessage
	Retired bool // no longer offered; kept because old cases speak of it
}

// Ref names the item.
func (i Item) Ref() Ref { return Ref{i.Kind, i.Key} }

// Digest is the SM3 of everything the item says, as lower-case hex. Overrides keep it as their base.
func (i Item) Digest() string {
	h := sm3.New()
	i.write(h)
	return hex.EncodeToString(h.Sum(nil))
}

func (i Item) write(w io.Writer) {
	fmt.Fprintf(w, "%s\x00%s\x00%t\x00%s\n", i.Kind, i.Key, i.Retired, i.Body)
}

func (i Item) same(o Item) bool {
	return i.Kind == o.Kind && i.Key == o.Key && i.Retired == o.Retired && bytes.Equal(i.Body, o.Body)
}

// Version is one immutable edition of a blueprint.
type Version struct {
	ID      int32  // number in the deployment, the same in all its placements; 0 until published
	Key     string // "city-street"
	Number  int    // 1, 2, 3 …
	For     string // kind of tenant it opens: "street" or "centre"
	Title   string // 城市街道标准版
	Summary string
	Credits []Credit // whose practice it is made from
	Items   []Item   // sorted by kind and key
}

// Credit names a street or body whose practice went into a blueprint, and the source.
type Credit struct {
	Name   string `json:"name"`
	Note   string `json:"note,omitempty"`
	Source string `json:"source,omitempty"`
}

// Digest is the SM3 of the version's whole content, as lower-case hex; ID is not part of it.
func (v *Version) Digest() string {
	h := sm3.New()
	credits, _ := json.Marshal(v.Credits) // strings only, cannot fail
	fmt.Fprintf(h, "%s\x00%d\x00%s\x00%s\x00%s\x00%s\n", v.Key, v.Number, v.For, v.Title, v.Summary, credits)
	for _, i := range v.Items {
		i.write(h)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Find returns the item with the given name.
func (v *Version) Find(r Ref) (Item, bool) {
	n, ok := slices.BinarySearchFunc(v.Items, r, func(i Item, r Ref) int { return i.Ref().compare(r) })
	if !ok {
		return Item{}, false
	}
	return v.Items[n], true
}

// Succeeds reports why v may not follow old: an item key of old has vanished. Items retire; they do
// not disappear, or cases filed under them would lose their names.
func (v *Version) Succeeds(old *Version) error {
	var gone []string
	for _, i := range old.Items {
		if _, ok := v.Find(i.Ref()); !ok {
			gone = append(gone, i.Ref().String())
		}
	}
	if len(gone) > 0 {
		return fmt.Errorf("blueprint %s %d drops items of %d (mark them retired instead): %s",
			v.Key, v.Number, old.Number, strings.Join(gone, ", "))
	}
	return nil
}

// Keys are ASCII, so that they may stand in URLs, files and imports; a community's is its 12-digit code.
var keyForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9._-]{0,78}[a-z0-9])?$`)

// Canonical rewrites JSON in its one form: object keys sorted, no blanks, no HTML escapes, numbers
// as written. Equal content has equal bytes, hence equal digests.
func Canonical(raw []byte) (json.RawMessage, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("more than one JSON value")
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil { // maps are written with sorted keys
		return nil, err
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}

func (v *Version) String() string { return v.Key + " " + strconv.Itoa(v.Number) }
