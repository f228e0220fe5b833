package fleet

import (
	"context"
	"strconv"
	"time"

	"wanjie/templates/ui"
)

// Use is one meter's quantity.
type Use struct {
	Name, Unit string
	Qty        int64
}

// Tenant is one tenant as the vendor sees it.
type Tenant struct {
	Guard      ui.Guard
	ID         int32
	Name       string
	Slug       string
	Kind       string // a catalogue key
	Path       string
	Code       string
	State      string
	Blueprint  string
	Revision   int64
	Placement  string
	Contract   string
	OpenedAt   time.Time
	Acts       int64
	LastAct    time.Time
	Uses       []Use
	Fresh      bool   // just opened
	Staff      string // addresses of both doors, when it was just opened
	Residents  string
	TrialUntil time.Time // zero: nothing was agreed
	Over       bool      // that day has passed, and it is still on trial
	MayOpen    bool
	MayEnter   bool // may ask to be let in
	Roles      []ui.Option
	Form       Invitation
	Forms      []StateForm // changes of the state that are possible now
	Standings  []Standing  // newest first

	HasPeople   bool         // a street, in which people live
	Populations []Population // as entered, newest first
}

// Population is how many people live in a street, and who says so.
type Population struct{ Residents, Source, AsOf string }

func (t Tenant) people() (out []ui.Fact) {
	for _, p := range t.Populations {
		out = append(out, ui.Fact{Label: p.AsOf, Value: p.Residents + "　" + p.Source})
	}
	return out
}

// Invitation is the form for a tenant's administrators.
type Invitation struct {
	Name, Phone, Email, Role string
	Say                      string
	Errors                   map[string]string
}

func (i Invitation) errors(ctx context.Context) (out []ui.FieldError) {
	for _, name := range []string{"role", "name", "phone", "email"} {
		if e, ok := i.Errors[name]; ok {
			out = append(out, ui.FieldError{Name: name, Text: ui.T(ctx, e)})
		}
	}
	return out
}

func (i Invitation) err(ctx context.Context, name string) string {
	if e := i.Errors[name]; e != "" {
		return ui.T(ctx, e)
	}
	return ""
}

// What a StateForm may ask for.
const (
	Suspend = "suspend"
	Resume  = "resume"
	Close   = "close"
	Reopen  = "reopen"
)

// StateForm changes a tenant's state, for a reason.
type StateForm struct {
	Guard        ui.Guard
	To           string
	Grounds      []ui.Option
	Ground, Note string
	Say          string
	Errors       map[string]string
}

// words are what the form does, its button, what follows, and the question before it.
func (f StateForm) words(ctx context.Context, name string) (title, means, confirm string) {
	switch f.To {
	case Suspend:
		return ui.T(ctx, "暂停使用"), ui.T(ctx, "暂停后只能查看、不能办理业务，数据保留；租户人员在每页看到所选原因的说明。"), ui.T(ctx, "确定暂停“%s”吗？", name)
	case Resume:
		return ui.T(ctx, "恢复使用"), ui.T(ctx, "恢复后可以继续办理业务；有合同的为正式运行，无合同的为试运行。"), ui.T(ctx, "确定恢复“%s”吗？", name)
	case Close:
		return ui.T(ctx, "关闭租户"), ui.T(ctx, "关闭后租户人员不能再进入；数据按约定保存，可重新开放。"), ui.T(ctx, "确定关闭“%s”吗？关闭后其人员不能再进入。", name)
	}
	return ui.T(ctx, "重新开放"), ui.T(ctx, "重新开放后原有数据、人员和授权照旧。"), ui.T(ctx, "确定重新开放“%s”吗？", name)
}

func (f StateForm) weight() ui.Weight {
	if f.To == Suspend || f.To == Close {
		return ui.Danger
	}
	return ui.Primary
}

// id tells the fields of several such forms on one page apart.
func (f StateForm) id(name string) string { return "f-" + f.To + "-" + name }

func (f StateForm) errors(ctx context.Context) (out []ui.FieldError) {
	for _, name := range []string{"ground", "note"} {
		if e, ok := f.Errors[name]; ok {
			out = append(out, ui.FieldError{Name: f.To + "-" + name, Text: ui.T(ctx, e)})
		}
	}
	return out
}

func (f StateForm) err(ctx context.Context, name string) string {
	if e := f.Errors[name]; e != "" {
		return ui.T(ctx, e)
	}
	return ""
}

// Standing is one change of the tenant's state.
type Standing struct {
	Was, State string
	Ground     string // a catalogue key
	Note, Who  string
	At         time.Time
}

// history is the changes of the state as a timeline.
func (t Tenant) history(ctx context.Context) (out []ui.Moment) {
	for _, s := range t.Standings {
		tone, state := stateTag(ctx, s.State)
		_, was := stateTag(ctx, s.Was)
		out = append(out, ui.Moment{At: s.At, Actor: s.Who, Act: was + " → " + state, Detail: ui.T(ctx, s.Ground) + "\n" + s.Note, Tone: tone})
	}
	return out
}

func (t Tenant) path(more string) string {
	return "/v/streets/" + strconv.Itoa(int(t.ID)) + more
}

func (t Tenant) facts(ctx context.Context) []ui.Fact {
	tone, label := stateTag(ctx, t.State)
	contract := t.Contract
	if contract == "" {
		contract = ui.T(ctx, "无（试运行）")
		if !t.TrialUntil.IsZero() {
			contract = ui.T(ctx, "无（试运行至 %s）", ui.Date(t.TrialUntil))
		}
		if t.Over {
			contract = ui.T(ctx, "无（试运行已于 %s 到期）", ui.Date(t.TrialUntil))
		}
	}
	own := ui.T(ctx, "与蓝本一致")
	if t.Revision > 0 {
		own = ui.T(ctx, "已自定，第 %d 次修改", t.Revision)
	}
	return []ui.Fact{
		{Label: ui.T(ctx, "状态"), Body: ui.Tag(tone, label)}, {Label: ui.T(ctx, "类型"), Value: ui.T(ctx, t.Kind)}, {Label: ui.T(ctx, "租户编号"), Value: strconv.Itoa(int(t.ID))},
		{Label: ui.T(ctx, "区划代码"), Value: t.Code}, {Label: ui.T(ctx, "网址名"), Value: t.Slug}, {Label: ui.T(ctx, "数据放置点"), Value: t.Placement},
		{Label: ui.T(ctx, "蓝本"), Value: t.Blueprint}, {Label: ui.T(ctx, "自定配置"), Value: own}, {Label: ui.T(ctx, "合同编号"), Value: contract},
		{Label: ui.T(ctx, "开通时间"), Value: ui.Time(t.OpenedAt)}, {Label: ui.T(ctx, "操作总数"), Value: ui.Number(t.Acts)}, {Label: ui.T(ctx, "最近操作"), Value: ui.Time(t.LastAct)},
	}
}
