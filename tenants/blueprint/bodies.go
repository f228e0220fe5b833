package blueprint

import "encoding/json"

// Entry is the part that all items share. Key and Retired come from the item, not from its body.
type Entry struct {
	Key     string `json:"-"`
	Retired bool   `json:"-"`
	Order   int    `json:"order,omitempty"` // place in lists; equal ones go by key
}

func (e *Entry) entry() *Entry { return e }

// SettingType says what a setting's value may be.
type SettingType string

// The types of settings, with the JSON of their values.
const (
	Bool   SettingType = "bool"   // true
	Int    SettingType = "int"    // 42
	Line   SettingType = "text"   // "…"
	Choice SettingType = "choice" // one of Choices
	Span   SettingType = "limit"  // {"value": 2, "unit": "working_hour"}
)

// Setting is one value that a street admin may set. Tenants change its value only.
type Setting struct {
	Entry
	Title       string          `json:"title"`
	Explanation string          `json:"explanation"`
	Type        SettingType     `json:"type"`
	Value       json.RawMessage `json:"value"`
	Choices     []Option        `json:"choices,omitempty"` // of a choice
	Min         *int64          `json:"min,omitempty"`     // of an int
	Max         *int64          `json:"max,omitempty"`     // of an int
}

// Option is one possible value of a choice.
type Option struct {
	Value string `json:"value"`
	Title string `json:"title"`
}

// Module says whether a module is on. Its key is the module's name in the code.
type Module struct {
	Entry
	Title string `json:"title"`
	On    bool   `json:"on"`
}

// UnitKind says what sort of body handles cases.
type UnitKind string

// The kinds of units.
const (
	Office    UnitKind = "office"    // 内设机构
	Station   UnitKind = "station"   // 站所
	Squad     UnitKind = "squad"     // 中队、巡查处置队伍
	Community UnitKind = "community" // 社区（村）, keyed by its 12-digit statistical code
	Bureau    UnitKind = "bureau"    // 区级部门
	Utility   UnitKind = "utility"   // 水电气通信等公用企业
)

// Unit is whoever handles (承办单位).
type Unit struct {
	Entry
	Name   string   `json:"name"`
	Short  string   `json:"short"`
	Kind   UnitKind `json:"kind"`
	Parent string   `json:"parent,omitempty"` // unit
}

// ClassKind says which of the three lists a class belongs to. The same code may be a component and a
// matter, so a national class is known by standard, kind and code together.
type ClassKind string

// The kinds of classes.
const (
	Matter    ClassKind = "matter"    // 管理事项
	Component ClassKind = "component" // 管理部件
	Extension ClassKind = "extension" // 扩展: the street's own, from class 20 upward
)

// Class is a class of cases in some scheme. Classes form trees: 06 市容环境 → 06010 暴露垃圾.
type Class struct {
	Entry
	Parent      string    `json:"parent,omitempty"` // class
	Title       string    `json:"title"`
	Scheme      string    `json:"scheme"`                 // "national", "street", or an imported list's name
	StandardRef string    `json:"standard_ref,omitempty"` // "GB/T 47678.5-2026"; empty for extensions
	Code        string    `json:"code,omitempty"`         // in the standard: 2 digits, or 5; extensions from 20
	Kind        ClassKind `json:"kind"`
	Elastic     bool      `json:"elastic,omitempty"` // 违建、拆迁、环境: never judged by closing rate
}

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
	Upper    string   `json:"upper,omitempty"` // 主责部门 of assisting and withdrawn duties
	Ground   string   `json:"ground"`          // law, or the list itself
}

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

// Channel is a way in.
type Channel struct {
	Entry
	Title string `json:"title"`
	Upper bool   `json:"upper,omitempty"` // orders from above, with their own number and deadline, answered back
}

// Step is a step of a case that a route may leave out.
type Step string

// The steps that may be skipped.
const (
	StepAccept   Step = "accept"
	StepVerify   Step = "verify"
	StepCheck    Step = "check"
	StepCallBack Step = "callback"
)

// Route is how cases of a channel, or of a class within it, walk.
type Route struct {
	Entry
	Channel  string `json:"channel"`
	Class    string `json:"class,omitempty"` // with all classes beneath; empty: every class
	Skip     []Step `json:"skip,omitempty"`
	AutoFile bool   `json:"auto_file,omitempty"` // a report is filed at once
}

// Skips reports whether the route leaves s out.
func (r Route) Skips(s Step) bool {
	for _, have := range r.Skip {
		if have == s {
			return true
		}
	}
	return false
}

// Calendar says when people work. Days are "2006-01-02" in Asia/Shanghai.
type Calendar struct {
	Entry
	Title    string   `json:"title"`
	Hours    []Period `json:"hours"`    // of a working day, in order
	Weekdays []int    `json:"weekdays"` // 1 Monday … 7 Sunday
	Holidays []string `json:"holidays,omitempty"`
	Workdays []string `json:"workdays,omitempty"` // make-up days (调休上班)
	Source   string   `json:"source,omitempty"`   // the notice the days come from
}

// Period is a stretch of a day, "15:04" to "15:04", the end not included.
type Period struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Text is a sentence that people read and the street may word itself.
type Text struct {
	Entry
	Title string `json:"title"`
	Body  string `json:"body"`
}
