package admin

import (
	"encoding/json"
	"strings"

	"wanjie/app/auth"
	"wanjie/templates/ui"
	"wanjie/tenants/blueprint"
)

// pick offers the values of a control.
type pick func(s *sheet) []ui.Option

// word is a value with its name, a catalogue key.
type word struct{ value, title string }

// fixed offers words that the code knows.
func fixed(words ...word) pick {
	return func(s *sheet) []ui.Option {
		out := make([]ui.Option, len(words))
		for n, w := range words {
			out[n] = ui.Option{Value: w.value, Label: ui.T(s.ctx, w.title)}
		}
		return out
	}
}

var (
	workOptions = fixed(word{"intake", ui.Key("受理")}, word{"dispatch", ui.Key("分拨")}, word{"handling", ui.Key("处置")}, word{"supervision", ui.Key("监督")})

	classKindOptions = fixed(word{"matter", ui.Key("管理事项")}, word{"component", ui.Key("管理部件")}, word{"extension", ui.Key("扩展类别")})

	judgedOptions = fixed(word{"approval", ui.Key("审批")}, word{"enforcement", ui.Key("执法")}, word{"service", ui.Key("服务")}, word{"mediation", ui.Key("矛盾化解")})

	stepOptions = fixed(word{"accept", ui.Key("受理")}, word{"verify", ui.Key("核实")}, word{"check", ui.Key("核查")}, word{"callback", ui.Key("回访")})

	replyOptions = fixed(word{"draft", ui.Key("拟办")}, word{"review", ui.Key("审核")}, word{"send", ui.Key("回复")})

	sampledOptions = fixed(word{"callback", ui.Key("回访")}, word{"check", ui.Key("核查")})

	reasonListOptions = fixed(word{"reject", ui.Key("不予立案")}, word{"return", ui.Key("退单")}, word{"extend", ui.Key("延期")}, word{"suspend", ui.Key("挂账")}, word{"whistle", ui.Key("吹哨类型")},
		word{"void", ui.Key("作废")}, word{"invalid", ui.Key("无效回访")}, word{"exclude", ui.Key("剔除考核")})

	occasionOptions = fixed(word{"report", ui.Key("上报登记")}, word{"file", ui.Key("立案")}, word{"handle", ui.Key("处置反馈")}, word{"check", ui.Key("核查")})

	fieldTypeOptions = fixed(word{"text", ui.Key("单行文字")}, word{"area", ui.Key("多行文字")}, word{"number", ui.Key("数字")}, word{"date", ui.Key("日期")}, word{"time", ui.Key("日期和时刻")}, word{"choice", ui.Key("单选")},
		word{"choices", ui.Key("多选")}, word{"yes", ui.Key("是否")}, word{"phone", ui.Key("电话号码")}, word{"identity", ui.Key("公民身份号码")}, word{"credit", ui.Key("统一社会信用代码")})

	serviceTypeOptions = fixed(word{"public", ui.Key("公共服务")}, word{"license", ui.Key("行政许可")}, word{"confirmation", ui.Key("行政确认")}, word{"payment", ui.Key("行政给付")}, word{"reward", ui.Key("行政奖励")},
		word{"other", ui.Key("其他行政权力")})

	eventOptions = fixed(word{"birth", ui.Key("生育")}, word{"school", ui.Key("上学")}, word{"work", ui.Key("就业创业")}, word{"marriage", ui.Key("婚姻家庭")}, word{"housing", ui.Key("住房居住")}, word{"health", ui.Key("看病就医")},
		word{"disability", ui.Key("助残")}, word{"hardship", ui.Key("困难救助")}, word{"veteran", ui.Key("退役军人")}, word{"retirement", ui.Key("养老")}, word{"death", ui.Key("身后事")}, word{"shop", ui.Key("开店经营")})

	documentOptions = fixed(word{"intake", ui.Key("受理登记表")}, word{"dispatch", ui.Key("交办单")}, word{"return", ui.Key("退单审批表")}, word{"extension", ui.Key("延期审批表")}, word{"suspension", ui.Key("挂账审批表")},
		word{"supervision", ui.Key("督办单")}, word{"reply", ui.Key("办理情况回复单")}, word{"closing", ui.Key("结案登记表")}, word{"callback", ui.Key("回访记录表")}, word{"notice", ui.Key("告知、整改通知单")})

	questionTypeOptions = fixed(word{"yes", ui.Key("是否")}, word{"choice", ui.Key("单选")}, word{"text", ui.Key("填写")})

	countedOptions = fixed(word{"valid", ui.Key("有效回访")}, word{"contacted", ui.Key("响应率")}, word{"solved", ui.Key("解决率")}, word{"satisfaction", ui.Key("满意率")}, word{"reason", ui.Key("原因")})

	rowOptions = fixed(word{"unit", ui.Key("承办单位")}, word{"community", ui.Key("社区（村）")}, word{"class", ui.Key("类别")}, word{"channel", ui.Key("来源渠道")})

	everyOptions = fixed(word{"day", ui.Key("日")}, word{"week", ui.Key("周")}, word{"month", ui.Key("月")}, word{"quarter", ui.Key("季")}, word{"year", ui.Key("年")})

	listOptions = fixed(word{"basic", ui.Key("基本履职")}, word{"assisting", ui.Key("配合履职")}, word{"withdrawn", ui.Key("上级收回")})

	dayOptions = fixed(word{"1", ui.Key("周一")}, word{"2", ui.Key("周二")}, word{"3", ui.Key("周三")}, word{"4", ui.Key("周四")}, word{"5", ui.Key("周五")}, word{"6", ui.Key("周六")}, word{"7", ui.Key("周日")})
)

func unitKindOptions(s *sheet) []ui.Option {
	out := make([]ui.Option, len(unitKinds))
	for n, k := range unitKinds {
		out[n] = ui.Option{Value: string(k.kind), Label: ui.T(s.ctx, k.title)}
	}
	return out
}

func roleOptions(s *sheet) []ui.Option {
	var out []ui.Option
	for _, r := range auth.RolesIn(auth.InTenant) {
		out = append(out, ui.Option{Value: r.Key, Label: ui.T(s.ctx, r.Title)})
	}
	return out
}

// items offers those of a kind by their titles.
func items(k blueprint.Kind) pick {
	return func(s *sheet) []ui.Option {
		var out []ui.Option
		for _, src := range s.sorted(k) {
			if !src.Effective.Retired {
				out = append(out, ui.Option{Value: src.Key, Label: titleOf(src.Effective)})
			}
		}
		return out
	}
}

// titleOf is the name that an item bears in its body: title, or name.
func titleOf(i blueprint.Item) string {
	var b struct{ Title, Name string }
	_ = json.Unmarshal(i.Body, &b) // stored bodies were read before
	if b.Title == "" {
		return b.Name
	}
	return b.Title
}

// schemeOptions are the schemes under whose classes cases are filed.
func schemeOptions(s *sheet) []ui.Option {
	var out []ui.Option
	for _, x := range s.cfg.Schemes.All() {
		if x.Files {
			out = append(out, ui.Option{Value: x.Key, Label: x.Title})
		}
	}
	return out
}

func classOptions(s *sheet) []ui.Option {
	var out []ui.Option
	for _, top := range s.cfg.ClassesUnder("") {
		group := strings.TrimSpace(top.Code + " " + top.Title)
		out = append(out, ui.Option{Value: top.Key, Label: group + ui.T(s.ctx, "（大类）"), Group: group})
		for _, k := range s.cfg.ClassesUnder(top.Key) {
			out = append(out, ui.Option{Value: k.Key, Label: strings.TrimSpace(k.Code + " " + k.Title), Group: group})
		}
	}
	return out
}

func unitOptions(s *sheet) []ui.Option {
	var out []ui.Option
	for _, k := range unitKinds {
		for _, u := range s.units {
			if u.Kind == k.kind {
				out = append(out, ui.Option{Value: u.Key, Label: u.Name, Group: ui.T(s.ctx, k.title)})
			}
		}
	}
	return out
}
