package grids

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"github.com/google/uuid"
	"golang.org/x/net/html"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/grids/patrol"
	"wanjie/app/web"
	"wanjie/templates/layout"
	"wanjie/templates/static"
	"wanjie/templates/ui"
	"wanjie/templates/ui/uitest"
	"wanjie/tenants"
)

// door serves the module over the street, to whoever the header X-Person or a cookie says.
func (s *street) door() http.Handler {
	site := &web.Site{
		DB: s.db, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Visitor: func(r *http.Request) (web.Visitor, error) {
			n, _ := strconv.ParseInt(r.Header.Get("X-Person"), 10, 64)
			if c, err := r.Cookie("person"); err == nil && n == 0 {
				n, _ = strconv.ParseInt(c.Value, 10, 64)
			}
			return web.Visitor{Person: n}, nil
		},
		Admit: func(_ context.Context, tx tenants.Tx, _ *web.Request, _, may string) error {
			switch {
			case len(tx.Actor().Grants) == 0:
				return fault.New(fault.NotFound, "页面不存在")
			case may == "":
				return nil
			}
			return auth.RequireSomewhere(tx.Actor(), may)
		},
		TenantFrame: func(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Frame, error) {
			p := layout.Page{Tenant: tx.Tenant().Name, Home: r.Base, Demo: true, User: layout.User{Name: "赵管理", Role: "街道管理员"}}
			for _, e := range Module.Nav {
				p.Nav = append(p.Nav, layout.NavItem{Label: ui.T(ctx, e.Title), Href: r.Base + e.Path, Active: strings.HasPrefix(r.URL.Path, r.Base+e.Path)})
			}
			return web.Frame{Page: p}, nil
		},
	}
	site.Raw("GET "+static.Prefix, static.Handler())
	Module.Routes(site.Module(Module.Key))
	return site.Handler(web.Limits{})
}

// browser is one person at the door.
type browser struct {
	*street
	http.Handler
	person int64
}

func (s *street) browser(person int64) browser { return browser{s, s.door(), person} }

func (b browser) send(method, path, kind string, body io.Reader) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.ctx, method, "/s/"+b.Slug+path, body)
	r.Header.Set("X-Person", strconv.FormatInt(b.person, 10))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	if w.Code == http.StatusOK && strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		uitest.Sound(b.t, w.Body.String())
	}
	return w
}

// get wants a page that says the words, and answers it.
func (b browser) get(path string, words ...string) *html.Node {
	b.t.Helper()
	return b.reads(b.send("GET", path, "", nil), http.StatusOK, words...)
}

func (b browser) reads(w *httptest.ResponseRecorder, status int, words ...string) *html.Node {
	b.t.Helper()
	if w.Code != status {
		b.t.Fatalf("answered %d, want %d: %.600s", w.Code, status, w.Body)
	}
	for _, word := range words {
		if !strings.Contains(w.Body.String(), word) {
			b.t.Errorf("the page does not say %q", word)
		}
	}
	root, err := html.Parse(w.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return root
}

func (b browser) post(path string, form url.Values) *httptest.ResponseRecorder {
	b.t.Helper()
	form.Set(ui.RequestField, tenants.NewID().String())
	return b.send("POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// done wants the form to be taken and answers where it leads.
func (b browser) done(path string, form url.Values) string {
	b.t.Helper()
	w := b.post(path, form)
	if w.Code != http.StatusSeeOther {
		b.t.Fatalf("POST %s answered %d: %.900s", path, w.Code, w.Body)
	}
	return strings.TrimPrefix(strings.SplitN(w.Header().Get("Location"), "?", 2)[0], "/s/"+b.Slug)
}

// upload sends a file with fields as a browser does.
func (b browser) upload(path, name string, file []byte, fields map[string]string) *httptest.ResponseRecorder {
	b.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	f, err := m.CreateFormFile("file", name)
	if err != nil {
		b.t.Fatal(err)
	}
	_, _ = f.Write(file)
	for k, v := range fields {
		_ = m.WriteField(k, v)
	}
	if fields[ui.RequestField] == "" {
		_ = m.WriteField(ui.RequestField, tenants.NewID().String())
	}
	_ = m.Close()
	return b.send("POST", path, m.FormDataContentType(), &body)
}

func all(root *html.Node, selector string) []*html.Node {
	return cascadia.QueryAll(root, cascadia.MustCompile(selector))
}

func square(x float64) string {
	b, _ := box(x, 0, 10, 10).AsGeometry().MarshalJSON()
	return string(b)
}

// A street admin draws two grids, staffs one, and looks at the sheet that will hang there.
func TestFromTheMapToTheSheet(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	b := s.browser(admin)
	b.get("/grids", "这一天还没有网格", "划定网格", "导入")
	b.get("/grids/new?lon=120.505&lat=31.305&name=东门", `data-draw="area"`, "地图中心经度", `value="东门"`, `data-west="120.5`)
	b.get("/grids/new", `data-draw="area"`, `data-west=`, "draw.js")
	form := url.Values{"kind": {"comprehensive"}, "code": {first + "001"}, "name": {"东门网格"}, "community": {first}, "phone": {"0512-66660001"}, "shape": {square(0)}}
	one := b.done("/grids", form)
	form.Set("code", first+"002")
	form.Set("name", "西门网格")
	root := b.reads(b.post("/grids", form), http.StatusUnprocessableEntity, "重叠")
	if got := all(root, "textarea[name=shape]"); len(got) != 1 || got[0].FirstChild == nil || !strings.Contains(got[0].FirstChild.Data, "Polygon") {
		t.Error("what was drawn is gone from the refused form")
	}
	form.Set("shape", square(10))
	b.done("/grids", form)

	root = b.get("/grids", "东门网格", "西门网格", "公示牌")
	if n := len(all(root, "svg.map path.grid-comprehensive")); n != 2 {
		t.Errorf("%d grids on the map", n)
	}
	b.reads(b.send("GET", "/grids?on=2026-11-22", "", nil), 200, "这一天还没有网格")

	b.get(one, "尚未安排网格长和网格员", "安排人员", "重新划定", "现行")
	b.done(one+"/post", url.Values{"person": {"104"}, "role": {"grid_head"}})
	b.done(one+"/post", url.Values{"person": {"105"}, "role": {"grid_worker"}, "weekdays": {"5", "1"}, "begins": {"08:30"}, "ends": {"17:30"}})
	root = b.get(one, "孙网格", "王巡查", "周一、周五 08:30–17:30")
	away := ""
	for _, o := range all(root, "select[name=stands_in] option") {
		if o.FirstChild != nil && strings.HasPrefix(o.FirstChild.Data, "王巡查") {
			away = o.Attr[0].Val
		}
	}
	refused := url.Values{"person": {"106"}, "role": {"grid_worker"}, "stands_in": {away}, "weekdays": {"3"}}
	root = b.reads(b.post(one+"/post", refused), 422, "替班须写明到哪一天为止")
	if len(all(root, "input[name=weekdays][value='3'][checked]")) != 1 {
		t.Error("the chosen day of the week is gone")
	}
	refused.Set("to", "2026-11-25")
	refused.Del("weekdays")
	b.done(one+"/post", refused)
	b.get(one, "由李替班替班", "替王巡查")

	b.get(one+"/sheet", "网格公示牌", "东门网格", first+"001", "孙网格", "王巡查", "李替班（2026-11-23 至 2026-11-25）", "0512-66660001", "12345", "采集基础信息", "演示数据")
	b.get(one+"/draw", "重新划定东门网格")
	b.done(one+"/draw", url.Values{"shape": {strings.ReplaceAll(square(0), "120.51", "120.509")}, "from": {"2027-01-01"}})
	b.get(one, "待启用", "2027-01-01 起")
	b.done(one+"/change", url.Values{"name": {"东门第一网格"}, "community": {first}})
	b.reads(b.post(one+"/change", url.Values{"name": {""}}), 422, "请填写此项")
	b.reads(b.post(one+"/close", url.Values{}), 422, "请填写此项")
	b.done(one+"/close", url.Values{"from": {"2027-06-01"}})
	b.get(one, "撤销日期", "2027-06-01")

	if w := b.post(one+"/post", url.Values{"person": {"106"}, "role": {"grid_head"}}); !strings.HasSuffix(w.Header().Get("Location"), "?done=posted") {
		t.Errorf("what was done is not said: %s", w.Header().Get("Location"))
	}

	chief := s.browser(chief)
	root = chief.get(one, "东门第一网格")
	if n := len(all(root, "form[action$='/post'], form[action$='/close'], form[action$='/relieve']")); n != 0 {
		t.Errorf("the shift lead is offered %d forms that are not his", n)
	}
	chief.reads(chief.post(one+"/close", url.Values{"from": {"2027-06-01"}}), 403)
	chief.reads(chief.send("GET", "/grids/new", "", nil), 403)
	chief.reads(chief.send("GET", "/grids/"+uuid.NewString(), "", nil), 404)
}

// A file is tried first; the reader sees each grid with its problem, and takes it when there is none.
func TestImportingAFile(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	b := s.browser(admin)
	b.get("/grids/import", "GeoJSON 文件", "multipart/form-data", "GCJ-02")
	file := func(second string) []byte {
		return fmt.Appendf(nil, `{"type":"FeatureCollection","features":[
			{"type":"Feature","properties":{"编号":%s001,"名称":"一网格"},"geometry":%s},
			{"type":"Feature","properties":{"grid_code":"G2","name":"二网格","kind":"综合网格"},"geometry":%s},
			{"type":"Feature","properties":{"code":"G2-1","name":"一号楼","kind":"微网格","parent":"G2"},"geometry":%s}]}`, first, square(0), second, second)
	}
	b.reads(b.upload("/grids/import", "a.geojson", file(square(5)), nil), 422, "与综合网格 "+first+"001 重叠", "共 3 个网格，其中 1 个有问题", "不能导入")
	b.reads(b.upload("/grids/import", "a.geojson", file(`{"type":"Polygon","coordinates":[[[120.5,31.3],[120.6,31.4],[120.6,31.3],[120.5,31.4],[120.5,31.3]]]}`), nil), 422, "自相交")
	b.reads(b.upload("/grids/import", "a.geojson", []byte("PK"), nil), 422, "不是有效的 JSON")
	b.reads(b.upload("/grids/import", "a.geojson", nil, nil), 422, "请选择文件或粘贴内容")
	if len(s.acts("grid.")) != 0 {
		t.Fatal("a trial drew something")
	}
	good := file(square(10))
	root := b.reads(b.upload("/grids/import", "a.geojson", good, nil), 200, "共 3 个网格：新增 3", "确认导入")
	if n := len(all(root, "svg.map path.grid")); n != 3 {
		t.Errorf("%d grids on the trial's map", n)
	}
	text := all(root, "textarea[name=shape]")[0].FirstChild.Data // the file, so that it need not be chosen again
	twice := map[string]string{"shape": text, "go": "1", ui.RequestField: tenants.NewID().String()}
	for range 2 { // the second is a repeat: it gets the same answer and draws nothing
		if w := b.upload("/grids/import", "", nil, twice); w.Code != http.StatusSeeOther {
			t.Fatalf("answered %d: %.500s", w.Code, w.Body)
		}
	}
	if n := len(s.acts("grid.drawn")); n != 3 {
		t.Errorf("%d grids drawn", n)
	}
	if w := b.upload("/grids/import", "other.geojson", []byte("{}"), twice); w.Code != http.StatusConflict {
		t.Errorf("another file under the same number: %d", w.Code)
	}
	// What is exported can be imported again, and changes nothing.
	w := b.send("GET", "/grids/export", "", nil)
	var doc struct {
		Features []struct{ Properties map[string]any }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || len(doc.Features) != 3 || doc.Features[1].Properties["code"] != "G2" {
		t.Fatalf("export: %v %v", err, doc)
	}
	b.reads(b.upload("/grids/import", "again.geojson", w.Body.Bytes(), map[string]string{"whole": "1"}), 200, "共 3 个网格：新增 0，重新划定 0，不变 3")
	// Two megabytes come through, nine do not.
	heavy := slices.Concat(good, bytes.Repeat([]byte(" "), 2<<20))
	b.reads(b.upload("/grids/import", "heavy.geojson", heavy, nil), 200, "不变 3")
	b.reads(b.upload("/grids/import", "heavy.geojson", bytes.Repeat([]byte(" "), 9<<20), nil), 422)
	s.browser(chief).reads(s.browser(chief).upload("/grids/import", "a.geojson", good, nil), 403)
}

func TestPatrolsInTheBrowser(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	g := s.drawn("", comprehensive("G1", 0))
	s.posted(g.ID, Posting{Person: wang, Role: auth.GridWorker})
	b, w := s.browser(admin), s.browser(wang)
	b.get("/patrols", "尚未安排巡查", "安排巡查")
	b.get("/patrols/new", `data-draw="route"`)
	line, _ := along().MarshalJSON()
	form := url.Values{"grid": {g.ID.String()}, "title": {"沿河巡查"}, "note": {"看排口"}, "every": {"week"}, "days": {"1", "4"}, "route": {string(line)}}
	bad := url.Values{"grid": form["grid"], "every": {"month"}, "month_days": {"1 x"}, "route": {`{"type":"Point"}`}, "days": {"4"}}
	root := b.reads(b.post("/patrols", bad), 422, "请选择巡查的日子")
	if len(all(root, "input[name=days][value='4'][checked]")) != 1 {
		t.Error("the chosen day is gone")
	}
	bad.Set("month_days", "1")
	b.reads(b.post("/patrols", bad), 422, "坐标的写法有误")
	p := b.done("/patrols", form)
	b.get(p, "沿河巡查", "每周 周一、周四", "还没有到巡查的日子", "map-route")
	s.ring("2026-11-23 10:01")
	root = w.get("/patrols", "待我巡查", "沿河巡查", "待巡查")
	round := ""
	for _, a := range all(root, "a[href*='/rounds/']") {
		round = strings.TrimPrefix(a.Attr[0].Val, "/s/"+s.Slug)
	}
	w.get(round, "提交巡查结果", "系统不记录您的行走轨迹", "上报案卷")
	if strings.Contains(b.send("GET", round, "", nil).Body.String(), "提交巡查结果") {
		t.Error("who does not walk here is offered the form")
	}
	w.reads(w.post(round, url.Values{"words": {"看过"}, "spots": {string(line)}}), 422, "只能标注点位")
	w.reads(w.post(round, url.Values{"words": {""}}), 422, "请填写此项")
	b.reads(b.post(round, url.Values{"words": {"看过"}}), 403)
	w.reads(w.post(round+"/points", url.Values{"point": {"2"}, "found": {"on"}}), 422, "请填写此项")
	b.reads(b.post(round+"/points", url.Values{"point": {"1"}}), 403)
	w.done(round+"/points", url.Values{"point": {"2"}, "found": {"on"}, "words": {"护栏松动"}})
	w.get(round, "1号点位", "未查看", "2号点位", "护栏松动")
	w.done(round, url.Values{"words": {"三号排口有污水"}, "found": {"on"}, "spots": {`{"type":"MultiPoint","coordinates":[[120.505,31.305]]}`}})
	root = w.get(round, "已巡查", "三号排口有污水", "发现问题", "王巡查")
	if n := len(all(root, "circle.map-dot")); n != 1 {
		t.Errorf("%d points on the map", n)
	}
	b.get(p, "王巡查", "发现问题")
	b.done(p+"/stop", url.Values{})
	b.get(p, "已停止")
	w.reads(w.post(p+"/stop", url.Values{}), 403)
	for _, path := range []string{"/patrols/", "/rounds/"} {
		w.reads(w.send("GET", path+uuid.NewString(), "", nil), 404)
	}
	if title := patrol.Open.Title(); title != "待巡查" {
		t.Error(title)
	}
}
