package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"
	"github.com/redis/go-redis/v9"

	"wanjie/infra/devstack"
	"wanjie/tenants/tenantstest"
)

const password = "zheng-que-9-ma"

// The world of these tests: a real Kratos, PostgreSQL and Redis. KRATOS_PUBLIC_URL and
// KRATOS_ADMIN_URL run them against another Kratos (one in --dev mode, with our configuration): they
// are the contract that a managed one has to keep.
var world struct {
	public, admin, redis string
	own                  bool // our own Kratos, whose messages come to hook
	hook                 atomic.Pointer[http.Handler]
}

const courierKey = "tests-only"

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

// silent keeps go-redis from telling of a Redis that is away on purpose.
type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

func run(m *testing.M) int {
	redis.SetLogger(silent{})
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := world.hook.Load(); h != nil {
			(*h).ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusNoContent) // a message of a test that does not look at messages
	}))
	defer hook.Close()
	world.public, world.admin = os.Getenv("KRATOS_PUBLIC_URL"), os.Getenv("KRATOS_ADMIN_URL")
	world.own = world.public == ""
	dir, err := os.MkdirTemp("", "wanjie-auth-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	stack, err := devstack.Start(context.Background(), devstack.Options{Dir: dir, NoKratos: !world.own, CourierURL: hook.URL, CourierKey: courierKey})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer stack.Stop()
	if world.own {
		world.public, world.admin = stack.KratosPublicURL, stack.KratosAdminURL
	}
	world.redis = stack.RedisURL
	if os.Getenv(tenantstest.EnvURL) == "" {
		os.Setenv(tenantstest.EnvURL, stack.PostgresURL)
	}
	return m.Run()
}

func client() *Client {
	c := NewClient(world.public, world.admin)
	c.failAfter, c.sendAfter = 0, 0 // only the test of time waits
	return c
}

func rdb(t *testing.T) redis.UniversalClient {
	t.Helper()
	opt, err := redis.ParseURL(world.redis)
	must(t, err)
	c := redis.NewClient(opt)
	t.Cleanup(func() { c.Close() })
	return c
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// keeper makes a keeper that hears Redis, and waits until it does.
func keeper(t *testing.T) *Keeper {
	t.Helper()
	r := rdb(t)
	k := NewKeeper(client(), tenantstest.Open(t).DB, r, quiet())
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	before, err := r.PubSubNumSub(ctx, Channel).Result()
	must(t, err)
	go func() { defer close(done); _ = k.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	wait(t, "the keeper to listen", func() bool {
		now, err := r.PubSubNumSub(ctx, Channel).Result()
		return err == nil && now[Channel] > before[Channel]
	})
	time.Sleep(20 * time.Millisecond) // its first word empties the memory; let it pass
	return k
}

// deaf makes a keeper that hears nothing.
func deaf(t *testing.T) *Keeper {
	t.Helper()
	return NewKeeper(client(), tenantstest.Open(t).DB, nil, quiet())
}

func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("waited ten seconds for %s", what)
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// employee makes a staff member of Kratos with a password.
func employee(t *testing.T) (s Staff, identity uuid.UUID) {
	t.Helper()
	s = Staff{Name: "陆明", Phone: phone(), Email: fmt.Sprintf("p%s@example.cn", uuid.NewString()[:13]), Password: password}
	identity, made, err := client().CreateIdentity(t.Context(), s)
	must(t, err)
	if !made {
		t.Fatal("the identity was there before")
	}
	return s, identity
}

// phone draws a mobile number that nobody has.
func phone() string { return fmt.Sprintf("138%08d", rand.IntN(100_000_000)) }

func login(t *testing.T, s Staff) Ticket {
	t.Helper()
	ticket, err := client().Login(t.Context(), s.Phone, s.Password)
	must(t, err)
	return ticket
}

// codeOf is the present code of an authenticator.
func codeOf(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, time.Now())
	must(t, err)
	return code
}

// messageTo waits for the code in the newest message of Kratos to an address, by its admin port. The
// client library does not know messages of type sms.
func messageTo(t *testing.T, recipient string, after int) (code string) {
	t.Helper()
	wait(t, "a message to "+recipient, func() bool {
		list := messages(t, recipient)
		if len(list) > after {
			code = digits(list[0])
		}
		return len(list) > after
	})
	return code
}

// messages are the bodies of those to an address, newest first.
func messages(t *testing.T, recipient string) (bodies []string) {
	t.Helper()
	res, err := http.Get(world.admin + "/admin/courier/messages?" + url.Values{"recipient": {recipient}}.Encode())
	must(t, err)
	defer res.Body.Close()
	var list []struct{ Body string }
	must(t, json.NewDecoder(res.Body).Decode(&list))
	for _, m := range list {
		bodies = append(bodies, m.Body)
	}
	return bodies
}

func digits(s string) string {
	for i := range s {
		if i+6 <= len(s) && sixDigits.MatchString(s[i:i+6]) {
			return s[i : i+6]
		}
	}
	return ""
}

// nobody is a Redis that does not answer.
func nobody(t *testing.T) redis.UniversalClient {
	t.Helper()
	c := redis.NewClient(&redis.Options{Addr: "127.0.0.1:9", MaxRetries: -1, DialTimeout: 100 * time.Millisecond})
	t.Cleanup(func() { c.Close() })
	return c
}
