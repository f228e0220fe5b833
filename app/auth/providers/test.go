package providers

import (
	"context"
	"fmt"
	"time"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
)

// patience bounds a test: somebody looks at the page and waits.
const patience = 8 * time.Second

// Test asks the provider of a district about itself, anew, and writes down what came of it; None where there is no provider.
// It shows that the address is right and can be reached from here; that the client and its secret are, only a sign-in shows.
func (s *Shelf) Test(ctx context.Context, district int32) (Finding, error) {
	p, err := s.Of(ctx, district)
	if err != nil {
		return "", err
	}
	if p.Issuer == "" {
		return "", None()
	}
	found := s.ask(ctx, p.Issuer)
	err = s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		_, err := tx.Raw("UPDATE ctl.providers SET tested = ?, tested_at = ? WHERE district = ? AND issuer = ?", string(found), clock.Now(ctx), district, p.Issuer).Exec(ctx)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("test of the provider of district %d: %w", district, err)
	}
	return found, nil
}

func (s *Shelf) ask(ctx context.Context, issuer string) Finding {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	switch _, err := s.reach(ctx, issuer); {
	case fault.Is(err, fault.Unavailable):
		return Away
	case err != nil:
		return Wrong
	}
	return Answers
}
