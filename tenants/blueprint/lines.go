package blueprint

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

// ShippedSectors are the lines of departments that the blueprints of this binary know, in their order: what a
// district's grant may be narrowed to.
func ShippedSectors() ([]Sector, error) { return shippedSectors() }

var shippedSectors = sync.OnceValues(func() ([]Sector, error) {
	all, err := Shipped()
	if err != nil {
		return nil, err
	}
	var out []Sector
	for _, v := range all {
		for _, item := range v.Items {
			if item.Kind != Sectors || item.Retired || slices.ContainsFunc(out, func(s Sector) bool { return s.Key == item.Key }) {
				continue
			}
			var s Sector
			if err := json.Unmarshal(item.Body, &s); err != nil {
				return nil, fmt.Errorf("sector %s of %s: %w", item.Key, v.Key, err)
			}
			s.Key = item.Key
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b Sector) int { return a.Order - b.Order })
	return out, nil
})

// SectorTitle is what a line of departments is called; its key where no blueprint of this binary knows it.
func SectorTitle(key string) string {
	all, _ := ShippedSectors() // a blueprint that does not read keeps the program from starting
	for _, s := range all {
		if s.Key == key {
			return s.Title
		}
	}
	return key
}

// ClassesOfLine are the classes for which the duty list names one of the sectors above: whose matters they are.
func (c *Config) ClassesOfLine(sectors []string) (keys []string) {
	for _, class := range c.Classes.All() {
		if slices.ContainsFunc(c.Above(class.Key), func(s Sector) bool { return slices.Contains(sectors, s.Key) }) {
			keys = append(keys, class.Key)
		}
	}
	return keys
}

// UnitsOfLine are the units that belong to one of the sectors.
func (c *Config) UnitsOfLine(sectors []string) (keys []string) {
	for _, sector := range sectors {
		for _, u := range c.UnitsOfSector(sector) {
			if !slices.Contains(keys, u.Key) {
				keys = append(keys, u.Key)
			}
		}
	}
	return keys
}
