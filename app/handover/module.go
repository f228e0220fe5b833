package handover

import (
	"context"

	"wanjie/app/auth"
	"wanjie/app/module"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal"
	"wanjie/tenants/journal/tally"
	"wanjie/tenants/keys"
)

// moduleKey is the module's name in blueprints.
const moduleKey = "handover"

// Module is what a street or a centre switches on as 区街移交.
var Module = module.Module{
	Key:    moduleKey,
	Title:  ui.Key("区街移交"),
	About:  ui.Key("街道的案卷上报区级指挥中心，区级案卷下派街道；接收、退回、改期和结果往来留痕。"),
	Off:    ui.Key("关闭后不再移交和接收新案卷，相关页面和菜单不再显示；已移交的案卷继续办完。"),
	Needs:  []string{"cases"},
	Routes: routes,
	Nav: []module.Entry{{Title: ui.Key("区街移交"), Path: "/handovers", May: auth.CasesAccept, Badge: func(ctx context.Context, tx tenants.Tx, _ *blueprint.Config) (int, error) {
		return Waiting(ctx, tx)
	}}},
	Waits:  []module.Waits{{Kind: "handovers", Title: ui.Key("移交"), May: auth.CasesAccept, List: waiting}},
	Timers: []jobs.TimerKind{{Name: decideTimer, Run: runDecide}, {Name: mergedTimer, Run: runMerged, Again: nextMerged}},
	Acts: []journal.Kind{
		{Name: "handover.offer", Version: 1}, {Name: "handover.arrived", Version: 1}, {Name: "handover.accepted", Version: 1}, {Name: "handover.refused", Version: 1},
		{Name: "handover.answered", Version: 1}, {Name: "handover.again", Version: 1}, {Name: "handover.due", Version: 1}, {Name: "handover.asked", Version: 1},
		{Name: "handover.overlooked", Version: 1}, {Name: "handover.recall", Version: 1}, {Name: "handover.recalled", Version: 1}, {Name: "handover.kept", Version: 1},
	},
	Cells:  map[string]tally.Cells{"handover": tally.Handover},
	Notify: notify,
	Words:  words(),
	Data: []keys.Columns{
		{
			Table: "handovers",
			Plain: []string{"tenant_id", "id", "side", "peer", "peer_name", "peer_no", "case_id", "state", "unit", "class", "class_name", "community", "lon", "lat", "urgent",
				"confidential", "due", "decide_by", "overlooked", "rounds", "sent", "heard", "made_by", "made_at", "decided_by", "decided_at", "answered_at", "recall", "recalled_at", "class_abroad"},
			Sealed: []string{"title", "description", "address", "petitioner", "phone", "reason", "ground", "result"},
		},
		{
			Table:  "handover_messages",
			Plain:  []string{"tenant_id", "id", "handover_id", "box", "n", "kind", "person", "at", "carried_at"},
			Sealed: []string{"words"},
		},
	},
}

// actTitles are the acts as traces and sheets name them.
var actTitles = map[Kind]string{
	offer: ui.Key("移交"), arrived: ui.Key("送达"), accepted: ui.Key("接收"), refused: ui.Key("退回"), answered: ui.Key("反馈结果"), again: ui.Key("要求重办"),
	due: ui.Key("改定期限"), asked: ui.Key("申请改期"), recall: ui.Key("要求撤回"), recalled: ui.Key("已撤回"), kept: ui.Key("不同意撤回"),
}

func words() map[string]string {
	out := map[string]string{
		"object/handover": ui.Key("移交"), "act/handover.overlooked": ui.Key("逾期未接收"), "dimension/side": ui.Key("方向"), "dimension/handover": ui.Key("移交状态"),
		"dimension/peer": ui.Key("对方编号"), "dimension/peer_name": ui.Key("对方"), "dimension/overlooked": ui.Key("逾期未接收"), "purpose/handover": ui.Key("移交办理"),
		"dimension/handed": ui.Key("区街移交"), "handed/1": ui.Key("是"), "overlooked/1": ui.Key("是"),
	}
	for k, title := range actTitles {
		out["act/handover."+string(k)] = title
	}
	for s, title := range stateTitles {
		out["handover/"+string(s)] = title
	}
	for _, s := range []Side{Out, In} {
		out["side/"+string(s)] = s.Title()
	}
	return out
}
