package photos

import (
	"maps"
	"slices"

	"wanjie/app/cases"
	"wanjie/app/module"
	"wanjie/templates/ui"
	"wanjie/tenants/journal"
	"wanjie/tenants/keys"
)

// Part is what photos bring to the module of cases.
var Part = module.Module{
	Routes: routes,
	Acts:   []journal.Kind{{Name: "case.photographed", Version: 1}, {Name: "case.photo_removed", Version: 1}},
	Words:  words(),
	Data: []keys.Columns{{
		Table:  "case_photos",
		Plain:  []string{"tenant_id", "id", "case_id", "handover_id", "phase", "large", "small", "width", "height", "added_by", "added_at", "removed_by", "removed_at"},
		Sealed: []string{"reason"},
	}},
}

// Join lets the forms of cases bring photos.
func Join() {
	cases.Photographed.Verbs = slices.Collect(maps.Keys(brought))
	cases.Photographed.Files, cases.Photographed.Take, cases.Photographed.Check, cases.Photographed.Keep = 2*Most, Take, Fit, Keep
}

func words() map[string]string {
	out := map[string]string{
		"act/case.photographed": ui.Key("上传照片"), "act/case.photo_removed": ui.Key("删除照片"), "dimension/phase": ui.Key("拍摄环节"), "dimension/photos": ui.Key("照片数"),
		"field/photo": ui.Key("照片"), "purpose/photo": ui.Key("查看照片"),
	}
	for p, title := range cases.PhaseTitles {
		out["phase/"+p] = title
	}
	return out
}
