package main

import (
	"context"
	"errors"
	"fmt"

	"wanjie/app"
	"wanjie/app/auth"
	"wanjie/app/config"
	"wanjie/tenants"
)

// officerCmd is the way in where no security administrator can let anybody in: at the beginning, and
// after the last one lost their second factor. What it does is recorded as done on the command line.
type officerCmd struct {
	Invite officerInviteCmd `cmd:"" help:"Invite somebody with the vendor or in a district, such as the first security administrator. Safe to repeat."`
	Reset  officerResetCmd  `cmd:"" help:"Drop a lost second factor; the person sets up a new one at the next sign-in."`
}

type officerInviteCmd struct {
	Name     string `required:"" help:"The person's name."`
	Phone    string `help:"Mobile number; the invitation goes there."`
	Email    string `help:"E-mail address; used when there is no phone."`
	Role     string `default:"security_admin" help:"operator, system_admin, security_admin, audit_admin; in a district also district_leader, district_analyst."`
	District int32  `help:"Six-digit code of the district; the vendor's own when empty."`
}

func (c *officerInviteCmd) Run(ctx context.Context, o out) error {
	if c.Phone == "" && c.Email == "" {
		return errors.New("invite: give --phone or --email")
	}
	g, at := auth.UpperGrant{Scope: auth.InVendor, Role: c.Role}, "运营平台"
	if c.District != 0 {
		g.Scope, g.District, at = auth.InDistrict, c.District, "区级看板"
	}
	if err := g.Check(); err != nil { // before a message leaves
		return err
	}
	a, err := vendorApp(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	in := auth.Inviter{Keeper: a.Keeper, Courier: a.Messages, URL: a.Config.PublicURL}
	person, err := in.Invite(ctx, auth.Staff{Name: c.Name, Phone: c.Phone, Email: c.Email}, at)
	if err != nil {
		return err
	}
	if err := a.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		return auth.GiveUpper(ctx, tx, auth.Machine(), person, g)
	}); err != nil {
		return err
	}
	return o.say(map[string]any{"person": person, "role": c.Role, "district": c.District}, "%s is invited as %s (person %d).", c.Name, c.Role, person)
}

type officerResetCmd struct {
	Account string `required:"" help:"Phone number or e-mail that the person signs in with."`
	Reason  string `required:"" help:"Why, as the record shall keep it: 4 to 200 characters."`
}

func (c *officerResetCmd) Run(ctx context.Context, o out) error {
	reason, err := auth.Reason(c.Reason)
	if err != nil {
		return err
	}
	a, err := vendorApp(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	person, err := a.Keeper.PersonOf(ctx, c.Account)
	if err != nil {
		return err
	}
	if err := a.Keeper.Carry(ctx, auth.LoseFactor, person, auth.Order{Reason: reason}); err != nil {
		return fmt.Errorf("second factor of person %d: %w", person, err)
	}
	return o.say(map[string]any{"person": person}, "The second factor of person %d is dropped, and every session ended.", person)
}

func vendorApp(ctx context.Context) (*app.App, error) {
	cfg, err := config.Load()
	if err != nil {
		return nil, err
	}
	return app.New(ctx, cfg, app.Quiet())
}
