package cases

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"wanjie/app/fault"
	"wanjie/tenants"
)

// One heap of rubbish is reported by telephone, at the counter, by a resident and by a grid worker. The desk sees that they are
// one, and lays three of them to the first with a click each; what is something else or somewhere else is not suggested.
func TestTheSameHeapComesByFourChannels(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	lon, lat := 120.5012, 31.3021
	near := lat + 0.0002 // some twenty metres
	far := lat + 0.02
	tell := func(channel, class, words string, at *float64) *Case {
		t.Helper()
		in := rubbish()
		in.Channel, in.Class, in.Description, in.Lon, in.Lat = channel, class, words, &lon, at
		c, err := s.as(ctx, chief, report(in))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first := tell("phone", garbage, "小区东门垃圾堆放三天无人清理，气味很大", &lat)
	same := []*Case{
		tell("window", garbage, "东门口堆了好多垃圾，三天没人清理", &near),
		tell("resident", garbage, "垃圾堆放在东门，臭气很大", &lat),
		tell("phone", garbage, "枫桥路东门外垃圾堆放无人清理", &near),
	}
	elsewhere := tell("phone", garbage, "小区东门垃圾堆放三天无人清理，气味很大", &far)
	otherMatter := tell("phone", "matter-06028", "东门夜里施工噪声", &lat)
	for _, c := range same {
		var found []Similar
		if err := s.try(ctx, clerk, func(ctx context.Context, tx tenants.Tx) (err error) {
			found, err = Alike(ctx, tx, c)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		has := func(id uuid.UUID) bool { return slices.ContainsFunc(found, func(f Similar) bool { return f.ID == id }) }
		if !has(first.ID) || has(elsewhere.ID) || has(otherMatter.ID) || has(c.ID) {
			t.Errorf("like %s are suggested: %+v", c.Number, found)
		}
		b := s.browser(ctx, clerk)
		if c.Stage == Reported || c.Stage == Accepted || c.Stage == Filed {
			if p := b.get("/cases/" + c.ID.String()); p.Status != 200 || !strings.Contains(p.Raw, "可能重复的案卷") || !strings.Contains(p.Raw, first.Number) {
				t.Errorf("the sheet of %s does not suggest it", c.Number)
			}
			if _, err := s.as(ctx, clerk, func(ctx context.Context, tx tenants.Tx) (*Case, error) { return Merge(ctx, tx, c.ID, first.Number) }); err != nil {
				t.Errorf("merge %s: %v", c.Number, err)
			}
		}
	}
	var merged int
	if err := s.view.QueryRow(t.Context(), "SELECT count(*) FROM cases WHERE tenant_id = $1 AND merged_into = $2", int32(s.ID), first.ID).Scan(&merged); err != nil || merged != 3 {
		t.Errorf("%d were laid to the first (%v)", merged, err)
	}
}

// A caller in a quarrel over wages is told that it is for the arbitration and the court: the case ends with that sentence, and
// is counted by what it was.
func TestACallerIsSentToTheCourt(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	c, err := s.as(ctx, clerk, report(rubbish()))
	if err != nil {
		t.Fatal(err)
	}
	inform := func(outside string) func(context.Context, tenants.Tx) (*Case, error) {
		return func(ctx context.Context, tx tenants.Tx) (*Case, error) { return Inform(ctx, tx, c.ID, outside) }
	}
	if f := fault.Of(err1(s.as(ctx, clerk, inform("nowhere")))); f == nil || f.Fields["outside"] == "" {
		t.Errorf("somewhere unknown: %v", f)
	}
	if _, err := s.as(ctx, worker, inform("litigation")); err == nil {
		t.Error("a unit sends him away")
	}
	done, err := s.as(ctx, clerk, inform("litigation"))
	if err != nil {
		t.Fatal(err)
	}
	if done.Stage != Answered || done.EndedAt.IsZero() || done.Outcome != OnTime {
		t.Errorf("left in %s, outcome %q", done.Stage, done.Outcome)
	}
	var events []Event
	if err := s.try(ctx, clerk, func(ctx context.Context, tx tenants.Tx) (err error) {
		events, err = Record(ctx, tx, c.ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	last := events[len(events)-1]
	if last.After["outside"] != "litigation" || !strings.Contains(last.Words, "人民法院") {
		t.Errorf("the record ends with %+v", last)
	}
	if _, err := s.as(ctx, clerk, inform("litigation")); !fault.Is(err, fault.Conflict) {
		t.Errorf("told twice: %v", err)
	}
}

func err1(_ *Case, err error) error { return err }
