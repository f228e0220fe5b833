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
	if p := s.browser(ctx, gardener).get("/assessment/exclusions"); strings.Contains(p.Raw, "台风期间停运") {
		t.Error("another unit sees it")
	}
	held.Move(at("2026-11-27 09:00"))
	if p := b.post("/assessment/exclusions", ask("number", all[0].Number)); p.Status != http.StatusConflict || !strings.Contains(p.Raw, "已过剔除申请期限") {
		t.Errorf("too late: %d", p.Status)
	}
	if p := b.post("/assessment/exclusions/"+id.String()+"/withdraw", url.Values{}); p.Status != http.StatusConflict {
		t.Errorf("withdrawn after the decision: %d", p.Status)
	}
}
