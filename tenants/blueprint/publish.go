package blueprint

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"wanjie/tenants"
)

// raw is what both a tenant's and the vendor's transaction can do.
type raw interface {
	Raw(query string, args ...any) *bun.RawQuery
}

// Edition is a published version without its items, for lists.
type Edition struct {
	ID          int32
	Key         string
	Number      int
	For         string `bun:"opens"`
	Title       string
	Summary     string
	Digest      string
	PublishedAt time.Time
}

// Editions lists what is published at a placement, newest number first within each key.
func Editions(ctx context.Context, tx tenants.VendorTx) ([]Edition, error) {
	var out []Edition
	err := tx.Raw("SELECT id, key, number, opens, title, summary, digest, published_at FROM ctl.blueprints ORDER BY key, number DESC").Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("list blueprints: %w", err)
	}
	return out, nil
}

// Newest is the newest published edition of a blueprint, or nil.
func Newest(ctx context.Context, tx tenants.VendorTx, key string) (*Edition, error) {
	all, err := Editions(ctx, tx)
	if err != nil {
		return nil, err
	}
	if n := slices.IndexFunc(all, func(e Edition) bool { return e.Key == key }); n >= 0 {
		return &all[n], nil
	}
	return nil, nil
}

// Contents is a published edition as a tenant gets it that changes nothing.
func Contents(ctx context.Context, tx tenants.VendorTx, id int32) (*Config, error) {
	v, err := load(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	return Effective(v, nil, 0)
}

// PublishShipped publishes the blueprints of this binary to every placement and returns their ids by
// key. Each start and migration may call it.
func PublishShipped(ctx context.Context, db *tenants.DB) (map[string]int32, error) {
	if err := Spread(ctx, db); err != nil {
		return nil, err
	}
	versions, err := Shipped()
	if err != nil {
		return nil, err
	}
	ids := map[string]int32{}
	for _, v := range versions {
		if ids[v.Key], err = Publish(ctx, db, v); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// Publish makes a version known to every placement and returns its id, which is the same in all of
// them: drawn at Home, taken over by the others. Publishing the same content again answers the same
// id; other content under the same number is refused, as is a version that drops items of an older one.
func Publish(ctx context.Context, db *tenants.DB, v *Version) (int32, error) {
	var id int32
	if err := db.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) (err error) {
		id, err = publishAt(ctx, tx, v, 0)
		return err
	}); err != nil {
		return 0, fmt.Errorf("publish blueprint %s: %w", v, err)
	}
	for _, place := range db.Placements() {
		if place == tenants.Home {
			continue
		}
		if err := db.Vendor(ctx, place, func(ctx context.Context, tx tenants.VendorTx) error {
			_, err := publishAt(ctx, tx, v, id)
			return err
		}); err != nil {
			return 0, fmt.Errorf("publish blueprint %s at placement %s: %w", v, place, err)
		}
	}
	return id, nil
}

// Spread brings to every placement the versions that Home has and it lacks, so that a placement may
// join later and tenants be moved to it.
func Spread(ctx context.Context, db *tenants.DB) error {
	for _, place := range db.Placements() {
		if place == tenants.Home {
			continue
		}
		var have []int32
		err := db.Vendor(ctx, place, func(ctx context.Context, tx tenants.VendorTx) error {
			return tx.Raw("SELECT id FROM ctl.blueprints").Scan(ctx, &have)
		})
		if err != nil {
			return fmt.Errorf("blueprints of placement %s: %w", place, err)
		}
		var lacking []*Version
		err = db.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
			var ids []int32
			if err := tx.Raw("SELECT id FROM ctl.blueprints ORDER BY key, number").Scan(ctx, &ids); err != nil {
				return err
			}
			for _, id := range ids {
				if slices.Contains(have, id) {
					continue
				}
				v, err := load(ctx, tx, id)
				if err != nil {
					return err
				}
				lacking = append(lacking, v)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, v := range lacking {
			if err := db.Vendor(ctx, place, func(ctx context.Context, tx tenants.VendorTx) error {
				_, err := publishAt(ctx, tx, v, v.ID)
				return err
			}); err != nil {
				return fmt.Errorf("bring blueprint %s to placement %s: %w", v, place, err)
			}
		}
	}
	return nil
}

// publishing keeps two publishers at one placement apart.
const publishing = 7_230_412

// publishAt publishes at one placement; id is 0 at Home, which draws it.
func publishAt(ctx context.Context, tx tenants.VendorTx, v *Version, id int32) (int32, error) {
	if _, err := tx.Raw("SELECT pg_advisory_xact_lock(?)", publishing).Exec(ctx); err != nil {
		return 0, err
	}
	digest := v.Digest()
	var have Edition
	err := tx.Raw("SELECT id, digest FROM ctl.blueprints WHERE key = ? AND number = ?", v.Key, v.Number).Scan(ctx, &have.ID, &have.Digest)
	switch {
	case err == nil && have.Digest != digest:
		return 0, fmt.Errorf("number %d is published with other content: raise the number in its manifest.yaml", v.Number)
	case err == nil && id != 0 && have.ID != id:
		return 0, fmt.Errorf("is published as %d here and as %d at home", have.ID, id)
	case err == nil:
		return have.ID, nil
	case !errors.Is(err, sql.ErrNoRows):
		return 0, err
	}
	if id == 0 { // at Home, which judges for all
		if err := follows(ctx, tx, v); err != nil {
			return 0, err
		}
		if err := tx.Raw("SELECT nextval('ctl.blueprint_serial')").Scan(ctx, &id); err != nil {
			return 0, err
		}
	}
	credits, err := json.Marshal(v.Credits)
	if err != nil {
		return 0, err
	}
	if _, err := tx.Raw(`INSERT INTO ctl.blueprints (id, key, number, opens, title, summary, credits, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		id, v.Key, v.Number, v.For, v.Title, v.Summary, string(credits), digest).Exec(ctx); err != nil {
		return 0, err
	}
	type wire struct {
		Kind    Kind   `json:"kind"`
		Key     string `json:"key"`
		Body    string `json:"body"`
		Retired bool   `json:"retired"`
	}
	list := make([]wire, len(v.Items))
	for n, i := range v.Items {
		list[n] = wire{i.Kind, i.Key, string(i.Body), i.Retired}
	}
	packed, err := json.Marshal(list)
	if err != nil {
		return 0, err
	}
	_, err = tx.Raw(`INSERT INTO ctl.blueprint_items (blueprint, kind, key, body, retired)
		SELECT ?, r.kind, r.key, r.body::json, r.retired
		FROM json_to_recordset(?::json) AS r(kind text, key text, body text, retired boolean)`, id, string(packed)).Exec(ctx)
	return id, err
}

// follows holds v against the versions of its key that are published around its number.
func follows(ctx context.Context, tx tenants.VendorTx, v *Version) error {
	var newest Edition
	err := tx.Raw("SELECT id, number FROM ctl.blueprints WHERE key = ? ORDER BY number DESC LIMIT 1", v.Key).Scan(ctx, &newest.ID, &newest.Number)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if newest.Number > v.Number {
		return fmt.Errorf("number %d is already published: numbers only rise", newest.Number)
	}
	old := &Version{Key: v.Key, Number: newest.Number}
	if old.Items, err = items(ctx, tx, newest.ID); err != nil {
		return err
	}
	return v.Succeeds(old)
}

// load reads a published version at the transaction's placement.
func load(ctx context.Context, tx raw, id int32) (*Version, error) {
	v := &Version{ID: id}
	var credits string
	err := tx.Raw("SELECT key, number, opens, title, summary, credits::text FROM ctl.blueprints WHERE id = ?", id).
		Scan(ctx, &v.Key, &v.Number, &v.For, &v.Title, &v.Summary, &credits)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("blueprint version %d is not published at this placement", id)
	}
	if err != nil {
		return nil, fmt.Errorf("read blueprint version %d: %w", id, err)
	}
	if err := json.Unmarshal([]byte(credits), &v.Credits); err != nil {
		return nil, fmt.Errorf("credits of blueprint version %d: %w", id, err)
	}
	if v.Items, err = items(ctx, tx, id); err != nil {
		return nil, err
	}
	return v, nil
}

// items reads a version's items, sorted as Version wants them.
func items(ctx context.Context, tx raw, blueprint int32) ([]Item, error) {
	var rows []struct {
		Kind    string
		Key     string
		Body    string
		Retired bool
	}
	err := tx.Raw("SELECT kind, key, body::text AS body, retired FROM ctl.blueprint_items WHERE blueprint = ? ORDER BY kind, key", blueprint).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read items of blueprint version %d: %w", blueprint, err)
	}
	out := make([]Item, len(rows))
	for n, r := range rows {
		out[n] = Item{Kind: Kind(r.Kind), Key: r.Key, Body: json.RawMessage(r.Body), Retired: r.Retired}
	}
	return out, nil
}
