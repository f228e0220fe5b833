// Package logo keeps a street's own mark, which its staff and its residents see beside its name.
//
// The mark is public, and still lies where every other file lies: sealed, under the tenant (package files). So there is one
// way for content to be kept, swept, moved to another store and erased with its tenant, and no second store that has to be
// guarded from becoming the way around the first. What that costs is opening some kilobytes once for each browser: the
// address bears a digest of the picture and never means another one, so it is kept for a year.
//
// A tenant's row names its mark ([tenants.Branding].Logo). Only what it names at the moment is served, so that this address
// leads to no other file of the tenant, and a neighbour's mark is found at the neighbour's address alone.
package logo

import (
	"context"
	"crypto/sha256"

	"github.com/google/uuid"

	"wanjie/app/fault"
	"wanjie/app/files"
	"wanjie/app/files/pictures"
	"wanjie/app/web"
	"wanjie/tenants"
	"wanjie/tenants/blobs"
)

// Most is how large the file of a mark may be, in bytes.
const Most = 1 << 20

// Routes serves marks at the residents' door, where nobody has to sign in.
func Routes(site *web.Site) { site.Residents().Open("/logo/{id}", show) }

// Path is where the tenant's mark is shown, under the base of its residents' door; "" for none.
func Path(base string, t tenants.Tenant) string {
	if t.Branding.Logo == "" {
		return ""
	}
	return base + "/logo/" + t.Branding.Logo
}

// Public is Path for pages of other doors of the same host.
func Public(t tenants.Tenant) string { return Path("/r/"+t.Slug, t) }

// Take makes a mark of what somebody sent, as a web.Taker: a square PNG with nothing beside its pixels. The draft's id is a
// digest of it.
func Take(ctx context.Context, store blobs.Store, tenant tenants.ID, content []byte) (any, error) {
	if len(content) > Most {
		return nil, fault.New(fault.Invalid, "标志图片超过 1 MB，请缩小后上传")
	}
	png, err := pictures.Emblem(ctx, content)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(png)
	d, err := files.Create(ctx, store, tenant, files.File{ID: uuid.UUID(sum[:16]), Kind: string(pictures.PNG)}, "logo.png")
	if err != nil {
		return nil, err
	}
	defer d.Drop()
	if _, err := d.Write(png); err != nil {
		return nil, err
	}
	return d, d.Close()
}

// Swap lets a new mark be known in place of the one that the tenant's row names, which the caller holds; nil leaves it without.
// It answers what the row has to say from then on, and writes it nowhere.
func Swap(ctx context.Context, tx tenants.Tx, was string, fresh *files.Draft) (string, error) {
	is := ""
	if fresh != nil {
		is = fresh.ID.String()
	}
	if is == was {
		return is, nil
	}
	if old, err := uuid.Parse(was); err == nil {
		if err := files.Remove(ctx, tx, old); err != nil {
			return "", err
		}
	}
	if fresh == nil {
		return "", nil
	}
	return is, fresh.Keep(ctx, tx)
}

func show(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	t := tx.Tenant()
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	if id.String() != t.Branding.Logo || t.State == tenants.Closed {
		return web.Reply{}, fault.New(fault.NotFound, "页面不存在")
	}
	f, err := files.Of(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	return web.Emblem(f.Name, f.Kind, f.Size, f.Copy), nil
}
