//nolint:bodyclose // the client library has read and closed every body before it returns
package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
	ory "github.com/ory/kratos-client-go"

	"wanjie/app/clock"
	"wanjie/app/fault"
)

// Staff is somebody who works, as their identity is made. Phone or Email must be there; Password may
// be empty, then they set one with an invitation, or sign in by text message.
type Staff struct{ Name, Phone, Email, Password string }

func (s Staff) traits() map[string]any {
	t := map[string]any{"name": s.Name}
	if s.Phone != "" {
		t["phone"] = s.Phone
	}
	if s.Email != "" {
		t["email"] = s.Email
	}
	return t
}

func (s Staff) identifiers() []string {
	var out []string
	for _, i := range []string{s.Phone, s.Email} {
		if i != "" {
			out = append(out, i)
		}
	}
	return out
}

// CreateIdentity makes the identity of a staff member, or finds the one that already has that phone
// or e-mail; made tells which. Of one that exists nothing is changed, its password neither. Invalid
// for a number or address that is none, Conflict when phone and e-mail belong to two people.
func (c *Client) CreateIdentity(ctx context.Context, s Staff) (id uuid.UUID, made bool, err error) {
	s.Name, s.Phone, s.Email = strings.TrimSpace(s.Name), Identifier(s.Phone), Identifier(s.Email)
	switch {
	case s.Name == "":
		return uuid.Nil, false, fault.Field("name", "请填写姓名")
	case s.Phone == "" && s.Email == "":
		return uuid.Nil, false, fault.Field("phone", "请填写手机号码或电子邮箱")
	case s.Phone != "" && !IsPhone(s.Phone):
		return uuid.Nil, false, fault.Field("phone", "手机号码不正确")
	case s.Email != "" && !strings.Contains(s.Email, "@"):
		return uuid.Nil, false, fault.Field("email", "电子邮箱不正确")
	}
	body := ory.NewCreateIdentityBody(string(Employee), s.traits())
	if s.Password != "" {
		body.Credentials = &ory.IdentityWithCredentials{Password: &ory.IdentityWithCredentialsPassword{
			Config: &ory.IdentityWithCredentialsPasswordConfig{Password: &s.Password}}}
	}
	return c.create(ctx, body, s.identifiers())
}

// CreateResident makes the identity of a resident, known by a phone alone, or finds it.
func (c *Client) CreateResident(ctx context.Context, phone string) (id uuid.UUID, made bool, err error) {
	phone = Identifier(phone)
	if !IsPhone(phone) {
		return uuid.Nil, false, fault.Field("phone", "手机号码不正确")
	}
	return c.create(ctx, ory.NewCreateIdentityBody(string(Resident), map[string]any{"phone": phone}), []string{phone})
}

func (c *Client) create(ctx context.Context, body *ory.CreateIdentityBody, identifiers []string) (uuid.UUID, bool, error) {
	i, res, err := c.admin.IdentityAPI.CreateIdentity(ctx).CreateIdentityBody(*body).Execute()
	err = asked("create identity", res, err)
	r := says(err)
	switch {
	case err == nil:
		id, err := uuid.Parse(i.Id)
		return id, true, err
	case r == nil:
		return uuid.Nil, false, err
	case r.status == http.StatusBadRequest:
		// The schema refused a trait. The body would quote it.
		return uuid.Nil, false, fault.New(fault.Invalid, "手机号码或电子邮箱不正确")
	case r.status != http.StatusConflict:
		return uuid.Nil, false, err
	}
	var found uuid.UUID
	for _, identifier := range identifiers {
		i, err := c.find(ctx, identifier)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return uuid.Nil, false, err
		}
		id, err := uuid.Parse(i.Id)
		if err != nil {
			return uuid.Nil, false, err
		}
		if i.SchemaId != body.SchemaId || found != uuid.Nil && found != id {
			return uuid.Nil, false, fault.New(fault.Conflict, "该手机号码或电子邮箱已用于其他账号")
		}
		found = id
	}
	if found == uuid.Nil { // it was deleted this moment
		return uuid.Nil, false, fault.New(fault.Conflict, "该手机号码或电子邮箱已用于其他账号")
	}
	return found, false, nil
}

// FindIdentity answers the identity that signs in with identifier; fault.NotFound if nobody does.
func (c *Client) FindIdentity(ctx context.Context, identifier string) (uuid.UUID, error) {
	i, err := c.find(ctx, Identifier(identifier))
	if err != nil {
		return uuid.Nil, err
	}
	return uuid.Parse(i.Id)
}

func (c *Client) find(ctx context.Context, identifier string) (*ory.Identity, error) {
	list, res, err := c.admin.IdentityAPI.ListIdentities(ctx).CredentialsIdentifier(identifier).Execute()
	if err := asked("find identity", res, err); err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "没有此账号")
	}
	return &list[0], nil
}

// askAtOnce is how many identities one question to Kratos names.
const askAtOnce = 100

// Staff answers names, phones and e-mails of identities; unknown ones are missing.
func (c *Client) Staff(ctx context.Context, identities ...uuid.UUID) (map[uuid.UUID]Staff, error) {
	out := make(map[uuid.UUID]Staff, len(identities))
	for some := range slices.Chunk(identities, askAtOnce) {
		ids := make([]string, len(some))
		for i, id := range some {
			ids[i] = id.String()
		}
		list, res, err := c.admin.IdentityAPI.ListIdentities(ctx).Ids(ids).PageSize(askAtOnce).Execute()
		if err := asked("identities", res, err); err != nil {
			return nil, common(err)
		}
		for _, i := range list {
			id, err := uuid.Parse(i.Id)
			if err != nil {
				return nil, err
			}
			traits, _ := i.Traits.(map[string]any)
			said := func(name string) string { s, _ := traits[name].(string); return s }
			out[id] = Staff{Name: said("name"), Phone: said("phone"), Email: said("email")}
		}
	}
	return out, nil
}

// Disable ends every session of the identity and refuses new ones.
func (c *Client) Disable(ctx context.Context, identity uuid.UUID) error {
	if err := c.setState(ctx, identity, "inactive"); err != nil {
		return err
	}
	return c.Revoke(ctx, identity)
}

// Enable lets the identity sign in again.
func (c *Client) Enable(ctx context.Context, identity uuid.UUID) error {
	return c.setState(ctx, identity, "active")
}

func (c *Client) setState(ctx context.Context, identity uuid.UUID, state string) error {
	_, res, err := c.admin.IdentityAPI.PatchIdentity(ctx, identity.String()).JsonPatch([]ory.JsonPatch{
		{Op: "replace", Path: "/state", Value: state}}).Execute()
	return asked("state of identity", res, err)
}

// Revoke ends every session of the identity.
func (c *Client) Revoke(ctx context.Context, identity uuid.UUID) error {
	res, err := c.admin.IdentityAPI.DeleteIdentitySessions(ctx, identity.String()).Execute()
	err = asked("end sessions", res, err)
	if r := says(err); r != nil && r.status == http.StatusNotFound {
		return nil
	}
	return err
}

// DropFactor takes the second factor and the recovery codes away, for somebody who lost their phone.
func (c *Client) DropFactor(ctx context.Context, identity uuid.UUID) error {
	var errs []error
	for _, kind := range []string{"totp", "lookup_secret"} {
		res, err := c.admin.IdentityAPI.DeleteIdentityCredentials(ctx, identity.String(), kind).Execute()
		err = asked("drop second factor", res, err)
		if r := says(err); r != nil && r.status == http.StatusNotFound {
			continue
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// contact is how an identity is reached and whether it can already sign in with a password.
type contact struct {
	via, address string
	password     bool
}

func (c *Client) contact(ctx context.Context, identity uuid.UUID) (contact, error) {
	i, res, err := c.admin.IdentityAPI.GetIdentity(ctx, identity.String()).IncludeCredential([]string{"password"}).Execute()
	if err := asked("identity", res, err); err != nil {
		return contact{}, err
	}
	var out contact
	traits, _ := i.Traits.(map[string]any)
	if phone, _ := traits["phone"].(string); phone != "" {
		out.via, out.address = "sms", phone
	} else if email, _ := traits["email"].(string); email != "" {
		out.via, out.address = "email", email
	} else {
		return out, fmt.Errorf("kratos: identity %s has neither phone nor e-mail", identity)
	}
	if p, ok := i.GetCredentials()["password"]; ok {
		hash, _ := p.Config["hashed_password"].(string)
		out.password = hash != ""
	}
	return out, nil
}

// Recovery is a way back in for somebody without a password: a code that is told apart from the flow
// in which it counts.
type Recovery struct{ Flow, Code string }

// Recover makes a recovery code for the identity, good for the time given (as "72h") and for one use.
func (c *Client) Recover(ctx context.Context, identity uuid.UUID, good string) (Recovery, error) {
	body := ory.NewCreateRecoveryCodeForIdentityBody(identity.String())
	native := "api"
	body.ExpiresIn, body.FlowType = &good, &native
	code, res, err := c.admin.IdentityAPI.CreateRecoveryCodeForIdentity(ctx).CreateRecoveryCodeForIdentityBody(*body).Execute()
	if err := asked("recovery code", res, err); err != nil {
		return Recovery{}, err
	}
	_, flow, ok := strings.Cut(code.RecoveryLink, "flow=")
	if !ok {
		return Recovery{}, errors.New("kratos: recovery link without flow")
	}
	flow, _, _ = strings.Cut(flow, "&")
	return Recovery{Flow: flow, Code: code.RecoveryCode}, nil
}

// RequestRecovery has a recovery code sent to an e-mail address, and answers the flow in which it
// counts. An address that nobody has gets a flow too, and no message.
func (c *Client) RequestRecovery(ctx context.Context, email string) (flow string, err error) {
	begun := clock.Now(ctx)
	email = Identifier(email)
	f, res, err := c.public.FrontendAPI.CreateNativeRecoveryFlow(ctx).Execute()
	if err := asked("recovery", res, err); err != nil {
		return "", err
	}
	_, res, err = c.public.FrontendAPI.UpdateRecoveryFlow(ctx).Flow(f.Id).UpdateRecoveryFlowBody(ory.UpdateRecoveryFlowBody{
		UpdateRecoveryFlowWithCodeMethod: &ory.UpdateRecoveryFlowWithCodeMethod{Method: "code", Email: &email}}).Execute()
	if err := asked("recovery", res, err); err != nil && says(err) == nil {
		return "", err
	}
	until(ctx, begun, c.sendAfter)
	return f.Id, nil
}

// Redeem signs in with a recovery code; the session may set a password. ErrCode, ErrExpired.
func (c *Client) Redeem(ctx context.Context, flow, code string) (Ticket, error) {
	code = strings.TrimSpace(code)
	f, res, err := c.public.FrontendAPI.UpdateRecoveryFlow(ctx).Flow(flow).UpdateRecoveryFlowBody(ory.UpdateRecoveryFlowBody{
		UpdateRecoveryFlowWithCodeMethod: &ory.UpdateRecoveryFlowWithCodeMethod{Method: "code", Code: &code}}).Execute()
	if err := asked("recovery", res, err); err != nil {
		if r := says(err); r != nil && r.status == http.StatusBadRequest {
			return Ticket{}, ErrCode
		}
		return Ticket{}, common(err)
	}
	for _, next := range f.ContinueWith {
		if t := next.ContinueWithSetOrySessionToken; t != nil {
			s, err := c.Whoami(ctx, t.OrySessionToken)
			return Ticket{Token: t.OrySessionToken, Session: s}, err
		}
	}
	return Ticket{}, ErrCode // 200 without a session: the code was wrong
}

// EndOthers ends every session of the same identity but the one of token.
func (c *Client) EndOthers(ctx context.Context, token string) error {
	_, res, err := c.public.FrontendAPI.DisableMyOtherSessions(ctx).XSessionToken(token).Execute()
	return common(asked("end other sessions", res, err))
}
