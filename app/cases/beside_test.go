package cases

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/tenants"
)

const (
	builder   = 121 // 承办联络员 of the urban construction office
	officer   = 122 // 承办联络员 of the police station
	secretary = 123 // 承办联络员 of the community
	walker    = 124 // 网格员 of the community
	fitter    = 125 // 经办人 of the sanitation station
	squad     = 126 // 承办联络员 of the enforcement squad
)

// staff gives the test street the people of its second level.
func (s *street) staff() {
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		for person, g := range map[int64]tenants.Grant{
			builder: {Role: auth.Handler, Unit: "urban-construction"}, officer: {Role: auth.Handler, Unit: "police-station"}, squad: {Role: auth.Handler, Unit: "enforcement-squad"},
			secretary: {Role: auth.Handler, Unit: community}, walker: {Role: auth.GridWorker, Community: community}, fitter: {Role: auth.Hand, Unit: sanitation},
		} {
			if _, err := tx.Raw(`INSERT INTO grants (tenant_id, id, person, role, unit, community, made_by) VALUES (?, ?, ?, ?, ?, ?, 0)`,
				int32(tx.ID()), tenants.NewID(), person, g.Role, g.Unit, g.Community).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

func of2(f func(context.Context, tenants.Tx, uuid.UUID, uuid.UUID) (*Case, error), id, assignment uuid.UUID) func(context.Context, tenants.Tx) (*Case, error) {
	return func(ctx context.Context, tx tenants.Tx) (*Case, error) { return f(ctx, tx, id, assignment) }
}

func of3[T any](f func(context.Context, tenants.Tx, uuid.UUID, uuid.UUID, T) (*Case, error), id, assignment uuid.UUID, in T) func(context.Context, tenants.Tx) (*Case, error) {
	return func(ctx context.Context, tx tenants.Tx) (*Case, error) { return f(ctx, tx, id, assignment, in) }
}

// by finds a unit's assignment beside the lead, the newest.
func (c *Case) by(unit, role string) *Assignment {
	for i := range slices.Backward(c.Others) {
		if a := &c.Others[i]; a.Unit == unit && a.Role == role {
			return a
		}
	}
	return &Assignment{}
}

// A pipe bursts: the office that the list names leads, police and squad help by agreement. Each signs and hands in; the
// lead hands in when they have, or says why he does not wait; nobody who worked on it checks it.
func TestABurstPipeHasOneLeadAndTwoHelpers(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	s.staff()
	ok := must(t)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	pipe := rubbish()
	pipe.Class, pipe.Description = "extension-34001", "枫桥路主水管爆裂，路面积水，车辆无法通行"
	c := ok(s.as(ctx, clerk, report(pipe)))
	ok(s.as(ctx, clerk, verb(File, c.ID, Filing{})))

	order := Order{Unit: "urban-construction", Basis: Statutory, Helpers: []string{"police-station", "enforcement-squad"}}
	if got := fieldsOf(second(s.as(ctx, sender, verb(Dispatch, c.ID, order)))); got["helpers"] == "" || got["parties"] == "" || got["reason"] == "" {
		t.Errorf("helpers whom no list names without an agreement: %v", got)
	}
	order.Grounds = Grounds{Parties: "城建办、派出所、处置中队", Reason: "须封路和疏导"}
	for _, bad := range [][]string{{"urban-construction"}, {"police-station", "police-station"}, {"nowhere"}} {
		wrong := order
		wrong.Helpers = bad
		if got := fieldsOf(second(s.as(ctx, sender, verb(Dispatch, c.ID, wrong)))); got["helpers"] == "" {
			t.Errorf("helpers %v were not refused", bad)
		}
	}
	c = ok(s.as(ctx, sender, verb(Dispatch, c.ID, order)))
	if c.Lead.Basis != Statutory || len(c.waiting()) != 2 || c.by("police-station", CoRole).Basis != Negotiated {
		t.Fatalf("lead by %s, %d helpers", c.Lead.Basis, len(c.waiting()))
	}
	s.onTheBooks(ctx, c)

	// They see it, it is in their tasks, and who is nobody's helper does not.
	police, roads := c.by("police-station", CoRole).ID, c.by("enforcement-squad", CoRole).ID
	for person, want := range map[int64]string{builder: LeadRole, officer: CoRole, squad: CoRole} {
		if got := s.tasks(ctx, person); len(got) != 1 || got[0].Role != want {
			t.Errorf("tasks of %d: %+v", person, got)
		}
		if n := s.listed(ctx, person); n != 1 {
			t.Errorf("%d has %d cases in the list", person, n)
		}
	}
	if n := s.listed(ctx, worker); n != 0 {
		t.Errorf("another unit lists %d", n)
	}
	if _, err := s.as(ctx, worker, of2(ReceiveOf, c.ID, police)); !fault.Is(err, fault.NotFound) {
		t.Errorf("another unit signs for a helper: %v", err)
	}
	if _, err := s.as(ctx, builder, of2(ReceiveOf, c.ID, police)); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the lead signs for a helper: %v", err)
	}
	if _, err := s.as(ctx, officer, verb(Handle, c.ID, "路已封")); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a helper hands in for the lead: %v", err)
	}

	ok(s.as(ctx, builder, bare(Receive, c.ID)))
	ok(s.as(ctx, officer, of2(ReceiveOf, c.ID, police)))
	c = ok(s.as(ctx, officer, of3(Assist, c.ID, police, "封闭半幅道路，疏导交通")))
	s.onTheBooks(ctx, c)
	if got := fieldsOf(second(s.as(ctx, builder, verb(Handle, c.ID, "水管已修复")))); got["alone"] == "" {
		t.Errorf("the lead did not wait, and nobody asked why: %v", got)
	}
	if err := s.try(ctx, builder, func(ctx context.Context, tx tenants.Tx) error { // the phone's copy of his day knows it too
		list, err := MyTasks(ctx, tx, &web.Request{Request: httptest.NewRequest(http.MethodGet, "/", nil), Base: "/s/x"})
		if err != nil {
			return err
		}
		n, err := newNames(ctx, tx)
		if want := n.waiting(c); len(list) != 1 || list[0].Result != ToHandle || list[0].Waiting != want || want == "" {
			t.Errorf("the lead's tasks: %+v, waiting for %q", list, want)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	hold.Move(at("2026-11-23 14:00")) // the squad has not signed for two working hours
	s.ring(ctx)
	if c = s.find(ctx, c.ID); !c.by("enforcement-squad", CoRole).Unsigned || c.Lead.Unsigned {
		t.Error("the helper's receipt clock is not its own")
	}

	// A helper more, who gives it back: home it goes, and the case goes on.
	c = ok(s.as(ctx, chief, verb(Join, c.ID, Order{Unit: sanitation, Basis: Negotiated, Grounds: Grounds{Parties: "城建办、环卫站", Reason: "清淤"}})))
	clean := c.by(sanitation, CoRole).ID
	if got := fieldsOf(second(s.as(ctx, chief, verb(Join, c.ID, Order{Unit: sanitation, Basis: Negotiated, Grounds: Grounds{Parties: "同上", Reason: "清淤"}})))); got["unit"] == "" {
		t.Errorf("the same helper twice: %v", got)
	}
	ok(s.as(ctx, worker, verb(Apply, c.ID, Plea{Of: clean, Kind: AskReturn, Ground: "return-not-mine", Words: "路面不归环卫站冲洗"})))
	c = ok(s.as(ctx, chief, verb(Decide, c.ID, Decision{Application: s.open(ctx, c.ID).ID, Approve: true})))
	if c.Stage != Handling || c.Unit != "urban-construction" || c.Returns != 0 || c.by(sanitation, CoRole).State != Returned {
		t.Errorf("a helper's return left the case %s of %s, %d returns", c.Stage, c.Unit, c.Returns)
	}
	s.onTheBooks(ctx, c)

	c = ok(s.as(ctx, builder, func(ctx context.Context, tx tenants.Tx) (*Case, error) {
		return HandIn(ctx, tx, c.ID, Result{Words: "水管已修复，路面已恢复", Alone: "中队另有警情，疏导由派出所完成"})
	}))
	c = ok(s.as(ctx, squad, of3(Assist, c.ID, roads, "事后巡查"))) // it may still say what it did
	s.onTheBooks(ctx, c)
	s.do(0, func(ctx context.Context, tx tenants.Tx) error { // the policeman becomes a checker too
		_, err := tx.Raw(`INSERT INTO grants (tenant_id, id, person, role, made_by) VALUES (?, ?, ?, 'shift_lead', 0)`, int32(tx.ID()), tenants.NewID(), officer).Exec(ctx)
		return err
	})
	if _, err := s.as(ctx, officer, verb(Check, c.ID, Finding{Pass: true})); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a helper checks what he worked on: %v", err)
	}
	c = ok(s.as(ctx, chief, verb(Check, c.ID, Finding{Pass: true, Close: true})))
	s.onTheBooks(ctx, c)
	want := []string{"case.reported", "case.filed", "case.dispatched", "case.joined", "case.joined", "case.received", "case.co_received", "case.co_handled", "case.unsigned",
		"case.joined", "case.asked", "case.granted", "case.not_waited", "case.handled", "case.co_received", "case.co_handled", "case.checked", "case.closed"}
	if diff := cmp.Diff(want, s.kinds(c.ID)); diff != "" {
		t.Error(diff)
	}
	for _, e := range s.events(ctx, c.ID) {
		if e.Kind == "case.not_waited" && e.Words != "中队另有警情，疏导由派出所完成" {
			t.Errorf("why the lead did not wait is kept as %q", e.Words)
		}
	}
	page := s.browser(ctx, chief).get("/cases/" + c.ID.String())
	page.says("承办情况", "派出所", "处置中队", "不再等待协办", "中队另有警情", "须封路和疏导")
}

// What the lead does not wait for, and whom a unit gave its work to, ends with the case.
func TestAClosedCaseHasNoOpenWork(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	s.staff()
	ok := must(t)
	ctx := now(t)
	c := s.dispatched(ctx, rubbish(), Order{Unit: sanitation, Basis: Negotiated, Helpers: []string{greening}, Grounds: Grounds{Parties: "两站", Reason: "绿化带内"}})
	ok(s.as(ctx, worker, bare(Receive, c.ID)))
	c = ok(s.as(ctx, worker, of3(Assign, c.ID, uuid.Nil, Hand{Person: fitter})))
	c = ok(s.as(ctx, worker, func(ctx context.Context, tx tenants.Tx) (*Case, error) {
		return HandIn(ctx, tx, c.ID, Result{Words: "已清", Alone: "绿化站人手不足"})
	}))
	if c.by(sanitation, HandRole).State != Lapsed || c.by(greening, CoRole).State != Dispatched {
		t.Errorf("handed in: hand %s, helper %s", c.by(sanitation, HandRole).State, c.by(greening, CoRole).State)
	}
	c = ok(s.as(ctx, chief, verb(Check, c.ID, Finding{Pass: true, Close: true})))
	if c.by(greening, CoRole).State != Lapsed {
		t.Errorf("closed with a helper who is %s", c.by(greening, CoRole).State)
	}
	s.onTheBooks(ctx, c)
	if got := s.tasks(ctx, other); len(got) != 0 {
		t.Errorf("a closed case is in the tasks: %+v", got)
	}
}

// A liaison gives the work to a grid's worker, who gives it back to him and not to the centre; the next one does it,
// and the liaison hands in. Not giving it on in time is marked and stops nothing.
func TestALiaisonAssignsToAGridWorkerWhoReturnsIt(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	s.staff()
	ok := must(t)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 09:00"))
	in := rubbish()
	in.Class = "matter-06036" // 乱堆物堆料, of the community where it lies
	c := s.dispatched(ctx, in, Order{Unit: community, Basis: Statutory})
	if _, err := s.as(ctx, secretary, of3(Assign, c.ID, uuid.Nil, Hand{Person: walker})); !fault.Is(err, fault.Conflict) {
		t.Errorf("given on before it was signed for: %v", err)
	}
	ok(s.as(ctx, secretary, bare(Receive, c.ID)))
	if got := fieldsOf(second(s.as(ctx, secretary, of3(Assign, c.ID, uuid.Nil, Hand{Person: fitter})))); got["hand"] == "" {
		t.Errorf("given to another unit's man: %v", got)
	}
	if _, err := s.as(ctx, chief, of3(Assign, c.ID, uuid.Nil, Hand{Person: walker})); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the centre reaches into a unit: %v", err)
	}
	hold.Move(at("2026-11-23 11:30"))
	s.ring(ctx)
	if c = s.find(ctx, c.ID); !c.Lead.Unassigned || c.Stage != Handling {
		t.Errorf("two working hours with nobody at work: unassigned %v", c.Lead.Unassigned)
	}
	c = ok(s.as(ctx, secretary, of3(Assign, c.ID, uuid.Nil, Hand{Person: walker})))
	hand := c.by(community, HandRole)
	if hand.Parent != c.Lead.ID || len(s.tasks(ctx, walker)) != 1 || s.tasks(ctx, walker)[0].Role != HandRole || len(s.tasks(ctx, secretary)) != 1 {
		t.Errorf("given to %+v; tasks %+v", hand, s.tasks(ctx, walker))
	}
	if _, err := s.as(ctx, grid, of2(Take, c.ID, hand.ID)); !fault.Is(err, fault.NotFound) {
		t.Errorf("another grid's worker takes it: %v", err)
	}
	if _, err := s.as(ctx, secretary, of2(Take, c.ID, hand.ID)); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the liaison signs for the worker: %v", err)
	}
	sheet := s.browser(ctx, walker).get("/cases/" + c.ID.String())
	sheet.has(1, `form[action$="/take"] input[name=assignment]`)
	sheet.has(1, `form[action$="/giveback"]`)
	sheet.has(0, `form[action$="/handle"]`)
	s.browser(ctx, walker).get("/tasks").has(1, `form[action$="/take"] input[name=assignment]`)
	c = ok(s.as(ctx, walker, of2(Take, c.ID, hand.ID)))
	if got := fieldsOf(second(s.as(ctx, walker, of3(GiveBack, c.ID, hand.ID, " ")))); got["words"] == "" {
		t.Errorf("given back without a word: %v", got)
	}
	c = ok(s.as(ctx, walker, of3(GiveBack, c.ID, hand.ID, "住户拒绝清理，需社区出面")))
	if c.Stage != Handling || c.Unit != community || c.Lead.State != Received || c.Returns != 0 || c.by(community, HandRole).State != Returned {
		t.Errorf("given back: %s of %s, lead %s, %d returns", c.Stage, c.Unit, c.Lead.State, c.Returns)
	}
	s.onTheBooks(ctx, c)
	if _, err := s.as(ctx, walker, of3(FeedBack, c.ID, hand.ID, "已清")); !fault.Is(err, fault.NotFound) {
		t.Errorf("worked on after giving it back: %v", err)
	}

	// Through the door the liaison chooses again: the other one is offered, himself is not.
	door := s.browser(ctx, secretary)
	door.get("/cases/"+c.ID.String()).has(1, `form[action$="/assign"] option[value="124"]`)
	if w := door.post("/cases/"+c.ID.String()+"/assign", url.Values{"hand": {"124"}}); w.Code != 303 {
		t.Fatalf("assigning answers %d: %s: %v", w.Code, w.Body, second(s.as(ctx, secretary, of3(Assign, c.ID, uuid.Nil, Hand{Person: walker}))))
	}
	c = s.find(ctx, c.ID)
	c = ok(s.as(ctx, walker, of3(FeedBack, c.ID, c.by(community, HandRole).ID, "已劝导住户清走")))
	s.onTheBooks(ctx, c)
	c = ok(s.as(ctx, secretary, verb(Handle, c.ID, "楼道已清理")))
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		_, err := tx.Raw(`INSERT INTO grants (tenant_id, id, person, role, made_by) VALUES (?, ?, ?, 'checker', 0)`, int32(tx.ID()), tenants.NewID(), walker).Exec(ctx)
		return err
	})
	if _, err := s.as(ctx, walker, verb(Check, c.ID, Finding{Pass: true})); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the worker checks his own work: %v", err)
	}
	want := []string{"case.reported", "case.filed", "case.dispatched", "case.received", "case.unassigned", "case.assigned", "case.taken", "case.given_back", "case.assigned",
		"case.taken", "case.fed_back", "case.handled"}
	if diff := cmp.Diff(want, s.kinds(c.ID)); diff != "" {
		t.Error(diff)
	}
}

// Nobody hands a community by agreement what is not on its list; a neighbour may take what communities do.
func TestACommunityIsNotHandedWhatIsNotOnItsList(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ok := must(t)
	ctx := now(t)
	agreed := Grounds{Parties: "环卫站、社区", Reason: "就近"}
	c := ok(s.as(ctx, clerk, report(rubbish())))
	ok(s.as(ctx, clerk, verb(File, c.ID, Filing{})))
	if got := fieldsOf(second(s.as(ctx, chief, verb(Dispatch, c.ID, Order{Unit: community, Basis: Negotiated, Grounds: agreed})))); got["unit"] != errOutsideList {
		t.Errorf("rubbish by agreement to the community: %v", got)
	}
	if got := fieldsOf(second(s.as(ctx, chief, verb(Dispatch, c.ID, Order{Unit: sanitation, Basis: Statutory, Helpers: []string{community}, Grounds: agreed})))); got["helpers"] != errOutsideList {
		t.Errorf("the community as a helper beside its list: %v", got)
	}
	in := rubbish()
	in.Class = "matter-06036"
	c = s.dispatched(ctx, in, Order{Unit: "320505003002", Basis: Negotiated, Grounds: Grounds{Parties: "两社区", Reason: "堆物跨界"}})
	if c.Unit != "320505003002" {
		t.Errorf("a neighbour's matter is with %s", c.Unit)
	}
}

func (s *street) tasks(ctx context.Context, person int64) (out []Task) {
	s.t.Helper()
	if err := s.try(ctx, person, func(ctx context.Context, tx tenants.Tx) (err error) {
		out, err = Tasks(ctx, tx)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return out
}

func (s *street) listed(ctx context.Context, person int64) (n int) {
	s.t.Helper()
	if err := s.try(ctx, person, func(ctx context.Context, tx tenants.Tx) error {
		l, err := Browse(ctx, tx, Filter{})
		n = len(l.Lines)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s *street) events(ctx context.Context, id uuid.UUID) (out []Event) {
	s.t.Helper()
	if err := s.try(ctx, 0, func(ctx context.Context, tx tenants.Tx) (err error) {
		out, err = Record(ctx, tx, id)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return out
}
