package cases

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal/tally"
	"wanjie/tenants/keys"
)

// unreached is the reason for which one tries again; any other ends the call-back without a valid answer.
const unreached = "invalid-unreached"

// Answer is what a call-back brought: what the petitioner said, or why nothing was said.
type Answer struct {
	Said   map[string]string // by question of the blueprint; "yes" or "no", an option, or words
	Ground string            // of the list of invalid call-backs; empty: somebody was reached and answered
	Remark string            // of the caller; may be empty
	Reopen bool              // unsolved or not satisfied, it goes back to its unit
}

// heard is an answer held against the questionnaire.
type heard struct {
	valid, contacted, solved bool
	wanting                  bool // unsolved, or not satisfied
	satisfaction             Satisfaction
	choices, words           map[string]string // by question
}

// asks is the name under which a form sends the answer to a question.
func asks(question string) string { return "q_" + question }

// hear holds the answers against the questions of the class. A question that was not to be asked, by the answers
// before it, has no answer whatever was sent.
func (in *Answer) hear(cfg *blueprint.Config, class string) (h heard, err error) {
	var f problems
	f.Fit("remark", in.Remark, longText)
	h = heard{valid: in.Ground == "", choices: map[string]string{}, words: map[string]string{}}
	if in.Ground != "" {
		f.ground(cfg, blueprint.InvalidReason, in.Ground)
	}
	given := map[string]string{}
	for _, q := range cfg.QuestionsOf(class) {
		said := strings.TrimSpace(in.Said[q.Key])
		if q.Counts == blueprint.CountsValid && said == "yes" && in.Ground != "" {
			f.Add("ground", ui.Key("诉求人已接受回访的，不填无效理由"))
		}
		if in.Ground != "" || q.When != nil && !slices.Contains(q.When.Is, given[q.When.Question]) {
			continue
		}
		if h.answer(&f, q, said); said != "" {
			given[q.Key] = said
		}
	}
	if !h.valid && in.Ground == "" {
		f.Add("ground", ui.Key("未接受回访的，请选择无效回访的理由"))
	}
	if h.wanting && in.Reopen && !cfg.Bool("callback.reopen", true) {
		f.Add("reopen", ui.Key("本街道已设定回访不退回重办"))
	}
	return h, f.Fault()
}

// answer takes one answer down.
func (h *heard) answer(f *problems, q blueprint.Question, said string) {
	switch {
	case said == "":
		if q.Required {
			f.Add(asks(q.Key), ui.Key("请回答此题"))
		}
		return
	case q.Type == blueprint.AskWords:
		f.Fit(asks(q.Key), said, longText)
		h.words[q.Key] = said
		return
	case q.Type == blueprint.AskYes && said != "yes" && said != "no",
		q.Type == blueprint.AskChoice && !slices.ContainsFunc(q.Options, func(o blueprint.Option) bool { return o.Value == said }):
		f.Add(asks(q.Key), ui.Key("请从所列答案中选择"))
		return
	}
	h.choices[q.Key] = said
	switch q.Counts {
	case blueprint.CountsValid:
		h.valid = said == "yes"
	case blueprint.CountsContact:
		h.contacted = said == "yes"
	case blueprint.CountsSolved:
		h.solved = said == "yes"
		h.wanting = h.wanting || !h.solved
	case blueprint.CountsSatisfied:
		h.satisfaction = Satisfaction(said)
		h.wanting = h.wanting || h.satisfaction == Not
	}
}

// callback is one call-back: a try that reached nobody, a refusal, or a valid one.
type callback struct {
	bun.BaseModel `bun:"table:callbacks,alias:b"`

	ID           uuid.UUID `bun:",pk,type:uuid"`
	CaseID       uuid.UUID `bun:"type:uuid"`
	Person       int64
	At           time.Time
	Round        int16
	Valid        bool
	Ground       string
	Contacted    bool
	Solved       bool
	Satisfaction Satisfaction
	Choices      string `bun:",nullzero"` // JSON
	Answers      []byte // sealed JSON
}

func (s *step) callback(in *Answer, h heard) (*callback, error) {
	b := &callback{ID: tenants.NewID(), CaseID: s.c.ID, Person: s.tx.Actor().Person, At: s.at, Round: s.c.Reopened,
		Valid: h.valid, Ground: in.Ground, Contacted: h.contacted, Solved: h.solved, Satisfaction: h.satisfaction}
	for _, kept := range []struct {
		said map[string]string
		to   func(string)
	}{
		{h.choices, func(text string) { b.Choices = text }},
		{h.words, func(text string) {
			b.Answers = s.box.Seal(keys.Addr{Table: "callbacks", Column: "answers", ID: b.ID}, text)
		}},
	} {
		if len(kept.said) == 0 {
			continue
		}
		text, err := json.Marshal(kept.said)
		if err != nil {
			return nil, fmt.Errorf("answers of a call-back: %w", err)
		}
		kept.to(string(text))
	}
	return b, nil
}

// drawCallBack decides whether the case that is being closed or answered is called back, starts the clocks of the call-back,
// and answers how it was decided.
func (s *step) drawCallBack(w *change) ([]string, error) {
	c := s.c
	take, counts, how := s.sampled(blueprint.OfCallBacks, blueprint.StepCallBack, c.drawnToday)
	c.OwesCall, c.CallAt, c.CallBy, c.Uncalled = take, time.Time{}, time.Time{}, false
	if !take {
		return how, nil
	}
	if counts {
		w.count(blueprint.OfCallBacks, s.at, c.Unit)
	}
	cal := calendarOf(s.rules)
	var err error
	if c.CallAt, err = Due(s.at, s.rules.Limit("callback.after", blueprint.Limit{Value: 1, Unit: blueprint.WorkingHour}), cal); err != nil {
		return nil, err
	}
	if c.CallBy, err = Due(s.at, s.rules.Limit("callback.within", blueprint.Limit{Value: 3, Unit: blueprint.WorkingDay}), cal); err != nil {
		return nil, err
	}
	w.alarm(callTimer, c.CallBy)
	return how, nil
}

// CallBack records a call-back. A valid one ends it: what is unsolved or found wanting may go back to its unit,
// counted and under a new deadline, and is called back again when it is closed again; else the case is archived
// when it owes nothing more. A call that reached nobody is a try: the next may follow after the gap, and after the
// last the call-back is over without counting for the rates.
func CallBack(ctx context.Context, tx tenants.Tx, id uuid.UUID, in Answer) (*Case, error) {
	s, err := begin(ctx, tx, id, ToCallBack)
	if err != nil {
		return nil, err
	}
	c := s.c
	h, err := in.hear(s.rules, c.Class)
	if err != nil {
		return nil, err
	}
	if in.Ground == unreached && s.at.Before(c.CallAt) {
		// A second call in the same hour would only use up the tries.
		return nil, fault.New(fault.Conflict, "%s 之前不重复拨打；诉求人此前接听的，可以直接记录", ui.Time(c.CallAt))
	}
	w := change{columns: []string{"stage", "calls", "owes_call", "call_at"}, remark: say(tx, s.box, c, "case.called_back", in.Remark, s.at)}
	if w.callback, err = s.callback(&in, h); err != nil {
		return nil, err
	}
	c.OwesCall = false
	if in.Ground == unreached {
		if c.Calls++; int64(c.Calls) < s.rules.Int("callback.tries", 3) {
			c.OwesCall = true
			if c.CallAt, err = Due(s.at, s.rules.Limit("callback.gap", blueprint.Limit{Value: 4, Unit: blueprint.WorkingHour}), calendarOf(s.rules)); err != nil {
				return nil, err
			}
		}
	}
	if !c.OwesCall {
		w.hush = append(w.hush, callTimer)
	}
	again := h.wanting && in.Reopen
	if !again {
		c.settle()
	}
	told := h.told(c, in.Ground)
	if h.valid {
		told = append(told, s.event(tally.Called)...)
	}
	s.done("case.called_back", told...)
	if again {
		w.hush = append(w.hush, replyTimer)
		return c, s.reopen(ctx, w)
	}
	return c, w.write(ctx, tx, c)
}

// told is what followers may know of a call-back.
func (h *heard) told(c *Case, ground string) []string {
	yes := func(b bool) string {
		if b {
			return "yes"
		}
		return "no"
	}
	out := []string{"valid", yes(h.valid)}
	if h.valid {
		return append(out, "contacted", yes(h.contacted), "solved", yes(h.solved), "satisfaction", string(h.satisfaction))
	}
	return append(out, "ground", ground, "try", strconv.Itoa(int(c.Calls)))
}

// runCallBack notes that a call-back was not over in time. It stays owed.
func runCallBack(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	c, err := lock(ctx, tx, id)
	if err != nil || !c.OwesCall || c.Uncalled || c.CallBy.After(clock.Now(ctx)) {
		return err
	}
	s, err := takeUp(ctx, tx, c)
	if err != nil {
		return err
	}
	c.Uncalled = true
	s.done("case.uncalled")
	return change{columns: []string{"uncalled"}}.write(ctx, tx, c)
}
