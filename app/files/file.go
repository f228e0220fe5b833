package files

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/blobs"
	"wanjie/tenants/keys"
)

// Most is the size of the largest file, in bytes; Kept is for how long one that somebody is to fetch is there.
const (
	Most = 64 << 20
	Kept = 7 * 24 * time.Hour
)

// ErrLarge is the fault of a file that grows beyond Most.
var ErrLarge = fault.New(fault.Invalid, "文件超过 64 MB，请缩小范围")

// File is a file of a tenant.
type File struct {
	bun.BaseModel `bun:"table:files,alias:f"`

	ID        uuid.UUID `bun:",pk,type:uuid"`
	Owner     int64     `bun:",nullzero"` // the only person who may have it; 0: what it belongs to says who may
	Kind      string    // content type
	Name      string    `bun:"-"`
	Sealed    []byte    `bun:"name"`
	Blob      uuid.UUID `bun:"type:uuid"` // under which number its content lies
	Secret    []byte    // the key of its content, sealed
	Size      int64
	Parts     int
	MadeAt    time.Time
	ReadyAt   time.Time `bun:",nullzero"`
	ExpiresAt time.Time `bun:",nullzero"` // zero: it stays as long as what it belongs to

	store blobs.Store
	at    blobs.Name // where its content lies
	box   *keys.Box  // what opens it
}

// Columns catalogues the tables of this package.
var Columns = []keys.Columns{
	{Table: "files", Plain: []string{"tenant_id", "id", "owner", "kind", "blob", "size", "parts", "made_at", "ready_at", "expires_at"}, Sealed: []string{"name", "secret"}},
	{Table: "file_parts", Plain: []string{"tenant_id", "id", "file_id", "n"}, Sealed: []string{"body"}},
}

func nameAddr(id uuid.UUID) keys.Addr   { return keys.Addr{Table: "files", Column: "name", ID: id} }
func secretAddr(id uuid.UUID) keys.Addr { return keys.Addr{Table: "files", Column: "secret", ID: id} }

// Find is a file of the actor's own. One of somebody else, of another tenant, one that has expired or never was is the same
// NotFound.
func Find(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*File, error) {
	f := new(File)
	return f.found(ctx, tx, tx.Select(f).Where("f.id = ?", id).Where("f.owner = ?", tx.Actor().Person))
}

// Of is a file of the tenant that belongs to something the actor may see, which the caller has made sure of.
func Of(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*File, error) {
	f := new(File)
	return f.found(ctx, tx, tx.Select(f).Where("f.id = ?", id).Where("f.owner IS NULL"))
}

func (f *File) found(ctx context.Context, tx tenants.Tx, q *bun.SelectQuery) (*File, error) {
	err := q.Where("f.blob IS NOT NULL").Where("f.expires_at IS NULL OR f.expires_at > ?", clock.Now(ctx)).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "页面不存在")
	}
	if err != nil {
		return nil, fmt.Errorf("find a file: %w", err)
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	if f.Name, err = box.Open(nameAddr(f.ID), f.Sealed); err != nil {
		return nil, err
	}
	secret, err := box.OpenBytes(secretAddr(f.ID), f.Secret)
	if err != nil {
		return nil, err
	}
	f.store, f.at = tx.Blobs(), blobs.Name{Tenant: int32(tx.ID()), ID: f.Blob}
	f.box, err = keys.Content(int32(tx.ID()), secret)
	return f, err
}

// Remove deletes a file; one that is not there is no error. Whether the actor may, the caller says. Its content cannot be
// read from then on, and is swept later.
func Remove(ctx context.Context, tx tenants.Tx, ids ...uuid.UUID) error {
	if _, err := tx.Delete((*File)(nil)).Where("f.id IN (?)", bun.List(ids)).Exec(ctx); err != nil {
		return fmt.Errorf("remove files: %w", err)
	}
	return nil
}
