package supervision

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/tenants"
)

// A case turns yellow: the product urges its unit once, the unit reads it; the desk urges with words, not too soon again and
// not too often.
func TestAYellowCaseIsUrged(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	c := s.dispatched(ctx, garbage) // four working hours: yellow at 14:42
	press := func(person int64, words string) error {
		return s.try(ctx, person, func(ctx context.Context, tx tenants.Tx) error { return Press(ctx, tx, c.ID, words) })
	}
	hold.Move(at("2026-11-23 14:42"))
	s.ring(ctx)
	s.ring(ctx)
	if diff := cmp.Diff([]string{"case.yellow", "case.urged"}, s.acts(c.ID, "case.yellow", "case.urge")); diff != "" {
		t.Fatal(diff)
	}
	unit := s.browser(ctx, worker)
	unit.get("/tasks").has(1, "#list .tag:contains('催办1次')")
	unit.get("/supervision").has(1, "#list tbody tr:contains('催办未阅')")
	unit.get("/supervision").has(1, ".menu-badge")
	sheet := unit.get("/cases/" + c.ID.String())
	sheet.has(1, `#urges form[action$="/urge/seen"]`)
	sheet.says("请抓紧办理", "系统")
	s.browser(ctx, clerk).get("/cases/"+c.ID.String()).has(0, `#urges form`)
	unit.post("/cases/"+c.ID.String()+"/urge/seen", url.Values{}, http.StatusSeeOther)
	unit.post("/cases/"+c.ID.String()+"/urge/seen", url.Values{}, http.StatusSeeOther) // read already: nothing more
	s.browser(ctx, clerk).get("/cases/" + c.ID.String()).says("已阅：" + person(worker))
	unit.get("/supervision").has(0, "#list tbody tr")

	if err := press(worker, ""); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the unit urged itself: %v", err)
	}
	if err := press(other, ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("another unit sees the case: %v", err)
	}
	if err := press(clerk, "诉求人又来电，请今天办结"); err != nil {
		t.Fatal(err)
	}
	hold.Move(at("2026-11-23 15:30"))
	if err := press(clerk, ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("urged again within the gap: %v", err)
	}
	hold.Move(at("2026-11-24 15:30"))
	if err := press(clerk, ""); err != nil {
		t.Fatal(err)
	}
	hold.Move(at("2026-11-25 15:30"))
	if err := press(clerk, ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("urged a fourth time: %v", err)
	}
	s.browser(ctx, clerk).get("/cases/"+c.ID.String()).has(0, `form[action$="/urge"]`)
	if diff := cmp.Diff([]string{"case.urged", "case.urge_seen", "case.urged", "case.urged"}, s.acts(c.ID, "case.urge")); diff != "" {
		t.Error(diff)
	}
}

// A street that does not want the product to urge urges by hand alone.
func TestNoUrgingByItselfWhereItIsOff(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	s.set("urge.auto", false)
	s.set("supervise.auto", false)
	c := s.dispatched(ctx, garbage)
	hold.Move(at("2026-11-23 18:00"))
	s.ring(ctx)
	if got := s.acts(c.ID, "case.urge", "case.super"); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// A unit ignores an order of the first degree and meets one of the second, whose answer a leader first sends back.
func TestAnIgnoredOrderIsFollowedByAHigherOne(t *testing.T) {
	t.Parallel()
	s, ok := openStreet(t), must(t)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	c := s.dispatched(ctx, works) // five working days: Monday 30 November 17:30
	hold.Move(at("2026-11-30 17:30").Add(time.Second))
	s.ring(ctx)
	first := s.orders(c.ID)
	if len(first) != 1 || first[0].Level != "first" || first[0].Ground != Overdue || first[0].State != Proposed || first[0].ProposedBy != tenants.System {
		t.Fatalf("overdue, and %+v", first)
	}
	s.browser(ctx, chief).get("/supervision").has(1, "#list tbody tr:contains('待签发')")
	if _, err := s.as(ctx, clerk, worded(Sign, first[0].ID, "")); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the clerk signed: %v", err)
	}
	o := ok(s.as(ctx, chief, worded(Sign, first[0].ID, "今天内说明原因并报办结时间")))
	if o.Number != "督〔2026〕00001号" || o.Deduct != 5 || !o.ReplyBy.Equal(at("2026-12-01 17:30")) || s.find(c.ID).Supervised != 1 {
		t.Errorf("signed: %+v, the case shows %d", o, s.find(c.ID).Supervised)
	}
	unit := s.browser(ctx, worker)
	unit.get("/tasks").has(1, "#list .tag:contains('一级督办')")
	unit.get("/supervision").has(1, "#list tbody tr:contains('待反馈')")

	hold.Move(at("2026-12-01 17:30").Add(time.Second)) // nobody answered
	s.ring(ctx)
	all := s.orders(c.ID)
	if len(all) != 2 || !all[0].Missed || all[1].Level != "second" || all[1].Ground != Missed || all[1].Follows != o.ID || all[1].State != Proposed {
		t.Fatalf("ignored, and %+v", all)
	}
	if _, err := s.as(ctx, chief, worded(Sign, all[1].ID, "")); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the shift leader signed the second degree: %v", err)
	}
	o = ok(s.as(ctx, leader, worded(Sign, all[1].ID, "")))
	if o.Number != "督〔2026〕00002号" || s.find(c.ID).Supervised != 2 {
		t.Errorf("signed: %+v", o)
	}
	if _, err := s.as(ctx, other, worded(Answer, o.ID, "不归我们")); !fault.Is(err, fault.NotFound) {
		t.Errorf("another unit answered: %v", err)
	}
	ok(s.as(ctx, worker, worded(Answer, o.ID, "正在办理")))
	if _, err := s.as(ctx, worker, judged(o.ID, true, "")); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the unit judged its own answer: %v", err)
	}
	if _, err := s.as(ctx, leader, judged(o.ID, false, "")); fault.Of(err) == nil || fault.Of(err).Fields["words"] == "" {
		t.Errorf("refused without a word: %v", err)
	}
	hold.Move(at("2026-12-02 09:30"))
	o = ok(s.as(ctx, leader, judged(o.ID, false, "没有写明办结时间")))
	if o.State != Signed || !o.ReplyBy.Equal(at("2026-12-04 17:30")) || o.Refusals != 1 {
		t.Errorf("sent back: %+v", o)
	}
	ok(s.as(ctx, worker, worded(Answer, o.ID, "12月4日前完成路面修复")))
	o = ok(s.as(ctx, leader, judged(o.ID, true, "")))
	ok(s.as(ctx, worker, worded(Answer, first[0].ID, "见二级督办反馈"))) // late, and it stays counted
	if o.State != Settled || o.Missed || s.find(c.ID).Supervised != 1 {
		t.Errorf("settled: %+v, the case shows %d", o, s.find(c.ID).Supervised)
	}
	hold.Move(at("2026-12-30 09:00"))
	s.ring(ctx) // what was answered rings no more; the case has long come to the third degree's share
	all = s.orders(c.ID)
	if len(all) != 3 || all[2].Ground != Overdue || all[0].State != Replied {
		t.Errorf("later: %+v", all)
	}
	s.do(ctx, chief, func(ctx context.Context, tx tenants.Tx) error {
		got, err := CountedIn(ctx, tx, at("2026-11-01 00:00"), at("2026-12-31 00:00"))
		if diff := cmp.Diff([]Counted{{Unit: sanitation, Class: works, Orders: 2, Missed: 1, Deduct: 15}}, got); diff != "" {
			t.Error(diff)
		}
		paper, of, err2 := PaperOf(ctx, tx, o.ID)
		if err2 != nil || paper.Number != o.Number || paper.Reply != "12月4日前完成路面修复" || paper.Signer != person(leader) || of.ID != c.ID || paper.Level != "二级督办" {
			t.Errorf("on paper: %+v (%v)", paper, err2)
		}
		return err
	})
	if diff := cmp.Diff([]string{"case.supervision_proposed", "case.supervised", "case.supervision_missed", "case.supervision_proposed", "case.supervised",
		"case.supervision_replied", "case.supervision_refused", "case.supervision_replied", "case.supervision_settled", "case.supervision_replied", "case.supervision_proposed"},
		s.acts(c.ID, "case.super")); diff != "" {
		t.Error(diff)
	}
	s.browser(ctx, chief).get("/cases/"+c.ID.String()).says("督〔2026〕00001号", "未按期反馈", "没有写明办结时间", "督办销号")
}

// The product proposes each degree at its share of the limit, once; whoever signs may decline, and is not asked again.
func TestDegreesComeAtTheirShare(t *testing.T) {
	t.Parallel()
	s, ok := openStreet(t), must(t)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	c := s.dispatched(ctx, garbage) // four working hours: 15:30; half as much again at 17:30; twice as much the next day
	ranks := func() (out []int16) {
		for _, o := range s.orders(c.ID) {
			out = append(out, o.Rank)
		}
		return out
	}
	for _, step := range []struct {
		when string
		want []int16
	}{
		{"2026-11-23 15:29", nil}, {"2026-11-23 15:30", []int16{1}}, {"2026-11-23 17:29", []int16{1}}, {"2026-11-23 17:30", []int16{1, 2}},
		{"2026-11-24 10:59", []int16{1, 2}}, {"2026-11-24 11:00", []int16{1, 2, 3}}, {"2026-12-24 11:00", []int16{1, 2, 3}},
	} {
		hold.Move(at(step.when))
		s.ring(ctx)
		if got := ranks(); !slices.Equal(got, step.want) {
			t.Fatalf("at %s: degrees %v, want %v", step.when, got, step.want)
		}
	}
	o := s.orders(c.ID)[0]
	if _, err := s.as(ctx, chief, worded(Decline, o.ID, "")); fault.Of(err) == nil || fault.Of(err).Fields["words"] == "" {
		t.Errorf("declined without a word: %v", err)
	}
	ok(s.as(ctx, chief, worded(Decline, o.ID, "已由二级督办")))
	if _, err := s.as(ctx, chief, worded(Sign, o.ID, "")); !fault.Is(err, fault.Conflict) {
		t.Errorf("signed what was declined: %v", err)
	}

	// Handed in in time, nothing is proposed; handed in late and sent back, the next share finds it.
	quick := s.dispatched(ctx, garbage)
	s.do(ctx, 0, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Handle(ctx, tx, quick.ID, "已清")
		return err
	})
	hold.Move(at("2026-12-25 17:00"))
	s.ring(ctx)
	if got := s.orders(quick.ID); len(got) != 0 {
		t.Errorf("in time, and %+v", got)
	}
	s.do(ctx, 0, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Check(ctx, tx, quick.ID, cases.Finding{Remark: "仍有残留"})
		return err
	})
	s.ring(ctx)
	if got := s.orders(quick.ID); len(got) != 1 || got[0].Ground != Overdue {
		t.Errorf("back late, and %+v", got)
	}
}

// The same matter is reported again and again: the product proposes an order.
func TestARepeatedMatterIsSupervised(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	ctx, _ := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	c := s.dispatched(ctx, works)
	for n, want := range []string{"first", "second"} {
		s.do(ctx, 0, func(ctx context.Context, tx tenants.Tx) error {
			again, err := cases.Report(ctx, tx, cases.Intake{Channel: "phone", Class: works, Words: cases.Words{Description: "路面还没修"}})
			if err == nil {
				_, err = cases.Merge(ctx, tx, again.ID, c.Number)
			}
			return err
		})
		s.ring(ctx)
		if got := s.orders(c.ID); len(got) != n+1 || got[n].Level != want || got[n].Ground != Repeated {
			t.Fatalf("reported %d times, and %+v", n+2, got)
		}
	}
}

// A leader instructs the unit and the desk, with a date: one reports in time, the other does not.
func TestAnInstructionWithADate(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	c := s.dispatched(ctx, works)
	instruct := func(person int64, in Directive) error {
		return s.try(ctx, person, func(ctx context.Context, tx tenants.Tx) error { _, err := Instruct(ctx, tx, c.ID, in); return err })
	}
	in := Directive{Words: "三天内拿出方案，指挥中心每天报进度", To: []string{sanitation, "", sanitation}, DueAt: at("2026-11-26 12:00")}
	if err := instruct(chief, in); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the shift leader instructed: %v", err)
	}
	if got := fault.Of(instruct(leader, Directive{To: []string{greening}, DueAt: at("2026-11-20 12:00")})); got == nil || len(got.Fields) != 3 {
		t.Errorf("refused fields: %+v", got)
	}
	if err := instruct(leader, in); err != nil {
		t.Fatal(err)
	}
	if s.find(c.ID).Instructed != 2 {
		t.Errorf("%d addressees, want 2", s.find(c.ID).Instructed)
	}
	unit, desk := s.browser(ctx, worker), s.browser(ctx, chief)
	unit.get("/tasks").has(1, "#list .tag:contains('批示待办')")
	unit.get("/supervision").has(1, "#list tbody tr:contains('环卫站')")
	desk.get("/supervision").has(1, "#list tbody tr:contains('指挥中心')")
	sheet := unit.get("/cases/" + c.ID.String())
	sheet.says("三天内拿出方案", person(leader))
	sheet.has(1, `form[action*="/instructions/"]`)
	var parts []Addressee
	s.do(ctx, 0, func(ctx context.Context, tx tenants.Tx) error {
		all, err := Instructions(ctx, tx, c.ID)
		parts = all[0].Parts // the desk first
		return err
	})
	path := "/instructions/" + parts[1].ID.String() + "/done"
	unit.post(path, url.Values{"words": {""}}, http.StatusUnprocessableEntity).has(1, `form[action$="`+path+`"] textarea[aria-invalid=true]`)
	unit.post("/instructions/"+parts[0].ID.String()+"/done", url.Values{"words": {"代办"}}, http.StatusForbidden)
	unit.post(path, url.Values{"words": {"方案已报分管领导"}}, http.StatusSeeOther)
	unit.post(path, url.Values{"words": {"再报一次"}}, http.StatusConflict)
	hold.Move(at("2026-11-26 12:00").Add(time.Second))
	s.ring(ctx)
	if diff := cmp.Diff([]string{"case.instructed", "case.instruction_done", "case.instruction_missed"}, s.acts(c.ID, "case.instruct")); diff != "" {
		t.Error(diff)
	}
	desk.get("/supervision/instructions").has(1, "#list tbody tr:contains('未按期落实')")
	desk.get("/supervision/instructions").has(1, "#list tbody tr:contains('已落实')")
	desk.post("/instructions/"+parts[0].ID.String()+"/done", url.Values{"words": {"已连续报告三天"}}, http.StatusSeeOther)
	if s.find(c.ID).Instructed != 0 {
		t.Error("all have reported, and the case still shows an instruction")
	}
	s.browser(ctx, other).get("/supervision/instructions").has(0, "#list tbody tr")
}

// Every deadline is an act within two seconds of a keeper that runs: yellow, overdue, and an order that was not answered.
func TestDeadlinesBecomeActsWithinTwoSeconds(t *testing.T) {
	t.Parallel()
	s, ok := openStreet(t), must(t)
	c := s.dispatched(t.Context(), works)
	o := ok(s.as(t.Context(), chief, func(ctx context.Context, tx tenants.Tx) (*Order, error) {
		return Propose(ctx, tx, c.ID, "first", "久拖不决")
	}))
	ok(s.as(t.Context(), chief, worded(Sign, o.ID, "")))
	yellow := time.Now().Add(2 * time.Second).Truncate(time.Millisecond)
	end := yellow.Add(2 * time.Second)
	for _, q := range []string{
		`UPDATE cases SET warn_at = $3::timestamptz, red_at = $4::timestamptz, due_at = $4::timestamptz WHERE tenant_id = $1 AND id = $2`,
		`UPDATE timers SET due_at = $3::timestamptz, next_at = $3::timestamptz WHERE tenant_id = $1 AND object_id = $2 AND kind = 'case.due' AND $4::timestamptz > $3::timestamptz`,
		`UPDATE timers SET due_at = $4::timestamptz, next_at = $4::timestamptz WHERE tenant_id = $1 AND kind = 'supervision.reply' AND $2::uuid IS NOT NULL AND $4::timestamptz > $3::timestamptz`,
		`UPDATE supervision_orders SET reply_by = $4::timestamptz WHERE tenant_id = $1 AND case_id = $2 AND $4::timestamptz > $3::timestamptz`,
	} {
		if _, err := s.view.Exec(t.Context(), q, int32(s.ID), c.ID, yellow, end); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	keeper := &jobs.Timekeeper{DB: s.DB, Kinds: cases.Module.With(Part).Timers, Log: slog.New(slog.DiscardHandler), Only: s.ID}
	done := make(chan error, 1)
	go func() { done <- keeper.Run(ctx) }()
	defer func() { stop(); <-done }()
	time.Sleep(time.Until(end.Add(2 * time.Second)))
	for kind, when := range map[string]time.Time{"case.yellow": yellow, "case.urged": yellow, "case.overdue": end, "case.supervision_missed": end} {
		var acts int
		var latest time.Time
		if err := s.view.QueryRow(t.Context(), `SELECT count(*), coalesce(max(recorded_at), '-infinity') FROM journal WHERE tenant_id = $1 AND object_id = $2 AND kind = $3
			AND recorded_at BETWEEN $4::timestamptz AND $4::timestamptz + interval '2 seconds'`, int32(s.ID), c.ID, kind, when).Scan(&acts, &latest); err != nil || acts != 1 {
			t.Errorf("%s: %d acts within two seconds of its deadline (%v)", kind, acts, err)
		}
	}
}

// The register is filtered by its address, taken out as a file, and shows to each only what is his.
func TestTheRegister(t *testing.T) {
	t.Parallel()
	s, ok := openStreet(t), must(t)
	ctx, _ := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	c, d := s.dispatched(ctx, garbage), s.dispatched(ctx, works)
	desk := s.browser(ctx, chief)
	path := "/cases/" + c.ID.String()
	desk.post(path+"/supervise", url.Values{"level": {"none"}, "words": {"久拖不决"}}, http.StatusUnprocessableEntity).has(1, `form[action$="/supervise"] select[name=level][aria-invalid=true]`)
	desk.post(path+"/supervise", url.Values{"level": {"first"}, "words": {"诉求人多次来电，请说明原因"}}, http.StatusSeeOther)
	desk.post(path+"/supervise", url.Values{"level": {"first"}, "words": {"再来一份"}}, http.StatusConflict)
	desk.post("/cases/"+d.ID.String()+"/supervise", url.Values{"level": {"second"}, "words": {"影响较大"}}, http.StatusSeeOther)
	o := s.orders(c.ID)[0]
	desk.get(path).has(1, `#order-`+o.ID.String()+` form[action$="/sign"]`)
	desk.get("/cases/"+d.ID.String()).has(0, `form[action$="/sign"]`)
	s.browser(ctx, leader).get("/cases/"+d.ID.String()).has(1, `form[action$="/sign"]`)
	order := "/supervision/" + o.ID.String()
	desk.post(order+"/sign", url.Values{"words": {""}}, http.StatusSeeOther)
	s.browser(ctx, worker).post(order+"/reply", url.Values{"words": {"已安排今日清运"}}, http.StatusSeeOther)
	desk.post(order+"/judge", url.Values{}, http.StatusUnprocessableEntity).says("请选择审核意见")
	desk.post(order+"/judge", url.Values{"verdict": {"accept"}}, http.StatusSeeOther)
	desk.get("/supervision/orders").has(2, "#list tbody tr")
	desk.get("/supervision/orders?state=settled&level=first&unit=sanitation&number=督〔2026〕").has(1, "#list tbody tr")
	desk.get("/supervision/orders?number="+url.QueryEscape(d.Number)).has(1, "#list tbody tr")
	desk.get("/supervision/orders?missed=1").has(0, "#list tbody tr")
	desk.get("/supervision/orders?from=2026-11-24").has(0, "#list tbody tr")
	desk.get("/supervision/orders?number=%00%ff&page=-3&from=x").has(2, "#list tbody tr")
	s.browser(ctx, other).get("/supervision/orders").has(0, "#list tbody tr")
	s.browser(ctx, worker).get("/supervision/orders").has(2, "#list tbody tr")
	w := desk.send(http.MethodGet, "/supervision/orders/file?format=csv&state=settled", nil)
	if body := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(body, "督〔2026〕00001号,"+c.Number+",一级督办,环卫站") || strings.Contains(body, d.Number) || strings.Contains(body, "多次来电") {
		t.Errorf("the file: %d %s", w.Code, body)
	}
	w = desk.send(http.MethodGet, "/supervision/orders/file?format=xlsx&from=2026-11-01", nil)
	book, err := excelize.OpenReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(w.Code, err)
	}
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil || len(rows) != 8 || !strings.HasSuffix(rows[0][0], " 督办台账") || !strings.HasPrefix(rows[1][0], "统计期间：2026-11-01 至 ") || !strings.HasPrefix(rows[2][0], "共2件，已签发1件") ||
		rows[3][0] != "序号" || rows[4][0] != "1" || rows[6][0] != "合计" || rows[6][1] != "2件" || !strings.HasPrefix(rows[7][0], "制表：") {
		t.Errorf("as Excel: %q %v", rows, err)
	}
	if w := desk.send(http.MethodGet, "/supervision/orders/file?format=exe", nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a file of an unknown form: %d", w.Code)
	}
	if w := s.browser(ctx, clerk).send(http.MethodGet, "/supervision/orders/file?format=csv", nil); w.Code != http.StatusForbidden {
		t.Errorf("the clerk took the register out: %d", w.Code)
	}
	stranger := openStreet(t)
	stranger.browser(ctx, chief).post(order+"/judge", url.Values{"verdict": {"accept"}}, http.StatusNotFound)
	stranger.browser(ctx, chief).post(path+"/urge", url.Values{}, http.StatusNotFound)
	if got := ok(s.as(ctx, chief, func(ctx context.Context, tx tenants.Tx) (*Order, error) { return Find(ctx, tx, o.ID) })); got.State != Settled {
		t.Errorf("it is %s", got.State)
	}
}
