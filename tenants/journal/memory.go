package journal

import (
	"sync"

	"wanjie/tenants"
)

// memory keeps the dimensions of the acts that were read last, because five followers read each act
// and taking its JSON apart is most of their work. What it hands out is shared: nobody changes it.
type memory struct {
	mu   sync.Mutex
	acts map[address]pair
	ring []address // oldest at next
	next int
}

// address is an act's place in the journals of one placement.
type address struct {
	tenant int32
	n      int64
}

type pair struct{ before, after tenants.Dims }

// remembered is how many acts: some four seconds of a busy day, about 16 MB.
const remembered = 8192

func newMemory() *memory {
	return &memory{acts: make(map[address]pair, remembered), ring: make([]address, remembered)}
}

// recall answers the act of r, from memory where it is there. A nil memory takes each apart.
func (m *memory) recall(r *row) (Act, error) {
	if m == nil {
		return r.act()
	}
	at := address{r.TenantID, r.N}
	m.mu.Lock()
	p, known := m.acts[at]
	m.mu.Unlock()
	if known {
		a := r.bare()
		a.Before, a.After = p.before, p.after
		return a, nil
	}
	a, err := r.act()
	if err != nil {
		return a, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, twice := m.acts[at]; !twice {
		delete(m.acts, m.ring[m.next])
		m.ring[m.next] = at
		m.next = (m.next + 1) % len(m.ring)
		m.acts[at] = pair{a.Before, a.After}
	}
	return a, nil
}
