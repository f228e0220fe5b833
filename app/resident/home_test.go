package resident

import (
	"net/url"
	"testing"
)

// What is touched on a preview leads to the preview, with what is being tried, however often.
func TestAPreviewLeadsToItself(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"/s/fq/admin/branding/preview":                           "/s/fq/admin/branding/preview?&at=/news",
		"/s/fq/admin/branding/preview?name=a%26b":                "/s/fq/admin/branding/preview?name=a%26b&at=/news",
		"/s/fq/admin/branding/preview?name=a&at=/report":         "/s/fq/admin/branding/preview?name=a&at=/news",
		"/s/fq/admin/branding/preview?at=/a&at=/b&colour=%23fff": "/s/fq/admin/branding/preview?colour=%23fff&at=/news",
	} {
		u, err := url.Parse(from)
		if err != nil {
			t.Fatal(err)
		}
		if got := staying(u) + "/news"; got != want {
			t.Errorf("from %s to %s, want %s", from, got, want)
		}
	}
}
