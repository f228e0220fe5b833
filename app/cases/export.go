package cases

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/sheets"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/keys/mask"
)

// A list leaves the house as a file in one of two ways. A short one leaves with the request; a longer one is written by
// a job into a file of its owner (package files) and fetched from 我的导出. Either is read in pages by the list's own
// order, within the reach of who asked at that moment.
//
// Names and phones are masked, addresses and descriptions left out. In full they go to whoever holds the capability for
// it and says for what; then each case in the file has its look, committed before its row exists anywhere but in memory.
// Who asked not to be named is in no file.

// Bounds of an export, in cases: of one that leaves at once, of any, and of a page.
const (
	exportAtOnce = 3_000
	exportMost   = 50_000
	exportPage   = 500
)

// Wish is an export as somebody asks for it.
type Wish struct {
	Filter  Filter
	Format  sheets.Format
	Entire  bool   // with petitioner, phone, address and description in full
	Purpose string // of an entire one
	Locale  string
}

// exportPurposes are the reasons for which petitioners may leave the house in a file.
var exportPurposes = map[string]string{
	"export_callback": ui.Key("集中回访"),
	"export_handling": ui.Key("移交承办单位办理"),
	"export_superior": ui.Key("上级机关依规调阅"),
	"export_review":   ui.Key("信访复查、审计"),
}

// disclosed are the fields that an entire export shows.
var disclosed = []string{"petitioner", "phone", "address", "description"}

// check refuses what the actor may not have or has not said. It is asked at the wish and again at every page.
func (w Wish) check(actor tenants.Actor) error {
	if err := auth.RequireSomewhere(actor, auth.CasesExport); err != nil {
		return err
	}
	var f problems
	if w.Format.Kind() == "" {
		f.Add("format", ui.Key("请选择文件格式"))
	}
	if !w.Entire {
		return f.Fault()
	}
	if err := auth.RequireSomewhere(actor, auth.CasesDisclose); err != nil {
		return err
	}
	if _, ok := exportPurposes[w.Purpose]; !ok {
		f.Add("purpose", ui.Key("请选择导出用途"))
	}
	return f.Fault()
}

// reach is where the cases of an export may lie: where the actor may read them and take them out.
func (w Wish) reach(actor tenants.Actor) reach {
	if w.Entire {
		return reachBy(actor, auth.CasesDisclose)
	}
	return reachBy(actor, auth.CasesExport)
}

// dims is what the journal tells of an export.
func (w Wish) dims(rows int) tenants.Dims {
	d := tenants.Dims{"format": string(w.Format), "rows": strconv.Itoa(rows)}
	if w.Entire {
		d["purpose"] = w.Purpose
	}
	return d
}

// name is the file's.
func (w Wish) name(ctx context.Context, at time.Time) string {
	kind := ""
	if w.Entire {
		kind = ui.T(ctx, "（含个人信息）")
	}
	return ui.T(ctx, "案卷") + kind + "_" + at.In(clock.Zone).Format("20060102_1504") + "." + string(w.Format)
}

func (w Wish) columns(ctx context.Context) []sheets.Column {
	out := []sheets.Column{
		{Title: ui.T(ctx, "案卷编号"), Width: 16}, {Title: ui.T(ctx, "来单编号"), Width: 16}, {Title: ui.T(ctx, "标题"), Width: 36}, {Title: ui.T(ctx, "类别"), Width: 16},
		{Title: ui.T(ctx, "来源渠道"), Width: 14}, {Title: ui.T(ctx, "社区（村）"), Width: 14}, {Title: ui.T(ctx, "网格")}, {Title: ui.T(ctx, "承办单位"), Width: 16},
		{Title: ui.T(ctx, "状态")}, {Title: ui.T(ctx, "紧急"), Width: 6}, {Title: ui.T(ctx, "上报时间"), Width: 17}, {Title: ui.T(ctx, "立案时间"), Width: 17},
		{Title: ui.T(ctx, "派遣时间"), Width: 17}, {Title: ui.T(ctx, "签收时间"), Width: 17}, {Title: ui.T(ctx, "办理反馈时间"), Width: 17}, {Title: ui.T(ctx, "核查通过时间"), Width: 17},
		{Title: ui.T(ctx, "结案时间"), Width: 17}, {Title: ui.T(ctx, "处置期限"), Width: 17}, {Title: ui.T(ctx, "超期"), Width: 6}, {Title: ui.T(ctx, "结案情况")},
		{Title: ui.T(ctx, "返工次数"), Width: 9}, {Title: ui.T(ctx, "诉求人")}, {Title: ui.T(ctx, "联系电话"), Width: 14},
	}
	if w.Entire {
		out = append(out, sheets.Column{Title: ui.T(ctx, "详细地址"), Width: 30}, sheets.Column{Title: ui.T(ctx, "问题描述"), Width: 60})
	}
	return out
}

// exportRow is a case with the times of its lead assignment.
type exportRow struct {
	Case
	DispatchedAt time.Time
	ReceivedAt   time.Time
	HandledAt    time.Time
}

// extract reads the pages of an export one after the other.
type extract struct {
	Wish
	page   [][]any   // read and not written yet
	lastAt time.Time // of the last row read
	lastID uuid.UUID
	rows   int
}

// next reads one page as the transaction's actor may have it now. The transaction must be a writing one when the export
// is entire. more: perhaps there is another.
func (x *extract) next(ctx context.Context, tx tenants.Tx) (more bool, err error) {
	if err := x.check(tx.Actor()); err != nil {
		return false, err
	}
	n, err := newNames(ctx, tx)
	if err != nil {
		return false, err
	}
	where, args, err := x.Filter.where(ctx, tx, x.reach(tx.Actor()))
	if err != nil {
		return false, err
	}
	if x.rows > 0 {
		where += " AND (c.reported_at, c.id) < (?, ?)"
		args = append(args, x.lastAt, x.lastID)
	}
	words := ""
	if x.Entire {
		words = "c.description, c.address, "
	}
	var rows []exportRow
	err = tx.Raw(`SELECT `+words+`c.id, c.number, c.upper_no, c.title, c.petitioner, c.phone, c.class, c.channel, c.community, c.grid, c.stage,
			c.unit, c.urgent, c.late, c.confidential, c.outcome, c.reworks, c.reported_at, c.filed_at, c.due_at, c.checked_at, c.closed_at,
			a.dispatched_at, a.received_at, a.handled_at
		FROM cases c LEFT JOIN LATERAL (SELECT dispatched_at, received_at, handled_at FROM assignments
			WHERE tenant_id = c.tenant_id AND case_id = c.id AND role = 'lead' AND state <> 'returned') a ON true
		WHERE `+where+` ORDER BY c.reported_at DESC, c.id DESC LIMIT ?`, append(args, exportPage)...).Scan(ctx, &rows)
	if err != nil {
		return false, fmt.Errorf("page of an export: %w", err)
	}
	if x.rows+len(rows) > exportMost {
		return false, errExportMost()
	}
	var seen []uuid.UUID
	for i := range rows {
		r := &rows[i]
		cells, err := x.cells(n, r)
		if err != nil {
			return false, err
		}
		x.page = append(x.page, cells)
		if x.Entire && !r.Confidential {
			seen = append(seen, r.ID)
		}
		x.lastAt, x.lastID = r.ReportedAt, r.ID
	}
	x.rows += len(rows)
	if err := tx.LookedAll(ctx, tenants.Look{Object: "case", Fields: disclosed, Purpose: x.Purpose}, seen); err != nil {
		return false, err
	}
	return len(rows) == exportPage, nil
}

// write writes what was read, after its looks are committed.
func (x *extract) write(out *sheets.Writer) error {
	for _, cells := range x.page {
		if err := out.Row(cells...); err != nil {
			return err
		}
	}
	x.page = x.page[:0]
	return nil
}

func (x *extract) cells(n names, r *exportRow) ([]any, error) {
	w, err := r.Open(n.box)
	if err != nil {
		return nil, err
	}
	yes := func(b bool) string {
		if b {
			return ui.T(n.ctx, "是")
		}
		return ""
	}
	if !x.Entire {
		w.Title, w.Petitioner, w.Phone = WithoutNumbers(w.Title), mask.Name(w.Petitioner), mask.Phone(w.Phone)
	}
	if r.Confidential {
		secret := ui.T(n.ctx, "（保密）")
		w = Words{Title: WithoutNumbers(w.Title), Petitioner: secret, Phone: secret, Address: secret, Description: secret}
	}
	outcome := ""
	if r.Outcome != "" {
		outcome = ui.T(n.ctx, outcomeTitles[r.Outcome])
	}
	cells := []any{
		r.Number, r.UpperNo, w.Title, n.class(r.Class), n.channel(r.Channel), n.unit(r.Community), r.Grid, n.unit(r.Unit), n.state(r.Stage).Text, yes(r.Urgent),
		r.ReportedAt, r.FiledAt, r.DispatchedAt, r.ReceivedAt, r.HandledAt, r.CheckedAt, r.ClosedAt, r.DueAt, yes(r.Late || r.Outcome == Overdue), outcome,
		int(r.Reworks), w.Petitioner, w.Phone,
	}
	if x.Entire {
		cells = append(cells, w.Address, w.Description)
	}
	return cells, nil
}

// numbers are phone and identity numbers in running text.
var numbers = regexp.MustCompile(`[1-9][0-9]{14}(?:[0-9]{2}[0-9Xx])?|1[3-9][0-9]{9}|0[0-9]{2,3}[- ]?[0-9]{7,8}`)

// WithoutNumbers hides numbers that tell who somebody is. Names in running text stay: the desk shows them too.
func WithoutNumbers(s string) string {
	return numbers.ReplaceAllStringFunc(s, func(m string) string {
		if len(m) >= 15 {
			return mask.IDNumber(m)
		}
		return mask.Phone(m)
	})
}

func errExportMost() error {
	return fault.New(fault.Invalid, "符合条件的案卷超过 50,000 件，请缩小上报日期范围，分次导出")
}
