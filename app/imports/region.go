package imports

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/geo"
	"wanjie/tenants/division"
)

// Region is where a source's places and hours are, when they are not this country's: a city abroad whose
// history serves to try the product at its size. People report nothing from there, the intake refuses such
// points; it is a map that declares them, and only for the rows of its own file. Every part may be left
// out: hours are then Asia/Shanghai's, points lie in the country, streets are those of the division list.
type Region struct {
	Name     string            `yaml:"name"`
	District int32             `yaml:"district"` // six digits that the division list does not have
	Streets  map[string]string `yaml:"streets"`  // name as the file's street column says it → code, the district's digits and three more
	Zone     string            `yaml:"zone"`     // IANA name of the time zone in which moments are written
	Box      []float64         `yaml:"box"`      // west, south, east, north, degrees
}

// mostSkew bounds how far a source's clocks may disagree, in seconds.
const mostSkew = 600

var streetCode = regexp.MustCompile(`^[0-9]{9}$`)

func (r *Region) check(bad func(string, ...any)) {
	if _, err := time.LoadLocation(r.Zone); err != nil {
		bad("region: zone: %q is no time zone", r.Zone)
	}
	if b := r.Box; b != nil && (len(b) != 4 || b[0] >= b[2] || b[1] >= b[3] || b[0] < -180 || b[2] > 180 || b[1] < -90 || b[3] > 90) {
		bad("region: box: west, south, east and north in degrees")
	}
	if r.District == 0 && r.Name == "" && len(r.Streets) == 0 {
		return
	}
	if _, known := division.District(r.District); known || r.Name == "" || r.District < 110000 || r.District > 829999 || len(r.Streets) == 0 {
		bad("region: a name, six digits that the division list does not have, and streets go together")
	}
	codes := slices.Sorted(maps.Values(r.Streets))
	for _, c := range slices.Compact(codes) {
		if !streetCode.MatchString(c) || c[:6] != strconv.Itoa(int(r.District)) {
			bad("region: streets: %q: nine digits that begin with the district's", c)
		}
	}
}

// zone is the time zone in which the source writes; check has seen it.
func (r *Region) zone() *time.Location {
	if r.Zone == "" {
		return clock.Zone
	}
	z, err := time.LoadLocation(r.Zone)
	if err != nil {
		panic(err)
	}
	return z
}

// box is where the source's points lie.
func (r *Region) box() []float64 {
	if r.Box == nil {
		low, high, _ := geo.Home.MinMaxXYs()
		return []float64{low.X, low.Y, high.X, high.Y}
	}
	return r.Box
}

// within says for people where points must lie.
func (r *Region) within() string {
	if r.Box == nil {
		return "国内"
	}
	return fmt.Sprintf("东经%v至%v度、北纬%v至%v度之间", r.Box[0], r.Box[2], r.Box[1], r.Box[3])
}

// area is the district that a file belongs to: of the division list, or the map's own.
func (r *Region) area(district int32) (division.Area, error) {
	if r.District != 0 {
		if r.District != district {
			return division.Area{}, fault.New(fault.Invalid, "对照表只适用于区县代码 %d（%s）", r.District, r.Name)
		}
		return division.Area{Code: r.District, Name: r.Name}, nil
	}
	area, ok := division.District(district)
	if !ok {
		return area, fault.New(fault.Invalid, "区县代码 %d 不在名录中（名录截至%s）", district, division.AsOf)
	}
	return area, nil
}
