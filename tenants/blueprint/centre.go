package blueprint

import "strings"

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

// OfCentre reports whether a street's unit belongs to the district's centre, and answers its key there.
func OfCentre(key string) (there string, ok bool) { return strings.CutPrefix(key, ofCentre) }
