package app

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"wanjie/app/admin/lists"
	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/grids"
	"wanjie/jobs"
	"wanjie/tenants"
)

// invitation is somebody to be brought into a tenant's staff, with a role if one is given.
type invitation struct {
	Name, Phone, Email string
	Role, Unit         string
	Request            uuid.UUID // under which it was asked for; asked again, no second message leaves
}

// InviteAdmin makes somebody the street_admin of a tenant, by its slug.
func (a *App) InviteAdmin(ctx context.Context, slug, name, phone, email string) (person int64, err error) {
	id, err := a.DB.Find(ctx, slug)
	if err != nil {
		return 0, err
	}
	return a.invite(ctx, id, invitation{Name: name, Phone: phone, Email: email, Role: auth.StreetAdmin})
}

// invite sees to account, message, member and grant. Each part may be repeated, so the whole may. It
// asks the sign-in service and must not run inside a scope.
func (a *App) invite(ctx context.Context, id tenants.ID, i invitation) (person int64, err error) {
	var name string
	if err := a.DB.Read(ctx, id, tenants.Machine(), func(_ context.Context, tx tenants.Tx) error {
		name = tx.Tenant().Name
		return nil
	}); err != nil {
		return 0, err
	}
	in := auth.Inviter{Keeper: a.Keeper, Courier: a.Messages, URL: a.Config.PublicURL, Request: i.Request}
	if person, err = in.Invite(ctx, auth.Staff{Name: i.Name, Phone: i.Phone, Email: i.Email}, name); err != nil {
		return 0, err
	}
	var gives []auth.Give
	if i.Role != "" {
		gives = append(gives, auth.Give{Role: i.Role, Unit: i.Unit})
	}
	return person, a.Employ(ctx, id, person, i.Name, i.Phone, gives...)
}

// Employ makes a person a member of a tenant with the given roles, as the product itself.
func (a *App) Employ(ctx context.Context, id tenants.ID, person int64, name, phone string, gives ...auth.Give) error {
	return a.DB.Write(ctx, id, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		if err := auth.AddMember(ctx, tx, person, name, phone); err != nil {
			return err
		}
		for _, g := range gives {
			g.Person = person
			if _, err := auth.Grant(ctx, tx, g); err != nil {
				return err
			}
		}
		return nil
	})
}

// listWays are how people of a list are invited.
func (a *App) listWays() lists.Ways {
	return lists.Ways{
		Find: a.Keeper.PersonOf, Employ: a.Employ, Know: a.providers.Know,
		Invite: func(ctx context.Context, at tenants.ID, name, phone string, request uuid.UUID) (int64, error) {
			return a.invite(ctx, at, invitation{Name: name, Phone: phone, Request: request})
		},
	}
}

// gridNamed finds an open grid by its code or its name.
func gridNamed(ctx context.Context, tx tenants.Tx, typed string) (code, community string, err error) {
	g, err := grids.Named(ctx, tx, typed, clock.DateOf(clock.Now(ctx)))
	if err != nil || g == nil {
		return "", "", err
	}
	return g.Code, g.Community, nil
}

const inviteJob = "people.invite"

// inviteLater invites once tx has committed.
func (a *App) inviteLater(ctx context.Context, tx tenants.Tx, i invitation) error {
	s, err := sealJob(ctx, tx, i)
	if err != nil {
		return err
	}
	_, err = jobs.Add(ctx, tx, jobs.Job{Kind: inviteJob, Queue: jobs.Critical, Payload: s})
	return err
}

// inviteKind is the job that carries a sealed invitation out.
func (a *App) inviteKind() jobs.Kind {
	return jobs.Kind{Name: inviteJob, Queue: jobs.Critical, Outside: func(ctx context.Context, env jobs.Env, payload json.RawMessage) error {
		var i invitation
		if err := a.openJob(ctx, env.Tenant, payload, &i); err != nil {
			return err
		}
		i.Request = env.Job
		_, err := a.invite(ctx, env.Tenant, i)
		return err
	}}
}
