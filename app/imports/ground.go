package imports

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/division"
)

// ground is the district that a file belongs to: its streets and communities by name, and the tenants
// that are open there.
type ground struct {
	area      division.Area
	streets   map[string]*street // by name, short forms of it, and code
	byCode    map[string]*street
	centre    tenants.ID      // 0: not open
	centres   map[string]bool // keys of the centre's own units
	placement string          // where the district's tenants live; empty: none is open
}

// street is one street of the district, open or not.
type street struct {
	code, name  string
	tenant      tenants.ID        // 0: not open
	communities map[string]string // stem of the name → 12-digit code
}

// surveyGround learns the district from the division list, then the directory and the communities that tenants added or
// renamed.
func surveyGround(ctx context.Context, db *tenants.DB, district int32, region *Region) (g *ground, err error) {
	g = &ground{streets: map[string]*street{}, byCode: map[string]*street{}}
	if g.area, err = region.area(district); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(region.Streets)) {
		code := region.Streets[name]
		if g.byCode[code] == nil { // of several names the first in order, which is the tenant's
			g.byCode[code] = &street{code: code, name: name, communities: map[string]string{}}
		}
		g.streets[name] = g.byCode[code]
	}
	for _, u := range division.InDistrict(district) {
		s := &street{code: u.Code, name: u.Name, communities: map[string]string{}}
		for _, c := range division.Communities(u.Code) {
			s.communities[stem(c.Name)] = c.Code
		}
		g.byCode[u.Code] = s
		for _, name := range []string{u.Name, u.Name + "办事处", u.Code, u.Code + "000"} {
			g.streets[name] = s
		}
	}
	return g, g.refresh(ctx, db)
}

// refresh reads the directory anew, after streets were opened.
func (g *ground) refresh(ctx context.Context, db *tenants.DB) error {
	var rows []struct {
		TenantID  int32
		Kind      tenants.Kind
		Placement string
		Code      string
	}
	err := db.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		return tx.Raw(`SELECT d.tenant_id, d.kind, d.placement, coalesce(v.code, '') AS code FROM ctl.directory d
			LEFT JOIN ctl.divisions v ON v.tenant_id = d.tenant_id AND (v.valid_to IS NULL OR v.valid_to > current_date)
			WHERE d.district = ? AND d.state NOT IN ('opening', 'closed') ORDER BY d.tenant_id, code`, g.area.Code).Scan(ctx, &rows)
	})
	if err != nil {
		return fmt.Errorf("directory of district %d: %w", g.area.Code, err)
	}
	for _, r := range rows {
		g.placement = r.Placement
		id := tenants.ID(r.TenantID)
		if r.Kind == tenants.Centre {
			if g.centre != 0 && g.centre != id {
				return fault.New(fault.Conflict, "%s有不止一个区级指挥中心，无法确定单位归属", g.area.Name)
			}
			g.centre = id
			continue
		}
		s := g.byCode[r.Code]
		if s == nil {
			continue
		}
		if s.tenant != 0 && s.tenant != id {
			return fault.New(fault.Conflict, "“%s”（%s）有不止一个租户，无法确定导入到哪一个", s.name, s.code)
		}
		s.tenant = id
	}
	for _, s := range g.byCode {
		if s.tenant == 0 {
			continue
		}
		if err := g.own(ctx, db, s); err != nil {
			return err
		}
	}
	g.centres = map[string]bool{}
	if g.centre == 0 {
		return nil
	}
	return db.Read(ctx, g.centre, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return err
		}
		for _, u := range cfg.Units.All() {
			g.centres[u.Key] = true
		}
		return nil
	})
}

// own adds the communities as the street itself names them.
func (g *ground) own(ctx context.Context, db *tenants.DB, s *street) error {
	return db.Read(ctx, s.tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return err
		}
		for _, u := range cfg.Units.All() {
			if u.Kind == blueprint.Community && strings.HasPrefix(u.Key, s.code) {
				s.communities[stem(u.Name)] = u.Key
			}
		}
		return nil
	})
}

// street finds one by what a file calls it.
func (g *ground) street(name string) (*street, bool) {
	s, ok := g.streets[name]
	return s, ok
}

// community finds one of the street by name or code.
func (s *street) community(name string) (string, bool) {
	for _, code := range s.communities {
		if code == name {
			return code, true
		}
	}
	code, ok := s.communities[stem(name)]
	return code, ok
}

// anyCommunity is the community that a unit's name means: of the row's own street, else the only one of
// the district that is called so.
func (g *ground) anyCommunity(at *street, name string) (string, bool) {
	bare := stem(unbracketed(name))
	if code, ok := at.communities[bare]; ok {
		return code, true
	}
	found := ""
	for _, s := range g.byCode {
		if code, ok := s.communities[bare]; ok {
			if found != "" {
				return "", false
			}
			found = code
		}
	}
	return found, found != ""
}

// stem takes from a community's name the words for its committee and its office, which every source
// writes differently: 六联社区居委会 and 六联社区工作站 are 六联社区.
func stem(name string) string {
	for _, tail := range []string{"居民委员会", "村民委员会", "居委会", "村委会", "工作站"} {
		if s := strings.TrimSuffix(name, tail); s != "" && s != name {
			return s
		}
	}
	return name
}

// unbracketed takes a closing remark in brackets off a name: 六联社区（坪山街道办事处）.
func unbracketed(name string) string {
	bare, _ := remark(name)
	return bare
}

// bracketed is that remark, or nothing.
func bracketed(name string) string {
	_, said := remark(name)
	return said
}

func remark(name string) (bare, said string) {
	for _, pair := range [][2]string{{"（", "）"}, {"(", ")"}} {
		if at := strings.LastIndex(name, pair[0]); at > 0 && strings.HasSuffix(name, pair[1]) {
			return name[:at], name[at+len(pair[0]) : len(name)-len(pair[1])]
		}
	}
	return name, ""
}
