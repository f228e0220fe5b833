package wechat

import "wanjie/tenants/keys"

// Columns is this package's part of the column catalogue.
var Columns = []keys.Columns{
	{Table: "ctl.wechat_platform", Plain: []string{"one", "ticket_at", "token_until"}, Sealed: []string{"ticket", "token"}},
	{
		Table: "ctl.mini_programs",
		Plain: []string{"district", "id", "state", "colour", "contact", "asked_by", "asked_at", "link", "link_until", "appid", "access_until", "template", "version", "audit", "submitted_at",
			"reason", "released", "released_at", "trouble", "changed_at"},
		Sealed: []string{"code", "access", "refresh"},
	},
}
