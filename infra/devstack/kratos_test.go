package devstack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	ory "github.com/ory/kratos-client-go"
	"github.com/pquerna/otp/totp"
)

// message is what Kratos posts to the application, see courier.jsonnet.
type message struct {
	Channel, Recipient, Template, Subject, Body, Code string
	Transient                                         map[string]any
	key                                               string
}

// door is a running Kratos with its two APIs and its messages.
type door struct {
	t             *testing.T
	public, admin *ory.APIClient
	messages      chan message
}

func openDoor(t *testing.T) *door {
	t.Helper()
	d := &door{t: t, messages: make(chan message, 100)}
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		m := message{key: r.Header.Get("X-Courier-Key")}
		if err := json.Unmarshal(b, &m); err != nil {
			t.Errorf("Kratos posts %s: %v", b, err)
		}
		d.messages <- m
	}))
	t.Cleanup(hook.Close)
	s := start(t, Options{Dir: t.TempDir(), NoRedis: true, CourierURL: hook.URL, CourierKey: "the key"})
	client := func(url string) *ory.APIClient {
		c := ory.NewConfiguration()
		c.Servers = ory.ServerConfigurations{{URL: url}}
		return ory.NewAPIClient(c)
	}
	d.public, d.admin = client(s.KratosPublicURL), client(s.KratosAdminURL)
	return d
}

// in is the door as a subtest sees it.
func (d *door) in(t *testing.T) *door {
	t.Helper()
	sub := *d
	sub.t = t
	return &sub
}

// answer says what Kratos replied, for messages of a test.
func answer(err error) string {
	var g *ory.GenericOpenAPIError
	if errors.As(err, &g) {
		return g.Error() + ": " + string(g.Body())
	}
	return err.Error()
}

func must[T any](t *testing.T, v T, _ *http.Response, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(answer(err))
	}
	return v
}

func (d *door) create(schema string, traits map[string]any, password string) (*ory.Identity, *http.Response, error) {
	body := ory.NewCreateIdentityBody(schema, traits)
	if password != "" {
		body.Credentials = &ory.IdentityWithCredentials{Password: &ory.IdentityWithCredentialsPassword{
			Config: &ory.IdentityWithCredentialsPasswordConfig{Password: &password}}}
	}
	return d.admin.IdentityAPI.CreateIdentity(d.t.Context()).CreateIdentityBody(*body).Execute()
}

func (d *door) loginFlow(token, aal string) *ory.LoginFlow {
	d.t.Helper()
	r := d.public.FrontendAPI.CreateNativeLoginFlow(d.t.Context())
	if token != "" {
		r = r.XSessionToken(token).Aal(aal)
	}
	flow, res, err := r.Execute()
	return must(d.t, flow, res, err)
}

func (d *door) submit(flow, token string, body ory.UpdateLoginFlowBody) (*ory.SuccessfulNativeLogin, *http.Response, error) {
	r := d.public.FrontendAPI.UpdateLoginFlow(d.t.Context()).Flow(flow).UpdateLoginFlowBody(body)
	if token != "" {
		r = r.XSessionToken(token)
	}
	return r.Execute()
}

func (d *door) password(identifier, password string) (*ory.SuccessfulNativeLogin, *http.Response, error) {
	return d.submit(d.loginFlow("", "").Id, "", ory.UpdateLoginFlowBody{UpdateLoginFlowWithPasswordMethod: &ory.UpdateLoginFlowWithPasswordMethod{
		Method: "password", Identifier: identifier, Password: password}})
}

// code logs in by text message, both steps.
func (d *door) code(phone string) *ory.SuccessfulNativeLogin {
	d.t.Helper()
	flow := d.loginFlow("", "").Id
	body := ory.UpdateLoginFlowWithCodeMethod{Method: "code", Identifier: &phone, TransientPayload: map[string]any{"street": "枫桥街道"}}
	_, _, err := d.submit(flow, "", ory.UpdateLoginFlowBody{UpdateLoginFlowWithCodeMethod: &body})
	// The first step is answered by 400 with the flow; that is how Kratos does it.
	if err == nil || !strings.Contains(answer(err), `"state":"sent_email"`) {
		d.t.Fatalf("asking for a code: %v", err)
	}
	m := d.message()
	if m.Channel != "sms" || m.Recipient != phone || m.Template != "login_code_valid" || m.key != "the key" ||
		len(m.Code) != 6 || !strings.Contains(m.Body, "验证码是 "+m.Code) || m.Transient["street"] != "枫桥街道" {
		d.t.Errorf("the message is %+v", m)
	}
	body.Code = &m.Code
	in, res, err := d.submit(flow, "", ory.UpdateLoginFlowBody{UpdateLoginFlowWithCodeMethod: &body})
	return must(d.t, in, res, err)
}

func (d *door) message() message {
	d.t.Helper()
	select {
	case m := <-d.messages:
		return m
	case <-time.After(10 * time.Second):
		d.t.Fatal("no message came")
		return message{}
	}
}

// aal asks who a token is, and returns how strongly it was proved.
func (d *door) aal(token string) string {
	d.t.Helper()
	s, res, err := d.public.FrontendAPI.ToSession(d.t.Context()).XSessionToken(token).Execute()
	return string(must(d.t, s, res, err).GetAuthenticatorAssuranceLevel())
}

// enrol sets up TOTP in a session and returns the secret.
func (d *door) enrol(token string) string {
	d.t.Helper()
	flow, res, err := d.public.FrontendAPI.CreateNativeSettingsFlow(d.t.Context()).XSessionToken(token).Execute()
	must(d.t, flow, res, err)
	secret := ""
	for _, n := range flow.Ui.Nodes {
		if a := n.Attributes.UiNodeTextAttributes; a != nil && a.Id == "totp_secret_key" {
			secret, _ = a.Text.Context["secret"].(string)
		}
	}
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		d.t.Fatalf("secret %q: %v", secret, err)
	}
	d.settings(flow.Id, token, ory.UpdateSettingsFlowBody{UpdateSettingsFlowWithTotpMethod: &ory.UpdateSettingsFlowWithTotpMethod{
		Method: "totp", TotpCode: &code}})
	return secret
}

func (d *door) settings(flow, token string, body ory.UpdateSettingsFlowBody) *ory.SettingsFlow {
	d.t.Helper()
	f, res, err := d.public.FrontendAPI.UpdateSettingsFlow(d.t.Context()).Flow(flow).XSessionToken(token).UpdateSettingsFlowBody(body).Execute()
	return must(d.t, f, res, err)
}

// secondFactor lifts a session to aal2 by TOTP.
func (d *door) secondFactor(token, secret string) {
	d.t.Helper()
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		d.t.Fatal(err)
	}
	in, res, err := d.submit(d.loginFlow(token, "aal2").Id, token, ory.UpdateLoginFlowBody{UpdateLoginFlowWithTotpMethod: &ory.UpdateLoginFlowWithTotpMethod{
		Method: "totp", TotpCode: code}})
	must(d.t, in, res, err)
}

// The configuration does what kratos.yml and the schemas say, in the order in which a street meets it.
func TestKratosConfiguration(t *testing.T) {
	d := openDoor(t)
	const pass = "correct-horse-9"

	t.Run("identities", func(t *testing.T) {
		d := d.in(t)
		for _, c := range []struct {
			schema string
			traits map[string]any
			ok     bool
		}{
			{"staff", map[string]any{"name": "甲", "phone": "+8613800000001"}, true},
			{"staff", map[string]any{"name": "乙", "email": "yi@example.cn"}, true},
			{"staff", map[string]any{"name": "丙"}, false},                      // nothing to log in with
			{"staff", map[string]any{"phone": "+8613800000002"}, false},        // no name
			{"staff", map[string]any{"name": "丁", "phone": "12345"}, false},    // no telephone number
			{"staff", map[string]any{"name": "戊", "email": "nonsense"}, false}, // no address
			{"resident", map[string]any{"phone": "+8613900000001"}, true},
			{"resident", map[string]any{"phone": "+8613900000002", "name": "己"}, false}, // names stay with the street
			{"resident", map[string]any{}, false},
		} {
			_, _, err := d.create(c.schema, c.traits, "")
			if (err == nil) != c.ok {
				t.Errorf("%s %v: %v", c.schema, c.traits, err)
			}
		}
		_, res, err := d.create("staff", map[string]any{"name": "庚", "phone": "+8613800000001"}, "")
		if err == nil || res.StatusCode != http.StatusConflict {
			t.Errorf("the same telephone twice: %v", err)
		}
		if _, _, err := d.public.FrontendAPI.CreateNativeRegistrationFlow(t.Context()).Execute(); err == nil {
			t.Error("anybody can register")
		}
	})

	t.Run("staff by password and second factor", func(t *testing.T) {
		d := d.in(t)
		both := map[string]any{"name": "辛", "phone": "+8613800000010", "email": "xin@example.cn"}
		id, res, err := d.create("staff", both, pass)
		must(t, id, res, err)
		if _, _, err := d.password("xin@example.cn", "wrong-horse-9"); err == nil {
			t.Error("a wrong password opens the door")
		}
		var token string
		for _, identifier := range []string{"xin@example.cn", "+8613800000010"} {
			in, res, err := d.password(identifier, pass)
			token = *must(t, in, res, err).SessionToken
		}
		if got := d.aal(token); got != "aal1" {
			t.Errorf("after the password: %s", got)
		}
		secret := d.enrol(token) // the first second factor, from a session of one factor

		in, res, err := d.password("xin@example.cn", pass)
		token = *must(t, in, res, err).SessionToken
		if got := d.aal(token); got != "aal1" {
			t.Errorf("the application must see the session of one factor: %s", got)
		}
		_, res, err = d.public.FrontendAPI.CreateNativeSettingsFlow(t.Context()).XSessionToken(token).Execute()
		if err == nil || res.StatusCode != http.StatusForbidden || !strings.Contains(answer(err), "session_aal2_required") {
			t.Errorf("one factor may change the second: %v", err)
		}
		d.secondFactor(token, secret)
		if got := d.aal(token); got != "aal2" {
			t.Errorf("after the second factor: %s", got)
		}
		d.recoveryCodes(token, "xin@example.cn", pass)
	})

	t.Run("staff by text message", func(t *testing.T) {
		d := d.in(t)
		id, res, err := d.create("staff", map[string]any{"name": "壬", "phone": "+8613800000020"}, "")
		must(t, id, res, err)
		in := d.code("+8613800000020")
		if got := d.aal(*in.SessionToken); got != "aal1" {
			t.Errorf("after the code: %s", got)
		}
		// Without a password the second factor must work as well (ory/kratos#4285).
		secret := d.enrol(*in.SessionToken)
		token := *d.code("+8613800000020").SessionToken
		if got := d.aal(token); got != "aal1" {
			t.Errorf("after the code, with TOTP enrolled: %s", got)
		}
		d.secondFactor(token, secret)
		if got := d.aal(token); got != "aal2" {
			t.Errorf("after the code and TOTP: %s", got)
		}
	})

	t.Run("staff mail is no code login", func(t *testing.T) {
		d := d.in(t)
		id, res, err := d.create("staff", map[string]any{"name": "癸", "email": "gui@example.cn"}, "")
		must(t, id, res, err)
		mail := "gui@example.cn"
		_, _, err = d.submit(d.loginFlow("", "").Id, "", ory.UpdateLoginFlowBody{UpdateLoginFlowWithCodeMethod: &ory.UpdateLoginFlowWithCodeMethod{
			Method: "code", Identifier: &mail}})
		if err == nil || strings.Contains(answer(err), `"state":"sent_email"`) {
			t.Errorf("a code by e-mail opens the door: %v", err)
		}
	})

	t.Run("resident", func(t *testing.T) {
		d := d.in(t)
		id, res, err := d.create("resident", map[string]any{"phone": "+8613900000010"}, "")
		must(t, id, res, err)
		in := d.code("+8613900000010")
		if got := in.Session.Identity.SchemaId; got != "resident" {
			t.Errorf("logged in with schema %s", got)
		}
		if _, _, err := d.create("resident", map[string]any{"phone": "+8613900000011"}, pass); err == nil {
			if _, _, err := d.password("+8613900000011", pass); err == nil {
				t.Error("a resident logs in by password")
			}
		}
	})

	t.Run("invitation and recovery", func(t *testing.T) {
		d := d.in(t)
		id, res, err := d.create("staff", map[string]any{"name": "子", "phone": "+8613800000030"}, "")
		must(t, id, res, err)
		// Somebody with a telephone only can be invited with a code as well.
		body := ory.NewCreateRecoveryCodeForIdentityBody(id.Id)
		body.SetFlowType("api")
		rc, res, err := d.admin.IdentityAPI.CreateRecoveryCodeForIdentity(t.Context()).CreateRecoveryCodeForIdentityBody(*body).Execute()
		if must(t, rc, res, err); len(rc.RecoveryCode) < 6 {
			t.Errorf("the recovery code is %q", rc.RecoveryCode)
		}

		id, res, err = d.create("staff", map[string]any{"name": "丑", "email": "chou@example.cn"}, pass)
		must(t, id, res, err)
		flow, res, err := d.public.FrontendAPI.CreateNativeRecoveryFlow(t.Context()).Execute()
		must(t, flow, res, err)
		mail := "chou@example.cn"
		f, res, err := d.public.FrontendAPI.UpdateRecoveryFlow(t.Context()).Flow(flow.Id).UpdateRecoveryFlowBody(ory.UpdateRecoveryFlowBody{
			UpdateRecoveryFlowWithCodeMethod: &ory.UpdateRecoveryFlowWithCodeMethod{Method: "code", Email: &mail}}).Execute()
		must(t, f, res, err)
		m := d.message()
		if m.Channel != "email" || m.Recipient != mail || m.Subject != "找回密码验证码" || m.Code == "" || !strings.Contains(m.Body, m.Code) {
			t.Errorf("the message is %+v", m)
		}
		f, res, err = d.public.FrontendAPI.UpdateRecoveryFlow(t.Context()).Flow(flow.Id).UpdateRecoveryFlowBody(ory.UpdateRecoveryFlowBody{
			UpdateRecoveryFlowWithCodeMethod: &ory.UpdateRecoveryFlowWithCodeMethod{Method: "code", Code: &m.Code}}).Execute()
		must(t, f, res, err)
		token := ""
		for _, c := range f.ContinueWith {
			if c.ContinueWithSetOrySessionToken != nil {
				token = c.ContinueWithSetOrySessionToken.OrySessionToken
			}
		}
		if got := d.aal(token); got != "aal1" {
			t.Errorf("after recovery: %s", got)
		}
	})
}

// recoveryCodes makes lookup secrets in an aal2 session and uses one as the second factor of the next login.
func (d *door) recoveryCodes(token, identifier, password string) {
	d.t.Helper()
	yes := true
	flow, res, err := d.public.FrontendAPI.CreateNativeSettingsFlow(d.t.Context()).XSessionToken(token).Execute()
	must(d.t, flow, res, err)
	after := d.settings(flow.Id, token, ory.UpdateSettingsFlowBody{UpdateSettingsFlowWithLookupMethod: &ory.UpdateSettingsFlowWithLookupMethod{
		Method: "lookup_secret", LookupSecretRegenerate: &yes}})
	var secrets []any
	for _, n := range after.Ui.Nodes {
		if a := n.Attributes.UiNodeTextAttributes; a != nil && a.Id == "lookup_secret_codes" {
			secrets, _ = a.Text.Context["secrets"].([]any)
		}
	}
	if len(secrets) == 0 {
		d.t.Fatal("no lookup secrets")
	}
	d.settings(flow.Id, token, ory.UpdateSettingsFlowBody{UpdateSettingsFlowWithLookupMethod: &ory.UpdateSettingsFlowWithLookupMethod{
		Method: "lookup_secret", LookupSecretConfirm: &yes}})
	in, res, err := d.password(identifier, password)
	token = *must(d.t, in, res, err).SessionToken
	code := secrets[0].(map[string]any)["context"].(map[string]any)["secret"].(string)
	in, res, err = d.submit(d.loginFlow(token, "aal2").Id, token, ory.UpdateLoginFlowBody{UpdateLoginFlowWithLookupSecretMethod: &ory.UpdateLoginFlowWithLookupSecretMethod{
		Method: "lookup_secret", LookupSecret: code}})
	must(d.t, in, res, err)
	if got := d.aal(token); got != "aal2" {
		d.t.Errorf("after a lookup secret: %s", got)
	}
}

// kratos.yml is also what an installation starts from: it runs without our overlay and without --dev, once the folder
// is in place and the environment gives what the file leaves out.
func TestReferenceConfiguration(t *testing.T) {
	dir := t.TempDir()
	s := start(t, Options{Dir: dir, NoRedis: true, CourierURL: "http://127.0.0.1:9/"})
	conf := filepath.Join(dir, "kratos")
	if info, err := os.Stat(filepath.Join(conf, "overlay.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the overlay, which holds the courier's key: %v %v", info, err)
	}
	bin, err := s.kratosBinary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	reference, err := os.ReadFile(filepath.Join(conf, "kratos.yml"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "reference.yml")
	_, err = s.serve(t.Context(), 2, func(ports []int) (*child, error) {
		text := strings.NewReplacer("/etc/kratos", conf, "port: 4433", fmt.Sprintf("port: %d", ports[0]),
			"port: 4434", fmt.Sprintf("port: %d", ports[1])).Replace(string(reference))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return nil, err
		}
		cmd := exec.Command(bin, "serve", "-c", file)
		cmd.Env = append(environment(), "DSN="+s.KratosDSN, "SECRETS_COOKIE=a-cookie-secret-of-production", "SECRETS_CIPHER=a-cipher-secret-of-32-characters")
		return spawn(dir, "reference", cmd, syscall.SIGTERM, syscall.SIGKILL)
	}, func(ctx context.Context, _ *child, ports []int) error {
		return healthy(ctx, fmt.Sprintf("http://127.0.0.1:%d/admin/health/ready", ports[1]))
	})
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(filepath.Join(dir, "reference.log"))
	if err != nil || strings.Contains(string(log), "secret") || strings.Contains(string(log), `"level":"error"`) {
		t.Errorf("the log: %s %v", log, err)
	}
}
