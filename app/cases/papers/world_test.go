package papers

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/tenantstest"
)

// street is a fresh street with people in it.
type street struct {
	t testing.TB
	*tenantstest.World
	tenants.Tenant
	view *pgx.Conn // behind the fence
	ctx  context.Context
	hold *clock.Held
}

const (
	clerk  = 101 // 受理员
	sender = 102 // 派遣员
	worker = 103 // 承办联络员 of the sanitation station
	other  = 104 // 承办联络员 of the greening station
	chief  = 106 // 值班长
	caller = 107 // 回访员

	garbage = "matter-06010" // 暴露垃圾
)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func openStreet(t testing.TB) *street {
	t.Helper()
	w := tenantstest.Open(t)
	s := &street{t: t, World: w, view: w.Super(t, tenants.Home)}
	s.ctx, s.hold = clock.Hold(t.Context(), at("2026-11-23 10:00"))
	s.Tenant = w.Street(t, func(p *tenants.Plan) { p.Codes, p.Name = []string{"320505003"}, "枫桥街道" })
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		for person, g := range map[int64]tenants.Grant{clerk: {Role: auth.Intake}, sender: {Role: auth.Dispatcher}, worker: {Role: auth.Handler, Unit: "sanitation"},
			other: {Role: auth.Handler, Unit: "greening"}, chief: {Role: auth.ShiftLead}, caller: {Role: auth.Caller}} {
			if _, err := tx.Raw(`INSERT INTO grants (tenant_id, id, person, role, unit, made_by) VALUES (?, ?, ?, ?, ?, 0)`,
				int32(tx.ID()), tenants.NewID(), person, g.Role, g.Unit).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return s
}

func (s *street) try(person int64, f func(context.Context, tenants.Tx) error) error {
	actor := tenants.Actor{Person: person}
	if person == 0 {
		actor = tenants.Machine()
	}
	return s.DB.Write(s.ctx, s.ID, actor, f)
}

func (s *street) do(person int64, f func(context.Context, tenants.Tx) error) {
	s.t.Helper()
	if err := s.try(person, f); err != nil {
		s.t.Fatalf("person %d: %v", person, err)
	}
}

func rubbish() cases.Intake {
	return cases.Intake{Channel: "phone", Class: garbage, Community: "320505003001", Words: cases.Words{
		Description: "小区东门垃圾堆放三天，请联系13800138000", Address: "枫桥路18号东门", Petitioner: "王小明", Phone: "13800138000"}}
}

// dispatched is a case on its way to the sanitation station, or to whom the list names for another matter.
func (s *street) dispatched(in cases.Intake) (c *cases.Case) {
	unit := "sanitation"
	if in.Class != garbage {
		unit = "judicial"
	}
	s.do(clerk, func(ctx context.Context, tx tenants.Tx) (err error) {
		if c, err = cases.Report(ctx, tx, in); err != nil {
			return err
		}
		_, err = cases.File(ctx, tx, c.ID, cases.Filing{})
		return err
	})
	s.do(sender, func(ctx context.Context, tx tenants.Tx) (err error) {
		c, err = cases.Dispatch(ctx, tx, c.ID, cases.Order{Unit: unit, Basis: cases.Statutory})
		return err
	})
	return c
}

// print is a paper as a person gets it from the printer.
func (s *street) print(person int64, id uuid.UUID, d blueprint.Document, format string) (p Print, err error) {
	err = s.try(person, func(ctx context.Context, tx tenants.Tx) error {
		p, err = Make(ctx, tx, id, d, uuid.Nil, format, "https://jiedao.example/s/"+s.Slug+"/cases/"+id.String())
		return err
	})
	return p, err
}

// text is what a Word document says, in its order.
func text(t testing.TB, file []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	d := xml.NewDecoder(f)
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := token.(xml.CharData); ok {
			out.Write(c)
			out.WriteByte('\n')
		}
	}
}
