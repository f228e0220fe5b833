package handover

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/journal"
	"wanjie/tenants/tenantstest"
)

// district is a street and its district's centre, maybe at two placements, with a carrier that walks when told to.
type district struct {
	t testing.TB
	*tenantstest.World
	street, centre *office
	ctx            context.Context
	clock          *clock.Held
}

// office is one of the two tenants.
type office struct {
	d *district
	tenants.Tenant
	place string
	view  *pgx.Conn // behind the fence
	seen  int64     // acts that were followed
}

// The people: the same roles on both sides, and nobody works in both.
const (
	clerk   = 11 // 受理员
	chief   = 12 // 值班长
	police  = 13 // 承办联络员 of the unit that handles
	checker = 14
	nobody  = 19
)

const (
	first = "320505003001" // a community of 枫桥街道
	peace = "extension-35" // 社会治安: the police's in the centre
)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

// open opens a district of the test's own: number keeps it apart from other tests' streets.
func open(t testing.TB, number int32, street, centre string) *district {
	t.Helper()
	w := tenantstest.Open(t)
	d := &district{t: t, World: w}
	d.ctx, d.clock = clock.Hold(t.Context(), at("2026-11-23 10:00")) // a Monday
	d.street = d.office(t, street, func(p *tenants.Plan) { p.District, p.Codes, p.Name = number, []string{"320505003"}, "枫桥街道" })
	d.centre = d.office(t, centre, func(p *tenants.Plan) {
		p.District, p.Kind, p.Name, p.Blueprint = number, tenants.Centre, "区指挥中心", w.Blueprints["district-centre"]
	})
	return d
}

func (d *district) office(t testing.TB, place string, change func(*tenants.Plan)) *office {
	t.Helper()
	o := &office{d: d, place: place, view: d.Super(t, place), Tenant: d.Street(t, tenantstest.At(place), change)}
	o.do(0, func(ctx context.Context, tx tenants.Tx) error {
		for person, g := range map[int64]tenants.Grant{
			clerk: {Role: auth.Intake}, chief: {Role: auth.ShiftLead}, police: {Role: auth.Handler, Unit: "police"}, checker: {Role: auth.Checker},
		} {
			if _, err := tx.Raw("INSERT INTO grants (tenant_id, id, person, role, unit, made_by) VALUES (?, ?, ?, ?, ?, 0)",
				int32(tx.ID()), tenants.NewID(), person, g.Role, g.Unit).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return o
}

func (o *office) try(person int64, f func(context.Context, tenants.Tx) error) error {
	actor := tenants.Actor{Person: person}
	if person == 0 {
		actor = tenants.Machine()
	}
	return o.d.DB.Write(o.d.ctx, o.ID, actor, f)
}

func (o *office) do(person int64, f func(context.Context, tenants.Tx) error) {
	o.d.t.Helper()
	if err := o.try(person, f); err != nil {
		o.d.t.Fatalf("%s, person %d: %v", o.Name, person, err)
	}
}

// brawl is a matter for the police, told by somebody who may be named.
func brawl(mark string) cases.Intake {
	return cases.Intake{Channel: "phone", Class: peace, Community: first, Words: cases.Words{
		Title: mark + "夜间斗殴", Description: mark + "烧烤店门前多人斗殴", Address: mark + "枫桥路18号", Petitioner: mark + "王小明", Phone: "13800138000"}}
}

// filed is a filed case of the office.
func (o *office) filed(in cases.Intake) (c *cases.Case) {
	o.d.t.Helper()
	o.do(chief, func(ctx context.Context, tx tenants.Tx) (err error) {
		if c, err = cases.Report(ctx, tx, in); err != nil || c.Stage == cases.Filed {
			return err
		}
		c, err = cases.File(ctx, tx, c.ID, cases.Filing{})
		return err
	})
	return c
}

// handUp hands a case of the street to the police of its district.
func (d *district) handUp(c *cases.Case, in Order) *Handover {
	d.t.Helper()
	h, err := d.tryHandUp(c, in)
	if err != nil {
		d.t.Fatal(err)
	}
	return h
}

func (d *district) tryHandUp(c *cases.Case, in Order) (h *Handover, err error) {
	if in.To == "" {
		in.To = "police"
	}
	err = d.street.try(chief, func(ctx context.Context, tx tenants.Tx) (err error) {
		h, err = HandOver(ctx, tx, c.ID, in)
		return err
	})
	return h, err
}

func (o *office) at(id uuid.UUID) (h *Handover) {
	o.d.t.Helper()
	o.do(0, func(ctx context.Context, tx tenants.Tx) (err error) {
		h, err = read(ctx, tx, id, sharing)
		return err
	})
	return h
}

func (o *office) one(id uuid.UUID) (c *cases.Case) {
	o.d.t.Helper()
	o.do(0, func(ctx context.Context, tx tenants.Tx) (err error) {
		c, _, err = cases.Find(ctx, tx, id)
		return err
	})
	return c
}

// verb runs something on a handover as a person.
func (o *office) verb(person int64, f func(context.Context, tenants.Tx) (*Handover, error)) error {
	return o.try(person, func(ctx context.Context, tx tenants.Tx) error {
		_, err := f(ctx, tx)
		return err
	})
}

func (o *office) accept(id uuid.UUID) *cases.Case {
	o.d.t.Helper()
	if err := o.verb(clerk, func(ctx context.Context, tx tenants.Tx) (*Handover, error) { return Accept(ctx, tx, id, Acceptance{}) }); err != nil {
		o.d.t.Fatal(err)
	}
	return o.one(o.at(id).CaseID)
}

// work walks the paired case of the centre to its end.
func (o *office) work(id uuid.UUID, result string) {
	o.d.t.Helper()
	if o.one(id).Stage == cases.Filed {
		o.do(chief, func(ctx context.Context, tx tenants.Tx) error {
			_, err := cases.Dispatch(ctx, tx, id, cases.Order{Unit: "police", Basis: cases.Statutory})
			return err
		})
	}
	o.do(police, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Handle(ctx, tx, id, result)
		return err
	})
	o.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Check(ctx, tx, id, cases.Finding{Pass: true, Close: true})
		return err
	})
}

// post lets followers and carriers of both sides run until nothing moves any more.
func (d *district) post() {
	d.t.Helper()
	for range 20 {
		moved := d.street.follow()
		moved = d.centre.follow() || moved
		for _, o := range []*office{d.street, d.centre} {
			for _, id := range o.unsent() {
				d.carry(o, id)
				moved = true
			}
		}
		if !moved {
			return
		}
	}
	d.t.Fatal("the post never comes to rest")
}

// follow does for the office's new acts what the announcing follower and the worker do.
func (o *office) follow() (moved bool) {
	rows, err := o.view.Query(o.d.t.Context(), "SELECT n, kind, object, object_id, after FROM journal WHERE tenant_id = $1 AND n > $2 ORDER BY n", int32(o.ID), o.seen)
	if err != nil {
		o.d.t.Fatal(err)
	}
	var set []jobs.Job
	for rows.Next() {
		var a journal.Act
		var after []byte
		if err := rows.Scan(&o.seen, &a.Kind, &a.Object, &a.ObjectID, &after); err != nil {
			o.d.t.Fatal(err)
		}
		if after != nil {
			if err := json.Unmarshal(after, &a.After); err != nil {
				o.d.t.Fatal(err)
			}
		}
		set = append(set, notify(a)...)
	}
	rows.Close()
	for _, j := range set {
		body, err := json.Marshal(j.Payload)
		if err != nil {
			o.d.t.Fatal(err)
		}
		o.do(0, func(ctx context.Context, tx tenants.Tx) error { return Follow().Run(ctx, tx, body) })
		moved = true
	}
	return moved
}

// unsent are the handovers with something to carry.
func (o *office) unsent() (ids []uuid.UUID) {
	rows, err := o.view.Query(o.d.t.Context(), "SELECT DISTINCT handover_id FROM handover_messages WHERE tenant_id = $1 AND box = 'out' AND carried_at IS NULL", int32(o.ID))
	if err != nil {
		o.d.t.Fatal(err)
	}
	if ids, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID]); err != nil {
		o.d.t.Fatal(err)
	}
	return ids
}

// carry is the worker's way with the job.
func (d *district) carry(o *office, id uuid.UUID) {
	d.t.Helper()
	body, err := json.Marshal(map[string]uuid.UUID{"handover": id})
	if err != nil {
		d.t.Fatal(err)
	}
	var call jobs.Call
	o.do(0, func(ctx context.Context, tx tenants.Tx) (err error) {
		call, err = Carry().Errand(ctx, tx, body)
		return err
	})
	if call != nil {
		if err := call(d.ctx, jobs.Env{DB: d.DB, Tenant: o.ID}); err != nil {
			d.t.Fatal(err)
		}
	}
}

func (o *office) acts(id uuid.UUID) []string {
	o.d.t.Helper()
	rows, err := o.view.Query(o.d.t.Context(), "SELECT kind FROM journal WHERE tenant_id = $1 AND object_id = $2 ORDER BY n", int32(o.ID), id)
	if err != nil {
		o.d.t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		o.d.t.Fatal(err)
	}
	return out
}
