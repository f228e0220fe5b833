package bench

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// listen serves h on a free port of this machine until stop.
func listen(ctx context.Context, h http.Handler) (base string, stop func(), err error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l) // ends by Shutdown; should it end before, every page fails and says so
	}()
	return "http://" + l.Addr().String(), sync.OnceFunc(func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := s.Shutdown(end); errors.Is(err, context.DeadlineExceeded) {
			_ = s.Close() // pages that hang are cut
		}
		<-done
	}), nil
}

// newClient is a browser that keeps its connections, as many as n.
func newClient(n int) *http.Client {
	return &http.Client{
		Timeout:       10 * time.Second,
		Transport:     &http.Transport{MaxIdleConns: n, MaxIdleConnsPerHost: n, MaxConnsPerHost: n},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// get fetches a page whole, compressed as browsers want it, and answers how long it took to the last byte;
// anything but 200 is an error. Unpacking is the browser's own affair and not on the clock.
func get(ctx context.Context, c *http.Client, url, cookie string) (time.Duration, []byte, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	q.Header.Set("Cookie", cookie)
	q.Header.Set("Accept-Encoding", "gzip")
	begun := time.Now()
	res, err := c.Do(q)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	took := time.Since(begun)
	if err != nil {
		return 0, nil, err
	}
	if res.StatusCode != http.StatusOK {
		return 0, nil, fmt.Errorf("GET %s answers %s: %.200s", url, res.Status, body)
	}
	return took, body, nil
}

// unpacked is a fetched page as text.
func unpacked(body []byte) ([]byte, error) {
	if !bytes.HasPrefix(body, []byte{0x1f, 0x8b}) { // too small to be compressed
		return body, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// reading is pages that are fetched again and again, in turns with their SQL.
type reading struct {
	urls    []string
	cookie  string
	clients int
	rounds  int
	each    int // pages a round
}

// read is what came out of a reading.
type read struct {
	product, floor sample
	ratios         []float64 // of the rounds' medians
	bytes, sent    int       // of a page, as text and as it goes over the wire
	statements     int       // of a page
	transactions   int
	hot, cold      burnt // by product and floor
}

// measure records what each page sends, then fetches and replays in turns.
func (g reading) measure(ctx context.Context, b *bed, rec *Recorder, base, database string) (*read, error) {
	client := newClient(g.clients)
	defer client.CloseIdleConnections()
	sql := make([][]*transaction, len(g.urls))
	out := &read{}
	for again := range 2 { // the first time fills memories that the product keeps: names, keys, configuration
		for i, path := range g.urls {
			rec.start()
			_, body, err := get(ctx, client, base+path, g.cookie)
			sql[i] = rec.stop()
			if err != nil {
				return nil, err
			}
			if again == 1 {
				text, err := unpacked(body)
				if err != nil {
					return nil, err
				}
				out.bytes += len(text)
				out.sent += len(body)
				out.transactions += len(sql[i])
				for _, t := range sql[i] {
					out.statements += len(t.statements)
				}
			}
		}
	}
	out.bytes /= len(g.urls)
	out.sent /= len(g.urls)
	floor, err := openFloor(ctx, database, nil)
	if err != nil {
		return nil, err
	}
	defer floor.close(context.WithoutCancel(ctx))
	for _, txs := range sql {
		if len(txs) == 0 {
			return nil, errors.New("a page sent no SQL at all")
		}
		for _, t := range txs {
			if floor.lanes[t.surface] == nil {
				if err := floor.widen(ctx, t.surface, g.clients); err != nil {
					return nil, err
				}
			}
		}
	}
	counted := b.billed(floor)
	for round := range g.rounds {
		begun := b.burn(ctx)
		fetched, err := g.together(func(n int) (time.Duration, error) {
			took, _, err := get(ctx, client, base+g.urls[n%len(g.urls)], g.cookie)
			return took, err
		})
		if err != nil {
			return nil, err
		}
		between := b.burn(ctx)
		replayed, err := g.together(func(n int) (time.Duration, error) { return floor.timed(ctx, sql[n%len(sql)]) })
		if err != nil {
			return nil, err
		}
		if round == 0 { // warms up
			continue
		}
		out.hot, out.cold = out.hot.plus(between.since(begun)), out.cold.plus(b.burn(ctx).since(between))
		out.product, out.floor = append(out.product, fetched...), append(out.floor, replayed...)
		out.ratios = append(out.ratios, float64(fetched.at(.5))/float64(replayed.at(.5)))
	}
	return out, counted()
}

// together has every client do its share of a round.
func (g reading) together(do func(n int) (time.Duration, error)) (sample, error) {
	var (
		mu    sync.Mutex
		all   sample
		first error
		wg    sync.WaitGroup
	)
	for c := range g.clients {
		wg.Go(func() {
			for n := c; n < g.each; n += g.clients {
				took, err := do(n)
				mu.Lock()
				if err != nil && first == nil {
					first = err
				}
				stop := first != nil
				all = append(all, took)
				mu.Unlock()
				if stop {
					return
				}
			}
		})
	}
	wg.Wait()
	return all, first
}

// detail says how it was read.
func (g reading) detail(r *read) map[string]any {
	return map[string]any{
		"pages": len(g.urls), "clients": g.clients, "rounds": g.rounds - 1, "fetches": len(r.product), "page_bytes": r.bytes, "page_bytes_sent": r.sent,
		"statements_each": round(float64(r.statements) / float64(len(g.urls))), "transactions_each": round(float64(r.transactions) / float64(len(g.urls))),
		"product_ms": r.product.spread(), "floor_ms": r.floor.spread(),
		"cpu_ms_each": r.hot.each(len(r.product)), "cpu_ms_each_at_floor": r.cold.each(len(r.floor)),
	}
}
