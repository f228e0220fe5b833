package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sort"
	"strings"

	"wanjie/app/config"
	"wanjie/migrations"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// migrateCmd changes databases. It needs the owner's rights, which the product itself never has.
type migrateCmd struct {
	Owner string `env:"WANJIE_OWNER_URL" help:"URL with the right to create roles and schemas, for the home placement. Further placements: OWNER_URL_<name>."`
}

func (c *migrateCmd) Run(ctx context.Context, o out) error {
	cfg, err := config.Load()
	if err != nil {
		return err
	}
	owners := map[string]string{tenants.Home: c.Owner}
	if d, ok := config.FindDev(); ok && c.Owner == "" && cfg.Dev {
		owners = ownersOf(d)
	}
	for name := range cfg.Placements {
		if owners[name] == "" {
			owners[name] = os.Getenv("OWNER_URL_" + strings.ToUpper(name))
		}
		if owners[name] == "" {
			return fmt.Errorf("no owner's URL for placement %s: set WANJIE_OWNER_URL (home) or OWNER_URL_%s", name, strings.ToUpper(name))
		}
	}
	done, err := migrateAll(ctx, cfg, owners)
	if err != nil {
		return err
	}
	return o.say(map[string]any{"applied": done, "newest": migrations.Newest()}, "All placements are at migration %d; blueprints are published.", migrations.Newest())
}

// ownersOf is the owner's URL of each placement of a development stack.
func ownersOf(d config.Dev) map[string]string {
	owners := map[string]string{}
	for name, raw := range d.Placements {
		u, err1 := url.Parse(raw)
		o, err2 := url.Parse(d.OwnerURL)
		if err1 == nil && err2 == nil {
			o.Path = u.Path
			owners[name] = o.String()
		}
	}
	return owners
}

// migrateAll migrates every placement and publishes the shipped blueprints to each.
func migrateAll(ctx context.Context, cfg config.Config, owners map[string]string) (map[string][]int64, error) {
	names := make([]string, 0, len(cfg.Placements))
	for name := range cfg.Placements {
		names = append(names, name)
	}
	sort.Strings(names)
	done := map[string][]int64{}
	for _, name := range names {
		applied, err := migrations.Apply(ctx, owners[name], passwordOf(cfg.Placements[name]))
		if err != nil {
			return done, fmt.Errorf("placement %s: %w", name, err)
		}
		done[name] = applied
	}
	db, err := openTenants(cfg)
	if err != nil {
		return done, err
	}
	defer db.Close()
	_, err = blueprint.PublishShipped(ctx, db)
	return done, err
}

func passwordOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.User == nil {
		return ""
	}
	p, _ := u.User.Password()
	return p
}

// openTenants opens the data with the configured keys.
func openTenants(cfg config.Config) (*tenants.DB, error) {
	service, err := keys.OpenFile(cfg.Keys)
	if err != nil {
		return nil, err
	}
	return tenants.Open(tenants.Config{Deployment: cfg.Deployment, Placements: cfg.Placements, Keys: service})
}
