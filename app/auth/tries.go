package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/netip"
	"time"

	"github.com/redis/go-redis/v9"
)

// Limit is how often something may be tried within a time; the time begins with the first try.
type Limit struct {
	Name string
	Max  int
	Per  time.Duration
}

// The limits of sign-in. Those by account lock it against guessing (等保 asks for it); those by
// address are wide, because a whole office may share one.
var (
	PasswordByAccount = Limit{"password-account", 5, 15 * time.Minute}
	PasswordByAddress = Limit{"password-address", 100, 15 * time.Minute}
	CodeByAccount     = Limit{"code-account", 5, 15 * time.Minute}
	CodeByAddress     = Limit{"code-address", 100, 15 * time.Minute}
	SendAgain         = Limit{"send-again", 1, time.Minute}
	SendByAccount     = Limit{"send-account", 10, 24 * time.Hour}
	SendByAddress     = Limit{"send-address", 60, time.Hour}
	FactorByPerson    = Limit{"factor-person", 5, 15 * time.Minute}
)

// Tries counts attempts in Redis. When Redis is away it counts nothing and lets everybody try:
// Kratos still checks, and its codes have five tries of their own.
type Tries struct {
	Redis redis.UniversalClient
	Log   *slog.Logger
}

// redisWithin bounds each word with Redis: signing in does not wait long for one that is away.
const redisWithin = 200 * time.Millisecond

// try counts up and says how long the count still lives, in one round trip.
var try = redis.NewScript(`local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {n, redis.call('PTTL', KEYS[1])}`)

// Take counts one try by whom; ok is false when there were too many, and wait says how long until
// the next. It counts before the try, so that parallel ones count too; a success gives it back with
// Clear.
func (t *Tries) Take(ctx context.Context, l Limit, whom string) (wait time.Duration, ok bool) {
	if t == nil || t.Redis == nil {
		return 0, true
	}
	ctx, cancel := context.WithTimeout(ctx, redisWithin)
	defer cancel()
	got, err := try.Run(ctx, t.Redis, []string{l.key(whom)}, l.Per.Milliseconds()).Int64Slice()
	if err != nil || len(got) != 2 {
		t.warn(ctx, err)
		return 0, true
	}
	if got[0] > int64(l.Max) {
		return max(time.Duration(got[1])*time.Millisecond, time.Second), false
	}
	return 0, true
}

// Clear forgets the tries by whom.
func (t *Tries) Clear(ctx context.Context, l Limit, whom string) {
	if t == nil || t.Redis == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, redisWithin)
	defer cancel()
	if err := t.Redis.Del(ctx, l.key(whom)).Err(); err != nil {
		t.warn(ctx, err)
	}
}

func (t *Tries) warn(ctx context.Context, err error) {
	log := t.Log
	if log == nil {
		log = slog.Default()
	}
	log.WarnContext(ctx, "sign-in tries are not counted: Redis does not answer", "error", err)
}

// key holds no phone number or address in clear.
func (l Limit) key(whom string) string {
	sum := sha256.Sum256([]byte(whom))
	return "wj:tries:" + l.Name + ":" + hex.EncodeToString(sum[:12])
}

// network is what counts as one address: all of IPv4's, the /64 of IPv6's, which one household gets.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	a = a.Unmap()
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.Masked().String()
		}
	}
	return a.String()
}

// Back gives one try back: what is counted by address are failures only.
func (t *Tries) Back(ctx context.Context, l Limit, whom string) {
	if t == nil || t.Redis == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, redisWithin)
	defer cancel()
	if err := back.Run(ctx, t.Redis, []string{l.key(whom)}).Err(); err != nil {
		t.warn(ctx, err)
	}
}

var back = redis.NewScript(`if redis.call('EXISTS', KEYS[1]) == 1 then return redis.call('DECR', KEYS[1]) end return 0`)
