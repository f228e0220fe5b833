package grids

import (
	"maps"

	"wanjie/app/auth"
	"wanjie/app/grids/patrol"
	"wanjie/app/module"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants/journal"
	"wanjie/tenants/keys"
)

// moduleKey is the module's name in blueprints.
const moduleKey = "grids"

// Module is what a street switches on as 网格管理.
var Module = module.Module{
	Key:    moduleKey,
	Title:  ui.Key("网格管理"),
	About:  ui.Key("网格的划分、公示、人员和巡查；案卷按发生地点自动归入网格。"),
	Off:    ui.Key("关闭后相关页面和菜单不再显示，新案卷不再归入网格，巡查任务暂停；已有网格、人员和记录全部保留。"),
	Routes: routes,
	Nav: []module.Entry{
		{Title: ui.Key("网格"), Path: "/grids"},
		{Title: ui.Key("巡查"), Path: "/patrols", Any: []string{auth.PatrolsDo, auth.PatrolsPlan, auth.CasesRead}, Badge: waiting},
	},
	Timers: append([]jobs.TimerKind{{Name: postTimer, Run: runPost}, {Name: relieveTimer, Run: runRelieve}}, patrol.Timers...),
	Acts: append([]journal.Kind{
		{Name: "grid.drawn", Version: 1}, {Name: "grid.changed", Version: 1}, {Name: "grid.closed", Version: 1},
		{Name: "grid.staffed", Version: 1}, {Name: "grid.relieved", Version: 1},
	}, patrol.Acts...),
	Words: words(),
	Data: append([]keys.Columns{
		{Table: "grids", Plain: []string{"tenant_id", "id", "code", "name", "kind", "parent", "community", "phone", "made_at", "closed_on"}},
		{Table: "grid_outlines", Plain: []string{"tenant_id", "id", "grid_id", "valid_from", "valid_to", "shape", "area", "source_crs", "drawn_by", "drawn_at"}},
		{Table: "grid_editions", Plain: []string{"tenant_id", "edition"}},
		{Table: "postings", Plain: []string{"tenant_id", "id", "grid_id", "person", "role", "from_on", "to_on", "stands_in", "weekdays", "begins", "ends",
			"made_by", "made_at", "void"}},
	}, patrol.Data...),
}

// words says acts, dimensions and their values as the traces show them.
func words() map[string]string {
	out := patrol.Words()
	for k, title := range kindTitles {
		out["grid_kind/"+string(k)] = title
	}
	maps.Copy(out, map[string]string{
		"object/grid": ui.Key("网格"), "object/patrol": ui.Key("巡查安排"), "object/round": ui.Key("巡查"),
		"act/grid.drawn": ui.Key("划定网格"), "act/grid.changed": ui.Key("修改网格"), "act/grid.closed": ui.Key("撤销网格"),
		"act/grid.staffed": ui.Key("安排网格人员"), "act/grid.relieved": ui.Key("网格人员离岗"),
		"act/patrol.planned": ui.Key("安排巡查"), "act/patrol.stopped": ui.Key("停止巡查"), "act/patrol.due": ui.Key("巡查到期"),
		"act/patrol.done": ui.Key("完成巡查"), "act/patrol.missed": ui.Key("未按期巡查"),
		"act/patrol.checked": ui.Key("查看巡查点位"), "dimension/point": ui.Key("点位"),
		"dimension/grid_kind": ui.Key("网格种类"), "dimension/from": ui.Key("起"), "dimension/to": ui.Key("止"), "dimension/grid.closed": ui.Key("撤销日期"),
		"dimension/every": ui.Key("频次"), "dimension/round": ui.Key("状态"), "dimension/due": ui.Key("应巡查日期"), "dimension/found": ui.Key("结果"),
	})
	return out
}
