package photos

import (
	"context"

	"github.com/google/uuid"

	"wanjie/app/cases"
	"wanjie/app/files"
	"wanjie/tenants"
)

// Shown is a photo that stands on a paper: the small one.
type Shown struct {
	ID            uuid.UUID
	Width, Height int
	*files.File
}

// Show opens the first photos of a phase for a paper, up to most; that they are looked at, the caller records.
func Show(ctx context.Context, tx tenants.Tx, c *cases.Case, phase Phase, most int) (out []Shown, err error) {
	list, err := Of(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	for i := range list {
		p := &list[i]
		if p.Phase != phase || !p.RemovedAt.IsZero() || len(out) == most {
			continue
		}
		f, err := files.Of(ctx, tx, p.Small)
		if err != nil {
			return nil, err
		}
		one := Shown{ID: p.ID, File: f}
		one.Width, one.Height = p.smallSize()
		out = append(out, one)
	}
	return out, nil
}
