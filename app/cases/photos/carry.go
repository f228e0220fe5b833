package photos

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"wanjie/app/cases"
	"wanjie/app/files"
	"wanjie/app/files/pictures"
	"wanjie/tenants"
	"wanjie/tenants/blobs"
)

// Photos travel with a handover. The side that tells names them in its message ([Tell]); the carrier opens them in its scope
// ([Open]), copies them, sealed anew, to where the other tenant's lie ([Parcel.Copy]), and lets them be known in the other's scope
// ([Arrive]). Neither side reads the other's rows, and a carrier that died and begins again leaves each photo there once.

// Told is what a message says of a photo.
type Told struct {
	ID    uuid.UUID `json:"id"`
	Phase Phase     `json:"phase"`
}

// Tell names the photos of a case of some phases. Of a confidential case there are none: they may show from where somebody
// looked.
func Tell(ctx context.Context, tx tenants.Tx, c *cases.Case, phases ...Phase) (out []Told, err error) {
	list, err := Of(ctx, tx, c)
	if err != nil || c.Confidential {
		return nil, err
	}
	for _, p := range list {
		if p.RemovedAt.IsZero() && slices.Contains(phases, p.Phase) {
			out = append(out, Told{p.ID, p.Phase})
		}
	}
	return out, nil
}

// Parcel is a photo on its way to another tenant.
type Parcel struct {
	told          Told
	large, small  *files.File
	width, height int
}

// Open readies photos for copying. One that was removed since it was told is left out.
func Open(ctx context.Context, tx tenants.Tx, told []Told) (out []Parcel, err error) {
	for _, t := range told {
		var p Photo
		if err := tx.Select(&p).Where("p.id = ?", t.ID).Scan(ctx); err != nil {
			return nil, fmt.Errorf("photo %s: %w", t.ID, err)
		}
		if !p.RemovedAt.IsZero() {
			continue
		}
		one := Parcel{told: t, width: p.Width, height: p.Height}
		if one.large, err = files.Of(ctx, tx, p.Large); err != nil {
			return nil, err
		}
		if one.small, err = files.Of(ctx, tx, p.Small); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// Arrival is a copy that lies at the other tenant's place and that nobody knows of yet.
type Arrival struct {
	told   Told
	upload *Upload
}

// Copy copies a photo for another tenant, under keys of its own. Outside of transactions.
func (p Parcel) Copy(ctx context.Context, store blobs.Store, to tenants.ID) (Arrival, error) {
	var large, small bytes.Buffer
	if err := p.large.Copy(ctx, &large); err != nil {
		return Arrival{}, err
	}
	if err := p.small.Copy(ctx, &small); err != nil {
		return Arrival{}, err
	}
	u, err := pictures.Put(ctx, store, to, &pictures.Picture{Large: large.Bytes(), Small: small.Bytes(), Width: p.width, Height: p.height})
	return Arrival{p.told, u}, err
}

// Arrive lets copies be known to the tenant: as photos of c, or of nobody's case yet where c is nil. Each arrives once.
func Arrive(ctx context.Context, tx tenants.Tx, handover uuid.UUID, c *cases.Case, list []Arrival) error {
	p := Photo{HandoverID: handover}
	if c != nil {
		p.CaseID = c.ID
	}
	came := map[Phase]int{}
	for _, a := range list {
		p.ID, p.Phase = uuid.NewSHA1(handover, a.told.ID[:]), a.told.Phase
		known, err := tx.Select((*Photo)(nil)).Where("p.id = ?", p.ID).Exists(ctx)
		if err != nil {
			return fmt.Errorf("photos of handover %s: %w", handover, err)
		}
		if known {
			continue
		}
		if err := insert(ctx, tx, p, a.upload); err != nil {
			return err
		}
		came[p.Phase]++
	}
	return noteAll(ctx, tx, c, came)
}

// Belong makes what came with a handover photos of the case that was made from it.
func Belong(ctx context.Context, tx tenants.Tx, handover uuid.UUID, c *cases.Case) error {
	var phases []Phase
	if err := tx.Raw("UPDATE case_photos SET case_id = ? WHERE tenant_id = ? AND handover_id = ? AND case_id IS NULL RETURNING phase", c.ID, int32(tx.ID()), handover).Scan(ctx, &phases); err != nil {
		return fmt.Errorf("photos of handover %s: %w", handover, err)
	}
	came := map[Phase]int{}
	for _, p := range phases {
		came[p]++
	}
	return noteAll(ctx, tx, c, came)
}

func noteAll(ctx context.Context, tx tenants.Tx, c *cases.Case, came map[Phase]int) error {
	for _, phase := range Phases {
		if c == nil || came[phase] == 0 {
			continue
		}
		if err := note(ctx, tx, c, "case.photographed", phase, came[phase]); err != nil {
			return err
		}
	}
	return nil
}
