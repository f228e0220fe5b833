package app

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"wanjie/app/clock"
	"wanjie/migrations"
	"wanjie/tenants"
	"wanjie/tenants/blobs"
	"wanjie/tenants/keys"
)

// Finding is one thing the doctor looked at.
type Finding struct {
	Part    string `json:"part"`    // roles, fences, migrations, clock, keys, files, kratos, redis
	Subject string `json:"subject"` // placement or service
	Says    string `json:"says"`
	Bad     bool   `json:"bad"`
	Mend    string `json:"mend,omitempty"`
}

// farApart is how far a placement's clock may be from ours before deadlines become a matter of taste.
const farApart = 2 * time.Second

// Doctor looks at everything that must be right for the house to be safe, and says how to mend what
// is not. It changes nothing.
func (a *App) Doctor(ctx context.Context) []Finding {
	var d diagnosis
	for _, place := range a.DB.Placements() {
		d.place(ctx, a, place)
	}
	d.keys(ctx, a.DB.Keys())
	d.files(ctx, a.DB)
	if v, err := a.Keeper.Client.Version(ctx); err != nil {
		d.bad("kratos", a.Config.KratosAdmin, err.Error(), "Check KRATOS_PUBLIC_URL and KRATOS_ADMIN_URL, and that Kratos runs with the shipped configuration.")
	} else {
		d.good("kratos", a.Config.KratosAdmin, "version "+v)
	}
	d.redis(ctx, a)
	return d.found
}

type diagnosis struct{ found []Finding }

func (d *diagnosis) good(part, subject, says string) {
	d.found = append(d.found, Finding{Part: part, Subject: subject, Says: says})
}

func (d *diagnosis) bad(part, subject, says, mend string) {
	d.found = append(d.found, Finding{Part: part, Subject: subject, Says: says, Bad: true, Mend: mend})
}

func (d *diagnosis) place(ctx context.Context, a *App, place string) {
	d.roles(ctx, a.DB, place)
	switch open, err := a.DB.Fences(ctx, place); {
	case err != nil:
		d.bad("fences", place, err.Error(), "Run `wanjie migrate`.")
	case len(open) > 0:
		d.bad("fences", place, "tables without a whole fence: "+strings.Join(open, ", "), "As owner run SELECT fence('…') for each; find out who opened them.")
	default:
		d.good("fences", place, "every table is fenced, every policy is the fence's")
	}
	switch n, err := a.DB.Migration(ctx, place); {
	case err != nil:
		d.bad("migrations", place, err.Error(), "Run `wanjie migrate` with the owner's URL.")
	case n != migrations.Newest():
		d.bad("migrations", place, fmt.Sprintf("is at %d, this binary needs %d", n, migrations.Newest()), "Run `wanjie migrate` with the owner's URL, or use the binary of that version.")
	default:
		d.good("migrations", place, fmt.Sprintf("at %d, the newest", n))
	}
	before := clock.Now(ctx)
	at, err := a.DB.Clock(ctx, place)
	if err != nil {
		d.bad("clock", place, err.Error(), "Check the placement's address.")
		return
	}
	if off := at.Sub(before).Abs(); off > farApart {
		d.bad("clock", place, fmt.Sprintf("the database's clock is %v away from ours", off.Round(time.Millisecond)), "Run a time service (chrony, ntpd) on both machines.")
	} else {
		d.good("clock", place, "the database's clock agrees with ours")
	}
}

func (d *diagnosis) roles(ctx context.Context, db *tenants.DB, place string) {
	logins, err := db.Logins(ctx, place)
	if err != nil {
		d.bad("roles", place, err.Error(), "Check DATABASE_URL; run `wanjie migrate` with the owner's URL to make the five logins.")
		return
	}
	sound := true
	for _, l := range logins {
		for _, p := range []struct {
			is         bool
			says, mend string
		}{
			{l.Super, "is a superuser", "ALTER ROLE %s NOSUPERUSER;"},
			{l.Bypass, "bypasses row level security", "ALTER ROLE %s NOBYPASSRLS;"},
			{l.Inherits, "inherits its scope role's grants", "ALTER ROLE %s NOINHERIT;"},
			{l.OwnsTable, "owns tables", "REASSIGN OWNED BY %s TO wanjie_owner;"},
		} {
			if p.is {
				sound = false
				d.bad("roles", place, fmt.Sprintf("login %s of surface %s %s", l.Name, l.Surface, p.says), "As owner: "+fmt.Sprintf(p.mend, l.Name))
			}
		}
	}
	if sound {
		d.good("roles", place, "no surface logs in as superuser, owner, or past row level security")
	}
}

func (d *diagnosis) keys(ctx context.Context, service keys.Service) {
	const mend = "Check WANJIE_KEYS and that this process may read and write the key service."
	public, err := service.PublicKey(ctx)
	if err != nil {
		d.bad("keys", "key service", err.Error(), mend)
		return
	}
	digest := sha256.Sum256([]byte("doctor"))
	signature, err := service.Sign(ctx, digest[:])
	if err == nil {
		err = keys.Verify(public, digest[:], signature)
	}
	if err != nil {
		d.bad("keys", "key service", err.Error(), mend)
		return
	}
	d.good("keys", "key service", "signs, and the signature verifies")
}

func (d *diagnosis) redis(ctx context.Context, a *App) {
	if err := a.Redis.Ping(ctx).Err(); err != nil {
		d.bad("redis", "redis", err.Error(), "Check REDIS_URL.")
		return
	}
	policy, err := a.Redis.ConfigGet(ctx, "maxmemory-policy").Result()
	if p := policy["maxmemory-policy"]; err == nil && p != "" && p != "noeviction" {
		d.bad("redis", "redis", "maxmemory-policy is "+p+": running jobs could vanish", "CONFIG SET maxmemory-policy noeviction, and in its configuration file.")
		return
	}
	d.good("redis", "redis", "answers")
}

// files writes to the store, reads it again and takes it away: a folder that is full or a bucket whose keys may not.
func (d *diagnosis) files(ctx context.Context, db *tenants.DB) {
	const mend = "Check FILES_URL, that the folder may be written by this process or the bucket exists, and AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
	if err := blobs.Probe(ctx, db.Blobs(), db.Deployment()); err != nil {
		d.bad("files", db.Blobs().String(), err.Error(), mend)
		return
	}
	d.good("files", db.Blobs().String(), "written, read and removed")
}

// CheckRoles refuses to start on a login that the fence does not hold.
func (a *App) CheckRoles(ctx context.Context) error {
	var d diagnosis
	for _, place := range a.DB.Placements() {
		d.roles(ctx, a.DB, place)
	}
	for _, f := range d.found {
		if f.Bad {
			return fmt.Errorf("placement %s: %s. %s", f.Subject, f.Says, f.Mend)
		}
	}
	return nil
}
