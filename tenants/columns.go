package tenants

import (
	"strings"

	"wanjie/tenants/keys"
)

// Columns is the ground's part of the column catalogue: tables of the house itself, none of which
// holds anything that tells who a resident is. Features declare theirs beside their models.
var Columns = []keys.Columns{
	plain("ctl.blueprint_items", "blueprint kind key body retired"),
	plain("ctl.blueprints", "id key number opens title summary credits digest published_at"),
	plain("ctl.directory", "tenant_id slug kind district placement name state contract opening opened_at named stood trial_until"),
	plain("ctl.divisions", "tenant_id code valid_from valid_to"),
	plain("ctl.migrations", "id version_id is_applied tstamp"),
	plain("ctl.requests", "id person digest held_until status reply made_at"),
	plain("ctl.roots", "day hash signature key ord tenants acts made_at"),
	plain("ctl.ticks", "name tick_at"),
	plain("counters", "tenant_id name n"),
	plain("cursors", "tenant_id follower n"),
	plain("data_keys", "tenant_id version wrapped made_at from_at retired_at"),
	plain("heads", "tenant_id n at"),
	plain("journal", "tenant_id n kind version object object_id actor happened_at recorded_at imported before after"),
	plain("labels", "tenant_id dim key district label"),
	plain("looks", "tenant_id id actor object object_id purpose fields at"),
	plain("outbox", "tenant_id id queue kind payload made_at next_at sent_at sends held_until attempts error done_at skipped failed_at"),
	plain("overrides", "tenant_id kind key revision body retired base made_by made_at"),
	plain("populations", "tenant_id as_of residents source district person at"),
	plain("requests", "tenant_id id actor digest status reply made_at"),
	plain("seals", "tenant_id upto hash ord made_at"),
	plain("standings", "tenant_id n id was state ground note person at"),
	plain("tallies", "tenant_id day dim key district received closed on_time overdue late due met open suspended returned reopened repeated handed_in handed_out called contacted solved satisfied basically"),
	plain("tally_months", "tenant_id month dim key district received closed on_time overdue late due met open suspended returned reopened repeated handed_in handed_out called contacted solved satisfied basically"),
	plain("tally_years", "tenant_id year dim key district received closed on_time overdue late due met open suspended returned reopened repeated handed_in handed_out called contacted solved satisfied basically"),
	plain("tenants", "tenant_id slug kind district state blueprint revision name short_name branding demo codes"),
	plain("timers", "tenant_id id kind object_id due_at next_at attempts error done_at cancelled"),
	plain("usage", "tenant_id day meter qty"),
	plain("usage_months", "tenant_id month meter qty"),
}

func plain(table, columns string) keys.Columns {
	return keys.Columns{Table: table, Plain: strings.Fields(columns)}
}
