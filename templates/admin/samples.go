package admin

import (
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
	f := func(active string) Frame {
		out := Frame{Base: "/s/fengqiao"}
		for _, t := range []Tab{{"模块", "/admin/modules", false}, {"参数设置", "/admin/settings", false}, {"承办单位", "/admin/units", false}, {"职责清单", "/admin/duties", false}, {"街道形象", "/admin/branding", false}, {"人员与授权", "/admin/people", false}} {
			t.Active = t.Title == active
			out.Tabs = append(out.Tabs, t)
		}
		return out
	}
	modules := Modules{f("模块"), []Module{
		{Guard: g, Key: "cases", Title: "案卷办理", About: "一台受理、分拨、处置、核查、回访，全程计时。", Off: "停用期间不能上报和办理，计时继续，在办案卷保留。", On: true, NeededBy: []string{"考核评价"}},
		{Guard: g, Key: "assessment", Title: "考核评价", About: "按周、月、季评价承办单位，每个数字可追溯到案卷。", Off: "停用后不再出评价，历史评价保留。", On: true, Own: true, Needs: []string{"案卷办理"}},
		{Guard: g, Key: "outreach", Title: "精准服务", About: "到龄、到期主动提醒并上门。", Off: "停用后不再提醒。"},
	}}
	limit := Setting{Key: "cases.handle_limit", Title: "处置时限（无立案条件时）", About: "类别没有立案条件时采用；有立案条件的按条件计时。", Effect: "16 工作时", Blueprint: "5 工作日", Own: "16 工作时", Behind: true, Guard: g}
	settings := Settings{Frame: f("参数设置"), May: true, Groups: []SettingGroup{{"desk", "指挥大厅", []Setting{
		{Key: "desk.name", Title: "指挥大厅名称", About: "显示在工作台和交办单抬头。", Effect: "集成指挥中心", Blueprint: "集成指挥中心", Guard: g}}}, {"cases", "受理、派遣和处置", []Setting{
		{Key: "cases.auto_file", Title: "上报后自动立案", About: "开启后，所有渠道的上报不经受理员审核直接立案；关闭时按各渠道的流程办理。", Effect: "关闭", Blueprint: "关闭", Guard: g}, limit,
		{Key: "cases.warn_percent", Title: "黄灯提醒", About: "处置时限用去百分之几时亮黄灯；到期亮红灯。", Effect: "80", Blueprint: "80", Guard: g},
	}}}}
	form := SettingForm{Frame: f("参数设置"), Setting: limit, Type: "limit", Value: "16", Unit: "working_hour", Seen: "abc", Back: g,
		History: []Change{{at.Add(time.Hour), "陈国华", "16 工作时"}, {at, "陈国华", ""}, {at.AddDate(0, -1, 0), "李静", "3 工作日"}}}
	refused := SettingForm{Frame: f("参数设置"), Setting: settings.Groups[1].List[2], Type: "int", Value: "99", Min: "50", Max: "95", Say: "请检查标红的内容", Error: "数值超出允许的范围", Back: g}
	choice := SettingForm{Frame: f("参数设置"), Setting: Setting{Key: "desk.sort", Title: "工作台默认排序", About: "打开工作台时案卷的排列方式。", Effect: "先到期的在前", Blueprint: "先到期的在前", Guard: g},
		Type: "choice", Value: "deadline", Choices: []ui.Option{{Value: "deadline", Label: "先到期的在前"}, {Value: "newest", Label: "新上报的在前"}}, Back: g}
	units := Units{Frame: f("承办单位"), Kinds: []ui.Option{{Value: "office", Label: "内设机构"}, {Value: "community", Label: "社区（村）"}}, List: []Unit{
		{"command-centre", "集成指挥中心（社会治理联动中心）", "指挥中心", "内设机构", "", Blueprint, 6, "/s/fengqiao/admin/people?unit=command-centre"}, {"enforcement", "综合行政执法局", "综合执法局", "内设机构", "", Own, 4, "/s/fengqiao/admin/people?unit=enforcement"},
		{"night-squad", "夜间巡查队", "夜巡队", "队伍", "综合执法局", Added, 0, "/s/fengqiao/admin/people?unit=night-squad"}, {"320505003001", "枫桥社区居委会", "枫桥社区", "社区（村）", "", Listed, 0, ""}, {"veterans", "退役军人服务站", "退役军人站", "站所", "社会事务办", Retired, 0, ""}}}
	duties := Duties{Frame: f("职责清单"), Lists: []ui.Option{{Value: "basic", Label: "基本履职"}, {Value: "assisting", Label: "配合履职"}, {Value: "withdrawn", Label: "上级收回"}}, Rows: []Duty{
		{"占道经营", "09006", "综合执法巡查处置中队", "基本履职", "", "《城市市容和环境卫生管理条例》第十四条", Blueprint},
		{"油烟污染", "06027", "综合行政执法局", "配合履职", "区生态环境局", "《大气污染防治法》第八十一条", Own},
		{"无证建设", "08016", "城市建设和管理办公室", "上级收回", "区住房和城乡建设局", "上级收回事项清单（街道发现后上报）", Blueprint}, {"邻里纠纷", "20001", "事发地社区（村）", "基本履职", "", "《人民调解法》及社区工作事项清单", Blueprint}}}
	brand := Branding{Frame: f("街道形象"), Guard: g, Name: "枫桥街道", ShortName: "枫桥", Colour: "#c8102e", Welcome: "枫桥欢迎您", Slug: "fengqiao"}
	tried := withDoor(brand)
	tried.Colour, tried.Accent, tried.Logo = "#ffd700", "#0b7d5c", pixel
	tried.Preview = &Preview{Path: "about:blank", Steps: []Step{{"主色", "#ffd700", true, "#857000", 1.4, 4.83}, {"辅色", "#0b7d5c", true, "#0b7d5c", 5.1, 5.1}, {Title: "辅色", Colour: "green"}}}
	wrong := brand
	wrong.Colour, wrong.Name, wrong.Say = "red", "枫", "请检查标红的内容"
	wrong.Errors = map[string]string{"colour": "颜色应写成 #1677ff 的形式", "name": "全称应为2至30个字", "logo": "标志应为 PNG 或 JPEG 图片"}
	people := People{Frame: f("人员与授权"), MayGive: true, MayWrite: true, Roles: []ui.Option{{Value: "dispatcher", Label: "派遣员"}, {Value: "handler", Label: "承办联络员"}}, Units: []ui.Option{{Value: "enforcement", Label: "综合行政执法局", Group: "内设机构"}},
		Grant: GrantForm{Guard: g, Person: "504", Role: "handler", Say: "请检查标红的内容", Errors: map[string]string{"unit": "该角色须指定承办单位"}}, Invite: InviteForm{Guard: g},
		List: []Person{{g, 501, "陈国华", "138****0501", []Grant{{g, "1", "街道管理员", ""}}, false, false}, {g, 502, "周敏", "138****0502", []Grant{{g, "2", "安全管理员", ""}}, true, false},
			{g, 504, "郑洁", "138****0504", []Grant{{g, "3", "派遣员", ""}, {g, "4", "承办联络员", "综合执法局"}}, false, false}, {g, 505, "欧阳晓红", "", nil, false, true}}}
	readers := People{Frame: f("人员与授权"), List: people.List[:1]}
	traces := Frame{Base: "/s/fengqiao", Tabs: []Tab{{"人员与授权", "/admin/people", false}, {"操作留痕", "/admin/audit", true}, {"访问记录", "/admin/access", false}}}
	audit := Audit{Frame: traces, Objects: []ui.Option{{Value: "case", Label: "案卷"}, {Value: "grant", Label: "授权"}}, Older: "/s/fengqiao/admin/audit?before=182600", Acts: []Act{
		{182604, "派遣", "郑洁", "案卷", "019ab0aa-0000-7000-8000-00000000a1b2", "20261129-0007", "/s/fengqiao/cases/019ab0aa-0000-7000-8000-00000000a1b2", at, at, false, []string{"承办单位：综合执法局", "阶段：已立案 → 处置中"}},
		{182603, "立案", "系统", "案卷", "019ab0aa-0000-7000-8000-00000000a1b2", "20261129-0007", "", at, at, true, []string{"类别：占道经营", "阶段：已上报 → 已立案"}},
		{182602, "授权", "周敏", "授权", "019ab0aa-0000-7000-8000-00000000c3d4", "", "", at.Add(-time.Hour), at, false, []string{"人员：郑洁", "角色：承办联络员"}},
		{182601, "修改配置", "陈国华", "街道与配置", "74656e61-0000-8000-8000-0000000f4241", "", "", at.Add(-2 * time.Hour), at, false, []string{"修订号：6 → 7", "配置项：处置时限（无立案条件时）"}}}}
	return append([]Sample{
		{"modules", ModulesView(modules)}, {"settings", SettingsView(settings)}, {"settings-none", SettingsView(Settings{Frame: f("参数设置"), Query: "无"})}, {"setting", SettingView(form, true)}, {"setting-refused", SettingView(refused, true)}, {"setting-choice", SettingView(choice, true)},
		{"setting-read", SettingView(form, false)}, {"units", UnitsView(units)}, {"duties", DutiesView(duties)}, {"duties-none", DutiesView(Duties{Frame: f("职责清单"), Query: "无"})},
		{"branding", BrandingView(brand)}, {"branding-door", BrandingView(withDoor(brand))}, {"branding-preview", BrandingView(tried)}, {"branding-part", PreviewView(*tried.Preview)}, {"branding-refused", BrandingView(wrong)}, {"people", PeopleView(people)}, {"people-read", PeopleView(readers)}, {"people-unit", PeopleView(People{Frame: f("人员与授权"), At: "综合行政执法局", List: people.List[2:3]})}, {"people-none", PeopleView(People{Frame: f("人员与授权")})},
		{"audit", AuditView(audit)}, {"audit-none", AuditView(Audit{Frame: traces, Newest: "/s/fengqiao/admin/audit"})},
	}, append(accessSamples(at, g), itemSamples(at, g)...)...)
}

// withDoor is how a street looks that has residents.
func withDoor(b Branding) Branding {
	b.Door, b.Code, b.Poster = "https://fengqiao.jiedao.example/", pixel, "/s/fengqiao/admin/branding/poster"
	return b
}
