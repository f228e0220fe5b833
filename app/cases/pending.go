package cases

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// Pending is an application that nobody has decided, with its case's number, title and class.
type Pending struct {
	Application
	Number string
	Title  []byte // sealed
	Class  string
}

// mostPending is how many a page shows.
const mostPending = 100

// ToDecideOn lists the applications that wait for the actor's word, the nearest end of the decider's clock first.
func ToDecideOn(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config) (out []Pending, err error) {
	var kinds []string
	for kind := range asking {
		if kind.decides(tx.Actor(), cfg) {
			kinds = append(kinds, string(kind))
		}
	}
	if len(kinds) == 0 {
		return nil, nil
	}
	slices.Sort(kinds)
	seen, args := Reached(tx)
	q := `SELECT p.*, c.number, c.title, c.class FROM applications p JOIN cases c ON c.tenant_id = p.tenant_id AND c.id = p.case_id
		WHERE p.tenant_id = ? AND p.state = ? AND p.asked_by <> ? AND p.kind IN (?)` + seen + ` ORDER BY p.decide_by, p.id LIMIT ?`
	all := append([]any{int32(tx.ID()), Open, tx.Actor().Person, bun.List(kinds)}, args...)
	if err := tx.Raw(q, append(all, mostPending)...).Scan(ctx, &out); err != nil {
		return nil, fmt.Errorf("applications to decide on: %w", err)
	}
	return out, nil
}

// Name is what it asks for, as screens call it; a catalogue key.
func (k Asked) Name() string { return asking[k].title }

// Told opens the title of its case and what was said for it.
func (p *Pending) Told(box *keys.Box) (title, words string, err error) {
	if title, err = TitleOf(box, p.CaseID, p.Title); err != nil {
		return "", "", err
	}
	words, err = box.Open(p.addr("words"), p.Words)
	return title, words, err
}
