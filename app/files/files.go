package files

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// Most is the size of the largest file, in bytes; Kept is for how long one is there.
const (
	Most = 64 << 20
	Kept = 7 * 24 * time.Hour
)

// partSize is what is sealed, written and read at once; a few hundred are in memory when they get a new key.
const partSize = 64 << 10

// ErrLarge is the fault of a file that grows beyond Most.
var ErrLarge = fault.New(fault.Invalid, "文件超过 64 MB，请缩小范围")

// File is a file of a tenant. Its name is sealed: Name opens it.
type File struct {
	bun.BaseModel `bun:"table:files,alias:f"`

	ID        uuid.UUID `bun:",pk,type:uuid"`
	Owner     int64     // the only person who may have it
	Sealed    []byte    `bun:"name"`
	Kind      string    // content type
	Size      int64
	Parts     int
	MadeAt    time.Time
	ReadyAt   time.Time `bun:",nullzero"` // zero: still being written
	ExpiresAt time.Time
}

// Columns catalogues the tables of this package.
var Columns = []keys.Columns{
	{Table: "files", Plain: []string{"tenant_id", "id", "owner", "kind", "size", "parts", "made_at", "ready_at", "expires_at"}, Sealed: []string{"name"}},
	{Table: "file_parts", Plain: []string{"tenant_id", "id", "file_id", "n"}, Sealed: []string{"body"}},
}

func nameAddr(id uuid.UUID) keys.Addr { return keys.Addr{Table: "files", Column: "name", ID: id} }

// partAddr binds a part to its file and its place there: its row's id is made from both, and never read.
func partAddr(file uuid.UUID, n int) keys.Addr {
	return keys.Addr{Table: "file_parts", Column: "body", ID: uuid.NewSHA1(file, binary.BigEndian.AppendUint32(nil, uint32(n)))}
}

// Find is a whole file of the actor. One of somebody else, of another tenant, one that has expired, is not ready or
// never was is the same NotFound.
func Find(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*File, error) {
	f := new(File)
	err := tx.Select(f).Where("f.id = ?", id).Where("f.owner = ?", tx.Actor().Person).Where("f.ready_at IS NOT NULL").
		Where("f.expires_at > ?", clock.Now(ctx)).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "页面不存在")
	}
	if err != nil {
		return nil, fmt.Errorf("find file %s: %w", id, err)
	}
	return f, nil
}

// Name opens the file's name.
func (f *File) Name(box *keys.Box) (string, error) { return box.Open(nameAddr(f.ID), f.Sealed) }

// Copy writes the file to w, a part and a transaction at a time, which read opens. A part that is missing or was tampered
// with is an error in the middle: tell the receiver the size beforehand, so that he knows.
func (f *File) Copy(ctx context.Context, read func(context.Context, func(context.Context, tenants.Tx) error) error, w io.Writer) error {
	for n := range f.Parts {
		var plain []byte
		err := read(ctx, func(ctx context.Context, tx tenants.Tx) error {
			var body []byte
			if err := tx.Raw("SELECT body FROM file_parts WHERE tenant_id = ? AND file_id = ? AND n = ?", int32(tx.ID()), f.ID, n).Scan(ctx, &body); err != nil {
				return err
			}
			box, err := tx.Box(ctx)
			if err != nil {
				return err
			}
			plain, err = box.OpenBytes(partAddr(f.ID, n), body)
			return err
		})
		if err != nil {
			return fmt.Errorf("read part %d of file %s: %w", n, f.ID, err)
		}
		if _, err := w.Write(plain); err != nil {
			return err
		}
	}
	return nil
}

// Remove deletes a file with its parts; one that is not there is no error. Whether the actor may, the caller says.
func Remove(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	if _, err := tx.Delete((*File)(nil)).Where("f.id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("remove file %s: %w", id, err)
	}
	return nil
}

// Purge deletes what has expired at a placement, and what was begun and never finished.
func Purge(ctx context.Context, tx tenants.SystemTx) error {
	if _, err := tx.Raw("DELETE FROM files WHERE expires_at <= ?", clock.Now(ctx)).Exec(ctx); err != nil {
		return fmt.Errorf("purge files: %w", err)
	}
	return nil
}

// Writer takes a file's content. Nothing of it can be read before Close.
type Writer struct {
	ctx    context.Context //nolint:containedctx // a writer has no other way to be told
	db     *tenants.DB
	tenant tenants.ID
	file   File
	buf    []byte
}

// Create begins a file under id, in place of what an earlier try left there.
func Create(ctx context.Context, db *tenants.DB, tenant tenants.ID, f File, name string) (*Writer, error) {
	w := &Writer{ctx: ctx, db: db, tenant: tenant, file: f, buf: make([]byte, 0, partSize)}
	err := db.Write(ctx, tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		box, err := tx.Box(ctx)
		if err != nil {
			return err
		}
		w.file.Sealed = box.Seal(nameAddr(f.ID), name)
		w.file.MadeAt = clock.Now(ctx)
		w.file.ExpiresAt = w.file.MadeAt.Add(Kept)
		if err := Remove(ctx, tx, f.ID); err != nil {
			return err
		}
		_, err = tx.Insert(&w.file).Exec(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("create file %s: %w", f.ID, err)
	}
	return w, nil
}

// Write keeps p. ErrLarge when the file grows too large.
func (w *Writer) Write(p []byte) (int, error) {
	if w.file.Size+int64(len(w.buf)+len(p)) > Most {
		return 0, ErrLarge
	}
	n := len(p)
	for len(p) > 0 {
		take := min(len(p), partSize-len(w.buf))
		w.buf, p = append(w.buf, p[:take]...), p[take:]
		if len(w.buf) == partSize {
			if err := w.part(); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

func (w *Writer) part() error {
	err := w.db.Write(w.ctx, w.tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		box, err := tx.Box(ctx)
		if err != nil {
			return err
		}
		at := partAddr(w.file.ID, w.file.Parts)
		_, err = tx.Raw("INSERT INTO file_parts (tenant_id, id, file_id, n, body) VALUES (?, ?, ?, ?, ?)", int32(tx.ID()), at.ID, w.file.ID, w.file.Parts,
			box.SealBytes(at, w.buf)).Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("write part %d of file %s: %w", w.file.Parts, w.file.ID, err)
	}
	w.file.Size += int64(len(w.buf))
	w.file.Parts++
	w.buf = w.buf[:0]
	return nil
}

// Close makes the file whole, in a transaction in which done may say that it is; nil when nobody need.
func (w *Writer) Close(done func(ctx context.Context, tx tenants.Tx, f File) error) error {
	if len(w.buf) > 0 {
		if err := w.part(); err != nil {
			return err
		}
	}
	return w.db.Write(w.ctx, w.tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		f := w.file
		f.ReadyAt = clock.Now(ctx)
		f.ExpiresAt = f.ReadyAt.Add(Kept)
		res, err := tx.Update(&f).Column("size", "parts", "ready_at", "expires_at").WherePK().Exec(ctx)
		if err != nil {
			return fmt.Errorf("complete file %s: %w", f.ID, err)
		}
		if n, _ := res.RowsAffected(); n != 1 {
			return fault.New(fault.NotFound, "文件已被删除") // meanwhile
		}
		if done == nil {
			return nil
		}
		return done(ctx, tx, f)
	})
}
