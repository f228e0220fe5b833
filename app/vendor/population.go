package vendor

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/fleet"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// population enters how many people live in a street: the number, whose it is and of which day. The same day
// entered again is put right.
func (c *console) population(ctx context.Context, r *web.Request) (web.Reply, error) {
	s, err := c.pick(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	form := view.Population{Residents: r.Text("residents"), Source: r.Text("source"), AsOf: r.Text("as_of")}
	f := &fault.Error{Kind: fault.Invalid, Say: "请检查标红的内容"}
	n, err := strconv.ParseInt(form.Residents, 10, 32)
	if err != nil || n <= 0 {
		f.And("residents", "请填写人数，如 85210")
	}
	if chars := utf8.RuneCountInString(form.Source); chars < 2 || chars > 100 || !utf8.ValidString(form.Source) || strings.ContainsRune(form.Source, 0) {
		f.And("source", "请填写人口数的出处")
	}
	day, err := time.ParseInLocation(time.DateOnly, form.AsOf, clock.Zone)
	if err != nil || day.After(clock.Now(ctx)) {
		f.And("as_of", "请填写人口数所属的日期，不晚于今天")
	}
	if len(f.Fields) > 0 {
		form.Say, form.Errors = ui.T(ctx, f.Say), f.Fields
		return c.show(ctx, r, s, page{population: &form, status: f.Kind.Status()})
	}
	err = c.DB.Vendor(ctx, s.Placement, func(ctx context.Context, tx tenants.VendorTx) error {
		_, err := tx.Raw(`INSERT INTO populations (tenant_id, as_of, residents, source, district, person, at) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (tenant_id, as_of) DO UPDATE SET residents = excluded.residents, source = excluded.source, person = excluded.person, at = excluded.at`,
			s.TenantID, form.AsOf, n, form.Source, s.District, r.Visitor.Person, clock.Now(ctx)).Exec(ctx)
		return err
	})
	if err != nil {
		return web.Reply{}, fmt.Errorf("population of tenant %d: %w", s.TenantID, err)
	}
	return web.Done(r.Path("/streets/%d", s.TenantID), "已保存"), nil
}

// populations are a street's figures as they were entered, the newest first.
func (c *console) populations(ctx context.Context, s street) (out []view.Population, err error) {
	err = c.DB.Vendor(ctx, s.Placement, func(ctx context.Context, tx tenants.VendorTx) error {
		return tx.Raw("SELECT residents::text AS residents, source, as_of::text AS as_of FROM populations WHERE tenant_id = ? ORDER BY populations.as_of DESC LIMIT 5", s.TenantID).Scan(ctx, &out)
	})
	if err != nil {
		return nil, fmt.Errorf("populations of tenant %d: %w", s.TenantID, err)
	}
	return out, nil
}
