package blueprint

// LimitUnit is the clock of a time limit.
type LimitUnit string

// The clocks.
const (
	UrgentHour  LimitUnit = "urgent_hour"  // 紧急工作时: runs day and night
	WorkingHour LimitUnit = "working_hour" // 工作时: runs in working hours
	WorkingDay  LimitUnit = "working_day"  // 工作日
	CalendarDay LimitUnit = "calendar_day" // 自然日
)

// Limit is a time limit.
type Limit struct {
	Value int       `json:"value"`
	Unit  LimitUnit `json:"unit"`
}

// Condition is a filing condition (立案条件): what is found on the spot decides the limit, not the
// class alone. A class without own conditions has those of its parent.
type Condition struct {
	Entry
	Class    string   `json:"class"`
	Text     string   `json:"text"`
	Limit    Limit    `json:"limit"`
	Close    string   `json:"close"`               // 结案条件
	Unit     string   `json:"unit,omitempty"`      // responsible unit; none: by duty list
	UnitKind UnitKind `json:"unit_kind,omitempty"` // or "community": the one where the matter lies
}

// Urgent reports whether the condition is one of danger: its limit runs in urgent hours (紧急工作时).
func (d Condition) Urgent() bool { return d.Limit.Unit == UrgentHour }

// ConditionsOf returns the filing conditions of a class: its own, else those of the nearest class
// above that has any.
func (c *Config) ConditionsOf(class string) []Condition {
	for _, k := range c.Lineage(class) {
		if rows := c.conditions[k.Key]; len(rows) > 0 {
			return rows
		}
	}
	return nil
}

func (l Limit) check(ck *checker, field string) {
	if l.Value <= 0 || l.Value > 10000 {
		ck.bad(field, "时限必须大于 0")
	}
	switch l.Unit {
	case UrgentHour, WorkingHour, WorkingDay, CalendarDay:
	default:
		ck.bad(field, "没有“%s”这种时限单位", l.Unit)
	}
}

func (d *Condition) alone(ck *checker) {
	ck.need("text", d.Text, 200)
	ck.need("close", d.Close, 200)
	d.Limit.check(ck, "limit")
}

func (d *Condition) among(c *Config, ck *checker) {
	c.class(ck, d.Class)
	c.unit(ck, d.Unit, d.UnitKind, false)
}
