package reseal

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/keys"
	"wanjie/tenants/tenantstest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// catalogue is that of a house with two sealed tables.
var catalogue = []keys.Columns{
	{Table: "members", Sealed: []string{"name", "phone"}}, {Table: "accesses", Sealed: []string{"address", "reason"}}, {Table: "ctl.messages", Sealed: []string{"body"}}, {Table: "heads"},
}

// A value that opens nowhere is counted, left as it is, and keeps the old key in use; the others go on.
func TestUnreadableValuesStopNothing(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s := w.Street(t)
	in := func(ctx context.Context, f func(context.Context, tenants.Tx) error) {
		t.Helper()
		must(t, w.DB.Write(ctx, s.ID, tenants.Machine(), f))
	}
	at := func(column string, id uuid.UUID) keys.Addr {
		return keys.Addr{Table: "members", Column: column, ID: id}
	}
	ids := make([]uuid.UUID, 7)
	in(t.Context(), func(ctx context.Context, tx tenants.Tx) error {
		box, err := tx.Box(ctx)
		if err != nil {
			return err
		}
		for i := range ids {
			ids[i] = tenants.NewID()
			name, phone := box.Seal(at("name", ids[i]), "陆明"), box.Seal(at("phone", ids[i]), "13812345678")
			if i == 2 { // somebody moved it from another row
				name = box.Seal(at("name", ids[0]), "陆明")
			}
			if i == 4 {
				phone = nil
			}
			if _, err := tx.Raw("INSERT INTO members (tenant_id, person, id, name, phone) VALUES (?, ?, ?, ?, ?)", int32(s.ID), i+1, ids[i], name, phone).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	wrapped, err := keys.Issue(t.Context(), w.Config.Keys, int32(s.ID))
	must(t, err)
	ctx, now := clock.Hold(t.Context(), clock.Now(t.Context()))
	var v Version
	in(ctx, func(ctx context.Context, tx tenants.Tx) error {
		v, err = Begin(ctx, tx, wrapped)
		if err != nil {
			return err
		}
		if _, err := Begin(ctx, tx, wrapped); !errors.Is(err, ErrBusy) {
			t.Errorf("begun twice: %v", err)
		}
		if _, _, err := Step(ctx, tx, catalogue, Place{Version: v.Version}, 3); !errors.Is(err, ErrEarly) {
			t.Errorf("brought over before the key's time: %v", err)
		}
		return nil
	})
	if v.Version != 2 || v.From.Sub(v.MadeAt) != keys.Settle {
		t.Fatalf("begun %+v", v)
	}
	now.Move(v.From)
	p, steps := Place{Version: 2}, 0
	for done := false; !done; steps++ {
		if steps > 20 {
			t.Fatalf("no end: %+v", p)
		}
		in(ctx, func(ctx context.Context, tx tenants.Tx) (err error) {
			p, done, err = Step(ctx, tx, catalogue, p, 3)
			return err
		})
	}
	if p.Moved != 12 || p.Bad != 1 || p.Table != "members" {
		t.Errorf("ended at %+v after %d steps", p, steps)
	}
	in(ctx, func(ctx context.Context, tx tenants.Tx) error {
		left, err := Left(ctx, tx, catalogue)
		if err != nil || len(left) != 1 || left["members"] != 1 {
			t.Errorf("left are %v, %v", left, err)
		}
		if err := Retire(ctx, tx, catalogue); !fault.Is(err, fault.Conflict) {
			t.Errorf("retired with values under the old key: %v", err)
		}
		box, err := tx.Box(ctx)
		if err != nil {
			return err
		}
		var rows []struct{ Name, Phone []byte }
		if err := tx.Raw("SELECT name, phone FROM members WHERE tenant_id = ? ORDER BY id", int32(s.ID)).Scan(ctx, &rows); err != nil {
			return err
		}
		for i, r := range rows {
			name, err := box.Open(at("name", ids[i]), r.Name)
			phone, err2 := box.Open(at("phone", ids[i]), r.Phone)
			if i != 2 && (err != nil || name != "陆明" || keys.VersionOf(r.Name) != 2) || i == 2 && err == nil || err2 != nil || (phone == "") != (i == 4) {
				t.Errorf("row %d: %q, %q under %d (%v, %v)", i, name, phone, keys.VersionOf(r.Name), err, err2)
			}
		}
		// Mended by hand, the old key goes.
		if _, err := tx.Raw("UPDATE members SET name = ? WHERE tenant_id = ? AND id = ?", box.Seal(at("name", ids[2]), "陆明"), int32(s.ID), ids[2]).Exec(ctx); err != nil {
			return err
		}
		if err := Retire(ctx, tx, catalogue); err != nil {
			return err
		}
		all, err := Versions(ctx, tx)
		if err != nil || len(all) != 2 || all[0].Retired.IsZero() || !all[1].Retired.IsZero() {
			t.Errorf("versions %+v, %v", all, err)
		}
		return nil
	})
}

// A catalogue of a newer or older release does not lead astray: a table that is gone is passed over.
func TestATableThatWentAway(t *testing.T) {
	t.Parallel()
	tables := sealedTables(catalogue)
	if len(tables) != 2 || tables[0].Table != "accesses" || tables[1].Table != "members" {
		t.Fatalf("%+v", tables)
	}
	if got := older(tables[0], 258); !bytes.Contains([]byte(got), []byte(`'\x0102'`)) {
		t.Errorf("versions are compared by %s", got)
	}
}
