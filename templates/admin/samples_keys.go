package admin

import (
	"net/url"
	"time"

	"wanjie/templates/ui"
)

// keySamples are the keys of programs and what these called.
func keySamples(at time.Time, g ui.Guard) []Sample {
	frame := Frame{Base: "/s/fengqiao", Tabs: []Tab{{"人员与授权", "/admin/people", false}, {"接口密钥", "/admin/keys", true}}}
	const path = "/s/fengqiao/admin/keys"
	key := func(name, channel string) Key {
		return Key{Guard: g, Name: name, Hint: "wj_7Qm2xA", Channel: channel, Until: "2027-11-23", Made: "钱安全　2026-11-01 09:30", State: "有效", Tone: ui.Good, Living: true,
			Calls: path + "/calls?key=1", Revoke: path + "/1/revoke"}
	}
	hotline, city, old := key("苏州市12345便民服务中心", "12345热线"), key("虎丘区数字城管监督指挥中心", "数字城管"), key("测试", "12345热线")
	hotline.Last, hotline.From, hotline.Otherwise = "2026-11-23 06:04", []string{"203.0.113.8", "198.51.100.0/24"}, "其他事项"
	old.State, old.Tone, old.Living, old.Revoked = "已吊销", ui.Bad, false, "钱安全　2026-11-02 10:00"
	channels := []ui.Option{{Value: "hotline", Label: "12345热线"}, {Value: "city", Label: "数字城管"}}
	keys := Keys{Frame: frame, Path: path, MayGive: true, List: []Key{hotline, city, old}, Form: KeyForm{Guard: g, Until: "2027-11-23"}, Channels: channels,
		Classes: []ui.Option{{Value: "matter-06010", Label: "暴露垃圾", Group: "市容环境"}}, Address: "https://wanjie.example/api/v1", Description: "/api/v1/openapi.json", Often: "120"}
	fresh, wrong, read := keys, keys, keys
	fresh.Secret = "wj_7Qm2xAk3VbLrTzW0cYp8sD5nHjF1eUgO9iXqB4vMw6R"
	wrong.Form = KeyForm{Guard: g, Name: "", Networks: "十楼机房", Until: "2020-01-01", Say: "请检查标红的内容",
		Errors: map[string]string{"name": "请填写使用单位或系统名称", "channel": "请选择来源渠道", "until": "有效期已过", "networks": "应为IP地址或网段，如 10.20.3.4、10.20.3.0/24，用空格或换行分隔"}}
	read.MayGive, read.List = false, nil
	calls := Calls{Frame: frame, Path: path + "/calls", Keys: path, AllKeys: []ui.Option{{Value: "1", Label: "苏州市12345便民服务中心（12345热线　wj_7Qm2xA…）"}},
		Ends:  []ui.Option{{Value: "good", Label: "成功"}, {Value: "wrong", Label: "未办成"}, {Value: "refused", Label: "被拒"}},
		Pages: ui.Pages{Number: 1, Size: 20, Total: 46, Path: path + "/calls", Query: url.Values{}, List: "calls"},
		List: []Call{
			{At: at, Key: hotline.Name, What: "送来单", Number: "SZ20261123000017", End: "成功", Tone: ui.Good, Status: "201", Note: "新登记", Network: "203.0.113.0/24"},
			{At: at.Add(-time.Minute), Key: hotline.Name, What: "送来单", Number: "SZ20261123000016", End: "未办成", Tone: ui.Warn, Status: "422", Note: "字段有误：class、upper_due", Network: "203.0.113.0/24"},
			{At: at.Add(-time.Hour), Key: hotline.Name, What: "取回复", End: "成功", Tone: ui.Good, Status: "200", Note: "3件回复", Network: "203.0.113.0/24"},
			{At: at.Add(-2 * time.Hour), Key: "测试", What: "查来单", End: "被拒", Tone: ui.Bad, Status: "401", Note: "密钥已吊销", Network: "192.0.2.0/24"},
		}}
	return []Sample{
		{"keys", KeysView(keys)}, {"keys-made", KeysView(fresh)}, {"keys-refused", KeysView(wrong)}, {"keys-none", KeysView(read)},
		{"calls", CallsView(calls)}, {"calls-none", CallsView(Calls{Frame: frame, Path: path + "/calls", Ended: "refused", Ends: calls.Ends})},
	}
}
