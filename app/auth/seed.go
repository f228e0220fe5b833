package auth

import (
	"context"

	"github.com/pquerna/otp/totp"

	"wanjie/app/clock"
)

// SeedFactor sets up a second factor for a demo account and answers its secret, from which /dev/sent
// shows the codes. Only for seeding: a person's secret is never known to us.
func (k *Keeper) SeedFactor(ctx context.Context, identifier, password string) (secret string, err error) {
	t, err := k.Client.Login(ctx, identifier, password)
	if err != nil {
		return "", err
	}
	e, err := k.Client.EnrolBegin(ctx, t.Token)
	if err != nil {
		return "", err
	}
	code, err := totp.GenerateCode(e.Secret, clock.Now(ctx))
	if err != nil {
		return "", err
	}
	if err := k.Client.EnrolFinish(ctx, t.Token, e.Flow, code); err != nil {
		return "", err
	}
	person, err := k.Person(ctx, t.Session.Identity, t.Session.Kind)
	if err != nil {
		return "", err
	}
	if err := k.enrolled(ctx, person); err != nil {
		return "", err
	}
	return e.Secret, k.Client.Logout(ctx, t.Token)
}
