package handover

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"wanjie/app/cases"
	"wanjie/app/cases/photos"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/files"
	"wanjie/app/post"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
	"wanjie/tenants/tenantstest"
)

// A brawl is handed to the district's police and comes back solved; the street checks it and closes its case.
func TestToThePoliceAndBack(t *testing.T) {
	t.Parallel()
	d := open(t, 330101, tenants.Home, tenantstest.Other)
	c := d.street.filed(brawl("甲"))
	h := d.handUp(c, Order{Reason: "治安案件由公安主责", Petitioner: true})
	if c = d.street.one(c.ID); c.Stage != cases.Handling || c.Lead.State != cases.Handed || c.Unit != blueprint.CentreUnit("police") || c.DueAt.IsZero() {
		t.Fatalf("the street's case: %s, lead %+v", c.Stage, c.Lead)
	}
	d.post()
	if got := d.street.at(h.ID).State; got != Offered {
		t.Fatalf("after its delivery the street has it as %s", got)
	}
	theirs := d.centre.accept(h.ID)
	if theirs.UpperNo != c.Number || theirs.Channel != "street" || !theirs.UpperDue.Equal(c.DueAt) || theirs.Stage != cases.Filed {
		t.Fatalf("the paired case: no %q, channel %s, due %s (want %s), %s", theirs.UpperNo, theirs.Channel, theirs.UpperDue, c.DueAt, theirs.Stage)
	}
	d.post()
	if mine := d.street.at(h.ID); mine.State != Accepted || mine.PeerNo != theirs.Number {
		t.Fatalf("the street heard %s, their number %q", mine.State, mine.PeerNo)
	}
	d.clock.Move(at("2026-11-23 15:00"))
	d.centre.work(theirs.ID, "已处警，双方和解")
	d.clock.Move(at("2026-11-23 16:00"))
	d.post()
	c = d.street.one(c.ID)
	if c.Stage != cases.Checking || !c.Lead.HandledAt.Equal(at("2026-11-23 15:00")) {
		t.Fatalf("the result came as %s, handled at %s", c.Stage, c.Lead.HandledAt)
	}
	d.street.do(checker, func(ctx context.Context, tx tenants.Tx) error {
		said, err := cases.Last(ctx, tx, c.ID, "case.handled")
		if err != nil || said != "已处警，双方和解" {
			t.Errorf("the result says %q (%v)", said, err)
		}
		_, err = cases.Check(ctx, tx, c.ID, cases.Finding{Pass: true})
		return err
	})
	d.street.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		closed, err := cases.Close(ctx, tx, c.ID)
		if err == nil && closed.Outcome != cases.OnTime {
			t.Errorf("closed as %s", closed.Outcome)
		}
		return err
	})
	want := []string{"case.reported", "case.filed", "case.handed_over", "case.taken_there", "case.handled", "case.checked", "case.closed"}
	if got := d.street.acts(c.ID); !slices.Equal(got, want) {
		t.Errorf("the street's record: %v, want %v", got, want)
	}
}

// Photos of the place go along, and those after the work come back: copied, sealed with the other's key, each once. What is not
// told does not cross: a confidential case's, those of the check before anybody found the result wanting, one that was removed.
func TestPhotosTravel(t *testing.T) {
	t.Parallel()
	d := open(t, 330122, tenants.Home, tenantstest.Other)
	phone, err := os.ReadFile("../files/pictures/testdata/phone.jpg")
	if err != nil {
		t.Fatal(err)
	}
	c := d.street.filed(brawl("甲"))
	d.street.photograph(c.ID, photos.Before, phone, phone)
	d.street.photograph(c.ID, photos.Check, phone)
	gone := d.street.photos(c.ID)[0]
	d.street.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		_, err := photos.Remove(ctx, tx, gone.ID, "拍到路人")
		return err
	})
	h := d.handUp(c, Order{Reason: "治安案件由公安主责"})
	d.post()
	var shown []uuid.UUID
	rows, err := d.centre.view.Query(t.Context(), "SELECT id FROM case_photos WHERE tenant_id = $1 AND handover_id = $2 AND case_id IS NULL", int32(d.centre.ID), h.ID)
	if err == nil {
		shown, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	}
	if err != nil || len(shown) != 1 {
		t.Fatalf("%d photos came with the offer (%v), want the one before the work that is left", len(shown), err)
	}
	look := func(o *office, id uuid.UUID) (f *files.File, err error) {
		err = o.try(chief, func(ctx context.Context, tx tenants.Tx) error {
			f, err = photos.Look(ctx, tx, id, false)
			return err
		})
		return f, err
	}
	if _, err := look(d.street, shown[0]); !fault.Is(err, fault.NotFound) {
		t.Errorf("the street opens the centre's copy: %v", err)
	}
	theirs := d.centre.accept(h.ID)
	d.post()
	if got := d.centre.photos(theirs.ID); len(got) != 1 || got[0].Phase != photos.Before {
		t.Fatalf("the paired case has %+v", got)
	}
	mine, err := look(d.street, d.street.photos(c.ID)[1].ID)
	if err != nil {
		t.Fatal(err)
	}
	copied, err := look(d.centre, shown[0])
	if err != nil {
		t.Fatal(err)
	}
	var a, b bytes.Buffer
	if err := errors.Join(mine.Copy(t.Context(), &a), copied.Copy(t.Context(), &b)); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) || mine.ID == copied.ID || bytes.Equal(mine.Secret, copied.Secret) {
		t.Errorf("the copy: %d bytes of %d, under its own key %t (%v)", b.Len(), a.Len(), !bytes.Equal(mine.Secret, copied.Secret), err)
	}

	d.centre.photograph(theirs.ID, photos.After, phone)
	d.centre.work(theirs.ID, "已处警")
	d.post()
	if got := d.street.photos(c.ID); len(got) != 4 || got[3].Phase != photos.After || got[3].AddedBy != 0 {
		t.Fatalf("back came %+v", got)
	}
	if got := d.street.acts(c.ID); got[len(got)-1] != "case.photographed" {
		t.Errorf("the street's record ends with %v", got)
	}

	secret := brawl("乙")
	secret.Confidential = true
	other := d.street.filed(secret)
	d.street.photograph(other.ID, photos.Before, phone)
	quiet := d.handUp(other, Order{Reason: "治安案件由公安主责"})
	d.post()
	var n int
	if err := d.centre.view.QueryRow(t.Context(), "SELECT count(*) FROM case_photos WHERE tenant_id = $1 AND handover_id = $2", int32(d.centre.ID), quiet.ID).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d photos of a confidential case crossed (%v)", n, err)
	}
}

// photograph gives a case photos.
func (o *office) photograph(id uuid.UUID, phase photos.Phase, contents ...[]byte) {
	o.d.t.Helper()
	var up []*photos.Upload
	for _, content := range contents {
		u, err := photos.Receive(o.d.ctx, o.d.DB.Blobs(), o.ID, content)
		if err != nil {
			o.d.t.Fatal(err)
		}
		up = append(up, u)
	}
	o.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		c, _, err := cases.Find(ctx, tx, id)
		if err != nil {
			return err
		}
		return photos.Add(ctx, tx, c, phase, up...)
	})
}

func (o *office) photos(id uuid.UUID) (list []photos.Photo) {
	o.d.t.Helper()
	o.do(0, func(ctx context.Context, tx tenants.Tx) error {
		c, _, err := cases.Find(ctx, tx, id)
		if err != nil {
			return err
		}
		list, err = photos.Of(ctx, tx, c)
		return err
	})
	return list
}

// The centre refuses, citing its ground; the case waits for a dispatch again and the ground stands in its record.
func TestRefusedWithItsGround(t *testing.T) {
	t.Parallel()
	d := open(t, 330102, tenants.Home, tenants.Home)
	c := d.street.filed(brawl("乙"))
	h := d.handUp(c, Order{Reason: "请公安处理"})
	d.post()
	for _, bad := range []Refusal{{"", "不归我们"}, {"return-not-mine", "  "}, {"suspend-funds", "没钱"}} {
		err := d.centre.verb(clerk, func(ctx context.Context, tx tenants.Tx) (*Handover, error) { return Refuse(ctx, tx, h.ID, bad) })
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("a refusal of %q %q: %v", bad.Ground, bad.Words, err)
		}
	}
	if err := d.centre.verb(clerk, func(ctx context.Context, tx tenants.Tx) (*Handover, error) {
		return Refuse(ctx, tx, h.ID, Refusal{"return-not-mine", "民间纠纷，依职责清单由司法所调解"})
	}); err != nil {
		t.Fatal(err)
	}
	d.post()
	c = d.street.one(c.ID)
	if c.Stage != cases.Filed || c.Lead != nil || c.Unit != "" || c.Returns != 1 || d.street.at(h.ID).State != Refused {
		t.Fatalf("the street's case: %s of %q, returns %d", c.Stage, c.Unit, c.Returns)
	}
	d.street.do(0, func(ctx context.Context, tx tenants.Tx) error {
		said, err := cases.Last(ctx, tx, c.ID, "case.handed_back")
		if err != nil || !strings.Contains(said, "民间纠纷，依职责清单由司法所调解") || !strings.Contains(said, "不属于本单位职责") {
			t.Errorf("the ground says %q (%v)", said, err)
		}
		return nil
	})
	var n int
	if err := d.centre.view.QueryRow(t.Context(), "SELECT count(*) FROM cases WHERE tenant_id = $1", int32(d.centre.ID)).Scan(&n); err != nil || n != 0 {
		t.Errorf("the refused one is %d cases of the centre (%v)", n, err)
	}
	if err := d.centre.verb(clerk, func(ctx context.Context, tx tenants.Tx) (*Handover, error) {
		return Accept(ctx, tx, h.ID, Acceptance{})
	}); !fault.Is(err, fault.Conflict) {
		t.Errorf("accepted after the refusal: %v", err)
	}
	d.handUp(c, Order{Reason: "司法所调解不成，已有轻伤鉴定"}) // and may be tried again
	d.post()
}

// A result that fails the street's check is done again by whoever did it, under the centre's own number.
func TestDoneAgain(t *testing.T) {
	t.Parallel()
	d := open(t, 330103, tenants.Home, tenantstest.Other)
	c := d.street.filed(brawl("丙"))
	h := d.handUp(c, Order{Reason: "公安主责"})
	d.post()
	theirs := d.centre.accept(h.ID)
	d.post()
	d.centre.work(theirs.ID, "已看过")
	d.post()
	d.street.do(checker, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Check(ctx, tx, c.ID, cases.Finding{Remark: "现场仍在闹事"})
		return err
	})
	d.post()
	if got, again := d.street.one(c.ID), d.centre.one(theirs.ID); got.Stage != cases.Handling || got.Lead.State != cases.Handed || again.Stage != cases.Handling || again.Reopened != 1 {
		t.Fatalf("after the failed check: street %s, centre %s", got.Stage, again.Stage)
	}
	d.centre.work(theirs.ID, "已带离")
	d.post()
	if got := d.street.one(c.ID); got.Stage != cases.Checking || d.street.at(h.ID).Rounds != 2 {
		t.Errorf("after the second result: %s", got.Stage)
	}
}

// The deadline is moved by whoever handed over, on the other side's wish; the paired case follows.
func TestDeadlineTravels(t *testing.T) {
	t.Parallel()
	d := open(t, 330104, tenants.Home, tenants.Home)
	c := d.street.filed(brawl("丁"))
	h := d.handUp(c, Order{Reason: "公安主责"})
	d.post()
	theirs := d.centre.accept(h.ID)
	later := at("2026-12-10 17:00")
	if err := d.centre.verb(clerk, func(ctx context.Context, tx tenants.Tx) (*Handover, error) {
		return Ask(ctx, tx, h.ID, later, "需鉴定")
	}); err != nil {
		t.Fatal(err)
	}
	d.post()
	if got := d.centre.one(theirs.ID); !got.UpperDue.Equal(c.DueAt) {
		t.Errorf("the wish alone moved the deadline to %s", got.UpperDue)
	}
	if err := d.street.verb(chief, func(ctx context.Context, tx tenants.Tx) (*Handover, error) { return Postpone(ctx, tx, h.ID, later) }); err != nil {
		t.Fatal(err)
	}
	d.post()
	if got := d.centre.one(theirs.ID); !got.UpperDue.Equal(later) {
		t.Errorf("the paired case is due %s, want %s", got.UpperDue, later)
	}
	if err := d.centre.verb(chief, func(ctx context.Context, tx tenants.Tx) (*Handover, error) { return Postpone(ctx, tx, h.ID, later) }); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the side that has it moved its own deadline: %v", err)
	}
}

// The centre hands a matter down to one of its streets; an accepted one is given back before any unit has it.
func TestDownToAStreetAndGivenBack(t *testing.T) {
	t.Parallel()
	d := open(t, 330105, tenants.Home, tenants.Home)
	in := brawl("戊")
	in.Community = ""
	c := d.centre.filed(in)
	var h *Handover
	d.centre.do(chief, func(ctx context.Context, tx tenants.Tx) (err error) {
		h, err = HandOver(ctx, tx, c.ID, Order{To: d.street.ID.String(), Reason: "属地管理"})
		return err
	})
	d.post()
	theirs := d.street.accept(h.ID)
	if theirs.Channel != "district" || theirs.UpperNo != c.Number {
		t.Fatalf("the street's case has channel %s and number %q", theirs.Channel, theirs.UpperNo)
	}
	if err := d.street.verb(chief, func(ctx context.Context, tx tenants.Tx) (*Handover, error) {
		return GiveBack(ctx, tx, h.ID, Refusal{"return-not-here", "事发地在浒墅关"})
	}); err != nil {
		t.Fatal(err)
	}
	d.post()
	if got := d.centre.one(c.ID); got.Stage != cases.Filed || d.street.one(theirs.ID).Stage != cases.Rejected {
		t.Errorf("given back: the centre's case is %s", got.Stage)
	}
}

// Only a street and its own district's centre, and only while the other is open for work.
func TestWhoMayHandToWhom(t *testing.T) {
	t.Parallel()
	d := open(t, 330106, tenants.Home, tenants.Home)
	strange := open(t, 330107, tenants.Home, tenants.Home)
	c := d.street.filed(brawl("己"))
	if _, err := d.tryHandUp(c, Order{To: strange.centre.ID.String(), Reason: "x"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("to another district: %v", err)
	}
	if _, err := d.tryHandUp(c, Order{Reason: " "}); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a reason: %v", err)
	}
	secret := brawl("庚")
	secret.Confidential = true
	hidden := d.street.filed(secret)
	if _, err := d.tryHandUp(hidden, Order{Reason: "x", Petitioner: true}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a confidential petitioner was told: %v", err)
	}
	if err := d.street.try(police, func(ctx context.Context, tx tenants.Tx) error {
		_, err := HandOver(ctx, tx, c.ID, Order{To: "police", Reason: "x"})
		return err
	}); fault.Of(err) == nil {
		t.Errorf("a handler handed over: %v", err)
	}
	// On its way already when the centre is suspended: it comes back with a sentence.
	h := d.handUp(c, Order{Reason: "公安主责"})
	if err := d.DB.SetState(t.Context(), d.centre.ID, tenants.Change{Request: tenants.NewID(), To: tenants.Suspended, Ground: "arrears", By: 1}); err != nil {
		t.Fatal(err)
	}
	d.post()
	if got := d.street.one(c.ID); got.Stage != cases.Filed || d.street.at(h.ID).State != Refused {
		t.Errorf("to a suspended centre: %s, %s", got.Stage, d.street.at(h.ID).State)
	}
	if _, err := d.tryHandUp(c, Order{Reason: "公安主责"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("to a suspended centre: %v", err)
	}
}

// Whatever crosses is on the fixed list: neither side holds anything else of the other's, in no table and in no seal.
func TestNothingElseCrosses(t *testing.T) {
	t.Parallel()
	d := open(t, 330108, tenants.Home, tenants.Home)
	in := brawl("街")
	c := d.street.filed(in)
	d.street.do(0, func(ctx context.Context, tx tenants.Tx) error { // a second case of the street, which nobody handed over
		other := brawl("邻")
		other.Phone = "13999999999"
		_, err := cases.Report(ctx, tx, other)
		return err
	})
	h := d.handUp(c, Order{Reason: "街道理由"})
	d.post()
	theirs := d.centre.accept(h.ID)
	d.post()
	d.centre.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Dispatch(ctx, tx, theirs.ID, cases.Order{Unit: "police", Basis: cases.Negotiated, Grounds: cases.Grounds{Parties: "区内各方", Reason: "区内理由"}})
		return err
	})
	d.centre.work(theirs.ID, "区级结果")
	d.post()
	centre, street := d.centre.everything(), d.street.everything()
	for _, told := range []string{"街夜间斗殴", "街烧烤店门前多人斗殴", "街枫桥路18号", "街道理由", c.Number} {
		if !strings.Contains(centre, told) {
			t.Errorf("the centre was not told %q", told)
		}
	}
	for _, kept := range []string{"街王小明", "13800138000", "13999999999", "邻", c.ID.String()} {
		if strings.Contains(centre, kept) {
			t.Errorf("the centre holds %q", kept)
		}
	}
	for _, told := range []string{"区级结果", theirs.Number} {
		if !strings.Contains(street, told) {
			t.Errorf("the street was not told %q", told)
		}
	}
	for _, kept := range []string{"区内各方", "区内理由", theirs.ID.String()} {
		if strings.Contains(street, kept) {
			t.Errorf("the street holds %q", kept)
		}
	}
}

// everything is every value of the tenant's rows in every table, with what is sealed opened.
func (o *office) everything() string {
	o.d.t.Helper()
	var out strings.Builder
	rows, err := o.view.Query(o.d.t.Context(), "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'tenant_id' ORDER BY 1")
	if err != nil {
		o.d.t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		o.d.t.Fatal(err)
	}
	for _, table := range tables {
		var text *string
		if err := o.view.QueryRow(o.d.t.Context(), fmt.Sprintf("SELECT string_agg(r::text, E'\n') FROM %s r WHERE tenant_id = %d", table, o.ID)).Scan(&text); err != nil {
			o.d.t.Fatal(table, err)
		}
		if text != nil {
			out.WriteString(*text + "\n")
		}
	}
	o.do(0, func(ctx context.Context, tx tenants.Tx) error {
		box, err := tx.Box(ctx)
		if err != nil {
			return err
		}
		for _, cols := range append(slices.Clone(cases.Module.Data), Module.Data...) {
			for _, column := range cols.Sealed {
				var list []struct {
					ID uuid.UUID
					V  []byte
				}
				if err := tx.Raw(fmt.Sprintf("SELECT id, %s AS v FROM %s WHERE tenant_id = ? AND %[1]s IS NOT NULL", column, cols.Table), int32(tx.ID())).Scan(ctx, &list); err != nil {
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

// The carrier dies between any two of its steps, comes twice, and two of them walk at once: in the end each message was
// taken once, in order, and both sides agree.
func TestCarrierMayDieAnywhere(t *testing.T) {
	t.Parallel()
	d := open(t, 330109, tenants.Home, tenantstest.Other)
	rapid.Check(t, func(rt *rapid.T) {
		c := d.street.filed(brawl("辛"))
		h := d.handUp(c, Order{Reason: "公安主责"})
		accept := rapid.Bool().Draw(rt, "accept")
		decided := false
		for step := range 40 {
			for _, o := range []*office{d.street, d.centre} {
				for range rapid.IntRange(0, 2).Draw(rt, "walks") {
					d.stumble(rt, o, h.ID)
				}
			}
			if there := d.centre.find(h.ID); !decided && there != nil && there.State == Offered {
				decided = true
				if accept {
					d.centre.accept(h.ID)
					until := clock.Now(d.ctx).Add(time.Duration(step+48) * time.Hour)
					if err := d.street.verb(chief, func(ctx context.Context, tx tenants.Tx) (*Handover, error) { return Postpone(ctx, tx, h.ID, until) }); err != nil {
						rt.Fatal(err)
					}
				} else if err := d.centre.verb(clerk, func(ctx context.Context, tx tenants.Tx) (*Handover, error) {
					return Refuse(ctx, tx, h.ID, Refusal{"return-not-mine", "不属于"})
				}); err != nil {
					rt.Fatal(err)
				}
			}
		}
		if !decided { // the carrier died at every turn
			return
		}
		d.post()
		mine, theirs := d.street.at(h.ID), d.centre.at(h.ID)
		if mine.State != theirs.State || mine.Sent != theirs.Heard || theirs.Sent != mine.Heard || !mine.Due.Equal(theirs.Due) {
			rt.Fatalf("street %s sent %d heard %d due %s, centre %s sent %d heard %d due %s", mine.State, mine.Sent, mine.Heard, mine.Due, theirs.State, theirs.Sent, theirs.Heard, theirs.Due)
		}
		want := cases.Filed
		if accept {
			want = cases.Handling
		}
		if got := d.street.one(c.ID).Stage; got != want {
			rt.Fatalf("the street's case is %s, want %s", got, want)
		}
		for _, o := range []*office{d.street, d.centre} {
			var n, most int32
			if err := o.view.QueryRow(t.Context(), "SELECT count(*), coalesce(max(n), 0) FROM handover_messages WHERE tenant_id = $1 AND handover_id = $2 AND box = 'in'", int32(o.ID), h.ID).Scan(&n, &most); err != nil || n != most {
				rt.Fatalf("%s took %d messages, the last is number %d (%v)", o.Name, n, most, err)
			}
		}
	})
}

// find is at for a handover that may not be there yet.
func (o *office) find(id uuid.UUID) (h *Handover) {
	_ = o.try(0, func(ctx context.Context, tx tenants.Tx) (err error) {
		h, err = read(ctx, tx, id, sharing)
		return err
	})
	return h
}

// stumble is a carrier that dies somewhere: after a message was opened, taken, or marked.
func (d *district) stumble(rt *rapid.T, o *office, id uuid.UUID) {
	var from post.Sender
	var letters []post.Letter[Told]
	err := o.try(0, func(ctx context.Context, tx tenants.Tx) (err error) {
		from, letters, err = line.Collect(ctx, tx, id)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return // the offer has not come
	}
	if err != nil {
		rt.Fatal(err)
	}
	for _, l := range letters {
		die := rapid.IntRange(0, 3).Draw(rt, "dies")
		if die == 0 {
			return
		}
		no, err := line.HandIn(d.ctx, d.DB, from, l)
		if err != nil {
			rt.Fatal(err)
		}
		if die == 1 {
			return
		}
		if die == 2 { // another carrier came with the same letter
			if _, err := line.HandIn(d.ctx, d.DB, from, l); err != nil {
				rt.Fatal(err)
			}
		}
		if err := line.Mark(d.ctx, d.DB, from, l, no); err != nil {
			rt.Fatal(err)
		}
	}
}

// An offer that nobody decides by the receipt clock is marked, once, and nothing else changes.
func TestOverlooked(t *testing.T) {
	t.Parallel()
	d := open(t, 330110, tenants.Home, tenants.Home)
	h := d.handUp(d.street.filed(brawl("壬")), Order{Reason: "公安主责"})
	d.post()
	d.clock.Move(at("2026-11-23 17:00"))
	for range 2 {
		d.centre.do(0, func(ctx context.Context, tx tenants.Tx) error { return runDecide(ctx, tx, h.ID) })
	}
	if got := d.centre.at(h.ID); !got.Overlooked || got.State != Offered {
		t.Errorf("%s, overlooked %v", got.State, got.Overlooked)
	}
	if got := d.centre.acts(h.ID); !slices.Equal(got, []string{"handover.offer", "handover.overlooked"}) {
		t.Errorf("acts %v", got)
	}
}

// Cases that have nothing to do with another tenant set no job going.
func TestOthersCostNothing(t *testing.T) {
	d := open(t, 330111, tenants.Home, tenants.Home)
	c := d.street.filed(brawl("癸"))
	d.street.do(0, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Dispatch(ctx, tx, c.ID, cases.Order{Unit: "public-service", Basis: cases.Negotiated, Grounds: cases.Grounds{Parties: "各方", Reason: "急"}})
		if err == nil {
			_, err = cases.Handle(ctx, tx, c.ID, "已办")
		}
		if err == nil {
			_, err = cases.Check(ctx, tx, c.ID, cases.Finding{Pass: true, Close: true})
		}
		return err
	})
	if d.street.follow() {
		t.Error("an ordinary case set a follower's job going")
	}
	var kinds []jobs.Kind
	for _, k := range append(kinds, Carry(), Follow()) {
		if k.Module != "" {
			t.Errorf("%s belongs to a module: switched off, what was handed over would never end", k.Name)
		}
	}
}
