package web

import (
	"net/http"
	"net/url"
	"strings"

	"wanjie/templates/layout"
	"wanjie/templates/ui"
)

// The languages' cookie; a year.
const localeCookie = "wanjie-locale"

// LocaleOf is the language the browser asked for with our switch; Chinese otherwise.
func LocaleOf(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, "/api/") { // programs keep no cookies
		return asked(r)
	}
	if c, err := r.Cookie(localeCookie); err == nil && c.Value == ui.English {
		return ui.English
	}
	return ui.Chinese
}

// SetLocale answers the language switch: POST locale=zh|en, back to where it came from.
func SetLocale(w http.ResponseWriter, r *http.Request) {
	locale := ui.Chinese
	if r.PostFormValue("locale") == ui.English {
		locale = ui.English
	}
	http.SetCookie(w, LocaleCookie(locale))
	http.Redirect(w, r, safeReferer(r, "/"), http.StatusSeeOther)
}

// The density's cookie; a year.
const densityCookie = "wanjie-density"

// denseOf reports whether this browser asked for the dense view.
func denseOf(r *http.Request) bool {
	c, err := r.Cookie(densityCookie)
	return err == nil && c.Value == "dense"
}

// SetDensity answers the density switch: POST density=dense|comfortable, back to where it came from.
func SetDensity(w http.ResponseWriter, r *http.Request) {
	density := "comfortable"
	if r.PostFormValue("density") == "dense" {
		density = "dense"
	}
	http.SetCookie(w, &http.Cookie{Name: densityCookie, Value: density, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, safeReferer(r, "/"), http.StatusSeeOther)
}

// LocaleCookie remembers a language.
func LocaleCookie(locale string) *http.Cookie {
	return &http.Cookie{Name: localeCookie, Value: locale, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// Done is See with a message shown once on the next page. say must be one of the messages that are
// registered here, because it travels in the address and nobody may put words in our mouth; another
// one panics, and TestEveryMessageIsRegistered finds it before.
func Done(path string, say string) Reply {
	key, ok := doneKey(say)
	if !ok {
		panic("web: the message " + say + " is not among those of Done") // wiring, not input
	}
	u, err := url.Parse(path)
	if err != nil {
		return See(path)
	}
	q := u.Query()
	q.Set(ui.DoneField, key)
	u.RawQuery = q.Encode()
	return See(u.String())
}

// done are the messages after a change, by a short key for the address.
var done = map[string]string{
	"reported":   ui.Key("已登记"),
	"told":       ui.Key("已告知，未登记"),
	"filed":      ui.Key("已立案"),
	"dispatched": ui.Key("已派遣"),
	"recalled":   ui.Key("已撤回派遣"),
	"received":   ui.Key("已签收"),
	"joined":     ui.Key("已增派协办"),
	"assisted":   ui.Key("已提交协办结果"),
	"assigned":   ui.Key("已派给经办人"),
	"taken":      ui.Key("已接办"),
	"fed-back":   ui.Key("已提交经办结果"),
	"given-back": ui.Key("已退回联络员"),
	"handled":    ui.Key("已提交办理结果"),
	"checked":    ui.Key("已核查"),
	"closed":     ui.Key("已结案"),
	"verifying":  ui.Key("已送核实"),
	"urged":      ui.Key("已催办"),
	"seen":       ui.Key("已阅知"),
	"proposed":   ui.Key("已提出督办"),
	"supervised": ui.Key("已签发督办单"),
	"declined":   ui.Key("已记录不予督办"),
	"explained":  ui.Key("已反馈督办"),
	"judged":     ui.Key("已审核反馈"),
	"instructed": ui.Key("已批示"),
	"obeyed":     ui.Key("已反馈落实情况"),
	"verified":   ui.Key("已反馈核实"),
	"answered":   ui.Key("已答复办结"),
	"merged":     ui.Key("已并案"),
	"voided":     ui.Key("已作废"),
	"applied":    ui.Key("已提交申请"),
	"withdrawn":  ui.Key("已撤回申请"),
	"decided":    ui.Key("已审批"),
	"resumed":    ui.Key("已恢复办理"),
	"postponed":  ui.Key("已改期"),
	"called":     ui.Key("已记录回访"),
	"saved":      ui.Key("已保存"),
	"tested":     ui.Key("已测试连接"),
	"opened":     ui.Key("已开通"),
	"invited":    ui.Key("已发出邀请"),
	"linking":    ui.Key("正在生成授权链接，稍后刷新"),
	"submitting": ui.Key("正在提交，稍后刷新"),
	"retried":    ui.Key("已重新排队"),
	"exporting":  ui.Key("已开始导出，完成后在此下载"),
	"removed":    ui.Key("已删除"),
	"back":       ui.Key("已恢复为蓝本"),
	"added":      ui.Key("已新建"),
	"retired":    ui.Key("已停用"),
	"restored":   ui.Key("已恢复使用"),
	"switched":   ui.Key("已切换"),
	"given":      ui.Key("已授权"),
	"ended":      ui.Key("已收回"),
	"revoked":    ui.Key("已吊销"),
	"let-out":    ui.Key("已结束进入"),
	"rejected":   ui.Key("已退回"),
	"ordered":    ui.Key("已提交，数秒内生效"),
	"carried":    ui.Key("已办理"),
	"posted":     ui.Key("已安排"),
	"relieved":   ui.Key("已办理离岗"),
	"imported":   ui.Key("已导入"),
	"noted":      ui.Key("已记录"),
	"stopped":    ui.Key("已停止"),
	"handed":     ui.Key("已提交"),
	"abolished":  ui.Key("已撤销"),
	"accepted":   ui.Key("已接收"),
	"returned":   ui.Key("已退回对方"),
	"handedover": ui.Key("已移交"),
	"askedback":  ui.Key("已要求撤回"),
	"letgo":      ui.Key("已同意撤回"),
	"kept_on":    ui.Key("已答复对方"),
	"blown":      ui.Key("已吹哨"),
	"present":    ui.Key("已报到"),
	"onsite":     ui.Key("已到场"),
	"not_ours":   ui.Key("已说明不属本单位"),
	"weighed":    ui.Key("已评价"),
	"whistled":   ui.Key("已收哨"),
	"calledoff":  ui.Key("已撤哨"),
	"on_duty":    ui.Key("已开始当班"),
	"off_duty":   ui.Key("已交班，等待接班"),
	"taken_back": ui.Key("已撤回交班"),
	"taken_over": ui.Key("已接班"),
	"drafted":    ui.Key("已提交审核"),
	"reviewed":   ui.Key("已审核"),
	"answers":    ui.Key("已生成回复文件，其中的回复均已记为已回复"),
	"more":       ui.Key("已补充"),
	"thanks":     ui.Key("感谢您的评价"),
	"again":      ui.Key("已退回重新办理"),
	"read":       ui.Key("已全部读过"),
	"left":       ui.Key("账号已注销，您的个人信息已删除"),
	"booked":     ui.Key("已预约"),
	"bookedoff":  ui.Key("已取消预约"),
	"served":     ui.Key("已记录办理结果"),
	"serving":    ui.Key("已接单"),
	"published":  ui.Key("已发布"),
	"taken-down": ui.Key("已撤下"),
	"signed-up":  ui.Key("已报名"),
	"in-line":    ui.Key("已排队候补"),
	"signed-off": ui.Key("已取消报名"),
	"keeping":    ui.Key("已开始生成，完成后列在存档中"),
}

func doneKey(say string) (key string, ok bool) {
	for k, v := range done {
		if v == say {
			return k, true
		}
	}
	return "", false
}

func flashOf(r *Request) layout.Flash {
	if say, ok := done[r.URL.Query().Get(ui.DoneField)]; ok {
		return layout.Flash{Tone: ui.Good, Text: ui.T(r.Context(), say)}
	}
	return layout.Flash{}
}
