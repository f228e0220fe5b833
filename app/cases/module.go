package cases

import (
	"wanjie/app/auth"
	"wanjie/app/module"
	"wanjie/app/sheets"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants/blueprint"
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
		{Title: ui.Key("案卷"), Path: "/cases", Any: []string{auth.CasesRead, auth.CasesReport, auth.CasesWork}},
		{Title: ui.Key("待回访"), Path: "/callbacks", May: auth.CasesCall, Badge: ToBeCalled},
		{Title: ui.Key("我的待办"), Path: "/tasks", May: auth.CasesWork, Badge: Waiting},
		{Title: ui.Key("清单建议"), Path: "/suggestions", May: auth.BoardRead},
	},
	Waits: []module.Waits{
		{Kind: "cases", Title: ui.Key("案卷"), May: auth.CasesWork, List: tasksWaiting},
		{Kind: "applications", Title: ui.Key("审批"), May: auth.CasesApprove, List: applicationsWaiting},
	},
	Timers: []jobs.TimerKind{
		{Name: dueTimer, Run: runDue, Again: nextLight},
		{Name: receiptTimer, Run: runReceipt},
		{Name: besideTimer, Run: runBeside},
		{Name: suspensionTimer, Run: runSuspension, Again: nextReview},
		{Name: decisionTimer, Run: runDecision},
		{Name: callTimer, Run: runCallBack},
		{Name: replyTimer, Run: runReply, Again: nextReply},
	},
	Acts: acts("reported", "filed", "rejected", "dispatched", "received", "unsigned", "handled", "checked", "yellow", "red", "overdue", "closed", "called_back", "reopened", "imported",
		"sent_to_verify", "verified", "not_found", "answered", "merged", "voided", "asked", "granted", "refused", "withdrawn", "undecided", "resumed", "suspension_reviewed", "postponed",
		"joined", "co_received", "co_handled", "not_waited", "assigned", "taken", "fed_back", "given_back", "unassigned", "handed_over", "taken_there", "handed_back", "recalled", "dispatch_recalled",
		"supplemented", "uncalled", "unreplied", "replied", "reply_drafted", "reply_returned", "reply_approved", "reply_unreviewed"),
	Jobs:   []jobs.Kind{exportJob},
	Notify: notify,
	Words:  actWords(),

	Numbers: map[string]string{"case": "cases"},
	Cells:   map[string]tally.Cells{"case": tally.Case},
	Data: []keys.Columns{
		{
			Table: "cases",
			Plain: []string{"tenant_id", "id", "number", "channel", "upper_no", "source", "source_id", "class", "condition", "community", "lon", "lat",
				"urgent", "confidential", "stage", "unit", "blueprint", "revision", "reported_by", "reported_at", "found_at", "filed_at", "warn_at", "red_at", "due_at", "checked_by",
				"checked_at", "closed_at", "ended_at", "late", "outcome", "reworks", "reopened", "calls", "grid",
				"upper_due", "first", "asks", "returns", "extensions", "suspended_at", "suspended_until", "merged_into", "beside", "telling",
				"urges", "supervised", "instructed",
				"answered_by", "owes_call", "call_at", "call_by", "uncalled", "owes_reply", "unreplied", "nature"},
			Sealed: []string{"title", "description", "address", "petitioner", "phone", "subject", "noted"},
			Blind:  []string{"phone_blind"},
		},
		{
			Table: "assignments",
			Plain: []string{"tenant_id", "id", "case_id", "role", "unit", "state", "basis", "duty", "expires_on", "dispatched_by", "dispatched_at",
				"receive_by", "received_by", "received_at", "unsigned", "handled_by", "handled_at", "parent", "person", "grid", "spot", "unassigned", "handover", "recalled"},
			Sealed: []string{"parties", "designator", "ground", "reason"},
		},
		{
			Table: "applications",
			Plain: []string{"tenant_id", "id", "case_id", "assignment_id", "kind", "unit", "ground", "until", "asked_by", "asked_at", "decide_by",
				"state", "decided_by", "decided_at", "granted", "unreviewed", "due_at"},
			Sealed: []string{"words", "verdict"},
		},
		{
			Table:  "remarks",
			Plain:  []string{"tenant_id", "id", "case_id", "kind", "person", "at"},
			Sealed: []string{"words"},
			Blind:  []string{"words_blind"},
		},
		{
			Table: "case_exports",
			Plain: []string{"tenant_id", "id", "person", "format", "entire", "purpose", "state", "run", "total", "written", "why", "asked_at", "moved_at",
				"done_at", "expires_at"},
			Sealed: []string{"wish"},
		},
		{
			Table:  "callbacks",
			Plain:  []string{"tenant_id", "id", "case_id", "person", "at", "valid", "contacted", "solved", "satisfaction", "round", "ground", "choices"},
			Sealed: []string{"answers"},
		},
	},
}

// acts are all at their first version.
func acts(names ...string) []journal.Kind {
	out := make([]journal.Kind, len(names))
	for i, n := range names {
		out[i] = journal.Kind{Name: "case." + n, Version: 1}
	}
	return append(out, journal.Kind{Name: "export.asked", Version: 1}, journal.Kind{Name: "export.taken", Version: 1}, journal.Kind{Name: "outside.told", Version: 1})
}

// actWords says stages and bases as the traces show them.
func actWords() map[string]string {
	out := map[string]string{"outcome/on_time": ui.Key("按时"), "outcome/overdue": ui.Key("超期"), "act/case.imported": ui.Key("历史导入")}
	for act, title := range actTitles {
		out["act/"+act] = title
	}
	out["object/case"], out["field/petitioner"], out["field/phone"] = ui.Key("案卷"), ui.Key("姓名"), ui.Key("电话")
	for _, known := range []map[string]string{purposes, exportPurposes, reviews} {
		for p, title := range known {
			out["purpose/"+p] = title
		}
	}
	out["field/noted"] = ui.Key("登记项")
	out["object/outside"], out["act/outside.told"] = ui.Key("渠道外事项"), ui.Key("告知渠道外事项，未登记")
	out["object/export"], out["field/address"], out["field/description"] = ui.Key("导出文件"), ui.Key("详细地址"), ui.Key("问题描述")
	out["act/export.asked"], out["act/export.taken"] = ui.Key("申请导出"), ui.Key("导出下载")
	out["dimension/format"], out["dimension/rows"], out["dimension/purpose"] = ui.Key("文件格式"), ui.Key("件数"), ui.Key("导出用途")
	for dim, title := range map[string]string{"drawn": ui.Key("抽中核查"), "lot": ui.Key("抽签号（满一万）"), "share": ui.Key("抽查比例（%）"), "key": ui.Key("抽签密钥版本"), "least": ui.Key("补足每日最少件数"),
		"spot": ui.Key("巡办一体"), "part": ui.Key("承办角色"), "helper": ui.Key("协办、经办单位"), "helper_name": ui.Key("协办、经办单位名称"), "helper_basis": ui.Key("协办依据"), "waiting": ui.Key("未等的协办单位数"),
		"basis": ui.Key("派遣方式"), tally.Received: ui.Key("受理日期"), tally.Closed: ui.Key("结案日期"), tally.Outcome: ui.Key("结案时限"), tally.Late: ui.Key("已超期"), tally.Suspended: ui.Key("挂账中"),
		"valid": ui.Key("有效回访"), "try": ui.Key("第几次回访"), string(blueprint.OfCallBacks): ui.Key("是否回访"), "asked": ui.Key("申请事项"), "way": ui.Key("回复方式")} {
		out["dimension/"+dim] = title
	}
	for _, flag := range []string{tally.Late, tally.Suspended, "spot", "drawn", "least"} {
		out[flag+"/1"], out[flag+"/0"] = ui.Key("是"), ui.Key("否")
	}
	for how, title := range drawTitles {
		out[string(blueprint.OfCallBacks)+"/"+how] = title
	}
	out["format/"+string(sheets.CSV)], out["format/"+string(sheets.Excel)] = ui.Key("CSV 文件"), ui.Key("Excel 文件")
	for s, title := range satisfactionTitles {
		out[tally.Satisfaction+"/"+string(s)] = title
	}
	for asked, a := range asking {
		out["asked/"+string(asked)] = a.title
	}
	for r, title := range roleTitles {
		out["part/"+r] = title
	}
	out["dimension/"+Voice], out[Voice+"/"+Petitioners] = ui.Key("由谁提出"), petitionerTitle
	out["dimension/outside"], out["dimension/outside_name"] = ui.Key("渠道外事项"), ui.Key("渠道外事项名称")
	out["dimension/"+tally.Deadline], out["dimension/"+tally.Event], out["dimension/"+tally.On], out["dimension/"+tally.By] = ui.Key("办理期限"), ui.Key("计数"), ui.Key("日期"), ui.Key("计入单位")
	out["dimension/"+tally.Contacted], out["dimension/"+tally.Solved], out["dimension/"+tally.Satisfaction] = ui.Key("已联系"), ui.Key("已解决"), ui.Key("满意度")
	for event, title := range map[string]string{tally.Returned: ui.Key("退单"), tally.Reopened: ui.Key("重新办理"), tally.Repeated: ui.Key("重复诉求"), tally.Called: ui.Key("有效回访")} {
		out["event/"+event] = title
	}
	for s, title := range stageTitles {
		out["stage/"+string(s)] = title
	}
	for b, title := range basisTitles {
		out["basis/"+string(b)], out["helper_basis/"+string(b)] = title, title
	}
	return out
}
