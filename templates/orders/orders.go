// Package orders draws the upload of orders that came from above.
package orders

import "wanjie/templates/ui"

// Upload is the form, and what became of the last file.
type Upload struct {
	Action, Back   string
	Guard          ui.Guard
	Map, Otherwise string // as chosen
	Maps, Classes  []ui.Option
	Say            string            // the fault's own sentence
	Errors         map[string]string // by field
	Result         *Result
}

// Result is what a file brought, or would bring.
type Result struct {
	DryRun                         bool
	Any                            bool // something is new
	Read, Fresh, Existing, Refused string
	Problems                       []Problem
}

// Problem is why a row was not taken in.
type Problem struct{ Line, UpperNo, Column, Say string }

func (p Upload) in(name, label string) ui.Input {
	return ui.Input{Name: name, Label: label, Error: p.Errors[name], ID: "f-order-" + name}
}

func (p Upload) errors() (out []ui.FieldError) {
	for _, name := range []string{"map", "file", "otherwise"} {
		if say := p.Errors[name]; say != "" {
			out = append(out, ui.FieldError{Name: "order-" + name, Text: say})
		}
	}
	return out
}

func (p Upload) file(label, help string) ui.Input {
	in := p.in("file", label)
	in.Type, in.Required, in.Help = "file", true, help
	return in
}

func (p Upload) choose(name, label, value, hint, help string, must bool) ui.Input {
	in := p.in(name, label)
	in.Value, in.Placeholder, in.Help, in.Required = value, hint, help, must
	return in
}

func tone(p *Result) ui.Tone {
	if len(p.Problems) > 0 {
		return ui.Warn
	}
	return ui.Good
}
