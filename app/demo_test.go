package app_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"wanjie/app"
	"wanjie/app/config"
	"wanjie/app/demo"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// The demo is what everybody meets first: it is settled whole, by the verbs that people use, and a second start finds it there.
func TestTheDemoIsSettled(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	stack := servers(t)
	a, err := app.New(t.Context(), config.Config{
		Database: w.Owner[tenants.Home], Placements: w.Owner, Deployment: 1, Redis: stack.RedisURL, KratosPublic: stack.KratosPublicURL, KratosAdmin: stack.KratosAdminURL,
		PublicURL: "http://127.0.0.1", Keys: w.KeyFile, Roots: filepath.Join(t.TempDir(), "roots"), Files: w.Files, Photo: 10 << 20, Dev: true,
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	file := filepath.Join(t.TempDir(), "demo.json")
	first, err := demo.Seed(t.Context(), a, file, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	again, err := demo.Seed(t.Context(), a, file, func(what string) { t.Errorf("a second start says %q", what) })
	if err != nil || len(first) < 18 || len(again) != len(first) {
		t.Errorf("%d accounts, then %d (%v)", len(first), len(again), err)
	}
	var n int
	if err := w.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT count(*) FROM cases c JOIN tenants t ON t.tenant_id = c.tenant_id WHERE t.slug = 'fengqiao'").Scan(&n); err != nil || n < 40 {
		t.Errorf("the street has %d cases (%v)", n, err)
	}
	for said := range wordless(t, w) {
		t.Errorf("the traces say code: %s", said)
	}
}
