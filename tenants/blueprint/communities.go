package blueprint

import (
	"cmp"
	"slices"
	"strings"

	"wanjie/tenants/division"
)

// A tenant's communities are units by their 12-digit codes, but no items: they stand in the embedded
// division list, and only one that the tenant changed (renamed, retired, newly founded) is an
// override. Opening a street therefore writes no community.

// UnitOf returns the unit with this key: an item, else the community of that code in the division
// list. Retired ones are found too, for the names of old cases.
func (c *Config) UnitOf(key string) (Unit, bool) {
	if u, ok := c.Units.Find(key); ok {
		return u, true
	}
	if u, ok := c.communities.Load(key); ok {
		return u.(Unit), true
	}
	if k, ok := division.CommunityByCode(key); ok {
		u := communityUnit(k)
		c.communities.Store(key, u)
		return u, true
	}
	return Unit{}, false
}

// UnitsWithin returns the units that may handle cases: the items, then the communities of the
// divisions with these codes (nine digits; a tenant may have several), as the tenant changed them.
func (c *Config) UnitsWithin(codes ...string) []Unit {
	var offices, communities []Unit
	for _, u := range c.Units.All() {
		if u.Kind == Community {
			communities = append(communities, u)
		} else {
			offices = append(offices, u)
		}
	}
	for _, code := range codes {
		for _, k := range division.Communities(code) {
			if _, own := c.Units.Find(k.Code); !own {
				communities = append(communities, communityUnit(k))
			}
		}
	}
	slices.SortFunc(communities, func(a, b Unit) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Key, b.Key))
	})
	return append(offices, slices.CompactFunc(communities, func(a, b Unit) bool { return a.Key == b.Key })...)
}

func communityUnit(k division.Community) Unit {
	short := k.Name
	for _, committee := range []string{"居民委员会", "村民委员会", "居委会", "村委会", "委员会"} {
		if s := strings.TrimSuffix(short, committee); s != short && s != "" {
			short = s
			break
		}
	}
	return Unit{Entry: Entry{Key: k.Code}, Name: k.Name, Short: short, Kind: Community}
}
