package blueprint

import "slices"

// ReasonList is the occasion on which a reason is chosen.
type ReasonList string

// The lists of reasons.
const (
	RejectReason  ReasonList = "reject"  // 不予立案
	ReturnReason  ReasonList = "return"  // 退单
	ExtendReason  ReasonList = "extend"  // 延期
	SuspendReason ReasonList = "suspend" // 挂账
	VoidReason    ReasonList = "void"    // 作废
	InvalidReason ReasonList = "invalid" // 无效回访
	ExcludeReason ReasonList = "exclude" // 剔除考核
	WhistleReason ReasonList = "whistle" // 吹哨类型
)

// ReasonLists lists them in the order in which a case meets them.
var ReasonLists = []ReasonList{RejectReason, ReturnReason, ExtendReason, SuspendReason, WhistleReason, VoidReason, InvalidReason, ExcludeReason}

// Reason is one reason of a list. Reasons are counted: where one is chosen more often near the limit,
// assessment shows it.
type Reason struct {
	Entry
	List  ReasonList `json:"list"`
	Title string     `json:"title"`
	Help  string     `json:"help"`            // when it holds, and when not
	Words bool       `json:"words,omitempty"` // must be explained in words
	Proof bool       `json:"proof,omitempty"` // must be proved by an attachment
	// Limit is, of an extension, the longest; of a suspension, when it is reviewed. Without one the
	// settings' holds.
	Limit *Limit `json:"limit,omitempty"`
	// Outside leads to the outside channel that the petitioner is told of when a report is rejected.
	Outside string `json:"outside,omitempty"`
}

// ReasonsOf returns the reasons of a list, in order.
func (c *Config) ReasonsOf(l ReasonList) []Reason {
	var out []Reason
	for _, r := range c.Reasons.all {
		if r.List == l {
			out = append(out, r)
		}
	}
	return out
}

// ReturnGrounds are the reasons for which a unit may return a case (退单理由).
func (c *Config) ReturnGrounds() []Reason { return c.ReasonsOf(ReturnReason) }

// ExtendGrounds are the reasons for an extension (延期理由).
func (c *Config) ExtendGrounds() []Reason { return c.ReasonsOf(ExtendReason) }

// SuspendGrounds are the reasons for a suspension (挂账理由).
func (c *Config) SuspendGrounds() []Reason { return c.ReasonsOf(SuspendReason) }

// ExcludeGrounds are the reasons for leaving a case out of assessment (剔除理由).
func (c *Config) ExcludeGrounds() []Reason { return c.ReasonsOf(ExcludeReason) }

// Outside is a way that does not lead through the street (渠道外事项): emergency calls, and matters
// for which the law has its own way. Its sentence is said to whoever reports such a thing here.
type Outside struct {
	Entry
	Title     string `json:"title"`            // 火警
	Number    string `json:"number,omitempty"` // telephone
	Matters   string `json:"matters"`          // what belongs there
	Say       string `json:"say"`
	Emergency bool   `json:"emergency,omitempty"` // said before anything else is asked
	Ground    string `json:"ground,omitempty"`
}

func (r *Reason) alone(ck *checker) {
	ck.need("title", r.Title, 40)
	ck.need("help", r.Help, 200)
	if !slices.Contains(ReasonLists, r.List) {
		ck.bad("list", "没有“%s”这类理由", r.List)
	}
	if r.Limit != nil {
		if r.List != ExtendReason && r.List != SuspendReason {
			ck.bad("limit", "只有延期和挂账理由才有时限")
		}
		r.Limit.check(ck, "limit")
	}
	if r.Outside != "" && r.List != RejectReason {
		ck.bad("outside", "只有不予立案的理由才告知其他渠道")
	}
}

func (r *Reason) among(c *Config, ck *checker) {
	if r.Outside != "" {
		if _, ok := live(c.Outsides, r.Outside); !ok {
			ck.bad("outside", "渠道外事项“%s”不存在或已停用", r.Outside)
		}
	}
}

func (o *Outside) alone(ck *checker) {
	ck.need("title", o.Title, 30)
	ck.need("matters", o.Matters, 200)
	ck.need("say", o.Say, 300)
	ck.fit("number", o.Number, 20)
	ck.fit("ground", o.Ground, 200)
	if o.Emergency && o.Number == "" {
		ck.bad("number", "紧急渠道须有电话号码")
	}
}

func (o *Outside) among(*Config, *checker) {}
