package tenants

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/fault"
	"wanjie/tenants/blobs"
)

// Tx is a transaction inside one tenant: what every verb takes. Only DB makes one; its zero value
// cannot query.
type Tx struct {
	tx    bun.Tx
	scope *scope
	boxes *vault
}

// ID is the tenant's number.
func (t Tx) ID() ID { return t.scope.tenant }

// Tenant is the tenant as it stood when the transaction began.
func (t Tx) Tenant() Tenant { return t.scope.found }

// Actor is who acts, with the grants read in this transaction.
func (t Tx) Actor() Actor { return t.scope.actor }

// ReadOnly reports whether the transaction refuses writes.
func (t Tx) ReadOnly() bool { return t.scope.readOnly }

// Select reads rows of model, with the tenant's predicate.
func (t Tx) Select(model any) *bun.SelectQuery {
	return t.tx.NewSelect().Model(model).Where("?TableAlias.tenant_id = ?", int32(t.scope.tenant))
}

// Insert writes model (one struct or a slice), with the tenant's number in every row.
func (t Tx) Insert(model any) *bun.InsertQuery {
	return t.tx.NewInsert().Model(model).Value("tenant_id", "?", int32(t.scope.tenant))
}

// Update changes rows of model, with the tenant's predicate; add WherePK or a Where of your own.
func (t Tx) Update(model any) *bun.UpdateQuery {
	return t.tx.NewUpdate().Model(model).Where("?TableAlias.tenant_id = ?", int32(t.scope.tenant))
}

// Delete removes rows of model, with the tenant's predicate; add a Where of your own.
func (t Tx) Delete(model any) *bun.DeleteQuery {
	return t.tx.NewDelete().Model(model).Where("?TableAlias.tenant_id = ?", int32(t.scope.tenant))
}

// Raw is for statements the builder cannot say. Name the tenant in it: tenant_id = ?, tx.ID().
func (t Tx) Raw(query string, args ...any) *bun.RawQuery { return t.tx.NewRaw(query, args...) }

// Blobs is where the content of files lies. Reading and writing there takes long: do it outside of transactions.
func (t Tx) Blobs() blobs.Store { return t.boxes.db.blobs }

// Record keeps an act for the end of the transaction, where it gets its number.
func (t Tx) Record(a Act) {
	if a.Kind == "" || a.Version < 1 || a.Object == "" || a.ObjectID == uuid.Nil || a.HappenedAt.IsZero() {
		panic(fmt.Sprintf("tenants: act without kind, version, object or time: %+v", a)) // wiring, not input
	}
	if t.scope.readOnly {
		panic("tenants: act " + a.Kind + " recorded in a read-only transaction")
	}
	t.scope.acts = append(t.scope.acts, a)
}

// Repeat is the reply that this request got before, or nil when it is new.
func (t Tx) Repeat() *Reply { return t.scope.repeat }

// Answer keeps the reply of this request for its repeats, in the same transaction.
func (t Tx) Answer(r Reply) { t.scope.reply = &r }

// Next draws the next readable number of the counter called name, from 1; gaps are possible.
func (t Tx) Next(ctx context.Context, name string) (int64, error) {
	var n int64
	err := t.Raw(`INSERT INTO counters (tenant_id, name, n) VALUES (?, ?, 1)
		ON CONFLICT (tenant_id, name) DO UPDATE SET n = counters.n + 1 RETURNING n`, int32(t.ID()), name).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("counter %s: %w", name, err)
	}
	return n, nil
}

// Look is one look at personal data: at what, which fields, and why.
type Look struct {
	Object   string
	ObjectID uuid.UUID
	Fields   []string
	Purpose  string
}

// Looked writes down that the actor is about to see personal data. It needs a writing transaction:
// the look is committed before the bytes leave.
func (t Tx) Looked(ctx context.Context, l Look) error {
	_, err := t.Raw(`INSERT INTO looks (tenant_id, id, actor, object, object_id, purpose, fields) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		int32(t.ID()), NewID(), t.Actor().Person, l.Object, l.ObjectID, l.Purpose, strings.Join(l.Fields, ",")).Exec(ctx)
	if err != nil {
		return fmt.Errorf("record the look: %w", err)
	}
	return nil
}

// DistrictTx reads the rollups of a district's tenants. It cannot read a case or a person.
type DistrictTx struct {
	tx    bun.Tx
	scope *scope
}

// District is the six-digit division code of the scope.
func (t DistrictTx) District() int32 { return t.scope.district }

// Select reads rows of model within the district.
func (t DistrictTx) Select(model any) *bun.SelectQuery { return t.tx.NewSelect().Model(model) }

// Raw reads with SQL of your own.
func (t DistrictTx) Raw(query string, args ...any) *bun.RawQuery { return t.tx.NewRaw(query, args...) }

// VendorTx works on the directory, tenants' states and usage. It cannot read a resident.
type VendorTx struct{ tx bun.Tx }

// Select reads rows of model.
func (t VendorTx) Select(model any) *bun.SelectQuery { return t.tx.NewSelect().Model(model) }

// Raw runs SQL of your own, within the vendor role's grants.
func (t VendorTx) Raw(query string, args ...any) *bun.RawQuery { return t.tx.NewRaw(query, args...) }

// SystemTx is the product's own hand on one placement: followers, relay and timers. It reads the
// journal and its own books across tenants, and never a case.
type SystemTx struct {
	tx    bun.Tx
	scope *scope
}

// Raw runs SQL of your own, within the system role's grants.
func (t SystemTx) Raw(query string, args ...any) *bun.RawQuery { return t.tx.NewRaw(query, args...) }

// GatewayTx finds people and tenants before any scope.
type GatewayTx struct{ tx bun.Tx }

// Raw runs SQL of your own, within the gateway role's grants.
func (t GatewayTx) Raw(query string, args ...any) *bun.RawQuery { return t.tx.NewRaw(query, args...) }

// mayWrite refuses people's writes in a tenant that is not open for work.
func (s *scope) mayWrite() error {
	if s.readOnly || s.actor.trust || s.always || s.found.State.Writable() {
		return nil
	}
	return fault.New(fault.Conflict, "“%s”当前不可办理业务，请联系运营方", s.found.Name)
}
