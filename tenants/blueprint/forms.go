package blueprint

import "slices"

// FieldType says how a field of a case is filled in.
type FieldType string

// The types of fields.
const (
	FieldLine     FieldType = "text"
	FieldArea     FieldType = "area" // several lines
	FieldNumber   FieldType = "number"
	FieldDate     FieldType = "date"
	FieldTime     FieldType = "time" // day and time of day
	FieldChoice   FieldType = "choice"
	FieldChoices  FieldType = "choices" // several of them
	FieldYes      FieldType = "yes"
	FieldPhone    FieldType = "phone"
	FieldIdentity FieldType = "identity" // 公民身份号码
	FieldCredit   FieldType = "credit"   // 统一社会信用代码
)

// FieldTypes lists the types in the order in which they are offered.
var FieldTypes = []FieldType{FieldLine, FieldArea, FieldNumber, FieldDate, FieldTime, FieldChoice, FieldChoices, FieldYes, FieldPhone, FieldIdentity, FieldCredit}

// Filled says when a field is filled in.
type Filled string

// The occasions.
const (
	AtReport Filled = "report" // 上报登记
	AtFiling Filled = "file"   // 立案
	AtHandle Filled = "handle" // 处置反馈
	AtCheck  Filled = "check"  // 核查
)

// Occasions lists them in the order in which a case meets them.
var Occasions = []Filled{AtReport, AtFiling, AtHandle, AtCheck}

// Field is a further thing to fill in (登记项) for cases of a class: the number plate of a parked car,
// the parties of a dispute. Its key names the value in the case for ever.
type Field struct {
	Entry
	Class    string    `json:"class,omitempty"` // with all classes beneath; empty: every case
	At       Filled    `json:"at"`
	Title    string    `json:"title"`
	Type     FieldType `json:"type"`
	Required bool      `json:"required,omitempty"`
	Options  []Option  `json:"options,omitempty"` // of a choice
	Unit     string    `json:"unit,omitempty"`    // of a number: 平方米
	Help     string    `json:"help,omitempty"`
	// Personal values say who somebody is: they are sealed, masked, and every look at them recorded.
	Personal bool `json:"personal,omitempty"`
}

// FieldsOf returns what is to be filled in for a class: the fields of every case, then those of the
// classes above, then its own.
func (c *Config) FieldsOf(class string) []Field {
	rank := map[string]int{"": 0}
	line := c.Lineage(class)
	for n, k := range line {
		rank[k.Key] = len(line) - n
	}
	var out []Field
	for _, f := range c.Fields.all {
		if _, of := rank[f.Class]; of {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b Field) int { return rank[a.Class] - rank[b.Class] })
	return out
}

// FieldsAt are those of FieldsOf that are filled in on an occasion.
func (c *Config) FieldsAt(class string, at Filled) []Field {
	return slices.DeleteFunc(c.FieldsOf(class), func(f Field) bool { return f.At != at })
}

// Document is a paper that is printed about a case.
type Document string

// The papers.
const (
	IntakeSheet      Document = "intake"      // 受理登记表
	DispatchOrder    Document = "dispatch"    // 交办单
	ReturnSheet      Document = "return"      // 退单审批表
	ExtensionSheet   Document = "extension"   // 延期审批表
	SuspensionSheet  Document = "suspension"  // 挂账审批表
	SupervisionOrder Document = "supervision" // 督办单
	ReplySheet       Document = "reply"       // 办理情况回复单
	ClosingSheet     Document = "closing"     // 结案登记表
	CallBackSheet    Document = "callback"    // 回访记录表
	Notice           Document = "notice"      // 告知、整改通知 to whom it concerns
)

// Documents lists them in the order in which a case meets them.
var Documents = []Document{IntakeSheet, DispatchOrder, ReturnSheet, ExtensionSheet, SuspensionSheet, SupervisionOrder, ReplySheet, ClosingSheet, CallBackSheet, Notice}

// Form is the layout of a paper (打印表单), for every class or one with all beneath.
type Form struct {
	Entry
	Title    string     `json:"title"` // 枫桥街道 is set before it
	Document Document   `json:"document"`
	Class    string     `json:"class,omitempty"`
	Rows     [][]string `json:"rows"`            // facts side by side: keys of [Facts], or "field." and the key of a field
	Signs    []string   `json:"signs,omitempty"` // who signs at the foot
	Note     string     `json:"note,omitempty"`  // in small print
}

// FormFor returns the paper's layout for a class: that of the nearest class, else the general one.
func (c *Config) FormFor(d Document, class string) (Form, bool) {
	for _, k := range append(c.Lineage(class), Class{}) {
		for _, f := range c.Forms.all {
			if f.Document == d && f.Class == k.Key {
				return f, true
			}
		}
	}
	return Form{}, false
}

// Fact is something known of every case, which a form may print.
type Fact struct {
	Key      string
	Title    string // Chinese, for the form's cell
	Personal bool   // printing it is a look at a person
}

// Facts are those that forms may name.
var Facts = []Fact{
	{"number", "案卷编号", false}, {"upper_number", "来单编号", false}, {"channel", "来源渠道", false}, {"title", "标题", true},
	{"class", "类别", false}, {"condition", "立案条件", false}, {"community", "所属社区（村）", false}, {"address", "发生地址", true},
	{"description", "问题描述", true}, {"petitioner", "诉求人", true}, {"phone", "联系电话", true}, {"urgent", "紧急程度", false},
	{"reported_at", "上报时间", false}, {"filed_at", "立案时间", false}, {"due_at", "处置期限", false}, {"upper_due_at", "上级期限", false},
	{"dispatched_at", "派遣时间", false}, {"received_at", "签收时间", false}, {"handled_at", "办结时间", false}, {"closed_at", "结案时间", false},
	{"unit", "主办单位", false}, {"co_units", "协办单位", false}, {"basis", "派遣依据", false}, {"ground", "职责依据", false}, {"close_condition", "结案条件", false},
	{"instruction", "领导批示", true}, {"reason", "申请理由", true}, {"reason_code", "事由", false}, {"requested_until", "申请期限", false},
	{"result", "办理情况", true}, {"finding", "核查意见", true}, {"reply", "回复内容", true}, {"draft_opinion", "拟办意见", true}, {"review_opinion", "审核意见", true},
	{"contacted", "是否联系", false}, {"solved", "是否解决", false}, {"satisfaction", "满意度", false}, {"callback_words", "回访情况", true},
	{"supervision_rank", "督办级别", false}, {"supervision_reply_by", "反馈期限", false}, {"photos_before", "处置前照片", false}, {"photos_after", "处置后照片", false},
}

// FactOf finds a fact by its key.
func FactOf(key string) (Fact, bool) {
	n := slices.IndexFunc(Facts, func(f Fact) bool { return f.Key == key })
	if n < 0 {
		return Fact{}, false
	}
	return Facts[n], true
}
