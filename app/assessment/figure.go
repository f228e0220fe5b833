package assessment

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Figure is one indicator of one row: how many rows were judged, what they are worth together, and how many an
// exclusion took out.
type Figure struct {
	N    int64 `json:"n"`
	Sum  int64 `json:"sum"` // hundredths, microseconds or, of days, seconds: the median
	Left int64 `json:"left,omitempty"`
	// Value is what is shown before rounding: per cent, a count, hours, days; nil: there is no figure.
	Value *big.Rat `json:"value,omitempty"`
}

func (f *Figure) settle(m blueprint.Measure) {
	f.Value = nil
	switch {
	case m == blueprint.Count:
		f.Value = new(big.Rat).SetInt64(f.N)
	case f.N == 0: // 0/0
	case m == blueprint.Percent:
		f.Value = big.NewRat(f.Sum, f.N)
	case m == blueprint.Hours:
		f.Value = big.NewRat(f.Sum, f.N*3_600_000_000)
	case m == blueprint.Days:
		f.Value = big.NewRat(f.Sum, 86_400)
	}
}

// counts asks PostgreSQL for the figures of indicators: by row key, and under whole those of all rows together. Each
// source is one statement, over the rows that any of its indicators judges: of a year's cases a month's are few.
func counts(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config, s span, rows blueprint.Rows, ks []counted, tick func(context.Context) error) (byKey map[string][]Figure, whole []Figure, err error) {
	w, err := worktimeAround(cfg, s)
	if err != nil {
		return nil, nil, err
	}
	byKey, whole = map[string][]Figure{}, make([]Figure, len(ks))
	for _, from := range sources {
		var at []int
		for i, k := range ks {
			if k.from == from {
				at = append(at, i)
			}
		}
		if len(at) == 0 {
			continue
		}
		b := newBuilder(tx, cfg, s, w)
		parts, judged := make([]string, 0, 3*len(at)), []string{}
		for _, i := range at {
			parts = append(parts, aggregate(b, ks[i])...)
			if base := "(" + ks[i].base(b, ks[i].indicator) + ")"; !slices.Contains(judged, base) {
				judged = append(judged, base)
			}
		}
		key := from.key(rows)
		var found []struct {
			Key     string
			Whole   bool
			Figures string
		}
		query := "SELECT coalesce(" + key + ", '') AS key, grouping(" + key + ") = 1 AS whole, json_build_array(" + strings.Join(parts, ", ") + ")::text AS figures FROM " +
			from.from(b) + " AND (" + strings.Join(judged, " OR ") + ") GROUP BY GROUPING SETS ((" + key + "), ())"
		if err := b.q.Scan(ctx, query, &found); err != nil {
			return nil, nil, fmt.Errorf("count %s: %w", from, err)
		}
		for _, f := range found {
			var n []int64
			if err := json.Unmarshal([]byte(f.Figures), &n); err != nil {
				return nil, nil, fmt.Errorf("count %s: %w", from, err)
			}
			list := whole
			if !f.Whole {
				if byKey[f.Key] == nil {
					byKey[f.Key] = make([]Figure, len(ks))
				}
				list = byKey[f.Key]
			}
			for j, i := range at {
				list[i] = Figure{N: n[3*j], Sum: n[3*j+1], Left: n[3*j+2]}
			}
		}
		if err := tick(ctx); err != nil {
			return nil, nil, err
		}
	}
	for i, k := range ks {
		k.settle(&whole[i])
		for _, list := range byKey {
			k.settle(&list[i])
		}
	}
	return byKey, whole, nil
}

// aggregate is the three numbers of a figure.
func aggregate(b *builder, k counted) []string {
	rows, left := k.rows(b, false), k.rows(b, true)
	sum := "0"
	switch {
	case k.measure == blueprint.Days:
		sum = "coalesce(floor(percentile_cont(0.5) WITHIN GROUP (ORDER BY " + k.each(b) + ") FILTER (WHERE " + rows + "))::bigint, 0)"
	case k.measure != blueprint.Count:
		sum = "coalesce(sum(" + k.each(b) + ") FILTER (WHERE " + rows + "), 0)::bigint"
	}
	gone := "0"
	if !k.all {
		gone = "count(*) FILTER (WHERE " + left + ")"
	}
	return []string{"count(*) FILTER (WHERE " + rows + ")", sum, gone}
}

// tenths is a value in tenths, rounded: by which ranks are told apart.
func tenths(v *big.Rat) int64 {
	n, _ := strconv.ParseInt(strings.ReplaceAll(v.FloatString(1), ".", ""), 10, 64)
	return n
}
