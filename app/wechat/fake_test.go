package wechat

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"wanjie/app/clock"
)

// seal encrypts as WeChat does before it pushes.
func (c *Cipher) seal(t *testing.T, message []byte) string {
	t.Helper()
	text := append(bytes.Repeat([]byte{'r'}, random), binary.BigEndian.AppendUint32(nil, uint32(len(message)))...)
	text = append(append(text, message...), c.appid...)
	pad := block - len(text)%block
	text = append(text, bytes.Repeat([]byte{byte(pad)}, pad)...)
	b, err := aes.NewCipher(c.key)
	if err != nil {
		t.Fatal(err)
	}
	cipher.NewCBCEncrypter(b, c.key[:aes.BlockSize]).CryptBlocks(text, text)
	return base64.StdEncoding.EncodeToString(text)
}

// wechat is WeChat as its platform for third parties behaves: tickets and tokens end, codes are used once, refresh tokens
// change with every use, calls are counted, audits wait for somebody.
type wechat struct {
	t      *testing.T
	ctx    context.Context //nolint:containedctx // holds the clock of the test
	server *httptest.Server
	cipher *Cipher
	ours   string // where it pushes

	n        int // of whatever is made next
	tickets  map[string]time.Time
	platform map[string]time.Time // its tokens, with their ends
	before   map[string]time.Time // codes before a grant
	codes    map[string]string    // of a grant: appid
	apps     map[string]*app
	quota    map[string]int // calls left, by path; none: as many as one likes
	broken   map[string]int // calls to answer with 502, by path
	lost     map[string]int // calls to do and then not to answer, by path
	calls    []string
}

// app is a mini-program at WeChat.
type app struct {
	access    map[string]time.Time
	refresh   string
	domains   []string
	purposes  []string
	contact   string
	ext       map[string]any
	version   string // committed
	template  int
	audit     int64
	judgement int // of the audit: 2 is under way
	reason    string
	passed    bool // and not yet released
	released  string
}

func newWechat(ctx context.Context, t *testing.T, c *Cipher) *wechat {
	t.Helper()
	w := &wechat{t: t, ctx: ctx, cipher: c, tickets: map[string]time.Time{}, platform: map[string]time.Time{}, before: map[string]time.Time{}, codes: map[string]string{}, apps: map[string]*app{},
		quota: map[string]int{}, broken: map[string]int{}, lost: map[string]int{}}
	w.server = httptest.NewServer(w)
	t.Cleanup(w.server.Close)
	return w
}

func (w *wechat) now() time.Time { return clock.Now(w.ctx) }

func (w *wechat) make(what string) string {
	w.n++
	return fmt.Sprintf("%s-%d", what, w.n)
}

// no is one of WeChat's refusals.
type no int

func (w *wechat) ServeHTTP(res http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	w.calls = append(w.calls, path)
	if w.broken[path] > 0 {
		w.broken[path]--
		http.Error(res, "bad gateway", http.StatusBadGateway)
		return
	}
	var in map[string]any
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		w.t.Errorf("%s: %v", path, err)
	}
	out := w.answer(path, r.URL.Query(), in)
	if w.lost[path] > 0 {
		w.lost[path]--
		http.Error(res, "gateway timeout", http.StatusGatewayTimeout)
		return
	}
	if code, refused := out.(no); refused {
		out = map[string]any{"errcode": int(code), "errmsg": "refused rid: 1234"}
	}
	_ = json.NewEncoder(res).Encode(out)
}

func (w *wechat) answer(path string, q url.Values, in map[string]any) any {
	if left, counted := w.quota[path]; counted {
		if left == 0 {
			return no(tooMany)
		}
		w.quota[path]--
	}
	said := func(name string) string { s, _ := in[name].(string); return s }
	if path == "/cgi-bin/component/api_component_token" {
		end, ok := w.tickets[said("component_verify_ticket")]
		if !ok || w.now().After(end) || said("component_appsecret") != "secret" {
			return no(61006)
		}
		token := w.make("platform-token")
		w.platform[token] = w.now().Add(2 * time.Hour)
		return map[string]any{"component_access_token": token, "expires_in": 7200}
	}
	if strings.HasPrefix(path, "/cgi-bin/component/api_") {
		if end, ok := w.platform[q.Get("component_access_token")]; !ok || w.now().After(end) {
			return no(endedToken)
		}
		return w.ofPlatform(path, said)
	}
	for _, a := range w.apps {
		if end, ok := a.access[q.Get("access_token")]; ok {
			if w.now().After(end) {
				return no(endedToken)
			}
			return w.ofApp(path, a, in)
		}
	}
	return no(badToken)
}

func (w *wechat) ofPlatform(path string, said func(string) string) any {
	switch path {
	case "/cgi-bin/component/api_create_preauthcode":
		code := w.make("before")
		w.before[code] = w.now().Add(30 * time.Minute)
		return map[string]any{"pre_auth_code": code, "expires_in": 1800}
	case "/cgi-bin/component/api_query_auth":
		appid, ok := w.codes[said("authorization_code")]
		if !ok {
			return no(61010)
		}
		delete(w.codes, said("authorization_code"))
		a := &app{access: map[string]time.Time{}}
		w.apps[appid] = a
		return map[string]any{"authorization_info": w.tokens(appid, a)}
	case "/cgi-bin/component/api_authorizer_token":
		a := w.apps[said("authorizer_appid")]
		if a == nil || a.refresh != said("authorizer_refresh_token") {
			return no(lostGrant)
		}
		return w.tokens(said("authorizer_appid"), a)
	}
	w.t.Errorf("nobody asks WeChat for %s", path)
	return no(-1)
}

func (w *wechat) tokens(appid string, a *app) map[string]any {
	access := w.make("access")
	a.access[access], a.refresh = w.now().Add(2*time.Hour), w.make("refresh")
	return map[string]any{"authorizer_appid": appid, "authorizer_access_token": access, "authorizer_refresh_token": a.refresh, "expires_in": 7200}
}

func (w *wechat) ofApp(path string, a *app, in map[string]any) any {
	fine := map[string]any{"errcode": 0, "errmsg": "ok"}
	switch path {
	case "/wxa/modify_domain":
		a.domains = nil
		for _, d := range in["requestdomain"].([]any) {
			a.domains = append(a.domains, d.(string))
		}
		return fine
	case "/cgi-bin/component/setprivacysetting":
		a.purposes = nil
		for _, s := range in["setting_list"].([]any) {
			a.purposes = append(a.purposes, s.(map[string]any)["privacy_key"].(string))
		}
		a.contact = in["owner_setting"].(map[string]any)["contact_phone"].(string)
		return fine
	case "/wxa/commit":
		if err := json.Unmarshal([]byte(in["ext_json"].(string)), &a.ext); err != nil {
			return no(85013)
		}
		a.version, a.template = in["user_version"].(string), int(in["template_id"].(float64))
		return fine
	case "/wxa/submit_audit":
		if a.audit != 0 && a.judgement == 2 {
			return no(inAudit)
		}
		w.n++
		a.audit, a.judgement, a.passed = int64(w.n), 2, false
		return map[string]any{"errcode": 0, "auditid": a.audit}
	case "/wxa/get_latest_auditstatus":
		return map[string]any{"errcode": 0, "auditid": a.audit, "status": a.judgement, "reason": a.reason}
	case "/wxa/release":
		if !a.passed {
			if a.released == a.version {
				return no(wasReleased)
			}
			return no(85019)
		}
		a.released, a.passed = a.version, false
		return fine
	}
	w.t.Errorf("nobody asks WeChat for %s", path)
	return no(-1)
}

// push sends an encrypted message and answers our status.
func (w *wechat) push(path, text string) int {
	w.t.Helper()
	secret := w.cipher.seal(w.t, []byte(text))
	q := url.Values{"timestamp": {"1"}, "nonce": {"n"}, "msg_signature": {w.cipher.signature("1", "n", secret)}, "encrypt_type": {"aes"}}
	res, err := http.Post(w.ours+path+"?"+q.Encode(), "text/xml", strings.NewReader("<xml><AppId>x</AppId><Encrypt><![CDATA["+secret+"]]></Encrypt></xml>"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if res.StatusCode == http.StatusOK && string(body) != "success" {
		w.t.Errorf("WeChat wants success, and hears %q", body)
	}
	return res.StatusCode
}

// ticket pushes a new ticket, which holds for twelve hours.
func (w *wechat) ticket() {
	w.t.Helper()
	ticket := w.make("ticket")
	w.tickets[ticket] = w.now().Add(12 * time.Hour)
	if status := w.push("/wechat/platform", fmt.Sprintf("<xml><AppId>x</AppId><CreateTime>%d</CreateTime><InfoType>component_verify_ticket</InfoType><ComponentVerifyTicket><![CDATA[%s]]></ComponentVerifyTicket></xml>", w.now().Unix(), ticket)); status != http.StatusOK {
		w.t.Errorf("a ticket: %d", status)
	}
}

// grant is what a district's administrator does with the link: WeChat leads him back with a code. It answers our status.
func (w *wechat) grant(link, appid string) int {
	w.t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		w.t.Fatal(err)
	}
	if end, ok := w.before[u.Query().Get("pre_auth_code")]; !ok || w.now().After(end) {
		w.t.Fatalf("WeChat does not know the link %s", link)
	}
	code := w.make("code")
	w.codes[code] = appid
	back := strings.Replace(u.Query().Get("redirect_uri"), "https://wanjie.example", w.ours, 1)
	res, err := http.Get(back + "?auth_code=" + code + "&expires_in=3600")
	if err != nil {
		w.t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

// judge ends an audit; heard is whether we are told.
func (w *wechat) judge(appid string, ok, heard bool, reason string) {
	w.t.Helper()
	a := w.apps[appid]
	event := "weapp_audit_fail"
	a.judgement, a.reason, a.passed = refused, reason, ok
	if ok {
		event, a.judgement = "weapp_audit_success", passed
	}
	if !heard {
		return
	}
	if status := w.push("/wechat/events/"+appid, fmt.Sprintf("<xml><ToUserName>gh</ToUserName><CreateTime>%d</CreateTime><MsgType>event</MsgType><Event>%s</Event><Reason><![CDATA[%s]]></Reason></xml>", w.now().Unix(), event, reason)); status != http.StatusOK {
		w.t.Errorf("the result of an audit: %d", status)
	}
}
