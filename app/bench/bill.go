package bench

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// bill adds up what each kind of statement costs at the floor. A nil bill adds up nothing.
type bill struct {
	mu   sync.Mutex
	cost map[string]*cost
}

type cost struct {
	n    int
	took time.Duration
}

func newBill() *bill { return &bill{cost: map[string]*cost{}} }

func (b *bill) add(sql string, took time.Duration) {
	if b == nil {
		return
	}
	kind := shape(sql)
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.cost[kind]
	if c == nil {
		c = &cost{}
		b.cost[kind] = c
	}
	c.n++
	c.took += took
}

var (
	literals = regexp.MustCompile(`'(?:[^']|'')*'|\b[0-9]+\b`)
	lists    = regexp.MustCompile(`\?(?:, ?\?)+`)
	blanks   = regexp.MustCompile(`\s+`)
)

// shape is a statement without its values.
func shape(sql string) string {
	return lists.ReplaceAllString(literals.ReplaceAllString(strings.TrimSpace(blanks.ReplaceAllString(sql, " ")), "?"), "?…")
}

// write lists the kinds, the dearest first: count, total and mean in milliseconds, text.
func (b *bill) write(file string) error {
	var out strings.Builder
	fmt.Fprintln(&out, "count\ttotal_ms\tmean_ms\tstatement")
	kinds := slices.SortedFunc(maps.Keys(b.cost), func(x, y string) int {
		return cmp.Or(cmp.Compare(b.cost[y].took, b.cost[x].took), strings.Compare(x, y))
	})
	for _, k := range kinds {
		c := b.cost[k]
		fmt.Fprintf(&out, "%d\t%.0f\t%.2f\t%s\n", c.n, ms(c.took), ms(c.took)/float64(c.n), k)
	}
	return os.WriteFile(file, []byte(out.String()), 0o600)
}

// billed makes floor count, when Options.Bill asks for it; done writes the bill.
func (b *bed) billed(f *Floor) (done func() error) {
	if b.Bill == "" {
		return func() error { return nil }
	}
	f.bill = newBill()
	return func() error {
		b.note("what each statement costs at the floor: %s", b.Bill)
		return f.bill.write(b.Bill)
	}
}
