package ui

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

func (in Input) id() string {
	if in.ID != "" {
		return in.ID
	}
	return "f-" + in.Name
}

func (in Input) optionID(i int) string {
	if i == 0 { // so that FormErrors' link finds the group
		return in.id()
	}
	return in.id() + "-" + strconv.Itoa(i)
}

func (in Input) kind() string {
	if in.Type == "" {
		return "text"
	}
	return in.Type
}

func (in Input) rows() string {
	if in.Rows == 0 {
		return "4"
	}
	return strconv.Itoa(in.Rows)
}

func (in Input) checkValue() string {
	if in.Value == "" {
		return "on"
	}
	return in.Value
}

func (in Input) describedBy() string {
	var ids []string
	if in.Error != "" {
		ids = append(ids, in.id()+"-error")
	}
	if in.Help != "" {
		ids = append(ids, in.id()+"-help")
	}
	return strings.Join(ids, " ")
}

// pictures are the files that a photo may be.
const pictures = "image/jpeg,image/png"

// picture are the attributes of a field for one or several pictures.
func (in Input) picture(several bool) templ.Attributes {
	a := in.attributes()
	a["accept"] = pictures
	if several {
		a["multiple"] = true
	}
	return a
}

// attributes are what input, select and textarea share. Attrs come last and win.
func (in Input) attributes() templ.Attributes {
	a := templ.Attributes{"id": in.id(), "name": in.Name}
	if by := in.describedBy(); by != "" {
		a["aria-describedby"] = by
	}
	if in.Error != "" {
		a["aria-invalid"] = "true"
	}
	if in.Required {
		a["required"] = true
	}
	if in.ReadOnly {
		a["readonly"] = true
	}
	if in.Placeholder != "" {
		a["placeholder"] = in.Placeholder
	}
	for k, v := range in.Attrs {
		a[k] = v
	}
	return a
}

// choiceAttributes are those of a select or checkbox, which know no placeholder and no readonly: a disabled one is not sent.
func (in Input) choiceAttributes() templ.Attributes {
	in.Placeholder = ""
	if in.ReadOnly {
		in.ReadOnly = false
		attrs := templ.Attributes{"disabled": true}
		for k, v := range in.Attrs {
			attrs[k] = v
		}
		in.Attrs = attrs
	}
	return in.attributes()
}

// Confirm is the attribute that makes a button or form ask question before an irreversible post. The server checks all
// the same: without scripts nobody is asked.
func Confirm(question string) templ.Attributes {
	return templ.Attributes{"data-confirm": question}
}

type optionGroup struct {
	name    string
	options []Option
}

// grouped keeps the order of options and breaks it where Group changes.
func grouped(options []Option) (groups []optionGroup) {
	for _, o := range options {
		if n := len(groups); n == 0 || groups[n-1].name != o.Group {
			groups = append(groups, optionGroup{name: o.Group})
		}
		last := &groups[len(groups)-1]
		last.options = append(last.options, o)
	}
	return groups
}

// choices are written by hand: a desk's filters have some two hundred of them, and templ takes a detour by
// fmt for each text.
func choices(options []Option, value string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		for _, o := range options {
			mark := `">`
			if o.Value == value {
				mark = `" selected>`
			}
			for _, part := range [...]string{`<option value="`, templ.EscapeString(o.Value), mark, templ.EscapeString(o.Label), `</option>`} {
				if _, err := io.WriteString(w, part); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func alertRole(t Tone) string {
	if t == Bad {
		return "alert"
	}
	return "status"
}

func emptyTitle(ctx context.Context, s string) string {
	if s == "" {
		return T(ctx, "暂无数据")
	}
	return s
}

func sorted(c Column) templ.Attributes {
	if c.Sorted == "" {
		return nil
	}
	return templ.Attributes{"aria-sort": c.Sorted}
}

func sortMark(c Column) string {
	switch c.Sorted {
	case "ascending":
		return "↑"
	case "descending":
		return "↓"
	}
	return ""
}
