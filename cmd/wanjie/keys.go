package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"wanjie/app"
	"wanjie/app/clock"
	"wanjie/app/config"
	"wanjie/tenants"
	"wanjie/tenants/keys/reseal"
)

// keysCmd groups what is done to a tenant's data key.
type keysCmd struct {
	Rotate keysRotateCmd `cmd:"" help:"Give a tenant a new data key. Its values are sealed with it some minutes later, when every process knows it, and what is there is brought over by the workers. Nobody notices."`
	Show   keysShowCmd   `cmd:"" help:"Show a tenant's versions, and what is still under an older one."`
}

type keysRotateCmd struct {
	Tenant string `required:"" help:"The tenant's name in addresses."`
}

func (c *keysRotateCmd) Run(ctx context.Context, o out) error {
	return ofTenant(ctx, c.Tenant, func(db *tenants.DB, id tenants.ID) error {
		v, err := app.RenewKey(ctx, db, id)
		if err != nil {
			return err
		}
		return o.say(map[string]any{"tenant": id, "version": v.Version, "from": v.From},
			"%s has data key version %d. It is used from %s; then the workers bring everything over. Follow it with `wanjie keys show --tenant %s`.",
			c.Tenant, v.Version, local(v.From), c.Tenant)
	})
}

type keysShowCmd struct {
	Tenant string `required:"" help:"The tenant's name in addresses."`
}

func (c *keysShowCmd) Run(ctx context.Context, o out) error {
	return ofTenant(ctx, c.Tenant, func(db *tenants.DB, id tenants.ID) error {
		all, left, err := app.KeysOf(ctx, db, id)
		if err != nil {
			return err
		}
		return o.say(map[string]any{"tenant": id, "versions": all, "rows_under_older": left}, "%s", keysInWords(ctx, all, left))
	})
}

func keysInWords(ctx context.Context, all []reseal.Version, left map[string]int64) string {
	var b strings.Builder
	for _, v := range all {
		state := "in use"
		switch {
		case !v.Retired.IsZero():
			state = "retired " + local(v.Retired)
		case v.From.After(clock.Now(ctx)):
			state = "in use from " + local(v.From)
		}
		fmt.Fprintf(&b, "version %d  made %s  %s\n", v.Version, local(v.MadeAt), state)
	}
	for _, table := range slices.Sorted(maps.Keys(left)) {
		fmt.Fprintf(&b, "%s: %d rows are under an older version\n", table, left[table])
	}
	if len(left) == 0 {
		b.WriteString("Every value is under the newest version.\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

func local(t time.Time) string { return t.In(clock.Zone).Format("2006-01-02 15:04:05") }

// ofTenant runs f with the tenant of a slug.
func ofTenant(ctx context.Context, slug string, f func(*tenants.DB, tenants.ID) error) error {
	cfg, err := config.Load()
	if err != nil {
		return err
	}
	db, err := openTenants(cfg)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	id, err := db.Find(ctx, slug)
	if err != nil {
		return fmt.Errorf("no tenant is called %q: %w", slug, err)
	}
	return f(db, id)
}
