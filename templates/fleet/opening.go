package fleet

import (
	"context"
	"slices"
	"strings"
	"time"

	"wanjie/templates/ui"
)

// What a street may be opened on.
const (
	OnTrial       = "trial"
	UnderContract = "contract"
)

// Opening is what the wizard that opens a street has settled so far.
type Opening struct {
	Query      string // what was searched when no unit is chosen
	Found      []Unit
	Unit       Unit // chosen; Code empty until then
	Terms      string
	Days       string // of a trial
	Contract   string
	Slug       string
	Blueprint  string
	Ground     string // why that blueprint is proposed
	Placement  string
	Together   string // placement of the district's other tenants; empty for its first
	Demo       bool
	Blueprints []ui.Option
	Placements []ui.Option
	Say        string
	Errors     map[string]string
}

func (o Opening) errors(ctx context.Context) (out []ui.FieldError) {
	for _, name := range []string{"code", "terms", "days", "contract", "slug", "blueprint", "placement"} {
		if e, ok := o.Errors[name]; ok {
			out = append(out, ui.FieldError{Name: name, Text: ui.T(ctx, e)})
		}
	}
	return out
}

func (o Opening) err(ctx context.Context, name string) string {
	if e := o.Errors[name]; e != "" {
		return ui.T(ctx, e)
	}
	return ""
}

func (o Opening) where(ctx context.Context) string {
	if o.Together != "" {
		return ui.T(ctx, "本区县已有租户在“%s”，须放在一处", o.Together)
	}
	return ui.T(ctx, "本区县的第一个租户；之后开通的须放在同一处")
}

// facts are what the unit is.
func (o Opening) facts(ctx context.Context) []ui.Fact {
	return []ui.Fact{{Label: ui.T(ctx, "单位"), Value: o.Unit.Name}, {Label: ui.T(ctx, "区划代码"), Value: o.Unit.Code}, {Label: ui.T(ctx, "类型"), Value: ui.T(ctx, o.Unit.Kind)}, {Label: ui.T(ctx, "所在地"), Value: o.Unit.Path, Wide: true}}
}

// Preview is what will be opened.
type Preview struct {
	Opening
	Guard            ui.Guard
	Back             string // address of the step before, as it was filled in
	District         string
	Communities      int
	Until            time.Time // last day of the trial
	Staff, Residents string    // addresses; empty while the number that makes them is not known
	Edition, Summary string
	Counts           []ui.Fact
	On, Off          []string // modules
	Roles            []ui.Option
	First            Invitation
}

func (p Preview) terms(ctx context.Context) string {
	if p.Terms == UnderContract {
		return ui.T(ctx, "正式运行，合同 %s", p.Contract)
	}
	return ui.T(ctx, "试运行 %s 天，至 %s", p.Days, ui.Date(p.Until))
}

func (p Preview) opens(ctx context.Context) []ui.Fact {
	staff, residents := p.Staff, p.Residents
	if staff == "" {
		staff = ui.T(ctx, "开通后自动编号")
		residents = staff
	}
	kind := ui.T(ctx, "普通租户")
	if p.Demo {
		kind = ui.T(ctx, "演示租户，页面处处标明“演示数据”")
	}
	return []ui.Fact{
		{Label: ui.T(ctx, "单位"), Value: p.Unit.Name}, {Label: ui.T(ctx, "区划代码"), Value: p.Unit.Code}, {Label: ui.T(ctx, "区县"), Value: p.District},
		{Label: ui.T(ctx, "社区（村）"), Value: ui.T(ctx, "%d 个，取自区划名录", p.Communities)}, {Label: ui.T(ctx, "运行方式"), Value: p.terms(ctx)}, {Label: ui.T(ctx, "数据放置点"), Value: p.Placement},
		{Label: ui.T(ctx, "工作台网址"), Value: staff, Wide: true}, {Label: ui.T(ctx, "居民端网址"), Value: residents, Wide: true}, {Label: ui.T(ctx, "用途"), Value: kind, Wide: true},
	}
}

func (p Preview) contents(ctx context.Context) []ui.Fact {
	list := func(names []string) string {
		if len(names) == 0 {
			return ui.None
		}
		return strings.Join(names, "、")
	}
	return append(slices.Clone(p.Counts), ui.Fact{Label: ui.T(ctx, "启用模块"), Value: list(p.On), Wide: true}, ui.Fact{Label: ui.T(ctx, "未启用模块"), Value: list(p.Off), Wide: true})
}

// way is the steps of the wizard, of which the one with this number is being taken.
func way(ctx context.Context, now int) []ui.Step {
	out := []ui.Step{{Label: ui.T(ctx, "选择单位")}, {Label: ui.T(ctx, "填写条件")}, {Label: ui.T(ctx, "核对并开通")}}
	for i := range out {
		switch {
		case i+1 < now:
			out[i].State = ui.Done
		case i+1 == now:
			out[i].State = ui.Now
		}
	}
	return out
}
