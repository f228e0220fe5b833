package bench

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"wanjie/tenants"
)

// Many connections write into few tenants at once; replayed over as many, each tenant's acts come out
// under the same numbers.
func TestReplayKeepsTheOrder(t *testing.T) {
	b := quickBed(t)
	ctx := t.Context()
	ground, err := b.ground(ctx)
	if err != nil {
		t.Fatal(err)
	}
	db, end, err := b.tenants(ground, nil)
	if err != nil {
		t.Fatal(err)
	}
	var ids []tenants.ID
	for _, u := range units(provinceOfProvision, 3) {
		street, err := open(ctx, db, u)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, street.ID)
	}
	end()
	for _, to := range []string{b.run(), b.bare()} {
		if err := b.clone(ctx, ground, to); err != nil {
			t.Fatal(err)
		}
	}
	rec := &Recorder{}
	if db, end, err = b.tenants(b.run(), rec); err != nil {
		t.Fatal(err)
	}
	rec.start()
	var wg sync.WaitGroup
	for w := range 6 {
		wg.Go(func() {
			for n := range 20 {
				err := db.Write(ctx, ids[(w+n)%len(ids)], tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
					k, err := tx.Next(ctx, "n")
					if err != nil {
						return err
					}
					tx.Record(tenants.Act{Kind: "test.wrote", Version: 1, Object: "test", ObjectID: tenants.NewID(), HappenedAt: firstMoment,
						After: tenants.Dims{"by": fmt.Sprint(w), "n": fmt.Sprint(k)}})
					if n%7 == 6 {
						return context.Canceled // rolls back: nothing of it may be replayed as written
					}
					return nil
				})
				if err != nil && n%7 != 6 {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	txs := rec.stop()
	end()
	floor, err := openFloor(ctx, b.url(b.bare()), txs)
	if err != nil {
		t.Fatal(err)
	}
	got := floor.replay(ctx, txs)
	floor.close(ctx)
	if got.failed != 0 || got.took <= 0 {
		t.Fatalf("%+v", got)
	}
	product, bare := content(t, b, b.run()), content(t, b, b.bare())
	if n := strings.Count(product["journal"], "test.wrote"); n != 6*18 {
		t.Errorf("the product wrote %d acts", n)
	}
	for _, table := range []string{"heads", "journal"} {
		if product[table] != bare[table] {
			t.Errorf("%s differs:\n%s\n---\n%s", table, product[table], bare[table])
		}
	}
}
