package blobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// Store keeps content under names. Every method is safe for use by many at once.
type Store interface {
	// Put writes all of body under a name that is new. It returns when the content is durable; broken off, nothing is there.
	Put(ctx context.Context, name Name, body io.Reader) error
	// Open reads from the beginning. ErrNone where there is nothing.
	Open(ctx context.Context, name Name) (io.ReadCloser, error)
	// Remove takes it away; what is not there is no error.
	Remove(ctx context.Context, name Name) error
	// List tells every name of a deployment there is, those of a tenant one after another, until f fails.
	List(ctx context.Context, deployment int32, f func(Name) error) error
	// String is the address, for people.
	String() string
}

// ErrNone says that nothing lies under a name.
var ErrNone = errors.New("no such content")

// None is the store of whoever has named none: there is nothing in it, and nothing can be put there.
var None Store = none{}

type none struct{}

var errNowhere = errors.New("no place for files is configured (FILES_URL)")

func (none) Put(context.Context, Name, io.Reader) error          { return errNowhere }
func (none) Open(context.Context, Name) (io.ReadCloser, error)   { return nil, errNowhere }
func (none) Remove(context.Context, Name) error                  { return errNowhere }
func (none) List(context.Context, int32, func(Name) error) error { return errNowhere }
func (none) String() string                                      { return "" }

// Name is where content lies: whose it is, and a number of its own, which is a UUIDv7 and so says when it was made.
type Name struct {
	Tenant int32
	ID     uuid.UUID
}

// perDeployment is how many tenants' numbers a deployment has; see tenants.ID.
const perDeployment = 1_000_000

// String is the name as a path of two parts.
func (n Name) String() string { return strconv.Itoa(int(n.Tenant)) + "/" + n.ID.String() }

// parse reads what String wrote; ok is false for anything else, which is not ours.
func parse(s string) (n Name, ok bool) {
	tenant, id, cut := strings.Cut(s, "/")
	number, err := strconv.ParseInt(tenant, 10, 32)
	if !cut || err != nil {
		return n, false
	}
	n.Tenant = int32(number)
	n.ID, err = uuid.Parse(id)
	return n, err == nil && n.String() == s
}

// Probe puts something into the store, reads it again and takes it away, under the deployment's number of no tenant.
func Probe(ctx context.Context, s Store, deployment int32) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	name, said := Name{deployment * perDeployment, id}, id.String()
	if err := s.Put(ctx, name, strings.NewReader(said)); err != nil {
		return err
	}
	in, err := s.Open(ctx, name)
	if err != nil {
		return err
	}
	heard, err := io.ReadAll(in)
	if err = errors.Join(err, in.Close(), s.Remove(ctx, name)); err == nil && string(heard) != said {
		err = errors.New("what was read is not what was written")
	}
	return err
}

// Open opens the store at an address.
func Open(address string) (Store, error) {
	switch u, err := url.Parse(address); {
	case err != nil:
		return nil, errors.New("an address of files is a folder or s3://bucket/prefix?endpoint=host&region=name")
	case u.Scheme == "s3":
		return openBucket(u)
	case u.Scheme == "file":
		return openFolder(u.Path)
	case u.Scheme == "":
		return openFolder(address)
	default:
		return nil, fmt.Errorf("files cannot lie at %s://", u.Scheme)
	}
}
