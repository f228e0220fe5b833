package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"wanjie/tenants"
	"wanjie/tenants/journal"
	"wanjie/tenants/journal/seal"
	"wanjie/tenants/tenantstest"
)

// TestProveFindsOneChangedAct seals a street's journal, proves it, changes one act as somebody who owns
// the database could, and sees it found, named and told apart from what still holds.
func TestProveFindsOneChangedAct(t *testing.T) {
	w := production(t)
	s, other := w.Street(t), w.Street(t, tenantstest.At(tenantstest.Other))
	r, err := journal.NewRunner(w.DB, nil, nil, seal.Follower())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{tenants.Home, tenantstest.Other} { // other tests' workers sign roots into files of their own
		if _, err := w.Super(t, place).Exec(t.Context(), "DELETE FROM ctl.roots"); err != nil {
			t.Fatal(err)
		}
	}
	code, stdout, stderr := call(t, "prove", "--tenant", s.Slug)
	if code != 0 || !strings.Contains(stdout, "1 acts are exactly as they were sealed") || !strings.Contains(stdout, "Everything holds.") {
		t.Fatalf("untouched: exit %d\n%s%s", code, stdout, stderr)
	}
	super := w.Super(t, tenants.Home)
	if _, err := super.Exec(t.Context(), "UPDATE journal SET actor = 7 WHERE tenant_id = $1 AND n = 1", int32(s.ID)); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr = call(t, "prove", "--tenant", s.Slug)
	if want := fmt.Sprintf("BAD  journal of 枫桥街道 (%s, tenant %s at home): acts 1 to 1 were altered", s.Slug, s.ID); code != exitFailed || !strings.Contains(stdout, want) || !strings.Contains(stdout, "It does not hold") {
		t.Errorf("one act changed: exit %d\n%s%s", code, stdout, stderr)
	}
	code, stdout, stderr = call(t, "--json", "prove")
	var p seal.Proof
	if err := json.Unmarshal([]byte(stdout), &p); err != nil || code != exitFailed {
		t.Fatalf("exit %d, %v: %s%s", code, err, stdout, stderr)
	}
	if p.Holds || len(p.Broken) != 1 || p.Broken[0].Tenant != s.ID || p.Broken[0].From != 1 || p.Tenants < 2 || len(p.Roots) != 2 {
		t.Errorf("all of them: %+v", p)
	}
	if code, stdout, _ := call(t, "prove", "--tenant", other.Slug); code != 0 {
		t.Errorf("the neighbour is told to be broken: exit %d\n%s", code, stdout)
	}
	if code, _, stderr := call(t, "prove", "--tenant", "nowhere"); code != exitFailed || !strings.Contains(stderr, "nowhere") {
		t.Errorf("an unknown tenant: exit %d, %s", code, stderr)
	}
	if _, err := super.Exec(t.Context(), "UPDATE journal SET actor = 0 WHERE tenant_id = $1 AND n = 1", int32(s.ID)); err != nil {
		t.Fatal(err)
	}
}
