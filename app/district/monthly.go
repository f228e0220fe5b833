package district

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"wanjie/app/clock"
	"wanjie/app/docs"
	"wanjie/app/web"
	"wanjie/jobs"
	view "wanjie/templates/district"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Monthly comes round every hour and keeps the reports that districts lack: in the first hour of the month, or once the
// figures have caught up.
func Monthly() jobs.Periodic {
	return jobs.Periodic{Every: time.Hour, After: 10 * time.Minute, Home: true, Kind: jobs.Kind{Name: "district.month", Queue: jobs.Bulk, Timeout: 30 * time.Minute,
		Outside: func(ctx context.Context, env jobs.Env, _ json.RawMessage) error {
			_, err := KeepMonths(ctx, env.DB, 0)
			return err
		}}}
}

// KeepMonths keeps the months that are over and that a district lacks, the oldest first, and answers how many: those since
// the last one kept, or since anything was first reported, and of the last twelve only. only: one district; 0: all.
func KeepMonths(ctx context.Context, db *tenants.DB, only int32) (kept int, err error) {
	today := clock.Day(clock.Now(ctx))
	now := today.AddDate(0, 0, 1-today.Day())
	var failed []error // one district's trouble is not the next one's
	for _, placement := range db.Placements() {
		due, err := lacking(ctx, db, placement, now)
		failed = append(failed, err)
		for _, d := range due {
			if only != 0 && d.District != only {
				continue
			}
			failed = append(failed, db.DistrictWrite(ctx, d.District, func(ctx context.Context, tx tenants.DistrictTx) error {
				for month := d.Since; month.Before(now); month = month.AddDate(0, 1, 0) {
					if ok, err := keepMonth(ctx, tx, month); err != nil || !ok {
						return err
					}
					kept++
				}
				return nil
			}))
		}
	}
	return kept, errors.Join(failed...)
}

// lack is a district without the reports of its months since.
type lack struct {
	District int32
	Since    time.Time
}

// lacking are the districts of a placement that lack a month before now. A month in which nothing happened between others is
// lacking too; a district in which nothing was ever reported lacks none.
func lacking(ctx context.Context, db *tenants.DB, placement string, now time.Time) (out []lack, err error) {
	var rows []struct {
		District int32
		Since    string
	}
	err = db.System(ctx, placement, func(ctx context.Context, tx tenants.SystemTx) error {
		return tx.Raw(`SELECT district, to_char(since, 'YYYY-MM-DD') AS since FROM (
			SELECT t.district, coalesce(
				(SELECT max(month) + interval '1 month' FROM ctl.district_months k WHERE k.district = t.district),
				(SELECT min(month) FROM tally_months y WHERE y.district = t.district AND y.dim = 'all')) AS since
			FROM (SELECT DISTINCT district FROM tenants WHERE kind = 'street' AND state NOT IN ('opening', 'closed')) t) d
			WHERE since < ? ORDER BY district`, now.Format(time.DateOnly)).Scan(ctx, &rows)
	})
	if err != nil {
		return nil, fmt.Errorf("districts that lack a month at %s: %w", placement, err)
	}
	for _, r := range rows {
		since, err := time.ParseInLocation(time.DateOnly, r.Since, clock.Zone)
		if err != nil {
			return nil, fmt.Errorf("first month of district %d: %w", r.District, err)
		}
		if yearBack := now.AddDate(-1, 0, 0); since.Before(yearBack) {
			since = yearBack
		}
		out = append(out, lack{r.District, since})
	}
	return out, nil
}

// wholeDistrict: a kept report is of the whole district, so a bureau's officer, who sees his own line, has none.
func wholeDistrict(h web.DistrictHandler) web.DistrictHandler {
	return func(ctx context.Context, tx tenants.DistrictTx, r *web.Request) (web.Reply, error) {
		if r.Line != nil {
			return web.Reply{}, errNoPage()
		}
		return h(ctx, tx, r)
	}
}

func monthList(ctx context.Context, tx tenants.DistrictTx, r *web.Request) (web.Reply, error) {
	list, err := keptMonths(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	var rows []view.MonthRow
	for _, k := range list {
		rows = append(rows, view.MonthRow{Month: k.Month, MadeAt: ui.Time(k.MadeAt), Mark: fmt.Sprintf("%x", k.Digest[:6]), Href: r.Path("/months/%s", k.Month)})
	}
	return web.Page(ui.T(ctx, "月报"), view.MonthList(rows)).Under(web.Crumb(ui.T(ctx, "运行总览"), r.Base), web.Crumb(ui.T(ctx, "月报"), "")), nil
}

func monthPage(ctx context.Context, tx tenants.DistrictTx, r *web.Request) (web.Reply, error) {
	m, err := monthOf(ctx, tx, r.PathValue("month"))
	if err != nil {
		return web.Reply{}, err
	}
	m.Path, m.All = r.Path("/months/%s", m.Month), r.Path("/months")
	return web.Page(m.Heading(ctx), view.MonthPage(m)).Under(web.Crumb(ui.T(ctx, "运行总览"), r.Base), web.Crumb(ui.T(ctx, "月报"), m.All), web.Crumb(m.Month, "")), nil
}

// monthExcel is a workbook with a sheet for each table, all its figures side by side.
func monthExcel(ctx context.Context, tx tenants.DistrictTx, r *web.Request) (web.Reply, error) {
	m, err := monthOf(ctx, tx, r.PathValue("month"))
	if err != nil {
		return web.Reply{}, err
	}
	body, err := workbook(ctx, m.Sheets()...)
	return web.File(m.Heading(ctx)+".xlsx", excelKind, body), err
}

// monthWord is the report as a document, a table under each heading.
func monthWord(ctx context.Context, tx tenants.DistrictTx, r *web.Request) (web.Reply, error) {
	m, err := monthOf(ctx, tx, r.PathValue("month"))
	if err != nil {
		return web.Reply{}, err
	}
	title, small := m.Heading(ctx), docs.Style{Size: 10.5, Small: true}
	d := docs.New(docs.Frame{Title: title, Author: m.Name, Head: m.Name, Foot: title})
	d.Title(title)
	d.Line(m.Subtitle(ctx), docs.Style{Size: 12, Align: docs.Centre, Small: true})
	for _, f := range m.Tiles(ctx) {
		d.Text("　　" + f.Label + " " + f.Value + f.Unit + "，" + f.Note)
	}
	for _, s := range m.Grouped() {
		d.Heading(s.Heading(ctx))
		d.Table(wordRows(ctx, s), 1)
	}
	d.Line(m.Kept(ctx), small)
	for _, f := range m.Definitions(ctx) {
		d.Line(f.Label+"："+f.Value, small)
	}
	d.Line(ui.T(ctx, "制表：　　　　　　　　审核：　　　　　　　　签发："), docs.Style{Size: 12})
	var body bytes.Buffer
	if err := d.WriteTo(&body, m.MadeAt); err != nil {
		return web.Reply{}, fmt.Errorf("month %s as Word: %w", m.Month, err)
	}
	return web.File(title+".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", body.Bytes()), nil
}

// wordRows is a table with its head; the name of a line has the room of two figures.
func wordRows(ctx context.Context, s view.Sheet) []docs.Row {
	head := docs.Row{}
	for i, h := range s.Head(ctx) {
		head = append(head, docs.Cell{Text: h, Head: true, Weight: weight(i)})
	}
	rows := []docs.Row{head}
	for _, cells := range grid(ctx, s) {
		row := docs.Row{}
		for i, v := range cells {
			text := fmt.Sprint(v)
			if n, ok := v.(int64); ok {
				text = ui.Number(n)
			}
			row = append(row, docs.Cell{Text: text, Weight: weight(i)})
		}
		rows = append(rows, row)
	}
	return rows
}

func weight(column int) int {
	if column == 1 {
		return 5
	}
	return 2
}
