package photos

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/files"
	"wanjie/app/files/pictures"
	"wanjie/tenants"
	"wanjie/tenants/blobs"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// Phase is when in a case's life a photo was taken.
type Phase string

// The phases.
const (
	Before Phase = "before" // 处置前
	After  Phase = "after"  // 处置后
	Check  Phase = "check"  // 核查时
)

// Phases lists them in the order of the way.
var Phases = []Phase{Before, After, Check}

// Title is the phase's name on screens, a catalogue key.
func (p Phase) Title() string { return cases.PhaseTitles[string(p)] }

// Most is how many photos a case may have of one phase.
const Most = 9

// Photo is one photo of a case. Times are UTC, zero when not.
type Photo struct {
	bun.BaseModel `bun:"table:case_photos,alias:p"`

	ID            uuid.UUID `bun:",pk,type:uuid"`
	CaseID        uuid.UUID `bun:"type:uuid,nullzero"` // none while nobody accepted the handover that brought it
	HandoverID    uuid.UUID `bun:"type:uuid,nullzero"`
	Phase         Phase
	Large, Small  uuid.UUID `bun:"type:uuid,nullzero"` // files; none once it was removed
	Width, Height int       // of the large one
	AddedBy       int64
	AddedAt       time.Time
	RemovedBy     int64     `bun:",nullzero"`
	RemovedAt     time.Time `bun:",nullzero"`
	Reason        []byte    // sealed: why it was removed
}

func reasonAddr(id uuid.UUID) keys.Addr {
	return keys.Addr{Table: "case_photos", Column: "reason", ID: id}
}

// Upload is a photo that was taken in and that no case knows of yet.
type Upload = pictures.Upload

// Receive takes a photo in for a tenant: see [pictures.Receive].
func Receive(ctx context.Context, store blobs.Store, tenant tenants.ID, content []byte) (*Upload, error) {
	return pictures.Receive(ctx, store, tenant, content)
}

// Take is Receive as a web.Taker.
func Take(ctx context.Context, store blobs.Store, tenant tenants.ID, content []byte) (any, error) {
	return Receive(ctx, store, tenant, content)
}

// Add lets uploads be known as photos of a case, and records that they came. fault.Invalid at the field of photos when the case
// would have more than Most of the phase.
func Add(ctx context.Context, tx tenants.Tx, c *cases.Case, phase Phase, uploads ...*Upload) error {
	if len(uploads) == 0 {
		return nil
	}
	if err := room(ctx, tx, c.ID, phase, len(uploads)); err != nil {
		return err
	}
	for _, u := range uploads {
		if err := insert(ctx, tx, Photo{ID: tenants.NewID(), CaseID: c.ID, Phase: phase}, u); err != nil {
			return err
		}
	}
	return note(ctx, tx, c, "case.photographed", phase, len(uploads))
}

// room refuses n more photos of a phase where a case would have too many.
func room(ctx context.Context, tx tenants.Tx, id uuid.UUID, phase Phase, n int) error {
	if n == 0 {
		return nil
	}
	var have int
	if err := tx.Raw("SELECT count(*) FROM case_photos WHERE tenant_id = ? AND case_id = ? AND phase = ? AND removed_at IS NULL", int32(tx.ID()), id, phase).Scan(ctx, &have); err != nil {
		return fmt.Errorf("photos of case %s: %w", id, err)
	}
	if have+n > Most {
		return fault.Field(cases.PhotoField, "每个环节最多 9 张照片")
	}
	return nil
}

// insert writes the row of an upload, with what p says of it.
func insert(ctx context.Context, tx tenants.Tx, p Photo, u *Upload) error {
	if err := u.Keep(ctx, tx); err != nil {
		return err
	}
	p.AddedBy, p.AddedAt = tx.Actor().Person, clock.Now(ctx)
	p.Large, p.Small, p.Width, p.Height = u.Large.ID, u.Small.ID, u.Width, u.Height
	if _, err := tx.Insert(&p).Exec(ctx); err != nil {
		return fmt.Errorf("insert photo: %w", err)
	}
	return nil
}

// note records an act at the case.
func note(ctx context.Context, tx tenants.Tx, c *cases.Case, act string, phase Phase, n int) error {
	rules, err := blueprint.ForCase(ctx, tx, c.Blueprint, c.Revision)
	if err != nil {
		return err
	}
	cases.Note(tx, c, rules, act, clock.Now(ctx), "phase", string(phase), "photos", strconv.Itoa(n))
	return nil
}

// Of lists the photos of a case that the actor sees, oldest first, the removed ones too.
func Of(ctx context.Context, tx tenants.Tx, c *cases.Case) (out []Photo, err error) {
	err = tx.Select(&out).Where("p.case_id = ?", c.ID).Order("p.added_at", "p.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("photos of case %s: %w", c.ID, err)
	}
	return out, nil
}

// MayHandover says whether the actor may see what came with a handover that nobody has accepted yet; its fault is the answer.
// The wiring puts the handovers' word here.
var MayHandover = func(context.Context, tenants.Tx, uuid.UUID) error { return errNone() }

// errNone is the answer for a photo that is not there, that is another street's, that was removed, and that is none of the
// actor's business: the same for all.
func errNone() error { return fault.New(fault.NotFound, "页面不存在") }

// find is a photo that the actor may see, and its case if it has one.
func find(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Photo, *cases.Case, error) {
	p := new(Photo)
	err := tx.Select(p).Where("p.id = ?", id).Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && !p.RemovedAt.IsZero():
		return nil, nil, errNone()
	case err != nil:
		return nil, nil, fmt.Errorf("photo %s: %w", id, err)
	case p.CaseID == uuid.Nil:
		return p, nil, MayHandover(ctx, tx, p.HandoverID)
	}
	c, _, err := cases.Find(ctx, tx, p.CaseID)
	return p, c, err
}

// Look authorises a look at a photo and writes it down: the large one, or the small one.
func Look(ctx context.Context, tx tenants.Tx, id uuid.UUID, small bool) (*files.File, error) {
	p, _, err := find(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	of := p.Large
	if small {
		of = p.Small
	}
	f, err := files.Of(ctx, tx, of)
	if err != nil {
		return nil, err
	}
	look := tenants.Look{Object: "case", ObjectID: p.CaseID, Fields: []string{"photo"}, Purpose: "photo"}
	if p.CaseID == uuid.Nil {
		look.Object, look.ObjectID = "handover", p.HandoverID
	}
	return f, tx.Looked(ctx, look)
}

// mayRemove: whoever brought it as long as the case is open, and the shift's lead.
func mayRemove(actor tenants.Actor, c *cases.Case, p *Photo) bool {
	return c != nil && (c.MayAtDesk(actor, auth.CasesClose) || p.AddedBy != 0 && p.AddedBy == actor.Person && !c.Stage.Ended())
}

// mostReason is how many characters a reason has at most.
const mostReason = 200

// Remove takes a photo away for ever, with the reason, which is kept with who and when. fault.Forbidden for whoever may see it
// and not remove it.
func Remove(ctx context.Context, tx tenants.Tx, id uuid.UUID, reason string) (*cases.Case, error) {
	p, c, err := find(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	switch n := len([]rune(reason)); {
	case !mayRemove(tx.Actor(), c, p):
		return nil, fault.New(fault.Forbidden, "只有上传人（结案前）和值班长可以删除照片")
	case n == 0:
		return nil, fault.New(fault.Invalid, "请写明删除照片的理由").And("reason", "请填写此项")
	case n > mostReason:
		return nil, fault.Field("reason", "内容过长，请精简")
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	gone := []uuid.UUID{p.Large, p.Small}
	p.Large, p.Small = uuid.Nil, uuid.Nil
	p.RemovedBy, p.RemovedAt, p.Reason = tx.Actor().Person, clock.Now(ctx), box.Seal(reasonAddr(id), reason)
	res, err := tx.Update(p).Column("large", "small", "removed_by", "removed_at", "reason").WherePK().Where("p.removed_at IS NULL").Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("remove photo %s: %w", id, err)
	}
	if n, _ := res.RowsAffected(); n != 1 {
		return nil, errNone()
	}
	if err := files.Remove(ctx, tx, gone...); err != nil {
		return nil, err
	}
	return c, note(ctx, tx, c, "case.photo_removed", p.Phase, 1)
}
