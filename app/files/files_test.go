package files

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/blobs"
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

// write makes a draft with content, whole and known to nobody.
func write(t *testing.T, ctx context.Context, w *tenantstest.World, id tenants.ID, f File, content []byte) *Draft {
	t.Helper()
	d, err := Create(ctx, w.DB.Blobs(), id, f, "案卷.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Drop()
	for rest := content; len(rest) > 0; { // in odd pieces
		n := min(len(rest), 77_777)
		if _, err := d.Write(rest[:n]); err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return d
}

// known lets a draft be known.
func known(t *testing.T, ctx context.Context, w *tenantstest.World, id tenants.ID, d *Draft) {
	t.Helper()
	if err := w.DB.Write(ctx, id, tenants.Machine(), d.Keep); err != nil {
		t.Fatal(err)
	}
}

// keep writes a file for its owner and answers its id.
func keep(t *testing.T, ctx context.Context, w *tenantstest.World, id tenants.ID, content []byte) uuid.UUID {
	t.Helper()
	d := write(t, ctx, w, id, File{ID: tenants.NewID(), Owner: owner, Kind: "text/csv"}, content)
	known(t, ctx, w, id, d)
	return d.ID
}

// find asks for a file as a person.
func find(ctx context.Context, db *tenants.DB, id tenants.ID, person int64, file uuid.UUID) (f *File, err error) {
	err = db.Read(ctx, id, tenants.Actor{Person: person}, func(ctx context.Context, tx tenants.Tx) error {
		f, err = Find(ctx, tx, file)
		return err
	})
	return f, err
}

// lies is where the content of a file lies in the folder.
func lies(w *tenantstest.World, id tenants.ID, blob uuid.UUID) string {
	return filepath.Join(w.Files, id.String(), blob.String())
}

func TestAFileComesBackAsItWas(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s := w.Street(t)
	for _, n := range []int{0, 1, partSize, partSize + 1, 3*partSize - 1} {
		content := noise(n)
		f, err := find(t.Context(), w.DB, s.ID, owner, keep(t, t.Context(), w, s.ID, content))
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		if err := f.Copy(t.Context(), &got); err != nil || !bytes.Equal(got.Bytes(), content) || f.Size != int64(n) || f.Name != "案卷.csv" {
			t.Errorf("%d bytes came back as %d, size %d, called %q (%v)", n, got.Len(), f.Size, f.Name, err)
		}
	}
}

// Somebody else's file, another street's, an expired one, one that was never kept, one that belongs to a case and none at all
// are the same answer.
func TestAFileIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	a, b := w.Street(t), w.Street(t)
	id := keep(t, t.Context(), w, a.ID, []byte("x"))
	half := write(t, t.Context(), w, a.ID, File{ID: tenants.NewID(), Owner: owner, Kind: "text/csv"}, noise(partSize+1))
	part := write(t, t.Context(), w, a.ID, File{ID: tenants.NewID(), Kind: "image/jpeg"}, []byte("x"))
	known(t, t.Context(), w, a.ID, part)
	later, _ := clock.Hold(t.Context(), time.Now().Add(Kept+time.Minute))
	var first string
	for what, ask := range map[string]func() (*File, error){
		"somebody else's":  func() (*File, error) { return find(t.Context(), w.DB, a.ID, other, id) },
		"another street's": func() (*File, error) { return find(t.Context(), w.DB, b.ID, owner, id) },
		"an expired one":   func() (*File, error) { return find(later, w.DB, a.ID, owner, id) },
		"half of one":      func() (*File, error) { return find(t.Context(), w.DB, a.ID, owner, half.ID) },
		"a case's":         func() (*File, error) { return find(t.Context(), w.DB, a.ID, owner, part.ID) },
		"none":             func() (*File, error) { return find(t.Context(), w.DB, a.ID, owner, tenants.NewID()) },
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
	if _, err := find(t.Context(), w.DB, a.ID, owner, id); err != nil {
		t.Errorf("its owner: %v", err)
	}
	if err := w.DB.Write(t.Context(), b.ID, tenants.Machine(), half.Keep); err == nil {
		t.Error("another street keeps what was written for this one")
	}
}

// What lies in the folder says nothing, and opens nowhere else: not swapped, not cut, not under another file or tenant.
func TestWhatLiesThereIsSealed(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	a, b := w.Street(t), w.Street(t)
	secret := []byte("诉求人王小明13800138000")
	whole := slices.Concat(secret, noise(2*partSize))
	id := keep(t, t.Context(), w, a.ID, whole)
	f, err := find(t.Context(), w.DB, a.ID, owner, id)
	if err != nil {
		t.Fatal(err)
	}
	at := lies(w, a.ID, f.Blob)
	sealed, err := os.ReadFile(at)
	if err != nil || len(sealed) != len(whole)+3*keys.Overhead || bytes.Contains(sealed, secret) {
		t.Fatalf("%d bytes lie there, or they can be read (%v)", len(sealed), err)
	}
	one := partSize + keys.Overhead
	for what, harm := range map[string][]byte{
		"two parts swapped": slices.Concat(sealed[one:2*one], sealed[:one], sealed[2*one:]),
		"the end cut off":   sealed[:2*one],
		"one bit turned":    append(slices.Clone(sealed[:len(sealed)-1]), sealed[len(sealed)-1]^1),
	} {
		if err := os.WriteFile(at, harm, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := f.Copy(t.Context(), io.Discard); err == nil {
			t.Errorf("%s: it still streams to its end", what)
		} else if what != "the end cut off" && !errors.Is(err, keys.ErrSealed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	// The neighbour gets the content and the row, word for word, and still reads nothing.
	if err := os.MkdirAll(filepath.Dir(lies(w, b.ID, f.Blob)), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(lies(w, b.ID, f.Blob), sealed, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Super(t, tenants.Home).Exec(t.Context(), `INSERT INTO files (tenant_id, id, owner, name, kind, size, parts, made_at, ready_at, expires_at, blob, secret)
		SELECT $1, id, owner, name, kind, size, parts, made_at, ready_at, expires_at, blob, secret FROM files WHERE tenant_id = $2 AND id = $3`, int32(b.ID), int32(a.ID), id); err != nil {
		t.Fatal(err)
	}
	if _, err := find(t.Context(), w.DB, b.ID, owner, id); !errors.Is(err, keys.ErrSealed) {
		t.Errorf("the neighbour's key opens it: %v", err)
	}
	box, err := keys.Content(int32(b.ID), make([]byte, keys.ContentKeySize))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := box.OpenBytes(partAddr(id, 0), sealed[:one]); !errors.Is(err, keys.ErrSealed) {
		t.Errorf("another key opens a part: %v", err)
	}
}

// A new data key reaches files by their small keys; destroying the tenant's key destroys them.
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
	var p reseal.Place
	if err := w.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		v, err := reseal.Begin(ctx, tx, wrapped)
		p.Version = v.Version
		return err
	}); err != nil {
		t.Fatal(err)
	}
	super := w.Super(t, tenants.Home)
	if _, err := super.Exec(t.Context(), "UPDATE data_keys SET from_at = now() - interval '1 hour' WHERE tenant_id = $1", int32(s.ID)); err != nil {
		t.Fatal(err)
	}
	fresh := func() *tenants.DB { // a process that has not held the old key
		db, err := tenants.Open(w.Config)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	later := fresh()
	for done := false; !done; {
		if err := later.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
			if p, done, err = reseal.Step(ctx, tx, Columns, p, 2); err != nil || !done {
				return err
			}
			return reseal.Retire(ctx, tx, Columns)
		}); err != nil {
			t.Fatal(err)
		}
	}
	if p.Moved != 2 || p.Bad != 0 { // its name and its key
		t.Errorf("%d values were brought over, %d could not be", p.Moved, p.Bad)
	}
	var got bytes.Buffer
	f, err := find(t.Context(), fresh(), s.ID, owner, id)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Copy(t.Context(), &got); err != nil || !bytes.Equal(got.Bytes(), content) {
		t.Errorf("%d bytes of %d come back (%v)", got.Len(), len(content), err)
	}
	if err := w.DB.Keys().Destroy(t.Context(), int32(s.ID)); err != nil {
		t.Fatal(err)
	}
	if _, err := find(t.Context(), fresh(), s.ID, owner, id); !errors.Is(err, keys.ErrDestroyed) {
		t.Errorf("after the tenant's key was destroyed: %v", err)
	}
}

// What nobody knows of goes a day later: what was never kept, what was deleted, what expired. What is known stays, and so
// does what lies there of a tenant that the directory does not know.
func TestOrphansAreSwept(t *testing.T) { // alone: it walks the whole store
	w := tenantstest.Open(t)
	s := w.Street(t)
	long, _ := clock.Hold(t.Context(), time.Now().Add(-Kept-time.Hour))
	file := File{Kind: "image/jpeg"}
	draft := func() *Draft { file.ID = tenants.NewID(); return write(t, t.Context(), w, s.ID, file, noise(10)) }
	kept, dropped, removed, young := draft(), draft(), draft(), draft()
	known(t, t.Context(), w, s.ID, kept)
	known(t, t.Context(), w, s.ID, removed)
	expired := write(t, long, w, s.ID, File{ID: tenants.NewID(), Owner: owner, Kind: "text/csv"}, noise(10))
	known(t, long, w, s.ID, expired)
	if err := w.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error { return Remove(ctx, tx, removed.ID) }); err != nil {
		t.Fatal(err)
	}
	if err := w.DB.System(t.Context(), tenants.Home, Purge); err != nil {
		t.Fatal(err)
	}
	stranger := blobs.Name{Tenant: 1_999_999, ID: tenants.NewID()}
	if err := w.DB.Blobs().Put(t.Context(), stranger, bytes.NewReader(nil)); err != nil {
		t.Fatal(err)
	}
	if _, err := Sweep(t.Context(), w.DB); err != nil { // all of it is of today
		t.Fatal(err)
	}
	if _, err := os.Stat(lies(w, s.ID, dropped.Blob)); err != nil {
		t.Errorf("swept before a day was over: %v", err)
	}
	tomorrow, _ := clock.Hold(t.Context(), time.Now().Add(forgotten+time.Minute))
	if n, err := Sweep(tomorrow, w.DB); err != nil || n < 4 {
		t.Errorf("%d swept (%v)", n, err)
	}
	for what, c := range map[string]struct {
		blob uuid.UUID
		left bool
	}{"a kept one": {kept.Blob, true}, "one never kept": {dropped.Blob, false}, "a removed one": {removed.Blob, false}, "an expired one": {expired.Blob, false}, "another never kept": {young.Blob, false}} {
		if _, err := os.Stat(lies(w, s.ID, c.blob)); (err == nil) != c.left {
			t.Errorf("%s: %v", what, err)
		}
	}
	if in, err := w.DB.Blobs().Open(t.Context(), stranger); err != nil {
		t.Errorf("what belongs to nobody we know: %v", err)
	} else {
		_ = in.Close()
	}
}

func TestAFileHasABound(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s := w.Street(t)
	d, err := Create(t.Context(), w.DB.Blobs(), s.ID, File{ID: tenants.NewID(), Owner: owner, Kind: "text/csv"}, "x")
	if err != nil {
		t.Fatal(err)
	}
	d.Size = Most - 10
	if _, err := d.Write(make([]byte, 11)); !errors.Is(err, ErrLarge) {
		t.Errorf("beyond the bound: %v", err)
	}
	d.Drop()
	if _, err := os.Stat(lies(w, s.ID, d.Blob)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was broken off lies there: %v", err)
	}
	if err := w.DB.Write(t.Context(), s.ID, tenants.Machine(), d.Keep); err == nil {
		t.Error("what was broken off is kept")
	}
}

// A second try takes the place of the first one, and what the books refuse is not there.
func TestASecondTryTakesThePlaceOfTheFirst(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s := w.Street(t)
	f := File{ID: tenants.NewID(), Owner: owner, Kind: "text/csv"}
	first, second := write(t, t.Context(), w, s.ID, f, noise(partSize)), write(t, t.Context(), w, s.ID, f, []byte("new"))
	if err := w.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		return errors.Join(first.Keep(ctx, tx), errors.New("the books refuse"))
	}); err == nil {
		t.Error("it is kept although the books refused")
	}
	if _, err := find(t.Context(), w.DB, s.ID, owner, f.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("it is there although the books refused: %v", err)
	}
	known(t, t.Context(), w, s.ID, first)
	known(t, t.Context(), w, s.ID, second)
	got, err := find(t.Context(), w.DB, s.ID, owner, f.ID)
	if err != nil || got.Size != 3 {
		t.Errorf("after a second try it has %d bytes (%v)", got.Size, err)
	}
}
