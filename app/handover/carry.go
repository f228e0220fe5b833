package handover

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"wanjie/app/cases/photos"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// CarryJob carries what a handover's side wrote, and was not taken yet, to the other side.
const CarryJob = "handover.carry"

// parcel is the payload of CarryJob.
type parcel struct {
	Handover uuid.UUID `json:"handover"`
}

// letter is a message outside of any tenant: in the carrier's memory only.
type letter struct {
	id   uuid.UUID
	n    int32
	kind Kind
	msg  Message
	told Told

	photos  []photos.Parcel  // as the writer has them
	arrived []photos.Arrival // as the other one will
}

// sender is the tenant that wrote.
type sender struct {
	tenants.Tenant
	handover uuid.UUID
	to       tenants.ID
}

// Carry is what carries. It is no job of the module: what was handed over is finished also where the module has been
// switched off.
func Carry() jobs.Kind {
	return jobs.Kind{Name: CarryJob, Queue: jobs.Critical, Errand: func(ctx context.Context, tx tenants.Tx, payload json.RawMessage) (jobs.Call, error) {
		var p parcel
		if err := json.Unmarshal(payload, &p); err != nil {
			return nil, fmt.Errorf("carry: %w", err)
		}
		from, letters, err := collect(ctx, tx, p.Handover)
		if err != nil || len(letters) == 0 {
			return nil, err
		}
		return func(ctx context.Context, env jobs.Env) error {
			for _, l := range letters {
				if err := deliver(ctx, env.DB, from, l); err != nil {
					return err
				}
			}
			return nil
		}, nil
	}}
}

// collect opens what is on its way, in order.
func collect(ctx context.Context, tx tenants.Tx, id uuid.UUID) (from sender, out []letter, err error) {
	h, err := read(ctx, tx, id, sharing)
	if err != nil {
		return from, nil, err
	}
	var list []Message
	if err := tx.Select(&list).Where("m.handover_id = ? AND m.box = 'out' AND m.carried_at IS NULL", id).Order("m.n").Scan(ctx); err != nil {
		return from, nil, fmt.Errorf("what handover %s has to tell: %w", id, err)
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return from, nil, err
	}
	for i := range list {
		told, err := list[i].open(box)
		if err != nil {
			return from, nil, err
		}
		l := letter{id: list[i].ID, n: list[i].N, kind: list[i].Kind, msg: list[i], told: told}
		if l.photos, err = photos.Open(ctx, tx, told.Photos); err != nil {
			return from, nil, err
		}
		out = append(out, l)
	}
	return sender{tx.Tenant(), id, h.Peer}, out, nil
}

// deliver has one message taken and then marks it. Stopped between the two it is taken again, which changes nothing.
func deliver(ctx context.Context, db *tenants.DB, from sender, l letter) error {
	for _, p := range l.photos {
		a, err := p.Copy(ctx, db.Blobs(), from.to)
		if err != nil {
			return fmt.Errorf("photos of handover %s for tenant %d: %w", from.handover, from.to, err)
		}
		l.arrived = append(l.arrived, a)
	}
	no, err := handIn(ctx, db, from, l)
	if err != nil {
		return fmt.Errorf("message %d of handover %s for tenant %d: %w", l.n, from.handover, from.to, err)
	}
	return mark(ctx, db, from, l, no)
}

// handIn has a message taken in the other tenant's scope. no: it was an offer and is not welcome, for this reason.
func handIn(ctx context.Context, db *tenants.DB, from sender, l letter) (no string, err error) {
	err = db.Write(ctx, from.to, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
		if no, err = unwelcome(ctx, tx, from, l.kind); err != nil || no != "" {
			return err
		}
		return take(ctx, tx, from, l)
	})
	if fault.Is(err, fault.NotFound) && l.kind == offer {
		return ui.Key("对方尚未开通"), nil
	}
	return no, err
}

// mark notes in the writer's scope that a message was taken, or was not welcome: then the case comes back.
func mark(ctx context.Context, db *tenants.DB, from sender, l letter, no string) error {
	return db.Write(ctx, from.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		h, err := read(ctx, tx, from.handover, holding)
		if err != nil {
			return err
		}
		res, err := tx.Raw("UPDATE handover_messages SET carried_at = ? WHERE tenant_id = ? AND id = ? AND carried_at IS NULL", clock.Now(ctx), int32(tx.ID()), l.id).Exec(ctx)
		if err != nil {
			return fmt.Errorf("mark message %s: %w", l.id, err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 || no == "" {
			return err
		}
		return comeBack(ctx, tx, h, no)
	})
}

// unwelcome says why the tenant takes no new work from that one; empty where it does. Whatever belongs to work that it
// took before is welcome at any time: the record arrives although nobody may write today.
func unwelcome(ctx context.Context, tx tenants.Tx, from sender, kind Kind) (string, error) {
	t := tx.Tenant()
	if t.District != from.District || t.Kind == from.Kind {
		return ui.Key("只能在同一区县的街道和区级指挥中心之间移交"), nil
	}
	if kind != offer && kind != again {
		return "", nil
	}
	if !t.State.Writable() {
		return ui.Key("对方当前不可办理业务，请联系运营方"), nil
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return "", err
	}
	if !cfg.On(moduleKey) {
		return ui.Key("对方没有启用区街移交"), nil
	}
	return "", nil
}
