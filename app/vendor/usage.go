package vendor

import (
	"bytes"
	"context"
	"encoding/csv"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wanjie/app/web"
	"wanjie/billing"
	view "wanjie/templates/fleet"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// monthsBack is how many months the page offers.
const monthsBack = 12

// metered reads everybody's usage of the month asked, all placements together.
func (c *console) metered(ctx context.Context, r *web.Request) (month string, rows []view.UsageRow, totals []int64, err error) {
	if month = r.Text("month"); month == "" {
		month = thisMonth(ctx).Format("2006-01")
	}
	at := map[string]int{}
	for i, m := range c.Meters {
		at[m.Code] = i
	}
	of := map[int32][]int64{}
	totals = make([]int64, len(c.Meters))
	for _, placement := range c.DB.Placements() {
		var list []billing.Usage
		err := c.DB.Vendor(ctx, placement, func(ctx context.Context, tx tenants.VendorTx) (err error) {
			list, err = billing.Month(ctx, tx, month)
			return err
		})
		if err != nil {
			return month, nil, nil, err
		}
		for _, u := range list {
			i, ok := at[u.Meter]
			if !ok {
				continue // of a newer binary
			}
			if of[u.TenantID] == nil {
				of[u.TenantID] = make([]int64, len(c.Meters))
			}
			of[u.TenantID][i] += u.Qty
			totals[i] += u.Qty
		}
	}
	names, err := c.namesOf(ctx, slices.Sorted(maps.Keys(of)))
	if err != nil {
		return month, nil, nil, err
	}
	for _, id := range slices.Sorted(maps.Keys(of)) {
		rows = append(rows, view.UsageRow{ID: id, Name: names[id].Name, Path: pathOf(names[id]), Qty: of[id]})
	}
	return month, rows, totals, nil
}

func (c *console) usage(ctx context.Context, r *web.Request) (web.Reply, error) {
	month, rows, totals, err := c.metered(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	u := view.Usage{Month: month, Query: r.Text("q"), Totals: totals}
	for _, m := range c.Meters {
		u.Meters = append(u.Meters, view.Meter{Code: m.Code, Name: m.Name, Unit: m.Unit})
	}
	for i := range monthsBack {
		m := thisMonth(ctx).AddDate(0, -i, 0).Format("2006-01")
		u.Months = append(u.Months, ui.Option{Value: m, Label: m})
	}
	if u.Query != "" {
		rows = slices.DeleteFunc(rows, func(r view.UsageRow) bool {
			return !strings.Contains(r.Name, u.Query) && !strings.Contains(r.Path, u.Query)
		})
	}
	page := max(1, r.Int("page", 1))
	u.Pages = ui.Pages{Number: page, Size: perPage, Total: len(rows), Path: r.Path("/usage"), List: "usage", Query: url.Values{"month": {month}}}
	if u.Query != "" {
		u.Pages.Query.Set("q", u.Query)
	}
	from := min((page-1)*perPage, len(rows))
	u.Rows = rows[from:min(from+perPage, len(rows))]
	return web.Page(ui.T(ctx, "用量"), view.UsageView(u)), nil
}

// exportUsage answers the month as CSV: a line for each tenant and meter, as invoices are computed.
func (c *console) exportUsage(ctx context.Context, r *web.Request) (web.Reply, error) {
	month, rows, _, err := c.metered(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	line := func(cells ...string) { _ = w.Write(cells) } // a buffer does not fail; w.Error says so
	line(ui.T(ctx, "月份"), ui.T(ctx, "租户编号"), ui.T(ctx, "租户名称"), ui.T(ctx, "计量表"), ui.T(ctx, "数量"), ui.T(ctx, "计量单位"))
	for _, row := range rows {
		for i, m := range c.Meters {
			if row.Qty[i] != 0 {
				line(month, strconv.Itoa(int(row.ID)), plain(row.Name), m.Code, strconv.FormatInt(row.Qty[i], 10), ui.T(ctx, m.Unit))
			}
		}
	}
	w.Flush()
	return web.File("usage-"+month+".csv", "text/csv; charset=utf-8", b.Bytes()), w.Error()
}

// plain keeps a spreadsheet from running a name as a formula.
func plain(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t", rune(s[0])) {
		return "'" + s
	}
	return s
}
