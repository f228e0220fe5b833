package district

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"wanjie/app/docs"
	"wanjie/app/web"
	"wanjie/jobs"
	view "wanjie/templates/district"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Monthly comes round every hour and keeps the last month's report of each district that has none yet: in the first hour of
// the month, or once the figures have caught up.
func Monthly() jobs.Periodic {
	return jobs.Periodic{Every: time.Hour, After: 10 * time.Minute, Home: true, Kind: jobs.Kind{Name: "district.month", Queue: jobs.Bulk, Timeout: 30 * time.Minute, Outside: keepAll}}
}

func keepAll(ctx context.Context, env jobs.Env, _ json.RawMessage) error {
	var all []int32
	err := env.DB.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		return tx.Raw("SELECT DISTINCT district FROM ctl.directory WHERE kind = 'street' AND state NOT IN ('opening', 'closed') ORDER BY 1").Scan(ctx, &all)
	})
	if err != nil {
		return fmt.Errorf("districts with a month to keep: %w", err)
	}
	var failed []error // one district's trouble is not the next one's
	for _, district := range all {
		failed = append(failed, env.DB.DistrictWrite(ctx, district, func(ctx context.Context, tx tenants.DistrictTx) error {
			_, err := KeepMonth(ctx, tx)
			return err
		}))
	}
	return errors.Join(failed...)
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
