package courier

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

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
		dir, err := os.MkdirTemp("", "wanjie-courier-")
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

func store(t *testing.T) *Store {
	t.Helper()
	return NewStore(tenantstest.Open(t).DB)
}

// text is a message that no other test sends.
func text(to string) Message {
	return Message{ID: tenants.NewID(), Via: SMS, Recipient: to, Body: "验证码 408219，" + uuid.NewString(), Code: "408219", Purpose: "login_code_valid"}
}

func TestMessagesAreSealed(t *testing.T) {
	t.Parallel()
	s, other := store(t), store(t) // two processes
	m := text("+8613812345678")
	m.Subject = "主题"
	id, err := s.Send(t.Context(), m)
	must(t, err)
	_, err = s.Send(t.Context(), m) // the same again
	must(t, err)
	got, err := other.one(t.Context(), id)
	must(t, err)
	if got.Body != m.Body || got.Recipient != m.Recipient || got.Code != m.Code || got.Subject != m.Subject || got.State != Queued || got.MadeAt.IsZero() {
		t.Errorf("opened as %+v", got)
	}
	super := tenantstest.Open(t).Super(t, tenants.Home)
	var raw string
	var n int
	must(t, super.QueryRow(t.Context(), "SELECT m::text FROM ctl.messages m WHERE id = $1", id).Scan(&raw))
	must(t, super.QueryRow(t.Context(), "SELECT count(*) FROM outbox WHERE kind = $1 AND payload->>'ID' = $2", DeliverKind, id.String()).Scan(&n))
	if n != 1 {
		t.Errorf("%d jobs for one message", n)
	}
	for _, secret := range []string{"13812345678", "408219", "3133383132333435363738", "343038323139"} { // plain, and as bytea shows it
		if strings.Contains(raw, secret) {
			t.Errorf("the database reads %q in %s", secret, raw)
		}
	}
	for _, bad := range []Message{{Via: "pigeon", Recipient: "a", Body: "b"}, {Via: SMS, Body: "b"}, {Via: SMS, Recipient: "a"}} {
		if _, err := s.Send(t.Context(), bad); err == nil {
			t.Errorf("sent %+v", bad)
		}
	}
}

func TestOneKeyForAllProcesses(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	ids := make([]uuid.UUID, 6)
	for i := range ids {
		all.Go(func() {
			id, err := store(t).Send(t.Context(), text("+8613800000000"))
			if err != nil {
				t.Error(err)
			}
			ids[i] = id
		})
	}
	all.Wait()
	reader := store(t)
	for _, id := range ids {
		if _, err := reader.one(t.Context(), id); err != nil {
			t.Error(err)
		}
	}
}

// box is a sender that remembers, and fails as often as told.
type box struct {
	mu    sync.Mutex
	fails int
	got   []Message
}

func (b *box) Send(_ context.Context, m Message) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fails > 0 {
		b.fails--
		return "", errors.New("the provider says no")
	}
	b.got = append(b.got, m)
	return "", nil
}

func deliver(t *testing.T, s *Store, senders map[string]Sender, id uuid.UUID, attempt int) error {
	t.Helper()
	payload, err := json.Marshal(delivery{id})
	must(t, err)
	return Deliver(s, senders).Outside(t.Context(), jobs.Env{DB: s.db, Placement: tenants.Home, Job: tenants.NewID(), Attempt: attempt}, payload)
}

func TestDelivery(t *testing.T) {
	t.Parallel()
	s, b := store(t), &box{fails: 1}
	senders := map[string]Sender{SMS: b}
	id, err := s.Send(t.Context(), text("+8613812345678"))
	must(t, err)
	if deliver(t, s, senders, id, 1) == nil {
		t.Error("a refusal of the provider is no failure")
	}
	if m, _ := s.one(t.Context(), id); m.State != Queued || m.Error == "" {
		t.Errorf("after a refusal: %s, %q", m.State, m.Error)
	}
	must(t, deliver(t, s, senders, id, 2))
	must(t, deliver(t, s, senders, id, 3)) // a repeat after a crash
	m, err := s.one(t.Context(), id)
	must(t, err)
	if len(b.got) != 1 || b.got[0].Code != "408219" || m.State != Sent || m.SentAt.IsZero() || m.Error != "" {
		t.Errorf("sent %d times, %+v", len(b.got), m)
	}

	id, err = s.Send(t.Context(), text("+8613812345678"))
	must(t, err)
	if err := deliver(t, s, nil, id, Tries); err == nil || !strings.Contains(err.Error(), SMS) {
		t.Errorf("without a sender: %v", err)
	}
	if m, _ := s.one(t.Context(), id); m.State != Failed {
		t.Errorf("after the last try: %s", m.State)
	}
	must(t, deliver(t, s, senders, tenants.NewID(), 1)) // purged meanwhile
	_, err = Keep{}.Send(t.Context(), Message{})
	must(t, err)
}

// A message that leaves within another job is kept beside what became of it: refused, tried again, sent,
// or given up at the last try.
func TestSendingWithinAJob(t *testing.T) {
	t.Parallel()
	s, b := store(t), &box{fails: 1}
	senders := map[string]Sender{SMS: b}
	m := text("+8613812345678")
	m.ID = tenants.NewID()
	state := func(want, failure string) {
		t.Helper()
		got, err := s.one(t.Context(), m.ID)
		must(t, err)
		if got.State != want || (got.Error != "") != (failure != "") || !strings.Contains(got.Error, failure) || got.Body != m.Body {
			t.Errorf("kept as %s, %q; want %s, %q", got.State, got.Error, want, failure)
		}
	}
	if s.SendNow(t.Context(), senders, m, 1) == nil {
		t.Error("a refusal of the provider is no failure")
	}
	state(Queued, "says no")
	must(t, s.SendNow(t.Context(), senders, m, 2))
	state(Sent, "")
	if len(b.got) != 1 || b.got[0].ID != m.ID {
		t.Errorf("the provider got %+v", b.got)
	}
	must(t, s.SendNow(t.Context(), senders, m, 3))
	if len(b.got) != 1 {
		t.Errorf("a try after it was sent sends it again: %d times", len(b.got))
	}
	m.ID, m.Tenant, m.About = tenants.NewID(), 12, tenants.NewID()
	var told []Told
	s.Heard = func(_ context.Context, w Told) error { told = append(told, w); return nil }
	if s.SendNow(t.Context(), nil, m, Tries-1) == nil || s.SendNow(t.Context(), nil, m, Tries) == nil {
		t.Error("nobody sends it, and that is no failure")
	}
	state(Failed, SMS)
	if len(told) != 1 || told[0].State != Failed || told[0].About != m.About || told[0].At.IsZero() {
		t.Errorf("the tenant was told %+v", told)
	}
	if err := s.SendNow(t.Context(), senders, Message{ID: tenants.NewID(), Via: SMS}, 1); !fault.Is(err, fault.Invalid) {
		t.Errorf("a message without a recipient: %v", err)
	}
}

func TestPurge(t *testing.T) {
	t.Parallel()
	s := store(t)
	past, _ := clock.Hold(t.Context(), time.Now().Add(-Kept-time.Hour))
	sent, err := s.Send(past, text("+8613812345678"))
	must(t, err)
	must(t, s.mark(past, Message{ID: sent, State: Sent}))
	waiting, err := s.Send(past, text("+8613812345678"))
	must(t, err)
	fresh, err := s.Send(t.Context(), text("+8613812345678"))
	must(t, err)
	must(t, s.mark(t.Context(), Message{ID: fresh, State: Sent}))
	err = s.db.System(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		_, err := Purge(ctx, tx)
		return err
	})
	must(t, err)
	if _, err := s.one(t.Context(), sent); !fault.Is(err, fault.NotFound) {
		t.Errorf("an old message stays: %v", err)
	}
	for _, id := range []uuid.UUID{waiting, fresh} {
		if _, err := s.one(t.Context(), id); err != nil {
			t.Errorf("purged too early: %v", err)
		}
	}
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	s := store(t)
	srv := httptest.NewServer(Webhook(s, "right", slog.New(slog.DiscardHandler)))
	defer srv.Close()
	open := httptest.NewServer(Webhook(s, "", slog.New(slog.DiscardHandler)))
	defer open.Close()
	to := "p" + uuid.NewString()[:13] + "@example.cn"
	good := `{"channel":"email","recipient":"` + to + `","template":"recovery_code_valid","subject":"找回密码","body":"验证码 123456","code":"123456","transient":null}`
	for what, c := range map[string]struct {
		url, method, key, body string
		want                   int
	}{
		"good":        {srv.URL, "POST", "right", good, 204},
		"old names":   {srv.URL, "POST", "right", `{"recipient":"+8613812345678","type":"phone","template":"x","body":"y"}`, 204},
		"wrong key":   {srv.URL, "POST", "wrong", good, 401},
		"no key":      {srv.URL, "POST", "", good, 401},
		"no key here": {open.URL, "POST", "", good, 401},
		"get":         {srv.URL, "GET", "right", "", 405},
		"no JSON":     {srv.URL, "POST", "right", "hello", 400},
		"empty":       {srv.URL, "POST", "right", "{}", 400},
		"too long":    {srv.URL, "POST", "right", `{"body":"` + strings.Repeat("a", maxBody) + `"}`, 400},
	} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, c.url, strings.NewReader(c.body))
		must(t, err)
		req.Header.Set("X-Courier-Key", c.key)
		res, err := http.DefaultClient.Do(req)
		must(t, err)
		res.Body.Close()
		if res.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", what, res.StatusCode, c.want)
		}
	}
	var found int
	list, err := s.Recent(t.Context(), 1000)
	must(t, err)
	for _, m := range list {
		if m.Recipient == to {
			found++
			if m.Via != Email || m.Code != "123456" || m.Subject != "找回密码" {
				t.Errorf("stored %+v", m)
			}
		}
	}
	if found != 1 {
		t.Errorf("stored %d times", found)
	}
}

func TestDevPage(t *testing.T) {
	t.Parallel()
	s := store(t)
	m := text("+8613899998888")
	m.Body += "<script>"
	_, err := s.Send(t.Context(), m)
	must(t, err)
	w := httptest.NewRecorder()
	DevPage(s).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/dev/sent", nil))
	body, _ := io.ReadAll(w.Body)
	page := string(body)
	if w.Code != 200 || !strings.Contains(page, "+8613899998888") || !strings.Contains(page, "&lt;script&gt;") {
		t.Errorf("%d: %s", w.Code, page)
	}
}
