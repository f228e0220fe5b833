package cases

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"wanjie/templates/ui"
)

// Report is the form where matters are taken in, with what is known of the matter that stands in it.
type Report struct {
	Form
	Case                                             string // the id that the new case will have
	Back                                             string
	Ask                                              string // where the form asks what is known
	Tell                                             string // where it is noted that somebody was told to go elsewhere
	Picker                                           string // where a map to pick the place from is; empty: the street has none
	Channels, Natures, Classes, Communities, Systems []ui.Option
	Urgent, Confidential                             bool
	Spot                                             bool  // the reader may mend what he finds and report both in one
	Asked                                            []Ask // fields of the class
	Outsides                                         []Outside

	Found   []Found // classes that may be meant
	Line    string  // the address in the standard's words
	Grid    string  // code of the grid of the point
	Crew    []string
	Similar []Similar
}

// Found is a class that may be meant.
type Found struct{ Key, Label, Above, As string }

func (f Found) about() string {
	var parts []string
	for _, s := range []string{f.Above, f.As} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " · ")
}

// Outside is a kind of matter that belongs elsewhere, with the sentence that says so.
type Outside struct {
	Key, Title, Number, Matters, Say string
	Emergency                        bool
}

// asking has an element ask for one part of what is known, with the whole form, when something of it changes.
func (p Report) asking(part, trigger string) templ.Attributes {
	return templ.Attributes{"hx-post": p.Ask + "?part=" + part, "hx-trigger": trigger, "hx-target": "#" + part, "hx-swap": "outerHTML", "hx-include": "#report", "hx-params": "not photos,photos_fixed", "hx-sync": "this:replace"}
}

// place reports whether the address was given in parts.
func (p Report) place() bool {
	for _, part := range []string{"road", "house", "estate", "building", "entrance", "room"} {
		if p.Values[part]+p.Errors[part] != "" {
			return true
		}
	}
	return false
}

// point reports whether the place was given on the map.
func (p Report) point() bool { return p.Values["lon"]+p.Values["lat"]+p.Errors["lon"] != "" }

func with(in ui.Input, attrs templ.Attributes) ui.Input {
	in.Attrs = attrs
	return in
}

// known says where the matter lies.
func known(ctx context.Context, p Report) (out []ui.Fact) {
	if p.Line != "" && p.place() {
		out = append(out, ui.Fact{Label: ui.T(ctx, "详细地址"), Value: p.Line, Wide: true})
	}
	if p.Grid != "" {
		out = append(out, ui.Fact{Label: ui.T(ctx, "网格"), Value: p.Grid}, ui.Fact{Label: ui.T(ctx, "网格员"), Value: strings.Join(p.Crew, ui.T(ctx, "、"))})
	}
	return out
}
