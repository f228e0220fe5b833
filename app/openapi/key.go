package openapi

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// Key lets one program act for one channel of a street.
type Key struct {
	bun.BaseModel `bun:"table:api_keys,alias:k"`

	ID        uuid.UUID `bun:",pk,type:uuid"`
	Name      string    // whose program it is
	Channel   string    // item of the blueprint
	Otherwise string    // class of orders whose own is not known here; empty: they are refused
	Networks  string    // from where it may be used, separated by blanks; empty: from everywhere
	Hint      string    // how it begins
	Hash      []byte
	ExpiresAt time.Time
	MadeBy    int64
	MadeAt    time.Time
	RevokedBy int64     `bun:",nullzero"`
	RevokedAt time.Time `bun:",nullzero"`
}

// Columns catalogues the tables of this package.
var Columns = []keys.Columns{
	{Table: "api_keys", Plain: []string{"tenant_id", "id", "name", "channel", "otherwise", "networks", "hint", "hash", "expires_at", "made_by", "made_at", "revoked_by", "revoked_at"}},
	{Table: "api_calls", Plain: []string{"tenant_id", "id", "key_id", "at", "route", "number", "status", "ground", "n", "network"}},
}

// Wish is a key that is asked for.
type Wish struct {
	ID        uuid.UUID // made by whoever asks: asked again, it is the same key
	Name      string
	Channel   string
	Otherwise string
	Networks  string     // as typed
	Until     clock.Date // its last day
}

// Bounds of a key.
const (
	longName     = 40
	mostNetworks = 20
	mostDays     = 2 * 366
)

// prefix lets people and scanners tell a key from other text.
const prefix = "wj_"

// shown is how many characters of a key its hint has.
const shown = len(prefix) + 6

// Make gives a program a key, which is answered here and nowhere else. Faults: Forbidden without KeysGive, Invalid for a
// wish that breaks a rule, Conflict for one that was granted before.
func Make(ctx context.Context, tx tenants.Tx, w Wish) (*Key, string, error) {
	if err := auth.RequireSomewhere(tx.Actor(), auth.KeysGive); err != nil {
		return nil, "", err
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return nil, "", err
	}
	now := clock.Now(ctx)
	if err := w.check(cfg, clock.DateOf(now)); err != nil {
		return nil, "", err
	}
	secret := prefix + auth.NewSecret()
	k := &Key{
		ID: w.ID, Name: w.Name, Channel: w.Channel, Otherwise: w.Otherwise, Networks: w.Networks, Hint: secret[:shown], Hash: auth.HashSecret(secret),
		ExpiresAt: w.Until.Add(1).Start().UTC(), MadeBy: tx.Actor().Person, MadeAt: now,
	}
	if _, err := tx.Insert(k).Exec(ctx); err != nil {
		var pe *pgconn.PgError
		if errors.As(err, &pe) && pe.ConstraintName == "api_keys_pkey" {
			return nil, "", fault.New(fault.Conflict, "密钥已经生成，且只显示一次；没有记下的，请吊销后重新生成").Because(err)
		}
		return nil, "", fmt.Errorf("write the key %s: %w", k.Hint, err)
	}
	tx.Record(tenants.Act{Kind: "api_key.made", Version: 1, Object: "api_key", ObjectID: k.ID, HappenedAt: now, After: k.dims()})
	return k, secret, nil
}

func (k *Key) dims() tenants.Dims {
	return tenants.Dims{"name": k.Name, "channel": k.Channel, "until": string(clock.DateOf(k.ExpiresAt.Add(-time.Second)))}
}

// check also brings the addresses into their usual form.
func (w *Wish) check(cfg *blueprint.Config, today clock.Date) error {
	f := &fault.Error{Kind: fault.Invalid, Say: "请检查标红的内容"}
	switch n := utf8.RuneCountInString(w.Name); {
	case n == 0:
		f.And("name", ui.Key("请填写使用单位或系统名称"))
	case n > longName || !utf8.ValidString(w.Name) || strings.ContainsRune(w.Name, 0):
		f.And("name", ui.Key("内容过长，请精简"))
	}
	if ch, ok := cfg.Channels.Find(w.Channel); !ok || ch.Retired || !ch.Sends() {
		f.And("channel", ui.Key("请选择来源渠道"))
	}
	if k, ok := cfg.Classes.Find(w.Otherwise); w.Otherwise != "" && (!ok || k.Retired) {
		f.And("otherwise", ui.Key("请选择类别"))
	}
	switch {
	case w.Until == "":
		f.And("until", ui.Key("请填写有效期"))
	case w.Until < today:
		f.And("until", ui.Key("有效期已过"))
	case w.Until > today.Add(mostDays):
		f.And("until", ui.Key("有效期最长两年，到期前重新生成"))
	}
	list, ok := networks(w.Networks)
	if !ok {
		f.And("networks", ui.Key("应为IP地址或网段，如 10.20.3.4、10.20.3.0/24，用空格或换行分隔"))
	}
	if len(list) > mostNetworks {
		f.And("networks", ui.Key("最多填写20个地址或网段"))
	}
	if len(f.Fields) > 0 {
		return f
	}
	text := make([]string, len(list))
	for i, p := range list {
		if text[i] = p.String(); p.IsSingleIP() {
			text[i] = p.Addr().String()
		}
	}
	w.Networks = strings.Join(text, " ")
	return nil
}

// networks reads addresses and prefixes.
func networks(text string) (out []netip.Prefix, ok bool) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n,;，；、", r) }) {
		p, err := netip.ParsePrefix(word)
		if err != nil {
			a, err := netip.ParseAddr(word)
			if err != nil || a.Zone() != "" {
				return nil, false
			}
			p = netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen())
		}
		if p = p.Masked(); !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out, true
}

// from reports whether the key may be used from an address.
func (k *Key) from(address string) bool {
	list, ok := networks(k.Networks)
	if !ok || len(list) == 0 {
		return ok
	}
	a, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
}

func errNoKey() error { return fault.New(fault.NotFound, "没有这把密钥") }

// Find is a key by its number, or NotFound.
func Find(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Key, error) {
	k := new(Key)
	err := tx.Select(k).Where("k.id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNoKey()
	}
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", id, err)
	}
	return k, nil
}

// Revoke ends a key at once and for ever; one that has ended is left alone. Faults: Forbidden without KeysGive, NotFound.
func Revoke(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	if err := auth.RequireSomewhere(tx.Actor(), auth.KeysGive); err != nil {
		return err
	}
	k, err := Find(ctx, tx, id)
	if err != nil || !k.RevokedAt.IsZero() {
		return err
	}
	before := k.dims()
	k.RevokedBy, k.RevokedAt = tx.Actor().Person, clock.Now(ctx)
	// The product's own hand is nobody: 0 is written as such.
	res, err := tx.Raw("UPDATE api_keys SET revoked_by = ?, revoked_at = ? WHERE tenant_id = ? AND id = ? AND revoked_at IS NULL",
		k.RevokedBy, k.RevokedAt, int32(tx.ID()), id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("revoke the key %s: %w", k.Hint, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err // somebody else did, this moment
	}
	tx.Record(tenants.Act{Kind: "api_key.revoked", Version: 1, Object: "api_key", ObjectID: id, HappenedAt: k.RevokedAt, Before: before, After: before})
	return nil
}

// Used is a key with its last use.
type Used struct {
	Key
	LastAt time.Time `bun:",nullzero"` // zero: never, or longer ago than calls are kept
}

// Keys are all keys of the street, the newest first.
func Keys(ctx context.Context, tx tenants.Tx) ([]Used, error) {
	var out []Used
	err := tx.Raw(`SELECT k.*, (SELECT max(at) FROM api_calls WHERE tenant_id = k.tenant_id AND key_id = k.id AND status < 400) AS last_at
		FROM api_keys k WHERE k.tenant_id = ? ORDER BY k.made_at DESC, k.id`, int32(tx.ID())).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return out, nil
}
