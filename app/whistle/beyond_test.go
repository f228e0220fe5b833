package whistle

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/fault"
	"wanjie/app/post"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
	"wanjie/tenants/tenantstest"
)

// district is a street and its district's centre, maybe at two placements.
type district struct {
	street, centre *street
}

// The people of a test centre.
const (
	desk    = 31 // 值班长 of the centre
	housing = 32 // 承办联络员 of 住建局
	rescue  = 33 // 承办联络员 of 应急局
	markets = 34 // 承办联络员 of 市场监管局, whom nobody calls
)

var atCentre = map[int64]tenants.Grant{
	desk: {Role: auth.ShiftLead}, housing: {Role: auth.Handler, Unit: "housing"}, rescue: {Role: auth.Handler, Unit: "emergency"}, markets: {Role: auth.Handler, Unit: "market"},
}

// openDistrict opens a district of the test's own: number keeps it apart from other tests'.
func openDistrict(t testing.TB, number int32, streetAt, centreAt string) district {
	t.Helper()
	s := openStreetAt(t, streetAt, posts, func(p *tenants.Plan) { p.District, p.Codes, p.Name = number, []string{"320505003"}, "枫桥街道" })
	c := openStreetAt(t, centreAt, atCentre, func(p *tenants.Plan) {
		p.District, p.Kind, p.Name, p.Blueprint = number, tenants.Centre, "区指挥中心", s.Blueprints["district-centre"]
	})
	c.ctx, c.clock = s.ctx, s.clock
	return district{s, c}
}

// The bureaus as the street knows them.
var housingThere, rescueThere = blueprint.CentreUnit("housing"), blueprint.CentreUnit("emergency")

// hazard is a wall that the street's own unit and two bureaus should come to.
func hazard() Order {
	in := wall()
	in.Units = []string{"urban-construction", housingThere, rescueThere}
	return in
}

// carry is the worker's way with a whistle's job on one side.
func (s *street) carry(id uuid.UUID) {
	s.t.Helper()
	body, err := json.Marshal(map[string]uuid.UUID{"handover": id})
	if err != nil {
		s.t.Fatal(err)
	}
	var call jobs.Call
	s.do(0, func(ctx context.Context, tx tenants.Tx) (err error) {
		call, err = Carry().Errand(ctx, tx, body)
		return err
	})
	if call != nil {
		if err := call(s.ctx, jobs.Env{DB: s.DB, Tenant: s.ID}); err != nil {
			s.t.Fatal(err)
		}
	}
}

// unsent reports whether a side has something to carry.
func (s *street) unsent(id uuid.UUID) (waits bool) {
	s.t.Helper()
	if err := s.view.QueryRow(s.t.Context(), "SELECT EXISTS (SELECT FROM whistle_messages WHERE tenant_id = $1 AND whistle_id = $2 AND box = 'out' AND carried_at IS NULL)",
		int32(s.ID), id).Scan(&waits); err != nil {
		s.t.Fatal(err)
	}
	return waits
}

// post carries both ways until nothing moves any more.
func (d district) post(id uuid.UUID) {
	for range 10 {
		for _, s := range []*street{d.street, d.centre} {
			if s.unsent(id) {
				s.carry(id)
			}
		}
		if !d.street.unsent(id) && !d.centre.unsent(id) {
			return
		}
	}
	d.street.t.Fatal("the post never comes to rest")
}

// A wall fell down after hours. The street's own unit, the housing bureau and the emergency bureau are called: the first
// comes in time, housing comes late, emergency says that it is not its matter. The street sees all of it on its own sheet
// and gives its verdict; each bureau hears what it got, and judges the whistle in turn.
func TestBureausReportIn(t *testing.T) {
	t.Parallel()
	d := openDistrict(t, 340101, tenants.Home, tenantstest.Other)
	w := d.street.must(chief, blow(hazard()))
	if k := of(w, housingThere); k == nil || k.State != Sending || of(w, "urban-construction").State != Called {
		t.Fatalf("blown: %+v", w.Calls)
	}
	d.street.clock.Move(moment("2026-11-23 20:05")) // the way took five minutes
	d.post(w.ID)
	there := d.centre.stored(w.ID)
	if there.Side != In || there.PeerName != "枫桥街道" || there.PeerNo != w.Number || !there.Urgent || len(there.Calls) != 2 {
		t.Fatalf("the centre has %+v with %d calls", there, len(there.Calls))
	}
	bureau, rescuers := of(there, "housing"), of(there, "emergency")
	by := moment("2026-11-23 21:05") // an hour from when they heard of it
	if mine := of(d.street.stored(w.ID), housingThere); mine.State != Called || mine.UnitName != "区住房和城乡建设局" || !mine.ArriveBy.Equal(by) || !bureau.ArriveBy.Equal(by) {
		t.Errorf("the street has %s of %q by %s, the centre by %s", mine.State, mine.UnitName, mine.ArriveBy, bureau.ArriveBy)
	}
	d.street.must(builders, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Arrive(ctx, tx, w.ID, of(w, "urban-construction").ID)
	})
	if _, err := d.street.as(builders, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) { return Report(ctx, tx, w.ID, bureau.ID) }); !fault.Is(err, fault.Forbidden) {
		t.Errorf("somebody of the street reports in for the bureau: %v", err)
	}
	if _, err := d.centre.as(rescue, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Decline(ctx, tx, w.ID, rescuers.ID, Refusal{Ground: "return-not-mine"})
	}); !fault.Is(err, fault.Invalid) {
		t.Errorf("declined without a word: %v", err)
	}
	d.centre.must(rescue, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Decline(ctx, tx, w.ID, rescuers.ID, Refusal{"return-not-mine", "房屋构筑物安全由住建部门负责"})
	})
	d.street.clock.Move(moment("2026-11-23 21:06"))
	d.centre.ring(there)
	d.street.ring(w)
	d.post(w.ID)
	if mine := d.street.stored(w.ID); !of(mine, housingThere).Silent || !of(mine, housingThere).Late || of(mine, rescueThere).Silent || of(mine, rescueThere).State != Declined {
		t.Errorf("at six past nine the street has %+v and %+v", of(mine, housingThere), of(mine, rescueThere))
	}
	d.street.clock.Move(moment("2026-11-23 21:30"))
	d.centre.must(housing, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) { return Arrive(ctx, tx, w.ID, bureau.ID) })
	d.centre.must(housing, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Finish(ctx, tx, w.ID, bureau.ID, "已鉴定为危墙，现场支护")
	})
	d.post(w.ID)
	mine := of(d.street.stored(w.ID), housingThere)
	d.street.do(0, func(ctx context.Context, tx tenants.Tx) error {
		box, err := tx.Box(ctx)
		if err != nil {
			return err
		}
		said, err := mine.Open(box)
		no, err2 := of(d.street.stored(w.ID), rescueThere).Open(box)
		if mine.State != Done || said.Result != "已鉴定为危墙，现场支护" || !strings.Contains(no.Ground, "由住建部门负责") {
			t.Errorf("the street has %s, %q and the ground %q (%v, %v)", mine.State, said.Result, no.Ground, err, err2)
		}
		return err
	})
	d.street.must(chief, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Close(ctx, tx, w.ID, "危墙已支护", map[uuid.UUID]Verdict{
			of(w, "urban-construction").ID: {Grade: Good}, bureau.ID: {Poor, "迟到 25 分钟"}, rescuers.ID: {Fair, "理由成立"}})
	})
	d.post(w.ID)
	d.centre.must(housing, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Judge(ctx, tx, w.ID, bureau.ID, Judgement{"yes", "no", "地点报错"})
	})
	d.post(w.ID)
	if end := d.centre.stored(w.ID); end.State != Closed || of(end, "housing").Grade != Poor || of(end, "emergency").Grade != Fair {
		t.Errorf("the centre ends with %s, %q and %q", end.State, of(end, "housing").Grade, of(end, "emergency").Grade)
	}
	if end := of(d.street.stored(w.ID), housingThere); end.Needed != "yes" || end.Facts != "no" || end.Grade != Poor {
		t.Errorf("the street ends with %q %q, graded %q", end.Needed, end.Facts, end.Grade)
	}
	want := []string{"whistle.silent housing", "whistle.late housing", "whistle.declined emergency"}
	got := d.centre.acts(w.ID, "whistle.silent", "whistle.late", "whistle.declined")
	slices.Sort(want)
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("the centre recorded %v", got)
	}
	heard := d.street.acts(w.ID, "whistle.reported", "whistle.arrived", "whistle.done", "whistle.silent", "whistle.late", "whistle.declined", "whistle.judged")
	for _, act := range []string{"whistle.silent " + housingThere, "whistle.late " + housingThere, "whistle.reported " + housingThere, "whistle.arrived " + housingThere,
		"whistle.done " + housingThere, "whistle.declined " + rescueThere, "whistle.judged " + housingThere} {
		if n := len(slices.DeleteFunc(slices.Clone(heard), func(a string) bool { return a != act })); n != 1 {
			t.Errorf("the street recorded %s %d times", act, n)
		}
	}
}

// Both sides are counted: the street its own unit and the bureaus that it called, the centre its bureaus and the street that
// called them. Every row opens to the whistles that it counts.
func TestBothSidesAreCounted(t *testing.T) {
	t.Parallel()
	d := openDistrict(t, 340108, tenants.Home, tenants.Home)
	w := d.street.must(chief, blow(hazard()))
	d.post(w.ID)
	bureau, rescuers := of(w, housingThere).ID, of(w, rescueThere).ID
	d.centre.must(rescue, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Decline(ctx, tx, w.ID, rescuers, Refusal{"return-not-mine", "由住建部门负责"})
	})
	d.street.clock.Move(moment("2026-11-23 21:30"))
	d.centre.must(housing, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) { return Arrive(ctx, tx, w.ID, bureau) }) // late
	d.centre.must(housing, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Judge(ctx, tx, w.ID, bureau, Judgement{"yes", "no", "地点报错"})
	})
	d.street.ring(w)
	off := d.street.must(chief, blow(hazard()))
	d.street.must(chief, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) { return CallOff(ctx, tx, off.ID, "误报") }) // counts for nobody
	d.post(off.ID)
	d.post(w.ID)
	d.street.must(chief, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Close(ctx, tx, w.ID, "已支护", map[uuid.UUID]Verdict{of(w, "urban-construction").ID: {Poor, "未到场"}, bureau: {Fair, ""}, rescuers: {Grade: Good}})
	})
	d.post(w.ID)
	november := MonthOf(moment("2026-11-30 12:00"))
	for _, x := range []struct {
		at      *street
		person  int64
		answers []Answer
		blowers []Blower
	}{
		{d.street, chief, []Answer{
			{Unit: rescueThere, Calls: 1, Declined: 1, Good: 1},
			{Unit: housingThere, Calls: 1, Reported: Share{0, 1}, Arrived: Share{0, 1}, Fair: 1},
			{Unit: "urban-construction", Calls: 1, Reported: Share{0, 1}, Arrived: Share{0, 1}, Poor: 1},
		}, []Blower{{Us, 1, Share{1, 1}, Share{0, 1}}}},
		{d.centre, desk, []Answer{
			{Unit: "emergency", Calls: 1, Declined: 1, Good: 1}, {Unit: "housing", Calls: 1, Reported: Share{0, 1}, Arrived: Share{0, 1}, Fair: 1},
		}, []Blower{{"枫桥街道", 1, Share{1, 1}, Share{0, 1}}}},
	} {
		x.at.do(x.person, func(ctx context.Context, tx tenants.Tx) error {
			answers, blowers, err := Figures(ctx, tx, november)
			if !slices.Equal(answers, x.answers) || !slices.Equal(blowers, x.blowers) {
				t.Errorf("%s counts %+v and %+v", x.at.Name, answers, blowers)
			}
			for _, want := range []Wanted{{Month: november, Unit: x.answers[0].Unit}, {Month: november, From: x.blowers[0].Name}} {
				list, _, lerr := Browse(ctx, tx, want, 1)
				if lerr != nil || len(list) != 1 || list[0].ID != w.ID {
					t.Errorf("%s lists %d behind %+v (%v)", x.at.Name, len(list), want, lerr)
				}
			}
			if before, _, err := Figures(ctx, tx, MonthOf(moment("2026-10-01 12:00"))); err != nil || len(before) != 0 {
				t.Errorf("in October %d units were called (%v)", len(before), err)
			}
			return err
		})
	}
	if err := d.centre.try(housing, func(ctx context.Context, tx tenants.Tx) error {
		_, _, err := Figures(ctx, tx, november)
		return err
	}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a bureau's officer reads everybody's figures: %v", err)
	}
}

// The bureau that is called sees the whistle and speaks for itself; others of the centre do not, and the centre's desk
// neither ends it nor calls it off. The centre of another district knows nothing, and cannot be called.
func TestWhoSeesACallFromTheStreet(t *testing.T) {
	t.Parallel()
	d, strange := openDistrict(t, 340102, tenants.Home, tenants.Home), openDistrict(t, 340103, tenants.Home, tenants.Home)
	w := d.street.must(chief, blow(hazard()))
	d.post(w.ID)
	for person, want := range map[int64]bool{desk: true, housing: true, rescue: true, markets: false} {
		err := d.centre.try(person, func(ctx context.Context, tx tenants.Tx) error {
			_, err := Find(ctx, tx, w.ID)
			return err
		})
		if (err == nil) != want {
			t.Errorf("person %d finds it: %v", person, err)
		}
	}
	waits := map[int64]int{housing: 1, markets: 0}
	for person, want := range waits {
		d.centre.do(person, func(ctx context.Context, tx tenants.Tx) error {
			n, err := Waiting(ctx, tx)
			if n != want {
				t.Errorf("%d calls wait for person %d", n, person)
			}
			return err
		})
	}
	for _, end := range []func(context.Context, tenants.Tx) (*Whistle, error){
		func(ctx context.Context, tx tenants.Tx) (*Whistle, error) { return CallOff(ctx, tx, w.ID, "误报") },
		func(ctx context.Context, tx tenants.Tx) (*Whistle, error) { return Close(ctx, tx, w.ID, "办完", nil) },
	} {
		if _, err := d.centre.as(desk, end); !fault.Is(err, fault.Forbidden) {
			t.Errorf("the centre ends the street's whistle: %v", err)
		}
	}
	if _, err := d.centre.as(housing, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Report(ctx, tx, w.ID, of(d.centre.stored(w.ID), "emergency").ID)
	}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("one bureau reports in for the other: %v", err)
	}
	var n int
	if err := strange.centre.view.QueryRow(t.Context(), "SELECT count(*) FROM whistles WHERE tenant_id = $1", int32(strange.centre.ID)).Scan(&n); err != nil || n != 0 {
		t.Errorf("another district's centre has %d whistles (%v)", n, err)
	}
	alone := openStreet(t) // whose district has no centre here
	if _, err := alone.as(chief, blow(hazard())); !fault.Is(err, fault.Invalid) {
		t.Errorf("a bureau is called where there is no centre: %v", err)
	}
	in := hazard()
	in.Units = []string{blueprint.CentreUnit("no-such-line")}
	if _, err := d.street.as(chief, blow(in)); !fault.Is(err, fault.Invalid) {
		t.Errorf("a line that there is not is called: %v", err)
	}
}

// A whistle that is called off stops the calls and their clocks, also where it overtakes somebody on his way; and what he
// did before he heard of it stays on record.
func TestCallingOffStopsTheCalls(t *testing.T) {
	t.Parallel()
	d := openDistrict(t, 340104, tenants.Home, tenants.Home)
	w := d.street.must(chief, blow(hazard()))
	d.post(w.ID)
	bureau := of(d.centre.stored(w.ID), "housing").ID
	d.centre.must(housing, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) { return Arrive(ctx, tx, w.ID, bureau) })
	d.street.must(chief, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) { return CallOff(ctx, tx, w.ID, "误报") }) // has not heard
	d.post(w.ID)
	there, here := d.centre.stored(w.ID), d.street.stored(w.ID)
	if there.State != CalledOff || here.State != CalledOff || of(here, housingThere).State != Arrived {
		t.Errorf("centre %s, street %s with housing %s", there.State, here.State, of(here, housingThere).State)
	}
	if _, err := d.centre.as(rescue, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Report(ctx, tx, w.ID, of(there, "emergency").ID)
	}); !fault.Is(err, fault.Conflict) {
		t.Errorf("somebody reports in afterwards: %v", err)
	}
	d.street.clock.Move(moment("2026-11-24 08:00"))
	d.centre.ring(there)
	if late := of(d.centre.stored(w.ID), "emergency"); late.Silent || late.Late {
		t.Error("the clocks ran on")
	}
	// Called off before the centre has heard of it at all: it hears both, in order.
	second := d.street.must(chief, blow(hazard()))
	d.street.must(chief, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return CallOff(ctx, tx, second.ID, "误报")
	})
	d.post(second.ID)
	if got := d.centre.stored(second.ID).State; got != CalledOff {
		t.Errorf("the second is %s in the centre", got)
	}
}

// A centre that takes no calls, or has no unit of a line, is no fault of the unit: nobody is judged for it, and the rest goes on.
func TestCallsThatReachNobody(t *testing.T) {
	t.Parallel()
	d := openDistrict(t, 340105, tenants.Home, tenantstest.Other)
	w := d.street.must(chief, blow(hazard()))
	if err := d.street.DB.SetState(t.Context(), d.centre.ID, tenants.Change{Request: tenants.NewID(), To: tenants.Suspended, Ground: "arrears", By: 1}); err != nil {
		t.Fatal(err)
	}
	d.post(w.ID)
	if got := of(d.street.stored(w.ID), housingThere).State; got != Unreached {
		t.Fatalf("to a suspended centre: %s", got)
	}
	if _, err := d.street.as(chief, blow(hazard())); !fault.Is(err, fault.Conflict) {
		t.Errorf("whistling for a suspended centre: %v", err)
	}
	d.street.must(chief, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Close(ctx, tx, w.ID, "自行处置", map[uuid.UUID]Verdict{of(w, "urban-construction").ID: {Grade: Good}})
	})
	d.post(w.ID) // the end goes after a call that was never taken: nobody waits for it, and it does not go round for ever
	if end := d.street.stored(w.ID); end.State != Closed || of(end, housingThere).Grade != "" {
		t.Errorf("the end: %s, the bureau graded %q", end.State, of(end, housingThere).Grade)
	}
}

// Only the fixed list of fields crosses: the case, its petitioner and the street's own units stay where they are, and so do
// the names of the centre's people.
func TestNothingElseOfAWhistleCrosses(t *testing.T) {
	t.Parallel()
	d := openDistrict(t, 340106, tenants.Home, tenants.Home)
	var c *cases.Case
	d.street.do(chief, func(ctx context.Context, tx tenants.Tx) (err error) {
		c, err = cases.Report(ctx, tx, cases.Intake{Channel: "phone", Class: "matter-06010", Community: first, Words: cases.Words{
			Title: "街墙塌", Description: "街墙塌在路上", Address: "街枫桥路18号", Petitioner: "街王小明", Phone: "13800138000"}})
		return err
	})
	in := hazard()
	in.Case, in.Purpose, in.Address = c.ID, "街事由", "街地点"
	w := d.street.must(chief, blow(in))
	d.post(w.ID)
	bureau := of(d.centre.stored(w.ID), "housing").ID
	d.centre.must(housing, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) { return Arrive(ctx, tx, w.ID, bureau) })
	d.centre.must(housing, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Finish(ctx, tx, w.ID, bureau, "区结果")
	})
	d.post(w.ID)
	centre := d.centre.everything()
	for _, told := range []string{"街事由", "街地点", w.Number} {
		if !strings.Contains(centre, told) {
			t.Errorf("the centre was not told %q", told)
		}
	}
	for _, kept := range []string{"街墙塌", "街枫桥路", "街王小明", "13800138000", c.ID.String(), c.Number, "urban-construction", of(w, "urban-construction").ID.String()} {
		if strings.Contains(centre, kept) {
			t.Errorf("the centre holds %q", kept)
		}
	}
	street, number := d.street.everything(), d.centre.stored(w.ID).Number
	if !strings.Contains(street, "区结果") || number != w.Number && strings.Contains(street, number) {
		t.Error("the street lacks the result, or holds the centre's number")
	}
	var named int
	if err := d.street.view.QueryRow(t.Context(), "SELECT count(*) FROM whistle_messages WHERE tenant_id = $1 AND box = 'in' AND person <> 0", int32(d.street.ID)).Scan(&named); err != nil || named != 0 {
		t.Errorf("%d messages name somebody of the centre (%v)", named, err)
	}
}

// everything is every value of the tenant's rows about whistles and cases, with what is sealed opened.
func (s *street) everything() string {
	s.t.Helper()
	var out strings.Builder
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		box, err := tx.Box(ctx)
		if err != nil {
			return err
		}
		for _, cols := range append(slices.Clone(cases.Module.Data), Module.Data...) {
			var text *string
			if err := s.view.QueryRow(ctx, fmt.Sprintf("SELECT string_agg(r::text, E'\n') FROM %s r WHERE tenant_id = %d", cols.Table, s.ID)).Scan(&text); err != nil {
				return err
			}
			if text != nil {
				out.WriteString(*text + "\n")
			}
			for _, column := range cols.Sealed {
				rows, err := s.view.Query(ctx, fmt.Sprintf("SELECT id, %s FROM %s WHERE tenant_id = %d AND %[1]s IS NOT NULL", column, cols.Table, s.ID))
				if err != nil {
					return err
				}
				list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct {
					ID uuid.UUID
					V  []byte
				}])
				if err != nil {
					return err
				}
				for _, r := range list {
					said, err := box.Open(keys.Addr{Table: cols.Table, Column: column, ID: r.ID}, r.V)
					if err != nil {
						return err
					}
					out.WriteString(said + "\n")
				}
			}
		}
		return nil
	})
	return out.String()
}

// The carrier dies between any two of its steps, comes twice, and people of both sides go on meanwhile: in the end each
// message was taken once, in order, and both sides say the same of every bureau.
func TestWhistlesCarrierMayDieAnywhere(t *testing.T) {
	t.Parallel()
	d := openDistrict(t, 340107, tenants.Home, tenantstest.Other)
	ended := map[State]int{}
	rapid.Check(t, func(rt *rapid.T) {
		now := moment("2026-11-24 10:00")
		d.street.clock.Move(now)
		w := d.street.must(chief, blow(hazard()))
		for range 14 {
			now = now.Add(9 * time.Minute)
			d.street.clock.Move(now)
			for _, s := range []*street{d.street, d.centre} {
				for range rapid.IntRange(0, 2).Draw(rt, "walks") {
					s.stumble(rt, w.ID)
				}
			}
			d.somebody(rt, w)
		}
		d.post(w.ID)
		here, there := d.street.stored(w.ID), d.centre.stored(w.ID)
		if here.State != there.State || here.Sent != there.Heard || there.Sent != here.Heard {
			rt.Fatalf("street %s sent %d heard %d, centre %s sent %d heard %d", here.State, here.Sent, here.Heard, there.State, there.Sent, there.Heard)
		}
		for _, k := range there.Calls {
			mine := here.call(k.ID)
			if mine.State != k.State || mine.Silent != k.Silent || mine.Late != k.Late || mine.Grade != k.Grade || mine.Needed != k.Needed || !mine.ArrivedAt.Equal(k.ArrivedAt) {
				rt.Fatalf("of %s the street says %+v, the centre %+v", k.Unit, mine, k)
			}
		}
		for _, kind := range []string{"whistle.arrived", "whistle.done", "whistle.declined", "whistle.silent", "whistle.late", "whistle.judged"} {
			theirs := d.centre.acts(w.ID, kind)
			ours := slices.DeleteFunc(d.street.acts(w.ID, kind), func(a string) bool { return !strings.Contains(a, " "+blueprint.CentreUnit("")) })
			if len(ours) != len(theirs) {
				rt.Fatalf("%s: the street recorded %v, the centre %v", kind, ours, theirs)
			}
		}
		ended[here.State]++
	})
	if ended[Closed] == 0 || ended[CalledOff] == 0 {
		t.Errorf("no walk came to an end of each kind: %v", ended)
	}
}

// somebody tries something, on one of the two sides.
func (d district) somebody(rt *rapid.T, w *Whistle) {
	there := d.centre.find(w.ID)
	what := rapid.IntRange(0, 9).Draw(rt, "what")
	var err error
	switch {
	case what == 0:
		_, err = d.street.as(chief, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) { return CallOff(ctx, tx, w.ID, "误报") })
	case what == 1:
		all := map[uuid.UUID]Verdict{}
		for _, k := range w.Calls {
			all[k.ID] = Verdict{Fair, ""}
		}
		_, err = d.street.as(chief, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) { return Close(ctx, tx, w.ID, "办完", all) })
	case there == nil || len(there.Calls) == 0:
	case what == 2:
		d.centre.ring(there)
	default:
		k := rapid.SampledFrom(there.Calls).Draw(rt, "part")
		who := map[string]int64{"housing": housing, "emergency": rescue}[k.Unit]
		_, err = d.centre.as(who, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
			switch what {
			case 3, 4:
				return Report(ctx, tx, w.ID, k.ID)
			case 5, 6:
				return Arrive(ctx, tx, w.ID, k.ID)
			case 7:
				return Finish(ctx, tx, w.ID, k.ID, "已办")
			case 8:
				return Decline(ctx, tx, w.ID, k.ID, Refusal{"return-not-mine", "不属于"})
			}
			return Judge(ctx, tx, w.ID, k.ID, Judgement{"yes", "yes", ""})
		})
	}
	if err != nil && fault.Of(err) == nil {
		rt.Fatal(err)
	}
}

// find is stored for a whistle that may not be there yet.
func (s *street) find(id uuid.UUID) (w *Whistle) {
	_ = s.try(0, func(ctx context.Context, tx tenants.Tx) (err error) {
		w, err = read(ctx, tx, id, false)
		return err
	})
	return w
}

// stumble is a carrier that dies somewhere: after a message was opened, taken, or marked.
func (s *street) stumble(rt *rapid.T, id uuid.UUID) {
	var from post.Sender
	var letters []post.Letter[Told]
	err := s.try(0, func(ctx context.Context, tx tenants.Tx) (err error) {
		from, letters, err = line.Collect(ctx, tx, id)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return // the call has not come
	}
	if err != nil {
		rt.Fatal(err)
	}
	for _, l := range letters {
		die := rapid.IntRange(0, 3).Draw(rt, "dies")
		if die == 0 {
			return
		}
		why, err := line.HandIn(s.ctx, s.DB, from, l)
		if err != nil {
			rt.Fatal(err)
		}
		if die == 1 {
			return
		}
		if die == 2 { // another carrier came with the same letter
			if _, err := line.HandIn(s.ctx, s.DB, from, l); err != nil {
				rt.Fatal(err)
			}
		}
		if err := line.Mark(s.ctx, s.DB, from, l, why); err != nil {
			rt.Fatal(err)
		}
	}
}
