package fleet

import (
	"context"
	"slices"
	"strings"
	"time"

	"wanjie/templates/ui"
)

// MiniProgram is a district's mini-program on its way through WeChat's audit.
type MiniProgram struct {
	District  string // six digits
	Name      string
	State     string // of package app/wechat
	AppID     string
	Version   string // under way
	Template  int
	Reason    string // WeChat's words where it refused
	Trouble   string // of the last step: "45009" for too many calls
	Released  string
	At        time.Time // when it was released
	Link      string    // where the district's administrator grants
	LinkUntil time.Time
	Contact   string
	Colour    string
	Changed   time.Time
}

// MiniPrograms is the list of them.
type MiniPrograms struct {
	Guard   ui.Guard
	Off     bool // no platform of WeChat's is set up
	MayOpen bool
	Rows    []MiniProgram
	Form    MiniForm
}

// MiniSheet is one of them.
type MiniSheet struct {
	Guard      ui.Guard
	Program    MiniProgram
	Off        bool
	MayOpen    bool
	MayAsk     bool
	MayRelease bool
	Form       MiniForm
}

// MiniForm is what the vendor types: to ask for a grant, or to release.
type MiniForm struct {
	District, Colour, Contact string
	Template, Version         string
	Say                       string
	Errors                    map[string]string
}

func (f MiniForm) err(ctx context.Context, name string) string {
	if e := f.Errors[name]; e != "" {
		return ui.T(ctx, e)
	}
	return ""
}

func (f MiniForm) errors(ctx context.Context) (out []ui.FieldError) {
	for name := range f.Errors {
		out = append(out, ui.FieldError{Name: name, Text: f.err(ctx, name)})
	}
	slices.SortFunc(out, func(a, b ui.FieldError) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (m MiniProgram) path(rest string) string { return "/v/mini-programs/" + m.District + rest }

// stands says where it stands, in colour and words.
func (m MiniProgram) stands(ctx context.Context) (ui.Tone, string) {
	switch m.State {
	case "asked":
		return ui.Info, ui.T(ctx, "正在生成授权链接")
	case "linked":
		return ui.Warn, ui.T(ctx, "等待区县授权")
	case "granted":
		return ui.Info, ui.T(ctx, "正在确认授权")
	case "authorized":
		return ui.Info, ui.T(ctx, "已授权，待提交")
	case "preparing":
		return ui.Info, ui.T(ctx, "正在提交")
	case "auditing":
		return ui.Info, ui.T(ctx, "微信审核中")
	case "refused":
		return ui.Bad, ui.T(ctx, "审核未通过")
	case "accepted":
		return ui.Info, ui.T(ctx, "审核通过，正在发布")
	case "released":
		return ui.Good, ui.T(ctx, "已上线")
	case "revoked":
		return ui.Bad, ui.T(ctx, "区县已取消授权")
	}
	return ui.Neutral, m.State
}

// next says what is to be done, and by whom.
func (m MiniProgram) next(ctx context.Context) string {
	switch m.State {
	case "linked":
		return ui.T(ctx, "把授权链接发给区县小程序的管理员，请其用电脑打开并扫码")
	case "authorized":
		return ui.T(ctx, "提交第一个版本")
	case "auditing":
		return ui.T(ctx, "等待微信审核，一般一至七个工作日；结果没有推送的，每六小时主动查询")
	case "refused":
		return ui.T(ctx, "按微信说明的原因改好后重新提交")
	case "released":
		return ui.T(ctx, "无须处理；有新版本时再提交")
	case "revoked":
		return ui.T(ctx, "请区县重新授权；已上线的版本居民仍可使用")
	}
	return ui.T(ctx, "系统正在办理，稍后刷新")
}

// held says what a step failed with.
func (m MiniProgram) held(ctx context.Context) string {
	if m.Trouble == "45009" {
		return ui.T(ctx, "今天向微信的调用次数已用完，系统会自动再试")
	}
	return ui.T(ctx, "上一步没有成功，系统会自动再试：%s", m.Trouble)
}

func (m MiniProgram) facts(ctx context.Context) []ui.Fact {
	out := []ui.Fact{{Label: ui.T(ctx, "区县代码"), Value: m.District}, {Label: "AppID", Value: m.AppID}, {Label: ui.T(ctx, "线上版本"), Value: m.released()}, {Label: ui.T(ctx, "办理中的版本"), Value: m.under()},
		{Label: ui.T(ctx, "公开电话"), Value: m.Contact}, {Label: ui.T(ctx, "主题色"), Value: m.Colour}, {Label: ui.T(ctx, "更新时间"), Value: ui.Time(m.Changed)}}
	if m.Link != "" {
		out = append(out, ui.Fact{Label: ui.T(ctx, "授权链接（%s 前有效）", ui.Time(m.LinkUntil)), Value: m.Link, Wide: true})
	}
	return out
}

// under is the version that is not with residents yet.
func (m MiniProgram) under() string {
	if m.Version == m.Released {
		return ""
	}
	return m.Version
}

func (m MiniProgram) released() string {
	if m.Released == "" {
		return ""
	}
	return m.Released + "　" + ui.Time(m.At)
}
