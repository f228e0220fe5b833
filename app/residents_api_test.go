package app_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"wanjie/tenants"
)

// The same routes serve programs: the sign-in answers a token, the struct of each page is its JSON, and a repeat of a report
// under one number gets the same answer. GCJ-02 comes in, CGCS2000 is kept, and only with consent.
func TestResidentAPI(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	s := d.street(730_000)
	p := d.person()
	base := "/api/v1/resident/" + s.Slug
	token := ""
	ask := func(method, path string, form url.Values, key string) (int, map[string]any) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, p.server.URL+base+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Idempotency-Key", key)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var out map[string]any
		if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
			t.Fatalf("%s %s: %d, %v", method, path, res.StatusCode, err)
		}
		return res.StatusCode, out
	}
	key := func() string { return tenants.NewID().String() }
	if status, home := ask("GET", "/", nil, ""); status != 200 || home["street"] != s.Name || home["signed_in"] != false {
		t.Errorf("home: %d %v", status, home)
	}
	if status, _ := ask("GET", "/matters", nil, ""); status != 401 {
		t.Errorf("matters of nobody: %d", status)
	}
	form := url.Values{"phone": {p.phone}}
	if status, out := ask("POST", "/sign-in", form, ""); status != 422 || out["fields"].(map[string]any)["agree"] == nil {
		t.Errorf("without agreeing: %d %v", status, out)
	}
	form.Set("agree", "2026-11")
	_, sent := ask("POST", "/sign-in", form, "")
	form.Set("flow", sent["flow"].(string))
	form.Set("code", "000000")
	if status, _ := ask("POST", "/sign-in/code", form, ""); status != 422 {
		t.Errorf("a wrong code: %d", status)
	}
	form.Set("code", p.code())
	_, opened := ask("POST", "/sign-in/code", form, "")
	token, _ = opened["token"].(string)
	if token == "" {
		t.Fatalf("no token: %v", opened)
	}
	report := url.Values{"class": {"matter-06010"}, "description": {"花坛边有垃圾"}, "lon": {"120.549"}, "lat": {"31.301"}}
	if status, out := ask("POST", "/report", report, key()); status != 422 {
		t.Errorf("a place without consent: %d %v", status, out)
	}
	report.Set("place_ok", "1")
	one := key()
	_, first := ask("POST", "/report", report, one)
	_, again := ask("POST", "/report", report, one)
	if first["number"] == nil || first["id"] != again["id"] {
		t.Errorf("reported as %v, repeated as %v", first, again)
	}
	report.Set("description", "别的话")
	if status, _ := ask("POST", "/report", report, one); status != 409 {
		t.Errorf("another body under the same number: %d", status)
	}
	var lon, lat float64
	if err := d.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT lon, lat FROM cases WHERE tenant_id=$1", int32(s.ID)).Scan(&lon, &lat); err != nil {
		t.Fatal(err)
	}
	// GCJ-02 lies some hundred metres off in Suzhou: to the east and to the south.
	if lon > 120.5465 || lon < 120.543 || lat < 31.302 || lat > 31.305 {
		t.Errorf("kept at %f, %f", lon, lat)
	}
	if status, m := ask("GET", "/matters/"+first["id"].(string), nil, ""); status != 200 || m["words"] != "花坛边有垃圾" || m["number"] != first["number"] || len(m["steps"].([]any)) != 5 {
		t.Errorf("the matter: %d %v", status, m)
	}
	if _, me := ask("GET", "/me", nil, ""); me["phone"] != p.phone {
		t.Errorf("my data: %v", me)
	}
	ask("POST", "/sign-out", nil, key())
	if status, _ := ask("GET", "/matters", nil, ""); status != 401 {
		t.Errorf("signed out, matters: %d", status)
	}
	// The street's own host shows the same without its slug, and nothing of the console.
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.server.URL+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/": 200, "/sign-in": 200, "/report": 303, "/login": 404, "/s/" + s.Slug + "/cases": 404, "/api/v1/resident/": 200} {
		r.URL.Path, r.Host = path, s.Slug+".jiedao.example"
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != want || want == 200 && !strings.Contains(path, "api") && !strings.Contains(string(b), `href="/report"`) {
			t.Errorf("%s at the street's own host: %d, want %d\n%s", path, res.StatusCode, want, b)
		}
		if want == 303 && res.Header.Get("Location") != "/sign-in?return_to=%2Freport" {
			t.Errorf("the way to sign-in at the street's own host: %s", res.Header.Get("Location"))
		}
	}
}
