package assessment

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"wanjie/app/cases"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// everyIndicator is one for each formula that is counted, with a wish of its own where formulas take one.
func everyIndicator() (out []blueprint.Indicator) {
	for formula := range definitions {
		i := blueprint.Indicator{Title: formula, Formula: formula, WithElastic: len(formula)%2 == 0}
		i.Key = formula
		f, _ := blueprint.FormulaOf(formula)
		if f.Factor {
			i.Factor = 90
		}
		if f.Days {
			i.Days = 20
		}
		out = append(out, i)
	}
	slices.SortFunc(out, func(a, b blueprint.Indicator) int { return cmpText(a.Key, b.Key) })
	return out
}

func cmpText(a, b string) int {
	if a < b {
		return -1
	}
	return 1
}

// TestEveryFormulaIsCounted holds the definitions to the blueprint's list.
func TestEveryFormulaIsCounted(t *testing.T) {
	t.Parallel()
	for _, f := range blueprint.Formulas {
		if _, ok := definitions[f.Key]; !ok {
			t.Errorf("%s is not counted", f.Key)
		}
	}
	for key, d := range definitions {
		if d.measure == "" || d.base == nil || d.hit != nil && d.worth != nil || d.measure == blueprint.Percent && d.hit == nil && d.worth == nil {
			t.Errorf("%s is half defined: %+v", key, d)
		}
	}
}

// TestFiguresAreWhatIsThere holds every formula to a naive count in Go over the raw rows of random histories, by every
// kind of row and group of assessment, and every figure to the list that it opens to.
func TestFiguresAreWhatIsThere(t *testing.T) {
	t.Parallel()
	fewer(t)
	s := openStreet(t)
	indicators, cfg := everyIndicator(), s.rules()
	rapid.Check(t, func(r *rapid.T) {
		h := drawHistory(r, cfg, 24)
		by := rapid.SampledFrom(blueprint.RowKinds).Draw(r, "by")
		judged := rapid.SampledFrom(append([]blueprint.Judged{"", ""}, blueprint.JudgedGroups...)).Draw(r, "judged")
		s.fresh()
		s.write(h)
		n := naive{h, cfg, cases.CalendarOf(cfg), blueprint.Indicator{}}
		err := s.DB.Read(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
			ks := make([]counted, len(indicators))
			for i, ind := range indicators {
				ks[i], _ = count(ind, judged)
			}
			sp := span{termFrom, termTo}
			byKey, whole, err := counts(ctx, tx, cfg, sp, by, ks, func(context.Context) error { return nil })
			if err != nil {
				return err
			}
			for i, ind := range indicators {
				n.i = ind
				want := n.figures(by, judged)
				got := map[string]Figure{}
				if whole[i].N+whole[i].Left > 0 {
					got["sum of all"] = whole[i]
				}
				for key, list := range byKey {
					if list[i].N+list[i].Left > 0 {
						got[key] = list[i]
					}
				}
				if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Figure{}, "Value")); diff != "" {
					r.Fatalf("%s by %s of %q: naive −, counted +\n%s", ind.Formula, by, judged, diff)
				}
			}
			one := rapid.IntRange(0, len(indicators)-1).Draw(r, "opened")
			for key, list := range byKey {
				if err := opens(ctx, tx, cfg, sp, by, ks[one], key, list[one]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			r.Fatal(err)
		}
	})
}

// fewer lets rapid make do with less where each check opens a street of its own, unless somebody asked for a number.
func fewer(t *testing.T) {
	t.Helper()
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		if err := f.Value.Set("40"); err != nil {
			t.Fatal(err)
		}
	}
}

// opens holds the lists of a figure to it.
func opens(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config, s span, by blueprint.Rows, k counted, key string, f Figure) error {
	list := func(p Part) ([]Counted, error) { return opened(ctx, tx, cfg, s, by, k, &key, p, 1000, 0) }
	all, err := list(Whole)
	if err != nil {
		return err
	}
	sum := int64(0)
	for _, c := range all {
		sum += c.Worth
	}
	if int64(len(all)) != f.N || k.measure != blueprint.Count && k.measure != blueprint.Days && sum != f.Sum {
		return fmt.Errorf("%s of %q: the list has %d rows worth %d, the figure says %d and %d", k.indicator.Key, key, len(all), sum, f.N, f.Sum)
	}
	left, err := list(Left)
	if err != nil || !k.all && int64(len(left)) != f.Left {
		return fmt.Errorf("%s of %q: %d left out in the list, %d in the figure: %w", k.indicator.Key, key, len(left), f.Left, err)
	}
	if k.measure != blueprint.Percent {
		return nil
	}
	hits, err := list(Hits)
	if err != nil {
		return err
	}
	misses, err := list(Misses)
	if err != nil || len(hits)+len(misses) != len(all) {
		return fmt.Errorf("%s of %q: %d hits and %d misses of %d: %w", k.indicator.Key, key, len(hits), len(misses), len(all), err)
	}
	return nil
}
