package auth

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth/access"
	"wanjie/app/clock"
	"wanjie/app/fault"
)

// ResidentDoor signs residents in by a code to their telephone. Whoever asks for one gets an identity, so that nobody
// learns which numbers were here before; which street knows the person is that street's own business.
type ResidentDoor struct {
	Keeper *Keeper
	Tries  *Tries
	From   func(*http.Request) string // the browser's address, behind the proxies that are believed
	Log    *slog.Logger
}

// residentSend is how long asking for a resident's code takes, at least: whether the number is new shows in nothing.
const residentSend = 700 * time.Millisecond

// ErrStaff is what a member of staff hears who has just proved that the number is theirs.
var ErrStaff = fault.New(fault.Conflict, "该号码是工作人员账号，请使用其他号码，或拨打服务电话反映")

// Send has a code sent to a resident and answers the flow in which it counts. Faults: Invalid for a number that is none,
// TooMany.
func (d *ResidentDoor) Send(ctx context.Context, r *http.Request, phone string) (flow string, err error) {
	begun := clock.Now(ctx)
	phone = Identifier(phone)
	if !IsPhone(phone) {
		return "", fault.Field("phone", "手机号码不正确")
	}
	if err := d.take(r, map[Limit]string{SendAgain: phone, SendByAccount: phone, SendByAddress: network(d.From(r))}); err != nil {
		return "", err
	}
	// A number of the staff's is not told from others here: its owner learns it with the code in hand.
	if _, _, err := d.Keeper.Client.CreateResident(ctx, phone); err != nil && !fault.Is(err, fault.Conflict) {
		return "", err
	}
	if flow, err = d.Keeper.Client.SendCode(ctx, phone); err != nil {
		return "", err
	}
	until(ctx, begun, residentSend)
	return flow, nil
}

// Enter signs a resident in with the code. ErrCode, ErrExpired, ErrStaff, TooMany. A sign-in that cannot be written down
// does not happen.
func (d *ResidentDoor) Enter(ctx context.Context, r *http.Request, flow, phone, code string) (Ticket, error) {
	phone = Identifier(phone)
	address := network(d.From(r))
	if err := d.take(r, map[Limit]string{CodeByAccount: phone, CodeByAddress: address}); err != nil {
		return Ticket{}, err
	}
	t, err := d.Keeper.Client.LoginCode(ctx, flow, phone, code)
	if err != nil {
		_ = d.note(r, access.Event{Kind: access.LoginRefused, Via: "sms", Account: phone, Ground: groundOf(err)}) // it is logged, and nobody came in
		return Ticket{}, err
	}
	d.Tries.Clear(ctx, CodeByAccount, phone)
	d.Tries.Back(ctx, CodeByAddress, address)
	if t.Session.Kind != Resident {
		d.Leave(ctx, t.Token)
		return Ticket{}, ErrStaff
	}
	if t.Session, err = d.Keeper.known(ctx, t.Session); err == nil {
		err = d.note(r, of(access.Login, t.Session, "sms"))
	}
	if err != nil {
		d.Leave(ctx, t.Token) // nobody has the token
		if fault.Is(err, fault.Unsigned) {
			err = ErrDisabled
		}
		return Ticket{}, err
	}
	return t, nil
}

// Visit is who holds a token at the residents' door; Unsigned for members of staff too.
func (d *ResidentDoor) Visit(ctx context.Context, token string) (Session, error) {
	s, err := d.Keeper.Session(ctx, token)
	if err == nil && s.Kind != Resident {
		err = errUnsigned()
	}
	return s, err
}

// Leave ends a session. One that cannot be ended now ends by itself.
func (d *ResidentDoor) Leave(ctx context.Context, token string) {
	if !plausible(token) {
		return
	}
	if err := d.Keeper.Client.Logout(ctx, token); err != nil {
		d.Log.WarnContext(ctx, "a resident's session is not ended", "error", err)
	}
	d.Keeper.Changed(ctx, token)
}

// Take counts something that a resident does too often at most; TooMany beyond.
func (d *ResidentDoor) Take(r *http.Request, l Limit, whom string) error {
	return d.take(r, map[Limit]string{l: whom})
}

// ByAddress is what counts as one address for a limit.
func (d *ResidentDoor) ByAddress(r *http.Request) string { return network(d.From(r)) }

func (d *ResidentDoor) take(r *http.Request, limits map[Limit]string) error {
	var longest time.Duration
	for l, whom := range limits {
		if wait, ok := d.Tries.Take(r.Context(), l, whom); !ok {
			longest = max(longest, wait)
		}
	}
	if longest == 0 {
		return nil
	}
	return fault.New(fault.TooMany, "尝试次数过多，请%d分钟后再试", int((longest+time.Minute-1)/time.Minute))
}

func (d *ResidentDoor) note(r *http.Request, e access.Event) error {
	if e.Kind == access.LoginRefused && e.Ground == "" {
		return nil // the service was away: nobody was refused
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), noteWithin)
	defer cancel()
	e.Address = d.From(r)
	if err := d.Keeper.Door.Write(ctx, e); err != nil {
		d.Log.ErrorContext(ctx, "a sign-in of a resident is not recorded", "kind", e.Kind, "error", err)
		return fault.New(fault.Unavailable, "登录服务暂时不可用，请稍后重试").Because(err)
	}
	return nil
}

// Forget deletes a resident's identity and ends all of its sessions, when no street knows the person any more. It may be
// repeated.
func (k *Keeper) Forget(ctx context.Context, person int64) error {
	identity, err := k.IdentityOf(ctx, person)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := k.mark(ctx, "active = false, ended_at = clock_timestamp()", Order{Reason: "resident"}.event(access.Revoked, person)); err != nil {
		return err
	}
	return k.Client.Delete(ctx, identity)
}

// Delete removes an identity from the sign-in service. One that is gone is no error.
func (c *Client) Delete(ctx context.Context, identity uuid.UUID) error {
	res, err := c.admin.IdentityAPI.DeleteIdentity(ctx, identity.String()).Execute() //nolint:bodyclose // the client library has closed it
	err = asked("delete identity", res, err)
	if r := says(err); r != nil && r.status == http.StatusNotFound {
		return nil
	}
	return err
}
