package replies

import (
	"wanjie/app/auth"
	"wanjie/app/module"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants/keys"
)

// Part is what replies add to the module of cases: they are switched with it.
var Part = module.Module{
	Routes: routes,
	Nav:    []module.Entry{{Title: ui.Key("回复上级"), Path: "/replies", May: auth.CasesRead, Badge: Waiting}},
	Words:  map[string]string{"way/" + File: wayTitles[File], "way/" + API: wayTitles[API]},
	Timers: []jobs.TimerKind{{Name: reviewTimer, Run: runReview}},
	Data: []keys.Columns{{
		Table: "replies",
		Plain: []string{"tenant_id", "id", "case_id", "attempt", "channel", "state", "contacted", "solved", "drafted_by", "drafted_at", "review_by", "unreviewed",
			"reviewed_by", "reviewed_at", "seq", "sent_by", "sent_at", "way", "batch"},
		Sealed: []string{"words", "verdict"},
	}},
}
