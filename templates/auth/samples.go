package auth

import (
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/layout"
	"wanjie/templates/ui"
)

// Sample is one page with data, for the golden tests and the gallery.
type Sample struct {
	Name string
	View templ.Component
}

// Samples lists the pages of sign-in: empty, refused, half-way.
func Samples() []Sample {
	form := func(title string) Form {
		return Form{Page: layout.Page{Title: title, Language: "/locale", Guard: ui.Guard{Request: "01939f6c-0000-7000-8000-000000000001"}}, ReturnTo: "/s/fengqiao/cases"}
	}
	refused := func(title, what string, errs ...ui.FieldError) Form {
		f := form(title)
		f.Title, f.Errors = what, errs
		return f
	}
	noted := form("登录")
	noted.Note = "为保护账号安全，请重新登录后再操作"
	const flow = "0b5e6f5e-7f2c-4a6f-9c58-6c1f2a7d9e11"
	const pixel = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
	at := time.Date(2026, 11, 23, 1, 4, 0, 0, time.UTC)
	return []Sample{
		{"login", LoginPage(Login{Form: form("登录"), Recovery: true, Districts: true, Demo: "/dev"})},
		{"districts", DistrictsPage(Districts{Form: form("区县统一登录"), List: []District{{"虎丘区", "虎丘区政务统一身份认证", "/login/district/320505"}, {"坪山区", "坪山政务微信", "/login/district/440310"}}})},
		{"districts-none", DistrictsPage(Districts{Form: form("区县统一登录")})},
		{"login-refused", LoginPage(Login{Form: refused("登录", "账号或密码不正确"), Identifier: "13800000000", Recovery: true})},
		{"login-again", LoginPage(Login{Form: noted})},
		{"code-phone", CodePage(Code{Form: refused("短信验证码登录", "请检查标红的内容", ui.FieldError{Name: "phone", Text: "手机号码不正确"}), Phone: "12345"})},
		{"code-sent", CodePage(Code{Form: form("短信验证码登录"), Phone: "13800000000", Flow: flow})},
		{"factor", FactorPage(form("二次验证"))},
		{"enrol", EnrolPage(Enrol{Form: refused("绑定身份验证器", "验证码不正确或已过期"), Flow: flow, Secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", QR: pixel})},
		{"codes", CodesPage(Codes{Form: form("恢复码"), Account: "周敏 138****1234", Codes: []string{"0g5iu9fe", "fo77qusw", "jzg83ww2"}, Enrolled: true})},
		{"codes-renewed", CodesPage(Codes{Form: form("恢复码"), Account: "周敏 138****1234", Codes: []string{"0g5iu9fe", "fo77qusw", "jzg83ww2"}})},
		{"account", AccountPage(Account{Form: form("我的账号"), Name: "周敏", Phone: "138****1234", Email: "zhou@example.cn", Factor: true, CodesLeft: 2, Devices: []Device{
			{ID: flow, Name: "Edge · Windows", Via: "密码", Network: "203.0.113.0/24", Since: at, Here: true},
			{ID: flow, Name: "微信 · Android", Via: "短信验证码", Network: "198.51.100.0/24", Since: at.Add(-26 * time.Hour)},
			{ID: flow, Name: "未知设备", Since: at.Add(-50 * time.Hour)},
		}})},
		{"account-bare", AccountPage(Account{Form: form("我的账号"), Name: "陆明", Phone: "139****0000", Devices: []Device{{ID: flow, Name: "Chrome · 统信UOS", Via: "密码", Network: "203.0.113.0/24", Since: at, Here: true}}})},
		{"welcome", RedeemPage(Redeem{Form: form("接受邀请"), Flow: flow, Invite: true})},
		{"recovery", RecoveryPage(form("找回密码"))},
		{"recovery-sent", RedeemPage(Redeem{Form: form("找回密码"), Flow: flow})},
		{"password", PasswordPage(refused("设置密码", "请检查标红的内容", ui.FieldError{Name: "again", Text: "两次输入的密码不一致"}))},
		{"doors-none", DoorsPage(Doors{Page: layout.Page{Title: "演示入口", Wide: true}})},
		{"doors", DoorsPage(Doors{Page: layout.Page{Title: "演示入口", Wide: true}, Groups: []DoorGroup{
			{"运营方", []Door{{Role: "运营员", About: "开通街道，看用量和运行状况", Name: "运营 演示", Login: "operator@wanjie.example", Enter: "/dev/enter", Code: "408219"}}},
			{"枫桥街道", []Door{
				{Role: "派遣员", About: "一天三百件的派遣台", Name: "郑派遣 演示", Login: "dispatcher@wanjie.example", Enter: "/dev/enter"},
				{Role: "网格员", About: "手机上巡查、上报，没有网络也能用", Name: "卫网格 演示", Login: "grid@wanjie.example", Enter: "/dev/enter"},
			}},
			{"居民", []Door{{Role: "居民", About: "上报、跟踪、评价", Name: "演示居民", Login: "13900139000", Start: "/r/fengqiao/"}}},
		}})},
		{"sent-none", SentPage(Sent{Page: layout.Page{Title: "已发送的消息", Wide: true}})},
		{"sent", SentPage(Sent{Page: layout.Page{Title: "已发送的消息", Wide: true},
			Messages: []SentMessage{
				{Via: "sms", Recipient: "+8613800000000", Purpose: "login_code_valid", State: "sent", Body: "您的登录验证码是 408219，10 分钟内有效。请勿告诉他人。", Code: "408219", MadeAt: at},
				{Via: "email", Recipient: "lu@example.cn", Purpose: "invite", State: "failed", Subject: "枫桥街道邀请您开通账号", Body: "枫桥街道邀请您开通账号。", Error: "smtp: refused with 550", MadeAt: at},
			}})},
	}
}
