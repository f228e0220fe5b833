package cases

import (
	"wanjie/app/auth"
	"wanjie/app/module"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants/journal"
	"wanjie/tenants/journal/tally"
	"wanjie/tenants/keys"
)

// Module is what a street switches on as 案卷办理.
var Module = module.Module{
	Key:    "cases",
	Title:  ui.Key("案卷办理"),
	About:  ui.Key("从上报、立案、派遣、处置、核查到结案回访的全流程办理。"),
	Off:    ui.Key("关闭后相关页面和菜单不再显示，定时提醒暂停；已有案卷全部保留，重新开启后继续办理。"),
	Routes: routes,
	Nav: []module.Entry{
		{Title: ui.Key("案卷"), Path: "/cases"},
		{Title: ui.Key("我的待办"), Path: "/tasks", May: auth.CasesHandle, Badge: Waiting},
	},
	Timers: []jobs.TimerKind{
		{Name: dueTimer, Run: runDue},
		{Name: receiptTimer, Run: runReceipt},
	},
	Acts:   acts("reported", "filed", "rejected", "dispatched", "received", "unsigned", "handled", "checked", "overdue", "closed", "called_back", "reopened", "imported"),
	Notify: notify,
	Words:  actWords(),
	Cells:  map[string]tally.Cells{"case": tally.Case},
	Data: []keys.Columns{
		{
			Table: "cases",
			Plain: []string{"tenant_id", "id", "number", "channel", "upper_no", "source", "source_id", "class", "condition", "community", "lon", "lat",
				"urgent", "confidential", "stage", "unit", "blueprint", "revision", "reported_by", "reported_at", "filed_at", "due_at", "checked_by",
				"checked_at", "closed_at", "ended_at", "late", "outcome", "reworks", "reopened", "calls"},
			Sealed: []string{"title", "description", "address", "petitioner", "phone"},
			Blind:  []string{"phone_blind"},
		},
		{
			Table: "assignments",
			Plain: []string{"tenant_id", "id", "case_id", "role", "unit", "state", "basis", "duty", "expires_on", "dispatched_by", "dispatched_at",
				"receive_by", "received_by", "received_at", "unsigned", "handled_by", "handled_at"},
			Sealed: []string{"parties", "designator", "ground", "reason"},
		},
		{
			Table:  "remarks",
			Plain:  []string{"tenant_id", "id", "case_id", "kind", "person", "at"},
			Sealed: []string{"words"},
		},
		{
			Table: "callbacks",
			Plain: []string{"tenant_id", "id", "case_id", "person", "at", "valid", "contacted", "solved", "satisfaction"},
		},
	},
}

// acts are all at their first version.
func acts(names ...string) []journal.Kind {
	out := make([]journal.Kind, len(names))
	for i, n := range names {
		out[i] = journal.Kind{Name: "case." + n, Version: 1}
	}
	return out
}

// actWords says stages and bases as the traces show them.
func actWords() map[string]string {
	out := map[string]string{"outcome/on_time": ui.Key("按时"), "outcome/overdue": ui.Key("超期")}
	for s, title := range stageTitles {
		out["stage/"+string(s)] = title
	}
	for b, title := range basisTitles {
		out["basis/"+string(b)] = title
	}
	return out
}
