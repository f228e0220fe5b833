package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"wanjie/app"
	"wanjie/app/cases"
	"wanjie/app/web"
	"wanjie/tenants"
)

// Rollup measures a district's board over fourteen streets of 100,000 cases each: milliseconds a page
// at the HTTP client, for the month that the board opens with. Its detail has 30 days and the year too,
// and says how long a reported case takes to stand on the board.
func Rollup(ctx context.Context, opt Options) (*Result, error) {
	b, err := openBed(ctx, opt)
	if err != nil {
		return nil, err
	}
	defer b.close()
	ground, err := b.ground(ctx, fleet, board)
	if err != nil {
		return nil, err
	}
	rec := &Recorder{}
	a, err := b.app(ctx, ground, rec)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	base, stop, err := listen(ctx, a.Handler(web.Limits{}))
	if err != nil {
		return nil, err
	}
	defer stop()
	path := fmt.Sprintf("/d/%d", boardUnits()[0].District)
	cookie, err := signIn(ctx, a, analyst)
	if err != nil {
		return nil, err
	}
	g := reading{urls: []string{path}, cookie: cookie, clients: 1, rounds: 11, each: 100}
	tries := 10
	if b.Quick {
		g.rounds, g.each, tries = 3, 20, 2
	}
	b.note("fetching the board in %d rounds of %d", g.rounds, g.each)
	end, err := b.profile()
	if err != nil {
		return nil, err
	}
	defer end()
	m, err := g.measure(ctx, b, rec, base, b.url(ground))
	end()
	if err != nil {
		return nil, err
	}
	b.Bill = "" // that was the board
	periods := map[string]any{"month": ofPeriod(m)}
	goals := []Goal{atMost("p50 at most 10 ms", ms(m.product.at(.5)), 10)}
	for _, period := range []string{"30d", "year"} {
		h := g
		h.urls, h.rounds = []string{path + "?period=" + period}, 3
		l, err := h.measure(ctx, b, rec, base, b.url(ground))
		if err != nil {
			return nil, err
		}
		periods[period] = ofPeriod(l)
		goals = append(goals, atMost(period+" p50 at most 10 ms", ms(l.product.at(.5)), 10))
	}
	b.note("reporting %d cases and waiting for each on the board", tries)
	fresh, err := freshness(ctx, a, base+path, cookie, tries)
	if err != nil {
		return nil, err
	}
	r := &Result{Name: "rollup", Unit: "ms", Value: ms(m.product.at(.5)), Floor: ms(m.floor.at(.5)), Ratio: middle(m.ratios), Detail: g.detail(m)}
	for k, v := range map[string]any{
		"streets": streetsOfBoard, "cases_each": b.size.Board, "tenants_present": b.size.Tenants, "periods_ms": periods,
		"freshness_ms": fresh.spread(),
	} {
		r.Detail[k] = v
	}
	return b.finish(ctx, r, append(goals, atMost("on the board within 2 s", fresh.at(1).Seconds(), 2))...)
}

// ofPeriod is what a period's board took; the processor's time tells what a busy machine hides.
func ofPeriod(r *read) map[string]any {
	return map[string]any{"product_p50": round(ms(r.product.at(.5))), "floor_p50": round(ms(r.floor.at(.5))), "cpu_ms_each": r.hot.each(len(r.product))}
}

// freshness reports cases through the verb while the followers run, and waits until the district's
// figures for today have moved.
func freshness(ctx context.Context, a *app.App, page, cookie string, tries int) (sample, error) {
	all := boardUnits()
	street, err := open(ctx, a.DB, all[0])
	if err != nil {
		return nil, err
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	g, running := errgroup.WithContext(running)
	g.Go(func() error { return a.Work(running) })
	g.Go(func() error { return a.Listen(running) })
	if _, err := settled(ctx, a, time.Minute); err != nil {
		return nil, err
	}
	client := newClient(1)
	defer client.CloseIdleConnections()
	figures := func() ([]byte, error) {
		_, body, err := get(ctx, client, page+"/export?table=streets&format=csv&period=today", cookie)
		if err != nil {
			return nil, err
		}
		return unpacked(body)
	}
	var out sample
	for n := range tries {
		before, err := figures()
		if err != nil {
			return nil, err
		}
		if err := a.DB.Write(ctx, street.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
			_, err := cases.Report(ctx, tx, report(int(time.Now().UnixMilli()%100_000_000), communityOf(all[0].Code, n)))
			return err
		}); err != nil {
			return nil, err
		}
		begun := time.Now()
		for {
			now, err := figures()
			if err != nil {
				return nil, err
			}
			if !bytes.Equal(now, before) {
				out = append(out, time.Since(begun))
				break
			}
			if time.Since(begun) > 30*time.Second {
				return nil, errors.New("the board has not moved in 30 s")
			}
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(time.Duration(300+137*n%700) * time.Millisecond) // at another moment of the followers' beat
	}
	stop()
	if err := g.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return nil, err
	}
	return out, nil
}
