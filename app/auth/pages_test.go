package auth

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"wanjie/app/auth/access"
	"wanjie/app/auth/courier"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// site is the sign-in pages behind what web puts before them, and a page that shows who is there.
func site(t *testing.T, k *Keeper) (*httptest.Server, *Pages) {
	t.Helper()
	p := &Pages{Keeper: k, Cookies: Cookies{Plain: true}, Log: quiet()} // Go's cookie jar keeps Secure ones from http
	return serve(t, p), p
}

func serve(t *testing.T, p *Pages, more ...func(raw func(string, http.Handler))) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	p.Mount(mux.Handle)
	for _, m := range more {
		m(mux.Handle)
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		s, err := p.Keeper.Session(r.Context(), p.Cookies.Token(r))
		if err != nil {
			http.Error(w, "nobody", http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, "<h1>"+s.Identity.String()+" at level "+string(rune('0'+s.AAL))+"</h1>")
	})
	srv := httptest.NewServer(http.NewCrossOriginProtection().Handler(mux))
	t.Cleanup(srv.Close)
	return srv
}

// visitor is a browser without scripts.
type visitor struct {
	t    *testing.T
	base string
	*http.Client
}

func visit(t *testing.T, srv *httptest.Server) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	return &visitor{t, srv.URL, &http.Client{Jar: jar}}
}

// seen is a page that came back.
type seen struct {
	status int
	path   string // after redirects
	header http.Header
	doc    *html.Node
}

// from is a connection over a proxy of ours, which says whose address it is.
type from string

func (f from) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Forwarded-For", string(f))
	return http.DefaultTransport.RoundTrip(r)
}

func (v *visitor) read(res *http.Response, err error) seen {
	v.t.Helper()
	must(v.t, err)
	defer res.Body.Close()
	doc, err := html.Parse(res.Body)
	must(v.t, err)
	return seen{res.StatusCode, res.Request.URL.RequestURI(), res.Header, doc}
}

func (v *visitor) get(path string) seen { v.t.Helper(); return v.read(v.Get(v.base + path)) }

func (v *visitor) post(path string, fields ...string) seen {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return v.read(v.PostForm(v.base+path, form))
}

// text is what the first match says.
func (s seen) text(selector string) string {
	all := s.texts(selector)
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

func (s seen) texts(selector string) (out []string) {
	for _, n := range cascadia.QueryAll(s.doc, cascadia.MustCompile(selector)) {
		out = append(out, words(n))
	}
	return out
}

func words(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return strings.TrimSpace(b.String())
}

func (s seen) attr(selector, name string) string {
	if n := cascadia.Query(s.doc, cascadia.MustCompile(selector)); n != nil {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val
			}
		}
	}
	return ""
}

func (s seen) want(t *testing.T, status int, path, heading string) {
	t.Helper()
	if s.status != status || s.path != path || !strings.Contains(s.text("h1"), heading) {
		t.Fatalf("at %s with %d, %q (%s); want %s with %d, %q", s.path, s.status, s.text("h1"), s.text(".card .alert"), path, status, heading)
	}
}

func TestClerkSignsInAndOut(t *testing.T) {
	t.Parallel()
	k := deaf(t)
	srv, _ := site(t, k)
	s, identity := employee(t)
	v := visit(t, srv)
	v.get("/login?return_to=%2F%3Fa%3D1").want(t, 200, "/login?return_to=%2F%3Fa%3D1", "登录")
	wrong := v.post("/login", "identifier", s.Phone, "password", "wrong", "return_to", "/?a=1")
	wrong.want(t, 422, "/login", "登录")
	if !strings.Contains(wrong.text(".card .alert"), ErrPassword.Say) || wrong.attr("#f-identifier", "value") != s.Phone || wrong.attr("#f-password", "value") != "" ||
		wrong.attr("[name=return_to]", "value") != "/?a=1" || wrong.header.Get("Cache-Control") != "no-store" {
		t.Errorf("refused with %q, account %q, way on %q", wrong.text(".card .alert"), wrong.attr("#f-identifier", "value"), wrong.attr("[name=return_to]", "value"))
	}
	v.post("/login", "identifier", s.Phone, "password", s.Password, "return_to", "/?a=1").want(t, 200, "/?a=1", identity.String()+" at level 1")
	v.get("/login").want(t, 200, "/", identity.String()) // already signed in
	v.get("/login?again=1").want(t, 200, "/login?again=1", "登录")
	token := v.Jar.Cookies(must2(url.Parse(srv.URL)))[0].Value
	v.post("/logout").want(t, 200, "/login", "登录")
	v.get("/").want(t, 401, "/", "")
	if _, err := k.Session(t.Context(), token); err == nil {
		t.Error("the token outlives the sign-out")
	}
}

func must2[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestSignInByTextMessage(t *testing.T) {
	t.Parallel()
	srv, _ := site(t, deaf(t))
	s, identity := employee(t)
	v := visit(t, srv)
	v.post("/login/code", "phone", "12345").want(t, 422, "/login/code", "短信验证码登录")
	sent := v.post("/login/code", "phone", s.Phone, "return_to", "/")
	flow := sent.attr("[name=flow]", "value")
	if flow == "" || sent.attr("#f-code", "autocomplete") != "one-time-code" {
		t.Fatalf("no form for the code: %s", sent.text("main"))
	}
	stranger := v.post("/login/code", "phone", phone())
	if stranger.status != sent.status || stranger.text("main") != sent.text("main") || stranger.attr("[name=flow]", "value") == "" {
		t.Error("an unknown number gets another page than a known one")
	}
	code := messageTo(t, Identifier(s.Phone), 0)
	v.post("/login/code", "phone", s.Phone, "flow", flow, "code", "x"+code).want(t, 422, "/login/code", "短信验证码登录")
	v.post("/login/code", "phone", s.Phone, "flow", flow, "code", code).want(t, 200, "/", identity.String())
}

func TestAdministratorNeedsBothFactors(t *testing.T) {
	t.Parallel()
	w, k := tenantstest.Open(t), keeper(t)
	srv, _ := site(t, k)
	s, identity := employee(t)
	who, err := k.Person(t.Context(), identity, Employee)
	must(t, err)
	employ(t, w, w.Street(t), who, "陆明", Give{Role: StreetAdmin})

	v := visit(t, srv)
	page := v.post("/login", "identifier", s.Phone, "password", s.Password, "return_to", "/?x=1")
	page.want(t, 200, "/second-factor/enrol?return_to=%2F%3Fx%3D1", "绑定身份验证器")
	secret := strings.ReplaceAll(page.text("#secret"), " ", "")
	if !strings.HasPrefix(page.attr("main img", "src"), "data:image/png;base64,") || len(secret) < 16 {
		t.Fatalf("nothing to scan or type: %q", secret)
	}
	flow := page.attr("[name=flow]", "value")
	wrong := v.post("/second-factor/enrol", "flow", flow, "code", "000000", "return_to", "/?x=1")
	wrong.want(t, 422, "/second-factor/enrol", "绑定身份验证器")
	if got := strings.ReplaceAll(wrong.text("#secret"), " ", ""); got != secret {
		t.Errorf("after a wrong code the secret is %q, was %q", got, secret)
	}
	done := v.post("/second-factor/enrol", "flow", wrong.attr("[name=flow]", "value"), "code", codeOf(t, secret), "return_to", "/?x=1")
	done.want(t, 200, "/second-factor/enrol", "恢复码")
	codes := done.texts("#codes li")
	if len(codes) < 8 || done.attr("main .btn-primary", "href") != "/?x=1" {
		t.Errorf("recovery codes %v, on to %q", codes, done.attr("main .btn-primary", "href"))
	}
	v.get("/").want(t, 200, "/", "at level 2")

	again := visit(t, srv)
	again.post("/login", "identifier", s.Phone, "password", s.Password, "return_to", "/?x=1").want(t, 200, "/second-factor?return_to=%2F%3Fx%3D1", "二次验证")
	got, err := k.Session(t.Context(), again.Jar.Cookies(must2(url.Parse(srv.URL)))[0].Value)
	must(t, err)
	if !got.Short(nil, nil) || !got.Enrolled {
		t.Error("a door without grants would let the half sign-in pass")
	}
	again.get("/second-factor/enrol").want(t, 200, "/second-factor?return_to=%2Fsecond-factor%2Fenrol", "二次验证")
	again.post("/second-factor", "code", "000000").want(t, 422, "/second-factor", "二次验证")
	again.post("/second-factor", "code", codeOf(t, secret), "return_to", "/?x=1").want(t, 200, "/?x=1", "at level 2")
	again.get("/second-factor?return_to=/").want(t, 200, "/", "at level 2")

	lost := visit(t, srv)
	lost.post("/login", "identifier", s.Phone, "password", s.Password)
	lost.post("/second-factor", "code", " "+strings.ToUpper(codes[0])+" ").want(t, 200, "/", "at level 2")

	must(t, k.DropFactor(t.Context(), who, Order{}))
	again.get("/").want(t, 401, "/", "")
	fresh := visit(t, srv)
	fresh.post("/login", "identifier", s.Phone, "password", s.Password).want(t, 200, "/second-factor/enrol", "绑定身份验证器")
	visit(t, srv).get("/second-factor").want(t, 200, "/login", "登录")
	visit(t, srv).get("/second-factor/enrol?return_to=/a").want(t, 200, "/login?return_to=%2Fa", "登录")
}

func TestInvitation(t *testing.T) {
	t.Parallel()
	k := deaf(t)
	srv, _ := site(t, k)
	in := &Inviter{Keeper: k, Courier: courier.NewStore(k.DB), URL: "https://console.example.cn/"}
	s := Staff{Name: "沈岚", Phone: phone()}
	who, err := in.Invite(t.Context(), s, "枫桥街道")
	must(t, err)
	twice, err := in.Invite(t.Context(), s, "枫桥街道")
	must(t, err)
	if who == 0 || who != twice {
		t.Errorf("invited as %d, again as %d", who, twice)
	}
	m := newest(t, in.Courier, Identifier(s.Phone))
	link := regexp.MustCompile(`https://console\.example\.cn(/welcome\?flow=\S+)`).FindStringSubmatch(m.Body)
	if m.Via != courier.SMS || m.Purpose != "invite" || link == nil || m.Code == "" || !strings.Contains(m.Body, m.Code) || !strings.Contains(m.Body, "枫桥街道") {
		t.Fatalf("invitation %+v", m)
	}
	v := visit(t, srv)
	page := v.get(link[1])
	page.want(t, 200, link[1], "接受邀请")
	flow := page.attr("[name=flow]", "value")
	v.post("/welcome", "flow", flow, "code", "00000000").want(t, 422, "/welcome", "接受邀请")
	v.post("/welcome", "flow", flow, "code", m.Code).want(t, 200, "/password", "设置密码")
	v.post("/password", "password", password, "again", "other").want(t, 422, "/password", "设置密码")
	weak := v.post("/password", "password", "1234567", "again", "1234567")
	weak.want(t, 422, "/password", "设置密码")
	if weak.text("#f-password-error") == "" {
		t.Error("nothing is said beside the field")
	}
	v.post("/password", "password", password, "again", password).want(t, 200, "/", "at level 1")
	_, err = k.Client.Login(t.Context(), s.Phone, password)
	must(t, err)

	_, err = in.Invite(t.Context(), s, "木渎镇")
	must(t, err)
	if m := newest(t, in.Courier, Identifier(s.Phone)); m.Purpose != "added" || m.Code != "" || !strings.Contains(m.Body, "木渎镇") {
		t.Errorf("somebody with a password gets %+v", m)
	}
	visit(t, srv).get("/welcome").want(t, 200, "/login", "登录")
	visit(t, srv).get("/password").want(t, 200, "/login?return_to=%2Fpassword", "登录")
}

// newest is the last message to somebody.
func newest(t *testing.T, s *courier.Store, recipient string) courier.Message {
	t.Helper()
	list, err := s.Recent(t.Context(), 1000)
	must(t, err)
	for _, m := range list {
		if m.Recipient == recipient {
			return m
		}
	}
	t.Fatal("no message to " + recipient)
	return courier.Message{}
}

func TestForgottenPassword(t *testing.T) {
	t.Parallel()
	srv, _ := site(t, deaf(t))
	s, _ := employee(t)
	v := visit(t, srv)
	v.post("/recovery", "email", "x").want(t, 422, "/recovery", "找回密码")
	page := v.post("/recovery", "email", s.Email)
	page.want(t, 200, "/recovery", "找回密码")
	if stranger := v.post("/recovery", "email", "nobody-"+s.Email); stranger.text("main") != page.text("main") {
		t.Error("an unknown address gets another page than a known one")
	}
	v.post("/welcome", "flow", page.attr("[name=flow]", "value"), "code", messageTo(t, s.Email, 0)).want(t, 200, "/password", "设置密码")
	v.post("/password", "password", "neu-"+password, "again", "neu-"+password).want(t, 200, "/", "at level 1")
}

func TestDisabledAtTheDoor(t *testing.T) {
	t.Parallel()
	k := deaf(t)
	srv, _ := site(t, k)
	s, identity := employee(t)
	who, err := k.Person(t.Context(), identity, Employee)
	must(t, err)
	must(t, k.Disable(t.Context(), who, Order{}))
	must(t, k.Client.Enable(t.Context(), identity)) // Kratos forgot it; PostgreSQL did not
	page := visit(t, srv).post("/login", "identifier", s.Phone, "password", s.Password)
	page.want(t, 403, "/login", "登录")
	if len(page.header.Values("Set-Cookie")) != 0 {
		t.Error("somebody switched off got a cookie")
	}
}

func TestTriesAreCounted(t *testing.T) {
	t.Parallel()
	k := deaf(t)
	srv, p := site(t, k)
	p.Tries = &Tries{Redis: rdb(t), Log: quiet()}
	s, _ := employee(t)
	p.Proxies = access.Proxies{netip.MustParsePrefix("127.0.0.0/8")}
	address := "2001:db8:" + s.Phone[3:7] + ":" + s.Phone[7:] + "::1" // of this test alone
	visit := func(t *testing.T, srv *httptest.Server) *visitor {
		t.Helper()
		v := visit(t, srv)
		v.Transport = from(address)
		return v
	}
	v := visit(t, srv)
	for range PasswordByAccount.Max - 1 {
		v.post("/login", "identifier", s.Phone, "password", "wrong").want(t, 422, "/login", "登录")
	}
	v.post("/login", "identifier", s.Phone, "password", s.Password).want(t, 200, "/", "at level 1") // which forgets the tries
	v = visit(t, srv)
	for range PasswordByAccount.Max {
		v.post("/login", "identifier", "+86"+s.Phone, "password", "wrong").want(t, 422, "/login", "登录")
	}
	locked := v.post("/login", "identifier", s.Phone, "password", s.Password)
	locked.want(t, 429, "/login", "登录")
	if after := locked.header.Get("Retry-After"); after == "" || after == "0" || !strings.Contains(locked.text(".card .alert"), "15分钟") {
		t.Errorf("locked: Retry-After %q, %q", after, locked.text(".card .alert"))
	}
	// The way by text message stays open to its owner, once a minute.
	v.post("/login/code", "phone", s.Phone).want(t, 200, "/login/code", "短信验证码登录")
	v.post("/login/code", "phone", s.Phone).want(t, 429, "/login/code", "短信验证码登录")

	keys, err := rdb(t).Keys(t.Context(), "wj:tries:*").Result()
	must(t, err)
	for _, key := range keys {
		if strings.Contains(key, s.Phone) {
			t.Errorf("Redis holds a phone number in clear: %s", key)
		}
	}
}

func TestTriesByAddress(t *testing.T) {
	t.Parallel()
	tries := &Tries{Redis: rdb(t), Log: quiet()}
	l, whom := Limit{"test", 3, time.Minute}, phone()
	for range 10 {
		if _, ok := tries.Take(t.Context(), l, whom); !ok {
			t.Fatal("tries that are given back count")
		}
		tries.Back(t.Context(), l, whom)
	}
	for i := range 4 {
		if wait, ok := tries.Take(t.Context(), l, whom); ok != (i < 3) || !ok && (wait <= 0 || wait > time.Minute) {
			t.Errorf("try %d: %v, %v", i, ok, wait)
		}
	}
	if network("203.0.113.9") != "203.0.113.9" || network("2001:db8:1:2:3::4") != network("2001:db8:1:2:ffff::1") || network("::ffff:203.0.113.9") != "203.0.113.9" {
		t.Error("networks")
	}
	away := &Tries{Redis: nobody(t), Log: slog.New(slog.DiscardHandler)}
	for range 10 {
		if _, ok := away.Take(t.Context(), l, whom); !ok {
			t.Fatal("without Redis nobody may sign in")
		}
	}
}

func TestOwnPath(t *testing.T) {
	t.Parallel()
	for _, ok := range []string{"/", "/s/fengqiao/cases?stage=filed&page=2", "/案卷"} {
		if ownPath(ok) != ok {
			t.Errorf("%q is a path of ours", ok)
		}
	}
	for _, evil := range []string{"", "//evil.example", "///evil.example", `/\evil.example`, "/\t/evil.example", "https://evil.example/", "javascript:alert(1)",
		"evil", "/\r\nLocation: x", `/\/evil.example`, "/" + strings.Repeat("a", 3000), "/%"} {
		if got := ownPath(evil); got != "" {
			t.Errorf("%q leads to %q", evil, got)
		}
	}
	srv, _ := site(t, deaf(t))
	s, _ := employee(t)
	visit(t, srv).post("/login", "identifier", s.Phone, "password", s.Password, "return_to", "//evil.example/").want(t, 200, "/", "at level 1")
}

func TestOtherSitesCannotPost(t *testing.T) {
	t.Parallel()
	srv, _ := site(t, deaf(t))
	req := must2(http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/logout", nil))
	req.Header.Set("Origin", "https://evil.example")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	must(t, res.Body.Close())
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("a post from elsewhere: %d", res.StatusCode)
	}
}

func TestSeedFactor(t *testing.T) {
	t.Parallel()
	k := deaf(t)
	srv, _ := site(t, k)
	s, _ := employee(t)
	secret, err := k.SeedFactor(t.Context(), s.Phone, s.Password)
	must(t, err)
	v := visit(t, srv)
	v.post("/login", "identifier", s.Phone, "password", s.Password).want(t, 200, "/second-factor", "二次验证")
	v.post("/second-factor", "code", codeOf(t, secret)).want(t, 200, "/", "at level 2")
}

// The whole way of a text message: Kratos makes it, the webhook seals it, a job sends it.
func TestKratosMessagesArriveSealed(t *testing.T) {
	k := deaf(t)
	if !world.own { // KRATOS_PUBLIC_URL's posts its messages elsewhere: that it makes one is all that shows from here
		s, _ := employee(t)
		if flow, err := k.Client.SendCode(t.Context(), s.Phone); err != nil || flow == "" {
			t.Errorf("no code was sent: flow %q, %v", flow, err)
		}
		return
	}
	store := courier.NewStore(k.DB)
	h := courier.Webhook(store, courierKey, quiet())
	world.hook.Store(&h)
	defer world.hook.Store(nil)
	s, identity := employee(t)
	flow, err := k.Client.SendCode(t.Context(), s.Phone)
	must(t, err)
	var m courier.Message
	wait(t, "the message to arrive", func() bool {
		list, err := store.Recent(t.Context(), 100)
		must(t, err)
		for _, one := range list {
			if one.Recipient == Identifier(s.Phone) {
				m = one
			}
		}
		return m.Body != ""
	})
	if m.Via != courier.SMS || m.Purpose != "login_code_valid" || m.State != courier.Queued || !strings.Contains(m.Body, m.Code) || m.Code == "" {
		t.Errorf("message %+v", m)
	}
	in, err := k.Client.LoginCode(t.Context(), flow, s.Phone, m.Code)
	must(t, err)
	if in.Session.Identity != identity {
		t.Error("signed in as somebody else")
	}
	var jobs int
	must(t, tenantstest.Open(t).Super(t, tenants.Home).QueryRow(context.Background(),
		"SELECT count(*) FROM outbox WHERE tenant_id = 0 AND kind = 'message.send' AND payload->>'ID' = $1", m.ID.String()).Scan(&jobs))
	if jobs != 1 {
		t.Errorf("%d jobs to send it", jobs)
	}
}
