package blueprint

import "slices"

// Question is one question of the call-back (回访问卷), in the words in which it is asked.
type Question struct {
	Entry
	Title    string       `json:"title"`
	Type     QuestionType `json:"type"`
	Options  []Option     `json:"options,omitempty"`
	Required bool         `json:"required,omitempty"`
	Class    string       `json:"class,omitempty"` // with all classes beneath; empty: every case
	When     *When        `json:"when,omitempty"`  // asked only after such an answer
	Counts   Counted      `json:"counts,omitempty"`
}

// QuestionType says what an answer is.
type QuestionType string

// The types of answers.
const (
	AskYes    QuestionType = "yes" // yes or no
	AskChoice QuestionType = "choice"
	AskWords  QuestionType = "text"
)

// When is the condition under which a question is asked.
type When struct {
	Question string   `json:"question"`
	Is       []string `json:"is"` // values of the options; of a yes-or-no question "yes" or "no"
}

// Counted says which of the three rates (三率) an answer counts for. The options of a question that
// counts for satisfaction are those of [Satisfactions].
type Counted string

// What answers count for.
const (
	CountsValid     Counted = "valid"        // reached and willing: without it nothing else counts
	CountsContact   Counted = "contacted"    // 响应率
	CountsSolved    Counted = "solved"       // 解决率
	CountsSatisfied Counted = "satisfaction" // 满意率
	CountsReason    Counted = "reason"       // why unsolved or unsatisfied
)

// Satisfactions are the values of satisfaction, best first.
var Satisfactions = []string{"satisfied", "basically", "not"}

// QuestionsOf returns the questions that are asked about a case of the class, in their order.
func (c *Config) QuestionsOf(class string) []Question {
	line := c.Lineage(class)
	var out []Question
	for _, q := range c.Questions.all {
		if q.Class == "" || slices.ContainsFunc(line, func(k Class) bool { return k.Key == q.Class }) {
			out = append(out, q)
		}
	}
	return out
}

func (q *Question) alone(ck *checker) {
	ck.need("title", q.Title, 100)
	ck.options("options", q.Options)
	switch q.Type {
	case AskYes, AskWords:
		if len(q.Options) > 0 {
			ck.bad("options", "只有选择题才有可选值")
		}
	case AskChoice:
		if len(q.Options) < 2 {
			ck.bad("options", "选择题至少要有两个可选值")
		}
	default:
		ck.bad("type", "没有“%s”这种题型", q.Type)
	}
	switch q.Counts {
	case "":
	case CountsValid, CountsContact, CountsSolved:
		if q.Type != AskYes {
			ck.bad("counts", "计入三率的是非题应为是否题")
		}
	case CountsSatisfied:
		if q.Type != AskChoice || !slices.EqualFunc(q.Options, Satisfactions, func(o Option, v string) bool { return o.Value == v }) {
			ck.bad("counts", "满意度题的可选值应依次为 satisfied、basically、not")
		}
	case CountsReason:
		if q.Type == AskYes {
			ck.bad("counts", "原因应为选择题或填写题")
		}
	default:
		ck.bad("counts", "没有“%s”这种计入方式", q.Counts)
	}
	if q.When != nil && (q.When.Question == q.Key || len(q.When.Is) == 0) {
		ck.bad("when", "前提应为另一题的某个答案")
	}
}

func (q *Question) among(c *Config, ck *checker) {
	if q.Class != "" {
		c.class(ck, q.Class)
	}
	for _, o := range c.Questions.all {
		if o.Counts == q.Counts && q.Counts != "" && q.Counts != CountsReason && o.Class == q.Class && o.Key < q.Key {
			ck.bad("counts", "“%s”已计入同一项", o.Title)
		}
	}
	if q.When == nil {
		return
	}
	first, ok := live(c.Questions, q.When.Question)
	if !ok {
		ck.bad("when", "前提题“%s”不存在或已停用", q.When.Question)
		return
	}
	if first.Order >= q.Order {
		ck.bad("when", "前提题“%s”应排在本题之前", first.Title)
	}
	for _, v := range q.When.Is {
		yes := first.Type == AskYes && (v == "yes" || v == "no")
		if !yes && !slices.ContainsFunc(first.Options, func(o Option) bool { return o.Value == v }) {
			ck.bad("when", "“%s”不是前提题的答案", v)
		}
	}
}
