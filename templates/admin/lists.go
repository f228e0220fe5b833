package admin

import (
	"context"
	"strings"
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/ui"
)

// ListProblem is what is wrong with a row of a list of people.
type ListProblem struct {
	Line        int
	Column, Say string
}

// ListPerson is one person on a list and what became of them.
type ListPerson struct {
	Line                int
	Name, Phone, Number string
	Roles               []string
	State, Said         string
}

// Words are the person's roles in a line.
func (p ListPerson) Words() string { return strings.Join(p.Roles, "、") }

// StateWord is what became of the person, in words.
func (p ListPerson) StateWord(ctx context.Context) string {
	switch p.State {
	case "waiting":
		return ui.T(ctx, "正在邀请")
	case "invited":
		return ui.T(ctx, "已邀请")
	case "here":
		return ui.T(ctx, "此前已在本单位")
	case "failed":
		return ui.T(ctx, "没有成功")
	}
	return p.State
}

func (p ListPerson) tone() ui.Tone {
	switch p.State {
	case "invited":
		return ui.Good
	case "failed":
		return ui.Bad
	case "waiting":
		return ui.Info
	}
	return ui.Neutral
}

// ListLine is one list in numbers.
type ListLine struct {
	Href                                string
	At                                  time.Time
	People, Invited, Here, Failed, Left int
}

// Lists is the page where a list is brought.
type Lists struct {
	Frame
	Guard  ui.Guard
	Here   string
	Most   int
	Roles  []string // that may stand in a list
	Text   string   // pasted, or read from a file and waiting for the word
	Say    string
	Errors map[string]string

	Checked  bool
	Found    int
	Problems []ListProblem
	Preview  []ListPerson
	Recent   []ListLine
}

// good reports whether a list was checked and nothing is wrong with it.
func (l Lists) good() bool { return l.Checked && len(l.Problems) == 0 }

// ListPage is how far a list is carried out.
type ListPage struct {
	Frame
	Line    ListLine
	By      string
	People  []ListPerson
	Results string // address of the file
	Back    string
}

func heads(ctx context.Context, done bool) []ui.Column {
	out := []ui.Column{{Label: ui.T(ctx, "行号"), Number: true, Wide: true}, {Label: ui.T(ctx, "姓名"), Title: true}, {Label: ui.T(ctx, "手机号码")}, {Label: ui.T(ctx, "工号"), Wide: true}, {Label: ui.T(ctx, "角色与范围")}}
	if done {
		out = append(out, ui.Column{Label: ui.T(ctx, "结果")})
	}
	return out
}

// looking has htmx ask again while somebody is waiting.
func looking(l ListPage) templ.Attributes {
	if l.Line.Left == 0 {
		return nil
	}
	return templ.Attributes{"hx-get": l.Line.Href, "hx-trigger": "every 3s", "hx-select": "#list", "hx-target": "#list", "hx-swap": "outerHTML"}
}

func failing(l ListPage) ui.Tone {
	if l.Line.Failed > 0 {
		return ui.Bad
	}
	return ui.Neutral
}
