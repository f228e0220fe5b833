package wechat

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/infra/devstack"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

// run starts a PostgreSQL unless `make test` has one.
func run(m *testing.M) int {
	if os.Getenv(tenantstest.EnvURL) == "" {
		dir, err := os.MkdirTemp("", "wanjie-wechat-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		stack, err := devstack.Start(context.Background(), devstack.Options{Dir: dir, NoKratos: true, NoRedis: true})
		if err != nil {
			panic(err)
		}
		defer stack.Stop()
		os.Setenv(tenantstest.EnvURL, stack.PostgresURL)
	}
	return m.Run()
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// settings are the platform's in tests.
var settings = Settings{AppID: "wxplatform", Secret: "secret", Token: "push-token", AESKey: strings.Repeat("k3", 21) + "A", Public: "https://wanjie.example"}

// desk is the vendor's platform beside a WeChat, at a time that stands still. There is one platform in a deployment, so the
// tests take turns.
type desk struct {
	*Platform
	*tenantstest.World
	t      *testing.T
	ctx    context.Context //nolint:containedctx // holds the clock
	clock  *clock.Held
	wechat *wechat
	appid  string
}

const huqiu = 320505

func open(t *testing.T) *desk {
	t.Helper()
	w := tenantstest.Open(t)
	for _, q := range []string{"DELETE FROM ctl.wechat_platform", "DELETE FROM ctl.mini_programs", "DELETE FROM outbox WHERE kind LIKE 'wechat.%'"} {
		if _, err := w.Super(t, tenants.Home).Exec(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	ctx, held := clock.Hold(t.Context(), time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC))
	c, err := NewCipher(settings.Token, settings.AESKey, settings.AppID)
	must(t, err)
	d := &desk{World: w, t: t, ctx: ctx, clock: held, wechat: newWechat(ctx, t, c), appid: "wxhuqiu"}
	s := settings
	s.URL = d.wechat.server.URL
	d.Platform, err = New(w.DB, s, func(district int32, appid, colour string) ([]byte, error) {
		return json.Marshal(map[string]any{"extAppid": appid, "district": district, "colour": colour})
	}, slog.New(slog.DiscardHandler))
	must(t, err)
	mux := http.NewServeMux()
	d.Door(mux.Handle)
	server := httptest.NewUnstartedServer(mux)
	server.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	server.Start()
	t.Cleanup(server.Close)
	d.wechat.ours = server.URL
	return d
}

func (d *desk) later(by time.Duration) { d.clock.Move(clock.Now(d.ctx).Add(by)) }

// work runs what is due, as often as there is something, and answers what the first failure was.
func (d *desk) work() (failed error) {
	d.t.Helper()
	super := d.Super(d.t, tenants.Home)
	kinds := map[string]jobs.Kind{}
	for _, k := range d.Jobs() {
		kinds[k.Name] = k
	}
	for {
		var id uuid.UUID
		var kind string
		var payload []byte
		err := super.QueryRow(d.ctx, "SELECT id, kind, payload FROM outbox WHERE tenant_id=0 AND kind LIKE 'wechat.%' AND next_at <= $1 ORDER BY next_at, id LIMIT 1", clock.Now(d.ctx)).Scan(&id, &kind, &payload)
		if err != nil {
			return failed
		}
		if err := kinds[kind].Outside(d.ctx, jobs.Env{DB: d.DB, Placement: tenants.Home, Job: id, Attempt: 1}, payload); err != nil {
			_, err2 := super.Exec(d.ctx, "UPDATE outbox SET next_at = $2 WHERE id = $1", id, clock.Now(d.ctx).Add(time.Minute))
			must(d.t, err2)
			if failed == nil {
				failed = err
			}
			continue
		}
		_, err = super.Exec(d.ctx, "DELETE FROM outbox WHERE id = $1", id)
		must(d.t, err)
	}
}

func (d *desk) row() *Program {
	d.t.Helper()
	m, err := d.program(d.ctx, "district = ?", huqiu)
	must(d.t, err)
	return m
}

// is fails unless the district's mini-program stands so.
func (d *desk) is(want State) *Program {
	d.t.Helper()
	m := d.row()
	if m.State != want {
		d.t.Fatalf("it stands at %s (%s %s), want %s", m.State, m.Trouble, m.Reason, want)
	}
	return m
}

// granted brings the district's grant.
func (d *desk) grantedBy() {
	d.t.Helper()
	d.wechat.ticket()
	must(d.t, d.Ask(d.ctx, Wish{District: huqiu, Colour: "#1677ff", Contact: "0512-68000000", By: 7}))
	must(d.t, d.work())
	if status := d.wechat.grant(d.is(Linked).Link, d.appid); status != http.StatusOK {
		d.t.Fatalf("back from granting: %d", status)
	}
	must(d.t, d.work())
	d.is(Authorized)
}

// A district grants, its mini-program is brought to the audit, is refused with a reason, mended, passes and is released; then
// the next version the same way.
func TestADistrictsMiniProgram(t *testing.T) {
	d := open(t)
	d.grantedBy()
	if m := d.row(); m.AppID != d.appid || m.Code != nil || m.Link != "" {
		t.Errorf("granted: %+v", m)
	}
	must(t, d.Begin(d.ctx, huqiu, 12, "1.0.0"))
	must(t, d.work())
	d.is(Auditing)
	a := d.wechat.apps[d.appid]
	if diff := cmp.Diff([]string{"https://wanjie.example"}, a.domains); diff != "" {
		t.Errorf("domains: %s", diff)
	}
	if diff := cmp.Diff([]string{"PhoneNumber", "Location", "Album", "Camera"}, a.purposes); diff != "" || a.contact != "0512-68000000" {
		t.Errorf("privacy: %s, %s", diff, a.contact)
	}
	if a.version != "1.0.0" || a.template != 12 || a.ext["extAppid"] != d.appid {
		t.Errorf("committed %s of %d with %v", a.version, a.template, a.ext)
	}
	if err := d.Begin(d.ctx, huqiu, 12, "1.0.1"); !fault.Is(err, fault.Conflict) {
		t.Errorf("another version beside an audit: %v", err)
	}
	d.later(3 * time.Hour)
	d.wechat.judge(d.appid, false, true, "1:帐号信息不符合规范:<br>头像与街道无关")
	if m := d.is(Refused); m.Reason != "1:帐号信息不符合规范:<br>头像与街道无关" {
		t.Errorf("reason %q", m.Reason)
	}
	d.wechat.ticket()
	must(t, d.Begin(d.ctx, huqiu, 12, "1.0.1"))
	must(t, d.work())
	d.wechat.judge(d.appid, true, true, "")
	must(t, d.work())
	if m := d.is(Released); m.Released != "1.0.1" || m.Reason != "" || a.released != "1.0.1" {
		t.Errorf("released: %+v, at WeChat %s", m, a.released)
	}
	d.later(30 * time.Hour)
	d.wechat.ticket()
	must(t, d.Begin(d.ctx, huqiu, 13, "1.1.0"))
	must(t, d.work())
	if m := d.is(Auditing); m.Released != "1.0.1" {
		t.Errorf("residents have %q while the next is audited", m.Released)
	}
}

// Nothing that opens a door stands in the database as it is.
func TestSecretsAreSealed(t *testing.T) {
	d := open(t)
	d.grantedBy()
	must(t, d.Begin(d.ctx, huqiu, 1, "1"))
	must(t, d.work())
	var text string
	must(t, d.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT (SELECT string_agg(encode(coalesce(access,'')||coalesce(refresh,''), 'escape'), '') FROM ctl.mini_programs) || (SELECT encode(ticket||token, 'escape') FROM ctl.wechat_platform) || coalesce((SELECT string_agg(payload::text, '') FROM outbox WHERE kind LIKE 'wechat.%'), '')").Scan(&text))
	for _, secret := range []string{"ticket-", "platform-token-", "access-", "refresh-", "code-"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s… stands open in the database", secret)
		}
	}
}

// Tokens end after two hours and change with every use; ones that WeChat does not take any more are changed once and the call
// goes on.
func TestTokensEndAndChange(t *testing.T) {
	d := open(t)
	d.grantedBy()
	first := d.wechat.apps[d.appid].refresh
	d.later(5 * time.Hour)
	d.wechat.ticket()
	must(t, d.Begin(d.ctx, huqiu, 1, "1"))
	must(t, d.work())
	d.is(Auditing)
	if d.wechat.apps[d.appid].refresh == first {
		t.Error("the token was not changed")
	}
	// WeChat forgets all of them: ours still look good.
	clear(d.wechat.platform)
	clear(d.wechat.apps[d.appid].access)
	d.wechat.judge(d.appid, true, true, "")
	must(t, d.work())
	d.is(Released)
	// Without a ticket for twelve hours nothing goes, and the page says why; with the next it goes on.
	d.later(13 * time.Hour)
	must(t, d.Begin(d.ctx, huqiu, 1, "2"))
	if err := d.work(); err == nil || d.is(Preparing).Trouble == "" {
		t.Errorf("an old ticket: %v", err)
	}
	d.wechat.ticket()
	d.later(time.Minute)
	must(t, d.work())
	if m := d.is(Auditing); m.Trouble != "" {
		t.Errorf("it went on, and still says %s", m.Trouble)
	}
}

// WeChat counts calls a day: the step waits and goes on, and what was done is not done wrong by doing it twice.
func TestTodaysCallsAreUsedUp(t *testing.T) {
	d := open(t)
	d.grantedBy()
	d.wechat.quota["/wxa/submit_audit"] = 0
	must(t, d.Begin(d.ctx, huqiu, 1, "1"))
	if err := d.work(); !is(err, tooMany) {
		t.Errorf("without calls left: %v", err)
	}
	if m := d.is(Preparing); m.Trouble != "45009" {
		t.Errorf("trouble %q", m.Trouble)
	}
	delete(d.wechat.quota, "/wxa/submit_audit")
	d.later(time.Minute)
	must(t, d.work())
	d.is(Auditing)
}

// A step that was done and whose answer was lost finds what it did: one audit, one release.
func TestALostAnswerIsNoSecondAudit(t *testing.T) {
	d := open(t)
	d.grantedBy()
	must(t, d.Begin(d.ctx, huqiu, 1, "1"))
	d.wechat.lost["/wxa/submit_audit"] = 1
	if d.work() == nil {
		t.Error("no answer is no failure")
	}
	d.is(Preparing)
	d.later(time.Minute)
	must(t, d.work())
	if m := d.is(Auditing); m.Audit != d.wechat.apps[d.appid].audit {
		t.Errorf("audit %d, at WeChat %d", m.Audit, d.wechat.apps[d.appid].audit)
	}
	d.wechat.judge(d.appid, true, true, "")
	d.wechat.lost["/wxa/release"] = 1
	if d.work() == nil {
		t.Error("no answer is no failure")
	}
	d.later(time.Minute)
	must(t, d.work())
	d.is(Released)
}

// The event of an audit was lost: after six hours it is asked for. One of an earlier version, pushed again, is not about this.
func TestALostResultIsAskedFor(t *testing.T) {
	d := open(t)
	d.grantedBy()
	must(t, d.Begin(d.ctx, huqiu, 1, "1"))
	must(t, d.work())
	d.wechat.judge(d.appid, false, false, "缺少服务类目")
	d.later(5 * time.Hour)
	must(t, d.work())
	d.is(Auditing)
	d.wechat.ticket()
	d.later(time.Hour)
	must(t, d.work())
	if m := d.is(Refused); m.Reason != "缺少服务类目" {
		t.Errorf("reason %q", m.Reason)
	}
	must(t, d.Begin(d.ctx, huqiu, 1, "2"))
	must(t, d.work())
	d.is(Auditing)
	if status := d.wechat.push("/wechat/events/"+d.appid, "<xml><CreateTime>1</CreateTime><Event>weapp_audit_fail</Event><Reason>缺少服务类目</Reason></xml>"); status != http.StatusOK {
		t.Errorf("an old result: %d", status)
	}
	d.is(Auditing)
}

// The district takes its grant back, by WeChat's page or so that its token holds no more; asked again, it grants anew and
// residents keep what was released.
func TestAGrantTakenBack(t *testing.T) {
	d := open(t)
	d.grantedBy()
	must(t, d.Begin(d.ctx, huqiu, 1, "1"))
	must(t, d.work())
	d.wechat.judge(d.appid, true, true, "")
	must(t, d.work())
	d.later(time.Hour)
	back := "<xml><CreateTime>" + strconv.FormatInt(clock.Now(d.ctx).Unix(), 10) + "</CreateTime><InfoType>unauthorized</InfoType><AuthorizerAppid>wxhuqiu</AuthorizerAppid></xml>"
	d.wechat.push("/wechat/platform", back)
	if m := d.is(Revoked); m.Refresh != nil || m.Access != nil || m.Released != "1" {
		t.Errorf("taken back: %+v", m)
	}
	if err := d.Begin(d.ctx, huqiu, 1, "2"); !fault.Is(err, fault.Conflict) {
		t.Errorf("a release without a grant: %v", err)
	}
	d.later(30 * 24 * time.Hour)
	d.grantedBy()
	d.wechat.push("/wechat/platform", back) // WeChat pushes the old one again
	d.is(Authorized)
	d.wechat.apps[d.appid].refresh = "another"
	d.later(3 * time.Hour)
	must(t, d.Begin(d.ctx, huqiu, 1, "2"))
	if err := d.work(); !is(err, lostGrant) {
		t.Errorf("a token that holds no more: %v", err)
	}
	d.is(Revoked)
}

// A link is used once and in time, and only by whoever was given it.
func TestTheLinkToGrant(t *testing.T) {
	d := open(t)
	must(t, d.Ask(d.ctx, Wish{District: huqiu, Colour: "#1677ff", Contact: "1", By: 7}))
	if err := d.work(); err == nil || !strings.Contains(d.is(Asked).Trouble, "ticket") {
		t.Errorf("before the first ticket: %v, %s", err, d.row().Trouble)
	}
	d.wechat.ticket()
	d.later(time.Minute)
	must(t, d.work())
	link := d.is(Linked).Link
	if res, err := http.Get(d.wechat.ours + "/wechat/granted/" + uuid.NewString() + "?auth_code=x"); err != nil || res.StatusCode != http.StatusNotFound {
		t.Errorf("a made-up link: %v", err)
	}
	d.later(time.Hour)
	if res, err := http.Get(d.wechat.ours + "/wechat/granted/" + d.row().ID.String() + "?auth_code=x"); err != nil || res.StatusCode != http.StatusNotFound {
		t.Errorf("a link of an hour ago: %v", err)
	}
	must(t, d.Ask(d.ctx, Wish{District: huqiu, Colour: "#1677ff", Contact: "1", By: 7}))
	must(t, d.work())
	if again := d.is(Linked).Link; again == link {
		t.Error("asked again, the link is the old one")
	}
	d.wechat.grant(d.row().Link, d.appid)
	must(t, d.work())
	if res, err := http.Get(d.wechat.ours + "/wechat/granted/" + d.row().ID.String() + "?auth_code=x"); err != nil || res.StatusCode != http.StatusNotFound {
		t.Errorf("a link used twice: %v", err)
	}
	if err := d.Ask(d.ctx, Wish{District: huqiu, Colour: "#1677ff", Contact: "1", By: 7}); !fault.Is(err, fault.Conflict) {
		t.Errorf("asked though granted: %v", err)
	}
}

// Who is not WeChat changes nothing.
func TestForgedMessages(t *testing.T) {
	d := open(t)
	d.wechat.ticket()
	good := d.wechat.cipher
	forged := func(name, token, key, appid string) {
		t.Helper()
		c, err := NewCipher(token, key, appid)
		must(t, err)
		d.wechat.cipher = c
		if status := d.wechat.push("/wechat/platform", "<xml><CreateTime>9999999999</CreateTime><InfoType>component_verify_ticket</InfoType><ComponentVerifyTicket>evil</ComponentVerifyTicket></xml>"); status != http.StatusForbidden {
			t.Errorf("%s: %d", name, status)
		}
		d.wechat.cipher = good
	}
	forged("another token", "guessed", settings.AESKey, settings.AppID)
	forged("another key", settings.Token, strings.Repeat("z", 42)+"A", settings.AppID)
	forged("another platform's message", settings.Token, settings.AESKey, "wxother")
	for _, body := range []string{"", "<xml>", "<xml><Encrypt>%%%</Encrypt></xml>", strings.Repeat("x", most+1)} {
		res, err := http.Post(d.wechat.ours+"/wechat/platform?msg_signature=x", "text/xml", strings.NewReader(body))
		must(t, err)
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if res.StatusCode != http.StatusForbidden {
			t.Errorf("%.20q: %d", body, res.StatusCode)
		}
	}
	// An older ticket that comes late does not take the newer one's place.
	d.wechat.push("/wechat/platform", "<xml><CreateTime>1</CreateTime><InfoType>component_verify_ticket</InfoType><ComponentVerifyTicket>old</ComponentVerifyTicket></xml>")
	if _, err := d.token(d.ctx, true); err != nil {
		t.Errorf("the ticket that holds: %v", err)
	}
}

func FuzzCipher(f *testing.F) {
	c, err := NewCipher(settings.Token, settings.AESKey, settings.AppID)
	must(f, err)
	f.Add("PHhtbD4=")
	f.Add("")
	f.Add(strings.Repeat("A", 64))
	f.Fuzz(func(t *testing.T, encrypted string) {
		// Signed right, but not encrypted by who knows the key: refused, and never a panic.
		if text, err := c.Open(c.signature("1", "2", encrypted), "1", "2", encrypted); err == nil {
			t.Errorf("%q was opened as %q", encrypted, text)
		}
	})
}

func TestCipherSettings(t *testing.T) {
	for _, key := range []string{"", "short", strings.Repeat("!", 43)} {
		if _, err := NewCipher("t", key, "wx"); err == nil {
			t.Errorf("the key %q is taken", key)
		}
	}
	if p, err := New(nil, Settings{}, nil, nil); p != nil || err != nil {
		t.Errorf("without settings: %v, %v", p, err)
	}
}
