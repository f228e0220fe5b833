// Package seal makes tampering with the journal evident.
//
// Each tenant's acts are chained in segments: a segment's hash is SM3 (GB/T 32905) over the hash before
// it and the canonical encoding of its acts, so nobody can change, insert or remove an act, or a
// seal, without changing every hash after it. Whoever owns the database could compute all of them
// anew; therefore once a day a root over all tenants' newest seals is signed by the key service,
// which is not the database, and its line appended to a file outside it ([Root]). [Verify] finds the
// first broken segment of a tenant, [VerifyRoot] a history that was rewritten as a whole, and [Prove]
// does both for a deployment and says in words what holds and what does not.
package seal

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash"
	"maps"
	"slices"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"github.com/uptrace/bun/dialect/pgdialect"

	"wanjie/tenants"
	"wanjie/tenants/journal"
)

// Name is the follower's name.
const Name = "seal"

// writers is the advisory lock that a root takes alone and segments share, so that a root falls
// between two segments and their ord tells which side each is on.
const writers = 7230412

// Follower seals acts in segments of what came in two seconds.
func Follower() journal.Follower {
	return journal.Follower{Name: Name, Imported: true, Stored: true, Pace: 2 * time.Second, Apply: apply}
}

func apply(ctx context.Context, tx tenants.SystemTx, acts []journal.Act) error {
	if _, err := tx.Raw("SELECT pg_advisory_xact_lock_shared(?)", writers).Exec(ctx); err != nil {
		return err
	}
	first := map[tenants.ID]int64{}
	for _, a := range acts {
		if _, ok := first[a.Tenant]; !ok {
			first[a.Tenant] = a.N
		}
	}
	var tenant, upto []int64
	for _, id := range slices.Sorted(maps.Keys(first)) {
		tenant = append(tenant, int64(id))
	}
	var before []struct {
		TenantID int32
		Upto     int64
		Hash     []byte
	}
	if err := tx.Raw(`SELECT s.tenant_id, s.upto, s.hash FROM unnest(?::int[]) t(id) CROSS JOIN LATERAL (
			SELECT * FROM seals s WHERE s.tenant_id = t.id ORDER BY s.upto DESC LIMIT 1) s`, pgdialect.Array(tenant)).Scan(ctx, &before); err != nil {
		return fmt.Errorf("read seals: %w", err)
	}
	chains := map[tenants.ID]*chain{}
	for _, id := range tenant {
		chains[tenants.ID(id)] = begin(nil)
	}
	last := map[tenants.ID]int64{}
	for _, b := range before {
		chains[tenants.ID(b.TenantID)] = begin(b.Hash)
		last[tenants.ID(b.TenantID)] = b.Upto
	}
	for i := range acts {
		a := &acts[i]
		if a.N != last[a.Tenant]+1 {
			return fmt.Errorf("tenant %s is sealed up to act %d, and act %d comes next", a.Tenant, last[a.Tenant], a.N)
		}
		last[a.Tenant] = a.N
		chains[a.Tenant].act(a)
	}
	hashes := make([]string, len(tenant))
	for i, id := range tenant {
		upto = append(upto, last[tenants.ID(id)])
		hashes[i] = fmt.Sprintf(`\x%x`, chains[tenants.ID(id)].end())
	}
	_, err := tx.Raw("INSERT INTO seals (tenant_id, upto, hash) SELECT * FROM unnest(?::int[], ?::bigint[], ?::bytea[])",
		pgdialect.Array(tenant), pgdialect.Array(upto), pgdialect.Array(hashes)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("write seals: %w", err)
	}
	return nil
}

// chain is one segment being hashed.
type chain struct {
	h   hash.Hash
	buf []byte
}

// begin starts a segment after the hash before it, which is 32 zero bytes at first.
func begin(prev []byte) *chain {
	c := &chain{h: sm3.New()}
	if prev == nil {
		prev = make([]byte, sm3.Size)
	}
	c.h.Write(prev)
	return c
}

func (c *chain) end() []byte { return c.h.Sum(nil) }

// act adds an act in its canonical encoding, for ever: a byte 1 for this form, then each field, strings
// and dimensions with their length before them, integers as eight bytes big endian, times in
// microseconds of Unix time, dimensions in byte order of their names, absent ones as length -1.
func (c *chain) act(a *journal.Act) {
	c.buf = append(c.buf[:0], 1)
	b := c.buf
	b = number(b, int64(a.Tenant))
	b = number(b, a.N)
	b = text(b, a.Kind)
	b = number(b, int64(a.Version))
	b = text(b, a.Object)
	b = append(b, a.ObjectID[:]...)
	b = number(b, a.Actor)
	b = number(b, a.HappenedAt.UnixMicro())
	b = number(b, a.RecordedAt.UnixMicro())
	if a.Imported {
		b = append(b, 1)
	} else {
		b = append(b, 0)
	}
	b = dims(b, a.Before)
	b = dims(b, a.After)
	c.buf = b
	c.h.Write(b)
}

func number(b []byte, n int64) []byte { return binary.BigEndian.AppendUint64(b, uint64(n)) }

func text(b []byte, s string) []byte { return append(number(b, int64(len(s))), s...) }

func dims(b []byte, d tenants.Dims) []byte {
	if d == nil {
		return number(b, -1)
	}
	b = number(b, int64(len(d)))
	for _, k := range slices.Sorted(maps.Keys(d)) {
		b = text(text(b, k), d[k])
	}
	return b
}
