package resident

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/resident"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

func (d *desk) me(ctx context.Context, tx tenants.Tx, r *web.Request, me *Resident) (web.Reply, error) {
	return d.mePage(ctx, tx, r, me, nil)
}

func (d *desk) mePage(ctx context.Context, tx tenants.Tx, r *web.Request, me *Resident, f *fault.Error) (web.Reply, error) {
	box, err := tx.Box(ctx)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Me{Form: form(ctx, r, f), Base: r.Base, Since: me.JoinedAt, Version: NoticeVersion}
	if p.Name, p.Phone, err = me.Open(box); err != nil {
		return web.Reply{}, err
	}
	if p.Matters, _, err = cases.MyCount(ctx, tx); err != nil {
		return web.Reply{}, err
	}
	consents, err := Consents(ctx, tx, me.Person)
	if err != nil {
		return web.Reply{}, err
	}
	living := map[Purpose]Consent{}
	for _, k := range consents {
		if k.WithdrawnAt.IsZero() {
			living[k.Purpose] = k
		}
	}
	for _, k := range Purposes {
		c := view.Consent{Purpose: string(k.Purpose), Title: ui.T(ctx, k.Title), About: ui.T(ctx, k.About), Fixed: k.Fixed}
		if given, ok := living[k.Purpose]; ok {
			c.Given, c.Version = given.GivenAt, given.Version
		}
		p.Consents = append(p.Consents, c)
	}
	looks, err := d.looks(ctx, tx, shownLooks)
	if err != nil {
		return web.Reply{}, err
	}
	for _, l := range looks {
		p.Looks = append(p.Looks, view.Look{At: l.At, Who: l.Who, Purpose: l.Purpose, What: l.What, Number: l.Number})
	}
	reply := web.Page(ui.T(ctx, "我的信息"), view.MePage(p)).Data(p)
	if f != nil {
		reply = reply.Status(f.Kind.Status())
	}
	return reply, nil
}

func (d *desk) call(ctx context.Context, tx tenants.Tx, r *web.Request, me *Resident) (web.Reply, error) {
	err := Call(ctx, tx, me, r.Text("name"))
	if f := refused(r, err); f != nil {
		return d.mePage(ctx, tx, r, me, f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/me"), "已保存").Or(struct{}{}), nil
}

func (d *desk) consent(ctx context.Context, tx tenants.Tx, r *web.Request, me *Resident) (web.Reply, error) {
	var err error
	if p := Purpose(r.Text("purpose")); r.Text("agree") == "yes" {
		err = Agree(ctx, tx, me, p, way(r))
	} else {
		err = Withdraw(ctx, tx, me, p)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/me"), "已保存").Or(struct{}{}), nil
}

// Held is everything that a street holds about a resident, as he takes it away.
type Held struct {
	Street   string         `json:"street"`
	At       time.Time      `json:"at"`
	Name     string         `json:"name"`
	Phone    string         `json:"phone"`
	Since    time.Time      `json:"since"`
	Elder    bool           `json:"elder_mode"`
	Contrast bool           `json:"strong_contrast"`
	Language string         `json:"language"`
	Consents []Consent      `json:"consents"`
	Matters  []Matter       `json:"matters"`
	Looks    []Seen         `json:"looks"`
	Kept     map[string]any `json:"kept,omitempty"` // by features: see Keeping
}

// Matter is one of his matters with all that he said and was told.
type Matter struct {
	Number      string      `json:"number"`
	Class       string      `json:"class"`
	State       string      `json:"state"`
	Community   string      `json:"community,omitempty"`
	Lon         *float64    `json:"lon,omitempty"` // CGCS2000
	Lat         *float64    `json:"lat,omitempty"`
	Description string      `json:"description"`
	Address     string      `json:"address,omitempty"`
	Petitioner  string      `json:"petitioner,omitempty"`
	Phone       string      `json:"phone,omitempty"`
	ReportedAt  time.Time   `json:"reported_at"`
	Record      []ui.Moment `json:"record"`
}

// Seen is one look at what tells who he is: by whom by role and unit, when, what for.
type Seen struct {
	At      time.Time `json:"at"`
	Who     string    `json:"who"`
	Purpose string    `json:"purpose"`
	What    string    `json:"what"`
	Number  string    `json:"matter,omitempty"`
}

func (d *desk) held(ctx context.Context, tx tenants.Tx, me *Resident) (h Held, err error) {
	box, err := tx.Box(ctx)
	if err != nil {
		return h, err
	}
	h = Held{Street: tx.Tenant().Name, At: clock.Now(ctx), Since: me.JoinedAt, Elder: me.Elder, Contrast: me.Contrast, Language: me.Language}
	if h.Name, h.Phone, err = me.Open(box); err != nil {
		return h, err
	}
	if h.Consents, err = Consents(ctx, tx, me.Person); err != nil {
		return h, err
	}
	mine, err := cases.Mine(ctx, tx, 0)
	if err != nil {
		return h, err
	}
	for _, c := range mine {
		w, err := c.Open(box)
		if err != nil {
			return h, err
		}
		m := Matter{Number: c.Number, Lon: c.Lon, Lat: c.Lat, Description: w.Description, Address: w.Address, Petitioner: w.Petitioner, Phone: w.Phone, ReportedAt: c.ReportedAt}
		m.State, _ = stateOf(ctx, c)
		rules, err := blueprint.ForCase(ctx, tx, c.Blueprint, c.Revision)
		if err != nil {
			return h, err
		}
		_, m.Class = tileOf(ctx, rules, c.Class)
		if c.Community != "" {
			m.Community = cases.UnitName(rules, c.Community)
		}
		events, err := cases.Record(ctx, tx, c.ID)
		if err != nil {
			return h, err
		}
		for _, e := range events {
			if said, ok := tell(ctx, rules, e); ok {
				m.Record = append(m.Record, said)
			}
		}
		h.Matters = append(h.Matters, m)
	}
	h.Kept = map[string]any{}
	for _, k := range Kept {
		if h.Kept[k.Name], err = k.Held(ctx, tx); err != nil {
			return h, err
		}
	}
	h.Looks, err = d.looks(ctx, tx, 0)
	return h, err
}

// shownLooks is how many looks are shown on the page; the file of one's own data holds them all.
const shownLooks = 200

// looks are who looked at what tells who the actor is: in what role and of which unit, never by name; the latest first, at
// most so many, 0: all.
func (d *desk) looks(ctx context.Context, tx tenants.Tx, most int) ([]Seen, error) {
	var rows []struct {
		At                      time.Time
		Actor                   int64
		Purpose, Fields, Number string
	}
	err := tx.Raw(`SELECT l.at, l.actor, l.purpose, l.fields, o.number FROM (`+ofMine()+`) o JOIN looks l ON l.tenant_id = ?0 AND l.object_id = o.id
		ORDER BY l.at DESC, l.id DESC LIMIT nullif(?2, 0)`, int32(tx.ID()), tx.Actor().Person, most).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("looks at a resident's data: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	var actors []int64
	for _, l := range rows {
		if !slices.Contains(actors, l.Actor) {
			actors = append(actors, l.Actor)
		}
	}
	var held []auth.Held
	if err := tx.Select(&held).Where("g.person IN (?)", bun.List(actors)).OrderExpr("g.made_at, g.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("roles of those who looked: %w", err)
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return nil, err
	}
	out := make([]Seen, len(rows))
	for i, l := range rows {
		out[i] = Seen{At: l.At, Number: l.Number, Purpose: ui.T(ctx, d.Words["purpose/"+l.Purpose]), What: fields(ctx, d.Words, l.Fields)}
		var who []string
		for _, g := range held {
			if g.Person != l.Actor || g.MadeAt.After(l.At) || !g.EndedAt.IsZero() && g.EndedAt.Before(l.At) {
				continue
			}
			role := ui.T(ctx, auth.Title(g.Role))
			if g.Unit != "" {
				role = cases.UnitName(cfg, g.Unit) + " " + role
			}
			if !slices.Contains(who, role) {
				who = append(who, role)
			}
		}
		if len(who) == 0 {
			who = []string{ui.T(ctx, "工作人员")}
		}
		out[i].Who = strings.Join(who, "、")
	}
	return out, nil
}

func fields(ctx context.Context, words map[string]string, list string) string {
	var out []string
	for _, f := range strings.Split(list, ",") {
		if title := words["field/"+f]; title != "" {
			f = ui.T(ctx, title)
		}
		out = append(out, f)
	}
	return strings.Join(out, "、")
}

// export gives the resident everything as a file, and writes down that it left.
func (d *desk) export(ctx context.Context, tx tenants.Tx, _ *web.Request, me *Resident) (web.Reply, error) {
	held, err := d.held(ctx, tx, me)
	if err != nil {
		return web.Reply{}, err
	}
	body, err := json.MarshalIndent(held, "", "  ")
	if err != nil {
		return web.Reply{}, err
	}
	if err := tx.Looked(ctx, tenants.Look{Object: "resident", ObjectID: me.ID, Fields: []string{"everything"}, Purpose: "own"}); err != nil {
		return web.Reply{}, err
	}
	return web.File("my-data-"+clock.Now(ctx).In(clock.Zone).Format("20060102")+".json", "application/json", body), nil
}
