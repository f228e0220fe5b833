package community

import (
	"context"

	"wanjie/app/auth"
	"wanjie/app/module"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal"
	"wanjie/tenants/keys"
)

// moduleKey is the module's name in blueprints.
const moduleKey = "community"

// Module is what a street switches on as 社区生活.
var Module = module.Module{
	Key:    moduleKey,
	Title:  ui.Key("社区生活"),
	About:  ui.Key("党团、居务、生活的动态和通知，自愿报名的活动，便民场所；先审核后发布，不积分、不排名。"),
	Off:    ui.Key("关闭后居民看不到动态、活动和场所，提醒不再发出；内容和报名全部保留。"),
	Needs:  []string{"cases"},
	Routes: routes,
	Nav: []module.Entry{{Title: ui.Key("社区生活"), Path: "/community", May: auth.CommunityRead, Badge: func(ctx context.Context, tx tenants.Tx, _ *blueprint.Config) (int, error) {
		return Waiting(ctx, tx)
	}}, {Title: ui.Key("便民场所"), Path: "/places", May: auth.CommunityRead}},
	Timers: []jobs.TimerKind{{Name: expireTimer, Run: expire}, {Name: remindTimer, Run: remind}},
	Acts:   acts(),
	Notify: notify,
	Words:  words(),
	Data: []keys.Columns{
		{
			Table: "community_posts",
			Plain: []string{"tenant_id", "id", "form", "topic", "community", "title", "body", "state", "drafted_by", "drafted_at", "submitted_at", "reviewed_by", "reviewed_at", "withdrawn_by", "withdrawn_at",
				"valid_until", "large", "small", "width", "height", "begins_at", "ends_at", "signup_until", "venue", "audience", "contact", "capacity"},
			Sealed: []string{"remark", "reason"},
		},
		{Table: "community_signups", Plain: []string{"tenant_id", "id", "post_id", "person", "state", "heads", "made_at", "ended_at", "came_at", "came_by"}},
		{Table: "community_places", Plain: []string{"tenant_id", "id", "kind", "community", "name", "address", "hours", "phone", "step_free", "lon", "lat", "changed_by", "changed_at", "retired_at"}},
	},
}

var actTitles = map[string]string{
	"post.drafted": ui.Key("起草"), "post.changed": ui.Key("修改草稿"), "post.submitted": ui.Key("提交审核"), "post.published": ui.Key("审核发布"), "post.returned": ui.Key("审核退回"),
	"post.withdrawn": ui.Key("撤下"), "post.archived": ui.Key("到期存档"), "post.rearranged": ui.Key("变更活动安排"),
	"signup.made": ui.Key("报名"), "signup.cancelled": ui.Key("取消报名"), "signup.moved_up": ui.Key("候补转正"), "signup.changed": ui.Key("告知活动变动"), "signup.off": ui.Key("告知活动取消"),
	"signup.reminded": ui.Key("活动前提醒"), "signup.came": ui.Key("签到"), "signup.not_come": ui.Key("撤销签到"),
	"place.saved": ui.Key("登记场所"), "place.retired": ui.Key("停用场所"), "place.restored": ui.Key("恢复场所"),
}

func acts() (out []journal.Kind) {
	for name := range actTitles {
		out = append(out, journal.Kind{Name: name, Version: 1})
	}
	return out
}

func words() map[string]string {
	out := map[string]string{
		"object/post": ui.Key("社区内容"), "object/signup": ui.Key("活动报名"), "object/place": ui.Key("便民场所"), "dimension/post": ui.Key("内容状态"), "dimension/post_form": ui.Key("形式"),
		"dimension/topic": ui.Key("栏目"), "dimension/signup": ui.Key("报名状态"), "dimension/heads": ui.Key("人数"), "dimension/place_kind": ui.Key("场所类型"),
		"purpose/event": ui.Key("组织报名的活动"), "field/guest": ui.Key("报名人"),
	}
	for k, title := range actTitles {
		out["act/"+k] = title
	}
	for k, title := range stateTitles {
		out["post/"+string(k)] = title
	}
	for k, title := range formTitles {
		out["post_form/"+string(k)] = title
	}
	for k, title := range topicTitles {
		out["topic/"+string(k)] = title
	}
	for k, title := range standingTitles {
		out["signup/"+string(k)] = title
	}
	for k, title := range placeTitles {
		out["place_kind/"+string(k)] = title
	}
	return out
}
