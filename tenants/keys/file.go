package keys

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"

	"wanjie/app/clock"
)

// File is the key service of development and tests: one file of JSON lines with every key in the
// clear, readable by its owner only. The first line holds the signing key, each further line one
// tenant. Creating appends a line; destroying rewrites the file without the key and leaves a
// tombstone. Several processes may share it (flock). Old blocks of a rewritten file may linger on
// the disk, which is one reason more why production uses a KMS.
type File struct {
	path string

	syncMu sync.Mutex // taken before mu
	synced uint64     // how many records are known to be on disk; guarded by syncMu

	mu      sync.Mutex
	file    *os.File // open for appending
	info    os.FileInfo
	read    int64  // bytes of file that are loaded: whole lines
	lines   int    // number of the last loaded line
	records uint64 // records seen in this file, ours and others'
	first   record // holds the signing key
	signer  *sm2.PrivateKey
	tenants map[int32]record
}

// OpenFile opens the key file at path, making it with a new signing key if there is none. It
// refuses a file that anybody but its owner can read or write, and one that it can't read whole.
// A last line cut off by a crash is dropped: its Create never returned.
func OpenFile(path string) (*File, error) {
	f := &File{path: path, tenants: make(map[int32]record)}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.open(os.O_CREATE); err != nil {
		return nil, err
	}
	err := f.locked(func() error {
		if f.signer != nil {
			return nil
		}
		if err := f.append(record{Format: fileFormat, Signer: newSigner()}); err != nil {
			return err
		}
		return syncDir(path)
	})
	if err == nil {
		err = f.file.Sync()
	}
	if err != nil {
		f.file.Close()
		return nil, fmt.Errorf("keys: %w", err)
	}
	f.synced = f.records
	return f, nil
}

// Close closes the file; the File can't be used afterwards.
func (f *File) Close() error {
	f.syncMu.Lock()
	defer f.syncMu.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.file.Close()
}

// Create appends a key for the tenant. One small write and one fsync, which creators at the same
// time share.
func (f *File) Create(ctx context.Context, tenant int32) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if tenant < 0 { // 0 is the deployment itself
		return fmt.Errorf("keys: %d is not a tenant's number", tenant)
	}
	f.mu.Lock()
	err := f.locked(func() error {
		if r, has := f.tenants[tenant]; has {
			return r.usable()
		}
		key := make([]byte, 16)
		rand.Read(key)
		return f.append(record{Tenant: tenant, Key: key})
	})
	upTo := f.records
	f.mu.Unlock()
	if err == nil {
		err = f.sync(upTo) // also when another has just appended it and not yet returned
	}
	if err != nil {
		return fmt.Errorf("keys: create for tenant %d: %w", tenant, err)
	}
	return nil
}

// A wrapped key is: format (1 byte), nonce (12), ciphertext, tag (16); the tenant's number is
// authenticated.
const wrapBodyAt = 1 + nonceSize

// Wrap encrypts with SM4-GCM.
func (f *File) Wrap(ctx context.Context, tenant int32, key []byte) ([]byte, error) {
	kek, err := f.find(ctx, tenant)
	if err != nil {
		return nil, err
	}
	aead, err := newGCM(kek)
	if err != nil {
		return nil, err
	}
	out := make([]byte, wrapBodyAt, wrapBodyAt+len(key)+tagSize)
	out[0] = format
	rand.Read(out[1:])
	return aead.Seal(out, out[1:wrapBodyAt], key, wrapAssociated(tenant)), nil
}

// Unwrap looks at the file's size and identity first, so that a tenant that another process made
// or destroyed is noticed at once.
func (f *File) Unwrap(ctx context.Context, tenant int32, wrapped []byte) ([]byte, error) {
	kek, err := f.find(ctx, tenant)
	if err != nil {
		return nil, err
	}
	aead, err := newGCM(kek)
	if err != nil {
		return nil, err
	}
	if len(wrapped) > wrapBodyAt && wrapped[0] == format {
		if key, err := aead.Open(nil, wrapped[1:wrapBodyAt], wrapped[wrapBodyAt:], wrapAssociated(tenant)); err == nil {
			return key, nil
		}
	}
	return nil, fmt.Errorf("%w: wrapped data key of tenant %d", ErrSealed, tenant)
}

func wrapAssociated(tenant int32) []byte { return fmt.Appendf(nil, "wanjie/1/wrap/%d", tenant) }

// Destroy rewrites the whole file beside itself and renames it: about 10 ms per ten thousand
// tenants.
func (f *File) Destroy(ctx context.Context, tenant int32) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	f.syncMu.Lock()
	defer f.syncMu.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.locked(func() error {
		r, has := f.tenants[tenant]
		if !has {
			return ErrUnknown
		}
		if !r.Destroyed.IsZero() {
			return nil
		}
		return f.rewrite(record{Tenant: tenant, Destroyed: clock.Now(ctx)})
	})
	if err != nil {
		return fmt.Errorf("keys: destroy for tenant %d: %w", tenant, err)
	}
	return nil
}

// Sign signs with the key of the first line.
func (f *File) Sign(ctx context.Context, digest []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(digest) != sm3.Size {
		return nil, fmt.Errorf("keys: sign: digest has %d bytes, want %d", len(digest), sm3.Size)
	}
	f.mu.Lock()
	signer := f.signer
	f.mu.Unlock()
	signature, err := signer.Sign(rand.Reader, digest, sm2.DefaultSM2SignerOpts)
	if err != nil {
		return nil, fmt.Errorf("keys: sign: %w", err)
	}
	return signature, nil
}

// PublicKey is the public half of the key of the first line.
func (f *File) PublicKey(ctx context.Context) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f.mu.Lock()
	signer := f.signer
	f.mu.Unlock()
	return publicDER(signer)
}

// find returns the tenant's key-encryption key, after a look at what other processes did.
func (f *File) find(ctx context.Context, tenant int32) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.refresh(); err != nil {
		return nil, fmt.Errorf("keys: tenant %d: %w", tenant, err)
	}
	r, has := f.tenants[tenant]
	if !has {
		return nil, fmt.Errorf("keys: tenant %d: %w", tenant, ErrUnknown)
	}
	if err := r.usable(); err != nil {
		return nil, fmt.Errorf("keys: tenant %d: %w", tenant, err)
	}
	return r.Key, nil
}

// sync returns when the first upTo records are on disk. Who waits here while another syncs is
// usually served by the same fsync.
func (f *File) sync(upTo uint64) error {
	f.syncMu.Lock()
	defer f.syncMu.Unlock()
	if f.synced >= upTo {
		return nil
	}
	for {
		f.mu.Lock()
		now, file := f.records, f.file
		f.mu.Unlock()
		err := file.Sync()
		if errors.Is(err, os.ErrClosed) {
			f.mu.Lock()
			replaced := f.file != file
			f.mu.Unlock()
			if replaced {
				continue // another process rewrote the file between our two lines
			}
		}
		if err != nil {
			return err
		}
		f.synced = now
		return nil
	}
}
