package cases

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Photographed is what cases know of their photos, which package photos keeps: with which verbs' forms they come, and how they
// are taken in. The wiring puts it here before anything runs; without it the forms ask for none.
var Photographed struct {
	Verbs []Verb
	Files int // how many a form may bring
	Take  web.Taker
	// Check refuses what a form brought, before its verb writes anything; the case is nil's when it is being reported.
	Check func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID, v Verb) error
	// Keep lets what a form brought be known, after its verb did its work.
	Keep func(ctx context.Context, tx tenants.Tx, r *web.Request, c *Case, v Verb) error
}

// The fields of a form under which photos come; the second is of what was mended on the spot.
const (
	PhotoField = "photos"
	FixedField = "photos_fixed"
)

// PhaseTitles say when a photo was taken: before the work, after it, or at the check.
var PhaseTitles = map[string]string{"before": ui.Key("处置前"), "after": ui.Key("处置后"), "check": ui.Key("核查时")}

func takesPhotos(v Verb) bool { return slices.Contains(Photographed.Verbs, v) }

// postWith serves a verb whose form may bring photos.
func postWith(r web.Routes, path, may string, v Verb, h web.Handler) {
	if takesPhotos(v) {
		r.Take(path, may, Photographed.Files, Photographed.Take, h)
		return
	}
	r.Post(path, may, h)
}

// Lost says at the fields of a refused form that its photos must be chosen again: no page may fill in files.
func Lost(ctx context.Context, values, errors map[string]string) {
	for _, field := range []string{PhotoField, FixedField} {
		if values[web.FileDigest+field] != "" && errors[field] == "" {
			errors[field] = ui.T(ctx, "选好的照片没有保留，请重新选择")
		}
	}
}

// withPhotos does a verb's work between checking and keeping the photos that its form brought. refused: with nothing written, so
// that the form may be shown again; err ends the transaction.
func withPhotos(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID, v Verb, do func() (*Case, error)) (c *Case, refused, err error) {
	if !takesPhotos(v) {
		c, refused = do()
		return c, refused, nil
	}
	if refused = Photographed.Check(ctx, tx, r, id, v); refused != nil {
		return nil, refused, nil
	}
	if c, refused = do(); refused != nil {
		return nil, refused, nil
	}
	return c, nil, Photographed.Keep(ctx, tx, r, c, v)
}
