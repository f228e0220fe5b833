// Package support shows how somebody of the vendor's asks to enter a street, is let in, and what they did there.
package support

import (
	"context"
	"time"

	"wanjie/templates/ui"
)

// Line is one access in a list.
type Line struct {
	Href                    string
	Street                  string // in the record over all streets
	Who, Purpose            string
	State                   string
	Tone                    ui.Tone
	Hours                   int
	AskedAt, Until, EndedAt time.Time
}

// span is from when to when it lasted, or may last.
func (l Line) span(ctx context.Context) string {
	switch {
	case !l.EndedAt.IsZero():
		return ui.T(ctx, "%s 结束", ui.Time(l.EndedAt))
	case !l.Until.IsZero():
		return ui.T(ctx, "至 %s", ui.Time(l.Until))
	}
	return ui.T(ctx, "%d 小时", l.Hours)
}

// List is a list of accesses, with the form to ask for one.
type List struct {
	Title, Note string
	Streets     bool // tell which street each is of
	Lines       []Line
	Form        *Form
}

func (l List) head(ctx context.Context) (out []ui.Column) {
	if l.Streets {
		out = append(out, ui.Column{Label: ui.T(ctx, "街道")})
	}
	return append(out, ui.Column{Label: ui.T(ctx, "申请人和事由")}, ui.Column{Label: ui.T(ctx, "状态")}, ui.Column{Label: ui.T(ctx, "申请时间"), Wide: true},
		ui.Column{Label: ui.T(ctx, "时长"), Wide: true}, ui.Column{Label: ui.T(ctx, "操作"), Ops: true})
}

// Form asks for access.
type Form struct {
	ui.Guard
	Action                string
	Purposes              []ui.Option
	Purpose, Words, Hours string
	Say                   string
	Errors                map[string]string
}

func (f Form) err(ctx context.Context, name string) string {
	if e := f.Errors[name]; e != "" {
		return ui.T(ctx, e)
	}
	return ""
}

func (f Form) errors(ctx context.Context) (out []ui.FieldError) {
	for _, name := range []string{"purpose", "words", "hours"} {
		if e := f.err(ctx, name); e != "" {
			out = append(out, ui.FieldError{Name: name, Text: e})
		}
	}
	return out
}

// Sheet is one access: who, why, how it went, and what was done.
type Sheet struct {
	Title, Street string
	State         string
	Tone          ui.Tone
	Facts         []ui.Fact
	Past          []ui.Moment
	Begun         bool
	Done          []ui.Moment // what the person did meanwhile
	Decide        *Decide
	End           *End
	Enter         string // where the street is entered
}

// Decide is the street's word on a request.
type Decide struct {
	ui.Guard
	Action        string
	Answer, Error string
	Say           string
}

func (d Decide) errors() (out []ui.FieldError) {
	if d.Error != "" {
		out = append(out, ui.FieldError{Name: "answer", Text: d.Error})
	}
	return out
}

// End ends an access, or takes a request back.
type End struct {
	ui.Guard
	Action, Button, Confirm string
}
