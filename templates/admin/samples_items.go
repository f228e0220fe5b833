package admin

import (
	"net/url"
	"time"

	"wanjie/templates/ui"
)

// itemSamples are the editor's pages.
func itemSamples(at time.Time, g ui.Guard) []Sample {
	frame := Frame{Base: "/s/fengqiao", Tabs: []Tab{{"模块", "/admin/modules", false}, {"参数设置", "/admin/settings", false}, {"配置项", "/admin/items", true}}}
	const list = "/s/fengqiao/admin/items/condition"
	rows := []ItemLine{
		{Key: "exposed-waste", Kind: "立案条件", Title: "06010 暴露垃圾 · 公共区域有暴露垃圾", Brief: "2 工作日　垃圾已清除，地面干净", Href: list + "/exposed-waste", Source: Own},
		{Key: "building-going-up", Kind: "立案条件", Title: "06001 私搭乱建 · 正在搭建", Brief: "4 工作时　综合执法巡查处置中队　已停工", Href: list + "/building-going-up", Source: Blueprint},
		{Key: "flood", Kind: "立案条件", Title: "30 防汛排涝 · 积水", Brief: "2 紧急工作时　积水排除", Href: list + "/flood", Source: Added},
		{Key: "snow", Kind: "立案条件", Title: "10001 道路积雪、结冰 · 影响通行安全", Brief: "4 紧急工作时　已清除", Href: list + "/snow", Source: Retired, Behind: true},
	}
	topics := ItemTopics{Frame: frame, Topics: []ItemTopic{
		{"机构", []ItemKind{{"承办单位", "内设机构、站所、队伍和社区（村）", "/s/fengqiao/admin/items/unit", 44, 2, 0}, {"条线", "主责部门与区级承办单位的对应", "/s/fengqiao/admin/items/sector", 34, 0, 0}}},
		{"职责和时限", []ItemKind{{"职责清单", "法定派遣的依据：基本履职、配合履职、上级收回", "/s/fengqiao/admin/items/duty", 164, 0, 0}, {"立案条件", "现场情形决定时限和结案条件", list, 161, 3, 1}}},
	}}
	classes := []ui.Option{{Value: "matter-06", Label: "市容环境（大类）", Group: "06 市容环境"}, {Value: "matter-06010", Label: "06010 暴露垃圾", Group: "06 市容环境"}}
	units := []ui.Option{{Value: "community", Label: "事发地社区（村）"}, {Value: "sanitation", Label: "环境卫生管理站", Group: "站所"}}
	page := ItemPage{Frame: frame, Path: list + "/exposed-waste", List: list, Kind: "立案条件", Key: "exposed-waste", Title: "06010 暴露垃圾 · 公共区域有暴露垃圾", Source: Own, May: true, Behind: true, CanBack: true, CanRetire: true,
		Seen: "abc", Guard: g, Back: g, Retire: g,
		Rows: []ItemRow{{"类别", "06010 暴露垃圾", "06010 暴露垃圾", "06010 暴露垃圾", false}, {"情形", "公共区域有暴露垃圾", "公共区域有暴露垃圾", "公共区域有暴露垃圾", false}, {"时限", "4 工作时", "2 工作日", "2 工作日", true}, {"责任单位", "", "", "", false}},
		Inputs: []ItemInput{
			{Input: ui.Input{Name: "class", Label: "类别", Value: "matter-06010", Required: true}, As: "choice", Options: classes},
			{Input: ui.Input{Name: "text", Label: "情形", Value: "公共区域有暴露垃圾", Required: true}, As: "text"},
			{Input: ui.Input{Name: "limit", Label: "时限", Value: "2", Required: true}, As: "limit", Unit: "working_day"},
			{Input: ui.Input{Name: "unit", Label: "责任单位", Help: "不选的按职责清单"}, As: "unit", Options: units},
			{Input: ui.Input{Name: "order", Label: "排序", Value: "10", Help: "小的在前"}, As: "number"},
		},
		History: []ItemChange{{At: at, Who: "陈国华", Fields: []ItemChanged{{"时限", "4 工作时", "2 工作日"}}}, {At: at.Add(-time.Hour), Who: "李静", Back: true}, {At: at.AddDate(0, -1, 0), Who: "李静", Retired: true}},
	}
	refused := page
	refused.Say, refused.Others = "请检查标红的内容", []string{"“职责清单 暴露垃圾”受此影响：单位“sanitation”不存在或已停用"}
	refused.Inputs = append([]ItemInput(nil), page.Inputs...)
	refused.Inputs[2].Value, refused.Inputs[2].Error = "0", "时限必须大于 0"
	route := ItemPage{Frame: frame, Path: "/s/fengqiao/admin/items/route/hotline", List: "/s/fengqiao/admin/items/route", Kind: "办理流程", Key: "hotline", Title: "12345热线", Source: Blueprint, May: true, CanRetire: true, Seen: "abc", Guard: g, Retire: g,
		Rows: []ItemRow{{"来源渠道", "12345热线", "", "12345热线", false}, {"跳过", "受理、核实", "", "受理、核实", false}, {"上报后直接立案", "是", "", "是", false}},
		Inputs: []ItemInput{
			{Input: ui.Input{Name: "skip", Label: "跳过"}, As: "many", Many: []string{"accept", "verify"}, Options: []ui.Option{{Value: "accept", Label: "受理"}, {Value: "verify", Label: "核实"}, {Value: "check", Label: "核查"}}},
			{Input: ui.Input{Name: "auto_file", Label: "上报后直接立案", Value: "true"}, As: "yes"},
			{Input: ui.Input{Name: "columns", Label: "版式", Value: "number channel\ndescription", Required: true, Error: "不能为空"}, As: "rows"},
		}}
	reader := ItemPage{Frame: frame, Path: "/s/fengqiao/admin/items/text/report.done", List: "/s/fengqiao/admin/items/text", Kind: "文案", Key: "report.done", Title: "上报成功提示", Source: Blueprint, Rules: []string{"文案不能停用"},
		Rows: []ItemRow{{"内容", "您反映的问题已收到，请凭案卷编号查询办理进度。", "", "您反映的问题已收到，请凭案卷编号查询办理进度。", false}}}
	unit := ItemPage{Frame: frame, New: true, Path: "/s/fengqiao/admin/items/unit", List: "/s/fengqiao/admin/items/unit", Kind: "承办单位", Title: "新建承办单位", May: true, Guard: g, Key: "Night", KeyError: "编号“Night”只能用小写字母、数字、点和连字符", Say: "请检查标红的内容",
		Inputs: []ItemInput{{Input: ui.Input{Name: "name", Label: "全称", Value: "夜间巡查队", Required: true}, As: "text"}, {Input: ui.Input{Name: "kind", Label: "类型", Value: "station", Help: "单位类型不能修改，请另建单位"}, As: FixedInput}, {Input: ui.Input{Name: "note", Label: "说明"}, As: "area"}}}
	items := Items{Frame: frame, Path: list, Title: "立案条件", About: "现场情形决定时限和结案条件", May: true, Addable: true, List: rows, Pages: ui.Pages{Number: 1, Size: 50, Total: 161, Path: list, Query: url.Values{}, List: "items"}}
	differences := Differences{Frame: frame, May: true, List: []Difference{
		{Guard: g, Kind: "参数", Title: "签收时限", Href: "/s/fengqiao/admin/settings/cases.receive_limit", Rows: []ItemRow{{Blueprint: "2 工作时", Own: "3 工作时"}}, Source: Own, At: at, By: "陈国华", Back: "/s/fengqiao/admin/settings/cases.receive_limit/back"},
		{Guard: g, Kind: "立案条件", Title: "06010 暴露垃圾 · 公共区域有暴露垃圾", Href: list + "/exposed-waste", Rows: []ItemRow{{Label: "时限", Blueprint: "1 工作日", Own: "2 工作日"}, {Label: "责任单位", Own: "环卫站"}}, Source: Own, Behind: true, At: at, By: "陈国华", Back: list + "/exposed-waste/back"},
		{Guard: g, Kind: "立案条件", Title: "30 防汛排涝 · 积水", Href: list + "/flood", Source: Added, At: at, By: "欧阳晓红"}}}
	week := Week{{Number: 1, Holiday: true}, {Number: 2, Holiday: true}, {Number: 3}, {Number: 4, Work: true}, {Number: 5}, {Number: 6, Free: true}, {Number: 7, Free: true}}
	calendar := page
	calendar.Warn = "还没有 2027 年的放假日期，时限会把节假日算作工作日。请按国务院办公厅的通知填写放假和调休日期。"
	calendar.Years = []Year{{Number: 2026, Holidays: 2, Workdays: 1, Months: []Month{{1, []Week{week, {{}, {Number: 8}}}}, {2, []Week{week}}, {3, []Week{week}}}}}
	return []Sample{
		{"item-calendar", ItemView(calendar)},
		{"differences", DifferencesView(differences)}, {"differences-none", DifferencesView(Differences{Frame: frame})},
		{"items-topics", ItemTopicsView(topics)}, {"items-found", ItemTopicsView(ItemTopics{Frame: frame, Query: "垃圾", Found: rows[:1]})}, {"items", ItemsView(items)},
		{"items-none", ItemsView(Items{Frame: frame, Path: list, Title: "立案条件", Query: "无", Pages: ui.Pages{Number: 1, Size: 50, Path: list}})},
		{"item", ItemView(page)}, {"item-refused", ItemView(refused)}, {"item-route", ItemView(route)}, {"item-read", ItemView(reader)}, {"item-new", ItemView(unit)},
	}
}
