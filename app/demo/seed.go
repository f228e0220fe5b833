// Package demo fills a development stack with a district to play in: 虎丘区 with its real streets and
// communities, made-up people and made-up cases. Everything in it is marked 演示数据.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"

	"wanjie/app"
	"wanjie/app/config"
	"wanjie/app/district"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/division"
)

// District is 虎丘区, Suzhou.
const District int32 = 320505

// first is the street in which the practice began (枫桥街道); it gets the readable slug.
const first = "320505003"

// busy is in how many of the streets the demo people work and cases lie.
const busy = 3

// memory is what a second start needs to know: it was all done.
type memory struct {
	Accounts []config.Account `json:"accounts"`
}

// Seed fills the stack of a, once; file remembers the accounts. say hears what goes on.
func Seed(ctx context.Context, a *app.App, file string, say func(string)) ([]config.Account, error) {
	if b, err := os.ReadFile(file); err == nil {
		return renamed(a, b)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	say("opening the demo district: 虎丘区, its streets and its command centre")
	streets, centre, err := open(ctx, a)
	if err != nil {
		return nil, err
	}
	if err := count(ctx, a); err != nil {
		return nil, fmt.Errorf("made-up populations: %w", err)
	}
	say("hiring made-up people for every door")
	people, accounts, err := hire(ctx, a, streets, centre)
	if err != nil {
		return nil, err
	}
	say("drawing made-up grids, with people who walk them")
	for _, t := range streets[:busy] {
		if err := survey(ctx, a, t, people); err != nil {
			return nil, fmt.Errorf("grids of %s: %w", t.Name, err)
		}
		if err := communities(ctx, a, t, people); err != nil {
			return nil, fmt.Errorf("communities of %s: %w", t.Name, err)
		}
	}
	say("writing made-up cases in every stage")
	desk, err := watched(ctx, a, streets[0], people)
	if err != nil {
		return nil, fmt.Errorf("shifts of %s: %w", streets[0].Name, err)
	}
	for i, t := range streets {
		team, n := people, 120>>i
		if i >= busy {
			team, n = people.few(), 12+5*(i%3)
			if err := communities(ctx, a, t, team); err != nil {
				return nil, fmt.Errorf("communities of %s: %w", t.Name, err)
			}
		}
		if err := fill(ctx, a, t, team, n, desk); err != nil {
			return nil, fmt.Errorf("cases of %s: %w", t.Name, err)
		}
		desk = nil // the others keep no watch
	}
	if err := give(ctx, a, streets[0], people); err != nil {
		return nil, fmt.Errorf("what the grid worker of %s has to do: %w", streets[0].Name, err)
	}
	if err := plead(ctx, a, streets[0], people); err != nil {
		return nil, fmt.Errorf("what units of %s ask for: %w", streets[0].Name, err)
	}
	say("handing a made-up case up to the centre, and whistling for a made-up wall")
	if err := share(ctx, a, streets[0], people); err != nil {
		return nil, fmt.Errorf("what %s shares: %w", streets[0].Name, err)
	}
	say("giving platforms above a key, and letting one call")
	if err := call(ctx, a, streets[0], people); err != nil {
		return nil, fmt.Errorf("programs of %s: %w", streets[0].Name, err)
	}
	say("settling a made-up resident, with a matter at each stage")
	lives, err := settle(ctx, a, streets[0], people)
	if err != nil {
		return nil, fmt.Errorf("resident of %s: %w", streets[0].Name, err)
	}
	accounts = append(accounts, lives)
	if err := visited(ctx, a, streets[0], people); err != nil {
		return nil, fmt.Errorf("the vendor's visit to %s: %w", streets[0].Name, err)
	}
	wall, err := hang(ctx, a, streets[0], people)
	if err != nil {
		return nil, fmt.Errorf("hall screen of %s: %w", streets[0].Name, err)
	}
	accounts = append(accounts, wall)
	b, err := json.Marshal(memory{accounts})
	if err != nil {
		return nil, err
	}
	return accounts, os.WriteFile(file, b, 0o600)
}

// count enters made-up populations, of the size that streets of the district have.
func count(ctx context.Context, a *app.App) error {
	return a.DB.DistrictWrite(ctx, District, func(ctx context.Context, tx tenants.DistrictTx) error {
		var streets []int32
		if err := tx.Raw("SELECT tenant_id FROM tenants WHERE district = ? AND kind = 'street' ORDER BY tenant_id", District).Scan(ctx, &streets); err != nil {
			return err
		}
		figures := map[int32]int64{}
		for i, id := range streets {
			figures[id] = int64(58_000 + (i*37+11)%90*1_130)
		}
		return district.Enter(ctx, tx, tenants.System, "2025-12-31", "演示数据", figures)
	})
}

// renamed answers the remembered accounts under the address of today.
func renamed(a *app.App, b []byte) ([]config.Account, error) {
	var m memory
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("demo.json is damaged (%w): remove .local and start again", err)
	}
	for i, acc := range m.Accounts {
		u, err := url.Parse(acc.URL)
		if err != nil {
			return nil, fmt.Errorf("demo.json is damaged (%w): remove .local and start again", err)
		}
		m.Accounts[i].URL = a.Config.PublicURL + u.Path
	}
	return m.Accounts, nil
}

// open opens every street of the district, the first one first, and the centre.
func open(ctx context.Context, a *app.App) (streets []tenants.Tenant, centre tenants.Tenant, err error) {
	units := division.InDistrict(District)
	for pass := range 2 {
		for _, u := range units {
			if u.Placeholder() || (u.Code == first) != (pass == 0) {
				continue
			}
			slug := ""
			if u.Code == first {
				slug = "fengqiao"
			}
			t, _, err := app.OpenStreet(ctx, a.DB, app.StreetPlan{
				Code: u.Code, Blueprint: blueprint.Suited(u.Kind), Slug: slug, Demo: true,
				Branding: tenants.Branding{Welcome: u.Name + "欢迎您（演示数据）"},
			})
			if err != nil {
				return nil, centre, err
			}
			streets = append(streets, t)
		}
	}
	centre, _, err = app.OpenCentre(ctx, a.DB, District, "huqiu-centre", "", true)
	return streets, centre, err
}
