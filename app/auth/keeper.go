package auth

import (
	"cmp"
	"context"
	"encoding/hex"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/singleflight"

	"wanjie/app/auth/access"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
)

// How long a session is believed without asking Kratos again, when no word of its end arrives: the
// bound for revocations made outside the product, or while Redis is away.
const (
	staffTTL    = 10 * time.Second
	residentTTL = 30 * time.Second
	refusalTTL  = time.Second
)

// How much is remembered: about 300 bytes each.
const (
	heldSessions = 50_000
	heldRefusals = 10_000
)

// askTimeout bounds one question to Kratos and PostgreSQL, in place of the callers' own deadlines.
const askTimeout = 5 * time.Second

// Keeper turns cookies into sessions and hears when they end. Make one per process with NewKeeper,
// and let Run listen.
type Keeper struct {
	Client *Client
	DB     *tenants.DB
	Door   *access.Book // who came in, who was refused, whose sessions were ended
	redis  redis.UniversalClient
	log    *slog.Logger

	// Ended hears, after what is held has been dropped, which sessions have to be asked about anew: for whatever
	// lasts longer than a request. Set it before Run.
	Ended func(gone func(Key, Session) bool)

	sessions *cache
	refusals *cache
	asking   singleflight.Group
}

// NewKeeper makes a keeper. redis may be nil in a process that need not hear of ended sessions at
// once; then only the times above hold.
func NewKeeper(client *Client, db *tenants.DB, rdb redis.UniversalClient, log *slog.Logger) *Keeper {
	if log == nil {
		log = slog.Default()
	}
	return &Keeper{Client: client, DB: db, Door: access.NewBook(db), redis: rdb, log: log, sessions: newCache(heldSessions), refusals: newCache(heldRefusals)}
}

// Session answers who holds token. Faults: Unsigned for nobody (also an ended session or a person
// switched off), Unavailable when Kratos or PostgreSQL cannot be asked: then nobody is signed in.
func (k *Keeper) Session(ctx context.Context, token string) (Session, error) {
	if !plausible(token) {
		return Session{}, errUnsigned()
	}
	key, now := KeyOf(token), clock.Now(ctx)
	if s, ok := k.sessions.get(key, now); ok {
		return s, nil
	}
	if _, ok := k.refusals.get(key, now); ok {
		return Session{}, errUnsigned()
	}
	return k.ask(ctx, token, key)
}

// Fresh is Session past the memory: for money, grants, exports, and before somebody is sent to show a
// factor that they may have shown a moment ago.
func (k *Keeper) Fresh(ctx context.Context, token string) (Session, error) {
	if !plausible(token) {
		return Session{}, errUnsigned()
	}
	key := KeyOf(token)
	k.forget(func(held Key, _ Session) bool { return held == key })
	k.asking.Forget(hex.EncodeToString(key[:])) // a question under way may have had its answer already
	return k.ask(ctx, token, key)
}

// plausible spares Kratos what cannot be a token.
func plausible(token string) bool { return len(token) >= 16 && len(token) <= 256 }

// ask lets many callers with one token wait for one question. The question outlives its first
// caller, for the sake of the others.
func (k *Keeper) ask(ctx context.Context, token string, key Key) (Session, error) {
	shared := context.WithoutCancel(ctx)
	answer := k.asking.DoChan(hex.EncodeToString(key[:]), func() (any, error) {
		ctx, cancel := context.WithTimeout(shared, askTimeout)
		defer cancel()
		return k.load(ctx, token, key, 2)
	})
	select {
	case <-ctx.Done():
		return Session{}, ctx.Err()
	case got := <-answer:
		if got.Err != nil {
			return Session{}, got.Err
		}
		return got.Val.(Session), nil
	}
}

func (k *Keeper) load(ctx context.Context, token string, key Key, again int) (Session, error) {
	since, positive, negative := clock.Now(ctx), k.sessions.at(), k.refusals.at()
	s, err := k.Client.Whoami(ctx, token)
	if err == nil {
		s, err = k.known(ctx, s)
	}
	if err == nil && again > 0 && k.sessions.at() != positive {
		return k.load(ctx, token, key, again-1) // something ended while we asked; it may be this
	}
	switch {
	case fault.Is(err, fault.Unsigned):
		k.refusals.put(key, Session{}, since.Add(refusalTTL), negative)
		return Session{}, err
	case err != nil:
		if fault.Of(err) == nil {
			err = fault.New(fault.Unavailable, "登录服务暂时不可用，请稍后重试").Because(err)
		}
		return Session{}, err
	}
	ttl := staffTTL
	if s.Kind == Resident {
		ttl = residentTTL
	}
	until := since.Add(ttl)
	if s.ExpiresAt.Before(until) {
		until = s.ExpiresAt
	}
	k.sessions.put(key, s, until, positive)
	return s, nil
}

// known adds our own knowledge of the person to a session of Kratos, and refuses one that ended here. One that a district's
// provider opened ends when its person is given anything elsewhere, or works there no more.
func (k *Keeper) known(ctx context.Context, s Session) (Session, error) {
	p, err := k.person(ctx, s.Identity, s.Kind)
	if err != nil {
		return Session{}, err
	}
	if !p.Active || s.IssuedAt.Before(p.EndedAt) {
		return Session{}, errUnsigned()
	}
	s.Person, s.Epoch, s.Enrolled = p.Person, p.Epoch, p.SecondFactor
	if s.Kind != Employee {
		return s, nil
	}
	district, strong, err := k.byProvider(ctx, s)
	if err != nil {
		return Session{}, err
	}
	if district != 0 {
		if here, err := k.worksIn(ctx, s.Person, district); err != nil || !here {
			return Session{}, cmp.Or(err, errUnsigned())
		}
	}
	if s.AAL < 2 && strong {
		s.AAL, s.Vouched = 2, true
	}
	return s, nil
}

func (k *Keeper) forget(gone func(Key, Session) bool) {
	k.sessions.forget(gone)
	k.refusals.forget(gone)
	if k.Ended != nil {
		k.Ended(gone)
	}
}
