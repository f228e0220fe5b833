package tenants

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants/keys"
)

// Plan is what the vendor decides when a tenant is opened.
type Plan struct {
	// Key makes the opening idempotent: one key, one tenant, however often it is repeated. Empty
	// means the kind and the first division code, so one living tenant per unit.
	Key       string
	Kind      Kind
	Codes     []string // division codes, 6 to 12 digits, the main one first; may be empty
	District  int32
	Name      string
	ShortName string
	Slug      string    // empty: made from the tenant's number
	Blueprint int32     // version id
	Placement string    // empty: Home
	Contract  string    // reference of the contract, may be empty during a trial
	State     State     // Trial or Active
	Until     time.Time // last day of the trial; zero: none was agreed
	Branding  Branding
	Demo      bool
}

var slugForm = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)

// Named reports whether a tenant may have this slug, as far as its form goes.
func Named(slug string) bool { return slugForm.MatchString(slug) }

// check names the field and the reason of every mistake in the plan.
func (p *Plan) check() error {
	f := &fault.Error{Kind: fault.Invalid, Say: "请检查标红的内容"}
	if p.Kind != Street && p.Kind != Centre {
		f.And("kind", "类型应为街道或区级指挥中心")
	}
	if p.District < 110000 || p.District > 829999 {
		f.And("district", "区县代码应为6位")
	}
	if p.Name = strings.TrimSpace(p.Name); p.Name == "" {
		f.And("name", "请填写名称")
	}
	if p.Slug != "" && !slugForm.MatchString(p.Slug) {
		f.And("slug", "网址名应为2至40位小写字母、数字或短横线，以字母开头")
	}
	if p.State != Trial && p.State != Active {
		f.And("state", "开通后应为试运行或正式")
	}
	if p.Blueprint == 0 {
		f.And("blueprint", "请选择蓝本")
	}
	if p.Key == "" && len(p.Codes) == 0 {
		f.And("code", "请填写区划代码，或给出开通编号")
	}
	if len(f.Fields) > 0 {
		return f
	}
	if p.Key == "" {
		p.Key = string(p.Kind) + ":" + p.Codes[0]
	}
	if p.Placement == "" {
		p.Placement = Home
	}
	if p.ShortName == "" {
		p.ShortName = p.Name
	}
	return nil
}

// OpenTenant opens a tenant from a blueprint: a handful of rows. It is a saga of four steps, each in
// a transaction of its own and safe to repeat, so after a crash anywhere the same call finishes the
// work and answers the same tenant. fresh reports whether this call began it.
func (db *DB) OpenTenant(ctx context.Context, p Plan) (t Tenant, fresh bool, err error) {
	if err := p.check(); err != nil {
		return Tenant{}, false, err
	}
	if _, ok := db.places[p.Placement]; !ok {
		return Tenant{}, false, fault.Field("placement", "没有这个数据放置点")
	}
	id, fresh, err := db.enlist(ctx, &p)
	if err != nil {
		return Tenant{}, false, fmt.Errorf("open %s: directory: %w", p.Name, err)
	}
	for _, step := range []struct {
		name string
		run  func(context.Context, ID, *Plan) error
	}{{"ground", db.layGround}, {"first act", db.recordOpening}, {"state", db.release}} {
		if err := step.run(ctx, id, &p); err != nil {
			return Tenant{}, fresh, fmt.Errorf("open %s (tenant %d): %s: %w; run it again to finish", p.Name, id, step.name, err)
		}
	}
	err = db.Read(ctx, id, Machine(), func(_ context.Context, tx Tx) error { t = tx.Tenant(); return nil })
	return t, fresh, err
}

// enlist writes the directory row, or finds the one of an earlier try.
func (db *DB) enlist(ctx context.Context, p *Plan) (id ID, fresh bool, err error) {
	err = db.Vendor(ctx, Home, func(ctx context.Context, tx VendorTx) error {
		const mine = "SELECT tenant_id, placement, slug FROM ctl.directory WHERE opening = ?"
		if err := tx.Raw(mine, p.Key).Scan(ctx, &id, &p.Placement, &p.Slug); err == nil {
			return nil
		}
		var serial int32
		if err := tx.Raw("SELECT nextval('ctl.tenant_serial')").Scan(ctx, &serial); err != nil {
			return err
		}
		id, fresh = ID(db.deployment*1_000_000+serial), true
		if p.Slug == "" {
			p.Slug = "t" + id.String()
		}
		var until any
		if p.State == Trial && !p.Until.IsZero() {
			until = p.Until.In(clock.Zone).Format(time.DateOnly)
		}
		_, err := tx.Raw(`INSERT INTO ctl.directory (tenant_id, slug, kind, district, placement, name, state, contract, opening, trial_until)
			VALUES (?, ?, ?, ?, ?, ?, 'opening', ?, ?, ?)`, int32(id), p.Slug, string(p.Kind), p.District, p.Placement, p.Name, p.Contract, p.Key, until).Exec(ctx)
		if err != nil {
			return err
		}
		for _, code := range p.Codes {
			if _, err := tx.Raw(`INSERT INTO ctl.divisions (tenant_id, code, valid_from) VALUES (?, ?, ?)`,
				int32(id), code, clock.Now(ctx).In(clock.Zone).Format(time.DateOnly)).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if isDuplicate(err) {
		// Either a twin opened it this moment, or the slug is somebody else's.
		again := db.Vendor(ctx, Home, func(ctx context.Context, tx VendorTx) error {
			return tx.Raw("SELECT tenant_id, placement, slug FROM ctl.directory WHERE opening = ?", p.Key).Scan(ctx, &id, &p.Placement, &p.Slug)
		})
		if again != nil {
			return 0, false, fault.Field("slug", "该网址名已被使用")
		}
		return id, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	db.remember(id, p.Slug, p.Placement)
	return id, fresh, nil
}

// layGround writes the tenant's row, head and data key at its placement.
func (db *DB) layGround(ctx context.Context, id ID, p *Plan) error {
	var have bool
	err := db.Vendor(ctx, p.Placement, func(ctx context.Context, tx VendorTx) error {
		return tx.Raw("SELECT EXISTS (SELECT FROM tenants WHERE tenant_id = ?)", int32(id)).Scan(ctx, &have)
	})
	if err != nil || have {
		return err
	}
	wrapped, err := keys.Issue(ctx, db.vault.service, int32(id))
	if err != nil {
		return err
	}
	branding, err := json.Marshal(p.Branding)
	if err != nil {
		return err
	}
	err = db.Vendor(ctx, p.Placement, func(ctx context.Context, tx VendorTx) error {
		_, err1 := tx.Raw(`INSERT INTO tenants (tenant_id, slug, kind, district, state, blueprint, name, short_name, branding, demo, codes)
			VALUES (?, ?, ?, ?, 'opening', ?, ?, ?, ?, ?, ?)`,
			int32(id), p.Slug, string(p.Kind), p.District, p.Blueprint, p.Name, p.ShortName, string(branding), p.Demo, strings.Join(p.Codes, " ")).Exec(ctx)
		if err1 != nil {
			return err1
		}
		_, err2 := tx.Raw("INSERT INTO heads (tenant_id) VALUES (?)", int32(id)).Exec(ctx)
		_, err3 := tx.Raw("INSERT INTO data_keys (tenant_id, version, wrapped) VALUES (?, 1, ?)", int32(id), wrapped).Exec(ctx)
		return errors.Join(err2, err3)
	})
	if isDuplicate(err) {
		return nil // a twin laid it
	}
	return err
}

// recordOpening writes the tenant's act number one.
func (db *DB) recordOpening(ctx context.Context, id ID, p *Plan) error {
	return db.Write(ctx, id, Machine(), func(ctx context.Context, tx Tx) error {
		var n int64
		if err := tx.Raw("SELECT n FROM heads WHERE tenant_id = ? FOR UPDATE", int32(id)).Scan(ctx, &n); err != nil || n > 0 {
			return err
		}
		tx.Record(Act{
			Kind: "tenant.opened", Version: 1, Object: "tenant", ObjectID: idOf(id), HappenedAt: clock.Now(ctx),
			After: Dims{"kind": string(p.Kind), "district": fmt.Sprint(p.District), "blueprint": fmt.Sprint(p.Blueprint), "contract": p.Contract},
		})
		return nil
	})
}

// release lets people in.
func (db *DB) release(ctx context.Context, id ID, p *Plan) error {
	const at = "SET state = ? WHERE tenant_id = ? AND state = 'opening'"
	if err := db.Vendor(ctx, p.Placement, func(ctx context.Context, tx VendorTx) error {
		_, err := tx.Raw("UPDATE tenants "+at, string(p.State), int32(id)).Exec(ctx)
		return err
	}); err != nil {
		return err
	}
	return db.Vendor(ctx, Home, func(ctx context.Context, tx VendorTx) error {
		_, err := tx.Raw("UPDATE ctl.directory "+at, string(p.State), int32(id)).Exec(ctx)
		return err
	})
}

// idOf is the object id of a tenant itself, for acts about it: its number in the last four bytes.
func idOf(id ID) uuid.UUID {
	u := uuid.UUID{0: 't', 1: 'e', 2: 'n', 3: 'a', 4: 'n', 5: 't', 6: 0x80, 8: 0x80}
	u[12], u[13], u[14], u[15] = byte(id>>24), byte(id>>16), byte(id>>8), byte(id)
	return u
}

// Object is the id under which acts about the tenant itself are kept.
func (t Tenant) Object() uuid.UUID { return idOf(t.ID) }
