//nolint:bodyclose // the client library has read and closed every body before it returns
package auth

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"
	ory "github.com/ory/kratos-client-go"
)

// Living is one of a person's sessions that still counts.
type Living struct {
	ID    string // Kratos's number of it
	Since time.Time
	Agent string // what the browser calls itself; see Device
	Here  bool   // the one that asks
}

// Sessions are the living sessions of whoever holds token: this one first, then the newest.
func (c *Client) Sessions(ctx context.Context, token string) ([]Living, error) {
	here, res, err := c.public.FrontendAPI.ToSession(ctx).XSessionToken(token).Execute()
	if err := asked("session", res, err); err != nil {
		return nil, common(err)
	}
	others, res, err := c.public.FrontendAPI.ListMySessions(ctx).XSessionToken(token).PageSize(250).Execute()
	if err := asked("sessions", res, err); err != nil {
		return nil, common(err)
	}
	out := []Living{living(here)}
	out[0].Here = true
	for i := range others {
		if others[i].Active == nil || *others[i].Active {
			out = append(out, living(&others[i]))
		}
	}
	slices.SortStableFunc(out[1:], func(a, b Living) int { return b.Since.Compare(a.Since) })
	return out, nil
}

func living(s *ory.Session) Living {
	l := Living{ID: s.Id}
	if s.AuthenticatedAt != nil {
		l.Since = s.AuthenticatedAt.UTC()
	}
	if n := len(s.Devices); n > 0 { // the browser that used it last
		l.Agent = s.Devices[n-1].GetUserAgent()
	}
	return l
}

// EndSession ends another session of whoever holds token. One that has ended, or is somebody else's, is no error and
// nothing happens.
func (c *Client) EndSession(ctx context.Context, token, id string) error {
	res, err := c.public.FrontendAPI.DisableMySession(ctx, id).XSessionToken(token).Execute()
	err = asked("end a session", res, err)
	if r := says(err); r != nil && (r.status == http.StatusNotFound || r.status == http.StatusBadRequest) {
		return nil
	}
	return common(err)
}

// EndSession ends another session of a person, here at once too.
func (k *Keeper) EndSession(ctx context.Context, token string, s Session, id string) error {
	if err := k.Client.EndSession(ctx, token, id); err != nil {
		return err
	}
	k.call(ctx, "identity:"+s.Identity.String()) // whether it was one of theirs is Kratos's to know
	return nil
}

// CodesLeft is how many recovery codes of an identity were not used yet.
func (c *Client) CodesLeft(ctx context.Context, identity uuid.UUID) (n int, err error) {
	i, res, err := c.admin.IdentityAPI.GetIdentity(ctx, identity.String()).IncludeCredential([]string{"lookup_secret"}).Execute()
	if err := asked("recovery codes", res, err); err != nil {
		return 0, err
	}
	lookup, ok := i.GetCredentials()["lookup_secret"]
	if !ok {
		return 0, nil
	}
	list, _ := lookup.Config["recovery_codes"].([]any)
	for _, item := range list {
		code, _ := item.(map[string]any)
		if used, _ := code["used_at"].(string); used == "" {
			n++
		}
	}
	return n, nil
}

// agentKey carries the browser's own name to Kratos, which keeps it with the session.
type agentKey struct{}

// mostAgent bounds what is kept of it.
const mostAgent = 300

func withAgent(ctx context.Context, agent string) context.Context {
	return context.WithValue(ctx, agentKey{}, agent[:min(len(agent), mostAgent)])
}

// forwarding names the browser that asked us, in place of our own client library.
type forwarding struct{ http.RoundTripper }

func (f forwarding) RoundTrip(r *http.Request) (*http.Response, error) {
	if agent, _ := r.Context().Value(agentKey{}).(string); agent != "" {
		r = r.Clone(r.Context())
		r.Header.Set("User-Agent", agent)
	}
	return f.RoundTripper.RoundTrip(r)
}
