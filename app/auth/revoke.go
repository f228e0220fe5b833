package auth

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"wanjie/app/auth/access"
	"wanjie/app/fault"
	"wanjie/tenants"
)

// Channel is where ended sessions are called out: "identity:<uuid>", "session:<Kratos's number>" or
// "key:<hex of a session's key>". Whoever hears it drops what it holds.
const Channel = "wj:revoke"

func errNobody() error { return fault.New(fault.NotFound, "没有此人员") }

// Run listens for ended sessions until ctx ends. While Redis is away nothing is heard, so whenever the
// line is (again) up everything held is dropped.
func (k *Keeper) Run(ctx context.Context) error {
	if k.redis == nil {
		<-ctx.Done()
		return nil
	}
	sub := k.redis.Subscribe(ctx, Channel)
	defer func() { _ = sub.Close() }()
	heard := sub.ChannelWithSubscriptions(redis.WithChannelHealthCheckInterval(3 * time.Second))
	for {
		select {
		case <-ctx.Done():
			return nil
		case m, ok := <-heard:
			if !ok {
				return nil
			}
			switch m := m.(type) {
			case *redis.Subscription:
				k.forget(func(Key, Session) bool { return true })
			case *redis.Message:
				k.hear(m.Payload)
			}
		}
	}
}

// hear drops what a call names.
func (k *Keeper) hear(call string) {
	what, name, _ := strings.Cut(call, ":")
	switch what {
	case "identity":
		if id, err := uuid.Parse(name); err == nil {
			k.forget(func(_ Key, s Session) bool { return s.Identity == id })
		}
	case "session":
		k.forget(func(_ Key, s Session) bool { return s.ID == name })
	case "key":
		k.forget(func(key Key, _ Session) bool { return hex.EncodeToString(key[:]) == name })
	}
}

// call drops here and tells the others. Redis being away is logged and no failure: the times of
// this package's memory hold then.
func (k *Keeper) call(ctx context.Context, what string) {
	k.hear(what)
	if k.redis == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := k.redis.Publish(ctx, Channel, what).Err(); err != nil {
		k.log.WarnContext(ctx, "ended session not called out; other processes keep it for seconds", "error", err)
	}
}

// Changed makes every process read the session of token anew: after a second factor or sign-out.
func (k *Keeper) Changed(ctx context.Context, token string) {
	key := KeyOf(token)
	k.call(ctx, "key:"+hex.EncodeToString(key[:]))
}

// Order is an administrator's word about somebody's account, as the door's record keeps it.
type Order struct {
	By      int64 // who gives it; 0: the product itself
	Reason  string
	Address string // where they gave it from
}

func (o Order) event(kind access.Kind, person int64) access.Event {
	return access.Event{Kind: kind, Person: person, By: o.By, Reason: o.Reason, Address: o.Address}
}

// Revoke ends every session of a person at once, everywhere. It holds from the moment that
// PostgreSQL has it, even when Kratos then fails; that failure is returned, and repeating is safe.
func (k *Keeper) Revoke(ctx context.Context, person int64, o Order) error {
	identity, err := k.mark(ctx, "ended_at = clock_timestamp()", o.event(access.Revoked, person))
	if err != nil {
		return err
	}
	return k.Client.Revoke(ctx, identity)
}

// Disable switches a person off: no session, no new one, in no tenant. Their grants stay, for the
// day they are switched on again. As Revoke, it holds even when Kratos then fails. The last security
// administrator of the vendor is fault.Conflict.
func (k *Keeper) Disable(ctx context.Context, person int64, o Order) error {
	identity, err := k.mark(ctx, "active = false, ended_at = clock_timestamp()", o.event(access.Disabled, person))
	if err != nil {
		return err
	}
	return k.Client.Disable(ctx, identity)
}

// Enable lets a person sign in again.
func (k *Keeper) Enable(ctx context.Context, person int64, o Order) error {
	identity, err := k.IdentityOf(ctx, person)
	if err != nil {
		return err
	}
	if err := k.Client.Enable(ctx, identity); err != nil {
		return err
	}
	_, err = k.mark(ctx, "active = true", o.event(access.Enabled, person))
	return err
}

// DropFactor takes a person's second factor away, for somebody who lost their phone, and ends their
// sessions. Whoever must have one sets up a new one at the next sign-in.
func (k *Keeper) DropFactor(ctx context.Context, person int64, o Order) error {
	identity, err := k.IdentityOf(ctx, person)
	if err != nil {
		return err
	}
	if err := k.Client.DropFactor(ctx, identity); err != nil {
		return err
	}
	if _, err := k.mark(ctx, "second_factor = false, ended_at = clock_timestamp()", o.event(access.Dropped, person)); err != nil {
		return err
	}
	return k.Client.Revoke(ctx, identity)
}

// enrolled notes that a person has a second factor from now on.
func (k *Keeper) enrolled(ctx context.Context, person int64) error {
	return k.DB.Gateway(ctx, tenants.Home, func(ctx context.Context, tx tenants.GatewayTx) error {
		_, err := tx.Raw("UPDATE ctl.people SET second_factor = true WHERE person = ? AND NOT second_factor", person).Exec(ctx)
		return err
	})
}

// mark changes the row of the event's person, raises the epoch and records the event, all or nothing,
// and calls it out. set is one of this file's texts.
func (k *Keeper) mark(ctx context.Context, set string, e access.Event) (identity uuid.UUID, err error) {
	entry, err := k.Door.Seal(ctx, e)
	if err != nil {
		return uuid.Nil, err
	}
	err = k.DB.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		if err := keepsOfficer(ctx, tx, e.Kind != access.Disabled || e.By == 0, e.Person); err != nil {
			return err
		}
		if err := tx.Raw("UPDATE ctl.people SET epoch = epoch + 1, "+set+" WHERE person = ? RETURNING identity", e.Person).Scan(ctx, &identity); err != nil {
			return err
		}
		return entry.Write(ctx, tx)
	})
	if errors.Is(err, errNoRows) {
		return uuid.Nil, errNobody()
	}
	if err != nil {
		return uuid.Nil, fmt.Errorf("end sessions of person %d: %w", e.Person, err)
	}
	k.call(ctx, "identity:"+identity.String())
	return identity, nil
}

// EndOthers ends every session of the person but the one of token: after a new password.
func (k *Keeper) EndOthers(ctx context.Context, token string, s Session) error {
	if err := k.Client.EndOthers(ctx, token); err != nil {
		return err
	}
	k.call(ctx, "identity:"+s.Identity.String())
	return nil
}
