package keys

// How File keeps its lines. Every method here is called with mu held.

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/emmansun/gmsm/sm2"
)

// fileFormat opens the first line.
const fileFormat = "wanjie-keys/1"

// record is one line.
type record struct {
	Format    string    `json:"format,omitempty"` // first line only
	Signer    []byte    `json:"signer,omitempty"` // first line only
	Tenant    int32     `json:"tenant,omitempty"` // none: the deployment itself
	Key       []byte    `json:"key,omitempty"`
	Destroyed time.Time `json:"destroyed,omitzero"`
}

func (r record) usable() error {
	if !r.Destroyed.IsZero() {
		return ErrDestroyed
	}
	return nil
}

// newSigner draws a private SM2 key: 32 random bytes, again in the rare case that they are no
// number below the order of the curve.
func newSigner() []byte {
	raw := make([]byte, 32)
	for {
		rand.Read(raw)
		if _, err := sm2.NewPrivateKey(raw); err == nil {
			return raw
		}
	}
}

// open opens the file and checks who may read it. The file that was open before is closed.
func (f *File) open(flag int) error {
	file, err := os.OpenFile(f.path, os.O_RDWR|os.O_APPEND|flag, 0o600)
	if err != nil {
		return fmt.Errorf("keys: key file: %w", err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", f.path)
	}
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = fmt.Errorf("%s holds keys and others can read or write it (mode %04o): run chmod 600 %[1]s, and think of its keys as known", f.path, info.Mode().Perm())
	}
	if err != nil {
		file.Close()
		return fmt.Errorf("keys: key file: %w", err)
	}
	if f.file != nil {
		f.file.Close()
	}
	f.file, f.info = file, info
	return nil
}

// locked runs fn with the file locked against other processes, loaded to its end and without the
// torn last line of a crashed writer.
func (f *File) locked(fn func() error) error {
	for {
		if err := flock(f.file, syscall.LOCK_EX); err != nil {
			return fmt.Errorf("lock %s: %w", f.path, err)
		}
		locked := f.file
		if err := f.refresh(); err != nil {
			unlock(locked)
			return err
		}
		if f.file != locked {
			continue // replaced while we waited; refresh closed the old one, which unlocked it
		}
		break
	}
	locked := f.file
	defer unlock(locked)
	if info, err := f.file.Stat(); err != nil {
		return err
	} else if info.Size() > f.read {
		if err := f.ours(); err != nil {
			return err
		}
		if err := f.file.Truncate(f.read); err != nil {
			return err
		}
	}
	return fn()
}

// ours makes sure that a torn first line is one of a key file before it is cut off: the path may
// have been given by mistake.
func (f *File) ours() error {
	if f.lines > 0 {
		return nil
	}
	start := []byte(`{"format":"` + fileFormat + `"`)
	got := make([]byte, len(start))
	n, err := f.file.ReadAt(got, 0)
	if err != nil && err != io.EOF {
		return err
	}
	if !bytes.HasPrefix(start, got[:n]) {
		return fmt.Errorf("%s is not a key file", f.path)
	}
	return nil
}

// unlock may find the file closed because it was replaced, and then there is nothing to do.
func unlock(file *os.File) { _ = flock(file, syscall.LOCK_UN) }

func flock(file *os.File, how int) error {
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		for {
			if failed = syscall.Flock(int(fd), how); failed != syscall.EINTR {
				return
			}
		}
	})
	return errors.Join(err, failed)
}

// refresh loads what other processes appended, or everything if the file was replaced.
func (f *File) refresh() error {
	info, err := os.Stat(f.path)
	if err != nil {
		return fmt.Errorf("the key file has vanished, keys that exist only there are lost unless it comes back: %w", err)
	}
	replaced := !os.SameFile(info, f.info)
	if replaced {
		if err := f.open(0); err != nil {
			return err
		}
	}
	if replaced || info.Size() < f.read { // smaller: somebody edited it
		f.restart()
	} else if info.Size() == f.read {
		return nil
	}
	return f.load()
}

// restart forgets what was loaded.
func (f *File) restart() {
	f.read, f.lines, f.tenants = 0, 0, make(map[int32]record, len(f.tenants))
}

// load reads whole lines from f.read on.
func (f *File) load() error {
	text, err := io.ReadAll(io.NewSectionReader(f.file, f.read, 1<<40))
	if err != nil {
		return fmt.Errorf("read %s: %w", f.path, err)
	}
	for {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			return nil
		}
		var r record
		// What the parser says could quote a key, so only the place is told.
		if json.Unmarshal(text[:end], &r) != nil || !f.take(r) {
			return fmt.Errorf("%s, line %d: not a record of %s; restore the file from its backup", f.path, f.lines+1, fileFormat)
		}
		f.read += int64(end) + 1
		text = text[end+1:]
	}
}

// take adds a record to what is known; false if it makes no sense where it stands.
func (f *File) take(r record) bool {
	if f.lines == 0 {
		if r.Format != fileFormat {
			return false
		}
		signer, err := sm2.NewPrivateKey(r.Signer)
		if err != nil {
			return false
		}
		f.first, f.signer = r, signer
	} else {
		_, twice := f.tenants[r.Tenant]
		if r.Tenant < 0 || twice || (len(r.Key) == 16) == !r.Destroyed.IsZero() {
			return false
		}
		f.tenants[r.Tenant] = r
	}
	f.lines++
	f.records++
	return true
}

// append writes r as the last line. The file is locked and loaded.
func (f *File) append(r record) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if _, err := f.file.Write(line); err != nil {
		return err // what was written of it is cut off by the next writer
	}
	f.read += int64(len(line))
	f.take(r)
	return nil
}

// rewrite replaces the file by one in which changed stands for its tenant's record. The file is
// locked and loaded, and syncMu is held.
func (f *File) rewrite(changed record) error {
	next := make([]record, 0, len(f.tenants)+1)
	next = append(next, f.first)
	for tenant, r := range f.tenants {
		if tenant == changed.Tenant {
			r = changed
		}
		next = append(next, r)
	}
	slices.SortFunc(next[1:], func(a, b record) int { return int(a.Tenant - b.Tenant) })
	var text bytes.Buffer
	lines := json.NewEncoder(&text) // ends each with a newline
	for _, r := range next {
		if err := lines.Encode(r); err != nil {
			return err
		}
	}

	temp, err := os.CreateTemp(filepath.Dir(f.path), filepath.Base(f.path)+".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // gone already after the rename
	written, err := temp.Stat()
	if err != nil {
		temp.Close()
		return err
	}
	_, err = temp.Write(text.Bytes())
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), f.path); err != nil {
		return err
	}
	if err := syncDir(f.path); err != nil {
		return err
	}
	if err := f.open(0); err != nil {
		return err
	}
	f.synced = f.records
	if !os.SameFile(f.info, written) { // another process has rewritten it again since the rename
		f.restart()
		return f.load()
	}
	f.read, f.lines = int64(text.Len()), len(next)
	f.tenants[changed.Tenant] = changed
	return nil
}

// syncDir makes a new name in path's folder durable.
func syncDir(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
