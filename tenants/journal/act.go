package journal

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/google/uuid"

	"wanjie/tenants"
)

// Act is one act as it is read: what a verb recorded, its tenant, its number and its time.
type Act struct {
	Tenant     tenants.ID
	District   int32 // of the tenant, six-digit division code, as of now
	N          int64 // 1, 2, 3 … within the tenant, in commit order
	Kind       string
	Version    int16 // after lifting: the kind's present one
	Object     string
	ObjectID   uuid.UUID
	Actor      int64 // our own number of the person; tenants.System is the product
	HappenedAt time.Time
	RecordedAt time.Time // never goes back within a tenant
	Imported   bool
	Before     tenants.Dims // nil when the object did not exist; followers share both and change neither
	After      tenants.Dims
}

// Kind is one sort of act as the product understands it today.
type Kind struct {
	Name    string
	Version int16
	// Upcast lifts dimensions that were recorded under an older version (from < Version) to the
	// present one. It is pure, and may change what it is given. Nil when nothing needs lifting.
	Upcast func(from int16, before, after tenants.Dims) (tenants.Dims, tenants.Dims)
}

// Kinds is the list of them; kinds that are not in it are read as they stand.
type Kinds []Kind

// lifter is Kinds by name.
type lifter map[string]Kind

func (ks Kinds) lifter() (lifter, error) {
	m := make(lifter, len(ks))
	for _, k := range ks {
		if _, twice := m[k.Name]; twice || k.Version < 1 {
			return nil, fmt.Errorf("journal: kind %q is listed twice or without a version", k.Name)
		}
		m[k.Name] = k
	}
	return m, nil
}

// lift brings an act to its kind's present version. A version from the future stops the follower
// at that act: an older binary must not guess what a newer one meant.
func (l lifter) lift(a *Act) error {
	k, ok := l[a.Kind]
	if !ok || a.Version == k.Version {
		return nil
	}
	if a.Version > k.Version {
		return fmt.Errorf("act %d of tenant %s is %s version %d, and this binary knows %d: run the newer one", a.N, a.Tenant, a.Kind, a.Version, k.Version)
	}
	if k.Upcast != nil {
		a.Before, a.After = k.Upcast(a.Version, maps.Clone(a.Before), maps.Clone(a.After))
	}
	a.Version = k.Version
	return nil
}

// row is an act as PostgreSQL sends it.
type row struct {
	TenantID   int32
	District   int32
	N          int64
	Kind       string
	Version    int16
	Object     string
	ObjectID   uuid.UUID
	Actor      int64
	HappenedAt time.Time
	RecordedAt time.Time
	Imported   bool
	Before     json.RawMessage
	After      json.RawMessage
}

// bare is the act without its dimensions.
func (r *row) bare() Act {
	return Act{
		Tenant: tenants.ID(r.TenantID), District: r.District, N: r.N, Kind: r.Kind, Version: r.Version,
		Object: r.Object, ObjectID: r.ObjectID, Actor: r.Actor, HappenedAt: r.HappenedAt.UTC(), RecordedAt: r.RecordedAt.UTC(), Imported: r.Imported,
	}
}

func (r *row) act() (Act, error) {
	a := r.bare()
	for _, d := range []struct {
		from json.RawMessage
		to   *tenants.Dims
	}{{r.Before, &a.Before}, {r.After, &a.After}} {
		if len(d.from) == 0 {
			continue
		}
		if err := json.Unmarshal(d.from, d.to); err != nil {
			return a, fmt.Errorf("act %d of tenant %s: dimensions: %w", a.N, a.Tenant, err)
		}
	}
	return a, nil
}
