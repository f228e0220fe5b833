package app

import (
	"context"

	"wanjie/app/auth"
	"wanjie/tenants"
)

// InviteAdmin makes somebody the street_admin of a tenant: account with Kratos, member, grant, and
// the message with the invitation. Each part may be repeated, so the whole may.
func (a *App) InviteAdmin(ctx context.Context, slug, name, phone, email string) (person int64, err error) {
	id, err := a.DB.Find(ctx, slug)
	if err != nil {
		return 0, err
	}
	var t tenants.Tenant
	if err := a.DB.Read(ctx, id, tenants.Machine(), func(_ context.Context, tx tenants.Tx) error { t = tx.Tenant(); return nil }); err != nil {
		return 0, err
	}
	in := auth.Inviter{Keeper: a.Keeper, Courier: a.Messages, URL: a.Config.PublicURL}
	if person, err = in.Invite(ctx, auth.Staff{Name: name, Phone: phone, Email: email}, t.Name); err != nil {
		return 0, err
	}
	return person, a.Employ(ctx, id, person, name, phone, auth.Give{Role: auth.StreetAdmin})
}

// Employ makes a person a member of a tenant with the given roles, as the product itself.
func (a *App) Employ(ctx context.Context, id tenants.ID, person int64, name, phone string, gives ...auth.Give) error {
	return a.DB.Write(ctx, id, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		if err := auth.AddMember(ctx, tx, person, name, phone); err != nil {
			return err
		}
		for _, g := range gives {
			g.Person = person
			if _, err := auth.Grant(ctx, tx, g); err != nil {
				return err
			}
		}
		return nil
	})
}
