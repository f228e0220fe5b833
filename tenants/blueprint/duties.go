package blueprint

import "slices"

// DutyList is one of the three lists of a street's duties (2024–25 reform).
type DutyList string

// The lists.
const (
	Basic     DutyList = "basic"     // 基本履职
	Assisting DutyList = "assisting" // 配合履职: a bureau above leads
	Withdrawn DutyList = "withdrawn" // 上级收回: the street no longer does it
)

// Duty is one row of a duty list: who answers for a class, and by what law. It covers the classes
// beneath its class as long as they have no rows of their own.
type Duty struct {
	Entry
	Class    string   `json:"class"`
	Unit     string   `json:"unit,omitempty"`      // unit; with withdrawn duties the one that keeps contact, or none
	UnitKind UnitKind `json:"unit_kind,omitempty"` // "community" instead of Unit: the community where the matter lies
	List     DutyList `json:"list"`
	Upper    string   `json:"upper,omitempty"` // 主责部门 of assisting and withdrawn duties, in words
	Ground   string   `json:"ground"`          // law, or the list itself

	Sectors   []string `json:"sectors,omitempty"`    // those of Upper, first the leading one
	Does      string   `json:"does,omitempty"`       // what the street does
	UpperDoes string   `json:"upper_does,omitempty"` // what the leading department does
}

// DutiesOf returns the duty list's rows for a class: its own, else those of the nearest class above
// that has any. They are the ground of statutory dispatch (法定).
func (c *Config) DutiesOf(class string) []Duty {
	for _, k := range c.Lineage(class) {
		if rows := c.duties[k.Key]; len(rows) > 0 {
			return rows
		}
	}
	return nil
}

// Above returns the sectors that lead for a class above the street, by its assisting and withdrawn
// duties; none where the street answers by itself.
func (c *Config) Above(class string) []Sector {
	var out []Sector
	for _, d := range c.DutiesOf(class) {
		for _, key := range d.Sectors {
			if s, ok := live(c.Sectors, key); ok && !slices.ContainsFunc(out, func(o Sector) bool { return o.Key == key }) {
				out = append(out, s)
			}
		}
	}
	return out
}

// Answers returns the unit that a duty row or condition names: unit itself, or with kind
// "community" the community where the matter lies (its 12-digit code). "" when neither is known.
func Answers(unit string, kind UnitKind, community string) string {
	if unit == "" && kind == Community {
		return community
	}
	return unit
}

// Propose returns the unit that the duty list names for a class in a community, with the row that is
// its ground. Basic duties go before assisting ones, and within a list the first row decides;
// withdrawn duties propose nobody. ok is false where the lists are silent, or name the community
// while it is not known: then dispatch must be negotiated or designated.
func (c *Config) Propose(class, community string) (unit string, ground Duty, ok bool) {
	rows := c.DutiesOf(class)
	for _, list := range []DutyList{Basic, Assisting} {
		n := slices.IndexFunc(rows, func(d Duty) bool { return d.List == list })
		if n < 0 {
			continue
		}
		if unit := Answers(rows[n].Unit, rows[n].UnitKind, community); unit != "" {
			return unit, rows[n], true
		}
		return "", Duty{}, false
	}
	return "", Duty{}, false
}

// ProposeFor is Propose for what was found on the spot: where the condition names a responsible unit
// that the duty list has for the class, it is that one.
func (c *Config) ProposeFor(class, condition, community string) (unit string, ground Duty, ok bool) {
	if k, found := c.Conditions.Find(condition); found {
		if unit := Answers(k.Unit, k.UnitKind, community); unit != "" {
			for _, d := range c.DutiesOf(class) {
				if d.List != Withdrawn && Answers(d.Unit, d.UnitKind, community) == unit {
					return unit, d, true
				}
			}
		}
	}
	return c.Propose(class, community)
}

func (d *Duty) alone(ck *checker) {
	ck.need("ground", d.Ground, 300)
	ck.fit("does", d.Does, 300)
	ck.fit("upper_does", d.UpperDoes, 300)
	switch d.List {
	case Basic:
		if d.Upper != "" || d.UpperDoes != "" || len(d.Sectors) > 0 {
			ck.bad("upper", "基本履职由街道主责，不列上级部门")
		}
	case Assisting, Withdrawn:
		ck.need("upper", d.Upper, 60)
	default:
		ck.bad("list", "没有“%s”这种清单", d.List)
	}
}

func (d *Duty) among(c *Config, ck *checker) {
	c.class(ck, d.Class)
	c.unit(ck, d.Unit, d.UnitKind, d.List != Withdrawn)
	c.sectors(ck, d.Sectors)
	for _, o := range c.duties[d.Class] {
		if o.Unit == d.Unit && o.UnitKind == d.UnitKind && o.Key < d.Key {
			ck.bad("unit", "该类别已由“%s”列给同一单位", o.Key)
		}
	}
}
