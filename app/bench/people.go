package bench

import (
	"context"
	"fmt"
	"net/http"

	"wanjie/app"
	"wanjie/app/auth"
	"wanjie/tenants"
)

// crew is the real people who work in every measured street: one for each step of a case, as nobody
// checks what he worked on himself. They sign in with Kratos.
var crew = []auth.Staff{
	{Name: "李受理", Phone: "13900000001"},
	{Name: "王派遣", Phone: "13900000002"},
	{Name: "赵承办", Phone: "13900000003"},
	{Name: "钱值班", Phone: "13900000004"},
}

// Places in crew.
const (
	reporter = iota
	dispatcher
	handler
	checker
)

// analyst reads the board of the measured district.
var analyst = auth.Staff{Name: "孙研判", Phone: "13900000005"}

// password is theirs, on servers that listen on this machine only.
const password = "wanjie-bench-4711-measure"

// handledBy is the unit that the crew's handler works for; the duty list gives it classOfCases.
const (
	handledBy    = "sanitation"
	classOfCases = "matter-06010"
)

// grantsOf is what the crew may do in a street.
func grantsOf(person []int64) []auth.Give {
	return []auth.Give{
		{Person: person[reporter], Role: auth.Intake}, {Person: person[dispatcher], Role: auth.Dispatcher},
		{Person: person[handler], Role: auth.Handler, Unit: handledBy}, {Person: person[checker], Role: auth.ShiftLead},
	}
}

// hire makes somebody's account, or finds it, and answers our number of the person.
func hire(ctx context.Context, a *app.App, s auth.Staff) (int64, error) {
	s.Password = password
	identity, _, err := a.Keeper.Client.CreateIdentity(ctx, s)
	if err != nil {
		return 0, fmt.Errorf("account of %s: %w", s.Phone, err)
	}
	return a.Keeper.Person(ctx, identity, auth.Employee)
}

// signIn answers the cookie of a fresh session.
func signIn(ctx context.Context, a *app.App, s auth.Staff) (string, error) {
	t, err := a.Keeper.Client.Login(ctx, s.Phone, password)
	if err != nil {
		return "", fmt.Errorf("sign in as %s: %w", s.Phone, err)
	}
	c := http.Cookie{Name: auth.Cookies{}.Name(), Value: t.Token}
	return c.String(), nil
}

// employ makes the crew staff of a street with their grants, as the product itself.
func employ(ctx context.Context, db *tenants.DB, street tenants.ID, person []int64) error {
	return db.Write(ctx, street, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		for i, p := range person {
			if err := auth.AddMember(ctx, tx, p, crew[i].Name, crew[i].Phone); err != nil {
				return err
			}
		}
		for _, g := range grantsOf(person) {
			if _, err := auth.Grant(ctx, tx, g); err != nil {
				return err
			}
		}
		return nil
	})
}
