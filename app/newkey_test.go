package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"wanjie/app"
	"wanjie/app/auth"
	"wanjie/app/auth/access"
	"wanjie/app/cases"
	"wanjie/app/config"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
	"wanjie/tenants/keys/reseal"
	"wanjie/tenants/tenantstest"
)

// alone is a deployment of the test's own, on a database and a Redis of its own: nobody else's workers
// take its jobs.
func alone(t *testing.T) (config.Config, *pgx.Conn) {
	t.Helper()
	w, stack := tenantstest.Open(t), servers(t)
	server := os.Getenv(tenantstest.EnvURL)
	if server == "" {
		server = w.Owner[tenants.Home] // a database of the same server
	}
	home, err := tenantstest.Database(t.Context(), server, "t_alone")
	if err != nil {
		t.Fatal(err)
	}
	c, err := pgx.Connect(t.Context(), home)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.WithoutCancel(t.Context())) })
	return config.Config{
		Database: home, Placements: map[string]string{tenants.Home: home}, Deployment: 1, Redis: strings.TrimSuffix(stack.RedisURL, "/0") + "/7",
		KratosPublic: stack.KratosPublicURL, KratosAdmin: stack.KratosAdminURL, PublicURL: "http://127.0.0.1", Keys: w.KeyFile, Roots: filepath.Join(t.TempDir(), "roots"), Files: w.Files, Photo: 10 << 20, Dev: true,
	}, c
}

func openApp(t *testing.T, cfg config.Config) *app.App {
	t.Helper()
	a, err := app.New(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// TestANewKeyReachesEverything changes a street's data key while it is worked with: every connection of
// the workers is cut again and again, then they are stopped and others go on. At every moment each name
// is read and each caller found, and in the end nothing is under the old key.
func TestANewKeyReachesEverything(t *testing.T) {
	cfg, super := alone(t)
	app.ResealInBatchesOf(2)
	a := openApp(t, cfg)
	ids, err := blueprint.PublishShipped(t.Context(), a.DB)
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := a.DB.OpenTenant(t.Context(), tenants.Plan{Key: "new-key", Kind: tenants.Street, Codes: []string{"320505003"}, District: 320505, Name: "枫桥街道", Slug: "newkey", Blueprint: ids["city-street"], State: tenants.Trial})
	if err != nil {
		t.Fatal(err)
	}
	const clerks, matters = 9, 14
	phoneOf := func(i int) string { return fmt.Sprintf("138%08d", i) }
	for i := range clerks {
		if err := a.Employ(t.Context(), s.ID, int64(1000+i), fmt.Sprintf("人员%d", i), phoneOf(500+i), auth.Give{Role: auth.Intake}); err != nil {
			t.Fatal(err)
		}
	}
	report := func(db *tenants.DB, i int) {
		t.Helper()
		if err := db.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
			c, err := cases.Report(ctx, tx, cases.Intake{Channel: "hotline", UpperNo: fmt.Sprintf("NO-%d", i), Class: "matter-06010", Community: "320505003001",
				Words: cases.Words{Title: fmt.Sprintf("标题%d", i), Description: fmt.Sprintf("内容%d", i), Petitioner: fmt.Sprintf("诉求人%d", i), Phone: phoneOf(i)}})
			if err != nil {
				return err
			}
			_, err = cases.Dispatch(ctx, tx, c.ID, cases.Order{Unit: "sanitation", Basis: cases.Negotiated, Grounds: cases.Grounds{Parties: "甲方、乙方", Reason: "双方商定由环卫所办理"}})
			if err != nil {
				return err
			}
			return access.Add(ctx, tx, access.Event{Kind: access.Revoked, Person: 1000, By: 1001, Address: "203.0.113.9", Reason: fmt.Sprintf("事由说明%d", i)})
		}); err != nil {
			t.Fatalf("case %d: %v", i, err)
		}
	}
	for i := range matters {
		report(a.DB, i)
	}
	// works reads everything through the same doors as ever.
	works := func(db *tenants.DB, n int) error {
		return db.Read(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
			for i := range n {
				l, err := cases.Browse(ctx, tx, cases.Filter{Stage: cases.Any, Phone: phoneOf(i)})
				if err != nil || l.Total != 1 {
					return fmt.Errorf("caller %d is found %d times: %w", i, l.Total, err)
				}
			}
			people, err := auth.Members(ctx, tx)
			if err != nil || len(people) != clerks || people[3].Name != "人员3" || people[3].Phone != phoneOf(503) {
				return fmt.Errorf("members are %+v: %w", people, err)
			}
			l, err := access.Browse(ctx, tx, access.Filter{}, 0, 100)
			if err != nil {
				return err
			}
			for _, e := range l.Events {
				if whole, err := access.Find(ctx, tx, e.ID); err != nil || whole.Address != "203.0.113.9" {
					return fmt.Errorf("entry %+v: %w", whole, err)
				}
			}
			return nil
		})
	}
	do := func(q string, args ...any) {
		t.Helper()
		if _, err := super.Exec(t.Context(), q, args...); err != nil {
			t.Fatal(err)
		}
	}
	v, err := app.RenewKey(t.Context(), a.DB, s.ID)
	if err != nil || v.Version != 2 || time.Until(v.From) < keys.MaxAge {
		t.Fatalf("renewed: %+v, %v", v, err)
	}
	if _, err := app.RenewKey(t.Context(), a.DB, s.ID); err == nil {
		t.Error("renewed twice at once")
	}
	report(a.DB, matters)
	if n := under(t, super, s.ID, 2); n != 0 {
		t.Errorf("%d values are under the new key before its time", n)
	}
	// The settling time goes by: every process has opened its keys anew.
	do("UPDATE data_keys SET from_at = now() - interval '1 second' WHERE version = 2")
	do("UPDATE outbox SET next_at = now() WHERE kind = 'keys.reseal'")

	work := func(a *app.App) (stop func()) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { _ = a.Work(ctx); close(ended) }()
		stop = func() { cancel(); <-ended }
		t.Cleanup(stop) // a test that fails must not close the app under its workers
		return stop
	}
	first, reader := openApp(t, cfg), openApp(t, cfg)
	stop := work(first)
	cuts, begun := 0, time.Now()
	for under(t, super, s.ID, 1) > 20 {
		if time.Since(begun) > 3*time.Minute {
			t.Fatalf("after %d cuts %d values are left", cuts, under(t, super, s.ID, 1))
		}
		if under(t, super, s.ID, 2) > int64(4*cuts) { // it has moved since the last cut
			cuts++
			do("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = 'wanjie_tenant_login'")
		}
		if err := works(reader.DB, matters+1); err != nil && !strings.Contains(err.Error(), "terminat") && !strings.Contains(err.Error(), "57P01") && !strings.Contains(err.Error(), "closed") {
			t.Fatalf("midway: %v", err)
		}
	}
	stop()
	first.Close()
	if old, fresh := under(t, super, s.ID, 1), under(t, super, s.ID, 2); old == 0 || fresh == 0 || cuts < 3 {
		t.Fatalf("stopped with %d values under the old key and %d under the new, after %d cuts: not midway", old, fresh, cuts)
	}
	report(reader.DB, matters+1)
	if err := works(reader.DB, matters+2); err != nil {
		t.Fatalf("midway, at rest: %v", err)
	}

	second := openApp(t, cfg)
	stop = work(second)
	for begun = time.Now(); ; time.Sleep(20 * time.Millisecond) {
		_, left, err := app.KeysOf(t.Context(), reader.DB, s.ID)
		if err != nil {
			t.Fatal(err)
		}
		var retiring int
		if err := super.QueryRow(t.Context(), "SELECT count(*) FROM outbox WHERE kind = 'keys.retire' AND next_at > now() + interval '14 days'").Scan(&retiring); err != nil {
			t.Fatal(err)
		}
		if len(left) == 0 && retiring == 1 {
			break
		}
		if time.Since(begun) > 3*time.Minute {
			t.Fatalf("never finished: %v are left", left)
		}
	}
	if n := under(t, super, s.ID, 1); n != 0 {
		t.Errorf("%d values are still under the old key", n)
	}
	var unreadable, values string
	if err := super.QueryRow(t.Context(), "SELECT after->>'unreadable', after->>'values' FROM journal WHERE kind = 'keys.resealed'").Scan(&unreadable, &values); err != nil || unreadable != "0" {
		t.Errorf("the act says %s unreadable of %s (%v)", unreadable, values, err)
	}
	if err := works(reader.DB, matters+2); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	// The fortnight goes by, and the old key goes out of use.
	do("UPDATE outbox SET next_at = now() WHERE kind = 'keys.retire'")
	for begun = time.Now(); ; time.Sleep(20 * time.Millisecond) {
		all, _, err := app.KeysOf(t.Context(), reader.DB, s.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !all[0].Retired.IsZero() {
			break
		}
		if time.Since(begun) > 2*time.Minute {
			t.Fatalf("never retired: %+v", all)
		}
	}
	stop()
	last := openApp(t, cfg)
	if err := works(last.DB, matters+2); err != nil {
		t.Errorf("under the new key alone: %v", err)
	}
	if err := last.DB.Read(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		box, err := tx.Box(ctx)
		if err == nil && len(box.Blinds("phone", phoneOf(1))) != 1 {
			t.Error("the retired key is still opened")
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	if _, err := app.RenewKey(t.Context(), last.DB, s.ID); err != nil {
		t.Errorf("a third key: %v", err)
	}
}

// under counts the values of a tenant that are sealed with a version of its key, in every sealed column
// of the catalogue.
func under(t *testing.T, c *pgx.Conn, id tenants.ID, version int) (n int64) {
	t.Helper()
	var sums []string
	for _, table := range app.Columns() {
		if strings.Contains(table.Table, ".") {
			continue
		}
		for _, column := range table.Sealed {
			sums = append(sums, fmt.Sprintf("(SELECT count(*) FROM %s WHERE tenant_id = %d AND get_byte(%s, 1) * 256 + get_byte(%[3]s, 2) = %d)", table.Table, int32(id), column, version))
		}
	}
	if err := c.QueryRow(t.Context(), "SELECT "+strings.Join(sums, " + ")).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestEverySealedColumnCanBeBroughtOver asks PostgreSQL: a feature whose rows are only ever added says so
// to resealable().
func TestEverySealedColumnCanBeBroughtOver(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	super := h.Super(t, tenants.Home)
	for _, table := range app.Columns() {
		if strings.Contains(table.Table, ".") {
			continue
		}
		for _, column := range append(append([]string{}, table.Sealed...), table.Blind...) {
			var may bool
			if err := super.QueryRow(t.Context(), "SELECT has_column_privilege('wanjie_tenant', $1, $2, 'UPDATE')", table.Table, column).Scan(&may); err != nil {
				t.Fatal(err)
			}
			if !may {
				t.Errorf("%s.%s cannot be sealed with a new data key: grant UPDATE, or for rows that are only ever added SELECT resealable('%[1]s', '%[2]s')", table.Table, column)
			}
		}
	}
	// What is only ever added stays as it is, whoever asks.
	s, c := h.street(t, "庚", 62_000)
	err := h.App.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		_, err := tx.Raw(`INSERT INTO remarks (tenant_id, id, case_id, kind, person, at, words) VALUES (?, ?, ?, 'case.reported', 0, now(), '\x01')`, int32(s.ID), tenants.NewID(), c.ID).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.App.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		_, err := tx.Raw(`UPDATE remarks SET words = '\x02' WHERE tenant_id = ?`, int32(s.ID)).Exec(ctx)
		return err
	}); err == nil || !strings.Contains(err.Error(), "only ever added") {
		t.Errorf("words were changed after they were said: %v", err)
	}
	// A value that opens nowhere is counted and left.
	if err := h.App.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		p := reseal.Place{Version: 2}
		_, _, err := reseal.Step(ctx, tx, app.Columns(), p, 10)
		return err
	}); err == nil || !strings.Contains(err.Error(), "not in use yet") {
		t.Errorf("brought over to a key that is not there: %v", err)
	}
}
