package cases

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"wanjie/app/cases/noted"
	"wanjie/app/fault"
	"wanjie/app/geo"
	"wanjie/templates/ui"
	"wanjie/tenants/blueprint"
)

// What verbs are told, and which of it is refused. Every check names the field.

// Longest texts, in characters.
const (
	longTitle = 60
	longLine  = 200
	longText  = 4000
)

// Intake is a report. Community, Address, Petitioner, Phone, UpperNo and the point may be missing.
type Intake struct {
	ID           uuid.UUID // made by the reporter, UUIDv7; zero: made here
	Channel      string
	UpperNo      string // number of the order above, for channels that have one
	Class        string
	Community    string // 12-digit code
	Lon, Lat     *float64
	Urgent       bool
	Confidential bool
	Words                     // an empty title is taken from the description
	ReportedAt   time.Time    // zero: now; not later than now
	FoundAt      time.Time    // when it was found, as the reporter's clock says; one that cannot be is left out
	UpperDue     time.Time    // deadline of the order above; zero: none
	Nature       string       // 诉求类型; may be empty
	Place        Place        // the address in its parts; empty: Words.Address has it
	Noted        noted.Values // of the class's fields at report; nil: nobody was asked for them
	Fixed        string       // 巡办一体: what was done about it there and then; empty: it is to be handled
}

func (in *Intake) check(cfg *blueprint.Config, codes []string) error {
	var f problems
	ch, ok := cfg.Channels.Find(in.Channel)
	if !ok || ch.Retired {
		f.Add("channel", ui.Key("请选择来源渠道"))
	}
	if ch.Upper && in.UpperNo == "" && in.Channel != "import" {
		f.Add("upper_no", ui.Key("上级来单请填写来单编号"))
	}
	if !in.UpperDue.IsZero() && !ch.Upper {
		f.Add("upper_due", ui.Key("只有上级来单才有上级期限"))
	}
	f.class(cfg, in.Class)
	f.community(cfg, codes, in.Community)
	f.Need("description", in.Description, longText)
	f.Fit("title", in.Title, longTitle)
	if in.Address = standard(in.Address); in.Place != (Place{}) {
		in.Place.check(&f)
		in.Address = in.Place.Line()
	}
	f.Fit("address", in.Address, longLine)
	f.Fit("subject", in.Subject, longLine)
	if _, ok := natureOf(cfg, in.Nature); !ok && in.Nature != "" {
		f.Add("nature", ui.Key("请从所列选项中选择"))
	}
	f.noted(cfg, in.Class, blueprint.AtReport, in.Noted)
	f.Fit("petitioner", in.Petitioner, longTitle)
	f.Fit("phone", in.Phone, 30)
	f.Fit("upper_no", in.UpperNo, longTitle)
	f.Fit("fixed", in.Fixed, longText)
	if in.Fixed != "" && !cfg.RouteFor(in.Channel, in.Class, in.Urgent).OnSpot {
		f.Add("fixed", ui.Key("该渠道、类别的事项不能当场办结，请不填此项，按普通上报"))
	}
	if digits := strings.Count(strings.Map(digit, in.Phone), "0"); in.Phone != "" && digits < 7 {
		f.Add("phone", ui.Key("电话号码位数不足"))
	}
	if (in.Lon == nil) != (in.Lat == nil) || in.Lon != nil && !geo.Within(*in.Lon, *in.Lat) {
		f.Add("lon", ui.Key("经纬度应在国内，且同时填写"))
	}
	if in.Title == "" {
		in.Title = cut(strings.Join(strings.Fields(in.Description), " "), 30)
	}
	return f.Fault()
}

// Filing is what is decided when a case is filed.
type Filing struct {
	Class     string // as reported or corrected; empty keeps it
	Condition string // empty: the one that fits
	Community string // empty keeps it
	Urgent    bool
	Noted     noted.Values // of the class's fields at filing; nil: nobody was asked for them
}

func (in *Filing) check(cfg *blueprint.Config, codes []string, c *Case) error {
	var f problems
	if in.Class == "" {
		in.Class = c.Class
	}
	if in.Community == "" {
		in.Community = c.Community
	}
	f.class(cfg, in.Class)
	f.community(cfg, codes, in.Community)
	if in.Condition == "" {
		in.Condition = conditionFor(cfg, in.Class, in.Urgent)
	} else if !conditionOf(cfg, in.Class, in.Condition) {
		f.Add("condition", ui.Key("该立案条件不属于所选类别"))
	}
	f.noted(cfg, in.Class, blueprint.AtFiling, in.Noted)
	return f.Fault()
}

func conditionOf(cfg *blueprint.Config, class, key string) bool {
	for _, c := range cfg.ConditionsOf(class) {
		if c.Key == key {
			return true
		}
	}
	return false
}

// Order is a dispatch.
type Order struct {
	Unit    string
	Basis   Basis
	Grounds        // what the basis needs: see check
	Expires string // 2006-01-02: until when the agreement or designation may be drawn upon; may be empty

	Helpers []string // units that co-handle, of a dispatch
}

// check also finds the row of the duty list that a statutory dispatch rests on.
func (in *Order) check(cfg *blueprint.Config, codes []string, c *Case) (duty string, err error) {
	var f problems
	if !offers(cfg, codes, in.Unit) {
		f.Add("unit", ui.Key("请选择承办单位"))
	}
	switch in.Basis {
	case Statutory:
		d, ok := dutyFor(cfg, c.Class, c.Community, in.Unit)
		if !ok {
			f.Add("unit", ui.Key("职责清单没有把该类事项列给这个单位，请改选单位，或按商定、指定派遣"))
		}
		duty = d.Key
	case Negotiated:
		f.Need("parties", in.Parties, longLine)
		f.Need("reason", in.Reason, longText)
		if outsideList(cfg, c.Class, in.Unit) {
			f.Add("unit", errOutsideList)
		}
	case Designated:
		f.Need("designator", in.Designator, longTitle)
		f.Need("ground", in.Ground, longLine)
		f.Need("reason", in.Reason, longText)
	default:
		f.Add("basis", ui.Key("请选择派遣依据"))
	}
	if in.Expires != "" {
		if _, err := time.Parse(time.DateOnly, in.Expires); err != nil {
			f.Add("expires", ui.Key("日期应如 2026-12-31"))
		}
	}
	return duty, f.Fault()
}

// mostHelpers bounds how many units co-handle with one dispatch: a case for more is a whistle's or two cases.
const mostHelpers = 10

// helpers are the orders for the co-handlers of a dispatch. Whom the duty list has for the class helps by the list; others
// on the ground that the form gives: where the lead's is statutory, by agreement.
func (in *Order) helpers(cfg *blueprint.Config, codes []string, c *Case) (out []Order, err error) {
	var f problems
	if len(in.Helpers) > mostHelpers {
		f.Add("helpers", ui.Key("协办单位过多，请只选确需协办的"))
		return nil, f.Fault()
	}
	for i, unit := range in.Helpers {
		o := Order{Unit: unit, Basis: in.Basis, Grounds: in.Grounds, Expires: in.Expires}
		_, listed := dutyFor(cfg, c.Class, c.Community, unit)
		switch {
		case listed:
			o = Order{Unit: unit, Basis: Statutory}
		case in.Basis == Statutory:
			o.Basis = Negotiated
		}
		_, err := o.check(cfg, codes, c)
		switch g := fault.Of(err); {
		case unit == in.Unit || slices.Contains(in.Helpers[:i], unit):
			f.Add("helpers", ui.Key("协办单位不能与主办单位或其他协办单位相同"))
		case g != nil && g.Fields["unit"] != "":
			f.Add("helpers", g.Fields["unit"])
		case g != nil && in.Basis == Statutory:
			f.Add("helpers", ui.Key("协办单位不在该类事项的职责清单上，请写明参与商定的单位和理由"))
			for field, say := range g.Fields {
				f.Add(field, say)
			}
		case err != nil:
			return nil, err
		}
		out = append(out, o)
	}
	return out, f.Fault()
}

// outsideList reports whether a unit is a community whose list does not have the class: nobody hands a community what is
// not on its list by agreement (北京市接诉即办工作条例, art. 17).
func outsideList(cfg *blueprint.Config, class, unit string) bool {
	u, ok := cfg.UnitOf(unit)
	if !ok || u.Kind != blueprint.Community {
		return false
	}
	_, listed := dutyFor(cfg, class, unit, unit)
	return !listed
}

var errOutsideList = ui.Key("该类事项不在社区（村）的清单上，不能商定交给社区：请改派有职责的单位；确应由社区办理的，先由街道管理员列入职责清单")

// dutyFor is the duty row by which a unit answers for a class in a community.
func dutyFor(cfg *blueprint.Config, class, community, unit string) (blueprint.Duty, bool) {
	for _, d := range cfg.DutiesOf(class) {
		if d.List != blueprint.Withdrawn && unit != "" && blueprint.Answers(d.Unit, d.UnitKind, community) == unit {
			return d, true
		}
	}
	return blueprint.Duty{}, false
}

func offers(cfg *blueprint.Config, codes []string, unit string) bool {
	for _, u := range cfg.UnitsWithin(codes...) {
		if u.Key == unit {
			return true
		}
	}
	return false
}

// Finding is what a check found.
type Finding struct {
	Pass   bool
	Remark string       // needed when it did not pass: what is to be done again
	Close  bool         // a passed check closes the case at once
	Noted  noted.Values // of the class's fields at the check; nil: nobody was asked for them
}

func (in Finding) check(cfg *blueprint.Config, class string) error {
	var f problems
	if in.Pass {
		f.noted(cfg, class, blueprint.AtCheck, in.Noted)
	}
	if !in.Pass {
		f.Need("remark", in.Remark, longText)
	}
	f.Fit("remark", in.Remark, longText)
	return f.Fault()
}

// problems gathers what is wrong, field by field.
type problems struct{ fault.Problems }

// noted checks what was filled in on an occasion; nil: nobody was asked.
func (p *problems) noted(cfg *blueprint.Config, class string, at blueprint.Filled, v noted.Values) {
	if v == nil {
		return
	}
	for name, say := range v.Check(cfg.FieldsAt(class, at)) {
		p.Add(name, say)
	}
}

// Natures is the scheme of 诉求类型.
const Natures = "hotline-type"

// natureOf is the title of a 诉求类型.
func natureOf(cfg *blueprint.Config, code string) (title string, ok bool) {
	for _, k := range cfg.CodesOf(Natures) {
		if k.Code == code {
			return k.Title, true
		}
	}
	return "", false
}

func (p *problems) class(cfg *blueprint.Config, key string) {
	if k, ok := cfg.Classes.Find(key); !ok || k.Retired {
		p.Add("class", ui.Key("请选择类别"))
	}
}

func (p *problems) community(cfg *blueprint.Config, codes []string, key string) {
	if key == "" {
		return
	}
	u, ok := cfg.UnitOf(key)
	if !ok || u.Kind != blueprint.Community || !offers(cfg, codes, key) {
		p.Add("community", ui.Key("请选择本街道的社区（村）"))
	}
}

func digit(r rune) rune {
	if r >= '0' && r <= '9' || r >= '０' && r <= '９' {
		return '0'
	}
	return -1
}

// cut shortens s to n characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
