package blueprint

import "slices"

// Step is a step of a case that a route may leave out, or insist on.
type Step string

// The steps of which routes speak.
const (
	StepAccept   Step = "accept"
	StepVerify   Step = "verify"
	StepCheck    Step = "check"
	StepCallBack Step = "callback"
)

// Steps lists them in the order in which a case takes them.
var Steps = []Step{StepAccept, StepVerify, StepCheck, StepCallBack}

// ReplyStep is a step of an answer that leaves the house under somebody's approval.
type ReplyStep string

// The steps of an approved reply.
const (
	ReplyDraft  ReplyStep = "draft"  // 拟办: the unit words it
	ReplyReview ReplyStep = "review" // 审核: somebody else approves it
	ReplySend   ReplyStep = "send"   // 回复: it goes to whoever sent the order
)

// ReplySteps lists them in their order.
var ReplySteps = []ReplyStep{ReplyDraft, ReplyReview, ReplySend}

// Route is how cases of a channel, or of a class within it, walk.
type Route struct {
	Entry
	Channel string `json:"channel"`
	Class   string `json:"class,omitempty"`  // with all classes beneath; empty: every class
	Urgent  bool   `json:"urgent,omitempty"` // for what is reported as an emergency, instead of the other
	Skip    []Step `json:"skip,omitempty"`
	Must    []Step `json:"must,omitempty"` // neither sampling nor a setting leaves these out

	AutoFile     bool `json:"auto_file,omitempty"`     // a report is filed at once
	AutoDispatch bool `json:"auto_dispatch,omitempty"` // and dispatched at once, where the duty list names a unit
	Answer       bool `json:"answer,omitempty"`        // whoever takes it in may answer it, and it is closed with that
	OnSpot       bool `json:"on_spot,omitempty"`       // 巡办一体: who finds it may mend it and report both in one

	Reply []ReplyStep `json:"reply,omitempty"` // steps of the answer to the channel above; none: the result is the answer
}

// Skips reports whether the route leaves s out.
func (r Route) Skips(s Step) bool { return slices.Contains(r.Skip, s) }

// Insists reports whether the route takes s whatever sampling says.
func (r Route) Insists(s Step) bool { return slices.Contains(r.Must, s) }

// Replies reports whether the answer takes the step s.
func (r Route) Replies(s ReplyStep) bool { return slices.Contains(r.Reply, s) }

type routeKey struct {
	channel, class string
	urgent         bool
}

// RouteOf returns how a case of the class walks when it came by the channel: the route for the
// nearest class in its lineage, else the channel's own. Without any, every step is taken.
func (c *Config) RouteOf(channel, class string) Route { return c.RouteFor(channel, class, false) }

// RouteFor is RouteOf for a matter that may be an emergency. Where the channel has no route for
// emergencies they walk like everything else.
func (c *Config) RouteFor(channel, class string, urgent bool) Route {
	line := []string{}
	for _, k := range c.Lineage(class) {
		line = append(line, k.Key)
	}
	line = append(line, "")
	for _, at := range []bool{true, false} {
		if at && !urgent {
			continue
		}
		for _, k := range line {
			if r, ok := c.routes[routeKey{channel, k, at}]; ok {
				return r
			}
		}
	}
	return Route{Channel: channel}
}

// Sampled says what a sample is drawn for.
type Sampled string

// What samples are drawn for.
const (
	OfCallBacks Sampled = "callback" // 回访
	OfChecks    Sampled = "check"    // 核查
)

// Sample says what share of closed cases is called back, or of handled ones is checked on the spot,
// where the settings' general share does not hold. It is drawn before anybody sees the cases.
type Sample struct {
	Entry
	Of      Sampled `json:"of"`
	Channel string  `json:"channel,omitempty"` // empty: every channel
	Class   string  `json:"class,omitempty"`   // with all classes beneath; empty: every class
	Percent int     `json:"percent"`
	Least   int     `json:"least,omitempty"` // of each unit in a day, whatever the share
}

// SampleOf returns the share that holds for a class and channel: a sample of both, of the class by
// any channel, of the channel, else the settings callback.sample_percent and callback.least_per_unit
// or their likes for checks. Callers ask the route first: what it insists on is not sampled.
func (c *Config) SampleOf(of Sampled, channel, class string) Sample {
	best, rank := Sample{}, 0
	line := c.Lineage(class)
	for _, s := range c.Samples.all {
		if s.Of != of || s.Channel != "" && s.Channel != channel {
			continue
		}
		r := 1
		if s.Class != "" {
			n := slices.IndexFunc(line, func(k Class) bool { return k.Key == s.Class })
			if n < 0 {
				continue
			}
			r += 2 * (deepest + 1 - n)
		}
		if s.Channel != "" {
			r++
		}
		if r > rank {
			best, rank = s, r
		}
	}
	if rank == 0 {
		best = Sample{Of: of, Percent: int(c.Int(string(of)+".sample_percent", 100)), Least: int(c.Int(string(of)+".least_per_unit", 1))}
	}
	return best
}

func (r *Route) alone(ck *checker) {
	for field, steps := range map[string][]Step{"skip": r.Skip, "must": r.Must} {
		for n, s := range steps {
			if !slices.Contains(Steps, s) {
				ck.bad(field, "没有“%s”这个可跳过的步骤", s)
			} else if slices.Contains(steps[:n], s) {
				ck.bad(field, "步骤“%s”重复", s)
			}
		}
	}
	for _, s := range r.Must {
		if r.Skips(s) {
			ck.bad("must", "步骤“%s”不能既跳过又必经", s)
		}
	}
	if r.AutoDispatch && !r.AutoFile {
		ck.bad("auto_dispatch", "直接派遣须同时直接立案")
	}
	if r.Answer && !r.Skips(StepCheck) {
		ck.bad("answer", "当场答复的不到现场核查，请同时跳过核查")
	}
	last := -1
	for _, s := range r.Reply {
		n := slices.Index(ReplySteps, s)
		if n <= last {
			ck.bad("reply", "回复步骤应为拟办、审核、回复，按先后排列")
			break
		}
		last = n
	}
	if len(r.Reply) > 0 && r.Reply[len(r.Reply)-1] != ReplySend {
		ck.bad("reply", "回复步骤应以回复结束")
	}
}

func (r *Route) among(c *Config, ck *checker) {
	ch, ok := live(c.Channels, r.Channel)
	if !ok {
		ck.bad("channel", "渠道“%s”不存在或已停用", r.Channel)
	}
	if ok && len(r.Reply) > 0 && !ch.Upper {
		ck.bad("reply", "只有上级来单才逐级回复")
	}
	if r.Class != "" {
		c.class(ck, r.Class)
	}
	for _, o := range c.Routes.all {
		if o.Channel == r.Channel && o.Class == r.Class && o.Urgent == r.Urgent && o.Key < r.Key {
			ck.bad("class", "同一渠道和类别已有流程“%s”", o.Key)
		}
	}
}

func (s *Sample) alone(ck *checker) {
	if s.Of != OfCallBacks && s.Of != OfChecks {
		ck.bad("of", "只能抽取回访或核查")
	}
	ck.between("percent", s.Percent, 0, 100)
	ck.between("least", s.Least, 0, 100)
}

func (s *Sample) among(c *Config, ck *checker) {
	if s.Channel != "" {
		if _, ok := live(c.Channels, s.Channel); !ok {
			ck.bad("channel", "渠道“%s”不存在或已停用", s.Channel)
		}
	}
	if s.Class != "" {
		c.class(ck, s.Class)
	}
	for _, o := range c.Samples.all {
		if o.Of == s.Of && o.Channel == s.Channel && o.Class == s.Class && o.Key < s.Key {
			ck.bad("class", "同一渠道和类别已有抽样“%s”", o.Key)
		}
	}
}
