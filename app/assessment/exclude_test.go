package assessment

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"wanjie/app/fault"
	"wanjie/tenants"
)

// A unit asks for a case to be left out; who may not decide does not; once approved it is in no figure but its own.
func TestACaseIsLeftOut(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	all := s.month()
	ctx, held := hold(t, "2026-11-20 09:00")
	b := s.browser(ctx, worker)
	ask := func(more ...string) url.Values {
		f := url.Values{"number": {all[6].Number}, "ground": {"exclude-force"}, "words": {"台风期间停运"}, "evidence": {"气象预警第12号"}}
		for i := 0; i < len(more); i += 2 {
			f.Set(more[i], more[i+1])
		}
		return f
	}
	for field, bad := range map[string]url.Values{
		"words": ask("words", " "), "evidence": ask("evidence", ""), "ground": ask("ground", "return-not-mine"), "number": ask("number", "20261101-99999"), "other unit's": ask("number", all[7].Number),
	} {
		if p := b.post("/assessment/exclusions", bad); p.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", field, p.Status)
		}
	}
	if p := b.post("/assessment/exclusions", ask()); p.Status != http.StatusSeeOther {
		t.Fatalf("ask: %d %s", p.Status, p.Raw)
	}
	if p := b.post("/assessment/exclusions", ask()); p.Status != http.StatusConflict {
		t.Errorf("asking twice: %d", p.Status)
	}
	var id uuid.UUID
	if err := s.view.QueryRow(t.Context(), "SELECT id FROM assess_exclusions WHERE tenant_id = $1", int32(s.ID)).Scan(&id); err != nil {
		t.Fatal(err)
	}
	decide := func(person int64, approve bool, words string) error {
		return s.try(ctx, person, func(ctx context.Context, tx tenants.Tx) error {
			_, err := Decide(ctx, tx, id, approve, words)
			return err
		})
	}
	for person, want := range map[int64]fault.Kind{worker: fault.Forbidden, partial: fault.Forbidden, chief: fault.Forbidden, gardener: fault.NotFound, clerk: fault.NotFound} {
		if err := decide(person, true, ""); !fault.Is(err, want) {
			t.Errorf("%d decides: %v", person, err)
		}
	}
	if err := decide(leader, false, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("refused without words: %v", err)
	}
	l := s.browser(ctx, leader)
	before := l.get("/assessment/reports/week?on=2026-11-08").Raw
	if p := l.post("/assessment/exclusions/"+id.String()+"/decide", url.Values{"verdict": {"approve"}}); p.Status != http.StatusSeeOther {
		t.Fatalf("approve: %d %s", p.Status, p.Raw)
	}
	if err := decide(leader, true, ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("decided twice: %v", err)
	}
	after := l.get("/assessment/reports/week?on=2026-11-08")
	if strings.Contains(before, "剔除 1") || !strings.Contains(after.Raw, "剔除 1") {
		t.Error("what is left out is not shown beside the figure")
	}
	left := l.get("/assessment/reports/week/cases?on=2026-11-08&indicator=intake&part=left")
	if len(left.all("tbody tr")) != 1 || !strings.Contains(left.Raw, all[6].Number) {
		t.Error("the figure's excluded case is not listed")
	}
	if p := l.get("/assessment/exclusions"); !strings.Contains(p.Raw, "台风期间停运") || !strings.Contains(p.Raw, "已剔除") {
		t.Error("the exclusion is not listed with its reason")
	}
	for _, path := range []string{"/assessment/exclusions?page=7", "/assessment/reports/week/cases?on=2026-11-08&indicator=intake&part=left&page=7"} { // an old link, past the end
		if got := textOfNode(l.get(path).all(".pager > span")[0]); got != "共 1 条" {
			t.Errorf("%s says %q", path, got)
		}
	}
	if p := s.browser(ctx, gardener).get("/assessment/exclusions"); strings.Contains(p.Raw, "台风期间停运") {
		t.Error("another unit sees it")
	}
	// It was a mistake: asked with a reason and decided by somebody else, the case counts again; a report kept meanwhile
	// stays as it was kept and says so.
	path := "/assessment/exclusions/" + id.String() + "/undo"
	undo := func(person int64, approve bool, words string) error {
		return s.try(ctx, person, func(ctx context.Context, tx tenants.Tx) error {
			_, err := DecideUndo(ctx, tx, id, approve, words)
			return err
		})
	}
	if err := undo(leader, true, ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("revoked before anybody asked: %v", err)
	}
	var k *Kept
	if err := s.try(ctx, leader, func(ctx context.Context, tx tenants.Tx) (err error) {
		k, err = Keep(ctx, tx, "week", at("2026-11-08 10:00"))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	s.work(ctx, makeJob)
	c := s.browser(ctx, chief)
	if p := c.post(path, url.Values{"undo_words": {" "}}); p.Status != http.StatusUnprocessableEntity {
		t.Errorf("revoked without a reason: %d", p.Status)
	}
	if p := b.post(path, url.Values{"undo_words": {"不对"}}); p.Status != http.StatusForbidden {
		t.Errorf("a unit revokes: %d", p.Status)
	}
	if p := s.browser(ctx, gardener).post(path, url.Values{"undo_words": {"不对"}}); p.Status != http.StatusNotFound {
		t.Errorf("another unit revokes: %d", p.Status)
	}
	held.Move(at("2026-11-20 10:00"))
	if p := c.post(path, url.Values{"undo_words": {"预警是另一天的"}}); p.Status != http.StatusSeeOther {
		t.Fatalf("revoking is asked for: %d %s", p.Status, p.Raw)
	}
	if err := undo(chief, true, ""); !fault.Is(err, fault.Forbidden) {
		t.Errorf("who asked revokes: %v", err)
	}
	if err := undo(leader, false, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("refused without words: %v", err)
	}
	if err := undo(leader, false, "先核实"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(l.get("/assessment/reports/week?on=2026-11-08").Raw, "剔除 1") {
		t.Error("refused, it counts again")
	}
	if p := c.post(path, url.Values{"undo_words": {"预警是另一天的，附气象台复函"}}); p.Status != http.StatusSeeOther {
		t.Fatalf("asked for again: %d %s", p.Status, p.Raw)
	}
	if p := l.post(path+"/decide", url.Values{"undo_choice": {"approve"}}); p.Status != http.StatusSeeOther {
		t.Fatalf("revoked: %d %s", p.Status, p.Raw)
	}
	if now := l.get("/assessment/reports/week?on=2026-11-08").Raw; strings.Contains(now, "剔除 1") {
		t.Error("revoked, it does not count again")
	}
	if p := l.get("/assessment/kept/" + k.ID.String()); !strings.Contains(p.Raw, "剔除 1") || !strings.Contains(p.Raw, "撤销剔除 1 件") {
		t.Error("the kept report has changed, or does not say what happened since")
	}
	if p := l.get("/assessment/exclusions?state=revoked"); !strings.Contains(p.Raw, "附气象台复函") || !strings.Contains(p.Raw, "已撤销剔除") {
		t.Error("the revocation is not listed with its reason")
	}
	var kinds string
	if err := s.view.QueryRow(t.Context(), "SELECT string_agg(kind, ' ' ORDER BY n) FROM journal WHERE tenant_id = $1 AND object_id = $2", int32(s.ID), id).Scan(&kinds); err != nil ||
		kinds != "exclusion.asked exclusion.granted exclusion.undo_asked exclusion.undo_refused exclusion.undo_asked exclusion.revoked" {
		t.Errorf("acts %q (%v)", kinds, err)
	}
	held.Move(at("2026-11-27 09:00"))
	if p := b.post("/assessment/exclusions", ask("number", all[0].Number)); p.Status != http.StatusConflict || !strings.Contains(p.Raw, "已过剔除申请期限") {
		t.Errorf("too late: %d", p.Status)
	}
	if p := b.post("/assessment/exclusions/"+id.String()+"/withdraw", url.Values{}); p.Status != http.StatusConflict {
		t.Errorf("withdrawn after the decision: %d", p.Status)
	}
}
