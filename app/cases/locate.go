package cases

import (
	"context"
	"time"

	"wanjie/app/geo"
	"wanjie/tenants"
)

// What cases ask of the street's grids. Cases know no grids; the wiring, which knows both, puts the grids' answers here
// before anything runs.

// Locate finds the grid of a place (degrees, CGCS2000) on the day of at: its code, or nothing.
var Locate = func(context.Context, tenants.Tx, float64, float64, time.Time) (code string, err error) {
	return "", nil
}

// HomeOf is the community of a grid by its code, or nothing.
var HomeOf = func(context.Context, tenants.Tx, string) (community string, err error) { return "", nil }

// CrewOf are the heads and workers of a grid who are on duty now, by their numbers.
var CrewOf = func(context.Context, tenants.Tx, string) ([]int64, error) { return nil, nil }

// WorkersIn are the heads and workers of a community's grids.
var WorkersIn = func(context.Context, tenants.Tx, string) ([]Hand, error) { return nil, nil }

// Outlines are the street's grids as they lie today, for the ground of a map; none where there are none.
var Outlines = func(context.Context, tenants.Tx) ([]geo.Shape, error) { return nil, nil }
