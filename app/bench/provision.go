package bench

import (
	"context"
	"fmt"
	"time"
)

// Provision measures opening a street through the verb, with the whole fleet present: milliseconds a
// street, one after the other. Product and floor take turns, each on its own clone of the same database.
func Provision(ctx context.Context, opt Options) (*Result, error) {
	b, err := openBed(ctx, opt)
	if err != nil {
		return nil, err
	}
	defer b.close()
	ground, err := b.ground(ctx, fleet)
	if err != nil {
		return nil, err
	}
	return b.provision(ctx, ground)
}

// Streets opened, the first of them without measuring.
const (
	provisioned      = 200
	provisionedQuick = 12
	warmUp           = 5
)

func (b *bed) provision(ctx context.Context, ground string) (*Result, error) {
	for _, to := range []string{b.run(), b.bare()} {
		if err := b.clone(ctx, ground, to); err != nil {
			return nil, err
		}
	}
	rec := &Recorder{}
	db, end, err := b.tenants(b.run(), rec)
	if err != nil {
		return nil, err
	}
	defer end()
	n := provisioned
	if b.Quick {
		n = provisionedQuick
	}
	b.note("opening %d streets with %d present", n+warmUp, b.size.Tenants)
	floor, err := openFloor(ctx, b.url(b.bare()), nil)
	if err != nil {
		return nil, err
	}
	defer floor.close(context.WithoutCancel(ctx))
	counted := b.billed(floor)
	var product, bare sample
	var ratios []float64
	var heard []*transaction
	stop, err := b.profile()
	if err != nil {
		return nil, err
	}
	defer stop()
	for i, u := range units(provinceOfProvision, n+warmUp) {
		took, txs, err := heardIn(ctx, rec, func() error { _, err := open(ctx, db, u); return err })
		if err != nil {
			return nil, err
		}
		for _, t := range txs {
			if floor.lanes[t.surface] == nil {
				if err := floor.widen(ctx, t.surface, 1); err != nil {
					return nil, err
				}
			}
		}
		same, err := floor.timed(ctx, txs)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", u.Name, err)
		}
		if i < warmUp {
			continue
		}
		product, bare, heard = append(product, took), append(bare, same), txs
		ratios = append(ratios, float64(took)/float64(same))
	}
	stop()
	if err := counted(); err != nil {
		return nil, err
	}
	statements := 0
	for _, t := range heard {
		statements += len(t.statements)
	}
	r := &Result{Name: "provision", Unit: "ms", Value: ms(product.at(.5)), Floor: ms(bare.at(.5)), Ratio: middle(ratios), Detail: map[string]any{
		"streets": len(product), "tenants_present": b.size.Tenants, "product_ms": product.spread(), "floor_ms": bare.spread(),
		"transactions_each": len(heard), "statements_each": statements,
		"beyond_sql": "the product also makes the street's key in the key service, with an fsync of its own",
	}}
	return b.finish(ctx, r, atMost("p50 at most 50 ms a street", r.Value, 50))
}

// heardIn times f and answers what it sent.
func heardIn(ctx context.Context, rec *Recorder, f func() error) (time.Duration, []*transaction, error) {
	rec.start()
	begun := time.Now()
	err := f()
	took := time.Since(begun)
	if err == nil {
		err = ctx.Err()
	}
	return took, rec.stop(), err
}
