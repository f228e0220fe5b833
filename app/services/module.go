package services

import (
	"context"
	"fmt"

	"wanjie/app/auth"
	"wanjie/app/module"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal"
	"wanjie/tenants/keys"
)

// moduleKey is the module's name in blueprints.
const moduleKey = "services"

// Module is what a street switches on as 办事服务.
var Module = module.Module{
	Key:    moduleKey,
	Title:  ui.Key("办事服务"),
	About:  ui.Key("政务服务事项的办事指南，居民预约帮办代办和上门办理，办结后好差评。"),
	Off:    ui.Key("关闭后办事指南和预约页面不再显示；已有预约和评价全部保留。"),
	Needs:  []string{"cases"},
	Routes: routes,
	Nav: []module.Entry{{Title: ui.Key("办事服务"), Path: "/services", May: auth.ServicesServe, Badge: func(ctx context.Context, tx tenants.Tx, _ *blueprint.Config) (int, error) {
		return Waiting(ctx, tx)
	}}},
	Waits: []module.Waits{{Kind: "bookings", Title: ui.Key("预约"), May: auth.ServicesServe, List: waiting}},
	Acts: []journal.Kind{
		{Name: "booking.made", Version: 1}, {Name: "booking.taken", Version: 1}, {Name: "booking.done", Version: 1}, {Name: "booking.cancelled", Version: 1}, {Name: "booking.rated", Version: 1},
	},
	Words: words(),

	Numbers: map[string]string{"booking": "service_bookings"},
	Data: []keys.Columns{{
		Table: "service_bookings",
		Plain: []string{"tenant_id", "id", "number", "item", "kind", "person", "day", "slot", "state", "made_at", "taken_by", "taken_at", "done_by", "done_at", "cancelled_by", "cancelled_at",
			"rating", "rated_at"},
		Sealed: []string{"name", "phone", "address", "note", "result", "reason", "rating_words"},
	}},
}

var actTitles = map[string]string{
	"booking.made": ui.Key("预约"), "booking.taken": ui.Key("接单"), "booking.done": ui.Key("办结预约"), "booking.cancelled": ui.Key("取消预约"), "booking.rated": ui.Key("好差评"),
}

func words() map[string]string {
	out := map[string]string{
		"object/booking": ui.Key("预约"), "dimension/booking": ui.Key("预约状态"), "dimension/booking.item": ui.Key("服务事项"), "dimension/booking_kind": ui.Key("服务方式"), "dimension/rating": ui.Key("评价等级"),
		"purpose/serve": ui.Key("帮办代办、上门服务"), "field/rating": ui.Key("评价内容"), "field/booker": ui.Key("预约人"),
	}
	for k, title := range actTitles {
		out["act/"+k] = title
	}
	for s, title := range stateTitles {
		out["booking/"+string(s)] = title
	}
	for k, title := range kindTitles {
		out["booking_kind/"+string(k)] = title
	}
	for r, title := range ratingTitles {
		out["rating/"+fmt.Sprint(r)] = title
	}
	return out
}
