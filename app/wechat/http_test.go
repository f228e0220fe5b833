package wechat

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// office is the vendor's console with somebody at it who may open streets, or only see them.
func (d *desk) office(p *Platform, mayOpen bool) func(method, path string, form url.Values) (int, string) {
	site := &web.Site{
		DB: d.DB, Log: slog.New(slog.DiscardHandler), Visitor: func(*http.Request) (web.Visitor, error) { return web.Visitor{Person: 7}, nil },
		AdmitVendor: func(_ *web.Request, may string) error {
			if may == auth.StreetsOpen && !mayOpen {
				return fault.New(fault.Forbidden, "您没有进行此操作的权限")
			}
			return nil
		},
		VendorFrame: func(context.Context, *web.Request) (web.Frame, error) { return web.Frame{}, nil },
	}
	Routes(site, Deps{DB: d.DB, Platform: p, May: func(_ *web.Request, may string) bool { return mayOpen || may != auth.StreetsOpen }})
	h := site.Handler(web.Limits{})
	return func(method, path string, form url.Values) (int, string) {
		d.t.Helper()
		var body io.Reader
		if method == http.MethodPost {
			form.Set(ui.RequestField, tenants.NewID().String())
			body = strings.NewReader(form.Encode())
		}
		r := httptest.NewRequestWithContext(d.ctx, method, path, body)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
}

// The vendor asks a district for its grant, sends it the link, submits, reads why WeChat refused, and submits again.
func TestTheVendorsPages(t *testing.T) {
	d := open(t)
	ask := d.office(d.Platform, true)
	page := func(path string, words ...string) string {
		t.Helper()
		status, body := ask("GET", path, nil)
		for _, w := range words {
			if status != http.StatusOK || !strings.Contains(body, w) {
				t.Errorf("%s: %d, without %q\n%s", path, status, w, body)
			}
		}
		return body
	}
	page("/v/mini-programs", "还没有区县的小程序", "生成授权链接")
	if status, body := ask("POST", "/v/mini-programs", url.Values{"district": {"999999"}, "colour": {"blue"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "没有这个区县") || !strings.Contains(body, "颜色须形如") || !strings.Contains(body, "请填写此项") {
		t.Errorf("a wrong form: %d\n%s", status, body)
	}
	if status, body := ask("POST", "/v/mini-programs", url.Values{"district": {"320505"}, "colour": {"#1677ff"}, "contact": {"0512-68000000"}}); status != http.StatusSeeOther {
		t.Fatalf("asked: %d\n%s", status, body)
	}
	d.wechat.ticket()
	must(t, d.work())
	page("/v/mini-programs", "虎丘区", "等待区县授权", "把授权链接发给")
	page("/v/mini-programs/320505", "componentloginpage", "重新生成授权链接")
	if _, body := d.office(d.Platform, false)("GET", "/v/mini-programs/320505", nil); strings.Contains(body, "componentloginpage") || strings.Contains(body, `method="post"`) {
		t.Errorf("who may only see is shown the link or a form:\n%s", body)
	}
	if status, _ := ask("POST", "/v/mini-programs/320505/release", url.Values{"template": {"1"}, "version": {"1.0.0"}}); status != http.StatusConflict {
		t.Errorf("released without a grant: %d", status)
	}
	d.wechat.grant(d.row().Link, d.appid)
	must(t, d.work())
	page("/v/mini-programs/320505", "已授权，待提交", "提交微信审核", d.appid)
	if status, body := ask("POST", "/v/mini-programs/320505/release", url.Values{"template": {"one"}, "version": {"版本一"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "请填写模板编号") || !strings.Contains(body, "版本号由数字") {
		t.Errorf("a wrong version: %d\n%s", status, body)
	}
	if status, _ := ask("POST", "/v/mini-programs/320505/release", url.Values{"template": {"12"}, "version": {"1.0.0"}}); status != http.StatusSeeOther {
		t.Errorf("submitted: %d", status)
	}
	must(t, d.work())
	if body := page("/v/mini-programs/320505", "微信审核中"); strings.Contains(body, "提交微信审核") {
		t.Error("another version may be submitted beside an audit")
	}
	d.wechat.judge(d.appid, false, true, "缺少<服务类目>")
	page("/v/mini-programs/320505", "审核未通过", "缺少&lt;服务类目&gt;", "提交微信审核")
	if status, _ := ask("GET", "/v/mini-programs/320506", nil); status != http.StatusNotFound {
		t.Errorf("a district without one: %d", status)
	}
	if status, _ := d.office(d.Platform, false)("POST", "/v/mini-programs/320505/release", url.Values{"template": {"1"}, "version": {"2"}}); status != http.StatusForbidden {
		t.Errorf("submitted by who may only see: %d", status)
	}
	off := d.office(nil, true)
	if _, body := off("GET", "/v/mini-programs", nil); !strings.Contains(body, "WANJIE_WECHAT_APPID") {
		t.Errorf("without a platform:\n%s", body)
	}
	if status, _ := off("POST", "/v/mini-programs", url.Values{"district": {"320505"}}); status != http.StatusConflict {
		t.Errorf("asked without a platform: %d", status)
	}
}
