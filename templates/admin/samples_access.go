package admin

import (
	"slices"

	"net/url"
	"time"

	"wanjie/templates/ui"
)

// accessSamples are the door's record of a street, and of the vendor.
func accessSamples(at time.Time, g ui.Guard) []Sample {
	frame := Frame{Base: "/s/fengqiao", Tabs: []Tab{{"人员与授权", "/admin/people", false}, {"操作留痕", "/admin/audit", false}, {"访问记录", "/admin/access", true}}}
	kinds := []ui.Option{{Value: "refused", Label: "所有被拒事项"}, {Value: "login", Label: "登录"}, {Value: "login.refused", Label: "登录被拒"}, {Value: "look", Label: "查阅个人信息"}}
	const path = "/s/fengqiao/admin/access"
	list := AccessRecord{Frame: frame, Path: path, Note: "本单位人员的登录、退出和被拒请求，以及对个人信息的查阅；只增不改，保存一年", Kinds: kinds, From: "2026-11-01",
		Persons: []ui.Option{{Value: "504", Label: "郑洁"}, {Value: "505", Label: "王磊（已移出）"}},
		Pages:   ui.Pages{Number: 1, Size: 20, Total: 46, Path: path, Query: url.Values{"from": {"2026-11-01"}}, List: "entries"}, Export: path + "/export?from=2026-11-01",
		List: []AccessEntry{
			{At: at, Who: "郑洁", Kind: "查阅个人信息", Details: []string{"案卷：姓名、电话", "事由：联系诉求人"}, Small: "019ab0aa-0000-7000-8000-00000000a1b2"},
			{At: at.Add(-time.Hour), Who: "郑洁", Kind: "请求被拒", Tone: ui.Warn, Details: []string{"缺少权限：授予和收回角色"}, Small: "POST /admin/people/grant", Network: "10.20.3.0/24", Href: path + "/1"},
			{At: at.Add(-2 * time.Hour), Who: "郑洁", Kind: "登录", Details: []string{"方式：密码"}, Network: "10.20.3.0/24", Href: path + "/2"},
			{At: at.Add(-3 * time.Hour), Who: "郑洁", Kind: "登录被拒", Tone: ui.Warn, Details: []string{"方式：密码", "原因：密码或验证码不正确"}, Network: "2408:8207:1850::/48", Href: path + "/3"},
			{At: at.AddDate(0, 0, -1), Who: "王磊", Kind: "停用账号", Tone: ui.Info, Details: []string{"办理人：周敏"}, Network: "10.20.3.0/24", Href: path + "/4"},
		}}
	facts := []ui.Fact{{Label: "时间", Value: "2026-11-23 06:04:11"}, {Label: "人员", Value: "郑洁"}, {Label: "方式", Value: "密码"}, {Label: "原因", Value: "密码或验证码不正确"}, {Label: "来源网段", Value: "203.0.113.0/24"}}
	one := AccessDetail{Frame: frame, Path: path, Here: path + "/3", Title: "登录被拒", Facts: facts, Guard: g, Hidden: true}
	wrong := one
	wrong.Say, wrong.Error, wrong.Reason = "请检查标红的内容", "请写明事由，4至200个字", "查"
	opened := one
	opened.Address = "203.0.113.77"
	bare := one
	bare.Hidden, bare.Facts = false, slices.Concat(facts[:2], []ui.Fact{{Label: "办理人", Value: "周敏"}, {Label: "事由", Value: "本人报告手机遗失，先行终止全部会话。", Wide: true}})
	bare.Title = "终止会话"
	return append([]Sample{
		{"access", AccessView(list)}, {"access-none", AccessView(AccessRecord{Frame: frame, Path: path, Kinds: kinds, Kind: "refused"})},
		{"access-one", AccessDetailView(one)}, {"access-one-refused", AccessDetailView(wrong)}, {"access-one-opened", AccessDetailView(opened)}, {"access-one-bare", AccessDetailView(bare)},
	}, append(accountSamples(at, g), keySamples(at, g)...)...)
}
