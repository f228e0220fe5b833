//nolint:bodyclose // the client library has read and closed every body before it returns
package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	ory "github.com/ory/kratos-client-go"

	"wanjie/app/fault"
	"wanjie/tenants/keys"
)

// failAfter is how long a refused sign-in takes, at least. Kratos answers an unknown identifier after
// a random time of up to one second, and a wrong password after one hashing; who measures must not
// learn which it was.
const failAfter = 1200 * time.Millisecond

// sendAfter is the same for a request of a code, where Kratos only writes or does not write a row.
const sendAfter = 400 * time.Millisecond

// Client speaks to Ory Kratos, by its API flows and its admin port. Its methods answer faults for
// what a person did wrong, and fault.Unavailable when Kratos cannot answer. Safe for concurrent use.
type Client struct {
	public, admin        *ory.APIClient
	failAfter, sendAfter time.Duration
}

// NewClient makes a client of the Kratos at these base URLs; nothing is connected yet.
func NewClient(public, admin string) *Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil // Kratos is next door
	transport.MaxIdleConnsPerHost = 128
	open := func(url string) *ory.APIClient {
		c := ory.NewConfiguration()
		c.Servers = ory.ServerConfigurations{{URL: strings.TrimRight(url, "/")}}
		c.HTTPClient = &http.Client{Transport: forwarding{transport}, Timeout: 10 * time.Second}
		return ory.NewAPIClient(c)
	}
	return &Client{public: open(public), admin: open(admin), failAfter: failAfter, sendAfter: sendAfter}
}

// Ready reports whether Kratos answers, on both ports.
func (c *Client) Ready(ctx context.Context) error {
	for name, api := range map[string]*ory.APIClient{"public": c.public, "admin": c.admin} {
		if _, _, err := api.MetadataAPI.IsReady(ctx).Execute(); err != nil {
			return fmt.Errorf("kratos, %s port: %w", name, err)
		}
	}
	return nil
}

// Version is the version that Kratos says it is.
func (c *Client) Version(ctx context.Context) (string, error) {
	v, _, err := c.admin.MetadataAPI.GetVersion(ctx).Execute()
	if err != nil {
		return "", fmt.Errorf("kratos: %w", err)
	}
	return v.Version, nil
}

// refused is Kratos saying no: the status, the id of its error, and the ids of messages on the flow.
type refused struct {
	status   int
	id       string
	messages []int64
	state    string
	body     []byte
}

func (r *refused) Error() string {
	return fmt.Sprintf("kratos answers %d %s, messages %v", r.status, r.id, r.messages)
}

// asked turns what the client library returns into nil, *refused for a 4xx, or fault.Unavailable.
// The library's own error quotes the body, which may hold personal data: it stays here.
func asked(what string, res *http.Response, err error) error {
	if err == nil {
		return nil
	}
	var generic *ory.GenericOpenAPIError
	if res == nil || res.StatusCode >= 500 || !errors.As(err, &generic) {
		cause := err
		if res != nil {
			cause = fmt.Errorf("kratos answers %d", res.StatusCode)
		}
		return fault.New(fault.Unavailable, "登录服务暂时不可用，请稍后重试").Because(fmt.Errorf("%s: %w", what, cause))
	}
	r := &refused{status: res.StatusCode, body: generic.Body()}
	var body struct {
		Error struct {
			ID string `json:"id"`
		} `json:"error"`
		State string `json:"state"`
		UI    struct {
			Messages []ory.UiText `json:"messages"`
			Nodes    []struct {
				Messages []ory.UiText `json:"messages"`
			} `json:"nodes"`
		} `json:"ui"`
	}
	if json.Unmarshal(r.body, &body) == nil {
		r.id, r.state = body.Error.ID, body.State
		for _, m := range body.UI.Messages {
			r.messages = append(r.messages, m.Id)
		}
		for _, n := range body.UI.Nodes {
			for _, m := range n.Messages {
				r.messages = append(r.messages, m.Id)
			}
		}
	}
	return fmt.Errorf("%s: %w", what, r)
}

// says finds Kratos's refusal in err.
func says(err error) *refused {
	var r *refused
	if errors.As(err, &r) {
		return r
	}
	return nil
}

func (r *refused) has(ids ...int64) bool {
	for _, id := range ids {
		if slices.Contains(r.messages, id) {
			return true
		}
	}
	return false
}

// Faults about the sign-in itself. A door may test for them with errors.Is.
var (
	// ErrStale: Kratos wants the person to sign in again before such a change.
	ErrStale = fault.New(fault.Forbidden, "为保护账号安全，请重新登录后再操作")
	// ErrFactor: the second factor must be shown before such a change.
	ErrFactor = fault.New(fault.Forbidden, "请先完成二次验证")
	// ErrDisabled: the right password of an account that was switched off.
	ErrDisabled = fault.New(fault.Forbidden, "该账号已停用，请联系管理员")
	// ErrExpired: the page was open for too long.
	ErrExpired = fault.New(fault.Conflict, "页面已过期，请重新开始")
)

// common turns the refusals that any flow may meet into faults; others come back unchanged.
func common(err error) error {
	r := says(err)
	if r == nil {
		return err
	}
	switch {
	case r.id == "session_refresh_required":
		return ErrStale
	case r.id == "session_aal2_required":
		return ErrFactor
	case r.status == http.StatusUnauthorized:
		return errUnsigned()
	case r.status == http.StatusGone, r.status == http.StatusNotFound, r.status == http.StatusForbidden:
		return ErrExpired
	}
	return err
}

// Identifier brings what a person types to the form in which Kratos knows it: +86 and digits for a
// mobile, lower case for an e-mail address.
func Identifier(s string) string {
	s = strings.TrimSpace(s)
	if strings.Contains(s, "@") {
		return strings.ToLower(s)
	}
	p := keys.NormalPhone(s)
	if len(p) == 11 && p[0] == '1' {
		return "+86" + p
	}
	return p
}

// IsPhone reports whether an identifier, as Identifier made it, is a telephone number.
func IsPhone(identifier string) bool { return strings.HasPrefix(identifier, "+") }

// sessionOf is Kratos's session in our words; person and epoch are still missing.
func sessionOf(s *ory.Session, key Key) (Session, error) {
	if s.Identity == nil || s.ExpiresAt == nil || s.IssuedAt == nil || s.AuthenticatedAt == nil {
		return Session{}, errors.New("kratos: session without identity or times")
	}
	id, err := uuid.Parse(s.Identity.Id)
	if err != nil {
		return Session{}, fmt.Errorf("kratos: identity: %w", err)
	}
	out := Session{Key: key, ID: s.Id, Identity: id, Kind: Kind(s.Identity.SchemaId), AAL: 1,
		AuthenticatedAt: s.AuthenticatedAt.UTC(), IssuedAt: s.IssuedAt.UTC(), ExpiresAt: s.ExpiresAt.UTC()}
	if out.Kind != Employee && out.Kind != Resident {
		return Session{}, fmt.Errorf("kratos: identity schema %q is neither staff nor resident", s.Identity.SchemaId)
	}
	if traits, ok := s.Identity.Traits.(map[string]any); ok && out.Kind == Employee {
		out.Name, _ = traits["name"].(string)
	}
	if s.AuthenticatorAssuranceLevel != nil && *s.AuthenticatorAssuranceLevel == ory.AUTHENTICATORASSURANCELEVEL_AAL2 {
		out.AAL = 2
	}
	return out, nil
}

// Whoami asks Kratos who holds token. errUnsigned's fault (Unsigned) when nobody does.
func (c *Client) Whoami(ctx context.Context, token string) (Session, error) {
	s, res, err := c.public.FrontendAPI.ToSession(ctx).XSessionToken(token).Execute()
	if err := asked("whoami", res, err); err != nil {
		if r := says(err); r != nil && r.status == http.StatusUnauthorized {
			return Session{}, errUnsigned()
		}
		if says(err) != nil { // a configuration of Kratos that we do not know how to read: nobody is signed in
			return Session{}, fault.New(fault.Unavailable, "登录服务暂时不可用，请稍后重试").Because(err)
		}
		return Session{}, err
	}
	if s.Active != nil && !*s.Active {
		return Session{}, errUnsigned()
	}
	return sessionOf(s, KeyOf(token))
}
