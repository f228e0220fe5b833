package pictures

import (
	"context"
	"errors"

	"wanjie/app/files"
	"wanjie/tenants"
	"wanjie/tenants/blobs"
)

// Type is the content type of every picture that is kept.
const Type = "image/jpeg"

// Upload is a picture that was taken in and that nothing knows of yet.
type Upload struct {
	Large, Small  *files.Draft
	Width, Height int // of the large one
}

// Receive takes a picture in for a tenant. It decodes and writes: call it outside of transactions. fault.Invalid with a sentence
// for what is none, broken or too large.
func Receive(ctx context.Context, store blobs.Store, tenant tenants.ID, content []byte) (*Upload, error) {
	p, err := Make(ctx, content)
	if err != nil {
		return nil, err
	}
	return Put(ctx, store, tenant, p)
}

// Take is Receive as a web.Taker.
func Take(ctx context.Context, store blobs.Store, tenant tenants.ID, content []byte) (any, error) {
	return Receive(ctx, store, tenant, content)
}

// Put writes a picture that was made into the store.
func Put(ctx context.Context, store blobs.Store, tenant tenants.ID, p *Picture) (*Upload, error) {
	u := &Upload{Width: p.Width, Height: p.Height}
	for _, part := range []struct {
		to   **files.Draft
		body []byte
	}{{&u.Large, p.Large}, {&u.Small, p.Small}} {
		d, err := files.Create(ctx, store, tenant, files.File{ID: tenants.NewID(), Kind: Type}, "photo.jpg")
		if err != nil {
			return nil, err
		}
		defer d.Drop()
		if _, err := d.Write(part.body); err != nil {
			return nil, err
		}
		if err := d.Close(); err != nil {
			return nil, err
		}
		*part.to = d
	}
	return u, nil
}

// Keep lets both files be known from the transaction's commit on.
func (u *Upload) Keep(ctx context.Context, tx tenants.Tx) error {
	return errors.Join(u.Large.Keep(ctx, tx), u.Small.Keep(ctx, tx))
}
