package orders

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/xuri/excelize/v2"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Upload is a file and how it is to be read.
type Upload struct {
	Map       Map
	Raw       []byte
	Otherwise string // class of rows whose own is not known here; empty: they are refused
	DryRun    bool   // check everything, write nothing
}

// Problem is why a row was not taken in. It repeats nothing of the row but its number.
type Problem struct {
	Line    int
	UpperNo string
	Column  string // of the file; empty: the row as a whole
	Say     string // a catalogue key
}

// Result is what an upload did, or with a dry run would do.
type Result struct {
	Read     int
	Fresh    int // taken in now
	Existing int // here already, by channel and number
	Problems []Problem
}

// Take takes in the orders of a file. It is fault.Forbidden without the capability to accept reports, and
// fault.Invalid for a file that cannot be read at all. Uploads of a channel follow one after the other: an order that
// two of them bring is taken in once.
func Take(ctx context.Context, tx tenants.Tx, in Upload) (Result, error) {
	if !tx.Actor().Trusted() && !auth.CanSomewhere(tx.Actor(), auth.CasesAccept) {
		return Result{}, fault.New(fault.Forbidden, "您没有进行此操作的权限")
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return Result{}, err
	}
	rd, rows, err := open(ctx, tx, cfg, in)
	if err != nil {
		return Result{}, err
	}
	if !in.DryRun {
		if _, err := tx.Next(ctx, "orders "+in.Map.Channel); err != nil { // held until the commit
			return Result{}, err
		}
	}
	read := make([]*cases.Intake, len(rows))
	out := Result{Read: len(rows)}
	var numbers []string
	for i, r := range rows {
		intake, problem := rd.read(r)
		if problem == nil {
			problem = rd.hold(ctx, tx, r, intake)
		}
		if problem != nil {
			out.Problems = append(out.Problems, *problem)
			continue
		}
		read[i] = intake
		numbers = append(numbers, intake.UpperNo)
	}
	here, err := known(ctx, tx, in.Map.Channel, numbers)
	if err != nil {
		return Result{}, err
	}
	for _, intake := range read {
		switch {
		case intake == nil:
		case here[intake.UpperNo]:
			out.Existing++
		default:
			here[intake.UpperNo] = true // the file may repeat itself
			out.Fresh++
			if in.DryRun {
				continue
			}
			if _, err := cases.Report(ctx, tx, *intake); err != nil {
				return Result{}, fmt.Errorf("order %s: %w", intake.UpperNo, err)
			}
		}
	}
	return out, nil
}

// known are those of the numbers that the channel has brought before.
func known(ctx context.Context, tx tenants.Tx, channel string, numbers []string) (map[string]bool, error) {
	var found []string
	err := tx.Raw(`SELECT upper_no FROM cases WHERE tenant_id = ? AND channel = ? AND upper_no <> '' AND upper_no = ANY (?)`,
		int32(tx.ID()), channel, pgdialect.Array(numbers)).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("orders of %s: %w", channel, err)
	}
	out := make(map[string]bool, len(found))
	for _, n := range found {
		out[n] = true
	}
	return out, nil
}

// reader understands the rows of one file.
type reader struct {
	Upload
	cfg         *blueprint.Config
	at          map[string]int // column → place
	titles      map[string]string
	communities map[string]string // name → code
	now         time.Time
	names       map[string]string // field of a report → column of the file
}

func open(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config, in Upload) (*reader, []line, error) {
	if ch, ok := cfg.Channels.Find(in.Map.Channel); !ok || ch.Retired || !ch.Upper {
		return nil, nil, fault.Field("map", ui.Key("本街道没有启用这个渠道"))
	}
	if k, ok := cfg.Classes.Find(in.Otherwise); in.Otherwise != "" && (!ok || k.Retired) {
		return nil, nil, fault.Field("otherwise", ui.Key("请选择类别"))
	}
	header, rows, err := table(in.Raw)
	if err != nil {
		return nil, nil, err
	}
	rd := &reader{Upload: in, cfg: cfg, at: map[string]int{}, titles: map[string]string{}, communities: map[string]string{}, now: clock.Now(ctx), names: map[string]string{}}
	for i, h := range header {
		if _, twice := rd.at[h]; !twice {
			rd.at[h] = i
		}
	}
	for _, must := range [][]string{in.Map.Columns.UpperNo, in.Map.Columns.Description} {
		if rd.column(must) == "" {
			return nil, nil, fault.New(fault.Invalid, "文件缺少“%s”这一列，请核对所选的来单格式", must[0]).And("file", ui.Key("表头与所选格式不符"))
		}
	}
	for _, k := range cfg.Classes.All() {
		if _, twice := rd.titles[k.Title]; !twice && !k.Retired {
			rd.titles[k.Title] = k.Key
		}
	}
	for _, u := range cfg.UnitsWithin(tx.Tenant().Codes...) {
		if u.Kind == blueprint.Community {
			for _, name := range []string{u.Key, u.Name, u.Short} {
				rd.communities[name] = u.Key
			}
		}
	}
	delete(rd.communities, "")
	c := in.Map.Columns
	for field, columns := range map[string][]string{
		"upper_no": c.UpperNo, "title": c.Title, "description": c.Description, "class": c.Classes, "petitioner": c.Petitioner, "phone": c.Phone,
		"address": c.Address, "community": c.Community, "lon": c.Lon, "lat": c.Lat, "upper_due": c.UpperDue, "reported_at": c.ReportedAt,
	} {
		rd.names[field] = rd.column(columns)
	}
	return rd, rows, nil
}

// column is the first of the names that the file has.
func (rd *reader) column(names []string) string {
	for _, n := range names {
		if _, ok := rd.at[n]; ok {
			return n
		}
	}
	return ""
}

func (rd *reader) cell(r line, names []string) string {
	i, ok := rd.at[rd.column(names)]
	if !ok || i >= len(r.cells) {
		return ""
	}
	return r.cells[i]
}

// read understands a row, or says what is wrong with it.
func (rd *reader) read(r line) (*cases.Intake, *Problem) {
	c := rd.Map.Columns
	in := &cases.Intake{
		ID: tenants.NewID(), Channel: rd.Map.Channel, UpperNo: rd.cell(r, c.UpperNo),
		Confidential: slices.Contains(rd.Map.Yes, rd.cell(r, c.Confidential)), Urgent: slices.Contains(rd.Map.Yes, rd.cell(r, c.Urgent)),
		Words: cases.Words{Title: rd.cell(r, c.Title), Description: rd.cell(r, c.Description), Address: rd.cell(r, c.Address), Petitioner: rd.cell(r, c.Petitioner), Phone: rd.cell(r, c.Phone)},
	}
	no := func(field, say string) (*cases.Intake, *Problem) {
		return nil, &Problem{r.n, in.UpperNo, rd.names[field], say}
	}
	if in.UpperNo == "" {
		return no("upper_no", ui.Key("没有来单编号"))
	}
	if in.Class = rd.class(r); in.Class == "" {
		return no("class", ui.Key("分类与本街道的类别对不上，请选择归入哪一类，或先在街道管理中增加"))
	}
	if name := rd.cell(r, c.Community); name != "" {
		if in.Community = rd.communities[name]; in.Community == "" {
			return no("community", ui.Key("不是本街道的社区（村）"))
		}
	}
	var ok bool
	if in.ReportedAt, ok = moment(rd.cell(r, c.ReportedAt)); !ok {
		return no("reported_at", ui.Key("日期时间无法识别，应如 2026-09-28 15:04"))
	}
	if in.ReportedAt.IsZero() || in.ReportedAt.After(rd.now) {
		in.ReportedAt = rd.now
	}
	if in.UpperDue, ok = moment(rd.cell(r, c.UpperDue)); !ok {
		return no("upper_due", ui.Key("日期时间无法识别，应如 2026-09-28 15:04"))
	}
	if in.UpperDue.IsZero() { // the order should say; where it does not, the street's usual limit holds
		var err error
		if in.UpperDue, err = cases.Due(in.ReportedAt, rd.cfg.Limit("upper.default_limit", blueprint.Limit{Value: 5, Unit: blueprint.WorkingDay}), cases.CalendarOf(rd.cfg)); err != nil {
			return no("upper_due", ui.Key("无法计算上级期限"))
		}
	} else if !in.UpperDue.After(in.ReportedAt) {
		return no("upper_due", ui.Key("办理期限早于来单时间"))
	}
	for _, p := range []struct {
		field string
		names []string
		to    **float64
	}{{"lon", c.Lon, &in.Lon}, {"lat", c.Lat, &in.Lat}} {
		if text := rd.cell(r, p.names); text != "" {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return no(p.field, ui.Key("经纬度应为数字"))
			}
			*p.to = &v
		}
	}
	return in, nil
}

// class is the row's class: of the same name here, else by the kind of request, else the one chosen for the rest.
func (rd *reader) class(r line) string {
	for _, name := range rd.Map.Columns.Classes {
		if key, ok := rd.titles[rd.cell(r, []string{name})]; ok {
			return key
		}
	}
	if code := rd.Map.Types[rd.cell(r, rd.Map.Columns.Type)]; code != "" {
		if m, ok := rd.cfg.MapClass(rd.Map.Channel+"-type", code); ok {
			return m.Class.Key
		}
	}
	return rd.Otherwise
}

// hold holds a report to the rules of every report.
func (rd *reader) hold(ctx context.Context, tx tenants.Tx, r line, in *cases.Intake) *Problem {
	f := fault.Of(cases.Acceptable(ctx, tx, in))
	if f == nil {
		return nil
	}
	for _, field := range slices.Sorted(maps.Keys(f.Fields)) {
		return &Problem{r.n, in.UpperNo, rd.names[field], f.Fields[field]}
	}
	return &Problem{r.n, in.UpperNo, "", f.Say}
}

// layouts are the ways in which platforms write a moment, by the clock of Asia/Shanghai.
var layouts = []string{"2006-1-2 15:04:05", "2006-1-2 15:04", "2006/1/2 15:04:05", "2006/1/2 15:04", "2006年1月2日 15:04", "2006-01-02T15:04:05", time.RFC3339}

// days are the ways in which they write a day; a deadline on a day is its end.
var days = []string{"2006-1-2", "2006/1/2", "2006年1月2日"}

// moment reads one; empty is the zero time. Excel's number of days is one too.
func moment(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, s, clock.Zone); err == nil {
			return t.UTC(), true
		}
	}
	for _, layout := range days {
		if t, err := time.ParseInLocation(layout, s, clock.Zone); err == nil {
			return t.AddDate(0, 0, 1).Add(-time.Minute).UTC(), true
		}
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || !(n >= 36_526 && n < 73_051) { // 2000 to 2099
		return time.Time{}, false
	}
	t, err := excelize.ExcelDateToTime(n, false)
	if err != nil {
		return time.Time{}, false
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, clock.Zone).UTC(), true
}
