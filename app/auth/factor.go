//nolint:bodyclose // the client library has read and closed every body before it returns
package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	ory "github.com/ory/kratos-client-go"

	"wanjie/app/fault"
)

// Enrolment is a second factor about to be set up: what the person scans or types into their
// authenticator app. It counts once EnrolFinish has seen a code from it.
type Enrolment struct {
	Flow   string
	Secret string // base32, for typing
	URL    string // otpauth://…
	QR     string // the same as an image, a data: URI of a PNG
}

// SecondFactor shows the second factor for the session of token: six digits of the authenticator
// app, or one of the recovery codes. Afterwards the session is at level 2; the ticket's token is the
// cookie's new value. ErrCode, ErrNoFactor.
func (c *Client) SecondFactor(ctx context.Context, token, code string) (Ticket, error) {
	code = compact(code)
	flow, err := c.factorFlow(ctx, token)
	if err != nil {
		return Ticket{}, err
	}
	body := ory.UpdateLoginFlowBody{UpdateLoginFlowWithTotpMethod: &ory.UpdateLoginFlowWithTotpMethod{Method: "totp", TotpCode: code}}
	if !sixDigits.MatchString(code) {
		body = ory.UpdateLoginFlowBody{UpdateLoginFlowWithLookupSecretMethod: &ory.UpdateLoginFlowWithLookupSecretMethod{
			Method: "lookup_secret", LookupSecret: strings.ToLower(code)}}
	}
	t, err := c.submit(ctx, flow, token, body)
	if r := says(err); r != nil && r.status == http.StatusBadRequest {
		return Ticket{}, ErrCode
	}
	return t, common(err)
}

// compact takes out the blanks that people write into a code.
func compact(code string) string { return strings.ReplaceAll(strings.TrimSpace(code), " ", "") }

var sixDigits = regexp.MustCompile(`^[0-9]{6}$`)

// ErrNoFactor: the account has no second factor yet.
var ErrNoFactor = fault.New(fault.Conflict, "尚未绑定身份验证器")

// HasFactor reports whether the account of token's session has a second factor.
func (c *Client) HasFactor(ctx context.Context, token string) (bool, error) {
	_, err := c.factorFlow(ctx, token)
	if errors.Is(err, ErrNoFactor) {
		return false, nil
	}
	return err == nil, err
}

// factorFlow opens the flow in which a second factor is shown. Kratos tells in its form whether
// there is one.
func (c *Client) factorFlow(ctx context.Context, token string) (string, error) {
	f, res, err := c.public.FrontendAPI.CreateNativeLoginFlow(ctx).Aal("aal2").Refresh(true).XSessionToken(token).Execute()
	if err := asked("second factor", res, err); err != nil {
		if r := says(err); r != nil && r.status == http.StatusBadRequest {
			return "", ErrNoFactor
		}
		return "", common(err)
	}
	for _, n := range f.Ui.Nodes {
		if n.Group == "totp" || n.Group == "lookup_secret" {
			return f.Id, nil
		}
	}
	return "", ErrNoFactor
}

// EnrolBegin starts to set up an authenticator app for the session of token. ErrStale when the last
// sign-in is too long ago, ErrFactor when there is a second factor that was not shown.
func (c *Client) EnrolBegin(ctx context.Context, token string) (Enrolment, error) {
	f, err := c.settings(ctx, token)
	if err != nil {
		return Enrolment{}, err
	}
	return enrolment(f)
}

// EnrolAgain shows the same enrolment again, after a wrong code.
func (c *Client) EnrolAgain(ctx context.Context, token, flow string) (Enrolment, error) {
	f, res, err := c.public.FrontendAPI.GetSettingsFlow(ctx).Id(flow).XSessionToken(token).Execute()
	if err := asked("second factor", res, err); err != nil {
		return Enrolment{}, common(err)
	}
	return enrolment(f)
}

// EnrolFinish completes an enrolment with a code of the app; the session is at level 2 afterwards.
// ErrCode, ErrExpired.
func (c *Client) EnrolFinish(ctx context.Context, token, flow, code string) error {
	code = compact(code)
	_, err := c.change(ctx, token, flow, ory.UpdateSettingsFlowBody{UpdateSettingsFlowWithTotpMethod: &ory.UpdateSettingsFlowWithTotpMethod{
		Method: "totp", TotpCode: &code}})
	if r := says(err); r != nil && r.status == http.StatusBadRequest {
		return ErrCode
	}
	return common(err)
}

// LookupCodes makes new recovery codes, each good for one sign-in without the app; older ones end.
// They are never shown again.
func (c *Client) LookupCodes(ctx context.Context, token string) ([]string, error) {
	f, err := c.settings(ctx, token)
	if err != nil {
		return nil, err
	}
	yes := true
	shown, err := c.change(ctx, token, f.Id, ory.UpdateSettingsFlowBody{UpdateSettingsFlowWithLookupMethod: &ory.UpdateSettingsFlowWithLookupMethod{
		Method: "lookup_secret", LookupSecretRegenerate: &yes}})
	if err != nil {
		return nil, common(err)
	}
	var codes []string
	for _, n := range shown.Ui.Nodes {
		if a := n.Attributes.UiNodeTextAttributes; a != nil && a.Id == "lookup_secret_codes" {
			list, _ := a.Text.Context["secrets"].([]any)
			for _, item := range list {
				entry, _ := item.(map[string]any)
				text, _ := entry["context"].(map[string]any)
				if s, ok := text["secret"].(string); ok {
					codes = append(codes, s)
				}
			}
		}
	}
	if len(codes) == 0 {
		return nil, errors.New("kratos: no recovery codes in the answer")
	}
	_, err = c.change(ctx, token, f.Id, ory.UpdateSettingsFlowBody{UpdateSettingsFlowWithLookupMethod: &ory.UpdateSettingsFlowWithLookupMethod{
		Method: "lookup_secret", LookupSecretConfirm: &yes}})
	return codes, common(err)
}

// SetPassword gives the account of token's session a new password. Invalid with a message for the
// field "password" when Kratos finds it too weak; ErrStale, ErrFactor.
func (c *Client) SetPassword(ctx context.Context, token, password string) error {
	f, err := c.settings(ctx, token)
	if err != nil {
		return err
	}
	_, err = c.change(ctx, token, f.Id, ory.UpdateSettingsFlowBody{UpdateSettingsFlowWithPasswordMethod: &ory.UpdateSettingsFlowWithPasswordMethod{
		Method: "password", Password: password}})
	r := says(err)
	if r == nil || r.status != http.StatusBadRequest {
		return common(err)
	}
	switch {
	case r.has(4000031):
		return fault.Field("password", "密码与账号过于相似，请换一个")
	case r.has(4000034):
		return fault.Field("password", "该密码已在网上泄露，请换一个")
	}
	return fault.Field("password", "密码至少8位，请勿使用过于简单的密码")
}

func (c *Client) settings(ctx context.Context, token string) (*ory.SettingsFlow, error) {
	f, res, err := c.public.FrontendAPI.CreateNativeSettingsFlow(ctx).XSessionToken(token).Execute()
	if err := asked("settings", res, err); err != nil {
		return nil, common(err)
	}
	return f, nil
}

func (c *Client) change(ctx context.Context, token, flow string, body ory.UpdateSettingsFlowBody) (*ory.SettingsFlow, error) {
	f, res, err := c.public.FrontendAPI.UpdateSettingsFlow(ctx).Flow(flow).XSessionToken(token).UpdateSettingsFlowBody(body).Execute()
	return f, asked("settings", res, err)
}

// enrolment reads the secret and its image out of a settings flow.
func enrolment(f *ory.SettingsFlow) (Enrolment, error) {
	e := Enrolment{Flow: f.Id}
	for _, n := range f.Ui.Nodes {
		if a := n.Attributes.UiNodeTextAttributes; a != nil && a.Id == "totp_secret_key" {
			e.Secret, _ = a.Text.Context["secret"].(string)
		}
		if a := n.Attributes.UiNodeImageAttributes; a != nil && a.Id == "totp_qr" {
			e.QR = a.Src
		}
	}
	if e.Secret == "" {
		return Enrolment{}, fault.New(fault.Conflict, "身份验证器已绑定")
	}
	const issuer = "万街"
	e.URL = fmt.Sprintf("otpauth://totp/%s:%s?%s", issuer, url.PathEscape(accountName(f)), url.Values{"secret": {e.Secret}, "issuer": {issuer}}.Encode())
	return e, nil
}

func accountName(f *ory.SettingsFlow) string {
	traits, _ := f.Identity.Traits.(map[string]any)
	for _, t := range []string{"email", "phone"} {
		if s, ok := traits[t].(string); ok && s != "" {
			return s
		}
	}
	return f.Identity.Id
}
