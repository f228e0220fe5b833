package lists

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Job is the name of the job that invites one person of a list.
const Job = "people.invite_listed"

// tries is after how many failures a person is given up: about an hour.
const tries = 7

// errand is the payload of Job; it holds nothing personal.
type errand struct{ List, Row uuid.UUID }

// Ways are what the job needs of the rest of the product. Each may be repeated.
type Ways struct {
	// Find is our number of whoever has a telephone; fault.NotFound for nobody.
	Find func(ctx context.Context, phone string) (person int64, err error)
	// Invite makes or finds an account and sends the message, once for a request.
	Invite func(ctx context.Context, at tenants.ID, name, phone string, request uuid.UUID) (person int64, err error)
	// Employ makes a person a member of the tenant with these roles.
	Employ func(ctx context.Context, at tenants.ID, person int64, name, phone string, gives ...auth.Give) error
	// Know tells the district's sign-in under which number it knows a person.
	Know func(ctx context.Context, district int32, number string, person int64) error
}

// Kind is the job that invites one person of a list.
func Kind(w Ways) jobs.Kind {
	return jobs.Kind{Name: Job, MaxAttempts: tries, Outside: func(ctx context.Context, env jobs.Env, payload json.RawMessage) error {
		var e errand
		if err := json.Unmarshal(payload, &e); err != nil {
			return fmt.Errorf("person on a list: %w", err)
		}
		return w.carry(ctx, env, e)
	}}
}

func (w Ways) carry(ctx context.Context, env jobs.Env, e errand) error {
	var row Row
	var district int32
	if err := env.DB.Read(ctx, env.Tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		district = tx.Tenant().District
		rows, err := read(ctx, tx, "list = ? AND id = ?", e.List, e.Row)
		if err == nil && len(rows) == 1 {
			row = rows[0]
		}
		return err
	}); err != nil {
		return err
	}
	if row.State != Waiting {
		return nil // done by a try before
	}
	state, said, err := w.person(ctx, env, district, row.Person)
	switch f := fault.Of(err); {
	case err == nil:
	case f != nil && f.Kind != fault.Unavailable && f.Kind != fault.TooMany: // trying again mends nothing
		state, said, err = Failed, f.Say, nil
	case env.Attempt >= tries:
		state, said = Failed, ui.Key("多次尝试没有成功，请稍后重新邀请")
	default:
		return err
	}
	return errors.Join(err, env.DB.Write(ctx, env.Tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		_, err := tx.Raw("UPDATE invite_rows SET state = ?, said = ?, done_at = ? WHERE tenant_id = ? AND list = ? AND id = ? AND state = 'waiting'",
			string(state), said, clock.Now(ctx), int32(tx.ID()), e.List, e.Row).Exec(ctx)
		return err
	}))
}

// person invites one, or gives whoever works here already the roles that are missing, without a message.
func (w Ways) person(ctx context.Context, env jobs.Env, district int32, p Person) (state State, said string, err error) {
	person, was, err := w.works(ctx, env, p.Phone)
	if err != nil {
		return "", "", err
	}
	state = Invited
	switch {
	case was == nil:
		person, err = w.Invite(ctx, env.Tenant, p.Name, p.Phone, env.Job)
	case holds(*was, p.Roles) && env.Attempt <= 1: // later it may have been the try before
		state = Here
	default:
		said = ui.Key("已在本单位，增加了角色")
	}
	if err != nil {
		return "", "", err
	}
	var gives []auth.Give
	for _, r := range p.Roles {
		gives = append(gives, auth.Give{Role: r.Role, Unit: r.Unit, Community: r.Community, Grid: r.Grid})
	}
	if err := w.Employ(ctx, env.Tenant, person, p.Name, p.Phone, gives...); err != nil || p.Number == "" {
		return state, said, err
	}
	return state, said, w.Know(ctx, district, p.Number, person)
}

// works finds whoever has a telephone; member is nil for those who do not work here.
func (w Ways) works(ctx context.Context, env jobs.Env, phone string) (person int64, member *auth.Member, err error) {
	person, err = w.Find(ctx, phone)
	if fault.Is(err, fault.NotFound) {
		return 0, nil, nil
	}
	if err != nil {
		return 0, nil, err
	}
	var m auth.Member
	err = env.DB.Read(ctx, env.Tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
		m, err = auth.MemberOf(ctx, tx, person)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return person, nil, nil
	}
	return person, &m, err
}
