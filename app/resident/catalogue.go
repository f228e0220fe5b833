package resident

import (
	"wanjie/templates/ui"
	"wanjie/tenants/keys"
)

// Columns is this package's part of the column catalogue.
var Columns = []keys.Columns{
	{
		Table:  "residents",
		Plain:  []string{"tenant_id", "person", "id", "elder", "contrast", "language", "joined_at", "read_at", "left_at"},
		Sealed: []string{"phone", "name"},
		Blind:  []string{"phone_blind"},
	},
	{Table: "consents", Plain: []string{"tenant_id", "id", "person", "purpose", "version", "way", "given_at", "withdrawn_at"}},
}

// Words are what this package's acts and looks say, for the traces.
func Words() map[string]string {
	out := map[string]string{
		"object/resident": ui.Key("居民"), "act/resident.joined": ui.Key("居民注册"), "act/resident.left": ui.Key("居民注销"),
		"act/consent.given": ui.Key("同意"), "act/consent.withdrawn": ui.Key("撤回同意"), "dimension/consent": ui.Key("用途"), "dimension/notice": ui.Key("隐私政策版本"),
		"purpose/own": ui.Key("本人导出"), "field/everything": ui.Key("全部个人信息"),
	}
	for _, p := range Purposes {
		out["consent/"+string(p.Purpose)] = p.Title
	}
	return out
}
