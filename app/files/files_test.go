package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/keys"
	"wanjie/tenants/keys/reseal"
	"wanjie/tenants/tenantstest"
)

const owner, other = 7, 8

func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

// keep writes a file and answers its id.
func keep(t *testing.T, ctx context.Context, w *tenantstest.World, id tenants.ID, content []byte) uuid.UUID {
	t.Helper()
	f := File{ID: tenants.NewID(), Owner: owner, Kind: "text/csv"}
	out, err := Create(ctx, w.DB, id, f, "案卷.csv")
	if err != nil {
		t.Fatal(err)
	}
	for rest := content; len(rest) > 0; { // in odd pieces
		n := min(len(rest), 77_777)
		if _, err := out.Write(rest[:n]); err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	if err := out.Close(nil); err != nil {
		t.Fatal(err)
	}
	return f.ID
}

// find asks for a file as a person.
func find(ctx context.Context, w *tenantstest.World, id tenants.ID, person int64, file uuid.UUID) (f *File, err error) {
	err = w.DB.Read(ctx, id, tenants.Actor{Person: person}, func(ctx context.Context, tx tenants.Tx) error {
		f, err = Find(ctx, tx, file)
		return err
	})
	return f, err
}

// reader reads as the product itself.
func reader(w *tenantstest.World, id tenants.ID) func(context.Context, func(context.Context, tenants.Tx) error) error {
	return func(ctx context.Context, f func(context.Context, tenants.Tx) error) error {
		return w.DB.Read(ctx, id, tenants.Machine(), f)
	}
}

func TestAFileComesBackAsItWas(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s := w.Street(t)
	for _, n := range []int{0, 1, partSize, partSize + 1, 3*partSize - 1} {
		content := noise(n)
		f, err := find(t.Context(), w, s.ID, owner, keep(t, t.Context(), w, s.ID, content))
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		if err := f.Copy(t.Context(), reader(w, s.ID), &got); err != nil || !bytes.Equal(got.Bytes(), content) || f.Size != int64(n) {
			t.Errorf("%d bytes came back as %d, size %d (%v)", n, got.Len(), f.Size, err)
		}
		var name string
		if err := w.DB.Read(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
			box, err := tx.Box(ctx)
			if err != nil {
				return err
			}
			name, err = f.Name(box)
			return err
		}); err != nil || name != "案卷.csv" {
			t.Errorf("it is called %q (%v)", name, err)
		}
	}
}

// Somebody else's file, another street's, an expired one, one that is still being written and none at all are the
// same answer.
func TestAFileIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	a, b := w.Street(t), w.Street(t)
	id := keep(t, t.Context(), w, a.ID, []byte("x"))
	half := File{ID: tenants.NewID(), Owner: owner, Kind: "text/csv"}
	out, err := Create(t.Context(), w.DB, a.ID, half, "x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := out.Write(noise(partSize + 1)); err != nil {
		t.Fatal(err)
	}
	later, _ := clock.Hold(t.Context(), time.Now().Add(Kept+time.Minute))
	var first string
	for what, ask := range map[string]func() (*File, error){
		"somebody else's":  func() (*File, error) { return find(t.Context(), w, a.ID, other, id) },
		"another street's": func() (*File, error) { return find(t.Context(), w, b.ID, owner, id) },
		"an expired one":   func() (*File, error) { return find(later, w, a.ID, owner, id) },
		"half of one":      func() (*File, error) { return find(t.Context(), w, a.ID, owner, half.ID) },
		"none":             func() (*File, error) { return find(t.Context(), w, a.ID, owner, tenants.NewID()) },
	} {
		_, err := ask()
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if first == "" {
			first = err.Error()
		}
		if err.Error() != first {
			t.Errorf("%s answers %q, another %q", what, err, first)
		}
	}
	if _, err := find(t.Context(), w, a.ID, owner, id); err != nil {
		t.Errorf("its owner: %v", err)
	}
}

// What lies in the tables says nothing, and does not open anywhere else.
func TestWhatLiesThereIsSealed(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s := w.Street(t)
	super := w.Super(t, tenants.Home)
	secret := "诉求人王小明13800138000"
	id := keep(t, t.Context(), w, s.ID, append([]byte(secret), noise(2*partSize)...))
	var seen int
	if err := super.QueryRow(t.Context(), `SELECT count(*) FROM file_parts WHERE tenant_id = $1 AND position($2::bytea in body) > 0`, int32(s.ID), []byte(secret)).Scan(&seen); err != nil || seen != 0 {
		t.Errorf("%d parts can be read (%v)", seen, err)
	}
	f, err := find(t.Context(), w, s.ID, owner, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, harm := range []string{
		"SET wj.reseal = 'on'; UPDATE file_parts SET n = CASE n WHEN 0 THEN 1 ELSE 0 END + 10 WHERE tenant_id = %d AND file_id = '%s' AND n < 2; UPDATE file_parts SET n = n - 10 WHERE tenant_id = %[1]d AND n >= 10",
		"DELETE FROM file_parts WHERE tenant_id = %d AND file_id = '%s' AND n = 2",
	} {
		if _, err := super.Exec(t.Context(), fmt.Sprintf(harm, s.ID, id)); err != nil {
			t.Fatal(err)
		}
		if err := f.Copy(t.Context(), reader(w, s.ID), io.Discard); err == nil {
			t.Errorf("after %q it still streams to its end", harm)
		} else if harm[0] == 'S' && !errors.Is(err, keys.ErrSealed) {
			t.Errorf("swapped parts: %v", err)
		}
	}
}

// A new data key reaches files too.
func TestAFileOutlivesItsKey(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s := w.Street(t)
	content := noise(3*partSize + 5)
	id := keep(t, t.Context(), w, s.ID, content)
	wrapped, err := keys.Issue(t.Context(), w.DB.Keys(), int32(s.ID))
	if err != nil {
		t.Fatal(err)
	}
	renew := func(f func(context.Context, tenants.Tx) error) {
		t.Helper()
		if err := w.DB.Write(t.Context(), s.ID, tenants.Machine(), f); err != nil {
			t.Fatal(err)
		}
	}
	var p reseal.Place
	renew(func(ctx context.Context, tx tenants.Tx) error {
		v, err := reseal.Begin(ctx, tx, wrapped)
		p.Version = v.Version
		return err
	})
	if _, err := w.Super(t, tenants.Home).Exec(t.Context(), "UPDATE data_keys SET from_at = now() - interval '1 hour' WHERE tenant_id = $1", int32(s.ID)); err != nil {
		t.Fatal(err)
	}
	other, err := tenants.Open(w.Config) // a process that has not held the old key
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	for done := false; !done; {
		if err := other.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
			p, done, err = reseal.Step(ctx, tx, Columns, p, 2)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	if p.Moved != 5 || p.Bad != 0 { // four parts and the name
		t.Errorf("%d values were brought over, %d could not be", p.Moved, p.Bad)
	}
	var f *File
	var got bytes.Buffer
	read := func(ctx context.Context, do func(context.Context, tenants.Tx) error) error {
		return other.Read(ctx, s.ID, tenants.Actor{Person: owner}, do)
	}
	if err := read(t.Context(), func(ctx context.Context, tx tenants.Tx) (err error) {
		f, err = Find(ctx, tx, id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := f.Copy(t.Context(), read, &got); err != nil || !bytes.Equal(got.Bytes(), content) {
		t.Errorf("%d bytes of %d come back (%v)", got.Len(), len(content), err)
	}
}

func TestAFileHasABoundAndAnEnd(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s := w.Street(t)
	out := &Writer{ctx: t.Context(), db: w.DB, tenant: s.ID, file: File{Size: Most - 10}}
	if _, err := out.Write(make([]byte, 11)); !errors.Is(err, ErrLarge) {
		t.Errorf("beyond the bound: %v", err)
	}

	past, _ := clock.Hold(t.Context(), time.Now().Add(-Kept-time.Hour))
	old, young := keep(t, past, w, s.ID, noise(partSize+1)), keep(t, t.Context(), w, s.ID, []byte("x"))
	if err := w.DB.System(t.Context(), tenants.Home, Purge); err != nil {
		t.Fatal(err)
	}
	super := w.Super(t, tenants.Home)
	for id, want := range map[uuid.UUID]int{old: 0, young: 1} {
		var files, parts int
		if err := super.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM files WHERE id = $1), (SELECT count(*) FROM file_parts WHERE file_id = $1)`, id).Scan(&files, &parts); err != nil {
			t.Fatal(err)
		}
		if files != want || parts != want {
			t.Errorf("%d files and %d parts are left, want %d", files, parts, want)
		}
	}
}

// A second try begins anew, and what was removed meanwhile does not come back.
func TestASecondTryBeginsAnew(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s := w.Street(t)
	f := File{ID: tenants.NewID(), Owner: owner, Kind: "text/csv"}
	first, err := Create(t.Context(), w.DB, s.ID, f, "x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.Write(noise(partSize)); err != nil {
		t.Fatal(err)
	}
	second, err := Create(t.Context(), w.DB, s.ID, f, "x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.Write([]byte("new")); err != nil {
		t.Fatal(err)
	}
	if err := second.Close(func(context.Context, tenants.Tx, File) error { return errors.New("the books refuse") }); err == nil {
		t.Error("it is whole although the books refused")
	}
	if _, err := find(t.Context(), w, s.ID, owner, f.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("it is there although the books refused: %v", err)
	}
	if err := w.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error { return Remove(ctx, tx, f.ID) }); err != nil {
		t.Fatal(err)
	}
	if err := second.Close(nil); !fault.Is(err, fault.NotFound) && err == nil {
		t.Errorf("closing what was removed: %v", err)
	}
}
