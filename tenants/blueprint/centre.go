package blueprint

import (
	"strings"

	"wanjie/tenants/division"
)

// ofCentre begins the keys of those units of a street that belong to its district's centre.
const ofCentre = "centre."

// CentreUnit is the key under which a street knows a unit of its district's centre (区级单位): the
// centre's own key behind "centre.". Every street of the district says the same key, so figures are
// added up over streets by it, and it can never meet a key of the street's own: "labour" is the
// street's 人社所, "centre.labour" the district's 人社局, whatever the two are called on screen.
//
// Which of the two a unit is shows in nothing but its key: bureaus may have a branch that is the
// street's own, and a squad may serve the whole district.
func CentreUnit(key string) string { return ofCentre + key }

// ofStreet begins the keys of those units of a centre that are streets of its district.
const ofStreet = "street."

// StreetUnit is the key under which a district's centre knows one of its streets as a unit: its division code (or,
// for a street without one, its tenant's number) behind "street.".
func StreetUnit(code string) string { return ofStreet + code }

// Beyond names a unit that is no item of the tenant because it lies in another tenant: a unit of the district's
// centre by the name of its sector, a street by the division list. ok is false for every other key.
func (c *Config) Beyond(key string) (name string, ok bool) {
	if there, is := OfCentre(key); is {
		if s, found := c.Sectors.Find(there); found {
			return s.Name, true
		}
		return CentreName, there == CentreDesk
	}
	if code, is := strings.CutPrefix(key, ofStreet); is {
		u, found := division.ByCode(code)
		return u.Name, found
	}
	return "", false
}

// CentreDesk is the centre's own desk among its units: whoever hands up without knowing the bureau means it.
const CentreDesk, CentreName = "command-centre", "区级指挥中心"

// OfCentre reports whether a street's unit belongs to the district's centre, and answers its key there.
func OfCentre(key string) (there string, ok bool) { return strings.CutPrefix(key, ofCentre) }
