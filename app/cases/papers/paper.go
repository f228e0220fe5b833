package papers

import (
	"slices"
	"strings"
	"time"

	"wanjie/app/cases/photos"
	"wanjie/tenants/blueprint"
)

// Values are facts under their names: those of [blueprint.Facts], and "field." with the key of a field.
type Values map[string]string

// over lays b over v: what both name is b's.
func (v Values) over(b Values) Values {
	out := Values{}
	for _, from := range []Values{v, b} {
		for k, s := range from {
			out[k] = s
		}
	}
	return out
}

// Cell is a label with what it says.
type Cell struct {
	Label, Value string
	Tall         bool // room for several lines, also where nothing is written yet

	Phase  photos.Phase   // of the photos that stand here; empty: none do
	Photos []photos.Shown // those that there are
}

// Line is a row of the case's record.
type Line struct {
	At              time.Time
	Who, Act, Words string
}

// Paper is one paper as it is printed.
type Paper struct {
	Title    string // with the office before it
	Number   string // of the case
	Rows     [][]Cell
	Signs    []string
	Note     string
	Record   []Line   // in a case file
	Personal []string // facts that say who somebody is and stand here readable: printing is a look at them
}

// tall are the facts that are written in sentences.
var tall = []string{"description", "reason", "review_opinion", "instruction", "result", "reply", "draft_opinion", "finding", "callback_words"}

// shown are the facts that are photos.
var shown = map[string]photos.Phase{"photos_before": photos.Before, "photos_after": photos.After}

// lay makes a paper of a form. title names the form's fields; a field it does not know is left out.
func lay(office string, f blueprint.Form, v Values, title func(field string) (name string, personal, ok bool)) Paper {
	p := Paper{Title: office + f.Title, Number: v["number"], Signs: f.Signs, Note: f.Note}
	for _, keys := range f.Rows {
		var row []Cell
		for _, key := range keys {
			c := Cell{Value: v[key], Tall: slices.Contains(tall, key) || shown[key] != "", Phase: shown[key]}
			var personal bool
			if field, is := strings.CutPrefix(key, "field."); is {
				var ok bool
				if c.Label, personal, ok = title(field); !ok {
					continue
				}
			} else if fact, ok := blueprint.FactOf(key); ok {
				c.Label, personal = fact.Title, fact.Personal
			} else {
				continue
			}
			if personal && c.Value != "" && c.Value != secret && !slices.Contains(p.Personal, key) {
				p.Personal = append(p.Personal, key)
			}
			row = append(row, c)
		}
		if len(row) > 3 { // beside four labels there is no room for a time
			p.Rows, row = append(p.Rows, row[:2]), row[2:]
		}
		if len(row) > 0 {
			p.Rows = append(p.Rows, row)
		}
	}
	return p
}

// secret stands in place of whoever asked not to be named.
const secret = "（保密）"
