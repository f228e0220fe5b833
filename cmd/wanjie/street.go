package main

import (
	"context"
	"fmt"

	"wanjie/app"
	"wanjie/app/config"
)

// streetCmd groups what the vendor does to a street.
type streetCmd struct {
	Open   streetOpenCmd   `cmd:"" help:"Open a street from a blueprint. Safe to repeat: the same unit gives the same tenant."`
	Invite streetInviteCmd `cmd:"" help:"Invite a street's first admin. Safe to repeat."`
}

type streetOpenCmd struct {
	Code      string `required:"" help:"Division code of the unit, 9 digits, e.g. 320505003."`
	Blueprint string `default:"city-street" help:"Key of the blueprint; its newest version is used."`
	Slug      string `help:"Name in addresses; made from the tenant's number when empty."`
	Contract  string `help:"Reference of the contract; empty opens a trial."`
	Placement string `help:"Where the data shall live; home when empty."`
}

func (c *streetOpenCmd) Run(ctx context.Context, o out) error {
	cfg, err := config.Load()
	if err != nil {
		return err
	}
	db, err := openTenants(cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	t, fresh, err := app.OpenStreet(ctx, db, app.StreetPlan{Code: c.Code, Blueprint: c.Blueprint, Slug: c.Slug, Contract: c.Contract, Placement: c.Placement})
	if err != nil {
		return err
	}
	word := "opened"
	if !fresh {
		word = "was open already"
	}
	return o.say(map[string]any{"tenant": t.ID, "slug": t.Slug, "name": t.Name, "district": t.District, "state": t.State, "fresh": fresh},
		"%s (%s) %s: tenant %d, /s/%s", t.Name, c.Code, word, t.ID, t.Slug)
}

type streetInviteCmd struct {
	Slug  string `required:"" help:"The street's name in addresses."`
	Name  string `required:"" help:"The admin's name."`
	Phone string `help:"Mobile number; the invitation goes there."`
	Email string `help:"E-mail address; used when there is no phone."`
}

func (c *streetInviteCmd) Run(ctx context.Context, o out) error {
	if c.Phone == "" && c.Email == "" {
		return fmt.Errorf("invite: give --phone or --email")
	}
	cfg, err := config.Load()
	if err != nil {
		return err
	}
	a, err := app.New(ctx, cfg, app.Quiet())
	if err != nil {
		return err
	}
	defer a.Close()
	person, err := a.InviteAdmin(ctx, c.Slug, c.Name, c.Phone, c.Email)
	if err != nil {
		return err
	}
	return o.say(map[string]any{"person": person, "slug": c.Slug}, "%s is invited as admin of %s (person %d).", c.Name, c.Slug, person)
}
