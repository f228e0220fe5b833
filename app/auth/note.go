package auth

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth/access"
	"wanjie/app/auth/providers"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/tenants"
)

// noteWithin bounds writing down one event, in place of the browser's patience: who leaves early is
// written down all the same.
const noteWithin = 5 * time.Second

// noteLocked is how often an address that is locked out is written down: its tries before are.
var noteLocked = Limit{"note-locked", 1, 15 * time.Minute}

// note writes an event down. A sign-in that cannot be written down does not happen.
func (p *Pages) note(r *http.Request, e access.Event) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), noteWithin)
	defer cancel()
	e.Address = p.from(r)
	if err := p.Keeper.Door.Write(ctx, e); err != nil {
		return fault.New(fault.Unavailable, "登录服务暂时不可用，请稍后重试").Because(err)
	}
	return nil
}

// of is an event of somebody who is signed in.
func of(kind access.Kind, s Session, via string) access.Event {
	e := access.Event{Kind: kind, Person: s.Person, Via: via}
	e.Session, _ = uuid.Parse(s.ID)
	return e
}

// noteRefused writes down why e was refused, when somebody was: what is unavailable refuses nobody.
func (p *Pages) noteRefused(r *http.Request, e access.Event, why error) {
	if e.Ground = groundOf(why); e.Ground == "" || e.Person == 0 && e.Account == "" && e.Via != "code" && e.Via != "district" {
		return
	}
	if e.Ground == "locked" {
		if _, first := p.Tries.Take(r.Context(), noteLocked, p.address(r)); !first {
			return
		}
	}
	if err := p.note(r, e); err != nil {
		p.log().ErrorContext(r.Context(), "a refusal at the door is not recorded", "kind", e.Kind, "error", err)
	}
}

// groundOf is why somebody was refused, in the record's words; "" when nobody was.
func groundOf(err error) string {
	switch {
	case errors.Is(err, ErrPassword), errors.Is(err, ErrCode):
		return "wrong"
	case errors.Is(err, errStranger), errors.Is(err, providers.ErrDeclined), errors.Is(err, providers.ErrWord):
		return "stranger"
	case errors.Is(err, providers.ErrWay):
		return "expired"
	case errors.Is(err, ErrDisabled):
		return "disabled"
	case errors.Is(err, ErrExpired):
		return "expired"
	case fault.Is(err, fault.TooMany):
		return "locked"
	}
	return ""
}

// Share is the job that shows the door's record to the tenants of its people.
func (k *Keeper) Share() jobs.Kind {
	return k.Door.Share(access.Found{
		Person: func(ctx context.Context, account string) (int64, error) {
			person, err := k.PersonOf(ctx, account)
			if fault.Is(err, fault.NotFound) {
				return 0, nil
			}
			return person, err
		},
		Tenants: func(ctx context.Context, person int64) (ids []tenants.ID, err error) {
			places, err := k.Places(ctx, person)
			for _, p := range places {
				ids = append(ids, p.Tenant)
			}
			return ids, err
		},
	})
}
