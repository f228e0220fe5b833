package files

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/blobs"
	"wanjie/tenants/keys"
)

// partSize is how much is sealed, written and read at once.
const partSize = 64 << 10

// partAddr binds a part to its file and its place there.
func partAddr(file uuid.UUID, n int) keys.Addr {
	return keys.Addr{Table: "files", Column: "content", ID: uuid.NewSHA1(file, binary.BigEndian.AppendUint32(nil, uint32(n)))}
}

// Copy writes the file to w, a part at a time. One that is missing or was tampered with is an error in the middle: tell the
// receiver the size beforehand, so that he knows.
func (f *File) Copy(ctx context.Context, w io.Writer) error {
	in, err := f.store.Open(ctx, f.at)
	if err != nil {
		return fmt.Errorf("content of file %s: %w", f.ID, err)
	}
	defer in.Close() // nothing was written
	sealed := make([]byte, partSize+keys.Overhead)
	for n, left := 0, f.Size; n < f.Parts; n++ {
		want := min(left, partSize)
		if _, err := io.ReadFull(in, sealed[:want+keys.Overhead]); err != nil {
			return fmt.Errorf("read part %d of file %s: %w", n, f.ID, err)
		}
		plain, err := f.box.OpenBytes(partAddr(f.ID, n), sealed[:want+keys.Overhead])
		if err != nil {
			return fmt.Errorf("open part %d of file %s: %w", n, f.ID, err)
		}
		if _, err := w.Write(plain); err != nil {
			return err
		}
		left -= want
	}
	return nil
}

// Draft is a file that is being written, or was and is known to nobody. It is one goroutine's.
type Draft struct {
	File
	secret []byte
	buf    []byte
	pipe   *io.PipeWriter
	put    chan error
	closed bool
}

// Create begins a file of the tenant. Its content goes to the store while it is written; Close or Drop must follow.
func Create(ctx context.Context, store blobs.Store, tenant tenants.ID, f File, name string) (*Draft, error) {
	d := &Draft{File: f, secret: make([]byte, keys.ContentKeySize), buf: make([]byte, 0, partSize), put: make(chan error, 1)}
	d.Name, d.Blob, d.MadeAt = name, tenants.NewID(), clock.Now(ctx)
	_, _ = rand.Read(d.secret) // never fails
	d.store, d.at = store, blobs.Name{Tenant: int32(tenant), ID: d.Blob}
	var err error
	if d.box, err = keys.Content(int32(tenant), d.secret); err != nil {
		return nil, err
	}
	in, out := io.Pipe()
	d.pipe = out
	go func() {
		err := store.Put(ctx, d.at, in)
		if err == nil {
			err = io.ErrClosedPipe // nothing is written after the end
		}
		in.CloseWithError(err)
		d.put <- err
	}()
	return d, nil
}

// Write seals p into the store. ErrLarge when the file grows too large.
func (d *Draft) Write(p []byte) (int, error) {
	if d.Size+int64(len(d.buf)+len(p)) > Most {
		return 0, ErrLarge
	}
	n := len(p)
	for len(p) > 0 {
		take := min(len(p), partSize-len(d.buf))
		d.buf, p = append(d.buf, p[:take]...), p[take:]
		if len(d.buf) == partSize {
			if err := d.part(); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

func (d *Draft) part() error {
	if _, err := d.pipe.Write(d.box.SealBytes(partAddr(d.ID, d.Parts), d.buf)); err != nil {
		return fmt.Errorf("write part %d of file %s: %w", d.Parts, d.ID, err)
	}
	d.Size += int64(len(d.buf))
	d.Parts++
	d.buf = d.buf[:0]
	return nil
}

// Close makes the content whole and durable. Still nobody knows of it.
func (d *Draft) Close() error {
	if len(d.buf) > 0 {
		if err := d.part(); err != nil {
			return errors.Join(err, d.end(err))
		}
	}
	if err := d.end(nil); err != nil {
		return fmt.Errorf("content of file %s: %w", d.ID, err)
	}
	d.closed = true
	return nil
}

// Drop breaks off what was not closed; after Close it does nothing, so it may be deferred.
func (d *Draft) Drop() {
	if !d.closed {
		_ = d.end(errors.New("broken off")) // that is what was asked for
	}
}

// end closes the pipe and waits for the store.
func (d *Draft) end(why error) error {
	d.pipe.CloseWithError(why)
	err := <-d.put
	d.put <- err // for whoever asks again
	if errors.Is(err, io.ErrClosedPipe) {
		return nil
	}
	return err
}

// Keep lets the file be known from the transaction's commit on. One with the id was there before: it is replaced.
func (d *Draft) Keep(ctx context.Context, tx tenants.Tx) error {
	if !d.closed || d.at.Tenant != int32(tx.ID()) {
		return fault.New(fault.Conflict, "文件没有完整保存，请重新上传")
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return err
	}
	d.Sealed, d.Secret = box.Seal(nameAddr(d.ID), d.Name), box.SealBytes(secretAddr(d.ID), d.secret)
	d.ReadyAt = clock.Now(ctx)
	if d.Owner != 0 {
		d.ExpiresAt = d.ReadyAt.Add(Kept)
	}
	if err := Remove(ctx, tx, d.ID); err != nil {
		return err
	}
	if _, err := tx.Insert(&d.File).Exec(ctx); err != nil {
		return fmt.Errorf("keep file %s: %w", d.ID, err)
	}
	return nil
}
