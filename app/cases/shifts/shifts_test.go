package shifts

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// street is a fresh street with two shift leads, a clerk and a dispatcher.
type street struct {
	t testing.TB
	*tenantstest.World
	tenants.Tenant
	view *pgx.Conn // behind the fence
	ctx  context.Context
	hold *clock.Held
}

const (
	zhou  = 101 // 值班长
	li    = 102 // 值班长
	clerk = 103 // 受理员
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
	s.ctx, s.hold = clock.Hold(t.Context(), at("2026-11-23 08:00"))
	s.Tenant = w.Street(t, func(p *tenants.Plan) { p.Codes, p.Name = []string{"320505003"}, "枫桥街道" })
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		for person, role := range map[int64]string{zhou: auth.ShiftLead, li: auth.ShiftLead, clerk: auth.Intake} {
			if _, err := tx.Raw(`INSERT INTO grants (tenant_id, id, person, role, made_by) VALUES (?, ?, ?, ?, 0)`, int32(tx.ID()), tenants.NewID(), person, role).Exec(ctx); err != nil {
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

// as is a verb done by a person, and the shift that it left.
func (s *street) as(person int64, f func(context.Context, tenants.Tx) (*Shift, error)) (out *Shift, err error) {
	err = s.try(person, func(ctx context.Context, tx tenants.Tx) (err error) {
		out, err = f(ctx, tx)
		return err
	})
	return out, err
}

// Zhou leads the day, and Li takes the night over with what is urgent and unsigned in his hands, by number.
func TestAShiftIsHandedOver(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	day, err := s.as(zhou, Begin)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.as(li, Begin); !fault.Is(err, fault.Conflict) {
		t.Errorf("two at once: %v", err)
	}
	if _, err := s.as(clerk, Begin); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a clerk leads the desk: %v", err)
	}
	var urgent, sent *cases.Case
	s.do(zhou, func(ctx context.Context, tx tenants.Tx) (err error) {
		in := cases.Intake{Channel: "phone", Class: "matter-06010", Community: "320505003001", Urgent: true, Words: cases.Words{Description: "垃圾起火"}}
		if urgent, err = cases.Report(ctx, tx, in); err != nil {
			return err
		}
		in.Urgent = false
		if sent, err = cases.Report(ctx, tx, in); err != nil {
			return err
		}
		if _, err = cases.File(ctx, tx, sent.ID, cases.Filing{}); err != nil {
			return err
		}
		_, err = cases.Dispatch(ctx, tx, sent.ID, cases.Order{Unit: "sanitation", Basis: cases.Statutory})
		return err
	})
	s.hold.Move(at("2026-11-23 16:00"))
	handOver := func(note string) func(context.Context, tenants.Tx) (*Shift, error) {
		return func(ctx context.Context, tx tenants.Tx) (*Shift, error) { return HandOver(ctx, tx, day.ID, note) }
	}
	takeOver := func(ctx context.Context, tx tenants.Tx) (*Shift, error) { return TakeOver(ctx, tx, day.ID) }
	if _, err := s.as(li, takeOver); !fault.Is(err, fault.Conflict) {
		t.Errorf("taken over before it was handed over: %v", err)
	}
	if _, err := s.as(li, handOver("无")); !fault.Is(err, fault.Forbidden) {
		t.Errorf("somebody else hands over: %v", err)
	}
	if f := fault.Of(try(s.as(zhou, handOver(" ")))); f == nil || f.Fields["note"] == "" {
		t.Errorf("an empty note: %v", f)
	}
	handed, err := s.as(zhou, handOver("王阿姨家漏水，22点前回电"))
	if err != nil {
		t.Fatal(err)
	}
	if handed.Open != 2 || handed.Urgent != 1 || handed.Waiting != 2 || len(handed.Lists.Urgent) != 1 || handed.Lists.Urgent[0] != urgent.Number || handed.Lists.Waiting[1] != sent.Number {
		t.Errorf("handed over: %+v", handed.Desk)
	}
	if _, err := s.as(zhou, takeOver); !fault.Is(err, fault.Conflict) {
		t.Errorf("he takes over from himself: %v", err)
	}
	if _, err := s.as(zhou, func(ctx context.Context, tx tenants.Tx) (*Shift, error) { return TakeBack(ctx, tx, day.ID) }); err != nil {
		t.Fatal(err)
	}
	if _, err := s.as(zhou, handOver("王阿姨家漏水，22点前回电")); err != nil {
		t.Fatal(err)
	}
	s.hold.Move(at("2026-11-23 16:10"))
	night, err := s.as(li, takeOver)
	if err != nil {
		t.Fatal(err)
	}
	if night.Lead != li || !night.BegunAt.Equal(at("2026-11-23 16:10")) || night.Number == day.Number {
		t.Errorf("the night shift: %+v", night)
	}
	if _, err := s.as(zhou, handOver("迟了")); !fault.Is(err, fault.Conflict) {
		t.Errorf("a shift that is over is handed over again: %v", err)
	}
	var readable int
	if err := s.view.QueryRow(t.Context(), "SELECT count(*) FROM shifts s WHERE tenant_id = $1 AND position('王阿姨'::bytea in note) > 0", int32(s.ID)).Scan(&readable); err != nil || readable != 0 {
		t.Errorf("%d notes can be read in the table (%v)", readable, err)
	}
	s.do(li, func(ctx context.Context, tx tenants.Tx) error {
		day, err := Find(ctx, tx, day.ID)
		if err != nil {
			return err
		}
		p, err := day.print(ctx, tx, "https://jiedao.example/s/x/shifts/1")
		if err != nil {
			return err
		}
		file, err := p.Word(t.Context())
		if err != nil {
			return err
		}
		z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			return err
		}
		f, err := z.Open("word/document.xml")
		if err != nil {
			return err
		}
		body, err := io.ReadAll(f)
		if err != nil {
			return err
		}
		for _, want := range []string{"枫桥街道交接班记录", "王阿姨家漏水", "1件：" + urgent.Number, "工号 101　2026-11-23 16:00", "工号 102　2026-11-23 16:10"} {
			if !strings.Contains(string(body), want) {
				t.Errorf("the record does not say %q", want)
			}
		}
		return nil
	})
}

func try(_ *Shift, err error) error { return err }
