package admin

import (
	"context"
	"time"

	"wanjie/templates/ui"
)

// Measure is what may be done about an account, as a form.
type Measure struct {
	Guard                      ui.Guard
	Key, Title, About, Confirm string
	Grave                      bool // takes something away
	Reason, Say, Error         string
}

func (m Measure) errors() []ui.FieldError {
	if m.Error == "" {
		return nil
	}
	return []ui.FieldError{{Name: "reason-" + m.Key, Text: m.Error}}
}

func (m Measure) weight() ui.Weight {
	if m.Grave {
		return ui.Danger
	}
	return ui.Primary
}

// Account is the page of one person's account: a tenant's member, or somebody above the tenants.
type Account struct {
	Frame
	Here   string // its own address; measures are posted to Here/measure
	Title  string
	Facts  []ui.Fact
	Off    time.Time // since when it is switched off; zero while it is not
	Notice string    // why some measures are not offered
	List   []Measure
	Says   bool // at a tenant's door: what the person may do
	Rights []Right
}

// state says whether the account works.
func (a Account) state(ctx context.Context) (ui.Tone, string) {
	if a.Off.IsZero() {
		return ui.Good, ui.T(ctx, "正常")
	}
	return ui.Bad, ui.T(ctx, "已停用")
}
