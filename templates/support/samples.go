package support

import (
	"slices"
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/ui"
)

// Sample is one page with data, for the golden tests and the gallery.
type Sample struct {
	Name string
	View templ.Component
}

// Samples lists them.
func Samples() []Sample {
	at := time.Date(2026, 11, 23, 1, 4, 0, 0, time.UTC)
	g := ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"}
	lines := []Line{
		{"/s/fengqiao/admin/support/1", "枫桥街道", "程远（运营方）", "故障排查", "待批准", ui.Warn, 4, at.Add(time.Hour), time.Time{}, time.Time{}},
		{"/s/fengqiao/admin/support/2", "木渎镇", "程远（运营方）", "配置协助", "进入中", ui.Info, 2, at, at.Add(2 * time.Hour), time.Time{}},
		{"/s/fengqiao/admin/support/3", "枫桥街道", "欧阳晓红（运营方）", "培训演示", "已结束", ui.Good, 24, at.AddDate(0, 0, -2), at.AddDate(0, 0, -1), at.AddDate(0, 0, -1)},
	}
	form := Form{Guard: g, Action: "/v/streets/1000001/support", Hours: "4", Purposes: []ui.Option{{Value: "fault", Label: "故障排查"}, {Value: "setup", Label: "配置协助"}, {Value: "other", Label: "其他"}}}
	refused := form
	refused.Hours, refused.Purpose, refused.Say, refused.Errors = "30", "fault", "请检查标红的内容", map[string]string{"words": "请填写此项", "hours": "时长为1至24小时"}
	asked := Sheet{Title: "程远（运营方）：故障排查", State: "待批准", Tone: ui.Warn, Facts: []ui.Fact{{Label: "申请人", Value: "程远（运营方）"}, {Label: "进入事由", Value: "故障排查"}, {Label: "时长", Value: "4 小时"},
		{Label: "具体说明", Value: "12345 转来的案卷没有按渠道立案，需核对受理渠道和立案条件的配置。", Wide: true}},
		Past: []ui.Moment{{At: at, Actor: "程远（运营方）", Act: "申请进入", Tone: ui.Info}}, Decide: &Decide{Guard: g, Action: "/s/fengqiao/admin/support/1/decide"}}
	wrong := asked
	wrong.Decide = &Decide{Guard: g, Action: asked.Decide.Action, Say: "请检查标红的内容", Error: "请填写此项"}
	begun := asked
	begun.State, begun.Tone, begun.Begun, begun.Decide, begun.Street, begun.Enter = "进入中", ui.Info, true, nil, "枫桥街道", "/s/fengqiao/"
	begun.End = &End{g, "/v/streets/1000001/support/1/end", "结束进入", "确定现在结束这次进入吗？"}
	begun.Past = slices.Concat(asked.Past, []ui.Moment{{At: at.Add(time.Hour), Actor: "周敏", Act: "批准进入", Detail: "请同时看一下红绿灯时限。", Tone: ui.Good}})
	ended := begun
	ended.State, ended.Tone, ended.End, ended.Enter, ended.Street = "已结束", ui.Good, nil, "", ""
	ended.Done = []ui.Moment{{At: at.Add(2 * time.Hour), Act: "修改配置", Detail: "配置项：处置时限（无立案条件时）\n修订号：12 → 13", Tone: ui.Info}}
	ended.Past = slices.Concat(begun.Past, []ui.Moment{{At: at.Add(5 * time.Hour), Actor: "系统", Act: "到时自动结束", Tone: ui.Neutral}})
	return []Sample{
		{"list", ListPage(List{Title: "运营进入", Note: "运营方人员申请进入本单位：须写明事由和时长，由安全管理员批准，到时自动结束", Lines: lines})},
		{"list-empty", ListPage(List{Title: "运营进入"})},
		{"everywhere", ListPage(List{Title: "进入记录", Streets: true, Lines: lines})},
		{"ask", ListPage(List{Title: "进入枫桥街道", Lines: lines[:1], Form: &form})},
		{"ask-refused", ListPage(List{Title: "进入枫桥街道", Form: &refused})},
		{"asked", SheetPage(asked)}, {"asked-refused", SheetPage(wrong)}, {"begun", SheetPage(begun)}, {"ended", SheetPage(ended)},
	}
}
