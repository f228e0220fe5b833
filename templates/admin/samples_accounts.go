package admin

import (
	"time"

	"wanjie/templates/ui"
)

// pixel stands for a code in samples.
const pixel = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="

// accountSamples are accounts at both doors, and the vendor's people and their grants.
func accountSamples(at time.Time, g ui.Guard) []Sample {
	street := Frame{Base: "/s/fengqiao"}
	facts := []ui.Fact{{Label: "人员编号", Value: "504"}, {Label: "手机号码", Value: "138****0504"}, {Label: "角色", Value: "派遣员、承办联络员"}}
	end := Measure{Guard: g, Key: "sessions", Title: "终止会话", About: "立即退出其全部设备，本人可以重新登录。用于设备遗失、账号疑似被盗用。", Confirm: "终止郑洁的全部会话？"}
	drop := Measure{Guard: g, Key: "factor", Title: "解除身份验证器", About: "用于手机遗失、无法完成二次验证。解除后全部会话终止，下次登录须重新绑定；请先核实确系本人。", Confirm: "解除郑洁的身份验证器？", Grave: true}
	off := Measure{Guard: g, Key: "off", Title: "停用账号", About: "立即退出并禁止登录，角色保留，可以随时恢复。", Confirm: "停用郑洁的账号？", Grave: true}
	refused := off
	refused.Say, refused.Error, refused.Reason = "请检查标红的内容", "请写明事由，4至200个字", "走"
	on := Measure{Guard: g, Key: "on", Title: "恢复账号", About: "允许其重新登录，原有角色继续有效。", Confirm: "恢复郑洁的账号？"}
	here := "/s/fengqiao/admin/people/504"
	by := []RightBy{{"派遣员", "全街道", "周敏", at}, {"承办联络员", "综合行政执法局", "系统", at}}
	who := Roles{Frame: street, Here: "/s/fengqiao/admin/people/roles", Roles: []ui.Option{{Value: "dispatcher", Label: "派遣员"}}, Rights: []ui.Option{{Value: "cases.dispatch", Label: "派遣案卷"}}, List: []RoleLine{
		{"派遣员", "按职责清单派单，商定的记明各方和理由", []string{"查看案卷", "派遣案卷", "商定派遣"}, []Holder{{"郑洁", here, "全街道", "周敏", at, false}, {"欧阳晓红", here, "全街道", "系统", at, true}}, "/s/fengqiao/admin/people?role=dispatcher#give"},
		{"值班长", "当班统筹受理、派遣、催办、核查结案和退单审核", []string{"查看案卷", "上报案卷", "受理案卷", "派遣案卷", "指定承办单位", "核查案卷", "结案", "审批退单、延期和挂账"}, nil, ""}}}
	member := Account{Says: true, Rights: []Right{{"查看案卷", by}, {"派遣案卷", by[:1]}, {"签收案卷", by[1:]}}, Frame: street, Here: here, Title: "郑洁", Facts: facts, List: []Measure{end, drop, refused}}
	gone := Account{Says: true, Frame: street, Here: here, Title: "郑洁", Facts: facts, Off: at, List: []Measure{drop, on}}
	both := Account{Frame: street, Here: here, Title: "郑洁", Facts: facts, Notice: "此人还在其他单位任职或持有上级授权，停用账号、解除身份验证器请联系运营方安全管理员，并告知人员编号", List: []Measure{end}}

	vendor := Frame{Base: "/v"}
	roles := []ui.Option{{Value: "vendor/operator", Label: "运营操作员", Group: "运营方"}, {Value: "district/district_leader", Label: "区级领导", Group: "区县"}}
	sectors := []ui.Option{{Value: "urban-management", Label: "城管"}, {Value: "water", Label: "水务"}}
	held := []UpperRole{{Title: "安全管理员", Where: "运营方", Guard: g, Key: "vendor/security_admin", District: "0", Confirm: "收回沈岚的“安全管理员”角色？"}, {Title: "区级领导", Where: "虎丘区", Guard: g, Key: "district/district_leader", District: "320505", Confirm: "收回沈岚的“区级领导”角色？"}}
	officers := Officers{Frame: vendor, MayGive: true, MayWrite: true, Roles: roles, Sectors: sectors, Invite: OfficerForm{Guard: g}, Find: FindForm{Guard: g}, List: []Officer{
		{1, "沈岚", "138****5678", held[:1], true, false, true}, {2, "高原", "o*******@example.cn", []UpperRole{{Title: "运营操作员", Where: "运营方"}}, true, false, false}, {5, "程远", "", held[1:], false, true, false}}}
	wrong := officers
	wrong.Invite = OfficerForm{Guard: g, Name: "程远", Role: "district/district_leader", District: "32050", Say: "请检查标红的内容", Errors: map[string]string{"phone": "请填写手机号码或电子邮箱", "district": "请填写6位区县代码"}}
	wrong.Find = FindForm{Guard: g, Account: "999", Error: "没有此账号或人员编号"}
	page := OfficerPage{Account: Account{Frame: vendor, Here: "/v/people/1", Title: "沈岚", List: []Measure{end, drop, off}, Facts: []ui.Fact{{Label: "人员编号", Value: "1"}, {Label: "联系方式", Value: "138****5678"}, {Label: "身份验证器", Value: "已绑定"}, {Label: "任职单位", Value: ""}}},
		Held: held, MayGive: true, Give: OfficerForm{Guard: g}, Roles: roles, Sectors: sectors}
	own := page
	own.Notice, own.MayGive, own.List = "这是您自己的账号，授权、停用和解除身份验证器须由另一位安全管理员办理", false, []Measure{end}
	acts := UpperActs{Frame: vendor, Pages: ui.Pages{Number: 1, Size: 20, Total: 3, Path: "/v/acts", List: "acts"}, List: []UpperAct{
		{at, "沈岚", "程远", "区级领导", "虎丘区", true, false}, {Signs: true, At: at.Add(-time.Minute), Who: "沈岚", Where: "虎丘区"}, {at.Add(-time.Hour), "沈岚", "程远", "区级领导", "虎丘区", false, false}, {at.AddDate(0, -1, 0), "命令行", "沈岚", "安全管理员", "运营方", false, false}}}
	district := Providers{Frame: vendor, Form: ProviderForm{Guard: g, Claim: "phone_number", Means: "phone"}, Back: "https://console.example.cn/login/district/callback",
		Meanings: []ui.Option{{Value: "phone", Label: "手机号码"}, {Value: "email", Label: "电子邮箱"}, {Value: "number", Label: "工号"}}}
	districts := district
	districts.List = []Provider{{"虎丘区", "虎丘区政务统一身份认证", "https://sso.huqiu.example.cn", "/v/sign-in?district=320505", true, at}, {"坪山区", "坪山政务微信", "https://login.pingshan.example.cn", "/v/sign-in?district=440310", false, at}}
	districts.Form = ProviderForm{Guard: g, District: "320505", Title: "虎丘区政务统一身份认证", Issuer: "http://sso.huqiu.example.cn", Client: "wanjie", Claim: "mobile", Means: "phone", Strong: "mfa", Enabled: true, Known: true,
		Say: "请检查标红的内容", Errors: map[string]string{"issuer": "请填写 https:// 开头的签发者地址，不带参数"}}
	ownNone := OwnProvider{Path: "/d/320505/sign-in", Back: district.Back, Form: district.Form, Meanings: district.Meanings}
	ownSet := ownNone
	ownSet.Form = ProviderForm{Guard: g, Title: "虎丘区政务统一身份认证", Issuer: "https://sso.huqiu.example.cn", Client: "wanjie", Claim: "mobile", Means: "phone", Strong: "mfa", Enabled: true, Known: true}
	ownSet.Facts = []ui.Fact{{Label: "状态", Value: "已启用"}, {Label: "签发者地址", Value: "https://sso.huqiu.example.cn"}, {Label: "客户端编号", Value: "wanjie"}, {Label: "更改时间", Value: "2026-11-23 15:04"}}
	ownSet.Test, ownSet.Tested = g, Tested{Tone: ui.Good, Text: "已连通", At: at}
	ownAway := ownSet
	ownAway.Tested = Tested{Tone: ui.Bad, Text: "未连通", Help: "连接不上该平台，请核对签发者地址，并请平台管理方放通本系统的访问。", At: at}
	ownAway.Form.Say, ownAway.Form.Errors = "请检查标红的内容", map[string]string{"secret": "更换签发者时，请同时填写客户端密钥"}
	lines := []ListLine{{"/s/fengqiao/admin/people/lists/1", at, 120, 86, 20, 2, 12}, {"/s/fengqiao/admin/people/lists/2", at.AddDate(0, 0, -7), 9, 9, 0, 0, 0}}
	lists := Lists{Frame: street, Guard: g, Here: "/s/fengqiao/admin/people/lists", Most: 500, Roles: []string{"受理员", "派遣员", "承办联络员", "网格员"}, Recent: lines}
	wrongList := lists
	wrongList.Checked, wrongList.Found, wrongList.Text = true, 2, "姓名,手机号码,角色\n郑洁,12345,派遣员\n"
	wrongList.Problems = []ListProblem{{2, "手机号码", "手机号码不正确"}, {7, "单位", "没有“火星科”这个单位"}, {9, "", "应有 3 列，实有 2 列"}}
	goodList := lists
	goodList.Checked, goodList.Found, goodList.Text = true, 2, "姓名,手机号码,角色\n郑洁,13800001001,派遣员\n"
	goodList.Preview = []ListPerson{{Line: 2, Name: "郑洁", Phone: "138****1001", Number: "SZ-0417", Roles: []string{"派遣员"}}, {Line: 3, Name: "冯磊", Phone: "138****1002", Roles: []string{"承办联络员（市容环卫）", "网格员（W01）"}}}
	noFile := Lists{Frame: street, Guard: g, Here: lists.Here, Most: 500, Roles: lists.Roles, Say: "请检查标红的内容", Errors: map[string]string{"file": "请选择文件，或粘贴表格"}}
	running := ListPage{Frame: street, Line: ListLine{"/s/fengqiao/admin/people/lists/1", at, 4, 1, 1, 1, 1}, By: "周敏", Results: "/s/fengqiao/admin/people/lists/1/results", Back: lists.Here, People: []ListPerson{
		{2, "郑洁", "138****1001", "SZ-0417", []string{"派遣员"}, "invited", ""}, {3, "冯磊", "138****1002", "", []string{"承办联络员（市容环卫）", "网格员（W01）"}, "waiting", ""},
		{5, "吴兰", "138****0008", "", []string{"受理员"}, "here", ""}, {6, "何某", "138****1003", "", []string{"派遣员"}, "failed", "该手机号码或电子邮箱已用于其他账号"}}}
	return []Sample{
		{"lists", ListsView(lists)}, {"lists-none", ListsView(noFile)}, {"lists-wrong", ListsView(wrongList)}, {"lists-good", ListsView(goodList)}, {"list-running", ListView(running)},
		{"providers-none", ProvidersView(district)}, {"providers", ProvidersView(districts)}, {"own-provider-none", OwnProviderView(ownNone)}, {"own-provider", OwnProviderView(ownSet)}, {"own-provider-away", OwnProviderView(ownAway)},
		{"roles", RolesView(who)}, {"roles-none", RolesView(Roles{Frame: street, Here: "/s/fengqiao/admin/people/roles"})},
		{"account", AccountView(member)}, {"account-off", AccountView(gone)}, {"account-elsewhere", AccountView(both)},
		{"officers", OfficersView(officers)}, {"officers-refused", OfficersView(wrong)}, {"officers-read", OfficersView(Officers{Frame: vendor, List: officers.List[:1]})},
		{"officer", OfficerView(page)}, {"officer-own", OfficerView(own)}, {"upper-acts", UpperActsView(acts)}, {"upper-acts-none", UpperActsView(UpperActs{Frame: vendor})},
	}
}
