package app

import (
	"context"
	"sync"
	"time"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/tenants"
)

// names remembers for a minute how people are called in a tenant, so that the top bar of every page
// does not open a sealed column again.
type names struct {
	mu   sync.Mutex
	held map[nameKey]heldName
}

type nameKey struct {
	tenant tenants.ID
	person int64
}

type heldName struct {
	name  string
	until time.Time
}

// mostNames bounds the memory; beyond it everything is forgotten and read again.
const mostNames = 20_000

func (n *names) of(ctx context.Context, tx tenants.Tx) (string, error) {
	k, now := nameKey{tx.ID(), tx.Actor().Person}, clock.Now(ctx)
	n.mu.Lock()
	h, ok := n.held[k]
	n.mu.Unlock()
	if ok && now.Before(h.until) {
		return h.name, nil
	}
	all, err := auth.Names(ctx, tx, k.person)
	if err != nil {
		return "", err
	}
	name := all[k.person]
	if name == "" {
		name = number(k.person)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.held == nil || len(n.held) > mostNames {
		n.held = map[nameKey]heldName{}
	}
	n.held[k] = heldName{name, now.Add(time.Minute)}
	return name, nil
}
