package blueprint

import (
	"sync"
	"testing"
)

func TestCacheSharesAndIsBounded(t *testing.T) {
	c := NewCache(3)
	key := func(tenant int32) slotKey { return slotKey{version: 1, tenant: tenant, revision: 1} }
	first := c.keep(slot{key: key(1), config: &Config{}})
	if twin := c.keep(slot{key: key(1), config: &Config{}}); twin.config != first.config {
		t.Error("two assemblies of one configuration are not shared")
	}
	c.keep(slot{key: key(2), config: &Config{}})
	c.keep(slot{key: key(3), config: &Config{}})
	if _, ok := c.find(key(1)); !ok {
		t.Fatal("lost before it was full")
	}
	c.keep(slot{key: key(4), config: &Config{}})
	if _, ok := c.find(key(2)); ok || c.Len() != 3 {
		t.Errorf("the least recently used stayed, or the bound does not hold: %d kept", c.Len())
	}
	if _, ok := c.find(key(1)); !ok {
		t.Error("a recently used one went")
	}
	if _, ok := c.find(slotKey{deployment: "other", version: 1, tenant: 1, revision: 1}); ok {
		t.Error("another deployment's configuration was found")
	}
	var wg sync.WaitGroup
	for n := range int32(64) {
		wg.Go(func() {
			c.keep(slot{key: key(n % 7), config: &Config{}})
			c.find(key(n % 5))
		})
	}
	wg.Wait()
	if c.Len() != 3 {
		t.Errorf("%d kept after a rush, want 3", c.Len())
	}
}

func BenchmarkAssembleVersion(b *testing.B) {
	v, _ := street(b)
	for b.Loop() {
		if _, err := Effective(v, nil, 0); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAssembleChangedTenant(b *testing.B) {
	d := newDesk(b)
	if err := d.change(d.set(b, "desk.name", "枫桥指挥大厅")); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := d.base.under(d.overrides, d.revision); err != nil {
			b.Fatal(err)
		}
	}
}
