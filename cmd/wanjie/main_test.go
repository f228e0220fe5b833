package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

func call(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, &o, &e)
	return code, o.String(), e.String()
}

func TestEveryCommandHasHelp(t *testing.T) {
	for _, command := range []string{"", "dev", "serve", "work", "migrate", "street", "street open", "street invite", "import", "import cases", "officer", "officer invite", "officer reset", "prove", "miniprogram", "miniprogram build", "keys", "keys rotate", "keys show", "doctor", "bench", "stack"} {
		code, stdout, stderr := call(t, append(strings.Fields(command), "--help")...)
		if code != 0 || !strings.Contains(stdout, "Usage: wanjie "+command) {
			t.Errorf("%q --help: exit %d\n%s%s", command, code, stdout, stderr)
		}
	}
}

func TestWrongCallsSayWhy(t *testing.T) {
	if code, _, stderr := call(t, "street", "open"); code != exitUsage || !strings.Contains(stderr, "--code") {
		t.Errorf("a missing flag: exit %d, %s", code, stderr)
	}
	if code, _, stderr := call(t, "fly"); code != exitUsage || !strings.Contains(stderr, "fly") {
		t.Errorf("an unknown command: exit %d, %s", code, stderr)
	}
}

func TestNothingToTalkTo(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DATABASE_URL", "")
	code, stdout, stderr := call(t, "--json", "doctor")
	var v struct{ Error string }
	if code != exitNothing || json.Unmarshal([]byte(stdout), &v) != nil || !strings.Contains(v.Error, "make dev") || !strings.Contains(stderr, "DATABASE_URL") {
		t.Errorf("exit %d, %s%s", code, stdout, stderr)
	}
	t.Setenv("DATABASE_URL", "postgres://x@127.0.0.1:1/x")
	if code, _, stderr := call(t, "doctor"); code != exitFailed || !strings.Contains(stderr, "REDIS_URL is not set; KRATOS_PUBLIC_URL is not set") {
		t.Errorf("half a configuration: exit %d, %s", code, stderr)
	}
}

// production points the commands at the test servers, as a deployment's environment would.
func production(t *testing.T) *tenantstest.World {
	t.Helper()
	w := tenantstest.Open(t)
	redis := miniredis.RunT(t)
	for k, v := range map[string]string{
		"DATABASE_URL": w.Owner[tenants.Home], "PLACEMENTS": tenantstest.Other + "=" + w.Owner[tenantstest.Other], "REDIS_URL": "redis://" + redis.Addr(),
		"KRATOS_PUBLIC_URL": "http://127.0.0.1:1", "KRATOS_ADMIN_URL": "http://127.0.0.1:1", "WANJIE_KEYS": w.KeyFile, "WANJIE_ROOTS": t.TempDir(),
	} {
		t.Setenv(k, v)
	}
	return w
}

func TestStreetOpenIsIdempotent(t *testing.T) {
	production(t)
	open := func() (v struct {
		Tenant int
		Slug   string
		Name   string
		Fresh  bool
	}) {
		code, stdout, stderr := call(t, "--json", "street", "open", "--code", "320505003", "--placement", tenantstest.Other)
		if code != 0 || json.Unmarshal([]byte(stdout), &v) != nil {
			t.Fatalf("exit %d, %s%s", code, stdout, stderr)
		}
		return v
	}
	first, again := open(), open()
	if first.Name != "枫桥街道" || first.Tenant == 0 || first.Tenant != again.Tenant || again.Fresh {
		t.Errorf("first %+v, again %+v", first, again)
	}
	if code, stdout, _ := call(t, "--json", "street", "open", "--code", "999999999"); code != exitFailed || !strings.Contains(stdout, `"code"`) {
		t.Errorf("an unknown code: exit %d, %s", code, stdout)
	}
}

// TestServeAndWorkApart runs the two halves as a deployment does, asks for health, and stops them.
func TestServeAndWorkApart(t *testing.T) {
	production(t)
	ctx, stop := context.WithCancel(t.Context())
	addresses := make([]string, 3)
	for i := range addresses {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addresses[i] = l.Addr().String()
		l.Close()
	}
	ended := make(chan int, 2)
	for _, args := range [][]string{{"serve", "--addr", addresses[0], "--admin", addresses[1]}, {"work", "--admin", addresses[2]}} {
		go func() {
			var o, e bytes.Buffer
			ended <- run(ctx, args, &o, &e)
		}()
	}
	for _, probe := range []struct {
		url  string
		want int
	}{
		{"http://" + addresses[1] + "/healthz", 200}, {"http://" + addresses[2] + "/healthz", 200},
		{"http://" + addresses[1] + "/readyz", 503}, // Kratos is not there, and it says so
		{"http://" + addresses[2] + "/metrics", 200},
		{"http://" + addresses[0] + "/login", 200},
		{"http://" + addresses[0] + "/s/nobody/cases", 303},
	} {
		if got := status(t, probe.url); got != probe.want {
			t.Errorf("%s answered %d, want %d", probe.url, got, probe.want)
		}
	}
	stop()
	for range 2 {
		select {
		case code := <-ended:
			if code != 0 {
				t.Errorf("stopped with exit code %d", code)
			}
		case <-time.After(30 * time.Second):
			t.Fatal("did not stop within 30 s")
		}
	}
}

// status asks until the server is up.
func status(t *testing.T, url string) int {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for range 100 {
		if res, err := client.Get(url); err == nil {
			res.Body.Close()
			return res.StatusCode
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%s never answered", url)
	return 0
}
