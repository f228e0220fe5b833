package cases

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Panels are what other modules show on a case's sheet, beneath its forms; nil where one has nothing to say. The
// wiring puts them here before anything runs.
var Panels []func(ctx context.Context, tx tenants.Tx, r *web.Request, c *Case, rules *blueprint.Config) (templ.Component, error)

// What cases ask of the street's grids. Cases know no grids; the wiring, which knows both, puts the grids' answers here
// before anything runs.

// Locate finds the grid of a place (degrees, CGCS2000) on the day of at: its code, or nothing.
var Locate = func(context.Context, tenants.Tx, float64, float64, time.Time) (code string, err error) {
	return "", nil
}

// HomeOf is the community of a grid by its code, or nothing.
var HomeOf = func(context.Context, tenants.Tx, string) (community string, err error) { return "", nil }

// WorkersIn are the heads and workers of a community's grids.
var WorkersIn = func(context.Context, tenants.Tx, string) ([]Hand, error) { return nil, nil }

// Tried is a form beside the case that was refused, with what was typed.
type Tried struct {
	Verb  Verb
	Fault *fault.Error
	Typed map[string]string
}

// Beside draws what else belongs to a case on its sheet, such as the reply to whoever sent it. The wiring puts the
// part that knows it here.
var Beside = func(context.Context, tenants.Tx, *web.Request, *Case, *blueprint.Config, Tried) ([]templ.Component, error) {
	return nil, nil
}
