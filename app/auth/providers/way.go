package providers

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/google/uuid"
	"golang.org/x/oauth2"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants/keys"
)

// Goodbye is how long a browser may stay away at the provider.
const Goodbye = 10 * time.Minute

// within bounds the questions to a provider: somebody waits for them.
const within = 15 * time.Second

// mostFound is for how long what a provider says about itself is believed.
const mostFound = time.Hour

// found is a provider that was asked about itself: addresses and keys.
type found struct {
	*oidc.Provider
	at time.Time
}

// way is what the browser carries while it is away.
type way struct {
	District               int32
	State, Nonce, Verifier string
	ReturnTo               string
	Until                  time.Time
}

// Shown is who somebody is, as a provider says.
type Shown struct {
	District int32
	Means    Means
	Value    string // of the claim, as the provider writes it
	Strong   bool   // two factors were shown there
	ReturnTo string // where the person was going
}

// Faults of coming back.
var (
	// ErrWay: the browser comes back from a way that it did not begin here, or began too long ago.
	ErrWay = fault.New(fault.Conflict, "登录已超时或不是从本页开始的，请重新登录")
	// ErrWord: the provider's word cannot be believed, or says too little.
	ErrWord = fault.New(fault.Forbidden, "统一登录平台的答复无效，请联系管理员")
	// ErrDeclined: the provider, or the person there, said no.
	ErrDeclined = fault.New(fault.Forbidden, "统一登录平台没有同意登录")
)

// word is ErrWord with what was wrong, for the log.
func word(cause error) error { return fmt.Errorf("%w: %w", ErrWord, cause) }

func away(err error) error {
	return fault.New(fault.Unavailable, "统一登录平台暂时不可用，请稍后重试").Because(err)
}

// clientOf asks providers, straight or through the proxy that the environment names. What a district writes down as its
// provider, a name's addresses and whereto it redirects included, must not lead to this machine or its cloud's own services:
// that is refused where it is dialled, and by the proxy where one goes between. plain lets it, for development and tests.
func clientOf(plain bool) *http.Client {
	if plain {
		return &http.Client{Timeout: within, Transport: short{http.DefaultTransport}}
	}
	out := http.DefaultTransport.(*http.Transport).Clone()
	dial := net.Dialer{Timeout: 5 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		if at, err := netip.ParseAddrPort(address); err != nil || inside(at.Addr()) {
			return fmt.Errorf("a provider at %s is refused", address)
		}
		return nil
	}}
	out.DialContext, out.Proxy = dial.DialContext, nil
	return &http.Client{Timeout: within, Transport: short{straight{out}}, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if r.URL.Scheme != "https" || len(via) > 3 {
			return errors.New("a provider redirects where it may not")
		}
		return nil
	}}
}

// mostSaid is how many bytes of an answer are read; what providers say about themselves takes a few thousand.
const mostSaid = 1 << 20

// short cuts answers off, because who answers is chosen by whoever sets up a provider, and takes a provider that fails for one
// that cannot be reached.
type short struct{ http.RoundTripper }

func (s short) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := s.RoundTripper.RoundTrip(r)
	if err == nil && res.StatusCode >= http.StatusInternalServerError {
		_ = res.Body.Close()
		return nil, fmt.Errorf("the provider fails: %s", res.Status)
	}
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, mostSaid), res.Body}
	}
	return res, err
}

// noting remembers that a question was not answered. One sign-in asks one after another.
type noting struct {
	http.RoundTripper
	failed error
}

func (n *noting) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := n.RoundTripper.RoundTrip(r)
	n.failed = err
	return res, err
}

// straight goes by itself where no proxy is named.
type straight struct{ http.RoundTripper }

func (s straight) RoundTrip(r *http.Request) (*http.Response, error) {
	if p, err := http.ProxyFromEnvironment(r); err != nil || p != nil {
		return http.DefaultTransport.RoundTrip(r)
	}
	return s.RoundTripper.RoundTrip(r)
}

func (s *Shelf) discover(ctx context.Context, issuer string) (*oidc.Provider, error) {
	now := clock.Now(ctx)
	s.mu.Lock()
	f, ok := s.held[issuer]
	s.mu.Unlock()
	if ok && now.Sub(f.at) < mostFound {
		return f.Provider, nil
	}
	p, err := s.reach(context.WithoutCancel(ctx), issuer) // it keeps the context for later questions
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[issuer] = found{p, now}
	return p, nil
}

// reach asks an issuer about itself. Unavailable where it does not answer or fails; ErrWord where what it says is no issuer's of
// this address, or leads to where nothing is sealed.
func (s *Shelf) reach(ctx context.Context, issuer string) (*oidc.Provider, error) {
	at, err := oidc.NewProvider(oidc.ClientContext(ctx, s.client), issuer)
	var unreached *url.Error
	if errors.As(err, &unreached) {
		return nil, away(err)
	}
	if err == nil {
		err = s.sealed(at)
	}
	if err != nil {
		return nil, word(err)
	}
	return at, nil
}

// sealed refuses a provider that sends people, codes or questions to where there is no TLS.
func (s *Shelf) sealed(at *oidc.Provider) error {
	var said struct {
		Authorization string `json:"authorization_endpoint"`
		Token         string `json:"token_endpoint"`
		Keys          string `json:"jwks_uri"`
		Person        string `json:"userinfo_endpoint"`
	}
	if err := at.Claims(&said); err != nil {
		return err
	}
	addresses := []string{said.Authorization, said.Token, said.Keys}
	if said.Person != "" {
		addresses = append(addresses, said.Person)
	}
	for _, address := range addresses {
		if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "https" && (!s.plain || u.Scheme != "http") {
			return fmt.Errorf("the provider leads to %.200q", address)
		}
	}
	return nil
}

func (p Provider) config(at *oidc.Provider, back string) *oauth2.Config {
	scopes := []string{oidc.ScopeOpenID, "profile"}
	switch p.Means {
	case Phone:
		scopes = append(scopes, "phone")
	case Email:
		scopes = append(scopes, "email")
	}
	return &oauth2.Config{ClientID: p.Client, ClientSecret: p.Secret, Endpoint: at.Endpoint(), RedirectURL: back, Scopes: scopes}
}

// Begin is where the browser goes, and what it must carry: the value of a cookie. back is our own address to come back to.
func (s *Shelf) Begin(ctx context.Context, district int32, back, returnTo string) (address, carried string, err error) {
	p, err := s.open(ctx, district)
	if err != nil {
		return "", "", err
	}
	at, err := s.discover(ctx, p.Issuer)
	if err != nil {
		return "", "", err
	}
	w := way{district, rand.Text(), rand.Text(), oauth2.GenerateVerifier(), returnTo, clock.Now(ctx).Add(Goodbye)}
	if carried, err = s.seal(ctx, w); err != nil {
		return "", "", err
	}
	asks := []oauth2.AuthCodeOption{oidc.Nonce(w.Nonce), oauth2.S256ChallengeOption(w.Verifier)}
	return p.config(at, back).AuthCodeURL(w.State, asks...), carried, nil
}

// carriedAt binds a carried way to what it is: sealed values of the database are not taken for it.
var carriedAt = keys.Addr{Table: "cookie", Column: "way", ID: uuid.NameSpaceURL}

func (s *Shelf) seal(ctx context.Context, w way) (string, error) {
	box, err := s.safe.Box(ctx)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(w)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(box.SealBytes(carriedAt, text)), nil
}

func (s *Shelf) unseal(ctx context.Context, carried string) (w way, err error) {
	box, err := s.safe.Box(ctx)
	if err != nil {
		return w, err
	}
	raw, err := base64.RawURLEncoding.DecodeString(carried)
	if err == nil {
		raw, err = box.OpenBytes(carriedAt, raw)
	}
	if err == nil {
		err = json.Unmarshal(raw, &w)
	}
	if err != nil || clock.Now(ctx).After(w.Until) {
		return w, ErrWay
	}
	return w, nil
}

// Finish takes the browser back: what it carried, and what stands in the address. ErrWay, ErrWord, ErrDeclined, None,
// Unavailable.
func (s *Shelf) Finish(ctx context.Context, carried string, query url.Values, back string) (Shown, error) {
	w, err := s.unseal(ctx, carried)
	if err != nil {
		return Shown{}, err
	}
	if subtle.ConstantTimeCompare([]byte(w.State), []byte(query.Get("state"))) != 1 {
		return Shown{}, ErrWay
	}
	shown := Shown{District: w.District, ReturnTo: w.ReturnTo}
	p, err := s.open(ctx, w.District)
	if err != nil {
		return shown, err
	}
	if iss := query.Get("iss"); iss != "" && iss != p.Issuer { // RFC 9207: another provider's answer
		return shown, word(errors.New("the answer names another issuer"))
	}
	if query.Get("error") != "" || query.Get("code") == "" {
		return shown, fmt.Errorf("%w: the provider answers %.100q", ErrDeclined, query.Get("error"))
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	at, err := s.discover(ctx, p.Issuer)
	if err != nil {
		return shown, err
	}
	client, asked := *s.client, &noting{RoundTripper: s.client.Transport}
	client.Transport = asked
	shown, err = p.believe(oidc.ClientContext(ctx, &client), at, shown, w, query.Get("code"), back)
	if err != nil && asked.failed != nil {
		err = away(errors.Join(asked.failed, err))
	}
	return shown, err
}

// claims are what we read of a provider's word.
type claims struct {
	ACR   string   `json:"acr"`
	AMR   []string `json:"amr"`
	Party string   `json:"azp"`
	verified
}

// verified is whether a provider has made sure of the two claims of the standard. For a claim of its own, such as the
// mobile that a personnel office entered, the district answers.
type verified struct {
	Phone bool `json:"phone_number_verified"`
	Email bool `json:"email_verified"`
}

// believe exchanges the code and reads who it was given to.
func (p Provider) believe(ctx context.Context, at *oidc.Provider, shown Shown, w way, code, back string) (Shown, error) {
	config := p.config(at, back)
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(w.Verifier))
	if err != nil {
		var no *oauth2.RetrieveError
		if errors.As(err, &no) && no.Response != nil && no.Response.StatusCode < 500 {
			return shown, word(fmt.Errorf("the code is refused: %s", no.ErrorCode)) // the body may quote anything
		}
		return shown, away(err)
	}
	raw, _ := token.Extra("id_token").(string)
	now := clock.Now(ctx)
	id, err := at.VerifierContext(ctx, &oidc.Config{ClientID: p.Client, Now: func() time.Time { return now }}).Verify(ctx, raw)
	if err != nil {
		return shown, word(err)
	}
	var c claims
	var all map[string]any
	if err := errors.Join(id.Claims(&c), id.Claims(&all)); err != nil {
		return shown, word(err)
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(w.Nonce)) != 1:
		return shown, word(errors.New("another nonce"))
	case len(id.Audience) > 1 && c.Party != p.Client, c.Party != "" && c.Party != p.Client:
		return shown, word(errors.New("another party"))
	}
	if _, there := all[p.Claim]; !there {
		info, err := at.UserInfo(ctx, config.TokenSource(ctx, token))
		if err != nil {
			return shown, away(err)
		}
		if info.Subject != id.Subject {
			return shown, word(errors.New("another subject"))
		}
		if err := errors.Join(info.Claims(&all), info.Claims(&c.verified)); err != nil {
			return shown, word(err)
		}
	}
	shown.Means = p.Means
	shown.Value, _ = all[p.Claim].(string)
	switch {
	case shown.Value == "":
		return shown, word(fmt.Errorf("no claim %s", p.Claim))
	case p.Claim == "phone_number" && !c.Phone, p.Claim == "email" && !c.Email:
		return shown, word(fmt.Errorf("claim %s is not verified", p.Claim))
	}
	shown.Strong = p.Strong != "" && (c.ACR == p.Strong || slices.Contains(c.AMR, p.Strong))
	return shown, nil
}
