package patrol

import (
	"context"

	"github.com/google/uuid"

	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/journal"
	"wanjie/tenants/keys"
)

// Timers, Acts, Data and Words are this package's parts of the module.
var (
	Timers = []jobs.TimerKind{{Name: dueTimer, Run: opening(nextTimer)}, {Name: nextTimer, Run: opening(dueTimer)}, {Name: missedTimer, Run: runMissed}}
	Acts   = []journal.Kind{
		{Name: "patrol.planned", Version: 1}, {Name: "patrol.stopped", Version: 1}, {Name: "patrol.due", Version: 1},
		{Name: "patrol.done", Version: 1}, {Name: "patrol.missed", Version: 1},
		{Name: "patrol.checked", Version: 1},
	}
	Data = []keys.Columns{
		{Table: "patrols", Plain: []string{"tenant_id", "id", "grid_id", "title", "note", "route", "every", "days", "within", "from_on", "to_on", "next_on",
			"stopped_at", "made_by", "made_at"}},
		{Table: "patrol_rounds", Plain: []string{"tenant_id", "id", "patrol_id", "due_on", "until_on", "state", "found", "done_by", "done_at"},
			Sealed: []string{"words", "spots"}},
		{Table: "patrol_checks", Plain: []string{"tenant_id", "id", "round_id", "point", "found", "person", "seen_at", "told_at", "away"}, Sealed: []string{"words", "spot"}},
	}
)

// Words says what dimensions of the acts mean, in catalogue keys.
func Words() map[string]string {
	out := map[string]string{"found/1": ui.Key("发现问题")}
	for e, title := range everyTitles {
		out["every/"+string(e)] = title
	}
	for s, title := range stateTitles {
		out["round/"+string(s)] = title
	}
	return out
}

// opening opens a round and leaves the next one to the other clock.
func opening(other string) func(context.Context, tenants.Tx, uuid.UUID) error {
	return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) error { return runDue(ctx, tx, id, other) }
}
