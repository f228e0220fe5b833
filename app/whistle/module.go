package whistle

import (
	"context"

	"wanjie/app/auth"
	"wanjie/app/module"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal"
	"wanjie/tenants/keys"
)

// moduleKey is the module's name in blueprints.
const moduleKey = "whistle"

// Module is what a street switches on as 吹哨报到.
var Module = module.Module{
	Key:    moduleKey,
	Title:  ui.Key("吹哨报到"),
	About:  ui.Key("一处事项需要几个单位到场时吹哨召集；响应、到场、结果计时，收哨评价各单位，各单位评价吹哨。"),
	Off:    ui.Key("关闭后相关页面和菜单不再显示，计时暂停；已有记录全部保留。"),
	Needs:  []string{"cases"},
	Routes: routes,
	Nav: []module.Entry{{Title: ui.Key("吹哨报到"), Path: "/whistles", Any: []string{auth.WhistlesBlow, auth.CasesRead, auth.CasesWork}, Badge: func(ctx context.Context, tx tenants.Tx, _ *blueprint.Config) (int, error) {
		return Waiting(ctx, tx)
	}}},
	Waits:  []module.Waits{{Kind: "whistles", Title: ui.Key("吹哨"), May: auth.CasesReceive, List: waiting}},
	Timers: []jobs.TimerKind{{Name: respondTimer, Run: runRespond}, {Name: arriveTimer, Run: runArrive}},
	Acts: []journal.Kind{
		{Name: "whistle.blown", Version: 1}, {Name: "whistle.called", Version: 1}, {Name: "whistle.reported", Version: 1}, {Name: "whistle.silent", Version: 1},
		{Name: "whistle.arrived", Version: 1}, {Name: "whistle.late", Version: 1}, {Name: "whistle.done", Version: 1}, {Name: "whistle.judged", Version: 1},
		{Name: "whistle.graded", Version: 1}, {Name: "whistle.closed", Version: 1}, {Name: "whistle.called_off", Version: 1},
		{Name: "whistle.declined", Version: 1}, {Name: "whistle.unreached", Version: 1},
	},
	Words: words(),

	Numbers: map[string]string{"whistle": "whistles"},
	Data: []keys.Columns{
		{
			Table: "whistles",
			Plain: []string{"tenant_id", "id", "number", "kind", "case_id", "community", "lon", "lat", "urgent", "needed_at", "state", "made_by", "made_at", "ended_by", "ended_at",
				"side", "peer", "peer_name", "peer_no", "kind_name", "sent", "heard"},
			Sealed: []string{"purpose", "address", "outcome"},
		},
		{
			Table: "whistle_calls",
			Plain: []string{"tenant_id", "id", "whistle_id", "unit", "state", "respond_by", "arrive_by", "silent", "late", "reported_by", "reported_at", "arrived_by", "arrived_at",
				"done_by", "done_at", "grade", "needed", "facts", "judged_by", "judged_at", "unit_name", "declined_by", "declined_at"},
			Sealed: []string{"result", "grade_words", "judge_words", "ground"},
		},
		{
			Table:  "whistle_messages",
			Plain:  []string{"tenant_id", "id", "whistle_id", "box", "n", "kind", "person", "at", "carried_at"},
			Sealed: []string{"words"},
		},
	},
}

var actTitles = map[string]string{
	"whistle.blown": ui.Key("吹哨"), "whistle.called": ui.Key("召集单位"), "whistle.reported": ui.Key("报到"), "whistle.silent": ui.Key("逾期未报到"), "whistle.arrived": ui.Key("到场"),
	"whistle.late": ui.Key("逾期未到场"), "whistle.done": ui.Key("反馈结果"), "whistle.judged": ui.Key("评哨"), "whistle.graded": ui.Key("评价单位"), "whistle.closed": ui.Key("收哨"),
	"whistle.called_off": ui.Key("撤哨"), "whistle.declined": ui.Key("不属本单位"), "whistle.unreached": ui.Key("未送达"),
}

func words() map[string]string {
	out := map[string]string{
		"silent/1": ui.Key("是"), "late/1": ui.Key("是"), "object/whistle": ui.Key("吹哨"), "dimension/whistle": ui.Key("吹哨状态"), "dimension/whistle_kind": ui.Key("吹哨类型"), "dimension/call": ui.Key("单位进度"),
		"dimension/silent": ui.Key("逾期未报到"), "dimension/grade": ui.Key("单位评价"), "dimension/needed": ui.Key("吹哨必要"), "dimension/facts": ui.Key("情况属实"),
	}
	for k, title := range actTitles {
		out["act/"+k] = title
	}
	for s, title := range stateTitles {
		out["whistle/"+string(s)] = title
	}
	for s, title := range stepTitles {
		out["call/"+string(s)] = title
	}
	for g, title := range gradeTitles {
		out["grade/"+string(g)] = title
	}
	return out
}
