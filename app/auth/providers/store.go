package providers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth/safe"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// Shelf holds the providers of all districts. Safe for concurrent use.
type Shelf struct {
	db     *tenants.DB
	safe   *safe.Safe
	plain  bool // issuers may be without TLS and on this machine: in development
	client *http.Client

	mu   sync.Mutex
	held map[string]found
}

// NewShelf makes a shelf over the deployment's database and its own key.
func NewShelf(db *tenants.DB, plain bool) *Shelf {
	return &Shelf{db: db, safe: safe.New(db), plain: plain, client: clientOf(plain), held: map[string]found{}}
}

type row struct {
	District                                    int32
	ID                                          uuid.UUID
	Title, Issuer, Client, Claim, Means, Strong string
	Secret                                      []byte
	Enabled                                     bool
	ChangedBy                                   int64
	ChangedAt                                   time.Time
	Tested                                      string
	TestedAt                                    sql.NullTime
}

const columns = "SELECT district, id, title, issuer, client, secret, claim, means, strong, enabled, changed_by, changed_at, tested, tested_at FROM ctl.providers "

func (r row) provider() Provider {
	return Provider{District: r.District, Title: r.Title, Issuer: r.Issuer, Client: r.Client, Claim: r.Claim, Means: Means(r.Means), Strong: r.Strong,
		Enabled: r.Enabled, ChangedBy: r.ChangedBy, ChangedAt: r.ChangedAt, Tested: Finding(r.Tested), TestedAt: r.TestedAt.Time}
}

// All lists the providers by district, without their secrets. Not inside another scope, as everything here.
func (s *Shelf) All(ctx context.Context) (out []Provider, err error) {
	var rows []row
	if err := s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		return tx.Raw(columns+"ORDER BY district").Scan(ctx, &rows)
	}); err != nil {
		return nil, fmt.Errorf("providers: %w", err)
	}
	for _, r := range rows {
		out = append(out, r.provider())
	}
	return out, nil
}

// Of is the provider of a district, without its secret; the zero Provider where there is none.
func (s *Shelf) Of(ctx context.Context, district int32) (Provider, error) {
	var r row
	err := s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		return tx.Raw(columns+"WHERE district = ?", district).Scan(ctx, &r)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Provider{}, nil
	}
	if err != nil {
		return Provider{}, fmt.Errorf("provider of district %d: %w", district, err)
	}
	return r.provider(), nil
}

// open is the provider of a district with its secret; None where there is none that works.
func (s *Shelf) open(ctx context.Context, district int32) (Provider, error) {
	box, err := s.safe.Box(ctx)
	if err != nil {
		return Provider{}, err
	}
	var r row
	err = s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		return tx.Raw(columns+"WHERE district = ? AND enabled", district).Scan(ctx, &r)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Provider{}, None()
	}
	if err != nil {
		return Provider{}, fmt.Errorf("provider of district %d: %w", district, err)
	}
	p := r.provider()
	p.Secret, err = box.Open(keys.Addr{Table: table, Column: secretColumn, ID: r.ID}, r.Secret)
	return p, err
}

// Save writes the provider of a district, and that somebody did; an empty secret stays what it was. Invalid, by field.
func (s *Shelf) Save(ctx context.Context, p Provider, by int64) error {
	box, err := s.safe.Box(ctx)
	if err != nil {
		return err
	}
	return s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		var was row
		err := tx.Raw(columns+"WHERE district = ? FOR UPDATE", p.District).Scan(ctx, &was)
		known := err == nil
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("provider of district %d: %w", p.District, err)
		}
		if err := p.check(s.plain, known); err != nil {
			return err
		}
		id := tenants.NewID()
		if known {
			id = was.ID
			if was.Issuer != p.Issuer && p.Secret == "" { // a secret goes to the issuer that it was made with, and to no other
				return fault.Field("secret", "更换签发者时，请同时填写客户端密钥")
			}
		}
		secret := was.Secret
		if p.Secret != "" {
			secret = box.Seal(keys.Addr{Table: table, Column: secretColumn, ID: id}, p.Secret)
		}
		_, err = tx.Raw(`INSERT INTO ctl.providers (district, id, title, issuer, client, secret, claim, means, strong, enabled, changed_by, changed_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (district) DO UPDATE SET title = excluded.title, issuer = excluded.issuer, client = excluded.client, secret = excluded.secret,
				claim = excluded.claim, means = excluded.means, strong = excluded.strong, enabled = excluded.enabled,
				changed_by = excluded.changed_by, changed_at = excluded.changed_at,
				tested = CASE WHEN providers.issuer = excluded.issuer THEN providers.tested ELSE '' END,
				tested_at = CASE WHEN providers.issuer = excluded.issuer THEN providers.tested_at END`,
			p.District, id, p.Title, p.Issuer, p.Client, secret, p.Claim, string(p.Means), p.Strong, p.Enabled, by, clock.Now(ctx)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("write provider of district %d: %w", p.District, err)
		}
		_, err = tx.Raw("INSERT INTO ctl.upper_acts (id, at, kind, actor, scope, district, role) VALUES (?, ?, 'provider', ?, 'district', ?, '')",
			tenants.NewID(), clock.Now(ctx), by, p.District).Exec(ctx)
		if err != nil {
			return fmt.Errorf("record a change of the provider of district %d: %w", p.District, err)
		}
		return nil
	})
}

// Know writes under which number a district's provider knows a person. A number leads to one person for ever: fault.Conflict
// where it is another's already, so that nobody's account is reached by a number that somebody else was given.
func (s *Shelf) Know(ctx context.Context, district int32, number string, person int64) error {
	box, err := s.safe.Box(ctx)
	if err != nil {
		return err
	}
	return s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		res, err := tx.Raw(`INSERT INTO ctl.staff_numbers (district, blind, person, made_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (district, blind) DO UPDATE SET made_at = staff_numbers.made_at WHERE staff_numbers.person = excluded.person`,
			district, blind(box, district, number), person, clock.Now(ctx)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("staff number: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fault.New(fault.Conflict, "该工号已登记给其他人员，请核对"))
		}
		return nil
	})
}

func blind(box *keys.Box, district int32, number string) []byte {
	return box.Blind("staff_number", fmt.Sprintf("%d/%s", district, number))
}

// Numbered is the person with a staff number of a district; fault.NotFound for nobody.
func (s *Shelf) Numbered(ctx context.Context, district int32, number string) (person int64, err error) {
	box, err := s.safe.Box(ctx)
	if err != nil {
		return 0, err
	}
	err = s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		return tx.Raw("SELECT person FROM ctl.staff_numbers WHERE district = ? AND blind = ?", district, blind(box, district, number)).Scan(ctx, &person)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fault.New(fault.NotFound, "没有此人员")
	}
	if err != nil {
		return 0, fmt.Errorf("person with a staff number: %w", err)
	}
	return person, nil
}

// Opened writes down that the district's provider opened a session, and whether two factors were shown to it.
func (s *Shelf) Opened(ctx context.Context, session uuid.UUID, person int64, shown Shown) error {
	return s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		_, err := tx.Raw("INSERT INTO ctl.district_sessions (session, person, district, at) VALUES (?, ?, ?, ?)", session, person, shown.District, clock.Now(ctx)).Exec(ctx)
		if err == nil && shown.Strong {
			_, err = tx.Raw("INSERT INTO ctl.vouched (session, person, at) VALUES (?, ?, ?)", session, person, clock.Now(ctx)).Exec(ctx)
		}
		if err != nil {
			return fmt.Errorf("session of a district's provider: %w", err)
		}
		return nil
	})
}

// kept is for how long it is known who opened a session and vouched for it: no session lives longer.
const kept = 7 * 24 * time.Hour

// Purge forgets who opened sessions that are over.
func Purge(ctx context.Context, tx tenants.SystemTx) error {
	for _, table := range []string{"ctl.vouched", "ctl.district_sessions"} {
		if _, err := tx.Raw("DELETE FROM ? WHERE at < ?", bun.Safe(table), clock.Now(ctx).Add(-kept)).Exec(ctx); err != nil {
			return fmt.Errorf("purge sessions of providers: %w", err)
		}
	}
	return nil
}

// Columns is this package's part of the column catalogue.
var Columns = []keys.Columns{
	{Table: table, Plain: []string{"district", "id", "title", "issuer", "client", "claim", "means", "strong", "enabled", "changed_by", "changed_at", "tested", "tested_at"}, Sealed: []string{secretColumn}},
	{Table: "ctl.staff_numbers", Plain: []string{"district", "person", "made_at"}, Blind: []string{"blind"}},
	{Table: "ctl.vouched", Plain: []string{"session", "person", "at"}},
	{Table: "ctl.district_sessions", Plain: []string{"session", "person", "district", "at"}},
}
