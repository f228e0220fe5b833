// Package admin shows a street's own administration: modules, settings, units and duties, branding, people, traces.
package admin

import (
	"context"
	"math"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/ui"
)

// Frame is what every page here has.
type Frame struct {
	Base string // "/s/fengqiao"
	Tabs []Tab
}

// Tab leads to one page of the administration.
type Tab struct {
	Title, Path string // Title is a catalogue key
	Active      bool
}

func (f Frame) tabs(ctx context.Context) []ui.Tab {
	out := make([]ui.Tab, len(f.Tabs))
	for i, t := range f.Tabs {
		out[i] = ui.Tab{Label: ui.T(ctx, t.Title), Href: f.Base + t.Path, Active: t.Active}
	}
	return out
}

// Module is one switch.
type Module struct {
	Guard      ui.Guard
	Key, Title string
	About, Off string // what it does, and what switching it off means
	On, Own    bool   // Own: not as the blueprint has it
	Needs      []string
	NeededBy   []string // modules that are on and cannot do without it
}

// Modules is the page of switches.
type Modules struct {
	Frame
	List []Module
}

// Setting is one value with where it comes from. The values are in words.
type Setting struct {
	Key, Title, About      string
	Effect, Blueprint, Own string // Own is empty while untouched
	Behind                 bool   // the blueprint moved on since the street set its own
	Guard                  ui.Guard
}

// Settings is the list.
type Settings struct {
	Frame
	Query  string
	Groups []SettingGroup
	May    bool // change them
}

// SettingGroup is the settings of an area.
type SettingGroup struct {
	Area, Title string
	List        []Setting
}

// Change is one entry of a setting's history.
type Change struct {
	At    time.Time
	Who   string
	Value string // empty: back to the blueprint
}

// SettingForm edits one setting.
type SettingForm struct {
	Frame
	Setting
	Type    string // bool, int, text, choice or limit
	Value   string
	Unit    string // of a limit; of an int in the reader's words
	Choices []ui.Option
	Min     string
	Max     string
	Seen    string
	Say     string
	Error   string
	History []Change
	Back    ui.Guard
}

// asked is what a number is asked for as: with its unit.
func (s SettingForm) asked(ctx context.Context) string {
	if s.Unit == "" {
		return ui.T(ctx, "新的值")
	}
	return ui.T(ctx, "新的值（%s）", s.Unit)
}

func (s SettingForm) limits(ctx context.Context) string {
	switch {
	case s.Min != "" && s.Max != "":
		return ui.T(ctx, "%s 至 %s 之间的整数", s.Min, s.Max)
	case s.Min != "":
		return ui.T(ctx, "不小于 %s 的整数", s.Min)
	case s.Max != "":
		return ui.T(ctx, "不大于 %s 的整数", s.Max)
	}
	return ""
}

func bounds(s SettingForm) templ.Attributes {
	a := templ.Attributes{"inputmode": "numeric"}
	if s.Min != "" {
		a["min"] = s.Min
	}
	if s.Max != "" {
		a["max"] = s.Max
	}
	return a
}

// LimitUnits are the clocks of a time limit, in words.
func LimitUnits(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: "urgent_hour", Label: ui.T(ctx, "紧急工作时（昼夜连续）")}, {Value: "working_hour", Label: ui.T(ctx, "工作时")},
		{Value: "working_day", Label: ui.T(ctx, "工作日")}, {Value: "calendar_day", Label: ui.T(ctx, "自然日")},
	}
}

// Source says where an item comes from.
type Source string

// The sources.
const (
	Blueprint Source = "blueprint"
	Own       Source = "own"     // changed from the blueprint
	Added     Source = "added"   // the street's own
	Listed    Source = "listed"  // a community of the division list
	Retired   Source = "retired" // no longer offered
)

func (s Source) tag(ctx context.Context) (ui.Tone, string) {
	switch s {
	case Own:
		return ui.Warn, ui.T(ctx, "自定")
	case Added:
		return ui.Info, ui.T(ctx, "自建")
	case Listed:
		return ui.Neutral, ui.T(ctx, "区划名录")
	case Retired:
		return ui.Bad, ui.T(ctx, "已停用")
	}
	return ui.Neutral, ui.T(ctx, "蓝本")
}

// Unit is one line of the units.
type Unit struct {
	Key, Name, Short, Kind, Parent string // Kind is a catalogue key
	Source                         Source
	People                         int
	Staff                          string // the list of them; empty for who may not read people
}

// Units is the list of units.
type Units struct {
	Frame
	Query string
	Kind  string
	Kinds []ui.Option
	List  []Unit
}

// Duty is one row of the duty lists.
type Duty struct {
	Class, Code, Unit, List, Upper, Ground string // List is a catalogue key
	Source                                 Source
}

// Duties is the duty lists.
type Duties struct {
	Frame
	Query string
	List  string
	Lists []ui.Option
	Rows  []Duty
}

// Branding is the form for how the street looks.
type Branding struct {
	Frame
	Guard                                    ui.Guard
	Name, ShortName, Colour, Accent, Welcome string
	Slug                                     string
	Logo                                     string   // address of the present one; empty for none
	Drop                                     bool     // it is to go
	Preview                                  *Preview // nil where there is no residents' door
	Door, Code, Poster                       string   // the residents' door, its code and the sheet to print; empty where there is none
	Say                                      string
	Errors                                   map[string]string
}

// path is where the form is posted to, and where it is tried.
func (b Branding) path() string { return b.Base + "/admin/branding" }

// Preview is the residents' first page in a phone's frame, and what became of the colours.
type Preview struct {
	Path  string // of the page in the frame
	Steps []Step
}

// Step is a colour and the darker step of it in which words are set.
type Step struct {
	Title   string // a catalogue key
	Colour  string
	Known   bool // it is a colour; the rest is empty if not
	Text    string
	Was, Is float64 // contrast of both with white
}

func (s Step) corrected() bool { return s.Known && s.Text != s.Colour }

func ratio(x float64) string { return strconv.FormatFloat(math.Floor(x*10)/10, 'f', 1, 64) }

func (b Branding) err(ctx context.Context, name string) string { return say(ctx, b.Errors, name) }

func (b Branding) errors(ctx context.Context) []ui.FieldError {
	return list(ctx, b.Errors, "name", "short_name", "colour", "accent", "welcome", "logo")
}

func say(ctx context.Context, errs map[string]string, name string) string {
	if e := errs[name]; e != "" {
		return ui.T(ctx, e)
	}
	return ""
}

func list(ctx context.Context, errs map[string]string, names ...string) (out []ui.FieldError) {
	for _, n := range names {
		if e := errs[n]; e != "" {
			out = append(out, ui.FieldError{Name: n, Text: ui.T(ctx, e)})
		}
	}
	return out
}

// Grant is one role that a person holds.
type Grant struct {
	Guard ui.Guard
	ID    string
	Role  string // in words
	Where string // unit or community; empty: the whole street
}

// Person is one member of staff.
type Person struct {
	Guard  ui.Guard
	Number int64
	Name   string
	Phone  string // masked
	Grants []Grant
	Self   bool
	Off    bool // their account is switched off
}

// GrantForm gives a role.
type GrantForm struct {
	Guard              ui.Guard
	Person, Role, Unit string
	Say                string
	Errors             map[string]string
}

// InviteForm brings somebody in.
type InviteForm struct {
	Guard                          ui.Guard
	Name, Phone, Email, Role, Unit string
	Say                            string
	Errors                         map[string]string
}

// People is the page of staff and their roles.
type People struct {
	Frame
	At       string // the unit whose people are listed; empty: all
	List     []Person
	MayGive  bool
	MayWrite bool
	Roles    []ui.Option
	Units    []ui.Option
	Grant    GrantForm
	Invite   InviteForm
}

func (p People) head(ctx context.Context) []ui.Column {
	out := []ui.Column{{Label: ui.T(ctx, "序号"), Number: true, Wide: true}, {Label: ui.T(ctx, "姓名"), Title: true}, {Label: ui.T(ctx, "手机号码")}, {Label: ui.T(ctx, "角色与范围")}}
	if p.MayWrite {
		out = append(out, ui.Column{Label: ui.T(ctx, "操作"), Ops: true})
	}
	return out
}

func (p People) persons() []ui.Option {
	out := make([]ui.Option, len(p.List))
	for i, m := range p.List {
		out[i] = ui.Option{Value: strconv.FormatInt(m.Number, 10), Label: m.Name}
	}
	return out
}

// Act is one entry of the journal.
type Act struct {
	N                           int64
	Kind, Who, Object, ObjectID string // Kind and Object in words
	Number, Href                string // of the object; Number is empty where it has none, Href where the reader may not see it
	RecordedAt, HappenedAt      time.Time
	Imported                    bool
	Details                     []string // "阶段：已立案 → 已派遣"
}

// Audit is the page of acts.
type Audit struct {
	Frame
	Object  string
	Objects []ui.Option
	Acts    []Act
	Older   string // address of the acts before; empty at the first one
	Newest  string // address of the newest page; empty when this is it
}
