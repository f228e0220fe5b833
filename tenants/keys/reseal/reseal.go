// Package reseal gives a tenant a new data key and brings what is sealed over to it.
//
// [Begin] stores the next version of the key. It is read at once and used after keys.Settle, when every
// process knows it. From then on [Step] brings values over, a batch in a transaction: it opens each
// value with the version that it was sealed with, seals it with the new one at the same address, and
// computes blind indexes anew. A step answers the [Place] at which the next one goes on, so whoever
// keeps that with the step's own transaction may be killed anywhere. [Left] counts what is still under
// an older version; when that is nothing, [Retire] takes the older versions out of use. Their wrapped
// keys stay, for backups from before.
//
// Which columns those are is the column catalogue's word, so a feature has nothing to do for it.
package reseal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// Version is one version of a tenant's data key.
type Version struct {
	Version int
	MadeAt  time.Time
	From    time.Time // zero: since it was made
	Retired time.Time // zero while it is in use
}

// Versions lists all that the tenant ever had, oldest first.
func Versions(ctx context.Context, tx tenants.Tx) ([]Version, error) {
	var out []Version
	err := tx.Raw(`SELECT version, made_at, from_at AS "from", retired_at AS retired FROM data_keys WHERE tenant_id = ? ORDER BY version`, int32(tx.ID())).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("versions of the data key: %w", err)
	}
	return out, nil
}

// Newest is the version to which values are brought over, or on which they all are.
func Newest(ctx context.Context, tx tenants.Tx) (Version, error) {
	all, err := Versions(ctx, tx)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("tenant %d has no data key", tx.ID())
	}
	if err != nil {
		return Version{}, err
	}
	return all[len(all)-1], nil
}

// Begin stores wrapped, which keys.Issue made, as the next version of the tenant's data key, and
// records "keys.renewed". Conflict while the last one is not in use yet.
func Begin(ctx context.Context, tx tenants.Tx, wrapped []byte) (Version, error) {
	last, err := Newest(ctx, tx)
	if err != nil {
		return Version{}, err
	}
	now := clock.Now(ctx)
	if last.From.After(now) {
		return Version{}, ErrBusy
	}
	next := Version{Version: last.Version + 1, MadeAt: now, From: now.Add(keys.Settle)}
	if _, err := tx.Raw("INSERT INTO data_keys (tenant_id, version, wrapped, made_at, from_at) VALUES (?, ?, ?, ?, ?)",
		int32(tx.ID()), next.Version, wrapped, next.MadeAt, next.From).Exec(ctx); err != nil {
		return Version{}, fmt.Errorf("store the new data key: %w", err)
	}
	record(ctx, tx, "keys.renewed", tenants.Dims{"version": fmt.Sprint(next.Version)})
	return next, nil
}

// ErrBusy says that the last new key is not everywhere yet.
var ErrBusy = fault.New(fault.Conflict, "上一次更换密钥尚未完成，请稍后再试")

func record(ctx context.Context, tx tenants.Tx, kind string, d tenants.Dims) {
	tx.Record(tenants.Act{Kind: kind, Version: 1, Object: "tenant", ObjectID: tx.Tenant().Object(), HappenedAt: clock.Now(ctx), After: d})
}

// Place is how far a tenant's values are brought over.
type Place struct {
	Version int       `json:"version"`         // to which they are brought
	Table   string    `json:"table,omitempty"` // being worked on; empty at the beginning
	After   uuid.UUID `json:"after,omitzero"`  // row of it
	Moved   int64     `json:"moved"`           // values
	Bad     int64     `json:"bad"`             // values that open under no version: left as they are
}

// ErrEarly says that the version's time has not come: some process may not know it.
var ErrEarly = errors.New("reseal: the new data key is not in use yet")

// Step brings over what up to n rows of one table hold, and answers where to go on; done when there is
// no further table. catalogue is that of the whole app.
func Step(ctx context.Context, tx tenants.Tx, catalogue []keys.Columns, p Place, n int) (next Place, done bool, err error) {
	box, err := tx.Box(ctx)
	if err != nil {
		return p, false, err
	}
	if box.Version() != p.Version {
		return p, false, fmt.Errorf("%w: version %d is, %d is to be", ErrEarly, box.Version(), p.Version)
	}
	tables := sealedTables(catalogue)
	i := 0
	if p.Table != "" {
		if i = slices.IndexFunc(tables, func(c keys.Columns) bool { return c.Table == p.Table }); i < 0 {
			i = slices.IndexFunc(tables, func(c keys.Columns) bool { return c.Table > p.Table }) // it went away in a release
			p.After = uuid.Nil
		}
	}
	if i < 0 || i >= len(tables) {
		return p, true, nil
	}
	// Rows that are only ever added let a change through for this alone.
	if _, err := tx.Raw("SET LOCAL wj.reseal = 'on'").Exec(ctx); err != nil {
		return p, false, err
	}
	p.Table = tables[i].Table
	rows, err := batch(ctx, tx, box, tables[i], &p, n)
	if err != nil {
		return p, false, fmt.Errorf("bring %s over: %w", p.Table, err)
	}
	if rows < n {
		if i+1 == len(tables) {
			return p, true, nil
		}
		p.Table, p.After = tables[i+1].Table, uuid.Nil
	}
	return p, false, nil
}

// sealedTables are the tenant's tables with sealed columns, by name. The deployment's own lie under its
// own key.
func sealedTables(catalogue []keys.Columns) (out []keys.Columns) {
	for _, c := range catalogue {
		if len(c.Sealed) > 0 && !strings.Contains(c.Table, ".") {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b keys.Columns) int { return strings.Compare(a.Table, b.Table) })
	return out
}

// older is the condition that a row has a value under an older version than v: its bytes 2 and 3.
func older(c keys.Columns, v int) string {
	limit := binary.BigEndian.AppendUint16(nil, uint16(v))
	var parts []string
	for _, name := range c.Sealed {
		parts = append(parts, fmt.Sprintf(`substring(%s FROM 2 FOR 2) < '\x%x'::bytea`, name, limit))
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// batch brings over up to n rows of a table after p.After, and moves p. The names in it are the
// catalogue's, which keys.Check holds to plain identifiers.
func batch(ctx context.Context, tx tenants.Tx, box *keys.Box, c keys.Columns, p *Place, n int) (rows int, err error) {
	var found []map[string]any
	if err := tx.Raw("SELECT id::text, "+strings.Join(c.Sealed, ", ")+" FROM "+c.Table+" WHERE tenant_id = ? AND id > ? AND "+older(c, p.Version)+
		" ORDER BY id LIMIT ? FOR UPDATE", int32(tx.ID()), p.After, n).Scan(ctx, &found); err != nil {
		return 0, err
	}
	for _, row := range found {
		id, err := uuid.Parse(fmt.Sprint(row["id"]))
		if err != nil {
			return 0, err
		}
		set, args := turn(box, c, id, row, p)
		if len(set) > 0 {
			if _, err := tx.Raw("UPDATE "+c.Table+" SET "+strings.Join(set, ", ")+" WHERE tenant_id = ? AND id = ?", append(args, int32(tx.ID()), id)...).Exec(ctx); err != nil {
				return 0, err
			}
		}
		p.After = id
	}
	return len(found), nil
}

// turn seals a row's older values anew and computes their blind indexes.
func turn(box *keys.Box, c keys.Columns, id uuid.UUID, row map[string]any, p *Place) (set []string, args []any) {
	put := func(column string, v []byte) { set, args = append(set, column+" = ?"), append(args, v) }
	for _, name := range c.Sealed {
		sealed, _ := row[name].([]byte)
		if v := keys.VersionOf(sealed); len(sealed) == 0 || v == p.Version {
			continue
		}
		at := keys.Addr{Table: c.Table, Column: name, ID: id}
		plain, err := box.OpenBytes(at, sealed)
		if err != nil {
			p.Bad++
			continue
		}
		put(name, box.SealBytes(at, plain))
		p.Moved++
		if blind := name + keys.BlindSuffix; slices.Contains(c.Blind, blind) {
			put(blind, box.Blind(name, string(bytes.Clone(plain))))
		}
	}
	return set, args
}

// Left counts the rows of each table that hold values under an older version than the newest; tables
// without any are missing.
func Left(ctx context.Context, tx tenants.Tx, catalogue []keys.Columns) (map[string]int64, error) {
	newest, err := Newest(ctx, tx)
	if err != nil {
		return nil, err
	}
	out := map[string]int64{}
	for _, c := range sealedTables(catalogue) {
		var n int64
		if err := tx.Raw("SELECT count(*) FROM "+c.Table+" WHERE tenant_id = ? AND "+older(c, newest.Version), int32(tx.ID())).Scan(ctx, &n); err != nil {
			return nil, fmt.Errorf("what of %s is under an older key: %w", c.Table, err)
		}
		if n > 0 {
			out[c.Table] = n
		}
	}
	return out, nil
}

// Retire takes every version but the newest out of use and records "keys.retired". Conflict while
// something is left under one of them.
func Retire(ctx context.Context, tx tenants.Tx, catalogue []keys.Columns) error {
	left, err := Left(ctx, tx, catalogue)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		return fault.New(fault.Conflict, "仍有数据使用旧密钥，不能停用")
	}
	res, err := tx.Raw("UPDATE data_keys d SET retired_at = ? WHERE tenant_id = ? AND retired_at IS NULL AND version < (SELECT max(version) FROM data_keys m WHERE m.tenant_id = d.tenant_id)",
		clock.Now(ctx), int32(tx.ID())).Exec(ctx)
	if err != nil {
		return fmt.Errorf("retire the older data keys: %w", err)
	}
	if n, _ := res.RowsAffected(); n > 0 {
		record(ctx, tx, "keys.retired", tenants.Dims{"versions": fmt.Sprint(n)})
	}
	return nil
}

// Done records that everything was brought over: "keys.resealed".
func Done(ctx context.Context, tx tenants.Tx, p Place) {
	record(ctx, tx, "keys.resealed", tenants.Dims{"version": fmt.Sprint(p.Version), "values": fmt.Sprint(p.Moved), "unreadable": fmt.Sprint(p.Bad)})
}
