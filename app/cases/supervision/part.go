package supervision

import (
	"maps"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/module"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants/journal"
	"wanjie/tenants/keys"
)

// Part is what this package adds to the module of cases: a street cannot have the one without the other.
var Part = module.Module{
	Routes: routes,
	Nav:    []module.Entry{{Title: ui.Key("催办督办"), Path: "/supervision", May: auth.CasesRead, Badge: Count}},
	Timers: []jobs.TimerKind{
		{Name: considerTimer, Run: runConsider, Again: nextConsider}, {Name: replyTimer, Run: runReply}, {Name: instructionTimer, Run: runInstruction},
	},
	Acts:  acts(),
	Words: words(),
	Data: []keys.Columns{
		{Table: "urges", Plain: []string{"tenant_id", "id", "case_id", "unit", "person", "auto", "at", "seen_by", "seen_at"}, Sealed: []string{"words"}},
		{
			Table: "supervision_orders",
			Plain: []string{"tenant_id", "id", "case_id", "level", "rank", "number", "unit", "class", "ground", "follows", "state", "proposed_by", "proposed_at",
				"signed_by", "signed_at", "reply_by", "missed", "refusals", "deduct", "ended_by", "ended_at"},
			Sealed: []string{"words", "verdict"},
		},
		{Table: "supervision_replies", Plain: []string{"tenant_id", "id", "order_id", "person", "at", "accepted", "judged_by", "judged_at"}, Sealed: []string{"words", "verdict"}},
		{Table: "instructions", Plain: []string{"tenant_id", "id", "case_id", "person", "at", "due_at"}, Sealed: []string{"words"}},
		{Table: "instruction_addressees", Plain: []string{"tenant_id", "id", "instruction_id", "unit", "done_by", "done_at", "missed"}, Sealed: []string{"words"}},
	},
}

// Beside is what cases know of this package.
var Beside = cases.Neighbour{Titles: actTitles, Lit: lit, Repeated: repeated, Urge: pressShort}

func acts() (out []journal.Kind) {
	for name := range actTitles {
		out = append(out, journal.Kind{Name: name, Version: 1})
	}
	return out
}

// words says the acts, their dimensions and values as the traces show them.
func words() map[string]string {
	out := map[string]string{
		"dimension/level": ui.Key("督办级别"), "dimension/ground": ui.Key("事由"), "dimension/order": ui.Key("督办单编号"), "dimension/order_unit": ui.Key("被督办单位"),
		"dimension/urge": ui.Key("催办方式"), "dimension/addressee": ui.Key("批示对象"), "urge/auto": ui.Key("系统催办"), "urge/person": ui.Key("人工催办"), "urge/petitioner": ui.Key("诉求人催办"),
	}
	for g, title := range groundTitles {
		out["ground/"+string(g)] = title
	}
	for act, title := range actTitles {
		out["act/"+act] = title
	}
	maps.DeleteFunc(out, func(_, title string) bool { return title == "" })
	return out
}
