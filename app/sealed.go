package app

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// sealedJob is a job's payload on its way through the outbox, which holds nothing personal.
type sealedJob struct {
	ID     uuid.UUID `json:"id"`
	Sealed []byte    `json:"sealed"`
}

func (s sealedJob) at() keys.Addr { return keys.Addr{Table: "outbox", Column: "payload", ID: s.ID} }

// sealJob seals v with the tenant's key.
func sealJob(ctx context.Context, tx tenants.Tx, v any) (sealedJob, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return sealedJob{}, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return sealedJob{}, err
	}
	s := sealedJob{ID: tenants.NewID()}
	s.Sealed = box.SealBytes(s.at(), body)
	return s, nil
}

// openJob opens what sealJob made, into v. Not inside a scope.
func (a *App) openJob(ctx context.Context, tenant tenants.ID, payload json.RawMessage, v any) error {
	var s sealedJob
	if err := json.Unmarshal(payload, &s); err != nil {
		return fmt.Errorf("sealed job: %w", err)
	}
	return a.DB.Read(ctx, tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		box, err := tx.Box(ctx)
		if err != nil {
			return err
		}
		body, err := box.OpenBytes(s.at(), s.Sealed)
		if err != nil {
			return err
		}
		return json.Unmarshal(body, v)
	})
}
