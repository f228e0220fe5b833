package admin

import (
	"context"
	"slices"
	"strings"
	"time"

	"wanjie/templates/ui"
)

// ItemKind is one kind of the street's items with its counts.
type ItemKind struct {
	Title, About, Href string
	Count, Own, Behind int // all, the street's own, and own ones whose blueprint moved on
}

// ItemTopic is a group of kinds.
type ItemTopic struct {
	Title string
	Kinds []ItemKind
}

// ItemTopics is the first page of the editor.
type ItemTopics struct {
	Frame
	Query  string
	Own    int // how many items differ from the blueprint
	Warn   string
	Topics []ItemTopic
	Found  []ItemLine
}

// ItemLine is one item in a list.
type ItemLine struct {
	Key, Kind, Title, Brief, Href string
	Source                        Source
	Behind                        bool
}

// Items is the list of a kind.
type Items struct {
	Frame
	Path, Title, About string
	Query, Source      string
	May, Addable       bool
	List               []ItemLine
	Pages              ui.Pages
}

func sources(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, s := range []Source{Blueprint, Own, Added, Listed, Retired} {
		_, label := s.tag(ctx)
		out = append(out, ui.Option{Value: string(s), Label: label})
	}
	return out
}

// ItemRow holds the words of one field side by side.
type ItemRow struct {
	Label, Blueprint, Own, Effect string
	Differs                       bool // from the blueprint
}

// FixedInput is shown as words with the reason why it cannot be changed.
const FixedInput = "fixed"

// ItemInput is one field of the form.
type ItemInput struct {
	ui.Input
	As      string
	Unit    string   // of a limit; of several choices the one that goes first
	Many    []string // of several choices
	First   string   // what the one that goes first is called; empty: their order says nothing
	Options []ui.Option
}

func (in ItemInput) lines() int {
	return min(14, max(3, strings.Count(in.Value, "\n")+2))
}

func (in ItemInput) chosen(value string) bool { return slices.Contains(in.Many, value) }

// ItemChanged is one field of a change.
type ItemChanged struct{ Label, From, To string }

// ItemChange is one entry of an item's history.
type ItemChange struct {
	At                             time.Time
	Who                            string
	Back, Added, Retired, Restored bool
	Fields                         []ItemChanged
}

func (c ItemChange) act(ctx context.Context) string {
	switch {
	case c.Back:
		return ui.T(ctx, "恢复蓝本")
	case c.Added:
		return ui.T(ctx, "新建")
	case c.Retired:
		return ui.T(ctx, "停用")
	case c.Restored:
		return ui.T(ctx, "恢复使用")
	}
	return ui.T(ctx, "修改")
}

func (c ItemChange) detail(ctx context.Context) string {
	out := make([]string, len(c.Fields))
	for n, f := range c.Fields {
		out[n] = ui.T(ctx, "%s：%s → %s", f.Label, words(f.From), words(f.To))
	}
	return strings.Join(out, "；")
}

// words shows None for nothing.
func words(s string) string {
	if s == "" {
		return ui.None
	}
	return s
}

// ItemPage is one item: side by side, its form and its history; or the form of a new one.
type ItemPage struct {
	Frame
	New                                      bool
	Path, List                               string // where the form goes, and the list of the kind
	Kind, Key, Title                         string
	KeyError                                 string
	Source                                   Source
	May, Behind, Retired, CanBack, CanRetire bool
	Years                                    []Year // of a calendar
	Warn                                     string
	Rows                                     []ItemRow
	Inputs                                   []ItemInput
	Rules                                    []string // what cannot be done with it, and why
	Say                                      string
	Others                                   []string // problems that stand at no field
	Seen                                     string
	Guard, Back, Retire                      ui.Guard
	History                                  []ItemChange
}

func (p ItemPage) errors() (out []ui.FieldError) {
	if p.KeyError != "" {
		out = append(out, ui.FieldError{Name: "key", Text: p.KeyError})
	}
	for _, in := range p.Inputs {
		if in.Error != "" {
			out = append(out, ui.FieldError{Name: in.Name, Text: in.Label + "：" + in.Error})
		}
	}
	return out
}

func (p ItemPage) moments(ctx context.Context) []ui.Moment {
	out := make([]ui.Moment, len(p.History))
	for n, c := range p.History {
		out[n] = ui.Moment{At: c.At, Actor: c.Who, Act: c.act(ctx), Detail: c.detail(ctx)}
		if c.Back {
			out[n].Tone = ui.Neutral
		}
	}
	return out
}
