package bench

import (
	"context"

	"wanjie/app/web"
)

// pagesMeasured is over how many streets the desk lists are spread.
const pagesMeasured = 50

// Page measures the desk's list of cases, twenty rows of sealed titles: milliseconds a page at the HTTP
// client, two clients, a real session, with the whole fleet present.
func Page(ctx context.Context, opt Options) (*Result, error) {
	b, err := openBed(ctx, opt)
	if err != nil {
		return nil, err
	}
	defer b.close()
	ground, err := b.ground(ctx, fleet, streets)
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
	all, err := b.measured(ctx, ground)
	if err != nil {
		return nil, err
	}
	g := reading{clients: 2, rounds: 11, each: 400}
	if b.Quick {
		g.rounds, g.each = 3, 40
	}
	for _, p := range all[:min(len(all), pagesMeasured)] {
		g.urls = append(g.urls, "/s/"+p.Slug+"/cases")
	}
	if g.cookie, err = signIn(ctx, a, crew[dispatcher]); err != nil {
		return nil, err
	}
	b.note("fetching %d desk lists in %d rounds of %d", len(g.urls), g.rounds, g.each)
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
	r := &Result{Name: "page", Unit: "ms", Value: ms(m.product.at(.5)), Floor: ms(m.floor.at(.5)), Ratio: middle(m.ratios), Detail: g.detail(m)}
	r.Detail["tenants_present"], r.Detail["cases_each"] = b.size.Tenants, b.size.Each
	return b.finish(ctx, r, atMost("p50 at most 2.5 × floor", r.Ratio, 2.5), atMost("p50 at most 5 ms", r.Value, 5))
}
