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
	cost map[string]sample
}

func newBill() *bill { return &bill{cost: map[string]sample{}} }

func (b *bill) add(sql string, took time.Duration) {
	if b == nil {
		return
	}
	kind := shape(sql)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cost[kind] = append(b.cost[kind], took)
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

// write lists the kinds, the dearest first: count, total, median and the fastest tenth in milliseconds,
// text. On a busy machine the fastest tenth says most: it did not wait for anybody.
func (b *bill) write(file string) error {
	var out strings.Builder
	fmt.Fprintln(&out, "count\ttotal_ms\tp50_ms\tp10_ms\tstatement")
	total := map[string]time.Duration{}
	for k, all := range b.cost {
		for _, d := range all {
			total[k] += d
		}
	}
	kinds := slices.SortedFunc(maps.Keys(total), func(x, y string) int {
		return cmp.Or(cmp.Compare(total[y], total[x]), strings.Compare(x, y))
	})
	for _, k := range kinds {
		all := b.cost[k]
		fmt.Fprintf(&out, "%d\t%.0f\t%.2f\t%.2f\t%s\n", len(all), ms(total[k]), ms(all.at(.5)), ms(all.at(.1)), k)
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
