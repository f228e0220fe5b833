package blueprint_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"wanjie/tenants"
	. "wanjie/tenants/blueprint" // outside the package, so that tenantstest may import it
	"wanjie/tenants/tenantstest"
)

// opened opens a street from city-street.
func opened(t *testing.T, change ...func(*tenants.Plan)) (*tenantstest.World, tenants.Tenant) {
	t.Helper()
	w := tenantstest.Open(t)
	return w, w.Street(t, change...)
}

// bare is the configuration that city-street's files say.
func bare(t *testing.T) *Config {
	t.Helper()
	all, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		if v.Key == "city-street" {
			c, err := Effective(v, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
	}
	t.Fatal("city-street is not shipped")
	return nil
}

func read(t *testing.T, w *tenantstest.World, id tenants.ID, f func(ctx context.Context, tx tenants.Tx) error) {
	t.Helper()
	if err := w.DB.Read(t.Context(), id, tenants.Machine(), f); err != nil {
		t.Fatal(err)
	}
}

func current(t *testing.T, w *tenantstest.World, id tenants.ID) (c *Config) {
	t.Helper()
	read(t, w, id, func(ctx context.Context, tx tenants.Tx) (err error) {
		c, err = For(ctx, tx)
		return err
	})
	return c
}

func change(t *testing.T, w *tenantstest.World, id tenants.ID, edits ...Edit) {
	t.Helper()
	if err := w.DB.Write(t.Context(), id, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		_, err := Change(ctx, tx, edits...)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func hallName(t *testing.T, c *Config, name string) Edit {
	t.Helper()
	e, err := c.Set("desk.name", name)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestUnchangedStreetsShareOneConfiguration(t *testing.T) {
	t.Parallel()
	w, one := opened(t)
	_, two := opened(t)
	a, b := current(t, w, one.ID), current(t, w, two.ID)
	if a != b {
		t.Error("two streets that changed nothing have two configurations")
	}
	want := bare(t)
	if a.Revision != 0 || a.Units.Len() != want.Units.Len() || a.Line("desk.name", "") != "集成指挥中心" {
		t.Errorf("what came from the database is not what was published: %+v", a)
	}
	// Where it is known, it costs no query: even a transaction that can run none gets it.
	done := errors.New("done")
	err := w.DB.Read(t.Context(), one.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		_, _ = tx.Raw("SELECT nonsense").Exec(ctx) // from here on PostgreSQL refuses every statement
		if c, err := For(ctx, tx); err != nil || c != a {
			t.Errorf("without a query: %v", err)
		}
		if c, err := ForCase(ctx, tx, a.Version, 0); err != nil || c != a {
			t.Errorf("a case's rules without a query: %v", err)
		}
		return done
	})
	if !errors.Is(err, done) {
		t.Error(err)
	}
}

func TestAChangeIsOneRevisionOneActAndNobodyElses(t *testing.T) {
	t.Parallel()
	w, mine := opened(t)
	_, other := opened(t)
	e := hallName(t, current(t, w, mine.ID), "枫桥指挥大厅")
	change(t, w, mine.ID, e)
	change(t, w, mine.ID, e) // again: nothing new
	if c := current(t, w, mine.ID); c.Revision != 1 || c.Line("desk.name", "") != "枫桥指挥大厅" {
		t.Errorf("revision %d, hall %q", c.Revision, c.Line("desk.name", ""))
	}
	if c := current(t, w, other.ID); c.Revision != 0 || c.Line("desk.name", "") != "集成指挥中心" {
		t.Errorf("the neighbour's hall is %q", c.Line("desk.name", ""))
	}
	var kinds, after string
	if err := w.Super(t, tenants.Home).QueryRow(t.Context(),
		"SELECT string_agg(kind, ' ' ORDER BY n), max(after::text) FILTER (WHERE kind = 'config.changed') FROM journal WHERE tenant_id = $1", int32(mine.ID)).Scan(&kinds, &after); err != nil {
		t.Fatal(err)
	}
	if kinds != "tenant.opened config.changed" || !strings.Contains(after, "setting/desk.name") || strings.Contains(after, "枫桥") {
		t.Errorf("acts %s, the change says %s", kinds, after)
	}
}

func TestBackToBlueprint(t *testing.T) {
	t.Parallel()
	w, street := opened(t)
	change(t, w, street.ID, hallName(t, current(t, w, street.ID), "枫桥指挥大厅"))
	if err := w.DB.Write(t.Context(), street.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		c, err := Back(ctx, tx, Settings, "desk.name")
		if err == nil && c.Line("desk.name", "") != "集成指挥中心" {
			t.Errorf("after going back the hall is %q", c.Line("desk.name", ""))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	read(t, w, street.ID, func(ctx context.Context, tx tenants.Tx) error {
		all, err := Survey(ctx, tx)
		if err != nil {
			return err
		}
		for _, s := range all {
			if s.Own != nil {
				t.Errorf("%s is still the street's own", s.Ref)
			}
		}
		past, err := History(ctx, tx, Settings, "desk.name")
		if len(past) != 2 || !past[0].Back() || past[0].Revision != 2 || past[1].Base == "" || past[1].Base != past[0].Base {
			t.Errorf("history: %+v", past)
		}
		return err
	})
}

func TestACaseKeepsTheRulesItWasFiledUnder(t *testing.T) {
	t.Parallel()
	w, street := opened(t, tenantstest.At(tenantstest.Other))
	filed := current(t, w, street.ID)
	slow, _ := filed.Conditions.Find("exposed-waste")
	slow.Limit = Limit{2, WorkingDay}
	change(t, w, street.ID, Put(slow))
	slow.Retired = true
	change(t, w, street.ID, Put(slow))
	for revision, want := range []string{"{4 working_hour} 1", "{2 working_day} 1", "{2 working_day} 0"} {
		read(t, w, street.ID, func(ctx context.Context, tx tenants.Tx) error {
			c, err := ForCase(ctx, tx, filed.Version, int64(revision))
			if err != nil {
				return err
			}
			d, _ := c.Conditions.Find("exposed-waste")
			own := slices.DeleteFunc(slices.Clone(c.ConditionsOf("matter-06010")), func(d Condition) bool { return d.Class != "matter-06010" })
			if got := fmt.Sprintf("%v %d", d.Limit, len(own)); got != want {
				t.Errorf("a case of revision %d has limit and conditions %s, want %s", revision, got, want)
			}
			return nil
		})
	}
	read(t, w, street.ID, func(ctx context.Context, tx tenants.Tx) error {
		if _, err := ForCase(ctx, tx, filed.Version, 3); err == nil {
			t.Error("rules of a revision that does not exist yet")
		}
		if _, err := ForCase(ctx, tx, 99_999, 0); err == nil {
			t.Error("rules of a version that was never published")
		}
		return nil
	})
}

// What a rolled-back change wrote must not come back from the cache under the number that another
// change then takes.
func TestARolledBackChangeLeavesNothing(t *testing.T) {
	t.Parallel()
	w, street := opened(t)
	c := current(t, w, street.ID)
	err := w.DB.Write(t.Context(), street.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		after, err := Change(ctx, tx, hallName(t, c, "不该留下"))
		if err != nil || after.Revision != 1 {
			t.Errorf("revision %v, %v", after, err)
		}
		// A second change in the same transaction builds on the first.
		if after, err = Change(ctx, tx, hallName(t, c, "也不该留下")); err != nil || after.Revision != 2 {
			t.Errorf("second: %v, %v", after, err)
		}
		return context.Canceled
	})
	if err == nil {
		t.Fatal("was committed")
	}
	change(t, w, street.ID, hallName(t, c, "枫桥指挥大厅"))
	if c := current(t, w, street.ID); c.Revision != 1 || c.Line("desk.name", "") != "枫桥指挥大厅" {
		t.Errorf("revision %d, hall %q", c.Revision, c.Line("desk.name", ""))
	}
}

func TestChangesAtTheSameTimeAllCount(t *testing.T) {
	t.Parallel()
	w, street := opened(t)
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			u := Unit{Entry: Entry{Key: fmt.Sprintf("own-%d", n)}, Name: "自建站", Short: "站", Kind: Station}
			if err := w.DB.Write(t.Context(), street.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
				_, err := Change(ctx, tx, Put(u))
				return err
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	c := current(t, w, street.ID)
	if c.Revision != 8 || c.Units.Len() != bare(t).Units.Len()+8 {
		t.Errorf("revision %d with %d units", c.Revision, c.Units.Len())
	}
}

func TestAnImportersManyUnitsAreOneRevision(t *testing.T) {
	t.Parallel()
	w, street := opened(t)
	var edits []Edit
	for n := range 400 {
		edits = append(edits, Put(Unit{Entry: Entry{Key: fmt.Sprintf("unit-%03d", n)}, Name: "某单位?", Short: "某'单位", Kind: Bureau}))
	}
	change(t, w, street.ID, edits...)
	c := current(t, w, street.ID)
	if u, ok := c.Units.Find("unit-399"); !ok || c.Revision != 1 || u.Name != "某单位?" || u.Short != "某'单位" {
		t.Errorf("revision %d, last unit %+v", c.Revision, u)
	}
}

func TestOverridesAreFencedAndAppendOnly(t *testing.T) {
	t.Parallel()
	w, mine := opened(t)
	_, other := opened(t)
	change(t, w, mine.ID, hallName(t, current(t, w, mine.ID), "枫桥指挥大厅"))
	read(t, w, other.ID, func(ctx context.Context, tx tenants.Tx) error {
		var n int
		if err := tx.Raw("SELECT count(*) FROM overrides").Scan(ctx, &n); err != nil || n != 0 {
			t.Errorf("the neighbour sees %d overrides (%v)", n, err)
		}
		return nil
	})
	for _, q := range []string{
		"UPDATE overrides SET base = ''", "DELETE FROM overrides", "TRUNCATE overrides",
		"UPDATE ctl.blueprints SET title = ''", "DELETE FROM ctl.blueprint_items",
		fmt.Sprintf("INSERT INTO overrides (tenant_id, kind, key, revision, base, made_by, made_at) VALUES (%d, 'text', 'x', 1, '', 0, now())", mine.ID),
	} {
		err := w.DB.Write(t.Context(), other.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
			_, err := tx.Raw(q).Exec(ctx)
			return err
		})
		if err == nil {
			t.Errorf("%s was allowed", q)
		}
	}
}

func TestPublishing(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	ctx := t.Context()
	v := &Version{Key: "b-" + uuid.NewString(), Number: 1, For: "street", Title: "样板", Credits: []Credit{{Name: "某街道"}},
		Items: []Item{{Kind: Texts, Key: "hello", Body: json.RawMessage(`{"body":"你好","title":"问候"}`)}}}
	id, err := Publish(ctx, w.DB, v)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Publish(ctx, w.DB, v); err != nil || again != id {
		t.Errorf("published again it is %d and not %d (%v)", again, id, err)
	}
	for _, place := range w.DB.Placements() {
		var digest string
		if err := w.Super(t, place).QueryRow(ctx, "SELECT digest FROM ctl.blueprints WHERE id = $1", id).Scan(&digest); err != nil || digest != v.Digest() {
			t.Errorf("at %s number %d has digest %s (%v)", place, id, digest, err)
		}
	}

	other := *v
	other.Title = "另一个"
	if _, err := Publish(ctx, w.DB, &other); err == nil || !strings.Contains(err.Error(), "raise the number") {
		t.Errorf("other content under the same number: %v", err)
	}
	next := *v
	next.Number, next.Items = 2, nil
	if _, err := Publish(ctx, w.DB, &next); err == nil || !strings.Contains(err.Error(), "text/hello") {
		t.Errorf("an item vanished: %v", err)
	}
	next.Items = append([]Item{{Kind: Texts, Key: "bye", Body: json.RawMessage(`{"body":"再见","title":"告别"}`)}}, v.Items...)
	second, err := Publish(ctx, w.DB, &next)
	if err != nil || second == id {
		t.Errorf("number 2 is %d (%v)", second, err)
	}
	if err := w.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		e, err := Newest(ctx, tx, v.Key)
		if err == nil {
			if diff := cmp.Diff([]any{second, 2, "street", "样板"}, []any{e.ID, e.Number, e.For, e.Title}); diff != "" {
				t.Error(diff)
			}
		}
		none, err2 := Newest(ctx, tx, "b-none")
		if none != nil || err2 != nil {
			t.Errorf("a blueprint that is not there: %v, %v", none, err2)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if again, err := Publish(ctx, w.DB, v); err != nil || again != id {
		t.Errorf("the older number is %d after the newer (%v)", again, err)
	}
}

// Every start publishes what ships; only the first one writes.
func TestShippedAgainIsTheSame(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	ids, err := PublishShipped(t.Context(), w.DB)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w.Blueprints, ids); diff != "" || ids["city-street"] == 0 || ids["district-centre"] == 0 {
		t.Errorf("ids %v: %s", ids, diff)
	}
}

func TestPublishersAtTheSameTimeAgree(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	v := &Version{Key: "b-" + uuid.NewString(), Number: 1, For: "street", Title: "样板"}
	ids := make([]int32, 6)
	var wg sync.WaitGroup
	for n := range ids {
		wg.Go(func() {
			var err error
			if ids[n], err = Publish(t.Context(), w.DB, v); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("several numbers: %v", ids)
		}
	}
}

// A placement that joins later gets every version that tenants moved there may point at.
func TestAPlacementThatJoinsLaterCatchesUp(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	ctx := t.Context()
	v := &Version{Key: "b-" + uuid.NewString(), Number: 1, For: "street", Title: "样板", Credits: []Credit{{Name: "某街道"}},
		Items: []Item{{Kind: Texts, Key: "hello", Body: json.RawMessage(`{"body":"你好","title":"问候"}`)}}}
	next := *v
	next.Number, next.Title = 2, "样板二"
	var ids []int32
	if err := w.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error { // as if there were no other
		for _, v := range []*Version{v, &next} {
			id, err := PublishAt(ctx, tx, v, 0)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := Spread(ctx, w.DB); err != nil {
			t.Fatal(err)
		}
	}
	_, street := opened(t, tenantstest.At(tenantstest.Other))
	read(t, w, street.ID, func(ctx context.Context, tx tenants.Tx) error {
		got, err := ReadVersion(ctx, tx, ids[0])
		if err == nil && got.Digest() != v.Digest() {
			t.Errorf("version 1 arrived as %+v", got)
		}
		return err
	})
}
