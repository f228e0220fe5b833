package cases

import (
	"os"
	"slices"
	"testing"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// MOVES.md is the table for people. After a change of the table: WRITE=1 go test ./app/cases -run Described
func TestMovesAreDescribed(t *testing.T) {
	want := "# Who may do what when\n\nPrinted from the table `Moves` in moves.go by its test.\n\n" + Describe()
	if os.Getenv("WRITE") != "" {
		if err := os.WriteFile("MOVES.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("MOVES.md")
	if err != nil || string(got) != want {
		t.Errorf("MOVES.md does not say what the table says (%v)", err)
	}
}

// Every stage has a way in, every one a way out but those that end a case for good, and each verb
// stands in the table once.
func TestMovesHangTogether(t *testing.T) {
	into, out, verbs := map[Stage]bool{}, map[Stage]bool{}, map[Verb]bool{}
	for _, m := range Moves {
		if verbs[m.Verb] {
			t.Errorf("verb %s stands twice", m.Verb)
		}
		verbs[m.Verb] = true
		for _, s := range m.To {
			into[s] = true
		}
		for _, s := range m.From {
			out[s] = true
		}
		if len(m.May) == 0 || m.Title == "" || len(m.To) == 0 {
			t.Errorf("verb %s lacks capability, title or target", m.Verb)
		}
	}
	for _, s := range Stages {
		if !into[s] {
			t.Errorf("no way into %s", s)
		}
		if ends := s.Ended() && s != Closed && s != Answered; out[s] == ends {
			t.Errorf("stage %s: way out %v", s, out[s])
		}
		if s.Title() == "" {
			t.Errorf("stage %s has no name", s)
		}
	}
}

// Each verb against each stage, by somebody who may do everything but is not the product itself.
func TestStagesDecide(t *testing.T) {
	all := tenants.Actor{Person: 7, Grants: []tenants.Grant{{Role: auth.ShiftLead}, {Role: auth.Handler}}}
	states := map[Stage]State{Handling: Received, Checking: Done, Closed: Done}
	open := map[Stage][]Verb{
		Reported: {ToFile, ToInform, ToVerify, ToReject, ToMerge, ToVoid}, Verifying: {ToConfirm, ToInform, ToMerge, ToVoid}, Accepted: {ToFile, ToInform, ToReject, ToMerge, ToVoid},
		Filed: {ToDispatch, ToHandOver, ToMerge, ToVoid}, Handling: {ToAssign, ToHandle, ToReturn, ToExtend, ToSuspend, ToJoin}, Checking: {ToCheck}, Closed: {ToCallBack},
	}
	for _, s := range Stages {
		c := &Case{Stage: s, Unit: sanitation, OwesCall: s == Closed}
		if state, ok := states[s]; ok {
			c.Lead = &Assignment{Role: LeadRole, Unit: sanitation, State: state, ReceivedBy: worker, HandledBy: worker}
		}
		var got []Verb
		for _, m := range Allowed(all, c, &blueprint.Config{}) {
			got = append(got, m.Verb)
		}
		if !slices.Equal(got, open[s]) {
			t.Errorf("in %s: %v, want %v", s, got, open[s])
		}
	}
}

func TestWhoSeesWhat(t *testing.T) {
	c := &Case{Stage: Handling, Unit: sanitation, Community: community, ReportedBy: grid}
	person := func(n int64, gs ...tenants.Grant) tenants.Actor { return tenants.Actor{Person: n, Grants: gs} }
	for _, who := range []struct {
		name  string
		actor tenants.Actor
		want  bool
	}{
		{"the desk", person(1, tenants.Grant{Role: auth.Intake}), true},
		{"its unit", person(1, tenants.Grant{Role: auth.Handler, Unit: sanitation}), true},
		{"another unit", person(1, tenants.Grant{Role: auth.Handler, Unit: greening}), false},
		{"the desk of its community", person(1, tenants.Grant{Role: auth.Intake, Community: community}), true},
		{"the desk of another community", person(1, tenants.Grant{Role: auth.Intake, Community: "320505003002"}), false},
		{"who reported it", person(grid, tenants.Grant{Role: auth.GridWorker}), true},
		{"another grid worker", person(1, tenants.Grant{Role: auth.GridWorker}), false},
		{"a role that is gone", person(1, tenants.Grant{Role: "ghost"}), false},
		{"the product", tenants.Machine(), true},
	} {
		if got := sees(who.actor, c); got != who.want {
			t.Errorf("%s sees it: %v", who.name, got)
		}
	}
	if err := move(ToHandle).allows(person(1, tenants.Grant{Role: auth.Handler, Unit: greening}), c, nil, &blueprint.Config{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("what one may not see must not exist: %v", err)
	}
}
