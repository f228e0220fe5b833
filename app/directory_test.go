package app_test

import (
	"context"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// A street that lives elsewhere is renamed twice by its administrator: the directory at home follows,
// what comes late or twice changes nothing, and what was missed is found.
func TestTheDirectoryFollowsAStreetsName(t *testing.T) { // alone: its workers follow every tenant there is
	h := openHouse(t)
	mark := uuid.NewString()[:6]
	s := h.Street(t, tenantstest.At(tenantstest.Other), func(p *tenants.Plan) { p.Name = "旧名" + mark + "街道" })
	const admin = 71_001
	if err := h.Employ(t.Context(), s.ID, admin, "管理员", "13900000001", auth.Give{Role: auth.StreetAdmin}); err != nil {
		t.Fatal(err)
	}
	directory := func() (name string) {
		t.Helper()
		if err := h.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT name FROM ctl.directory WHERE tenant_id = $1", int32(s.ID)).Scan(&name); err != nil {
			t.Fatal(err)
		}
		return name
	}
	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	working.Go(func() { _ = h.Work(ctx) })
	defer working.Wait()
	defer stop()
	for _, name := range []string{"中间名" + mark + "街道", "新名" + mark + "街道"} {
		form := url.Values{"name": {name}, "short_name": {"新名"}}
		if status, body := h.ask(t, admin, "POST", "/s/"+s.Slug+"/admin/branding", form); status != 303 {
			t.Fatalf("renamed: %d %s", status, body)
		}
	}
	want := "新名" + mark + "街道"
	for deadline := time.Now().Add(20 * time.Second); directory() != want; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after 20 s the directory still says %q", directory())
		}
	}

	rename := func(name string, act int64) {
		t.Helper()
		if err := h.App.DB.Rename(t.Context(), s.ID, name, act); err != nil {
			t.Fatal(err)
		}
	}
	rename("中间名"+mark+"街道", 2) // the first job comes once more
	if got := directory(); got != want {
		t.Errorf("an old renaming came late: %q", got)
	}
	super := h.Super(t, tenantstest.Other)
	if _, err := super.Exec(t.Context(), "UPDATE tenants SET name = '另名' || $2 WHERE tenant_id = $1", int32(s.ID), mark); err != nil {
		t.Fatal(err)
	}
	if err := h.App.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		tx.Record(tenants.Act{Kind: "config.changed", Version: 1, Object: "tenant", ObjectID: tx.Tenant().Object(), HappenedAt: clock.Now(ctx)})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := h.App.DB.Renamed(t.Context(), tenantstest.Other); err != nil {
			t.Fatal(err)
		}
		if got := directory(); got != "另名"+mark {
			t.Errorf("what was missed is not found: %q", got)
		}
	}
}
