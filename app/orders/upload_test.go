package orders

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/cases/replies"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// The people of a test street.
const (
	clerk  = 101 // 受理员
	worker = 103 // 承办联络员 of the sanitation station
	chief  = 106 // 值班长
	leader = 108 // 分管领导
	caller = 107 // 回访员
)

type street struct {
	t testing.TB
	*tenantstest.World
	tenants.Tenant
}

func openStreet(t testing.TB) *street {
	t.Helper()
	s := &street{t: t, World: tenantstest.Open(t)}
	s.Tenant = s.Street(t, func(p *tenants.Plan) { p.Codes = []string{"320505003"} })
	s.as(t.Context(), 0, func(ctx context.Context, tx tenants.Tx) error {
		for person, g := range map[int64]tenants.Grant{
			clerk: {Role: auth.Intake}, worker: {Role: auth.Handler, Unit: "sanitation"}, chief: {Role: auth.ShiftLead}, leader: {Role: auth.Leader}, caller: {Role: auth.Caller},
		} {
			if _, err := tx.Raw(`INSERT INTO grants (tenant_id, id, person, role, unit, made_by) VALUES (?, ?, ?, ?, ?, 0)`,
				int32(tx.ID()), tenants.NewID(), person, g.Role, g.Unit).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return s
}

func (s *street) try(ctx context.Context, person int64, f func(context.Context, tenants.Tx) error) error {
	actor := tenants.Actor{Person: person}
	if person == 0 {
		actor = tenants.Machine()
	}
	return s.DB.Write(ctx, s.ID, actor, f)
}

func (s *street) as(ctx context.Context, person int64, f func(context.Context, tenants.Tx) error) {
	s.t.Helper()
	if err := s.try(ctx, person, f); err != nil {
		s.t.Fatalf("person %d: %v", person, err)
	}
}

func (s *street) take(ctx context.Context, person int64, in Upload) (r Result, err error) {
	err = s.try(ctx, person, func(ctx context.Context, tx tenants.Tx) error {
		r, err = Take(ctx, tx, in)
		return err
	})
	return r, err
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func hotline(t testing.TB) Map {
	t.Helper()
	m, ok := MapOf("hotline")
	if !ok {
		t.Fatal("no map for 12345")
	}
	return m
}

const header = "工单号,标题,诉求类型,一级分类,二级分类,三级分类,主要内容,诉求人,来电号码,是否保密,紧急程度,发生地址,社区,创建时间,办理时限\n"

// An order of 12345 comes on the last afternoon before the National Day holiday, with a deadline after it: from the
// platform's file to the file with the answer.
func TestAnOrderOverTheHoliday(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	ctx, hold := clock.Hold(t.Context(), at("2026-09-30 16:00"))
	file := header + "SZ20260930001,东门垃圾,投诉,市容环卫,,暴露垃圾,小区东门垃圾堆放三天,王小明,13800138000,否,一般,枫桥路18号,,2026-09-30 15:20:00,2026-10-09 17:30:00\n"
	r, err := s.take(ctx, clerk, Upload{Map: hotline(t), Raw: []byte(file)})
	if err != nil || r.Fresh != 1 || len(r.Problems) != 0 {
		t.Fatalf("%+v %v", r, err)
	}
	var c cases.Case
	s.as(ctx, clerk, func(ctx context.Context, tx tenants.Tx) error {
		return tx.Select(&c).Where("upper_no = 'SZ20260930001'").Scan(ctx)
	})
	// Four working hours: one and a half before the holiday, the rest after it, on the 8th of October.
	if c.Stage != cases.Filed || c.Class != "matter-06010" || !c.DueAt.Equal(at("2026-10-08 11:30")) || !c.UpperDue.Equal(at("2026-10-09 17:30")) || !c.ReportedAt.Equal(at("2026-09-30 15:20")) {
		t.Errorf("taken in as %s of class %s, due %s, above %s, reported %s", c.Stage, c.Class, c.DueAt, c.UpperDue, c.ReportedAt)
	}
	do := func(person int64, f func(context.Context, tenants.Tx) (*cases.Case, error)) (out *cases.Case) {
		t.Helper()
		s.as(ctx, person, func(ctx context.Context, tx tenants.Tx) (err error) { out, err = f(ctx, tx); return err })
		return out
	}
	do(chief, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		return cases.Dispatch(ctx, tx, c.ID, cases.Order{Unit: "sanitation", Basis: cases.Statutory})
	})
	hold.Move(at("2026-10-08 10:00"))
	do(worker, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		return cases.Handle(ctx, tx, c.ID, "已清运")
	})
	do(worker, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		return replies.Draft(ctx, tx, c.ID, replies.Wording{Words: "10月8日已清运，并电话告知来电人。", Contacted: true, Solved: true})
	})
	closed := do(chief, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		return cases.Check(ctx, tx, c.ID, cases.Finding{Pass: true, Close: true})
	})
	s.as(ctx, clerk, func(ctx context.Context, tx tenants.Tx) error {
		_, rules, err := cases.Find(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		if due, err := closed.ReplyDue(rules); err != nil || !due.Equal(at("2026-10-09 15:30")) {
			t.Errorf("to be replied by %s (%v)", due, err)
		}
		return nil
	})
	do(leader, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		return replies.Judge(ctx, tx, c.ID, true, "")
	})
	batch := tenants.NewID()
	s.as(ctx, clerk, func(ctx context.Context, tx tenants.Tx) error {
		n, err := replies.Take(ctx, tx, "hotline", batch)
		if n != 1 {
			t.Errorf("%d replies taken", n)
		}
		return err
	})
	hold.Move(at("2026-10-08 15:00"))
	end := do(caller, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		return cases.CallBack(ctx, tx, c.ID, cases.Answer{Said: map[string]string{"reached": "yes", "contacted": "yes", "solved": "yes", "satisfaction": "satisfied"}})
	})
	if end.Stage != cases.Archived || end.Outcome != cases.OnTime || end.Unreplied {
		t.Errorf("at last %s, %s, replied late: %v", end.Stage, end.Outcome, end.Unreplied)
	}
}

// A file with good rows and bad ones: a trial says what would happen and writes nothing; the import takes the good
// rows; a second time nothing is new. In Excel and in GB18030 it is the same file.
func TestRowByRow(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	ctx, _ := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	s.as(ctx, clerk, func(ctx context.Context, tx tenants.Tx) error { // somebody has typed this one in
		_, err := cases.Report(ctx, tx, cases.Intake{Channel: "hotline", UpperNo: "A-2", Class: "matter-06010", Words: cases.Words{Description: "已登记"}})
		return err
	})
	row := func(number, kind, class, phone, community, made, due string) string {
		return number + ",," + kind + ",,," + class + ",垃圾无人清理,王小明," + phone + ",是,紧急,枫桥路18号," + community + "," + made + "," + due + "\n"
	}
	file := header +
		row("A-1", "投诉", "暴露垃圾", "13800138000", "", "2026-11-23 09:00", "2026-11-25") +
		row("A-2", "投诉", "暴露垃圾", "13800138000", "", "2026-11-23 09:00", "2026-11-25") +
		row("A-3", "咨询", "没有的分类", "13800138000", "", "2026/11/23 09:00", "") +
		row("A-1", "投诉", "暴露垃圾", "13800138000", "", "2026-11-23 09:00", "2026-11-25") +
		row("", "投诉", "暴露垃圾", "13800138000", "", "2026-11-23 09:00", "2026-11-25") +
		row("A-5", "投诉", "没有的分类", "13800138000", "", "2026-11-23 09:00", "2026-11-25") +
		row("A-6", "投诉", "暴露垃圾", "110", "", "2026-11-23 09:00", "2026-11-25") +
		row("A-7", "投诉", "暴露垃圾", "13800138000", "别处社区", "2026-11-23 09:00", "2026-11-25") +
		row("A-8", "投诉", "暴露垃圾", "13800138000", "", "昨天", "2026-11-25") +
		row("A-9", "投诉", "暴露垃圾", "13800138000", "", "2026-11-23 09:00", "2026-11-20")
	in := Upload{Map: hotline(t), Raw: []byte(file), DryRun: true}
	want := Result{Read: 10, Fresh: 2, Existing: 2, Problems: []Problem{
		{Line: 6, UpperNo: "", Column: "工单号", Say: "没有来单编号"},
		{Line: 7, UpperNo: "A-5", Column: "三级分类", Say: "分类与本街道的类别对不上，请选择归入哪一类，或先在街道管理中增加"},
		{Line: 8, UpperNo: "A-6", Column: "来电号码", Say: "电话号码位数不足"},
		{Line: 9, UpperNo: "A-7", Column: "社区", Say: "不是本街道的社区（村）"},
		{Line: 10, UpperNo: "A-8", Column: "创建时间", Say: "日期时间无法识别，应如 2026-09-28 15:04"},
		{Line: 11, UpperNo: "A-9", Column: "办理时限", Say: "办理期限早于来单时间"},
	}}
	count := func() (n int) {
		s.as(ctx, clerk, func(ctx context.Context, tx tenants.Tx) error {
			return tx.Raw("SELECT count(*) FROM cases WHERE tenant_id = ?", int32(tx.ID())).Scan(ctx, &n)
		})
		return n
	}
	got, err := s.take(ctx, clerk, in)
	if diff := cmp.Diff(want, got); diff != "" || err != nil || count() != 1 {
		t.Errorf("trial (%v), %d cases: %s", err, count(), diff)
	}
	in.DryRun = false
	got, err = s.take(ctx, clerk, in)
	if diff := cmp.Diff(want, got); diff != "" || err != nil || count() != 3 {
		t.Errorf("import (%v), %d cases: %s", err, count(), diff)
	}
	want.Fresh, want.Existing = 0, 4
	for name, raw := range map[string][]byte{"again": in.Raw, "Excel": workbook(t, file), "GB18030": gb(t, file)} {
		in.Raw = raw
		got, err := s.take(ctx, clerk, in)
		if diff := cmp.Diff(want, got); diff != "" || err != nil || count() != 3 {
			t.Errorf("%s (%v), %d cases: %s", name, err, count(), diff)
		}
	}
	s.as(ctx, clerk, func(ctx context.Context, tx tenants.Tx) error {
		var c cases.Case
		if err := tx.Select(&c).Where("upper_no = 'A-1'").Scan(ctx); err != nil {
			return err
		}
		if !c.Urgent || !c.Confidential || !c.UpperDue.Equal(at("2026-11-25 23:59")) {
			t.Errorf("urgent %v, confidential %v, due above %s", c.Urgent, c.Confidential, c.UpperDue)
		}
		var d cases.Case
		if err := tx.Select(&d).Where("upper_no = 'A-3'").Scan(ctx); err != nil {
			return err
		}
		if d.Class != "extension-24" || !d.UpperDue.Equal(at("2026-11-30 17:30")) { // five working days where the order says nothing
			t.Errorf("an inquiry is of class %s, due above %s", d.Class, d.UpperDue)
		}
		return nil
	})
	in.Otherwise, in.DryRun = "matter-06010", true
	if got, err := s.take(ctx, clerk, in); err != nil || got.Fresh != 1 || len(got.Problems) != 5 {
		t.Errorf("with a class for the rest: %+v %v", got, err)
	}
}

func workbook(t testing.TB, text string) []byte {
	t.Helper()
	book := excelize.NewFile()
	for i, l := range strings.Split(strings.TrimSpace(text), "\n") {
		for j, cell := range strings.Split(l, ",") {
			at, _ := excelize.CoordinatesToCellName(j+1, i+1)
			var v any = cell
			if day, err := time.Parse("2006-01-02 15:04", cell); err == nil {
				v = day // as Excel keeps it: a number
			}
			if err := book.SetCellValue("Sheet1", at, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gb(t testing.TB, text string) []byte {
	t.Helper()
	out, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What is no file of orders, and who may not upload.
func TestFilesThatAreNone(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	for name, is := range map[string]struct {
		raw    string
		person int64
		want   fault.Kind
		field  string
	}{
		"empty":          {"", clerk, fault.Invalid, "file"},
		"only a header":  {header, clerk, fault.Invalid, "file"},
		"another form":   {"a,b\n1,2\n", clerk, fault.Invalid, "file"},
		"old Excel":      {"\xd0\xcf\x11\xe0....", clerk, fault.Invalid, "file"},
		"a broken Excel": {"PK\x03\x04....", clerk, fault.Invalid, "file"},
		"too many rows":  {header + strings.Repeat("A,B\n", mostRows+1), clerk, fault.Invalid, "file"},
		"a handler":      {header + "A,B\n", worker, fault.Forbidden, ""},
	} {
		_, err := s.take(t.Context(), is.person, Upload{Map: hotline(t), Raw: []byte(is.raw)})
		f := fault.Of(err)
		if f == nil || f.Kind != is.want || is.field != "" && f.Fields[is.field] == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A row that cannot be read is one of the problems: the others go in.
func TestRowsThatAreNone(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	file := "工单号,三级分类,主要内容\nA-1,暴露垃圾,垃圾\nA-2,暴露垃圾\nA-3,暴露垃圾,\"开着的引号\n"
	got, err := s.take(t.Context(), clerk, Upload{Map: hotline(t), Raw: []byte(file)})
	want := Result{Read: 3, Fresh: 1, Problems: []Problem{{Line: 3, Say: "应有 %d 列，实有 %d 列", Args: []any{3, 2}}, {Line: 4, Say: "引号没有成对"}}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

func FuzzTable(f *testing.F) {
	f.Add([]byte(header + "A,B\n"))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("\xd5\xe2,1\n2"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		head, rows, err := table("x", raw)
		if err != nil && fault.Of(err) == nil {
			t.Fatalf("not a fault: %v", err)
		}
		if err == nil && (len(head) == 0 || len(rows) == 0) {
			t.Fatal("a table of nothing")
		}
		for _, r := range rows {
			for _, c := range r.Cells {
				_, _ = moment(c)
			}
		}
	})
}

// Every shipped map names a channel and the columns without which there is no order.
func TestMapsShip(t *testing.T) {
	t.Parallel()
	if len(Maps) < 2 {
		t.Fatal("no maps")
	}
	for _, m := range Maps {
		if m.Title == "" || m.Channel == "" || len(m.Columns.UpperNo) == 0 || len(m.Columns.Description) == 0 {
			t.Errorf("%s: %+v", m.Key, m)
		}
	}
}
