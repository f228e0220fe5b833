package fleet

import (
	"time"

	"wanjie/templates/ui"
)

func miniSamples(at time.Time, guard ui.Guard) []Sample {
	of := func(district, name, state string) MiniProgram {
		return MiniProgram{District: district, Name: name, State: state, Contact: "0512-68000000", Colour: "#1677ff", Changed: at}
	}
	linked := of("320506", "吴中区", "linked")
	linked.Link, linked.LinkUntil = "https://mp.weixin.qq.com/cgi-bin/componentloginpage?auth_type=2&component_appid=wxplatform&pre_auth_code=preauthcode-1&redirect_uri=https%3A%2F%2Fwanjie.example%2Fwechat%2Fgranted%2F019ab000", at.Add(30*time.Minute)
	released := of("320505", "虎丘区", "released")
	released.AppID, released.Version, released.Released, released.Template, released.At = "wx0123456789abcdef", "1.2.0", "1.2.0", 12, at
	refused := of("320507", "相城区", "refused")
	refused.AppID, refused.Version, refused.Released, refused.Template, refused.At = "wxfedcba9876543210", "1.2.0", "1.1.0", 12, at.AddDate(0, -1, 0)
	refused.Reason = "1:小程序内容不符合规则:(1):服务类目“政务民生-公共服务”与页面内容不一致，请补充资质后重新提交审核"
	held := of("320508", "姑苏区", "preparing")
	held.Version, held.Trouble = "1.2.0", "45009"
	form := MiniForm{Colour: "#1677ff"}
	wrong := MiniForm{District: "999999", Colour: "blue", Say: "请检查标红的内容", Errors: map[string]string{"district": "没有这个区县", "contact": "请填写此项", "colour": "颜色须形如 #1677ff"}}
	return []Sample{
		{"mini-programs", MiniProgramsView(MiniPrograms{Guard: guard, MayOpen: true, Rows: []MiniProgram{released, linked, refused, held, of("320509", "吴江区", "revoked")}, Form: form})},
		{"mini-programs-none", MiniProgramsView(MiniPrograms{Guard: guard, MayOpen: true, Form: form})},
		{"mini-programs-off", MiniProgramsView(MiniPrograms{Guard: guard, Off: true})},
		{"mini-programs-refused", MiniProgramsView(MiniPrograms{Guard: guard, MayOpen: true, Form: wrong})},
		{"mini-program-linked", MiniProgramView(MiniSheet{Guard: guard, Program: linked, MayOpen: true, MayAsk: true})},
		{"mini-program-refused", MiniProgramView(MiniSheet{Guard: guard, Program: refused, MayOpen: true, MayRelease: true})},
		{"mini-program-held", MiniProgramView(MiniSheet{Guard: guard, Program: held, MayOpen: true, MayRelease: true})},
	}
}
