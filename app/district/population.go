package district

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/district"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// What figures per 10,000 residents are reckoned by is the district's to say: it has the register and the census. This is the
// one place where it is entered; the vendor sees it and does not.

// resided is a street with its newest figure; Residents is 0 where none was entered.
type resided struct {
	TenantID  int32
	Slug      string
	Name      string
	Residents int64
	Source    string
	AsOf      string
	Person    int64
	At        time.Time
}

func streetsOf(ctx context.Context, tx tenants.DistrictTx) (out []resided, err error) {
	err = tx.Raw(`SELECT t.tenant_id, t.slug, t.name, coalesce(p.residents, 0) AS residents, coalesce(p.source, '') AS source, coalesce(p.as_of::text, '') AS as_of,
			coalesce(p.person, 0) AS person, coalesce(p.at, 'epoch') AS at
		FROM tenants t LEFT JOIN LATERAL (SELECT * FROM populations WHERE tenant_id = t.tenant_id ORDER BY as_of DESC, at DESC LIMIT 1) p ON true
		WHERE t.district = ? AND t.kind = 'street' AND t.state NOT IN ('opening', 'closed') ORDER BY t.tenant_id`, tx.District()).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("populations of district %d: %w", tx.District(), err)
	}
	return out, nil
}

// entries are the newest fifty figures that anybody entered, also those that were put right since.
func entries(ctx context.Context, tx tenants.DistrictTx) (out []resided, err error) {
	err = tx.Raw(`SELECT t.name, p.residents, p.source, p.as_of::text AS as_of, p.person, p.at FROM populations p JOIN tenants t USING (tenant_id)
		WHERE p.district = ? ORDER BY p.at DESC, p.tenant_id LIMIT 50`, tx.District()).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("entered populations of district %d: %w", tx.District(), err)
	}
	return out, nil
}

// mayPeople: a bureau's officer sees a line of the district and has nothing to say of its streets.
func mayPeople(r *web.Request) error {
	if r.Line != nil {
		return errNoPage()
	}
	return nil
}

func populations(ctx context.Context, tx tenants.DistrictTx, r *web.Request) (web.Reply, error) {
	if err := mayPeople(r); err != nil {
		return web.Reply{}, err
	}
	list, err := streetsOf(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	return people(ctx, tx, r, list, nil)
}

// people is the page; refused is what is wrong with the form that was sent.
func people(ctx context.Context, tx tenants.DistrictTx, r *web.Request, list []resided, refused *fault.Error) (web.Reply, error) {
	entered, err := entries(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.People{Path: r.Path("/populations"), Guard: r.Guard(), May: r.May(auth.PeopleCount), AsOf: r.Text("as_of"), Source: r.Text("source"), Errors: map[string]string{}}
	for _, s := range list {
		row := s.row(ctx)
		row.Field, row.Typed = field(s), r.Text(field(s))
		p.Streets = append(p.Streets, row)
	}
	for _, s := range entered {
		p.Entered = append(p.Entered, s.row(ctx))
	}
	reply := web.Page(ui.T(ctx, "常住人口"), view.PeoplePage(&p)).Under(web.Crumb(ui.T(ctx, "运行总览"), r.Base), web.Crumb(ui.T(ctx, "常住人口"), ""))
	if refused != nil {
		p.Say = ui.T(ctx, refused.Say)
		for name, say := range refused.Fields {
			p.Errors[name] = ui.T(ctx, say)
		}
		reply = reply.Status(refused.Kind.Status())
	}
	return reply, nil
}

// row is a figure as a line of a table shows it.
func (s resided) row(ctx context.Context) view.Resided {
	row := view.Resided{Name: s.Name}
	if s.Residents > 0 {
		row.Residents, row.Source, row.AsOf, row.At = ui.Number(s.Residents), s.Source, s.AsOf, ui.Time(s.At)
		row.By = ui.T(ctx, "工号 %d", s.Person) // names of officers stand with the sign-in service alone
		if s.Person == tenants.System {
			row.By = ui.T(ctx, "系统")
		}
	}
	return row
}

// field is the name of a street's figure in the form.
func field(s resided) string { return "residents-" + s.Slug }

// enter writes down the figures that were filled in, all of one day and from one source. The same day entered again is put
// right; a field left empty leaves what is there.
func enter(ctx context.Context, tx tenants.DistrictTx, r *web.Request) (web.Reply, error) {
	list, err := streetsOf(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	var f fault.Problems
	f.Need("source", r.Text("source"), 100)
	day, err := time.ParseInLocation(time.DateOnly, r.Text("as_of"), clock.Zone)
	if err != nil || day.After(clock.Now(ctx)) {
		f.Add("as_of", "请填写人口数所属的日期，不晚于今天")
	}
	figures := map[int32]int64{}
	for _, s := range list {
		text := strings.ReplaceAll(r.Text(field(s)), ",", "")
		if text == "" {
			continue
		}
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil || n <= 0 {
			f.Add(field(s), "请填写人数，如 85210")
		}
		figures[s.TenantID] = n
	}
	if len(figures) == 0 && len(list) > 0 {
		f.Add(field(list[0]), "请至少填写一个街道的人数")
	}
	if f.Found != nil {
		return people(ctx, tx, r, list, f.Found)
	}
	if err := Enter(ctx, tx, r.Visitor.Person, r.Text("as_of"), r.Text("source"), figures); err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/populations"), "已保存"), nil
}

// Enter writes down how many live in each tenant, by its number, on a day (2006-01-02). What was entered for that day before
// stays and no longer counts. PostgreSQL refuses those of another district.
func Enter(ctx context.Context, tx tenants.DistrictTx, person int64, asOf, source string, figures map[int32]int64) error {
	for tenant, n := range figures {
		_, err := tx.Raw("INSERT INTO populations (tenant_id, as_of, residents, source, district, person, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
			tenant, asOf, n, source, tx.District(), person, clock.Now(ctx)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("population of tenant %d: %w", tenant, err)
		}
	}
	return nil
}
