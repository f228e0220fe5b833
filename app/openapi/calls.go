package openapi

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth/access"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/tenants"
)

// Call is one call of a program, as it is kept.
type Call struct {
	bun.BaseModel `bun:"table:api_calls,alias:a"`

	ID      uuid.UUID `bun:",pk,type:uuid"`
	KeyID   uuid.UUID `bun:"type:uuid"`
	At      time.Time
	Route   string // method and pattern
	Number  string // of the order above
	Status  int16
	Ground  string // a Ground, or the fields that were wrong
	N       int    // how many replies it fetched
	Network string
}

// longNumber is the longest number that is kept of a call, whatever the program wrote.
const longNumber = 60

// Note writes a call down, by the wiring of web.Programs.
func (d *Door) Note(ctx context.Context, tx tenants.Tx, r *web.Request, status int, err error) error {
	c := r.Caller
	row := &Call{
		ID: tenants.NewID(), KeyID: c.Key, At: clock.Now(ctx), Route: r.Pattern, Number: short(c.Number), Status: int16(status), //nolint:gosec // three digits
		Ground: groundOf(err), N: c.Count, Network: access.Network(c.Address),
	}
	if _, err := tx.Insert(row).Exec(ctx); err != nil {
		return fmt.Errorf("write down a call: %w", err)
	}
	return nil
}

func short(number string) string {
	number = strings.Map(func(r rune) rune {
		if r < ' ' || r == utf8.RuneError {
			return -1
		}
		return r
	}, number)
	if utf8.RuneCountInString(number) > longNumber {
		number = string([]rune(number)[:longNumber])
	}
	return number
}

// groundOf is why a call was refused, in words of ours: never in the program's, which may tell who somebody is.
func groundOf(err error) string {
	var r refusal
	if errors.As(err, &r) {
		return string(r.ground)
	}
	if f := fault.Of(err); f != nil {
		return strings.Join(slices.Sorted(maps.Keys(f.Fields)), ",")
	}
	return ""
}

// Filter narrows the record of calls. Zero fields ask for everything.
type Filter struct {
	Key      uuid.UUID
	Ended    Ended
	Number   string // the whole number
	From, To time.Time
}

// Ended is how calls ended, for the filter.
type Ended string

// The ends.
const (
	Good    Ended = "good"
	Wrong   Ended = "wrong"   // 404, 409, 422
	Refused Ended = "refused" // 401, 403, 429
	Failed  Ended = "failed"  // ours
)

var within = map[Ended]string{
	Good: "a.status < 400", Wrong: "a.status IN (404, 409, 422)", Refused: "a.status IN (401, 403, 429)", Failed: "a.status >= 500",
}

// EndOf says how a call with this status ended.
func EndOf(status int16) Ended {
	switch {
	case status < http.StatusBadRequest:
		return Good
	case status >= http.StatusInternalServerError:
		return Failed
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusTooManyRequests:
		return Refused
	}
	return Wrong
}

// Countable is how far calls are counted.
const Countable = 1000

// List is a page of calls, the newest first.
type List struct {
	Calls []Call
	Total int
	More  bool // counting stopped at Total
}

// Calls reads rows skip+1 to skip+size of the record.
func Calls(ctx context.Context, tx tenants.Tx, f Filter, skip, size int64) (l List, err error) {
	ask := func(model any) *bun.SelectQuery {
		q := tx.Select(model)
		if f.Key != uuid.Nil {
			q = q.Where("a.key_id = ?", f.Key)
		}
		if w, ok := within[f.Ended]; ok {
			q = q.Where(w)
		}
		if f.Number != "" {
			q = q.Where("a.number = ?", f.Number)
		}
		if !f.From.IsZero() {
			q = q.Where("a.at >= ?", f.From)
		}
		if !f.To.IsZero() {
			q = q.Where("a.at < ?", f.To)
		}
		return q
	}
	if err := ask(&l.Calls).OrderExpr("a.at DESC, a.id DESC").Offset(skip).Limit(size).Scan(ctx); err != nil {
		return l, fmt.Errorf("calls: %w", err)
	}
	counted := ask((*Call)(nil)).ColumnExpr("1").Limit(Countable + 1)
	if err := tx.Raw("SELECT count(*) FROM (?) n", counted).Scan(ctx, &l.Total); err != nil {
		return l, fmt.Errorf("count calls: %w", err)
	}
	if l.Total > Countable {
		l.Total, l.More = Countable, true
	}
	return l, nil
}

// Purge deletes calls older than the record of the door is kept, at one placement.
func Purge(ctx context.Context, tx tenants.SystemTx) error {
	if _, err := tx.Raw("DELETE FROM api_calls WHERE at < ?", clock.Now(ctx).Add(-access.Kept)).Exec(ctx); err != nil {
		return fmt.Errorf("delete old calls: %w", err)
	}
	return nil
}
