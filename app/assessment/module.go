package assessment

import (
	"wanjie/app/auth"
	"wanjie/app/module"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants/journal"
	"wanjie/tenants/keys"
)

// Module is what a street switches on as 考核.
var Module = module.Module{
	Key:    "assessment",
	Title:  ui.Key("考核"),
	About:  ui.Key("按日、周、月、季统计和考核，每个数字可以打开到案卷；官方指标旁列出重复、重办、积压等对照。"),
	Off:    ui.Key("关闭后相关页面和菜单不再显示，不再生成报表；已存档的报表和剔除记录全部保留。"),
	Needs:  []string{"cases"},
	Routes: routes,
	Nav: []module.Entry{
		{Title: ui.Key("考核"), Path: "/assessment", May: auth.BoardRead},
		{Title: ui.Key("本单位考核"), Path: "/assessment/mine", May: auth.CasesHandle},
	},
	Jobs:   []jobs.Kind{makeJob, beginJob},
	Timers: []jobs.TimerKind{{Name: morning, Run: runMorning, Again: againMorning}},
	Acts: []journal.Kind{
		{Name: "exclusion.asked", Version: 1}, {Name: "exclusion.granted", Version: 1}, {Name: "exclusion.refused", Version: 1}, {Name: "exclusion.withdrawn", Version: 1},
		{Name: "exclusion.undo_asked", Version: 1}, {Name: "exclusion.undo_refused", Version: 1}, {Name: "exclusion.revoked", Version: 1},
		{Name: "report.asked", Version: 1}, {Name: "report.made", Version: 1},
	},
	Notify: func(act journal.Act) []jobs.Job {
		if act.Kind == "tenant.opened" {
			return []jobs.Job{beginJob.Job(struct{}{})}
		}
		return nil
	},
	Words: words(),
	Data: []keys.Columns{
		{Table: "assess_exclusions", Plain: []string{"tenant_id", "id", "case_id", "unit", "ground", "asked_by", "asked_at", "state", "decided_by", "decided_at",
			"undo", "undo_by", "undo_at", "undone_by", "undone_at"}, Sealed: []string{"words", "evidence", "verdict", "undo_words", "undo_verdict"}},
		{Table: "assess_reports", Plain: []string{"tenant_id", "id", "report", "term_from", "term_to", "name", "state", "run", "done", "steps", "asked_by", "asked_at",
			"moved_at", "made_at", "blueprint", "revision", "version", "body", "digest"}, Sealed: []string{"words"}},
	},
}

// words says acts, dimensions and their values as the traces show them.
func words() map[string]string {
	out := map[string]string{
		"act/exclusion.asked": ui.Key("申请剔除"), "act/exclusion.granted": ui.Key("批准剔除"), "act/exclusion.refused": ui.Key("不同意剔除"), "act/exclusion.withdrawn": ui.Key("撤回剔除申请"),
		"act/exclusion.undo_asked": ui.Key("申请撤销剔除"), "act/exclusion.undo_refused": ui.Key("不同意撤销剔除"), "act/exclusion.revoked": ui.Key("撤销剔除"),
		"act/report.asked": ui.Key("生成报表"), "act/report.made": ui.Key("报表存档"), "object/exclusion": ui.Key("剔除考核"), "object/report": ui.Key("报表"),
		"dimension/exclusion": ui.Key("剔除"), "dimension/report": ui.Key("报表"), "dimension/term": ui.Key("期次"), "dimension/case": ui.Key("案卷"),
	}
	for s, t := range exclusionStates {
		out["exclusion/"+string(s)] = t.title
	}
	return out
}
