package bench

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/url"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"wanjie/tenants"
)

// Floor is bare pgx on one database: for each surface as many connections as the product used.
type Floor struct {
	url   string
	lanes map[string]chan *line
	bill  *bill // what each statement costs; nil: not asked
}

// line is one connection, and the statements that it has planned.
type line struct {
	*pgconn.PgConn
	planned map[string]bool
}

// send sends a statement as the product does: planned once when it has parameters.
func (l *line) send(ctx context.Context, s tenants.Statement) error {
	if s.Params == nil {
		_, err := l.Exec(ctx, s.SQL).ReadAll()
		return err
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(s.SQL))
	name := fmt.Sprintf("floor_%x", h.Sum64())
	if !l.planned[name] {
		if _, err := l.Prepare(ctx, name, s.SQL, nil); err != nil {
			return err
		}
		l.planned[name] = true
	}
	return l.ExecPrepared(ctx, name, s.Params, nil, nil).Read().Err
}

// openFloor connects to the database at raw, with one connection for each that txs came over.
func openFloor(ctx context.Context, raw string, txs []*transaction) (*Floor, error) {
	f := &Floor{url: raw, lanes: map[string]chan *line{}}
	need, seen := map[string]int{}, map[uint32]bool{}
	for _, t := range txs {
		if !seen[t.conn] {
			seen[t.conn] = true
			need[t.surface]++
		}
	}
	for surface, n := range need {
		if err := f.widen(ctx, surface, n); err != nil {
			f.close(ctx)
			return nil, err
		}
	}
	return f, nil
}

// widen gives a surface n connections.
func (f *Floor) widen(ctx context.Context, surface string, n int) error {
	u, err := url.Parse(f.url)
	if err != nil {
		return err
	}
	login := "wanjie_" + surface + "_login"
	if password, ok := u.User.Password(); ok {
		u.User = url.UserPassword(login, password)
	} else {
		u.User = url.User(login)
	}
	lane := make(chan *line, n)
	f.lanes[surface] = lane
	for range n {
		c, err := pgconn.Connect(ctx, u.String())
		if err != nil {
			return fmt.Errorf("floor: connect as %s: %w", login, err)
		}
		if surface == "tenant" {
			if err := tenants.Prepare(ctx, c); err != nil {
				return fmt.Errorf("floor: %w", err)
			}
		}
		lane <- &line{c, map[string]bool{}}
	}
	return nil
}

// close ends the connections that are at rest.
func (f *Floor) close(ctx context.Context) {
	for _, lane := range f.lanes {
		for len(lane) > 0 {
			_ = (<-lane).Close(ctx)
		}
	}
}

// do sends one transaction as the product sent it and reads everything that comes back.
func (f *Floor) do(ctx context.Context, t *transaction) error {
	lane, ok := f.lanes[t.surface]
	if !ok {
		return fmt.Errorf("floor: no connection of surface %q", t.surface)
	}
	c := <-lane
	defer func() { lane <- c }()
	last := len(t.statements)
	for last > 0 && (t.statements[last-1].SQL == "COMMIT" || t.statements[last-1].Name != "") {
		last--
	}
	for _, s := range t.statements[:last] {
		begun := time.Now()
		if err := c.send(ctx, s); err != nil {
			return f.giveUp(ctx, c, s.SQL, err)
		}
		f.bill.add(s.SQL, time.Since(begun))
	}
	if last == len(t.statements) {
		return nil
	}
	b := &pgconn.Batch{}
	for _, s := range t.statements[last:] {
		if s.Name != "" {
			b.ExecPrepared(s.Name, s.Params, nil, nil)
			continue
		}
		b.ExecParams(s.SQL, s.Params, nil, nil, nil)
	}
	begun := time.Now()
	if _, err := c.ExecBatch(ctx, b).ReadAll(); err != nil {
		return f.giveUp(ctx, c, t.statements[last].SQL, err)
	}
	if last == len(t.statements)-1 {
		f.bill.add("COMMIT "+t.surface, time.Since(begun))
	} else {
		f.bill.add(t.statements[last].SQL+" … COMMIT", time.Since(begun))
	}
	return nil
}

func (f *Floor) giveUp(ctx context.Context, c *line, sql string, err error) error {
	if !c.IsClosed() && c.TxStatus() != 'I' {
		_, _ = c.Exec(ctx, "ROLLBACK").ReadAll()
	}
	if len(sql) > 120 {
		sql = sql[:120] + "…"
	}
	return fmt.Errorf("floor: %w (in %s)", err, sql)
}

// timed runs the transactions one after another and answers how long they took together.
func (f *Floor) timed(ctx context.Context, txs []*transaction) (time.Duration, error) {
	begun := time.Now()
	for _, t := range txs {
		if err := f.do(ctx, t); err != nil {
			return 0, err
		}
	}
	return time.Since(begun), nil
}

// replayed is how a replay went.
type replayed struct {
	took   time.Duration
	failed int
	first  error // of the failures
}

// replay runs many transactions at once, over all connections: they begin in the order in which they
// ended at the product, and those of one key never overtake each other.
func (f *Floor) replay(ctx context.Context, txs []*transaction) replayed {
	var (
		out     replayed
		mu      sync.Mutex
		waiting = map[string][]*transaction{} // by key that is under way
		wg      sync.WaitGroup
		seats   = map[string]chan struct{}{}
	)
	for surface, lane := range f.lanes {
		seats[surface] = make(chan struct{}, cap(lane))
	}
	run := func(t *transaction) {
		err := f.do(ctx, t)
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			out.failed++
			if out.first == nil {
				out.first = err
			}
		}
	}
	begun := time.Now()
	for _, t := range txs {
		if ctx.Err() != nil {
			break
		}
		key := t.key()
		mu.Lock()
		if queue, busy := waiting[key]; busy {
			waiting[key] = append(queue, t)
			mu.Unlock()
			continue
		}
		waiting[key] = nil
		mu.Unlock()
		seat := seats[t.surface]
		seat <- struct{}{}
		wg.Go(func() {
			defer func() { <-seat }()
			for {
				run(t)
				mu.Lock()
				queue := waiting[key]
				if len(queue) == 0 {
					delete(waiting, key)
					mu.Unlock()
					return
				}
				t, waiting[key] = queue[0], queue[1:]
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	out.took = time.Since(begun)
	return out
}
