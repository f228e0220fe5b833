package vendor

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"wanjie/app/web"
	"wanjie/billing"
	view "wanjie/templates/fleet"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// monthsBack is how many months the page offers.
const monthsBack = 12

// month is the month asked, the present one if none is.
func month(ctx context.Context, r *web.Request) (string, error) {
	m := r.Text("month")
	if m == "" {
		return thisMonth(ctx).Format("2006-01"), nil
	}
	if _, err := time.Parse("2006-01", m); err != nil {
		return m, billing.ErrMonth
	}
	return m, nil
}

// months are those that the page offers, and the one asked.
func months(ctx context.Context, asked string) (out []ui.Option) {
	for i := range monthsBack {
		m := thisMonth(ctx).AddDate(0, -i, 0).Format("2006-01")
		out = append(out, ui.Option{Value: m, Label: m})
	}
	if !slices.ContainsFunc(out, func(o ui.Option) bool { return o.Value == asked }) {
		out = append(out, ui.Option{Value: asked, Label: asked})
	}
	return out
}

// columns are the meters as the table has them, and the column of each by its code.
func (c *console) columns() (meters []view.Meter, at map[string]int) {
	at = map[string]int{}
	for i, m := range c.Meters {
		meters, at[m.Code] = append(meters, view.Meter{Code: m.Code, Name: m.Name, Unit: m.Unit, Once: m.Once}), i
	}
	return meters, at
}

// put writes quantities into their columns. Meters of a newer binary have none.
func put(rows map[int32][]int64, at map[string]int, list []billing.Usage) {
	for _, u := range list {
		i, ok := at[u.Meter]
		if !ok {
			continue
		}
		if rows[u.TenantID] == nil {
			rows[u.TenantID] = make([]int64, len(at))
		}
		rows[u.TenantID][i] += u.Qty
	}
}

// usage is a page of tenants with what they used in a month. Only the sums of the month are read, and
// of those, line by line, the page's alone.
func (c *console) usage(ctx context.Context, r *web.Request) (web.Reply, error) {
	m, err := month(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	f := filterOf(r)
	f.state = ""
	u := view.Usage{Month: m, Months: months(ctx, m), Query: f.query}
	var at map[string]int
	u.Meters, at = c.columns()
	u.Totals = make([]int64, len(u.Meters))
	for _, placement := range c.DB.Placements() {
		var list []billing.Total
		err := c.DB.Vendor(ctx, placement, func(ctx context.Context, tx tenants.VendorTx) (err error) {
			list, err = billing.Totals(ctx, tx, m)
			return err
		})
		if err != nil {
			return web.Reply{}, err
		}
		for _, t := range list {
			if i, ok := at[t.Meter]; ok {
				u.Totals[i] += t.Qty
				u.Used = u.Used || t.Tenants > 0
			}
		}
	}
	u.Pages = ui.Pages{Number: f.page, Size: perPage, Path: r.Path("/usage"), List: "usage", Query: url.Values{"month": {m}}}
	if f.query != "" {
		u.Pages.Query.Set("q", f.query)
	}
	var list []street
	if u.Used {
		err = c.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) (err error) {
			list, u.Pages.Total, err = opened(ctx, tx, f, perPage)
			return err
		})
		if err != nil {
			return web.Reply{}, err
		}
	}
	rows := map[int32][]int64{}
	err = c.atPlaces(ctx, list, func(ctx context.Context, tx tenants.VendorTx, ids []int32) error {
		used, err := billing.MonthOf(ctx, tx, m, ids)
		put(rows, at, used)
		return err
	})
	if err != nil {
		return web.Reply{}, err
	}
	for _, s := range list {
		qty := rows[s.TenantID]
		if qty == nil {
			qty = make([]int64, len(at))
		}
		u.Rows = append(u.Rows, view.UsageRow{ID: s.TenantID, Name: s.Name, Path: pathOf(s), Qty: qty})
	}
	return web.Page(ui.T(ctx, "用量"), view.UsageView(u)), nil
}

// usageOf is one tenant's month day by day: the days that a bill is computed from.
func (c *console) usageOf(ctx context.Context, r *web.Request) (web.Reply, error) {
	d, err := c.days(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	d.Months = months(ctx, d.Month)
	return web.Page(ui.T(ctx, "%s用量", d.Name), view.UsageDaysView(d)).
		Under(web.Crumb(ui.T(ctx, "用量"), r.Path("/usage")+"?"+url.Values{"month": {d.Month}}.Encode()), web.Crumb(d.Name, "")), nil
}

func (c *console) days(ctx context.Context, r *web.Request) (d view.UsageDays, err error) {
	s, err := c.pick(ctx, r)
	if err != nil {
		return d, err
	}
	d = view.UsageDays{ID: s.TenantID, Name: s.Name, Path: pathOf(s)}
	if d.Month, err = month(ctx, r); err != nil {
		return d, err
	}
	var at map[string]int
	d.Meters, at = c.columns()
	d.Totals = make([]int64, len(at))
	var list []billing.Day
	err = c.DB.Vendor(ctx, s.Placement, func(ctx context.Context, tx tenants.VendorTx) (err error) {
		list, err = billing.Days(ctx, tx, d.Month, s.id())
		return err
	})
	if err != nil {
		return d, err
	}
	for _, u := range list {
		i, ok := at[u.Meter]
		if !ok {
			continue
		}
		if n := len(d.Rows); n == 0 || d.Rows[n-1].Day != u.Day {
			d.Rows = append(d.Rows, view.UsageDay{Day: u.Day, Qty: make([]int64, len(at))})
		}
		d.Rows[len(d.Rows)-1].Qty[i] += u.Qty
		d.Totals[i] += u.Qty
	}
	return d, nil
}

// exportUsage answers the month as CSV: a line for each tenant that used anything and each meter, of the
// tenants that are searched or of all.
func (c *console) exportUsage(ctx context.Context, r *web.Request) (web.Reply, error) {
	m, err := month(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	f := filter{query: r.Text("q"), page: 1}
	var list []street
	err = c.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) (err error) {
		list, _, err = opened(ctx, tx, f, everybody)
		return err
	})
	if err != nil {
		return web.Reply{}, err
	}
	_, at := c.columns()
	rows := map[int32][]int64{}
	for _, placement := range c.DB.Placements() {
		err := c.DB.Vendor(ctx, placement, func(ctx context.Context, tx tenants.VendorTx) error {
			used, err := billing.Month(ctx, tx, m)
			put(rows, at, used)
			return err
		})
		if err != nil {
			return web.Reply{}, err
		}
	}
	lines := [][]string{{ui.T(ctx, "月份"), ui.T(ctx, "租户编号"), ui.T(ctx, "租户名称"), ui.T(ctx, "所在地"), ui.T(ctx, "计量表"), ui.T(ctx, "数量"), ui.T(ctx, "计量单位")}}
	for _, s := range list {
		for i, n := range rows[s.TenantID] {
			if n != 0 {
				lines = append(lines, []string{m, strconv.Itoa(int(s.TenantID)), plain(s.Name), pathOf(s), c.Meters[i].Code, strconv.FormatInt(n, 10), ui.T(ctx, c.Meters[i].Unit)})
			}
		}
	}
	return asCSV("usage-"+m+".csv", lines)
}

// everybody is more tenants than a deployment has.
const everybody = 1_000_000

// exportDays answers one tenant's month as CSV, a line for each day and meter.
func (c *console) exportDays(ctx context.Context, r *web.Request) (web.Reply, error) {
	d, err := c.days(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	lines := [][]string{{ui.T(ctx, "日期"), ui.T(ctx, "租户编号"), ui.T(ctx, "租户名称"), ui.T(ctx, "计量表"), ui.T(ctx, "数量"), ui.T(ctx, "计量单位")}}
	for _, day := range d.Rows {
		for i, n := range day.Qty {
			if n != 0 {
				lines = append(lines, []string{day.Day, strconv.Itoa(int(d.ID)), plain(d.Name), c.Meters[i].Code, strconv.FormatInt(n, 10), ui.T(ctx, c.Meters[i].Unit)})
			}
		}
	}
	return asCSV(fmt.Sprintf("usage-%d-%s.csv", d.ID, d.Month), lines)
}

// asCSV is a file in UTF-8 with a mark, as Excel expects of Chinese ones.
func asCSV(name string, lines [][]string) (web.Reply, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	if err := w.WriteAll(lines); err != nil {
		return web.Reply{}, err
	}
	return web.File(name, "text/csv; charset=utf-8", b.Bytes()), nil
}

// plain keeps a spreadsheet from running a name as a formula.
func plain(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t", rune(s[0])) {
		return "'" + s
	}
	return s
}
