package blobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
)

// folder is a store on a disk of this machine, or on one that its machines share.
type folder struct{ root *os.Root }

// begun ends the name of a file that is being written.
const begun = ".begun"

func openFolder(dir string) (Store, error) {
	if dir == "" {
		return nil, errors.New("no folder is named for files")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return folder{root}, nil
}

func (f folder) String() string { return f.root.Name() }

// Put writes beside the name and renames, so that what stands under the name is whole.
func (f folder) Put(_ context.Context, name Name, body io.Reader) (err error) {
	dir, at := path.Dir(name.String()), name.String()
	switch err := f.root.Mkdir(dir, 0o700); {
	case errors.Is(err, fs.ErrExist):
	case err != nil:
		return fmt.Errorf("put %s: %w", name, err)
	default:
		if err := f.sync("."); err != nil {
			return fmt.Errorf("put %s: %w", name, err)
		}
	}
	out, err := f.root.OpenFile(at+begun, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("put %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			_ = f.root.Remove(at + begun)
			err = fmt.Errorf("put %s: %w", name, err)
		}
	}()
	_, err = io.Copy(out, body)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	if err = f.root.Rename(at+begun, at); err != nil {
		return err
	}
	return f.sync(dir)
}

// sync makes the names in a directory durable.
func (f folder) sync(dir string) error {
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (f folder) Open(_ context.Context, name Name) (io.ReadCloser, error) {
	in, err := f.root.Open(name.String())
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return in, nil
}

// Remove takes away the begun one too, which a machine that lost its power left behind.
func (f folder) Remove(_ context.Context, name Name) error {
	for _, at := range []string{name.String(), name.String() + begun} {
		if err := f.root.Remove(at); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove %s: %w", name, err)
		}
	}
	return nil
}

func (f folder) List(ctx context.Context, deployment int32, found func(Name) error) error {
	tenants, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return fmt.Errorf("list files: %w", err)
	}
	for _, t := range tenants {
		if n, err := strconv.ParseInt(t.Name(), 10, 32); err != nil || !t.IsDir() || int32(n)/perDeployment != deployment {
			continue
		}
		entries, err := fs.ReadDir(f.root.FS(), t.Name())
		if err != nil {
			return fmt.Errorf("list files of %s: %w", t.Name(), err)
		}
		for _, e := range entries {
			name, ours := parse(t.Name() + "/" + strings.TrimSuffix(e.Name(), begun))
			if !ours {
				continue
			}
			if err := errors.Join(ctx.Err(), found(name)); err != nil {
				return err
			}
		}
	}
	return nil
}
