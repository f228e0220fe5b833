package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth/providers"
	"wanjie/app/fault"
	"wanjie/tenants"
)

// errStranger is what somebody hears whom the district's provider knows and nobody here does: nobody who works in that
// district, that is.
var errStranger = fault.New(fault.Forbidden, "您的账号尚未在本平台登记，请联系所在单位的安全管理员")

// named is a person whom a provider named.
type named struct {
	identity uuid.UUID
	person   int64
}

// whom finds who is meant by what a district's provider shows: somebody who was invited already and works in that very
// district. errStranger for everybody else: other districts' people, and whoever works anywhere else besides, because a
// session opens all that its person may, and a provider vouches for its own district only.
func (k *Keeper) whom(ctx context.Context, shelf *providers.Shelf, shown providers.Shown) (who named, err error) {
	if shown.Means == providers.Number {
		if who.person, err = shelf.Numbered(ctx, shown.District, shown.Value); err == nil {
			who.identity, err = k.IdentityOf(ctx, who.person)
		}
	} else if who.person, err = k.PersonOf(ctx, shown.Value); err == nil {
		who.identity, err = k.IdentityOf(ctx, who.person)
	}
	if fault.Is(err, fault.NotFound) {
		return named{}, errStranger
	}
	if err != nil {
		return named{}, err
	}
	here, err := k.worksIn(ctx, who.person, shown.District)
	if err == nil && !here {
		err = errStranger
	}
	if err != nil {
		return named{}, err
	}
	p, err := k.person(ctx, who.identity, Employee)
	if err == nil && !p.Active {
		err = ErrDisabled
	}
	return who, err
}

// worksIn reports whether a member of staff holds living grants in a district, in its tenants or over it, and none elsewhere:
// neither in another district nor with the vendor, whose people a street may have made its members.
func (k *Keeper) worksIn(ctx context.Context, person int64, district int32) (bool, error) {
	places, err := k.Places(ctx, person)
	if err != nil {
		return false, err
	}
	ids := []int32{0}
	for _, p := range places {
		ids = append(ids, int32(p.Tenant))
	}
	var here []bool
	err = k.DB.Gateway(ctx, tenants.Home, func(ctx context.Context, tx tenants.GatewayTx) error {
		return tx.Raw(`SELECT true FROM ctl.people p WHERE p.person = ? AND p.kind = ? AND (
			EXISTS (SELECT FROM ctl.directory d WHERE d.district = ? AND d.tenant_id IN (?))
			OR EXISTS (SELECT FROM ctl.upper_grants g WHERE g.person = p.person AND g.scope = ? AND g.district = ?))
			AND NOT EXISTS (SELECT FROM ctl.directory d WHERE d.district <> ? AND d.tenant_id IN (?))
			AND NOT EXISTS (SELECT FROM ctl.upper_grants g WHERE g.person = p.person AND (g.scope <> ? OR g.district <> ?))`,
			person, string(Employee), district, bun.List(ids), string(InDistrict), district, district, bun.List(ids), string(InDistrict), district).Scan(ctx, &here)
	})
	if err != nil {
		return false, fmt.Errorf("districts of person %d: %w", person, err)
	}
	return slices.Contains(here, true), nil
}

// open opens a session of somebody who has proved elsewhere who they are. Kratos makes sessions for nobody by its admin
// port but by a recovery code, which is made and redeemed here and never leaves.
func (c *Client) open(ctx context.Context, identity uuid.UUID) (Ticket, error) {
	r, err := c.Recover(ctx, identity, "1m")
	if err != nil {
		return Ticket{}, err
	}
	t, err := c.Redeem(ctx, r.Flow, r.Code)
	if errors.Is(err, ErrCode) || fault.Is(err, fault.Unsigned) {
		err = ErrDisabled
	}
	return t, err
}

// byProvider is the district whose provider opened a session, 0 for none, and whether it vouched for a second factor.
func (k *Keeper) byProvider(ctx context.Context, s Session) (district int32, strong bool, err error) {
	id, err := uuid.Parse(s.ID)
	if err != nil {
		return 0, false, fmt.Errorf("number of a session: %w", err)
	}
	err = k.DB.Gateway(ctx, tenants.Home, func(ctx context.Context, tx tenants.GatewayTx) error {
		return tx.Raw(`SELECT coalesce((SELECT district FROM ctl.district_sessions WHERE session = ? AND person = ?), 0),
			EXISTS (SELECT FROM ctl.vouched WHERE session = ? AND person = ?)`, id, s.Person, id, s.Person).Scan(ctx, &district, &strong)
	})
	if err != nil {
		return 0, false, fmt.Errorf("who opened a session: %w", err)
	}
	return district, strong, nil
}
