package blueprint

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"wanjie/app/clock"
	"wanjie/tenants"
)

// configs is what this process has assembled. A thousand changed tenants are a busy day of one
// process; an unchanged fleet needs one entry per version.
var configs = NewCache(2048)

// For returns the configuration in force for the transaction's tenant. Where it has been assembled
// before it costs no query, because the tenant's pointer came back with BEGIN. Changes made in this
// very transaction are not in it; [Change] returns those.
func For(ctx context.Context, tx tenants.Tx) (*Config, error) {
	t := tx.Tenant()
	return configs.at(ctx, tx, t.Blueprint, t.Revision)
}

// ForCase returns the rules that a case was filed under: version and revision are those it remembers.
func ForCase(ctx context.Context, tx tenants.Tx, version int32, revision int64) (*Config, error) {
	if now := tx.Tenant().Revision; revision < 0 || revision > now {
		return nil, fmt.Errorf("tenant %d is at revision %d: there is no %d yet", tx.ID(), now, revision)
	}
	return configs.at(ctx, tx, version, revision)
}

// at finds or assembles. Only committed revisions may come here: what a transaction is still
// writing could be rolled back and its number be used again.
func (c *Cache) at(ctx context.Context, tx tenants.Tx, version int32, revision int64) (*Config, error) {
	k := slotKey{deployment: tx.Origin(), version: version}
	if revision > 0 {
		k.tenant, k.revision = int32(tx.ID()), revision
	}
	if s, ok := c.find(k); ok {
		return s.config, nil
	}
	bare, err := c.bare(ctx, tx, version)
	if err != nil || revision == 0 {
		return bare.config, err
	}
	overrides, err := overridesOf(ctx, tx, revision)
	if err != nil {
		return nil, err
	}
	config, err := bare.config.under(overrides, revision)
	if err != nil {
		return nil, fmt.Errorf("configuration of tenant %d at revision %d: %w", tx.ID(), revision, err)
	}
	return c.keep(slot{key: k, config: config}).config, nil
}

// bare finds or loads a version and its configuration without overrides.
func (c *Cache) bare(ctx context.Context, tx tenants.Tx, version int32) (slot, error) {
	k := slotKey{deployment: tx.Origin(), version: version}
	if s, ok := c.find(k); ok {
		return s, nil
	}
	v, err := load(ctx, tx, version)
	if err != nil {
		return slot{}, err
	}
	config, err := assemble(nil, v.ID, 0, v.Items)
	if err != nil {
		return slot{}, fmt.Errorf("blueprint %s: %w", v, err)
	}
	return c.keep(slot{key: k, config: config, source: v}), nil
}

type overrideRow struct {
	Kind     string
	Key      string
	Revision int64
	Body     *string
	Retired  bool
	Base     string
	MadeBy   int64
	MadeAt   time.Time
}

func (r overrideRow) override() Override {
	o := Override{Ref: Ref{Kind(r.Kind), r.Key}, Revision: r.Revision, Retired: r.Retired, Base: r.Base, By: r.MadeBy, At: r.MadeAt}
	if r.Body != nil {
		o.Body = json.RawMessage(*r.Body)
	}
	return o
}

// overridesOf reads the newest override of each item up to revision.
func overridesOf(ctx context.Context, tx tenants.Tx, revision int64) ([]Override, error) {
	var rows []overrideRow
	err := tx.Raw(`SELECT DISTINCT ON (kind, key) kind, key, revision, body::text AS body, retired, base, made_by, made_at
		FROM overrides WHERE tenant_id = ? AND revision <= ? ORDER BY kind, key, revision DESC`,
		int32(tx.ID()), revision).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read the tenant's own configuration: %w", err)
	}
	out := make([]Override, len(rows))
	for n, r := range rows {
		out[n] = r.override()
	}
	return out, nil
}

// History returns everything a tenant ever said about an item, newest first.
func History(ctx context.Context, tx tenants.Tx, kind Kind, key string) ([]Override, error) {
	var rows []overrideRow
	err := tx.Raw(`SELECT kind, key, revision, body::text AS body, retired, base, made_by, made_at
		FROM overrides WHERE tenant_id = ? AND kind = ? AND key = ? ORDER BY revision DESC`,
		int32(tx.ID()), string(kind), key).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read the history of %s/%s: %w", kind, key, err)
	}
	out := make([]Override, len(rows))
	for n, r := range rows {
		out[n] = r.override()
	}
	return out, nil
}

// Survey returns every item of the tenant with blueprint value, own value and effect.
func Survey(ctx context.Context, tx tenants.Tx) ([]Source, error) {
	t := tx.Tenant()
	bare, err := configs.bare(ctx, tx, t.Blueprint)
	if err != nil {
		return nil, err
	}
	overrides, err := overridesOf(ctx, tx, t.Revision)
	if err != nil {
		return nil, err
	}
	return Sources(bare.source, overrides, t.Revision), nil
}

// Change writes edits as overrides of the tenant's next revision, all or none, records the act
// "config.changed", and returns the configuration they give. Edits that change nothing write
// nothing, so a repeat is harmless. Hundreds of items are one statement.
//
// It is refused as fault.Invalid, with field and reason, when an item or the whole no longer fits
// together; as fault.Conflict when an item is not as the form had Seen it. Changes by others at the
// same time wait their turn.
//
// It does not ask whether the actor may: the caller has checked, for the whole tenant. A web route
// names the capability, auth.ConfigWrite, or auth.ModulesSwitch where it edits modules.
func Change(ctx context.Context, tx tenants.Tx, edits ...Edit) (*Config, error) {
	revision, version, err := hold(ctx, tx)
	if err != nil {
		return nil, err
	}
	bare, err := configs.bare(ctx, tx, version)
	if err != nil {
		return nil, err
	}
	overrides, err := overridesOf(ctx, tx, revision)
	if err != nil {
		return nil, err
	}
	before, err := bare.config.under(overrides, revision)
	if err != nil {
		return nil, err
	}
	rows, after, err := plan(bare.source, bare.config, overrides, revision, edits)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return before, nil
	}
	if err := write(ctx, tx, revision+1, rows); err != nil {
		return nil, err
	}
	record(ctx, tx, before, after, rows)
	return after, nil
}

// Back gives one item back to the blueprint. Giving back what is untouched does nothing; an item
// that the tenant added can only retire. As with [Change], the caller has checked that the actor may.
func Back(ctx context.Context, tx tenants.Tx, kind Kind, key string) (*Config, error) {
	return Change(ctx, tx, GiveBack(kind, key))
}

// hold locks the tenant's pointer until the transaction ends and reads it as it is now.
func hold(ctx context.Context, tx tenants.Tx) (revision int64, version int32, err error) {
	err = tx.Raw("SELECT revision, blueprint FROM tenants WHERE tenant_id = ? FOR UPDATE", int32(tx.ID())).Scan(ctx, &revision, &version)
	if err != nil {
		return 0, 0, fmt.Errorf("lock the configuration of tenant %d: %w", tx.ID(), err)
	}
	return revision, version, nil
}

func write(ctx context.Context, tx tenants.Tx, revision int64, rows []Override) error {
	type wire struct {
		Kind    Kind    `json:"kind"`
		Key     string  `json:"key"`
		Body    *string `json:"body"`
		Retired bool    `json:"retired"`
		Base    string  `json:"base"`
	}
	list := make([]wire, len(rows))
	for n, o := range rows {
		list[n] = wire{Kind: o.Kind, Key: o.Key, Retired: o.Retired, Base: o.Base}
		if !o.Back() {
			body := string(o.Body)
			list[n].Body = &body
		}
	}
	packed, err := json.Marshal(list)
	if err != nil {
		return err
	}
	id := int32(tx.ID())
	_, err = tx.Raw(`INSERT INTO overrides (tenant_id, kind, key, revision, body, retired, base, made_by, made_at)
		SELECT ?, r.kind, r.key, ?, r.body::json, r.retired, r.base, ?, ?
		FROM json_to_recordset(?::json) AS r(kind text, key text, body text, retired boolean, base text)`,
		id, revision, tx.Actor().Person, clock.Now(ctx), string(packed)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("write overrides: %w", err)
	}
	if _, err := tx.Raw("UPDATE tenants SET revision = ? WHERE tenant_id = ?", revision, id).Exec(ctx); err != nil {
		return fmt.Errorf("raise the revision: %w", err)
	}
	return nil
}

func record(ctx context.Context, tx tenants.Tx, before, after *Config, rows []Override) {
	dims := tenants.Dims{"revision": strconv.FormatInt(after.Revision, 10), "items": strconv.Itoa(len(rows))}
	if len(rows) == 1 {
		dims["item"] = rows[0].String()
	}
	var on, off []string
	for _, m := range after.Modules.All() {
		switch was := before.On(m.Key); {
		case m.On && !was:
			on = append(on, m.Key)
		case !m.On && was:
			off = append(off, m.Key)
		}
	}
	if len(on) > 0 {
		dims["on"] = strings.Join(on, ",")
	}
	if len(off) > 0 {
		dims["off"] = strings.Join(off, ",")
	}
	tx.Record(tenants.Act{
		Kind: "config.changed", Version: 1, Object: "tenant", ObjectID: tx.Tenant().Object(), HappenedAt: clock.Now(ctx),
		Before: tenants.Dims{"revision": strconv.FormatInt(before.Revision, 10)}, After: dims,
	})
}
