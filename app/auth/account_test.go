package auth

import (
	"net/http"
	"strings"
	"testing"

	"wanjie/tenants/tenantstest"
)

// calling is a browser that says what it is.
type calling string

func (a calling) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", string(a))
	return http.DefaultTransport.RoundTrip(r)
}

const (
	onPhone   = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8.0"
	atDesk    = "Mozilla/5.0 (X11; Linux x86_64) UOS AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0 Safari/537.36"
	elsewhere = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/110.0 Safari/537.36 Edg/110.0"
)

func TestDevice(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{onPhone: "微信 · Android", atDesk: "Chrome · 统信UOS", elsewhere: "Edge · Windows", "curl/8": "", "": ""} {
		if got := Device(agent); got != want {
			t.Errorf("%q is %q, want %q", agent, got, want)
		}
	}
}

// Somebody sees at the desk that they are signed in on a phone and on a machine that they do not know, ends the one and
// then all others.
func TestOneSeesAndEndsOnesOwnSessions(t *testing.T) {
	t.Parallel()
	w, k := tenantstest.Open(t), keeper(t)
	srv, _ := site(t, k)
	s, identity := employee(t)
	who, err := k.Person(t.Context(), identity, Employee)
	must(t, err)
	employ(t, w, w.Street(t), who, "陆明", Give{Role: Intake})
	enter := func(agent string) *visitor {
		v := visit(t, srv)
		v.Transport = calling(agent)
		v.post("/login", "identifier", s.Phone, "password", s.Password).want(t, 200, "/", "at level 1")
		return v
	}
	phone, strange, desk := enter(onPhone), enter(elsewhere), enter(atDesk)
	page := desk.get("/account")
	page.want(t, 200, "/account", "我的账号")
	devices := page.texts(".devices li")
	if len(devices) != 3 || !strings.Contains(devices[0], "Chrome · 统信UOS") || !strings.Contains(devices[0], "本机") ||
		!strings.Contains(strings.Join(devices, "|"), "微信 · Android") || !strings.Contains(devices[1], "密码") || !strings.Contains(devices[1], "127.0.0.0/24") {
		t.Fatalf("devices %q", devices)
	}
	if !strings.Contains(page.text("main"), "尚未绑定身份验证器") || strings.Contains(page.text("main"), s.Phone) {
		t.Errorf("the page says %q", page.text("main"))
	}
	if !strings.Contains(devices[1], "Edge · Windows") {
		t.Fatalf("the newest of the others is not the second: %q", devices)
	}
	id := page.attr(".devices li [name=session]", "value")
	desk.post("/account/sessions", "session", id).want(t, 200, "/account", "我的账号")
	strange.get("/").want(t, 401, "/", "")
	phone.get("/").want(t, 200, "/", "at level 1")

	other, _ := employee(t)
	theirs := visit(t, srv)
	theirs.post("/login", "identifier", other.Phone, "password", other.Password).want(t, 200, "/", "at level 1")
	list, err := k.Client.Sessions(t.Context(), tokenOf(t, theirs))
	must(t, err)
	desk.post("/account/sessions", "session", list[0].ID).want(t, 200, "/account", "我的账号")
	desk.post("/account/sessions", "session", "not-a-number").want(t, 200, "/account", "我的账号")
	theirs.get("/").want(t, 200, "/", "at level 1")

	desk.post("/account/sessions").want(t, 200, "/account", "我的账号")
	phone.get("/").want(t, 401, "/", "")
	desk.get("/").want(t, 200, "/", "at level 1")
	visit(t, srv).get("/account").want(t, 200, "/login?return_to=%2Faccount", "登录")
}

func tokenOf(t *testing.T, v *visitor) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, v.base, nil)
	must(t, err)
	return v.Jar.Cookies(r.URL)[0].Value
}

// A lost phone: one recovery code opens the door once, the account says how many are left, and new ones end the old.
func TestRecoveryCodesAreUsedUpAndMadeAnew(t *testing.T) {
	t.Parallel()
	k := keeper(t)
	srv, _ := site(t, k)
	s, identity := employee(t)
	v := visit(t, srv)
	v.post("/login", "identifier", s.Phone, "password", s.Password)
	v.post("/account/codes").want(t, 200, "/second-factor/enrol?return_to=/account", "绑定身份验证器")
	page := v.get("/second-factor/enrol")
	secret := strings.ReplaceAll(page.text("#secret"), " ", "")
	done := v.post("/second-factor/enrol", "flow", page.attr("[name=flow]", "value"), "code", codeOf(t, secret))
	old := done.texts("#codes li")
	if len(old) < 8 || !strings.Contains(done.text("main"), "****") || strings.Contains(done.text("main"), s.Phone) {
		t.Fatalf("the sheet shows %d codes and says %q", len(old), done.text("main"))
	}
	left, err := k.Client.CodesLeft(t.Context(), identity)
	must(t, err)
	if left != len(old) {
		t.Errorf("%d codes left of %d", left, len(old))
	}

	lost := visit(t, srv)
	lost.post("/login", "identifier", s.Phone, "password", s.Password).want(t, 200, "/second-factor", "二次验证")
	lost.get("/account").want(t, 200, "/second-factor?return_to=%2Faccount", "二次验证")
	lost.post("/account/codes").want(t, 200, "/second-factor?return_to=%2Faccount", "二次验证")
	lost.post("/second-factor", "code", old[0]).want(t, 200, "/", "at level 2")
	if got := lost.get("/account").text("#factor"); !strings.Contains(got, "剩余 11 个恢复码") {
		t.Errorf("after one was used: %q", got)
	}
	again := visit(t, srv)
	again.post("/login", "identifier", s.Phone, "password", s.Password)
	again.post("/second-factor", "code", old[0]).want(t, 422, "/second-factor", "二次验证")

	fresh := lost.post("/account/codes")
	fresh.want(t, 200, "/account/codes", "恢复码")
	codes := fresh.texts("#codes li")
	if len(codes) != 12 || fresh.attr("main .btn-primary", "href") != "/account" || !strings.Contains(fresh.text("main"), "原有的恢复码不能再用") {
		t.Fatalf("%d new codes; %q", len(codes), fresh.text("main"))
	}
	again.post("/second-factor", "code", old[1]).want(t, 422, "/second-factor", "二次验证")
	again.post("/second-factor", "code", codes[0]).want(t, 200, "/", "at level 2")
}
