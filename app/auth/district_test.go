package auth

import (
	"context"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/zitadel/oidc/v3/example/server/storage"

	"wanjie/app/auth/providers"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// city is two districts, each with a street and a provider of its own, and our door.
type city struct {
	t       *testing.T
	w       *tenantstest.World
	k       *Keeper
	shelf   *providers.Shelf
	door    *visitor
	pages   *Pages
	a, b    int32 // districts
	streets map[int32]tenants.Tenant
	issuers map[int32]*issuer
}

// nextDistrict numbers districts that no other test has.
var nextDistrict atomic.Int32

func openCity(t *testing.T) *city {
	t.Helper()
	w, k := tenantstest.Open(t), keeper(t)
	c := &city{t: t, w: w, k: k, shelf: providers.NewShelf(k.DB, true), streets: map[int32]tenants.Tenant{}, issuers: map[int32]*issuer{}}
	c.pages = &Pages{Keeper: k, Cookies: Cookies{Plain: true}, Log: quiet(), Districts: c.shelf}
	srv := serve(t, c.pages)
	c.pages.URL = srv.URL
	for range 2 {
		d := 700_000 + nextDistrict.Add(1)
		c.a, c.b = c.b, d
		c.streets[d] = w.Street(t, func(p *tenants.Plan) { p.District = d })
		c.issuers[d] = newIssuer(t, "wanjie", srv.URL+backFromDistrict)
		c.save(d, nil)
	}
	c.door = visit(t, srv)
	return c
}

// save writes a district's provider, changed by change.
func (c *city) save(district int32, change func(*providers.Provider)) {
	c.t.Helper()
	p := providers.Provider{District: district, Title: "政务统一身份认证", Issuer: c.issuers[district].URL, Client: "wanjie", Secret: clientSecret, Claim: "phone_number", Means: providers.Phone, Enabled: true}
	if change != nil {
		change(&p)
	}
	must(c.t, c.shelf.Save(c.t.Context(), p, 7))
}

// clerk is somebody invited in a district, and how its provider knows them.
func (c *city) clerk(district int32, role string) (person int64, at *storage.User) {
	c.t.Helper()
	s, identity := employee(c.t)
	person, err := c.k.Person(c.t.Context(), identity, Employee)
	must(c.t, err)
	employ(c.t, c.w, c.streets[district], person, s.Name, Give{Role: role})
	id := uuid.NewString()
	return person, &storage.User{ID: id, Username: id, Phone: "+86 " + s.Phone, PhoneVerified: true, Email: s.Email, EmailVerified: true}
}

// enter goes through a district's provider in a browser of its own.
func (c *city) enter(district int32, returnTo string) seen {
	c.t.Helper()
	v := *c.door
	jar, err := cookiejar.New(nil)
	must(c.t, err)
	v.Client = &http.Client{Jar: jar}
	return v.get("/login/district/" + strconv.Itoa(int(district)) + returnTo)
}

func TestStaffSignInWithTheirDistrictsProvider(t *testing.T) {
	t.Parallel()
	c := openCity(t)
	person, lu := c.clerk(c.a, Intake)
	identity, err := c.k.IdentityOf(t.Context(), person)
	must(t, err)
	c.issuers[c.a].seat(lu, nil)
	if got := c.door.get("/login"); !strings.Contains(got.text("main"), "使用区县统一登录") {
		t.Error("the sign-in page does not offer it")
	}
	c.enter(c.a, "?return_to=%2F%3Fx%3D1").want(t, 200, "/?x=1", identity.String()+" at level 1")
	asked, err := url.ParseQuery(c.issuers[c.a].asked[0])
	must(t, err)
	if asked.Get("code_challenge_method") != "S256" || len(asked.Get("code_challenge")) < 40 || len(asked.Get("nonce")) < 20 || len(asked.Get("state")) < 20 || asked.Get("response_type") != "code" {
		t.Errorf("asked with %v", asked)
	}

	by := func(why string, change func(*providers.Provider), u *storage.User, twist func(map[string]any), status int, says string) {
		t.Helper()
		c.save(c.a, change)
		c.issuers[c.a].seat(u, twist)
		got := c.enter(c.a, "")
		if got.status != status || !strings.Contains(got.text("h1"), says) {
			t.Errorf("%s: %d %q at %s", why, got.status, got.text("h1"), got.path)
		}
	}
	is := func(name string, value any) func(map[string]any) { return func(m map[string]any) { m[name] = value } }
	const invalid, stranger = "统一登录平台的答复无效", "尚未在本平台登记"
	by("signed anew and unchanged", nil, lu, func(map[string]any) {}, 200, identity.String())
	by("another nonce", nil, lu, is("nonce", "made-up"), 403, invalid)
	by("no nonce", nil, lu, func(m map[string]any) { delete(m, "nonce") }, 403, invalid)
	by("another audience", nil, lu, is("aud", "another-client"), 403, invalid)
	by("our audience beside another's party", nil, lu, func(m map[string]any) { m["aud"], m["azp"] = []string{"wanjie", "other"}, "other" }, 403, invalid)
	by("another issuer", nil, lu, is("iss", c.issuers[c.b].URL), 403, invalid)
	by("expired", nil, lu, is("exp", time.Now().Add(-time.Hour).Unix()), 403, invalid)
	by("another subject", nil, lu, is("sub", "somebody"), 403, invalid)
	by("nobody's telephone", nil, &storage.User{ID: "x", Phone: "+86" + phone(), PhoneVerified: true}, nil, 403, stranger)
	by("a telephone that is not verified", nil, &storage.User{ID: "y", Phone: lu.Phone}, nil, 403, invalid)
	by("no telephone", nil, &storage.User{ID: "z", PhoneVerified: true}, nil, 403, invalid)
	by("said no there", nil, nil, nil, 403, "没有同意")
	by("switched off", func(p *providers.Provider) { p.Enabled = false }, lu, nil, 404, "没有开通")
	by("another secret", func(p *providers.Provider) { p.Secret = "wrong" }, lu, nil, 403, invalid)
	by("a claim that it does not make", func(p *providers.Provider) { p.Claim = "mobile" }, lu, nil, 403, invalid)
	by("by e-mail", func(p *providers.Provider) { p.Means, p.Claim = providers.Email, "email" }, lu, nil, 200, identity.String())
	by("by an e-mail address that is not verified", func(p *providers.Provider) { p.Means, p.Claim = providers.Email, "email" }, &storage.User{ID: "e", Email: lu.Email}, nil, 403, invalid)
	must(t, c.shelf.Know(t.Context(), c.a, "SZ-0417", person))
	number := func(p *providers.Provider) { p.Means, p.Claim = providers.Number, "employee" }
	by("by staff number", number, lu, is("employee", "SZ-0417"), 200, identity.String())
	by("by a staff number that nobody has", number, lu, is("employee", "SZ-0418"), 403, stranger)

	c.save(c.a, nil)
	c.issuers[c.a].seat(lu, nil)
	must(t, c.k.Disable(t.Context(), person, Order{}))
	if got := c.enter(c.a, ""); got.status != 403 || !strings.Contains(got.text("h1"), "已停用") {
		t.Errorf("switched off here: %d %q", got.status, got.text("h1"))
	}
	c.issuers[c.a].Close()
	c2 := providers.NewShelf(c.k.DB, true) // has not asked it before
	if _, _, err := c2.Begin(t.Context(), c.a, "http://x", ""); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a provider that is away: %v", err)
	}
	c.door.get("/login/district/1").want(t, 404, "/login/district/1", "没有开通")
}

// A district's provider says who somebody is in that district, and nobody elsewhere: else one town hall could enter another.
func TestAProviderCannotNameAnotherDistrictsPeople(t *testing.T) {
	t.Parallel()
	c := openCity(t)
	theirs, wu := c.clerk(c.b, Intake)
	c.issuers[c.a].seat(wu, nil)
	if got := c.enter(c.a, ""); got.status != 403 || !strings.Contains(got.text("h1"), "尚未在本平台登记") {
		t.Errorf("the neighbour's clerk: %d %q", got.status, got.text("h1"))
	}
	c.issuers[c.b].seat(wu, nil)
	c.enter(c.b, "").want(t, 200, "/", "at level 1")
	must(t, c.shelf.Know(t.Context(), c.b, "417", theirs))
	c.save(c.a, func(p *providers.Provider) { p.Means, p.Claim = providers.Number, "employee" })
	c.issuers[c.a].seat(wu, func(m map[string]any) { m["employee"] = "417" })
	if got := c.enter(c.a, ""); got.status != 403 {
		t.Errorf("by the neighbour's number: %d %q", got.status, got.text("h1"))
	}
	must(t, c.shelf.Know(t.Context(), c.a, "417", theirs)) // a number alone is no work there either
	own, _ := c.clerk(c.a, Intake)
	if err := c.shelf.Know(t.Context(), c.a, "417", own); !fault.Is(err, fault.Conflict) {
		t.Errorf("a number that is somebody's is given to another: %v", err)
	}
	if got := c.enter(c.a, ""); got.status != 403 {
		t.Errorf("by a number without work: %d %q", got.status, got.text("h1"))
	}
	// Whoever works elsewhere besides is reached by no provider: a street may have made them its member without asking.
	c.save(c.a, nil)
	c.issuers[c.a].seat(wu, nil)
	employ(t, c.w, c.streets[c.a], theirs, "吴", Give{Role: Intake})
	if got := c.enter(c.a, ""); got.status != 403 {
		t.Errorf("somebody who works in two districts: %d %q", got.status, got.text("h1"))
	}
	engineer, eu := c.clerk(c.a, Intake)
	c.issuers[c.a].seat(eu, nil)
	c.enter(c.a, "").want(t, 200, "/", "at level 1")
	must(t, c.w.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		return GiveUpper(ctx, tx, Machine(), engineer, UpperGrant{Scope: InVendor, Role: Operator})
	}))
	if got := c.enter(c.a, ""); got.status != 403 {
		t.Errorf("the vendor's operator by a district's provider: %d %q", got.status, got.text("h1"))
	}
	resident := phone()
	_, _, err := c.k.Client.CreateResident(t.Context(), resident)
	must(t, err)
	c.save(c.a, nil)
	c.issuers[c.a].seat(&storage.User{ID: "r", Phone: "+86" + resident, PhoneVerified: true}, nil)
	if got := c.enter(c.a, ""); got.status != 403 {
		t.Errorf("a resident: %d %q", got.status, got.text("h1"))
	}
	var n int
	must(t, c.w.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT count(*) FROM ctl.accesses WHERE kind = 'login.refused' AND via = 'district' AND ground = 'stranger'").Scan(&n))
	if n < 4 {
		t.Errorf("%d refusals are in the record", n)
	}
}

// A session that a district's provider opened ends when its person is given anything elsewhere, in a street of another district or
// with the vendor, and when they work in the district no more; one of our own sign-in goes on.
func TestAProvidersSessionEndsWithWorkElsewhere(t *testing.T) {
	t.Parallel()
	c := openCity(t)
	for why, change := range map[string]func(person int64){
		"in another district": func(person int64) { employ(t, c.w, c.streets[c.b], person, "吴", Give{Role: Intake}) },
		"with the vendor": func(person int64) {
			must(t, c.w.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
				return GiveUpper(ctx, tx, Machine(), person, UpperGrant{Scope: InVendor, Role: Operator})
			}))
		},
		"nowhere any more": func(person int64) {
			must(t, c.w.DB.Write(t.Context(), c.streets[c.a].ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error { return Leave(ctx, tx, person) }))
		},
	} {
		person, clerk := c.clerk(c.a, Intake)
		c.issuers[c.a].seat(clerk, nil)
		browser := *c.door
		jar, err := cookiejar.New(nil)
		must(t, err)
		browser.Client = &http.Client{Jar: jar}
		browser.get("/login/district/"+strconv.Itoa(int(c.a))).want(t, 200, "/", "at level 1")
		again := func() int {
			c.k.forget(func(Key, Session) bool { return true }) // the ten seconds for which sessions are remembered are over
			return browser.get("/").status
		}
		employ(t, c.w, c.streets[c.a], person, "吴", Give{Role: Dispatcher})
		if got := again(); got != 200 {
			t.Errorf("given another role in the district: %d", got)
		}
		change(person)
		if got := again(); got != 401 {
			t.Errorf("%s: %d", why, got)
		}
	}
	s, identity := employee(t)
	person, err := c.k.Person(t.Context(), identity, Employee)
	must(t, err)
	ticket := login(t, s)
	for _, d := range []int32{c.a, c.b} {
		employ(t, c.w, c.streets[d], person, s.Name, Give{Role: Intake})
	}
	if _, err := c.k.Fresh(t.Context(), ticket.Token); err != nil {
		t.Errorf("by our own sign-in, at work in two districts: %v", err)
	}
}

// An administrator owes a second factor: one shown at the district's provider counts where its setting says so, and what
// changes the account wants our own all the same.
func TestASecondFactorShownAtTheDistrict(t *testing.T) {
	t.Parallel()
	c := openCity(t)
	_, chief := c.clerk(c.a, StreetAdmin)
	c.issuers[c.a].seat(chief, nil)
	c.enter(c.a, "").want(t, 200, "/second-factor/enrol", "绑定身份验证器")
	c.save(c.a, func(p *providers.Provider) { p.Strong = "mfa" })
	c.issuers[c.a].seat(chief, func(m map[string]any) { m["amr"] = []string{"pwd"} })
	c.enter(c.a, "").want(t, 200, "/second-factor/enrol", "绑定身份验证器")
	c.issuers[c.a].seat(chief, func(m map[string]any) { m["amr"] = []string{"pwd", "mfa"} })
	c.enter(c.a, "").want(t, 200, "/", "at level 2")
	c.issuers[c.a].seat(chief, func(m map[string]any) { m["acr"] = "mfa" })
	c.enter(c.a, "").want(t, 200, "/", "at level 2")
}

// What one browser began no other finishes, nothing is finished twice, and a way is not kept for long.
func TestTheWayBackBelongsToOneBrowser(t *testing.T) {
	t.Parallel()
	c := openCity(t)
	back := c.pages.BackHere()
	address, carried, err := c.shelf.Begin(t.Context(), c.a, back, "/")
	must(t, err)
	u, err := url.Parse(address)
	must(t, err)
	state := u.Query().Get("state")
	_, others, err := c.shelf.Begin(t.Context(), c.a, back, "/")
	must(t, err)
	for why, q := range map[string][2]string{"another browser's": {others, state}, "none": {"", state}, "made up": {carried[:len(carried)-4] + "AAAA", state}, "without state": {carried, ""}} {
		if _, err := c.shelf.Finish(t.Context(), q[0], url.Values{"code": {"1"}, "state": {q[1]}}, back); !errors.Is(err, providers.ErrWay) {
			t.Errorf("%s: %v", why, err)
		}
	}
	if _, err := c.shelf.Finish(t.Context(), carried, url.Values{"code": {"1"}, "state": {state}, "iss": {c.issuers[c.b].URL}}, back); !errors.Is(err, providers.ErrWord) {
		t.Errorf("another provider's answer: %v", err)
	}
	late, _ := clock.Hold(t.Context(), time.Now().Add(providers.Goodbye+time.Second))
	if _, err := c.shelf.Finish(late, carried, url.Values{"code": {"1"}, "state": {state}}, back); !errors.Is(err, providers.ErrWay) {
		t.Errorf("too late: %v", err)
	}
	c.door.get(backFromDistrict+"?code=1&state="+state).want(t, 409, backFromDistrict+"?code=1&state="+state, "登录已超时")
}

func TestAProviderIsKeptSealedAndWhole(t *testing.T) {
	t.Parallel()
	c := openCity(t)
	var raw string
	must(t, c.w.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT encode(secret, 'escape') FROM ctl.providers WHERE district = $1", c.a).Scan(&raw))
	if strings.Contains(raw, clientSecret) {
		t.Error("the secret lies open")
	}
	c.save(c.a, func(p *providers.Provider) { p.Secret, p.Title = "", "改名" })
	_, lu := c.clerk(c.a, Intake)
	c.issuers[c.a].seat(lu, nil)
	c.enter(c.a, "").want(t, 200, "/", "at level 1") // the secret stayed
	bad := func(change func(*providers.Provider)) map[string]string {
		p := providers.Provider{District: c.a, Title: "名称", Issuer: "https://sso.example.cn", Client: "a", Secret: "b", Claim: "sub", Means: providers.Number}
		change(&p)
		err := providers.NewShelf(c.k.DB, false).Save(t.Context(), p, 7)
		if fault.Of(err) == nil {
			return nil
		}
		return fault.Of(err).Fields
	}
	for field, change := range map[string]func(*providers.Provider){
		"title": func(p *providers.Provider) { p.Title = " " }, "issuer": func(p *providers.Provider) { p.Issuer = "http://sso.example.cn" }, "client": func(p *providers.Provider) { p.Client = "" },
		"claim": func(p *providers.Provider) { p.Claim = "a b" }, "means": func(p *providers.Provider) { p.Means = "face" }, "secret": func(p *providers.Provider) { p.Secret = "" },
	} {
		if got := bad(change); got[field] == "" {
			t.Errorf("%s: %v", field, got)
		}
	}
}

// A district tests its provider before anybody signs in with it: one that answers, one that does not, and an address that is
// somebody else's. What was found goes with the address it was found at.
func TestADistrictsProviderIsTested(t *testing.T) {
	t.Parallel()
	c := openCity(t)
	finds := func(why string, want providers.Finding, change func(*providers.Provider)) {
		t.Helper()
		c.save(c.a, change)
		if now, err := c.shelf.Of(t.Context(), c.a); err != nil || now.Tested != "" && want != providers.Answers {
			t.Errorf("%s: before the test it says %q, %v", why, now.Tested, err)
		}
		got, err := c.shelf.Test(t.Context(), c.a)
		if err != nil || got != want {
			t.Errorf("%s: %q, %v", why, got, err)
		}
		if now, err := c.shelf.Of(t.Context(), c.a); err != nil || now.Tested != want || now.TestedAt.IsZero() || now.Secret != "" {
			t.Errorf("%s: kept as %q at %v, %v", why, now.Tested, now.TestedAt, err)
		}
	}
	finds("its own", providers.Answers, func(*providers.Provider) {})
	finds("switched off", providers.Answers, func(p *providers.Provider) { p.Enabled = false })
	finds("nobody listens", providers.Away, func(p *providers.Provider) { p.Issuer = "http://127.0.0.1:1" })
	c.issuers[c.a].fails.Store(true)
	finds("it fails", providers.Away, nil)
	c.issuers[c.a].fails.Store(false)
	_, lu := c.clerk(c.b, Intake)
	c.issuers[c.b].seat(lu, func(map[string]any) { c.issuers[c.b].fails.Store(true) }) // after its word, asked for its keys
	if got := c.enter(c.b, ""); got.status != 503 || !strings.Contains(got.text("h1"), "暂时不可用") {
		t.Errorf("a provider that fails on the way: %d %q", got.status, got.text("h1"))
	}
	finds("a page of something else", providers.Wrong, func(p *providers.Provider) { p.Issuer += "/elsewhere" })
	if _, err := c.shelf.Test(t.Context(), 829999); !fault.Is(err, fault.NotFound) {
		t.Errorf("a district without a provider: %v", err)
	}
	for _, issuer := range []string{"https://127.0.0.1", "https://localhost/a", "https://169.254.169.254/latest", "https://[::1]:8443"} {
		p := providers.Provider{District: c.a, Title: "名称", Issuer: issuer, Client: "a", Secret: "b", Claim: "sub", Means: providers.Number}
		if err := providers.NewShelf(c.k.DB, false).Save(t.Context(), p, 7); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s is taken for a district's: %v", issuer, err)
		}
	}
}
