package bench

import (
	"context"
	"errors"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"wanjie/app/web"
)

// Intake measures the whole product at work, serving and following in one process: cases walked from
// report over dispatch and handling to their close, by HTTP, a second. The load comes from sixteen
// clients in a process of their own, over many streets with a crew of four real people, while a million
// other cases are present. Then ten times as many clients come for half a minute.
func Intake(ctx context.Context, opt Options) (*Result, error) {
	b, err := openBed(ctx, opt)
	if err != nil {
		return nil, err
	}
	defer b.close()
	full, err := b.massive(ctx)
	if err != nil {
		return nil, err
	}
	for _, to := range []string{b.run(), b.bare()} {
		if err := b.clone(ctx, full, to); err != nil {
			return nil, err
		}
	}
	return b.intake(ctx)
}

// pace is how long each part of the intake lasts, with how many clients.
type pace struct {
	warm, steady, spike, after time.Duration
	clients                    int
}

// tenfold is how many times the steady load is offered in the spike.
const tenfold = 10

var (
	paced      = pace{5 * time.Second, 20 * time.Second, 30 * time.Second, 12 * time.Second, 16}
	pacedQuick = pace{time.Second, 3 * time.Second, 3 * time.Second, 3 * time.Second, 4}
)

func (b *bed) intake(ctx context.Context) (*Result, error) {
	t := paced
	if b.Quick {
		t = pacedQuick
	}
	rec := &Recorder{}
	a, err := b.app(ctx, b.run(), rec)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	if err := a.Redis.FlushDB(ctx).Err(); err != nil { // what another run left there
		return nil, err
	}
	base, stop, err := listen(ctx, a.Handler(web.Limits{}))
	if err != nil {
		return nil, err
	}
	defer stop()
	running, halt := context.WithCancel(ctx)
	defer halt()
	work, running := errgroup.WithContext(running)
	work.Go(func() error { return a.Work(running) })
	work.Go(func() error { return a.Listen(running) })
	p := Phase{Base: base}
	if p.Streets, err = b.measured(ctx, b.run()); err != nil {
		return nil, err
	}
	for _, s := range crew {
		cookie, err := signIn(ctx, a, s)
		if err != nil {
			return nil, err
		}
		p.Cookies = append(p.Cookies, cookie)
	}
	load, err := startLoader(ctx, b.Loader)
	if err != nil {
		return nil, err
	}
	defer load.end()
	phase := func(what string, clients int, rate float64, length time.Duration) (*Load, error) {
		if rate > 0 {
			b.note("%s: %.0f new cases a second for %.0f s", what, rate, length.Seconds())
		} else {
			b.note("%s: %d clients for %.0f s", what, clients, length.Seconds())
		}
		p.Clients, p.Rate, p.For = clients, rate, length
		p.From += 1_000_000
		l, err := load.do(p)
		if err == nil {
			b.note("%s: %d lifecycles, %d posts, %d shed, errors %v, p50 %.1f ms, p99 %.1f ms", what, l.Lifecycles, l.Posts, l.Shed, l.Errors, ms(l.Latency.at(.5)), ms(l.Latency.at(.99)))
		}
		return l, err
	}

	if _, err := b.rested(ctx, 3*time.Minute); err != nil { // the jobs that the fill's own cases left
		return nil, err
	}
	rec.start()
	if _, err := phase("warm-up", t.clients, 0, t.warm); err != nil {
		return nil, err
	}
	warm := rec.mark()
	profiled, err := b.profile()
	if err != nil {
		return nil, err
	}
	defer profiled()
	cold := b.burn(ctx)
	steady, err := phase("steady", t.clients, 0, t.steady)
	if err != nil {
		return nil, err
	}
	txs, hot := rec.stop(), b.burn(ctx).since(cold)
	profiled()
	lag, err := settled(ctx, a, time.Minute)
	if err != nil {
		return nil, err
	}
	b.note("followers at lag 0 after %.2f s", lag.Seconds())
	jobsDone, err := b.rested(ctx, time.Minute)
	if err != nil {
		return nil, err
	}
	spike, err := phase("spike", 0, tenfold*float64(steady.Lifecycles)/steady.Took.Seconds(), t.spike)
	if err != nil {
		return nil, err
	}
	after, err := phase("after", t.clients, 0, t.after)
	if err != nil {
		return nil, err
	}
	spikeLag, err := settled(ctx, a, 2*time.Minute)
	if err != nil {
		return nil, err
	}
	halt()
	if err := work.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return nil, err
	}
	stop()
	a.Close()

	bare, alone, err := b.replayIntake(ctx, txs, warm)
	if err != nil {
		return nil, err
	}
	value := float64(steady.Lifecycles) / steady.Took.Seconds()
	floor := float64(steady.Lifecycles) / bare.took.Seconds()
	normal := steady.Latency.at(.5)
	back := backAfter(after.Seconds, normal)
	r := &Result{Name: "intake", Unit: "lifecycles/s", Value: value, Floor: floor, Ratio: floor / value, Detail: map[string]any{
		"streets": len(p.Streets), "people": len(p.Cookies), "clients": t.clients, "cases_present": b.size.Cases, "tenants_present": b.size.Tenants,
		"steady": steady.detail(), "spike": spike.detail(), "after": after.detail(), "spike_offered": spike.Offered,
		"followers_lag_0_after_s": round(lag.Seconds()), "jobs_done_after_s": round((lag + jobsDone).Seconds()), "followers_lag_0_after_spike_s": round(spikeLag.Seconds()), "normal_latency_back_after_s": back,
		"floor_replayed": census(txs[warm:]), "floor_failed": bare.failed, "load": map[bool]string{true: "in a process of its own", false: "in this process"}[len(b.Loader) > 0],
	}}
	load.tell(r.Detail, steady, hot, alone)
	if bare.first != nil {
		r.Detail["floor_first_failure"] = bare.first.Error()
	}
	return b.finish(ctx, r,
		atLeast("at least 200 lifecycles a second", value, 200),
		atMost("no error", float64(steady.failures()+after.failures()), 0),
		atMost("followers at lag 0 within 5 s", lag.Seconds(), 5),
		atLeast("spike: load is shed with 503 and Retry-After", float64(spike.Shed), 1),
		atMost("spike: nothing times out and no other error", float64(spike.failures()), 0),
		atMost("spike: normal latency back within 5 s", float64(back), 5),
	)
}

// replayIntake replays what was recorded on the other clone; what was heard before warm is not timed.
func (b *bed) replayIntake(ctx context.Context, txs []*transaction, warm int) (replayed, burnt, error) {
	floor, err := openFloor(ctx, b.url(b.bare()), txs)
	if err != nil {
		return replayed{}, burnt{}, err
	}
	defer floor.close(context.WithoutCancel(ctx))
	b.note("replaying %d transactions, %d of them timed", len(txs), len(txs)-warm)
	if first := floor.replay(ctx, txs[:warm]); first.failed > 0 {
		b.note("floor: %d transactions of the warm-up failed: %v", first.failed, first.first)
	}
	done, cold := b.billed(floor), b.burn(ctx)
	if b.Bill != "" { // one after the other, so that no statement waits for another; no floor to compare with
		took, err := floor.timed(ctx, txs[warm:])
		return replayed{took: took}, b.burn(ctx).since(cold), errors.Join(err, done())
	}
	out := floor.replay(ctx, txs[warm:])
	return out, b.burn(ctx).since(cold), ctx.Err()
}

// backAfter is the first second whose median is normal again, at most half as long again as before, as
// is the middle of all seconds from there on. The whole phase when there is none.
func backAfter(seconds []time.Duration, normal time.Duration) int {
	for s := range seconds {
		if seconds[s] <= normal*3/2 && sample(seconds[s:]).at(.5) <= normal*3/2 {
			return s
		}
	}
	return len(seconds)
}

// tell adds the processor time of one lifecycle, and how many of them all cores together would carry if
// nobody else used them.
func (l *loader) tell(detail map[string]any, steady *Load, product, floor burnt) {
	each := product.each(steady.Lifecycles)
	if each == nil {
		return
	}
	all := product.own + product.postgres
	if l.apart {
		each["load"] = round(ms(steady.Burnt) / float64(steady.Lifecycles))
		all += steady.Burnt
	}
	detail["cpu_ms_each"], detail["cpu_ms_each_at_floor"] = each, floor.each(steady.Lifecycles)
	detail["cores_would_carry"] = round(float64(steady.Lifecycles) * float64(runtime.NumCPU()) / all.Seconds())
}

func (l *Load) detail() map[string]any {
	return map[string]any{
		"lifecycles": l.Lifecycles, "per_second": round(float64(l.Lifecycles) / l.Took.Seconds()), "posts": l.Posts, "shed": l.Shed,
		"errors": l.Errors, "seconds": round(l.Took.Seconds()), "latency_ms": l.Latency.spread(), "shed_ms": l.Refused.spread(),
	}
}
