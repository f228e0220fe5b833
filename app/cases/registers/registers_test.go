package registers

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/web"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/tenantstest"
)

// The people of a test street.
const (
	chief  = 106 // 值班长
	leader = 108 // 分管领导
	worker = 103 // 承办联络员 of the sanitation station
	other  = 104 // 承办联络员 of the greening station
	clerk  = 101 // 受理员
)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

type street struct {
	t *testing.T
	*tenantstest.World
	tenants.Tenant
	ctx  context.Context
	hold *clock.Held
}

func (s *street) do(person int64, f func(context.Context, tenants.Tx) error) {
	s.t.Helper()
	actor := tenants.Actor{Person: person}
	if person == 0 {
		actor = tenants.Machine()
	}
	if err := s.DB.Write(s.ctx, s.ID, actor, f); err != nil {
		s.t.Fatalf("person %d: %v", person, err)
	}
}

// asked is a case of the sanitation station that asks for something, with the application.
func (s *street) asked(plea cases.Plea) (c *cases.Case, p cases.Application) {
	s.t.Helper()
	s.do(0, func(ctx context.Context, tx tenants.Tx) (err error) {
		if c, err = cases.Report(ctx, tx, cases.Intake{Channel: "phone", Class: "matter-06010", Words: cases.Words{Description: "东门垃圾，请联系王小明13800138000"}}); err != nil {
			return err
		}
		if _, err = cases.File(ctx, tx, c.ID, cases.Filing{}); err != nil {
			return err
		}
		c, err = cases.Dispatch(ctx, tx, c.ID, cases.Order{Unit: "sanitation", Basis: cases.Statutory})
		return err
	})
	s.do(worker, func(ctx context.Context, tx tenants.Tx) error {
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return err
		}
		list := map[cases.Asked]blueprint.ReasonList{cases.AskReturn: blueprint.ReturnReason, cases.AskExtend: blueprint.ExtendReason, cases.AskSuspend: blueprint.SuspendReason}
		plea.Ground, plea.Words = cfg.ReasonsOf(list[plea.Kind])[0].Key, "请联系王小明"
		if plea.Kind != cases.AskReturn {
			plea.Until = c.DueAt.Add(2 * time.Hour)
		}
		if _, err := cases.Apply(ctx, tx, c.ID, plea); err != nil {
			return err
		}
		all, err := cases.Applications(ctx, tx, c.ID)
		p = all[0]
		return err
	})
	return c, p
}

func (s *street) get(person int64, path string) *httptest.ResponseRecorder {
	site := &web.Site{
		DB: s.DB, Log: slog.New(slog.DiscardHandler),
		Visitor: func(*http.Request) (web.Visitor, error) { return web.Visitor{Person: person}, nil },
		Admit: func(_ context.Context, tx tenants.Tx, _ *web.Request, _, may string) error {
			return auth.RequireSomewhere(tx.Actor(), may)
		},
		TenantFrame: func(context.Context, tenants.Tx, *web.Request) (web.Frame, error) { return web.Frame{}, nil },
	}
	Part.Routes(site.Module("cases"))
	w := httptest.NewRecorder()
	site.Handler(web.Limits{}).ServeHTTP(w, httptest.NewRequestWithContext(s.ctx, http.MethodGet, "/s/"+s.Slug+path, nil))
	return w
}

// At the end of the month the shift leader hands on who wanted to return and to put off what, as Excel with the habits of
// offices; another unit's handler sees none of it, and nobody reads what was said.
func TestTheMonthsRegisters(t *testing.T) {
	t.Parallel()
	s := &street{t: t, World: tenantstest.Open(t)}
	s.Tenant = s.Street(t, func(p *tenants.Plan) { p.Codes, p.Name = []string{"320505003"}, "枫桥街道" })
	s.ctx, s.hold = clock.Hold(t.Context(), at("2026-10-30 10:00"))
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		for person, g := range map[int64]tenants.Grant{chief: {Role: auth.ShiftLead}, leader: {Role: auth.Leader}, clerk: {Role: auth.Intake}, worker: {Role: auth.Handler, Unit: "sanitation"}, other: {Role: auth.Handler, Unit: "greening"}} {
			if _, err := tx.Raw(`INSERT INTO grants (tenant_id, id, person, role, unit, made_by) VALUES (?, ?, ?, ?, ?, 0)`,
				int32(tx.ID()), tenants.NewID(), person, g.Role, g.Unit).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	s.asked(cases.Plea{Kind: cases.AskReturn}) // last month's
	s.hold.Move(at("2026-11-02 10:00"))
	first, one := s.asked(cases.Plea{Kind: cases.AskReturn})
	s.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Decide(ctx, tx, first.ID, cases.Decision{Application: one.ID, Words: "在你单位清单上"})
		return err
	})
	s.hold.Move(at("2026-11-03 10:00"))
	second, _ := s.asked(cases.Plea{Kind: cases.AskReturn})
	third, two := s.asked(cases.Plea{Kind: cases.AskExtend})
	s.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Decide(ctx, tx, third.ID, cases.Decision{Application: two.ID, Approve: true, Granted: third.DueAt.Add(time.Hour)})
		return err
	})
	s.hold.Move(at("2026-11-23 10:00"))

	book := func(path string) [][]string {
		t.Helper()
		w := s.get(chief, path)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		if bytes.Contains(w.Body.Bytes(), []byte("王小明")) {
			t.Errorf("%s tells what was said", path)
		}
		f, err := excelize.OpenReader(bytes.NewReader(w.Body.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := f.GetRows(f.GetSheetName(0))
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	got := book("/registers/file?kind=return&from=2026-11-01&to=2026-11-30")
	if len(got) != 8 {
		t.Fatalf("%d rows: %q", len(got), got)
	}
	head := []string{"序号", "案卷编号", "类别", "申请单位", "申请人", "申请时间", "距处置期限", "理由", "状态", "审批人", "审批时间", "逾期未审批"}
	if diff := cmp.Diff(head, got[3]); diff != "" || got[0][0] != "枫桥街道 退单台账" || !strings.HasPrefix(got[1][0], "统计期间：2026-11-01 至 2026-11-30　单位：件") || got[2][0] != "共2件，已批准0件，未批准1件，待审批1件，逾期未审批0件" {
		t.Errorf("above: %q %s", got[:4], diff)
	}
	for i, want := range []struct{ n, number, state, decider string }{{"1", first.Number, "未批准", "工号 106"}, {"2", second.Number, "待审批", ""}} {
		row := slices.Concat(got[4+i], []string{"", "", ""})
		if row[0] != want.n || row[1] != want.number || row[3] != "环卫站" || row[8] != want.state || row[9] != want.decider {
			t.Errorf("row %q, want %+v", row, want)
		}
	}
	if got[6][0] != "合计" || got[6][1] != "2件" || !strings.HasPrefix(got[7][0], "制表：") {
		t.Errorf("below: %q", got[6:])
	}
	put := book("/registers/file?kind=extend")
	if len(put) != 7 || put[3][8] != "申请期限" || put[4][9] != third.DueAt.Add(time.Hour).In(clock.Zone).Format("2006-01-02 15:04") || put[4][10] != "已批准" {
		t.Errorf("put off: %q", put)
	}
	if page := s.get(worker, "/registers?kind=return").Body.String(); !strings.Contains(page, first.Number) || !strings.Contains(page, second.Number) {
		t.Error("the unit does not find its own applications")
	}
	if page := s.get(other, "/registers?kind=return").Body.String(); strings.Contains(page, first.Number) || !strings.Contains(page, "没有符合条件的申请") {
		t.Error("another unit's handler sees them")
	}
	if w := s.get(clerk, "/registers/file?kind=return"); w.Code != http.StatusForbidden {
		t.Errorf("who may not take rows out: %d", w.Code)
	}
	if page := s.get(leader, "/registers?kind=suspend&from=2026-01-01").Body.String(); !strings.Contains(page, "没有符合条件的申请") {
		t.Error("suspensions that were never asked for")
	}
}
