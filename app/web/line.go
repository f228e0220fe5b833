package web

// Line is the part of a district that a bureau's officer sees: which keys of which dimension of each tenant's
// tallies. What is not in it does not exist for them.
type Line struct {
	Names            []string // of the lines of departments: 水务
	Tenants          []int64
	Dimensions, Keys []string // one of each for each of Tenants
}

// Add puts keys of one dimension of a tenant in.
func (l *Line) Add(tenant int32, dimension string, keys ...string) {
	for _, key := range keys {
		l.Tenants, l.Dimensions, l.Keys = append(l.Tenants, int64(tenant)), append(l.Dimensions, dimension), append(l.Keys, key)
	}
}
