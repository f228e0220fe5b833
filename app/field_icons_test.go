package app_test

import (
	"encoding/json"
	"fmt"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"wanjie/app/auth"
)

// Android installs a page whose manifest names pictures that are what it says: PNGs of 192 and 512, also for its own shapes.
func TestTheFieldPageCanBeInstalled(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	s, _ := h.street(t, "装", 30_000)
	walker := roleAt(t, 30_000, auth.GridWorker)
	_, body := h.get(t, walker, "/s/"+s.Slug+"/field/manifest.json")
	var manifest struct {
		StartURL string `json:"start_url"`
		Display  string
		Icons    []struct{ Src, Sizes, Type, Purpose string }
	}
	if err := json.Unmarshal([]byte(body), &manifest); err != nil || manifest.StartURL != "/s/"+s.Slug+"/field/" || manifest.Display != "standalone" {
		t.Fatalf("%s (%v)", body, err)
	}
	have := map[string]bool{}
	for _, i := range manifest.Icons {
		res, picture := h.get(t, walker, i.Src)
		size, err := png.DecodeConfig(strings.NewReader(picture))
		if err != nil || res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != i.Type || fmt.Sprintf("%dx%d", size.Width, size.Height) != i.Sizes {
			t.Errorf("%s: %d %s, %v (%v)", i.Src, res.StatusCode, res.Header.Get("Content-Type"), size, err)
		}
		have[i.Sizes+" "+i.Purpose] = true
	}
	for _, want := range []string{"192x192 any", "512x512 any", "192x192 maskable", "512x512 maskable"} {
		if !have[want] {
			t.Errorf("no icon %s", want)
		}
	}
}
