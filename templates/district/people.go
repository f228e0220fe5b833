package district

import (
	"context"

	"wanjie/templates/ui"
)

// People is how many live in each street, and the form to enter it.
type People struct {
	Path         string
	Guard        ui.Guard
	May          bool // this reader enters them
	Streets      []Resided
	Entered      []Resided // figures as they were entered, those that were put right since among them: newest first
	AsOf, Source string    // as typed
	Say          string
	Errors       map[string]string
}

// Resided is a street with its newest figure; Residents is empty where none was entered.
type Resided struct {
	Name, Residents, AsOf, Source, By, At string
	Field, Typed                          string // of the form
}

func (p *People) in(name, label, value string) ui.Input {
	return ui.Input{Name: name, Label: label, Value: value, Error: p.Errors[name]}
}

func (p *People) wrong() (out []ui.FieldError) {
	for _, name := range []string{"as_of", "source"} {
		if say := p.Errors[name]; say != "" {
			out = append(out, ui.FieldError{Name: name, Text: say})
		}
	}
	for _, s := range p.Streets {
		if say := p.Errors[s.Field]; say != "" {
			out = append(out, ui.FieldError{Name: s.Field, Text: s.Name + " " + say})
		}
	}
	return out
}

func dated(in ui.Input) ui.Input { in.Type, in.Required = "date", true; return in }

func sourced(in ui.Input, help string) ui.Input {
	in.Required, in.Help = true, help
	return in
}

func counted(in ui.Input) ui.Input {
	in.Attrs = map[string]any{"inputmode": "numeric", "autocomplete": "off"}
	return in
}

func peopled(ctx context.Context, rows ui.Rows) ui.Rows {
	rows.Head = []ui.Column{{Label: ui.T(ctx, "街道")}, {Label: ui.T(ctx, "常住人口（人）"), Number: true}, {Label: ui.T(ctx, "人口数所属日期")},
		{Label: ui.T(ctx, "出处")}, {Label: ui.T(ctx, "录入人")}, {Label: ui.T(ctx, "录入时间")}}
	return rows
}
