package web

import (
	"net/http"
	"net/url"

	"wanjie/templates/layout"
	"wanjie/templates/ui"
)

// The languages' cookie; a year.
const localeCookie = "wanjie-locale"

// LocaleOf is the language the browser asked for with our switch; Chinese otherwise.
func LocaleOf(r *http.Request) string {
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
	http.SetCookie(w, &http.Cookie{Name: localeCookie, Value: locale, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, safeReferer(r, "/"), http.StatusSeeOther)
}

// Done is See with a message shown once on the next page. say must be one of the messages that are
// registered here, because it travels in the address and nobody may put words in our mouth.
func Done(path string, say string) Reply {
	u, err := url.Parse(path)
	if err != nil {
		return See(path)
	}
	q := u.Query()
	q.Set("done", doneKey(say))
	u.RawQuery = q.Encode()
	return See(u.String())
}

// done are the messages after a change, by a short key for the address.
var done = map[string]string{
	"reported":   ui.Key("已登记"),
	"filed":      ui.Key("已立案"),
	"dispatched": ui.Key("已派遣"),
	"received":   ui.Key("已签收"),
	"handled":    ui.Key("已提交办理结果"),
	"checked":    ui.Key("已核查"),
	"closed":     ui.Key("已结案"),
	"called":     ui.Key("已记录回访"),
	"saved":      ui.Key("已保存"),
	"opened":     ui.Key("已开通"),
	"invited":    ui.Key("已发出邀请"),
	"retried":    ui.Key("已重新排队"),
	"back":       ui.Key("已恢复为蓝本"),
	"switched":   ui.Key("已切换"),
	"given":      ui.Key("已授权"),
	"ended":      ui.Key("已收回"),
	"rejected":   ui.Key("已退回"),
}

func doneKey(say string) string {
	for k, v := range done {
		if v == say {
			return k
		}
	}
	return "saved"
}

func flashOf(r *Request) layout.Flash {
	if say, ok := done[r.URL.Query().Get("done")]; ok {
		return layout.Flash{Tone: ui.Good, Text: ui.T(r.Context(), say)}
	}
	return layout.Flash{}
}
