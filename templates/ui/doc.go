// Package ui holds the parts that every page of wanjie is built from: buttons, fields, tables, steps, charts. A part is
// a templ component that writes class names only, so a strict CSP holds; its looks are in templates/static/build.
//
// A page calls parts with plain structs and strings that are already in the reader's language:
//
//	@ui.PageHead(ui.T(ctx, "案卷"), "") {
//		@ui.LinkButton(ui.T(ctx, "新建"), "/cases/new", ui.Primary, nil)
//	}
//
// A new page: a struct with what it shows and a templ component in templates/<feature>, which stands in a frame of
// templates/layout; a sample of it under uitest.Golden; `go tool templ generate`. A new string: ui.T(ctx, "中文") in the
// page and its English in en/<area>.yaml; a string that reaches T in a variable is wrapped in Key where it is written.
//
// Text: T turns the Chinese source string into the reader's language. Colour never speaks alone: a Tag has words, a step
// has a mark, a chart has a table.
package ui

// Tone is the meaning of a colour.
type Tone string

// The tones, from quiet to alarming. The zero Tone is Neutral.
const (
	Neutral Tone = "neutral"
	Info    Tone = "info"
	Good    Tone = "good"
	Warn    Tone = "warn"
	Bad     Tone = "bad"
)

// class is prefix plus the tone's name, such as "tag-good".
func (t Tone) class(prefix string) string {
	if t == "" {
		t = Neutral
	}
	return prefix + string(t)
}

// Weight is how loudly a button asks to be pressed. A page has one Primary at most in each of its groups.
type Weight string

// The weights. Danger is for what cannot be undone and goes with Confirm.
const (
	Primary Weight = "btn-primary"
	Plain   Weight = "btn-plain"
	Quiet   Weight = "btn-quiet"
	Danger  Weight = "btn-danger"
)

// Small makes a button as high as a table row's text.
func (w Weight) Small() Weight { return w + " btn-sm" }

func (w Weight) class() string {
	if w == "" {
		w = Plain
	}
	return "btn " + string(w)
}
