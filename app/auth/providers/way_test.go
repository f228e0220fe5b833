package providers

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wanjie/app/fault"
)

// What a provider says of itself holds to TLS where somebody signs in as in the test, for every address; one that fails is away,
// in both, and is not taken for a wrong one.
func TestWhereAProviderLeads(t *testing.T) {
	t.Parallel()
	var says map[string]string
	var status int
	mux := http.NewServeMux()
	server := httptest.NewTLSServer(mux)
	defer server.Close()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(says)
	})
	for _, c := range []struct {
		why, address, is string
		status           int
		want             Finding
	}{
		{"all sealed", "", "", 200, Answers},
		{"the way there", "authorization_endpoint", "http://sso.example.gov.cn/a", 200, Wrong},
		{"the code", "token_endpoint", "http://sso.example.gov.cn/t", 200, Wrong},
		{"the keys", "jwks_uri", "http://sso.example.gov.cn/k", 200, Wrong},
		{"the person", "userinfo_endpoint", "http://sso.example.gov.cn/u", 200, Wrong},
		{"no keys", "jwks_uri", "", 200, Wrong},
		{"not its page", "", "", 404, Wrong},
		{"it fails", "", "", 503, Away},
	} {
		status, says = c.status, map[string]string{"issuer": server.URL}
		for _, name := range []string{"authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"} {
			says[name] = server.URL + "/" + name
		}
		if c.address != "" {
			says[c.address] = c.is
		}
		s := &Shelf{client: &http.Client{Transport: short{server.Client().Transport}}, held: map[string]found{}}
		if got := s.ask(t.Context(), server.URL); got != c.want {
			t.Errorf("%s: the test finds %q", c.why, got)
		}
		_, err := s.discover(t.Context(), server.URL)
		if got := map[bool]Finding{err == nil: Answers, errors.Is(err, ErrWord): Wrong, fault.Is(err, fault.Unavailable): Away}[true]; got != c.want {
			t.Errorf("%s: a sign-in finds %v", c.why, err)
		}
	}
}

// A district's provider cannot be a name for this machine, nor lead there.
func TestAProviderIsNowhereInside(t *testing.T) {
	t.Parallel()
	inside := httptest.NewTLSServer(http.NotFoundHandler())
	defer inside.Close()
	c := clientOf(false)
	address := "https://localhost" + inside.URL[strings.LastIndex(inside.URL, ":"):]
	for _, at := range []string{inside.URL, address, "https://100.100.100.200/", "https://[::1]:9/"} {
		res, err := c.Get(at)
		if err == nil {
			_ = res.Body.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "is refused") {
			t.Errorf("%s: %v", at, err)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "http://sso.example.gov.cn/", nil)
	if c.CheckRedirect(r, nil) == nil {
		t.Error("a provider redirects to where nothing is sealed")
	}
}
