package tenants

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// LookedAll is Looked for many objects of a kind at once, as when a list with personal data leaves as a file. The
// look's own ObjectID is not used.
func (t Tx) LookedAll(ctx context.Context, l Look, objects []uuid.UUID) error {
	if len(objects) == 0 {
		return nil
	}
	ids, of := make([]string, len(objects)), make([]string, len(objects))
	for i, o := range objects {
		ids[i], of[i] = NewID().String(), o.String()
	}
	_, err := t.Raw(`INSERT INTO looks (tenant_id, id, actor, object, object_id, purpose, fields)
		SELECT ?, a.id, ?, ?, a.object, ?, ? FROM unnest(?::uuid[], ?::uuid[]) a(id, object)`,
		int32(t.ID()), t.Actor().Person, l.Object, l.Purpose, strings.Join(l.Fields, ","), pgdialect.Array(ids), pgdialect.Array(of)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("record %d looks: %w", len(objects), err)
	}
	return nil
}
