package openapi

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/auth/access"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Door lets programs in.
type Door struct {
	DB      *tenants.DB
	Proxies access.Proxies
	Tries   *auth.Tries
}

// Often is how often one key may call. Of a key that calls more, one refusal a minute is written down.
var (
	Often        = auth.Limit{Name: "api-key", Max: 120, Per: time.Minute}
	refusalNoted = auth.Limit{Name: "api-refused", Max: 1, Per: time.Minute}
)

// Ground is why a call was refused that says no field of its own.
type Ground string

// The grounds.
const (
	Revoked Ground = "revoked"
	Expired Ground = "expired"
	Abroad  Ground = "network" // from an address that the key does not name
	Shut    Ground = "shut"    // the street is not open for work
	Off     Ground = "off"     // it has switched the module off
)

// refusal carries a ground to the record, and never to the program.
type refusal struct{ ground Ground }

func (r refusal) Error() string { return string(r.ground) }

// errKey is the one answer to every key that may not be used.
func errKey() *fault.Error {
	return fault.New(fault.Unsigned, "密钥无效：请在请求头 Authorization: Bearer 中提供有效的密钥")
}

// Admit answers whose key a request bears. The refusal of a key that is known here comes with it.
func (d *Door) Admit(r *web.Request, module string) (*web.Caller, error) {
	secret, ok := bearer(r)
	if !ok {
		return nil, errKey()
	}
	ctx := r.Context()
	c, err := d.find(ctx, auth.HashSecret(secret))
	if err != nil {
		return nil, err
	}
	c.Address = d.Proxies.Address(r.Request)
	var k *Key
	var closed error
	err = d.DB.Read(ctx, c.Tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		if k, err = Find(ctx, tx, c.Key); err != nil {
			return err
		}
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return err
		}
		closed = open(tx.Tenant(), cfg, module)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := k.usable(clock.Now(ctx), c.Address); err != nil {
		return c, err
	}
	if wait, ok := d.Tries.Take(ctx, Often, k.ID.String()); !ok {
		if _, first := d.Tries.Take(ctx, refusalNoted, k.ID.String()); !first {
			c = nil
		}
		return c, fault.New(fault.TooMany, "调用过于频繁，每分钟最多%d次，请在%d秒后再试", Often.Max, int((wait+time.Second-1)/time.Second)).After(wait)
	}
	c.Channel, c.Otherwise = k.Channel, k.Otherwise
	return c, closed
}

// bearer is the key that a request bears.
func bearer(r *web.Request) (string, bool) {
	scheme, secret, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	secret = strings.TrimSpace(secret)
	return secret, ok && strings.EqualFold(scheme, "Bearer") && strings.HasPrefix(secret, prefix)
}

// find asks every placement whose key has this hash.
func (d *Door) find(ctx context.Context, sum []byte) (*web.Caller, error) {
	c := &web.Caller{Actor: tenants.Actor{Person: tenants.System, Grants: []tenants.Grant{{Role: auth.Intake}}}}
	for _, placement := range d.DB.Placements() {
		var row struct {
			TenantID int32
			ID       uuid.UUID `bun:"type:uuid"`
		}
		err := d.DB.Gateway(ctx, placement, func(ctx context.Context, tx tenants.GatewayTx) error {
			return tx.Raw("SELECT tenant_id, id FROM api_keys WHERE hash = ?", sum).Scan(ctx, &row)
		})
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("whose key it is, at %s: %w", placement, err)
		}
		c.Tenant, c.Key = tenants.ID(row.TenantID), row.ID
		return c, nil
	}
	return nil, errKey()
}

// usable refuses a key that may not be used now, or from there.
func (k *Key) usable(now time.Time, address string) error {
	switch {
	case !k.RevokedAt.IsZero():
		return errKey().Because(refusal{Revoked})
	case !k.ExpiresAt.After(now):
		return errKey().Because(refusal{Expired})
	case !k.from(address):
		return errKey().Because(refusal{Abroad})
	}
	return nil
}

// open refuses what a street cannot take now, in so many words: whoever calls holds a key of it.
func open(t tenants.Tenant, cfg *blueprint.Config, module string) error {
	switch {
	case !t.State.Writable():
		return fault.New(fault.Forbidden, "“%s”当前不可办理业务，暂不接收调用，请联系该街道或运营方", t.Name).Because(refusal{Shut})
	case module != "" && !cfg.On(module):
		return fault.New(fault.Forbidden, "“%s”没有启用该功能，请联系该街道", t.Name).Because(refusal{Off})
	}
	return nil
}
