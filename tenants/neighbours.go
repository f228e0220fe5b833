package tenants

import (
	"context"
	"fmt"
)

// Neighbour is another tenant of the same district, as the directory knows it: nothing of what is in it.
type Neighbour struct {
	TenantID ID
	Kind     Kind
	Name     string
	State    State
	Code     string // division code in force; empty where it has none
}

// Neighbours reads who else is in the tenant's district: its streets by code, and its centre. The directory lies
// at home, so this asks another connection than the transaction's; it sees what is committed there.
func (t Tx) Neighbours(ctx context.Context) ([]Neighbour, error) {
	var out []Neighbour
	err := t.boxes.db.Gateway(context.WithValue(ctx, scopeKey{}, nil), Home, func(ctx context.Context, tx GatewayTx) error {
		return tx.Raw(`SELECT d.tenant_id, d.kind, d.name, d.state, coalesce(min(v.code), '') AS code
			FROM ctl.directory d LEFT JOIN ctl.divisions v ON v.tenant_id = d.tenant_id AND v.valid_to IS NULL
			WHERE d.district = ? AND d.tenant_id <> ? GROUP BY d.tenant_id ORDER BY code, d.tenant_id`, t.Tenant().District, int32(t.ID())).Scan(ctx, &out)
	})
	if err != nil {
		return nil, fmt.Errorf("neighbours of tenant %d: %w", t.ID(), err)
	}
	return out, nil
}
