package cases

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

func history(id string) Imported {
	return Imported{SourceID: id, Channel: "hotline", UpperNo: "SZ1", Class: garbage, Community: community, Unit: sanitation,
		Words:      Words{Title: "门口'垃圾'", Description: `引号"和反斜杠\与问号?`, Petitioner: "王小明", Phone: "138 0013 8000"},
		ReportedAt: at("2018-05-01 09:00"), ClosedAt: at("2018-05-02 17:00"), Outcome: Overdue}
}

// importAll imports rows as the product itself and answers how many were new.
func (s *street) importAll(source string, rows ...Imported) (n int) {
	s.t.Helper()
	s.do(0, func(ctx context.Context, tx tenants.Tx) (err error) {
		n, err = Import(ctx, tx, source, rows)
		return err
	})
	return n
}

func TestImport(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenantstest.Other)
	odd := history(`{"a\b",'?0'}`) // a number that SQL, JSON and arrays must leave alone
	bare := history("3")
	bare.UpperNo, bare.Community, bare.Unit, bare.Petitioner, bare.Phone, bare.Description = "", "", "", "", "", ""
	x, y := 120.5, 31.3
	bare.Lon, bare.Lat = &x, &y
	if n := s.importAll("old", odd, history("2"), bare, history("2")); n != 3 {
		t.Errorf("%d new, want 3: a file may repeat itself", n)
	}
	if n := s.importAll("old", history("2"), odd, history("4")); n != 1 {
		t.Errorf("%d new the second time, want 1", n)
	}
	if n := s.importAll("another", history("2")); n != 1 {
		t.Errorf("the same number of another source: %d new", n)
	}

	ctx := context.WithoutCancel(t.Context())
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		var all []*Case
		if err := tx.Select(&all).Order("number").Scan(ctx); err != nil {
			return err
		}
		box, err := tx.Box(ctx)
		if err != nil {
			return err
		}
		for i, c := range all {
			if want := fmt.Sprintf("20180501-%05d", i+1); c.Number != want {
				t.Errorf("number %s, want %s", c.Number, want)
			}
			w, err := c.Open(box)
			if err != nil {
				return err
			}
			if c.Stage != Archived || c.ReportedBy != 0 || !c.DueAt.IsZero() || !c.ReportedAt.Equal(at("2018-05-01 09:00")) || !c.EndedAt.Equal(c.ClosedAt) || w.Title != "门口'垃圾'" {
				t.Errorf("%+v %+v", c, w)
			}
			switch c.SourceID {
			case "3":
				if c.Phone != nil || c.PhoneBlind != nil || c.Description != nil || *c.Lon != x {
					t.Errorf("absent words are NULL: %+v", c)
				}
			default:
				if w.Description != `引号"和反斜杠\与问号?` || w.Phone != "13800138000" {
					t.Errorf("%+v", w)
				}
			}
		}
		return nil
	})

	// One act a case, which says that it is history, with what the tallies count.
	super := s.Super(t, tenantstest.Other)
	var acts, imported int
	var dims tenants.Dims
	if err := super.QueryRow(ctx, "SELECT count(*), count(*) FILTER (WHERE imported), min(after::text)::jsonb FROM journal WHERE tenant_id = $1 AND object = 'case' AND after ? 'unit'",
		int32(s.ID)).Scan(&acts, &imported, &dims); err != nil {
		t.Fatal(err)
	}
	want := tenants.Dims{"stage": "archived", "channel": "hotline", "channel_name": "12345热线", "class": garbage, "class_name": "暴露垃圾", "community": community,
		"community_name": "白马涧社区", "unit": sanitation, "unit_name": "环卫站", "received": "2018-05-01", "closed": "2018-05-02", "outcome": "overdue"}
	if diff := cmp.Diff(want, dims); acts != 4 || imported != 4 || diff != "" {
		t.Errorf("%d acts, %d imported: %s", acts, imported, diff)
	}

	// A case reported on that day now gets the next number.
	held := now(t)
	c, err := s.as(held, clerk, func(ctx context.Context, tx tenants.Tx) (*Case, error) {
		in := rubbish()
		in.ReportedAt = at("2018-05-01 12:00")
		return Report(ctx, tx, in)
	})
	if err != nil || c.Number != "20180501-00006" {
		t.Errorf("%+v %v", c, err)
	}
}

// Two imports of the same file at once write every case once and do not wait for each other for ever.
func TestImportTwice(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	var rows, back []Imported
	for i := range 400 {
		r := history(fmt.Sprint(i))
		r.ReportedAt, r.ClosedAt = r.ReportedAt.AddDate(0, 0, i%30), r.ClosedAt.AddDate(0, 0, i%30)
		rows = append(rows, r)
		back = append([]Imported{r}, back...)
	}
	sum := make(chan int, 4)
	for i := range 4 {
		go func() {
			n := 0
			for j := 0; j < 400; j += 100 {
				part := rows[j : j+100]
				if i%2 == 1 {
					part = back[j : j+100]
				}
				err := s.try(t.Context(), 0, func(ctx context.Context, tx tenants.Tx) error {
					fresh, err := Import(ctx, tx, "old", part)
					n += fresh
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
			sum <- n
		}()
	}
	all := 0
	for range 4 {
		select {
		case n := <-sum:
			all += n
		case <-time.After(time.Minute):
			t.Fatal("they wait for each other")
		}
	}
	var cases, acts int
	if err := s.Super(t, tenants.Home).QueryRow(t.Context(), `SELECT (SELECT count(*) FROM cases WHERE tenant_id = $1), (SELECT count(*) FROM journal WHERE tenant_id = $1 AND object = 'case')`,
		int32(s.ID)).Scan(&cases, &acts); err != nil {
		t.Fatal(err)
	}
	if all != 400 || cases != 400 || acts != 400 {
		t.Errorf("%d new, %d cases, %d acts", all, cases, acts)
	}
}

func TestImportRefused(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	err := s.try(t.Context(), chief, func(ctx context.Context, tx tenants.Tx) error {
		_, err := Import(ctx, tx, "old", []Imported{history("1")})
		return err
	})
	if !fault.Is(err, fault.Forbidden) {
		t.Errorf("by a person: %v", err)
	}
	for name, spoil := range map[string]func(*Imported){
		"no number": func(r *Imported) { r.SourceID = "" }, "no title": func(r *Imported) { r.Title = "" },
		"no such channel": func(r *Imported) { r.Channel = "owl" }, "no such class": func(r *Imported) { r.Class = "owl" },
		"no such unit": func(r *Imported) { r.Unit = "owl" }, "not closed": func(r *Imported) { r.ClosedAt = time.Time{} },
		"closed before": func(r *Imported) { r.ClosedAt = r.ReportedAt.Add(-time.Second) }, "no outcome": func(r *Imported) { r.Outcome = "" },
		"half a point": func(r *Imported) { r.Lon = new(float64) },
	} {
		bad := history("1")
		spoil(&bad)
		err := s.try(t.Context(), 0, func(ctx context.Context, tx tenants.Tx) error {
			_, err := Import(ctx, tx, "old", []Imported{history("0"), bad})
			return err
		})
		if err == nil {
			t.Errorf("%s was imported", name)
		}
	}
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		there, err := Standing(ctx, tx, "old", []string{"0", "1"})
		if err != nil || len(there) != 0 {
			t.Errorf("a refused batch left %v, %v", there, err)
		}
		return nil
	})
}
