package community

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/resident"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/division"
	"wanjie/tenants/tenantstest"
)

// The people of a test street: three residents; an editor of the street and one of a single community; two who review.
const (
	granny, grandpa, neighbour = 11, 12, 13
	editor, local              = 21, 22
	leader, second             = 31, 32
)

const (
	sunny = "320505003001" // the community of the local editor
	other = "320505003002"
)

type street struct {
	t testing.TB
	*tenantstest.World
	tenants.Tenant
	ctx   context.Context
	clock *clock.Held
}

func openStreet(t testing.TB) *street {
	t.Helper()
	w := tenantstest.Open(t)
	s := &street{t: t, World: w, Tenant: w.Street(t, func(p *tenants.Plan) { p.Codes = []string{"320505003"} })}
	s.ctx, s.clock = clock.Hold(t.Context(), time.Date(2026, 11, 27, 9, 0, 0, 0, clock.Zone)) // a Friday
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		for person, g := range map[int64][2]string{editor: {auth.Editor, ""}, local: {auth.Editor, sunny}, leader: {auth.Leader, ""}, second: {auth.Reviewer, ""}} {
			if _, err := tx.Raw("INSERT INTO grants (tenant_id, id, person, role, unit, made_by) VALUES (?, ?, ?, ?, ?, 0)", int32(tx.ID()), tenants.NewID(), person, g[0], g[1]).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return s
}

func (s *street) try(person int64, f func(context.Context, tenants.Tx) error) error {
	actor := tenants.Actor{Person: person}
	if person == 0 {
		actor = tenants.Machine()
	}
	return s.DB.Write(s.ctx, s.ID, actor, f)
}

func (s *street) do(person int64, f func(context.Context, tenants.Tx) error) {
	s.t.Helper()
	if err := s.try(person, f); err != nil {
		s.t.Fatalf("person %d: %v", person, err)
	}
}

func (s *street) refused(what string, kind fault.Kind, person int64, f func(context.Context, tenants.Tx) error) {
	s.t.Helper()
	if err := s.try(person, f); !fault.Is(err, kind) {
		s.t.Errorf("%s: %v", what, err)
	}
}

func (s *street) acts(id uuid.UUID) []string {
	s.t.Helper()
	rows, err := s.Super(s.t, tenants.Home).Query(s.t.Context(), "SELECT kind FROM journal WHERE tenant_id = $1 AND object_id = $2 ORDER BY n", int32(s.ID), id)
	if err != nil {
		s.t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// ring runs the street's own timers that are due by its clock, once each. The timekeeper would go round the streets of the
// other tests too, whose clocks stand elsewhere.
func (s *street) ring() {
	s.t.Helper()
	for _, k := range Module.Timers {
		s.do(0, func(ctx context.Context, tx tenants.Tx) error {
			var due []uuid.UUID
			if err := tx.Raw("SELECT object_id FROM timers WHERE tenant_id = ? AND kind = ? AND done_at IS NULL AND due_at <= ?", int32(tx.ID()), k.Name, clock.Now(ctx)).Scan(ctx, &due); err != nil {
				return err
			}
			for _, id := range due {
				if err := errors.Join(k.Run(ctx, tx, id), jobs.Cancel(ctx, tx, id, k.Name)); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func december(day, hour int) time.Time { return time.Date(2026, 12, day, hour, 0, 0, 0, clock.Zone) }

func heating() Words {
	return Words{Form: Notice, Topic: Life, Community: sunny, Title: "供暖检修通知", Body: "12月2日8时至12时检修，请提前储水。", ValidUntil: "2026-12-02"}
}

func calligraphy(capacity int) Words {
	return Words{Form: Event, Topic: Life, Title: "老年书法课", Body: "笔墨纸砚现场提供。", Audience: "辖区老人", Contact: "0512-00000000",
		Arrangement: Arrangement{Begins: december(5, 9), Ends: december(5, 11), SignupUntil: december(4, 18), Venue: "社区二楼活动室", Capacity: capacity}}
}

// draft drafts and submits.
func (s *street) draft(person int64, w Words) *Post {
	s.t.Helper()
	var p *Post
	s.do(person, func(ctx context.Context, tx tenants.Tx) (err error) {
		if p, err = Draft(ctx, tx, uuid.Nil, w); err == nil {
			p, err = Submit(ctx, tx, p.ID)
		}
		return err
	})
	return p
}

func publish(id uuid.UUID) func(context.Context, tenants.Tx) error {
	return func(ctx context.Context, tx tenants.Tx) error { _, err := Publish(ctx, tx, id); return err }
}

// held is a published event.
func (s *street) held(w Words) *Post {
	s.t.Helper()
	p := s.draft(editor, w)
	s.do(leader, publish(p.ID))
	return p
}

func (s *street) signUp(person int64, event uuid.UUID, along int) (g *Signup, err error) {
	err = s.try(person, func(ctx context.Context, tx tenants.Tx) error { g, err = SignUp(ctx, tx, event, along); return err })
	return g, err
}

func (s *street) signed(person int64, event uuid.UUID, along int, want Standing) *Signup {
	s.t.Helper()
	g, err := s.signUp(person, event, along)
	if err != nil || g.State != want {
		s.t.Fatalf("person %d signs up: %v %v, want %s", person, g, err, want)
	}
	return g
}

func (s *street) standing(id uuid.UUID) (g *Signup) {
	s.t.Helper()
	s.do(0, func(ctx context.Context, tx tenants.Tx) (err error) { g, err = one(ctx, tx, id); return err })
	return g
}

func (s *street) found(want Sought) (titles []string) {
	s.t.Helper()
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		list, err := Search(ctx, tx, want, 10, 0)
		for _, p := range list {
			titles = append(titles, p.Title)
		}
		return err
	})
	return titles
}

// A community's editor drafts for that community alone; another person gives it back once and then publishes it, residents
// find it, and when its last day is over it is in the archive. Nobody reviews his own, whatever roles he holds.
func TestANoticeIsReviewedBeforeAnybodyReadsIt(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	w := heating()
	w.Community = other
	s.refused("for another community", fault.Forbidden, local, func(ctx context.Context, tx tenants.Tx) error { _, err := Draft(ctx, tx, uuid.Nil, w); return err })
	w.Community = ""
	s.refused("for the whole street", fault.Forbidden, local, func(ctx context.Context, tx tenants.Tx) error { _, err := Draft(ctx, tx, uuid.Nil, w); return err })
	s.refused("a resident drafts", fault.Forbidden, granny, func(ctx context.Context, tx tenants.Tx) error {
		_, err := Draft(ctx, tx, uuid.Nil, heating())
		return err
	})
	for what, change := range map[string]func(*Words){
		"without a title": func(w *Words) { w.Title = " " }, "of no topic": func(w *Words) { w.Topic = "sport" }, "expired": func(w *Words) { w.ValidUntil = "2026-11-26" }, "for ever": func(w *Words) { w.ValidUntil = "2036-01-01" },
		"without a day": func(w *Words) { w.ValidUntil = "" },
	} {
		bad := heating()
		change(&bad)
		s.refused(what, fault.Invalid, local, func(ctx context.Context, tx tenants.Tx) error { _, err := Draft(ctx, tx, uuid.Nil, bad); return err })
	}
	p := s.draft(local, heating())
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		_, err := tx.Raw("INSERT INTO grants (tenant_id, id, person, role, made_by) VALUES (?, ?, ?, ?, 0)", int32(tx.ID()), tenants.NewID(), local, auth.Reviewer).Exec(ctx)
		return err
	})
	s.refused("he publishes his own", fault.Forbidden, local, publish(p.ID))
	s.refused("an editor publishes", fault.Forbidden, editor, publish(p.ID))
	if got := s.found(Sought{}); len(got) != 0 {
		t.Errorf("before its review residents find %v", got)
	}
	s.refused("a resident reads it", fault.NotFound, granny, func(ctx context.Context, tx tenants.Tx) error { _, err := Read(ctx, tx, p.ID); return err })
	s.refused("given back without a word", fault.Invalid, leader, func(ctx context.Context, tx tenants.Tx) error { _, err := Return(ctx, tx, p.ID, " "); return err })
	s.do(leader, func(ctx context.Context, tx tenants.Tx) error {
		_, err := Return(ctx, tx, p.ID, "请写明楼栋")
		return err
	})
	mended := heating()
	mended.Body = "1至3幢12月2日8时至12时检修。"
	s.refused("another one changes the draft", fault.Conflict, editor, func(ctx context.Context, tx tenants.Tx) error { _, err := Draft(ctx, tx, p.ID, mended); return err })
	s.do(local, func(ctx context.Context, tx tenants.Tx) error {
		if _, err := Draft(ctx, tx, p.ID, mended); err != nil {
			return err
		}
		_, err := Submit(ctx, tx, p.ID)
		return err
	})
	s.do(second, publish(p.ID))
	s.refused("published twice", fault.Conflict, leader, publish(p.ID))
	s.refused("changed once published", fault.Conflict, local, func(ctx context.Context, tx tenants.Tx) error { _, err := Draft(ctx, tx, p.ID, mended); return err })
	for what, want := range map[string]struct {
		Sought
		n int
	}{
		"all": {Sought{}, 1}, "by a word of the text": {Sought{Words: "检修"}, 1}, "of its community": {Sought{Community: sunny}, 1}, "of another": {Sought{Community: other}, 0}, "of another topic": {Sought{Topic: Party}, 0},
		"another word": {Sought{Words: "书法"}, 0}, "among events": {Sought{Events: true}, 0}, "in the archive": {Sought{Past: true}, 0},
	} {
		if got := s.found(want.Sought); len(got) != want.n {
			t.Errorf("%s: found %v, want %d", what, got, want.n)
		}
	}
	s.clock.Move(december(2, 23))
	s.ring()
	if got := s.found(Sought{}); len(got) != 1 {
		t.Error("it is gone before its last day is over")
	}
	s.clock.Move(december(3, 0))
	if got := s.found(Sought{}); len(got) != 0 {
		t.Error("its last day is over, and it is still shown")
	}
	s.ring()
	if got := s.found(Sought{Past: true}); !slices.Equal(got, []string{"供暖检修通知"}) {
		t.Errorf("the archive holds %v", got)
	}
	want := []string{"post.drafted", "post.submitted", "post.returned", "post.changed", "post.submitted", "post.published", "post.archived"}
	if got := s.acts(p.ID); !slices.Equal(got, want) {
		t.Errorf("acts %v, want %v", got, want)
	}
}

// What was wrong is withdrawn with the reason, drafted anew and reviewed again.
func TestWithdrawnAndDraftedAnew(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	p := s.held(func() Words { w := heating(); w.Form = News; return w }())
	s.refused("without a reason", fault.Invalid, editor, func(ctx context.Context, tx tenants.Tx) error { _, err := Withdraw(ctx, tx, p.ID, ""); return err })
	s.refused("by a resident", fault.Forbidden, granny, func(ctx context.Context, tx tenants.Tx) error {
		_, err := Withdraw(ctx, tx, p.ID, "错了")
		return err
	})
	s.do(local, func(ctx context.Context, tx tenants.Tx) error {
		_, err := Withdraw(ctx, tx, p.ID, "日期写错")
		return err
	})
	if got := s.found(Sought{}); len(got) != 0 {
		t.Errorf("withdrawn, it is found: %v", got)
	}
	s.do(editor, func(ctx context.Context, tx tenants.Tx) error {
		w := heating()
		w.ValidUntil = "2026-12-03"
		if _, err := Draft(ctx, tx, p.ID, w); err != nil {
			return err
		}
		_, err := Submit(ctx, tx, p.ID)
		return err
	})
	s.do(leader, publish(p.ID))
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		got, err := Read(ctx, tx, p.ID)
		if err == nil && (got.Reason != nil || got.WithdrawnBy != 0 || got.Form != News) {
			t.Errorf("published anew it is %+v", got)
		}
		return err
	})
}

// An event takes as many as there is room for, whoever comes at the same time; the rest wait in line, and nobody stands in it
// twice.
func TestAnEventIsFullWhenItIs(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	p := s.held(calligraphy(5))
	got := make(chan *Signup, 20)
	for n := range 20 {
		go func() {
			g, err := s.signUp(int64(100+n%10), p.ID, 1) // everybody twice, each with one along
			if err != nil {
				t.Error(err)
			}
			got <- g
		}()
	}
	seen, in := map[uuid.UUID]bool{}, 0
	for range 20 {
		if g := <-got; g != nil && !seen[g.ID] {
			if seen[g.ID] = true; g.State == In {
				in += g.Heads
			}
		}
	}
	if in != 4 || len(seen) != 10 {
		t.Fatalf("%d people of 5 are in, by %d sign-ups of 10", in, len(seen))
	}
	s.signed(granny, p.ID, 0, In) // one place was left, for somebody alone
	s.refused("more than it holds", fault.Invalid, grandpa, func(ctx context.Context, tx tenants.Tx) error { _, err := SignUp(ctx, tx, p.ID, 5); return err })
	s.refused("a crowd", fault.Invalid, grandpa, func(ctx context.Context, tx tenants.Tx) error { _, err := SignUp(ctx, tx, p.ID, 6); return err })
	s.refused("with another number", fault.Conflict, granny, func(ctx context.Context, tx tenants.Tx) error { _, err := SignUp(ctx, tx, p.ID, 2); return err })
}

// Who waits moves up by himself: the longest first, unless more come along than there is room for. More room does the same.
// He is told, as is everybody whose event changes; and until it begins one cancels.
func TestTheLineMovesUp(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	p := s.held(calligraphy(2))
	first := s.signed(granny, p.ID, 0, In)
	s.signed(grandpa, p.ID, 0, In)
	pair, single := s.signed(neighbour, p.ID, 1, InLine), s.signed(100, p.ID, 0, InLine)
	s.refused("another one cancels it", fault.NotFound, grandpa, func(ctx context.Context, tx tenants.Tx) error { return Cancel(ctx, tx, first.ID) })
	s.do(granny, func(ctx context.Context, tx tenants.Tx) error { return Cancel(ctx, tx, first.ID) })
	s.do(granny, func(ctx context.Context, tx tenants.Tx) error { return Cancel(ctx, tx, first.ID) }) // once is enough
	if a, b := s.standing(pair.ID).State, s.standing(single.ID).State; a != InLine || b != In {
		t.Fatalf("one place came free: the pair is %s, the single %s", a, b)
	}
	again := s.signed(granny, p.ID, 0, InLine) // she thinks better of it, behind the others
	more := calligraphy(4).Arrangement
	more.Venue = "街道三楼大厅"
	s.refused("who drafted it moves it", fault.Forbidden, editor, func(ctx context.Context, tx tenants.Tx) error { _, err := Rearrange(ctx, tx, p.ID, more); return err })
	less := more
	less.Capacity = 1
	s.refused("fewer than have signed up", fault.Invalid, leader, func(ctx context.Context, tx tenants.Tx) error { _, err := Rearrange(ctx, tx, p.ID, less); return err })
	s.do(leader, func(ctx context.Context, tx tenants.Tx) error { _, err := Rearrange(ctx, tx, p.ID, more); return err })
	if a, b := s.standing(pair.ID).State, s.standing(again.ID).State; a != In || b != InLine {
		t.Errorf("room for two more: the pair is %s, granny %s", a, b)
	}
	if got, want := s.acts(pair.ID), []string{"signup.made", "signup.changed", "signup.moved_up"}; !slices.Equal(got, want) {
		t.Errorf("the pair heard %v, want %v", got, want)
	}
	s.clock.Move(december(4, 19))
	s.refused("after the last hour", fault.Conflict, 101, func(ctx context.Context, tx tenants.Tx) error { _, err := SignUp(ctx, tx, p.ID, 0); return err })
	s.do(neighbour, func(ctx context.Context, tx tenants.Tx) error { return Cancel(ctx, tx, pair.ID) })
	if got := s.standing(again.ID).State; got != In {
		t.Errorf("on the eve a place came free, granny is %s", got)
	}
	s.clock.Move(december(5, 9))
	s.refused("once it has begun", fault.Conflict, granny, func(ctx context.Context, tx tenants.Tx) error { return Cancel(ctx, tx, again.ID) })
}

// The day before, whoever has a place is reminded once: among the messages, and by text message for who agreed to those.
// Called off, everybody is told why, and nobody is reminded any more.
func TestRemindedAndCalledOff(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	for person, texts := range map[int64]bool{granny: true, grandpa: false} {
		s.do(person, func(ctx context.Context, tx tenants.Tx) error {
			me, err := resident.Join(ctx, tx, "1390013900"+string(rune('0'+person%10)), resident.NoticeVersion, "page")
			if err == nil && texts {
				err = resident.Agree(ctx, tx, me, resident.ForMessages, "page")
			}
			return err
		})
	}
	p := s.held(calligraphy(1))
	hers, his := s.signed(granny, p.ID, 0, In), s.signed(grandpa, p.ID, 0, InLine)
	s.clock.Move(december(4, 8))
	s.ring()
	s.clock.Move(december(4, 9))
	s.ring()
	s.ring()
	if a, b := s.acts(hers.ID), s.acts(his.ID); !slices.Equal(a, []string{"signup.made", "signup.reminded"}) || len(b) != 1 {
		t.Errorf("on the eve: %v and, waiting, %v", a, b)
	}
	text := func(of uuid.UUID, item string) (phone, body string) {
		s.do(0, func(ctx context.Context, tx tenants.Tx) error {
			told, err := Text(ctx, tx, TextOf{of, item})
			phone, body = told.Phone, told.Text
			return err
		})
		return phone, body
	}
	if phone, body := text(hers.ID, "event.reminded"); phone != "13900139001" || !strings.Contains(body, "老年书法课") || !strings.Contains(body, "2026-12-05 09:00") || !strings.Contains(body, "二楼活动室") {
		t.Errorf("she is texted %q at %q", body, phone)
	}
	s.do(editor, func(ctx context.Context, tx tenants.Tx) error {
		_, err := Withdraw(ctx, tx, p.ID, "老师生病")
		return err
	})
	if a, b := s.standing(hers.ID).State, s.standing(his.ID).State; a != Off || b != Off {
		t.Errorf("called off, they are %s and %s", a, b)
	}
	if phone, _ := text(hers.ID, "event.reminded"); phone != "" {
		t.Error("called off, she is still reminded")
	}
	if phone, _ := text(hers.ID, "event.off"); phone == "" {
		t.Error("she is not texted that it is off")
	}
	if phone, _ := text(his.ID, "event.off"); phone != "" {
		t.Error("he is texted without his consent")
	}
	if s.refused("signing up for what is off", fault.NotFound, neighbour, func(ctx context.Context, tx tenants.Tx) error { _, err := SignUp(ctx, tx, p.ID, 0); return err }); t.Failed() {
		return
	}
	s.refused("drafting it anew", fault.Conflict, editor, func(ctx context.Context, tx tenants.Tx) error {
		_, err := Draft(ctx, tx, p.ID, calligraphy(1))
		return err
	})
}

// Staff see who comes and may tick them off; residents and other communities' editors may not.
func TestWhoComes(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	p := s.held(calligraphy(0))
	g := s.signed(granny, p.ID, 3, In)
	tick := func(came bool) func(context.Context, tenants.Tx) error {
		return func(ctx context.Context, tx tenants.Tx) error { _, err := Tick(ctx, tx, g.ID, came); return err }
	}
	s.refused("a resident ticks", fault.NotFound, grandpa, tick(true))
	s.refused("another community's editor ticks", fault.NotFound, local, tick(true))
	s.refused("another community's editor reads the list", fault.NotFound, local, func(ctx context.Context, tx tenants.Tx) error { _, _, err := Guests(ctx, tx, p.ID); return err })
	s.do(editor, tick(true))
	s.do(editor, tick(true))
	s.do(leader, tick(false))
	if got, want := s.acts(g.ID), []string{"signup.made", "signup.came", "signup.not_come"}; !slices.Equal(got, want) {
		t.Errorf("acts %v, want %v", got, want)
	}
}

// Who leaves the street gives the place to who waits, and nothing tells any more whose it was.
func TestLeavingGivesThePlaceBack(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	p := s.held(calligraphy(1))
	hers, his := s.signed(granny, p.ID, 0, In), s.signed(grandpa, p.ID, 0, InLine)
	s.do(granny, func(ctx context.Context, tx tenants.Tx) error {
		all, err := held(ctx, tx)
		if list := all.([]heldSignup); err == nil && (len(list) != 1 || list[0].Event != "老年书法课" || list[0].State != In) {
			t.Errorf("her file holds %+v", list)
		}
		return err
	})
	s.do(granny, forget)
	if g := s.standing(hers.ID); g.State != Cancelled || g.Person != 0 {
		t.Errorf("she left: %+v", g)
	}
	if g := s.standing(his.ID); g.State != In || g.Person != grandpa {
		t.Errorf("he waited: %+v", g)
	}
}

// A place is written by who writes for its community, found by name, address and kind, and gone once it is retired.
func TestPublicPlaces(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	lon, lat, far := 120.5501, 31.3002, 12.5
	canteen := Place{Kind: "meal", Community: sunny, Name: "向阳助餐点", Address: "枫桥路18号", StepFree: true, Lon: &lon, Lat: &lat}
	save := func(in Place, out **Place) func(context.Context, tenants.Tx) error {
		return func(ctx context.Context, tx tenants.Tx) error {
			l, err := SavePlace(ctx, tx, in)
			if out != nil {
				*out = l
			}
			return err
		}
	}
	var l *Place
	s.do(local, save(canteen, &l))
	shelter := Place{Kind: "shelter", Name: "中心广场", Address: "枫桥路1号"}
	s.refused("of the whole street, by a community's editor", fault.Forbidden, local, save(shelter, nil))
	var sq *Place
	s.do(editor, save(shelter, &sq))
	shelter.ID, shelter.Community = sq.ID, sunny
	s.refused("taking the street's place over", fault.NotFound, local, save(shelter, nil))
	bad := canteen
	bad.Lat = &far
	bad.Lon = &far
	s.refused("in another country", fault.Invalid, local, save(bad, nil))
	find := func(words string, kind PlaceKind) (n int) {
		s.do(0, func(ctx context.Context, tx tenants.Tx) error {
			list, err := Places(ctx, tx, words, kind, false)
			n = len(list)
			return err
		})
		return n
	}
	if a, b, c, d := find("", ""), find("枫桥路18", ""), find("向阳", "shelter"), find("", "meal"); a != 2 || b != 1 || c != 0 || d != 1 {
		t.Errorf("found %d, %d, %d and %d", a, b, c, d)
	}
	s.do(local, func(ctx context.Context, tx tenants.Tx) error { _, err := RetirePlace(ctx, tx, l.ID, true); return err })
	if find("", "meal") != 0 {
		t.Error("retired, it is found")
	}
	s.do(local, func(ctx context.Context, tx tenants.Tx) error {
		_, err := RetirePlace(ctx, tx, l.ID, false)
		return err
	})
	if got, want := s.acts(l.ID), []string{"place.saved", "place.retired", "place.restored"}; !slices.Equal(got, want) {
		t.Errorf("acts %v, want %v", got, want)
	}
	if _, known := division.CommunityByCode(sunny); !known {
		t.Error("the test's community is none")
	}
}
