package providers

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

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
