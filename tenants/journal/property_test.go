package journal_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/journal"
	"wanjie/tenants/tenantstest"
)

// quiet drops log lines of failures that the tests provoke.
var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// write records how many acts in one transaction, holding it open for a while, and commits it or not.
type write struct {
	Acts   int
	Hold   time.Duration
	Commit bool
}

// plan is one random day: what each writer of each street does, and how often connections are killed.
type plan struct {
	Streets [][][]write // street → writer → its transactions
	Kills   []kill
}

// kill ends some connections of one surface after a pause.
type kill struct {
	After   time.Duration
	Surface string
	Share   int // one of so many connections
}

func drawPlan(t *rapid.T) plan {
	millis := func(most int) *rapid.Generator[time.Duration] {
		return rapid.Custom(func(t *rapid.T) time.Duration {
			return time.Duration(rapid.IntRange(0, most).Draw(t, "ms")) * time.Millisecond
		})
	}
	tx := rapid.Custom(func(t *rapid.T) write {
		return write{
			Acts:   rapid.IntRange(1, 4).Draw(t, "acts"),
			Hold:   rapid.OneOf(rapid.Just(time.Duration(0)), millis(5), millis(60)).Draw(t, "hold"),
			Commit: rapid.IntRange(0, 4).Draw(t, "commit") > 0,
		}
	})
	return plan{
		Streets: rapid.SliceOfN(rapid.SliceOfN(rapid.SliceOfN(tx, 1, 12), 1, 4), 1, 4).Draw(t, "streets"),
		Kills: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) kill {
			return kill{millis(40).Draw(t, "after"), rapid.SampledFrom([]string{"tenant", "system"}).Draw(t, "surface"), rapid.IntRange(1, 3).Draw(t, "share")}
		}), 0, 10).Draw(t, "kills"),
	}
}

var errChanged = errors.New("changed my mind")

// follower writes each act it is given into usage, adding up: an act followed twice shows as 2, one
// followed out of its turn is a complaint, even where its transaction rolls back.
func follower(name string, complain func(error)) journal.Follower {
	return journal.Follower{Name: name, Batch: 7, Tenants: 3, Apply: func(ctx context.Context, tx tenants.SystemTx, acts []journal.Act) error {
		for _, a := range acts {
			var eldest int64
			if err := tx.Raw("SELECT count(*) FROM usage WHERE tenant_id = ? AND meter ^@ ?", int32(a.Tenant), name+":").Scan(ctx, &eldest); err != nil {
				return err
			}
			if eldest != a.N-1 {
				err := fmt.Errorf("act %d of tenant %s follows %d others", a.N, a.Tenant, eldest)
				complain(err)
				return err
			}
			if _, err := tx.Raw(`INSERT INTO usage AS u (tenant_id, day, meter, qty) VALUES (?, '2026-01-01', ?, 1)
				ON CONFLICT (tenant_id, day, meter) DO UPDATE SET qty = u.qty + 1`, int32(a.Tenant), name+":"+strconv.FormatInt(a.N, 10)).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	}}
}

// Random writers over several streets, long transactions, rollbacks, and connections of writers and
// followers killed at any point. Afterwards each street's numbers are without a gap, hold exactly
// what was committed, follow the order of commits, and every act was followed exactly once, in order.
func TestEveryActIsNumberedAndFollowedOnce(t *testing.T) {
	w := tenantstest.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		p := drawPlan(rt)
		var streets []tenants.Tenant
		for i := range p.Streets {
			streets = append(streets, open(t, w, []string{tenants.Home, tenantstest.Other}[i%2]))
		}
		name := "t" + strconv.FormatInt(time.Now().UnixNano(), 36)
		var complaints []error
		var complaining sync.Mutex
		complain := func(err error) {
			complaining.Lock()
			defer complaining.Unlock()
			complaints = append(complaints, err)
		}
		ctx, stop := context.WithCancel(t.Context())
		var following sync.WaitGroup
		runners := make([]*journal.Runner, 3) // as if three processes
		for i := range runners {
			r, err := journal.NewRunner(w.DB, nil, quiet, follower(name, complain))
			if err != nil {
				t.Fatal(err)
			}
			runners[i] = r
			following.Go(func() { _ = r.Run(ctx) })
		}
		logs := make([]*commits, len(streets))
		var writing sync.WaitGroup
		for i, s := range streets {
			logs[i] = &commits{}
			for _, list := range p.Streets[i] {
				writing.Go(func() {
					for _, tx := range list {
						logs[i].perform(t, w, s, tx)
						for _, r := range runners { // so that they run into each other
							r.Wake([]string{tenants.Home, tenantstest.Other}[i%2], map[tenants.ID]int64{s.ID: logs[i].reach()})
						}
					}
				})
			}
		}
		for _, k := range p.Kills {
			time.Sleep(k.After)
			killSome(t, w, k)
		}
		writing.Wait()
		stop()
		following.Wait()
		drain(rt, w, runners[0])
		if len(complaints) > 0 {
			rt.Fatalf("%d acts came out of turn: %v", len(complaints), complaints[0])
		}
		for i, s := range streets {
			judge(rt, w, s, []string{tenants.Home, tenantstest.Other}[i%2], name, logs[i])
		}
	})
}

// open opens a street; connections that an earlier round killed in the pool fail once each, and the
// opening is repeated as a person would.
func open(t *testing.T, w *tenantstest.World, place string) tenants.Tenant {
	t.Helper()
	p := tenants.Plan{Key: uuid.NewString(), Kind: tenants.Street, District: 320505, Name: "枫桥街道", Blueprint: 1, State: tenants.Trial, Placement: place}
	for i := 0; ; i++ {
		s, _, err := w.DB.OpenTenant(t.Context(), p)
		if err == nil {
			return s
		}
		if i == 30 {
			t.Fatal(err)
		}
	}
}

// drain follows what is left. Connections that were killed in the pool fail once each, and a backend
// whose client has left may hold its cursors a moment longer.
func drain(rt *rapid.T, w *tenantstest.World, r *journal.Runner) {
	ctx := context.Background()
	var err error
	for range 50 {
		if err = r.Drain(ctx); err == nil {
			var lag []journal.Behind
			lag, err = journal.Lag(ctx, w.DB, r.Names()...)
			var left int64
			for _, b := range lag {
				left += b.Acts
			}
			if err == nil && left == 0 {
				return
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	rt.Fatalf("following the rest: %v", err)
}

// commits is what the writers of one street know: which acts were surely committed, and in which order.
type commits struct {
	mu      sync.Mutex
	sure    map[string]int // transaction → acts; committed
	unsure  map[string]int // the connection died at COMMIT: either way is right, but whole
	never   map[string]bool
	ordered [][2]string // the first was committed before the second began
	last    []string
	next    int
}

// reach is how far the street's journal reaches at least.
func (c *commits) reach() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := int64(1) // its opening
	for _, acts := range c.sure {
		n += int64(acts)
	}
	return n
}

func (c *commits) perform(t *testing.T, w *tenantstest.World, s tenants.Tenant, tx write) {
	t.Helper()
	c.mu.Lock()
	c.next++
	key := strconv.Itoa(c.next)
	before := append([]string(nil), c.last...)
	c.mu.Unlock()
	ran := false
	err := w.DB.Write(context.Background(), s.ID, tenants.Machine(), func(ctx context.Context, in tenants.Tx) error {
		for range tx.Acts {
			in.Record(tenants.Act{Kind: "test.written", Version: 1, Object: "test", ObjectID: tenants.NewID(), HappenedAt: clock.Now(ctx),
				After: tenants.Dims{"key": key}})
		}
		time.Sleep(tx.Hold)
		if !tx.Commit {
			return errChanged
		}
		ran = true
		return nil
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sure == nil {
		c.sure, c.unsure, c.never = map[string]int{}, map[string]int{}, map[string]bool{}
	}
	switch {
	case err == nil:
		c.sure[key] = tx.Acts
		for _, b := range before {
			c.ordered = append(c.ordered, [2]string{b, key})
		}
		c.last = append(c.last, key)
		if len(c.last) > 3 {
			c.last = c.last[1:]
		}
	case ran:
		c.unsure[key] = tx.Acts
	default:
		c.never[key] = true
	}
}

func killSome(t *testing.T, w *tenantstest.World, k kill) {
	t.Helper()
	for _, url := range w.Owner {
		c, err := pgx.Connect(t.Context(), url)
		if err != nil {
			t.Error(err)
			return
		}
		_, err = c.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = $1 AND pid % $2 = $3`, "wanjie "+k.Surface, k.Share, rand.IntN(k.Share))
		if err != nil {
			t.Error(err)
		}
		_ = c.Close(t.Context())
	}
}

func judge(rt *rapid.T, w *tenantstest.World, s tenants.Tenant, place, name string, log *commits) {
	ctx := context.Background()
	c, err := pgx.Connect(ctx, w.Owner[place])
	if err != nil {
		rt.Fatal(err)
	}
	defer c.Close(ctx)
	rows, err := c.Query(ctx, `SELECT n, recorded_at, kind, coalesce(after->>'key', '') FROM journal WHERE tenant_id = $1 ORDER BY n`, int32(s.ID))
	if err != nil {
		rt.Fatal(err)
	}
	var last time.Time
	var count int64
	found, place1, placeN := map[string]int{}, map[string]int64{}, map[string]int64{}
	for rows.Next() {
		var n int64
		var at time.Time
		var kind, key string
		if err := rows.Scan(&n, &at, &kind, &key); err != nil {
			rt.Fatal(err)
		}
		count++
		if n != count {
			rt.Fatalf("street %d: act %d stands where %d should", s.ID, n, count)
		}
		if at.Before(last) {
			rt.Fatalf("street %d: act %d was recorded %v before the one before it", s.ID, n, last.Sub(at))
		}
		last = at
		if kind == "test.written" {
			if found[key]++; found[key] == 1 {
				place1[key] = n
			}
			placeN[key] = n
		}
	}
	if err := rows.Err(); err != nil {
		rt.Fatal(err)
	}
	for key, acts := range log.sure {
		if found[key] != acts {
			rt.Fatalf("street %d: transaction %s committed %d acts, the journal has %d", s.ID, key, acts, found[key])
		}
	}
	for key, acts := range log.unsure {
		if n := found[key]; n != 0 && n != acts {
			rt.Fatalf("street %d: transaction %s, killed at its commit, left %d of %d acts", s.ID, key, n, acts)
		}
	}
	for key := range log.never {
		if found[key] != 0 {
			rt.Fatalf("street %d: transaction %s was rolled back and left %d acts", s.ID, key, found[key])
		}
	}
	for _, pair := range log.ordered {
		if placeN[pair[0]] >= place1[pair[1]] {
			rt.Fatalf("street %d: %s was committed before %s began, but is numbered after it", s.ID, pair[0], pair[1])
		}
	}
	var head, cursor, followed, times int64
	if err := c.QueryRow(ctx, `SELECT h.n, (SELECT n FROM cursors c WHERE c.tenant_id = h.tenant_id AND follower = $2),
			(SELECT count(*) FROM usage u WHERE u.tenant_id = h.tenant_id AND meter ^@ ($2 || ':')),
			(SELECT sum(qty) FROM usage u WHERE u.tenant_id = h.tenant_id AND meter ^@ ($2 || ':'))
		FROM heads h WHERE tenant_id = $1`, int32(s.ID), name).Scan(&head, &cursor, &followed, &times); err != nil {
		rt.Fatal(err)
	}
	if head != count || cursor != count || followed != count || times != count {
		rt.Fatalf("street %d has %d acts: head %d, cursor %d, followed %d acts %d times", s.ID, count, head, cursor, followed, times)
	}
}
