//nolint:bodyclose // the client library has read and closed every body before it returns
package auth

import (
	"context"
	"net/http"
	"time"

	ory "github.com/ory/kratos-client-go"

	"wanjie/app/clock"
	"wanjie/app/fault"
)

// Ticket is a fresh sign-in: the token for the cookie, and the session it opened.
type Ticket struct {
	Token   string
	Session Session
}

// Refusals of a sign-in. They never tell whether the account exists.
var (
	ErrPassword = fault.New(fault.Invalid, "账号或密码不正确")
	ErrCode     = fault.New(fault.Invalid, "验证码不正确或已过期")
)

// Login signs in by password. Unknown account and wrong password get ErrPassword after the same
// time; ErrDisabled needs the right password.
func (c *Client) Login(ctx context.Context, identifier, password string) (Ticket, error) {
	begun := clock.Now(ctx)
	t, err := c.login(ctx, Identifier(identifier), password)
	if err != nil && fault.Of(err) == nil {
		if r := says(err); r != nil && r.status == http.StatusUnauthorized {
			err = ErrDisabled
		} else if r != nil && r.status == http.StatusBadRequest {
			err = ErrPassword
		}
	}
	if err != nil {
		until(ctx, begun, c.failAfter)
		return Ticket{}, common(err)
	}
	return t, nil
}

func (c *Client) login(ctx context.Context, identifier, password string) (Ticket, error) {
	if identifier == "" || password == "" {
		return Ticket{}, ErrPassword
	}
	flow, res, err := c.public.FrontendAPI.CreateNativeLoginFlow(ctx).Execute()
	if err := asked("sign-in", res, err); err != nil {
		return Ticket{}, err
	}
	return c.submit(ctx, flow.Id, "", ory.UpdateLoginFlowBody{UpdateLoginFlowWithPasswordMethod: &ory.UpdateLoginFlowWithPasswordMethod{
		Method: "password", Identifier: identifier, Password: password}})
}

func (c *Client) submit(ctx context.Context, flow, token string, body ory.UpdateLoginFlowBody) (Ticket, error) {
	q := c.public.FrontendAPI.UpdateLoginFlow(ctx).Flow(flow).UpdateLoginFlowBody(body)
	if token != "" {
		q = q.XSessionToken(token)
	}
	in, res, err := q.Execute()
	if err := asked("sign-in", res, err); err != nil {
		return Ticket{}, err
	}
	if t := in.GetSessionToken(); t != "" {
		token = t
	}
	s, err := sessionOf(&in.Session, KeyOf(token))
	return Ticket{Token: token, Session: s}, err
}

// SendCode has a code sent by text message and answers the flow in which it counts, ten minutes and
// five tries. An unknown number gets a flow too, and no message.
func (c *Client) SendCode(ctx context.Context, phone string) (flow string, err error) {
	begun := clock.Now(ctx)
	phone = Identifier(phone)
	f, res, err := c.public.FrontendAPI.CreateNativeLoginFlow(ctx).Execute()
	if err := asked("code", res, err); err != nil {
		return "", err
	}
	_, res, err = c.public.FrontendAPI.UpdateLoginFlow(ctx).Flow(f.Id).UpdateLoginFlowBody(ory.UpdateLoginFlowBody{
		UpdateLoginFlowWithCodeMethod: &ory.UpdateLoginFlowWithCodeMethod{Method: "code", Identifier: &phone}}).Execute()
	// Kratos answers 400 when it has sent the code, and 400 with another state when there is no such account.
	if err := asked("code", res, err); err != nil && says(err) == nil {
		return "", err
	}
	until(ctx, begun, c.sendAfter)
	return f.Id, nil
}

// LoginCode signs in with the code that SendCode had sent. ErrCode, ErrExpired, ErrDisabled.
func (c *Client) LoginCode(ctx context.Context, flow, phone, code string) (Ticket, error) {
	begun := clock.Now(ctx)
	phone = Identifier(phone)
	t, err := c.submit(ctx, flow, "", ory.UpdateLoginFlowBody{UpdateLoginFlowWithCodeMethod: &ory.UpdateLoginFlowWithCodeMethod{
		Method: "code", Identifier: &phone, Code: &code}})
	if err != nil {
		if r := says(err); r != nil && r.status == http.StatusBadRequest {
			err = ErrCode
		} else if r != nil && r.status == http.StatusUnauthorized {
			err = ErrDisabled
		}
		until(ctx, begun, c.sendAfter)
		return Ticket{}, common(err)
	}
	return t, nil
}

// Logout ends the session of token. Ending an ended one is no error.
func (c *Client) Logout(ctx context.Context, token string) error {
	res, err := c.public.FrontendAPI.PerformNativeLogout(ctx).PerformNativeLogoutBody(*ory.NewPerformNativeLogoutBody(token)).Execute()
	if err := asked("sign-out", res, err); err != nil && says(err) == nil {
		return err
	}
	return nil
}

// until waits until d has passed since begun, or ctx ends.
func until(ctx context.Context, begun time.Time, d time.Duration) {
	wait := time.NewTimer(d - clock.Now(ctx).Sub(begun))
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
	}
}
