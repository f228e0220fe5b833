package blueprint

import (
	"regexp"
	"slices"
)

// UnitKind says what sort of body handles cases.
type UnitKind string

// The kinds of units.
const (
	Office    UnitKind = "office"    // 内设机构
	Station   UnitKind = "station"   // 站所
	Squad     UnitKind = "squad"     // 中队、巡查处置队伍
	Community UnitKind = "community" // 社区（村）, keyed by its 12-digit statistical code
	Bureau    UnitKind = "bureau"    // 区级部门
	Utility   UnitKind = "utility"   // 水电气通信等公用企业
	Branch    UnitKind = "branch"    // 派驻机构: a bureau's people in the street, such as 派出所
)

// UnitKinds lists the kinds in the order in which they are offered.
var UnitKinds = []UnitKind{Office, Station, Squad, Community, Branch, Bureau, Utility}

// Unit is whoever handles (承办单位).
type Unit struct {
	Entry
	Name   string   `json:"name"`
	Short  string   `json:"short"`
	Kind   UnitKind `json:"kind"`
	Parent string   `json:"parent,omitempty"` // unit

	// Area marks a unit with ground of its own that is no community of the division list: a business
	// park, a farm, a community in preparation. Matters lie in it as they lie in a community.
	Area    bool     `json:"area,omitempty"`
	Sectors []string `json:"sectors,omitempty"` // sectors that it belongs to, or answers to above
}

// Local reports whether matters can lie in the unit (属地单位): it is a community or like one.
func (u Unit) Local() bool { return u.Kind == Community || u.Area }

var communityCode = regexp.MustCompile(`^[1-9][0-9]{11}$`)

func (u *Unit) alone(ck *checker) {
	ck.need("name", u.Name, 60)
	ck.need("short", u.Short, 20)
	switch u.Kind {
	case Office, Station, Squad, Bureau, Utility, Branch:
		if communityCode.MatchString(u.Key) {
			ck.bad("key", "12 位编号留给社区（村）")
		}
	case Community:
		if !communityCode.MatchString(u.Key) {
			ck.bad("key", "社区（村）的编号应为 12 位统计用区划代码")
		}
	default:
		ck.bad("kind", "没有“%s”这种单位类型", u.Kind)
	}
}

func (u *Unit) among(c *Config, ck *checker) {
	c.sectors(ck, u.Sectors)
	if u.Parent == "" {
		return
	}
	above, depth := u.Parent, 0
	for above != "" {
		p, ok := live(c.Units, above)
		if !ok {
			ck.bad("parent", "上级单位“%s”不存在或已停用", above)
			return
		}
		if depth++; depth >= deepest || p.Key == u.Key {
			ck.bad("parent", "上级单位成环或层级超过 %d 级", deepest)
			return
		}
		above = p.Parent
	}
}

// unit checks a reference to whoever answers. Communities that the tenant did not touch are read from
// the division list and are no items, so their codes are taken by their form.
func (c *Config) unit(ck *checker, unit string, kind UnitKind, must bool) {
	switch {
	case kind != "" && kind != Community:
		ck.bad("unit_kind", "只能填 community（事发地社区）")
	case kind != "" && unit != "":
		ck.bad("unit", "已指定事发地社区，不能再指定单位")
	case kind == "" && unit == "" && must:
		ck.bad("unit", "不能为空")
	case unit != "" && !communityCode.MatchString(unit):
		if _, ok := live(c.Units, unit); !ok {
			ck.bad("unit", "单位“%s”不存在或已停用", unit)
		}
	case unit != "":
		if u, ok := c.Units.Find(unit); ok && u.Retired {
			ck.bad("unit", "单位“%s”不存在或已停用", unit)
		}
	}
}

// sectors checks references to sectors.
func (c *Config) sectors(ck *checker, keys []string) {
	for n, k := range keys {
		if _, ok := live(c.Sectors, k); !ok {
			ck.bad("sectors", "条线“%s”不存在或已停用", k)
		} else if slices.Contains(keys[:n], k) {
			ck.bad("sectors", "条线“%s”重复", k)
		}
	}
}

// UnitsOfSector returns the units of a sector, those of that very trade; a centre finds by it who
// takes over what a street hands up.
func (c *Config) UnitsOfSector(sector string) []Unit {
	var out []Unit
	for _, u := range c.Units.all {
		if slices.Contains(u.Sectors, sector) {
			out = append(out, u)
		}
	}
	return out
}
