package seal_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/journal/seal"
	"wanjie/tenants/tenantstest"
)

func prove(t *testing.T, w *tenantstest.World, folder string, only tenants.ID) seal.Proof {
	t.Helper()
	p, err := seal.Prove(t.Context(), w.DB, seal.Asked{Folder: folder, Only: only})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// One act is changed by somebody who owns the database, and found; so is a changed root, a removed one,
// and the newest acts cut off.
func TestProve(t *testing.T) {
	w := tenantstest.Open(t)
	s, folder := sealed(t, w), t.TempDir()
	file := seal.File(folder, tenantstest.Other)
	today := clock.Now(t.Context())
	for _, back := range []int{5, 4, 1} { // two days' ticks were missed
		if _, err := seal.Root(t.Context(), w.DB, tenantstest.Other, file, today.AddDate(0, 0, -back)); err != nil {
			t.Fatal(err)
		}
	}
	db := w.Super(t, tenantstest.Other)
	do := func(q string, args ...any) {
		t.Helper()
		if _, err := db.Exec(t.Context(), q, args...); err != nil {
			t.Fatal(err)
		}
	}
	defer do("DELETE FROM ctl.roots") // the other tests of the package have this placement too
	p := prove(t, w, folder, s.ID)
	if !p.Holds || p.Tenants != 1 || p.Acts != 13 || p.Newer != 0 || len(p.Roots) != 1 || p.Roots[0].Days != 3 || len(p.Roots[0].Gaps) != 2 || p.Roots[0].Placement != tenantstest.Other {
		t.Fatalf("untouched: %+v", p)
	}
	if p.Roots[0].Gaps[0] != today.In(clock.Zone).AddDate(0, 0, -3).Format(time.DateOnly) {
		t.Errorf("gaps %v", p.Roots[0].Gaps)
	}

	do(`UPDATE journal SET after = after || '{"class":"丙"}' WHERE tenant_id = $1 AND n = 7`, int32(s.ID))
	p = prove(t, w, folder, s.ID)
	if p.Holds || len(p.Broken) != 1 || p.Acts != 5 {
		t.Fatalf("an act was changed: %+v", p)
	}
	if b := p.Broken[0]; b.Tenant != s.ID || b.Slug != s.Slug || b.From != 6 || b.Upto != 9 || b.Sound == nil || !strings.Contains(b.Why, "hash") {
		t.Errorf("found is %+v", b)
	}
	if len(p.Roots[0].Broken) != 0 {
		t.Errorf("the roots cover seals, and no seal was changed: %+v", p.Roots)
	}
	do(`UPDATE journal SET after = after || '{"class":"乙"}' WHERE tenant_id = $1 AND n = 7`, int32(s.ID))
	if p = prove(t, w, folder, s.ID); !p.Holds {
		t.Fatalf("mended: %+v", p)
	}

	// The newest acts, not sealed yet, are cut off, and the head with them or not.
	if err := w.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		for range 2 {
			tx.Record(tenants.Act{Kind: "test.done", Version: 1, Object: "test", ObjectID: tenants.NewID(), HappenedAt: clock.Now(ctx)})
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if p = prove(t, w, folder, s.ID); !p.Holds || p.Newer != 2 {
		t.Fatalf("two newer acts: %+v", p)
	}
	do("DELETE FROM journal WHERE tenant_id = $1 AND n = 14", int32(s.ID))
	if p = prove(t, w, folder, s.ID); p.Holds || !strings.Contains(p.Broken[0].Why, "1 of the 2 newest acts are missing") {
		t.Errorf("one is missing: %+v", p)
	}
	do("DELETE FROM journal WHERE tenant_id = $1 AND n > 13", int32(s.ID))
	do("UPDATE heads SET n = 12 WHERE tenant_id = $1", int32(s.ID))
	if p = prove(t, w, folder, s.ID); p.Holds || !strings.Contains(p.Broken[0].Why, "head stands at act 12") {
		t.Errorf("the head was set back: %+v", p)
	}
	do("UPDATE heads SET n = 13 WHERE tenant_id = $1", int32(s.ID))

	// Roots: one is gone from the database, one from the file.
	do("DELETE FROM ctl.roots WHERE day = $1", today.In(clock.Zone).AddDate(0, 0, -4))
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(body), "\n")
	if err := os.WriteFile(file, []byte(lines[1]+lines[2]), 0o600); err != nil {
		t.Fatal(err)
	}
	p = prove(t, w, folder, s.ID)
	if r := p.Roots[0]; p.Holds || r.Days != 1 || len(r.Broken) != 2 || !strings.Contains(r.Broken[0].Why, "file has no line") || !strings.Contains(r.Broken[1].Why, "database has no root") {
		t.Errorf("roots removed: %+v", p.Roots)
	}

	// A placement that has worked for days without any root has lost them.
	do("DELETE FROM ctl.roots")
	if p = prove(t, w, t.TempDir(), s.ID); !p.Holds || p.Roots[0].Missing {
		t.Errorf("opened a moment ago: %+v", p.Roots)
	}
	later, _ := clock.Hold(t.Context(), today.Add(72*time.Hour))
	p, err = seal.Prove(later, w.DB, seal.Asked{Folder: t.TempDir(), Only: s.ID})
	if err != nil || p.Holds || !p.Roots[0].Missing {
		t.Errorf("three days later: %+v, %v", p.Roots, err)
	}
}
