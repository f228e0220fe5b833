package orders

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Order is an order from above in words: as a row of a file brings it, or a call of a program. Its JSON names are also
// the names of its fields in faults.
type Order struct {
	UpperNo      string   `json:"upper_no"`
	Title        string   `json:"title"`
	Description  string   `json:"description"`
	Classes      []string `json:"classes"` // names or keys of classes, the narrowest first
	Type         string   `json:"type"`    // kind of request
	Petitioner   string   `json:"petitioner"`
	Phone        string   `json:"phone"`
	Confidential bool     `json:"confidential"`
	Urgent       bool     `json:"urgent"`
	Address      string   `json:"address"`
	Community    string   `json:"community"` // name or code
	Lon          string   `json:"lon"`
	Lat          string   `json:"lat"`
	ReportedAt   string   `json:"reported_at"`
	UpperDue     string   `json:"upper_due"`
}

// desk takes in the orders of one channel, whichever way they come.
type desk struct {
	channel     string
	types       map[string]string // kind of request → code of the scheme "<channel>-type"
	otherwise   string            // class of orders whose own is not known here; empty: they are refused
	cfg         *blueprint.Config
	classes     map[string]string // name or key → key
	communities map[string]string // name or code → code
	now         time.Time
}

// deskFor is the desk of a channel. It is fault.Forbidden without the capability to accept reports, and fault.Invalid,
// about "channel" or "otherwise", where the street does not have them.
func deskFor(ctx context.Context, tx tenants.Tx, channel string, types map[string]string, otherwise string) (*desk, error) {
	if !tx.Actor().Trusted() && !auth.CanSomewhere(tx.Actor(), auth.CasesAccept) {
		return nil, fault.New(fault.Forbidden, "您没有进行此操作的权限")
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return nil, err
	}
	if ch, ok := cfg.Channels.Find(channel); !ok || ch.Retired || !ch.Sends() {
		return nil, fault.Field("channel", ui.Key("本街道没有启用这个渠道"))
	}
	if k, ok := cfg.Classes.Find(otherwise); otherwise != "" && (!ok || k.Retired) {
		return nil, fault.Field("otherwise", ui.Key("请选择类别"))
	}
	d := &desk{channel: channel, types: types, otherwise: otherwise, cfg: cfg, classes: map[string]string{}, communities: map[string]string{}, now: clock.Now(ctx)}
	for _, k := range cfg.Classes.All() {
		if k.Retired {
			continue
		}
		d.classes[k.Key] = k.Key
		if _, twice := d.classes[k.Title]; !twice {
			d.classes[k.Title] = k.Key
		}
	}
	for _, u := range cfg.UnitsWithin(tx.Tenant().Codes...) {
		if u.Kind == blueprint.Community {
			for _, name := range []string{u.Key, u.Name, u.Short} {
				d.communities[name] = u.Key
			}
		}
	}
	delete(d.communities, "")
	return d, nil
}

// hold lets nobody else take in orders of the channel until the commit: an order that comes twice at once is one case.
func (d *desk) hold(ctx context.Context, tx tenants.Tx) error {
	_, err := tx.Next(ctx, "orders "+d.channel)
	return err
}

// fields are those of an order in the order in which people mend them.
var fields = []string{"upper_no", "class", "community", "reported_at", "upper_due", "lon", "lat", "description", "title", "petitioner", "phone", "address"}

// read understands an order and holds it to the rules of every report. What is wrong with it is a fault with its fields.
func (d *desk) read(ctx context.Context, tx tenants.Tx, o Order) (*cases.Intake, error) {
	in := &cases.Intake{
		ID: tenants.NewID(), Channel: d.channel, UpperNo: o.UpperNo, Class: d.class(o), Confidential: o.Confidential, Urgent: o.Urgent,
		Words: cases.Words{Title: o.Title, Description: o.Description, Address: o.Address, Petitioner: o.Petitioner, Phone: o.Phone},
	}
	wrong := &fault.Error{Kind: fault.Invalid, Say: "请检查标红的内容"}
	if in.UpperNo == "" {
		wrong.And("upper_no", ui.Key("没有来单编号"))
	}
	if in.Class == "" {
		wrong.And("class", ui.Key("分类与本街道的类别对不上，请选择归入哪一类，或先在街道管理中增加"))
	}
	if o.Community != "" {
		if in.Community = d.communities[o.Community]; in.Community == "" {
			wrong.And("community", ui.Key("不是本街道的社区（村）"))
		}
	}
	d.clocks(o, in, wrong)
	for _, p := range []struct {
		field, text string
		to          **float64
	}{{"lon", o.Lon, &in.Lon}, {"lat", o.Lat, &in.Lat}} {
		if p.text == "" {
			continue
		}
		v, err := strconv.ParseFloat(p.text, 64)
		if err != nil {
			wrong.And(p.field, ui.Key("经纬度应为数字"))
		}
		*p.to = &v
	}
	err := cases.Acceptable(ctx, tx, in)
	if f := fault.Of(err); f != nil {
		for field, say := range f.Fields {
			wrong.And(field, say)
		}
	} else if err != nil {
		return nil, err
	}
	if len(wrong.Fields) > 0 {
		return nil, wrong
	}
	return in, nil
}

// clocks reads when the order was made and by when it is to be done.
func (d *desk) clocks(o Order, in *cases.Intake, wrong *fault.Error) {
	var ok bool
	if in.ReportedAt, ok = moment(o.ReportedAt); !ok {
		wrong.And("reported_at", ui.Key("日期时间无法识别，应如 2026-09-28 15:04"))
	}
	if in.ReportedAt.IsZero() || in.ReportedAt.After(d.now) {
		in.ReportedAt = d.now
	}
	if in.UpperDue, ok = moment(o.UpperDue); !ok {
		wrong.And("upper_due", ui.Key("日期时间无法识别，应如 2026-09-28 15:04"))
		return
	}
	if ch, _ := d.cfg.Channels.Find(d.channel); in.UpperDue.IsZero() && ch.Upper { // the order should say; where it does not, the street's usual limit holds
		var err error
		if in.UpperDue, err = cases.Due(in.ReportedAt, d.cfg.Limit("upper.default_limit", blueprint.Limit{Value: 5, Unit: blueprint.WorkingDay}), cases.CalendarOf(d.cfg)); err != nil {
			wrong.And("upper_due", ui.Key("无法计算上级期限"))
		}
		return
	}
	if !in.UpperDue.IsZero() && !in.UpperDue.After(in.ReportedAt) {
		wrong.And("upper_due", ui.Key("办理期限早于来单时间"))
	}
}

// class is the order's class: of the same name here, else by the kind of request, else the one chosen for the rest.
func (d *desk) class(o Order) string {
	for _, name := range o.Classes {
		if key, ok := d.classes[name]; ok {
			return key
		}
	}
	if code := d.types[o.Type]; code != "" {
		if m, ok := d.cfg.MapClass(d.channel+"-type", code); ok {
			return m.Class.Key
		}
	}
	return d.otherwise
}

// known are the cases of those of the numbers that the channel has brought before; of several the newest.
func known(ctx context.Context, tx tenants.Tx, channel string, numbers []string) (map[string]cases.Case, error) {
	var found []cases.Case
	err := tx.Select(&found).Where("c.channel = ?", channel).Where("c.upper_no <> ''").Where("c.upper_no = ANY (?)", pgdialect.Array(numbers)).
		OrderExpr("c.reported_at, c.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("orders of %s: %w", channel, err)
	}
	out := make(map[string]cases.Case, len(found))
	for _, c := range found {
		out[c.UpperNo] = c
	}
	return out, nil
}

// take takes orders in that were understood; nil ones are left out. It calls done for each, saying whether it is new.
// On trial nothing is written, and the cases of new ones are nil.
func (d *desk) take(ctx context.Context, tx tenants.Tx, list []*cases.Intake, trial bool, done func(c *cases.Case, fresh bool)) error {
	var numbers []string
	for _, in := range list {
		if in != nil {
			numbers = append(numbers, in.UpperNo)
		}
	}
	here, err := known(ctx, tx, d.channel, numbers)
	if err != nil {
		return err
	}
	for _, in := range list {
		if in == nil {
			continue
		}
		if c, ok := here[in.UpperNo]; ok {
			done(&c, false)
			continue
		}
		var c *cases.Case
		if !trial {
			if c, err = cases.Report(ctx, tx, *in); err != nil {
				return fmt.Errorf("order %s: %w", in.UpperNo, err)
			}
			here[in.UpperNo] = *c // the file may repeat itself
		} else {
			here[in.UpperNo] = cases.Case{}
		}
		done(c, true)
	}
	return nil
}
