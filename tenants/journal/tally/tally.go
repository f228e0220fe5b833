// Package tally adds up what boards show: how many cases were received, closed, on time, overdue,
// by day and by one dimension at a time. It reads nothing but the journal: for each act the cells of
// the object before it are taken away and those after it added, so the sums hold whatever changed,
// a correction of the class or a move to another unit included.
//
// What counts as what is a pure function from an object's dimensions to [Cell] values; [Case] is that of
// cases. The sums can be made anew from the journal at any time ([Book.Rebuild]) and must come out the same.
package tally

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"

	"wanjie/tenants"
	"wanjie/tenants/journal"
)

// Counts are the measures of one cell. A stock is counted on the day of receipt, so its sum up to a day is
// what is there now and came by then; everything else is counted on the day on which it happened.
type Counts struct {
	Received int64 // on the day of receipt
	Closed   int64 // on the day of closing; OnTime + Overdue
	OnTime   int64
	Overdue  int64
	Late     int64 // open past the deadline: a stock

	Due       int64 // 应结, on the day of the deadline, closed or not
	Met       int64 // of these closed on time
	Open      int64 // received and not closed: a stock
	Suspended int64 // a stock

	Returned  int64 // given back by its unit
	Reopened  int64 // found unsolved by a call-back
	Repeated  int64 // merged into a case that was there
	HandedIn  int64 // from another tenant
	HandedOut int64

	Called    int64 // valid call-backs, the base of the three rates
	Contacted int64
	Solved    int64
	Satisfied int64
	Basically int64
}

// Columns are the measures as the tables name them, in the order of Counts.
var Columns = []string{"received", "closed", "on_time", "overdue", "late", "due", "met", "open", "suspended",
	"returned", "reopened", "repeated", "handed_in", "handed_out", "called", "contacted", "solved", "satisfied", "basically"}

// all are the measures in the order of Columns.
func (c *Counts) all() []*int64 {
	return []*int64{&c.Received, &c.Closed, &c.OnTime, &c.Overdue, &c.Late, &c.Due, &c.Met, &c.Open, &c.Suspended,
		&c.Returned, &c.Reopened, &c.Repeated, &c.HandedIn, &c.HandedOut, &c.Called, &c.Contacted, &c.Solved, &c.Satisfied, &c.Basically}
}

// Add adds d, with sign 1, or takes it away, with -1.
func (c *Counts) Add(d Counts, sign int64) {
	from := d.all()
	for i, to := range c.all() {
		*to += sign * *from[i]
	}
}

// Cell is what one object counts for on one day under one dimension.
type Cell struct {
	Day string // 2006-01-02, in Asia/Shanghai
	Dim string // "all", "class" …
	Key string // "" under all
	Counts
}

// Cells says what an object with these dimensions counts for. It is pure; nil dims never reach it.
type Cells func(tenants.Dims) []Cell

// Book is one set of tallies: the follower that keeps it, and the means to make it anew.
type Book struct {
	Objects map[string]Cells // kind of object ("case") → its cells
	Kinds   journal.Kinds
}

// Name is the follower's name.
const Name = "tally"

// pace gathers the acts of a busy moment into one batch: boards are due within two seconds.
const pace = 250 * time.Millisecond

// Follower keeps the tallies.
func (b Book) Follower() journal.Follower {
	seen := &names{m: map[nameKey]string{}}
	return journal.Follower{Name: Name, Imported: true, Pace: pace, Apply: func(ctx context.Context, tx tenants.SystemTx, acts []journal.Act) error {
		s := b.sum(acts)
		if err := s.write(ctx, tx); err != nil {
			return err
		}
		return seen.write(ctx, tx, s.names)
	}}
}

type address struct {
	tenant        tenants.ID
	day, dim, key string
}

type nameKey struct {
	tenant   tenants.ID
	dim, key string
}

// sums is what a batch of acts changes.
type sums struct {
	cells    map[address]*Counts
	district map[tenants.ID]int32
	names    map[nameKey]string
}

func (b Book) sum(acts []journal.Act) *sums {
	s := &sums{map[address]*Counts{}, map[tenants.ID]int32{}, map[nameKey]string{}}
	for i := range acts {
		b.count(s, &acts[i])
	}
	return s
}

func (b Book) count(s *sums, a *journal.Act) {
	cells, ok := b.Objects[a.Object]
	if !ok {
		return
	}
	s.district[a.Tenant] = a.District
	for _, side := range []struct {
		dims tenants.Dims
		sign int64
	}{{a.Before, -1}, {a.After, 1}} {
		if side.dims == nil {
			continue
		}
		for _, c := range cells(side.dims) {
			at := address{a.Tenant, c.Day, c.Dim, c.Key}
			if s.cells[at] == nil {
				s.cells[at] = &Counts{}
			}
			s.cells[at].Add(c.Counts, side.sign)
		}
	}
	for dim, label := range a.After {
		if name, is := strings.CutSuffix(dim, "_name"); is && a.After[name] != "" {
			s.names[nameKey{a.Tenant, name, a.After[name]}] = label
		}
	}
}

// write adds the sums to the days and, in the same statement, to the months and years. Rows are taken in key
// order, so two followers cannot wait for each other.
func (s *sums) write(ctx context.Context, tx tenants.SystemTx) error {
	order := slices.SortedFunc(maps.Keys(s.cells), func(a, b address) int {
		return cmp.Or(cmp.Compare(a.tenant, b.tenant), cmp.Compare(a.day, b.day), cmp.Compare(a.dim, b.dim), cmp.Compare(a.key, b.key))
	})
	var tenant, district []int64
	var day, dim, key []string
	counts := make([][]int64, len(Columns))
	for _, at := range order {
		c := s.cells[at]
		if *c == (Counts{}) {
			continue
		}
		tenant, district = append(tenant, int64(at.tenant)), append(district, int64(s.district[at.tenant]))
		day, dim, key = append(day, at.day), append(dim, at.dim), append(key, at.key)
		for i, n := range c.all() {
			counts[i] = append(counts[i], *n)
		}
	}
	if len(tenant) == 0 {
		return nil
	}
	args := []any{pgdialect.Array(tenant), pgdialect.Array(day), pgdialect.Array(dim), pgdialect.Array(key), pgdialect.Array(district)}
	for _, c := range counts {
		args = append(args, pgdialect.Array(c))
	}
	if _, err := tx.Raw(adding, args...).Exec(ctx); err != nil {
		return fmt.Errorf("tallies of %d cells: %w", len(tenant), err)
	}
	return nil
}

// adding is the statement that adds cells to the days, months and years.
var adding = `WITH v AS MATERIALIZED (
		SELECT * FROM unnest(?::int[], ?::date[], ?::text[], ?::text[], ?::int[]` + strings.Repeat(", ?::int[]", len(Columns)) + `)
			v(tenant_id, day, dim, key, district, ` + list("%s") + `)),
	days AS (
		INSERT INTO tallies AS t (tenant_id, day, dim, key, district, ` + list("%s") + `) SELECT * FROM v
		ON CONFLICT (tenant_id, day, dim, key) DO UPDATE SET ` + list("%[1]s = t.%[1]s + excluded.%[1]s") + `),
	months AS (` + span("month") + `)
	` + span("year")

// span says the statement that adds v to the rows of a span, "month" or "year".
func span(of string) string {
	return strings.ReplaceAll(`INSERT INTO tally_SPANs AS t (tenant_id, SPAN, dim, key, district, `+list("%s")+`)
		SELECT tenant_id, date_trunc('SPAN', day)::date, dim, key, max(district), `+list("sum(%s)")+`
		FROM v GROUP BY 1, 2, 3, 4
		HAVING ARRAY[`+list("sum(%s)")+`] <> array_fill(0::bigint, ARRAY[`+strconv.Itoa(len(Columns))+`]) ORDER BY 1, 2, 3, 4
		ON CONFLICT (tenant_id, SPAN, dim, key) DO UPDATE SET `+list("%[1]s = t.%[1]s + excluded.%[1]s"), "SPAN", of)
}

// list says something of every measure, between commas.
func list(form string) string {
	out := make([]string, len(Columns))
	for i, c := range Columns {
		out[i] = fmt.Sprintf(form, c)
	}
	return strings.Join(out, ", ")
}

// names remembers which labels were written, because nearly every act repeats them.
type names struct {
	mu sync.Mutex
	m  map[nameKey]string
}

// forgetAt bounds the memory of labels: about 20 MB.
const forgetAt = 200_000

func (n *names) write(ctx context.Context, tx tenants.SystemTx, found map[nameKey]string) error {
	var keys []nameKey
	n.mu.Lock()
	for k, label := range found {
		if n.m[k] != label {
			keys = append(keys, k)
		}
	}
	n.mu.Unlock()
	if len(keys) == 0 {
		return nil
	}
	slices.SortFunc(keys, func(a, b nameKey) int {
		return cmp.Or(cmp.Compare(a.tenant, b.tenant), cmp.Compare(a.dim, b.dim), cmp.Compare(a.key, b.key))
	})
	var tenant []int64
	var dim, key, label []string
	for _, k := range keys {
		tenant, dim, key, label = append(tenant, int64(k.tenant)), append(dim, k.dim), append(key, k.key), append(label, found[k])
	}
	_, err := tx.Raw(`INSERT INTO labels AS l (tenant_id, dim, key, label, district)
		SELECT v.*, t.district FROM unnest(?::int[], ?::text[], ?::text[], ?::text[]) v(tenant_id, dim, key, label) JOIN tenants t USING (tenant_id)
		ON CONFLICT (tenant_id, dim, key) DO UPDATE SET label = excluded.label WHERE l.label <> excluded.label`,
		pgdialect.Array(tenant), pgdialect.Array(dim), pgdialect.Array(key), pgdialect.Array(label)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("labels of %d keys: %w", len(keys), err)
	}
	// If the transaction still fails, the label is written with a later act.
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.m) > forgetAt {
		clear(n.m)
	}
	for _, k := range keys {
		n.m[k] = found[k]
	}
	return nil
}
