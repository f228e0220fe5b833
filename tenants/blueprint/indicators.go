package blueprint

import "slices"

// Formula is a calculation that the code knows by a stable key. What it counts is written here and in
// the indicator's own words; how it is parameterised is the tenant's.
type Formula struct {
	Key    string
	Unit   Measure
	More   bool // more is better
	Factor bool // takes a factor
	Days   bool // takes a number of days
}

// Measure is what a formula yields.
type Measure string

// The measures.
const (
	Percent Measure = "percent" // 0/0 is no figure, not 0
	Count   Measure = "count"
	Hours   Measure = "hours"
	Days    Measure = "days"
)

// Formulas are those that indicators may name. Official ones (三率, 结案率 …) stand beside those that
// show what the official ones hide: repeats, recurrence, age, escapes near the limit.
var Formulas = []Formula{
	{"intake_count", Count, false, false, false},            // 受理量, by time of creation
	{"handled_count", Count, true, false, false},            // 办结量, by time of closing
	{"valid_calls", Count, true, false, false},              // 有效回访 V
	{"response_rate", Percent, true, false, false},          // contacted ÷ V
	{"resolution_rate", Percent, true, false, false},        // solved ÷ V
	{"satisfaction_rate", Percent, true, true, false},       // (satisfied + factor × basically) ÷ V
	{"closing_rate", Percent, true, false, false},           // closed ÷ due to be closed
	{"on_time_closing_rate", Percent, true, false, false},   // closed on time ÷ due to be closed
	{"handling_rate", Percent, true, false, false},          // handled ÷ due to be handled
	{"on_time_handling_rate", Percent, true, false, false},  // handled on time ÷ due to be handled
	{"on_time_filing_rate", Percent, true, false, false},    // 按时立案率
	{"on_time_dispatch_rate", Percent, true, false, false},  // 按时派遣率
	{"accurate_dispatch_rate", Percent, true, false, false}, // dispatches not returned with approval ÷ dispatches
	{"on_time_receipt_rate", Percent, true, false, false},   // 按时签收率
	{"on_time_check_rate", Percent, true, false, false},     // 按时核查率
	{"check_pass_rate", Percent, true, false, false},        // passed at the first check ÷ checked
	{"rework_rate", Percent, false, false, false},           // reworked ÷ filed
	{"return_rate", Percent, false, false, false},           // returns asked for ÷ dispatches
	{"extension_rate", Percent, false, false, false},        // extended ÷ filed
	{"suspension_rate", Percent, false, false, false},       // suspended ÷ filed
	{"near_limit_rate", Percent, false, false, false},       // returns, extensions, suspensions asked for after the yellow light ÷ all of them
	{"exclusion_rate", Percent, false, false, false},        // excluded from assessment ÷ closed
	{"statutory_rate", Percent, true, false, false},         // dispatched by the duty list ÷ dispatches
	{"on_spot_rate", Percent, true, false, false},           // found and mended on the spot ÷ found
	{"repeat_rate", Percent, false, false, true},            // reported again by the same petitioner within so many days ÷ closed
	{"recurrence_rate", Percent, false, false, true},        // the same class at the same spot within so many days ÷ closed
	{"first_fix_rate", Percent, true, false, true},          // neither reworked, nor reopened, nor repeated within so many days ÷ closed
	{"open_count", Count, false, false, false},              // open at the period's end
	{"long_open_count", Count, false, false, true},          // open for longer than so many days
	{"open_age", Days, false, false, false},                 // median age of what is open at the period's end
	{"handling_hours", Hours, false, false, false},          // mean time from dispatch to the work's result
	{"supervision_count", Count, false, false, false},       // supervision orders
	{"supervision_score", Percent, true, false, false},      // 1 − 0.05 × orders − 0.1 × orders not answered in time, not below 0
}

// FormulaOf finds a formula by its key.
func FormulaOf(key string) (Formula, bool) {
	n := slices.IndexFunc(Formulas, func(f Formula) bool { return f.Key == key })
	if n < 0 {
		return Formula{}, false
	}
	return Formulas[n], true
}

// Indicator is a figure by which work is judged (指标), with its definition in words (口径). Who changes
// how it is counted raises its version, so that figures of two definitions are never held together.
type Indicator struct {
	Entry
	Title   string `json:"title"`
	Formula string `json:"formula"` // key of a [Formula]
	Text    string `json:"text"`    // 口径
	Version int    `json:"version"`
	Places  int    `json:"places"`           // decimals shown
	Factor  int    `json:"factor,omitempty"` // per cent; of satisfaction: what "basically satisfied" counts
	Days    int    `json:"days,omitempty"`
	// WithElastic counts elastic classes too (违建、拆迁、环境); otherwise they are left out, because
	// they cannot be judged by how fast they are closed.
	WithElastic bool `json:"with_elastic,omitempty"`
}

// Rows says what a report has a row for.
type Rows string

// The rows of reports.
const (
	ByUnit      Rows = "unit"
	ByCommunity Rows = "community"
	ByClass     Rows = "class"
	ByChannel   Rows = "channel"
)

// RowKinds lists them in the order in which they are offered.
var RowKinds = []Rows{ByUnit, ByCommunity, ByClass, ByChannel}

// Report is a table of indicators over a cycle (报表), ranked or not.
type Report struct {
	Entry
	Title   string   `json:"title"`
	Cycle   string   `json:"cycle"` // cycle
	Rows    Rows     `json:"rows"`
	Columns []Weigh  `json:"columns"`
	Apart   bool     `json:"apart,omitempty"`  // units of different kinds are ranked apart
	Judged  Judged   `json:"judged,omitempty"` // cases of this group only
	Ranked  bool     `json:"ranked,omitempty"` // by the weighed sum, then by Then
	Then    string   `json:"then,omitempty"`   // indicator; more goes first
	Mean    bool     `json:"mean,omitempty"`   // rates of the sum row are the mean of the rows, not pooled
	Least   int      `json:"least,omitempty"`  // a row with fewer cases is shown and not ranked; 0: by the setting assess.min_sample
	Version int      `json:"version"`
	Text    string   `json:"text"`               // 口径 of the whole
	Parts   []string `json:"sections,omitempty"` // headings of the words that go with it
}

// Weigh is a column of a report: an indicator and its weight in the sum, in per cent. A rate of which
// less is better counts as 100 % less itself.
type Weigh struct {
	Indicator string `json:"indicator"`
	Weight    int    `json:"weight,omitempty"`
}

// LeastOf is the number of cases below which a row of the report is not ranked.
func (c *Config) LeastOf(r Report) int {
	if r.Least > 0 {
		return r.Least
	}
	return int(c.Int("assess.min_sample", 10))
}

func (i *Indicator) alone(ck *checker) {
	ck.need("title", i.Title, 30)
	ck.need("text", i.Text, 400)
	ck.between("version", i.Version, 1, 10_000)
	ck.between("places", i.Places, 0, 4)
	f, ok := FormulaOf(i.Formula)
	if !ok {
		ck.bad("formula", "没有“%s”这个算法", i.Formula)
		return
	}
	if f.Factor {
		ck.between("factor", i.Factor, 0, 100)
	} else if i.Factor != 0 {
		ck.bad("factor", "该算法没有折算系数")
	}
	if f.Days {
		ck.between("days", i.Days, 1, 3650)
	} else if i.Days != 0 {
		ck.bad("days", "该算法没有天数")
	}
}

func (i *Indicator) among(*Config, *checker) {}

func (r *Report) alone(ck *checker) {
	ck.need("title", r.Title, 40)
	ck.need("text", r.Text, 400)
	ck.between("version", r.Version, 1, 10_000)
	ck.between("least", r.Least, 0, 10_000)
	if !slices.Contains(RowKinds, r.Rows) {
		ck.bad("rows", "没有“%s”这种统计对象", r.Rows)
	}
	if r.Judged != "" && !slices.Contains(JudgedGroups, r.Judged) {
		ck.bad("judged", "没有“%s”这个考评类别", r.Judged)
	}
	if r.Apart && r.Rows != ByUnit {
		ck.bad("apart", "只有按承办单位统计才能分类排名")
	}
	sum := 0
	for n, w := range r.Columns {
		sum += w.Weight
		if w.Weight < 0 || w.Weight > 100 {
			ck.bad("columns", "权重应在 0 至 100 之间")
		}
		if slices.ContainsFunc(r.Columns[:n], func(o Weigh) bool { return o.Indicator == w.Indicator }) {
			ck.bad("columns", "指标“%s”重复", w.Indicator)
		}
	}
	switch {
	case len(r.Columns) == 0:
		ck.bad("columns", "不能为空")
	case r.Ranked && sum != 100:
		ck.bad("columns", "排名的各项权重之和应为 100，现为 %d", sum)
	case !r.Ranked && sum != 0:
		ck.bad("columns", "不排名的报表没有权重")
	}
	if !r.Ranked && r.Then != "" {
		ck.bad("then", "不排名的报表没有并列规则")
	}
}

func (r *Report) among(c *Config, ck *checker) {
	if _, ok := live(c.Cycles, r.Cycle); !ok {
		ck.bad("cycle", "考核周期“%s”不存在或已停用", r.Cycle)
	}
	for _, w := range r.Columns {
		i, ok := live(c.Indicators, w.Indicator)
		if !ok {
			ck.bad("columns", "指标“%s”不存在或已停用", w.Indicator)
			continue
		}
		if f, _ := FormulaOf(i.Formula); w.Weight > 0 && f.Unit != Percent {
			ck.bad("columns", "“%s”不是比率，不能计权", i.Title)
		}
	}
	if r.Then != "" {
		if _, ok := live(c.Indicators, r.Then); !ok {
			ck.bad("then", "指标“%s”不存在或已停用", r.Then)
		}
	}
}
