package shifts

import (
	"wanjie/app/auth"
	"wanjie/app/module"
	"wanjie/templates/ui"
	"wanjie/tenants/journal"
	"wanjie/tenants/keys"
)

// Part is what shifts bring to the module of cases.
var Part = module.Module{
	Routes: routes,
	Nav:    []module.Entry{{Title: ui.Key("交接班"), Path: "/shifts", May: auth.ShiftsLead}},
	Acts: []journal.Kind{{Name: "shift.begun", Version: 1}, {Name: "shift.handed_over", Version: 1}, {Name: "shift.taken_back", Version: 1},
		{Name: "shift.taken_over", Version: 1}, {Name: "shift.printed", Version: 1}},
	Words: map[string]string{
		"object/shift": ui.Key("班次"), "act/shift.begun": ui.Key("开始当班"), "act/shift.handed_over": ui.Key("交班"), "act/shift.taken_back": ui.Key("撤回交班"),
		"act/shift.taken_over": ui.Key("接班"), "act/shift.printed": ui.Key("打印交接班记录"), "dimension/open": ui.Key("在办件数"), "dimension/urgent": ui.Key("紧急件数"),
		"dimension/overdue": ui.Key("超期件数"), "dimension/waiting": ui.Key("待签收件数"),
	},
	Numbers: map[string]string{"shift": "shifts"},
	Data: []keys.Columns{{
		Table:  "shifts",
		Plain:  []string{"tenant_id", "id", "number", "lead", "begun_at", "handed_at", "open", "urgent", "overdue", "waiting", "lists", "taken_by", "taken_at"},
		Sealed: []string{"note"},
	}},
}
