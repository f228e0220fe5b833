package seal_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/journal"
	"wanjie/tenants/journal/seal"
	"wanjie/tenants/tenantstest"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// sealed opens a street with three segments of acts.
func sealed(t *testing.T, w *tenantstest.World) tenants.Tenant {
	t.Helper()
	s := w.Street(t, tenantstest.At(tenantstest.Other))
	r, err := journal.NewRunner(w.DB, nil, quiet, seal.Follower())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := w.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
			for j := range 4 {
				tx.Record(tenants.Act{Kind: "test.done", Version: 1, Object: "test", ObjectID: tenants.NewID(), HappenedAt: clock.Now(ctx),
					Before: tenants.Dims{"unit": "", "class": "甲"}, After: tenants.Dims{"n": fmt.Sprint(i, j), "class": "乙"}, Imported: j == 3})
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := r.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestVerifyNamesTheFirstBrokenSegment(t *testing.T) {
	w := tenantstest.Open(t)
	for name, c := range map[string]struct {
		tamper     string
		from, upto int64
	}{
		"an act's dimension is changed":    {`UPDATE journal SET after = after || '{"class":"丙"}' WHERE tenant_id = $1 AND n = 7`, 6, 9},
		"an act's time is changed":         {`UPDATE journal SET happened_at = happened_at - interval '1 second' WHERE tenant_id = $1 AND n = 2`, 1, 5},
		"an act is attributed to another":  {`UPDATE journal SET actor = 7 WHERE tenant_id = $1 AND n = 13`, 10, 13},
		"an act is passed off as imported": {`UPDATE journal SET imported = true WHERE tenant_id = $1 AND n = 3`, 1, 5},
		"a dimension moves to before":      {`UPDATE journal SET before = NULL WHERE tenant_id = $1 AND n = 6`, 6, 9},
		"an act is removed":                {`DELETE FROM journal WHERE tenant_id = $1 AND n = 8`, 6, 9},
		"the last act is removed":          {`DELETE FROM journal WHERE tenant_id = $1 AND n = 13`, 10, 13},
		"a seal is removed":                {`DELETE FROM seals WHERE tenant_id = $1 AND upto = 5`, 1, 9},
		"a seal is changed":                {`UPDATE seals SET hash = sha256('') WHERE tenant_id = $1 AND upto = 9`, 6, 9},
	} {
		t.Run(name, func(t *testing.T) {
			s := sealed(t, w)
			if c, err := seal.Verify(t.Context(), w.DB, tenantstest.Other, s.ID); err != nil || c != (seal.Chain{Sealed: 13, Head: 13}) {
				t.Fatalf("untouched: %+v, %v", c, err)
			}
			if _, err := w.Super(t, tenantstest.Other).Exec(t.Context(), c.tamper, int32(s.ID)); err != nil {
				t.Fatal(err)
			}
			_, err := seal.Verify(t.Context(), w.DB, tenantstest.Other, s.ID)
			var b *seal.BrokenError
			if !errors.As(err, &b) || b.Tenant != s.ID || b.From != c.from || b.Upto != c.upto {
				t.Fatalf("got %v, want acts %d to %d", err, c.from, c.upto)
			}
			for _, q := range []string{"DELETE FROM seals WHERE tenant_id = $1", "DELETE FROM cursors WHERE tenant_id = $1", "DELETE FROM heads WHERE tenant_id = $1", "DELETE FROM journal WHERE tenant_id = $1"} {
				if _, err := w.Super(t, tenantstest.Other).Exec(t.Context(), q, int32(s.ID)); err != nil {
					t.Fatal(err) // a broken tenant must not stop the others of this test
				}
			}
		})
	}
}

func TestRoots(t *testing.T) {
	w := tenantstest.Open(t)
	first := sealed(t, w)
	file := filepath.Join(t.TempDir(), "roots.jsonl")
	day := time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC) // the 24th in Shanghai
	verify := func() error {
		_, err := seal.VerifyRoot(t.Context(), w.DB, tenantstest.Other, file, day)
		return err
	}
	l, err := seal.Root(t.Context(), w.DB, tenantstest.Other, file, day)
	if err != nil || l.Day != "2026-11-24" || l.Tenants < 1 || l.Acts < 13 {
		t.Fatalf("root %+v: %v", l, err)
	}
	sealed(t, w) // later acts and tenants leave the root alone
	if again, err := seal.Root(t.Context(), w.DB, tenantstest.Other, file, day); err != nil || again != l {
		t.Fatalf("second call: %+v, %v; want the first root", again, err)
	}
	if err := verify(); err != nil {
		t.Fatal(err)
	}
	var none *seal.RootError
	if _, err := seal.VerifyRoot(t.Context(), w.DB, tenantstest.Other, file, day.AddDate(0, 0, 1)); !errors.As(err, &none) || none.Day != "2026-11-25" {
		t.Errorf("a day without root: %v", err)
	}
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Root(t.Context(), w.DB, tenantstest.Other, file, day); err != nil {
		t.Fatal(err)
	}
	if mended, err := os.ReadFile(file); err != nil || string(mended) != string(body) {
		t.Errorf("the lost line was mended as %q, want %q (%v)", mended, body, err)
	}
	// The whole chain of a tenant is computed anew by somebody who owns the database.
	c := w.Super(t, tenantstest.Other)
	if _, err := c.Exec(t.Context(), "CREATE TEMP TABLE kept AS SELECT * FROM seals WHERE tenant_id = $1", int32(first.ID)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Exec(t.Context(), "UPDATE seals SET hash = sha256('rewritten') WHERE tenant_id = $1 AND upto = 13", int32(first.ID)); err != nil {
		t.Fatal(err)
	}
	if err := verify(); err == nil {
		t.Error("a rewritten chain passed the root")
	}
	if _, err := c.Exec(t.Context(), "UPDATE seals s SET hash = k.hash FROM kept k WHERE s.tenant_id = k.tenant_id AND s.upto = k.upto"); err != nil {
		t.Fatal(err)
	}
	if err := verify(); err != nil {
		t.Fatal(err)
	}
	// A root made up in the database alone does not match the file.
	if _, err := c.Exec(t.Context(), "UPDATE ctl.roots SET acts = acts - 1 WHERE day = '2026-11-24'"); err != nil {
		t.Fatal(err)
	}
	if err := verify(); err == nil {
		t.Error("a changed row of ctl.roots passed")
	}
	// Nor does a line in both places that our key did not sign.
	forged := l
	forged.Hash = fmt.Sprintf("%064x", 1)
	if err := os.WriteFile(file, fmt.Appendf(nil, `{"placement":%q,"day":%q,"hash":%q,"signature":%q,"key":%q}`+"\n",
		forged.Placement, forged.Day, forged.Hash, forged.Signature, forged.Key), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := verify(); err == nil {
		t.Error("a forged line passed")
	}
}
