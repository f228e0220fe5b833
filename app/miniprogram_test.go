package app_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"wanjie/app/resident"
	"wanjie/templates/miniprogram"
)

// What the mini-program asks exists: every route of its table is one of the residents' API.
func TestMiniProgramAsksWhatThereIs(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	there := map[miniprogram.Route]bool{}
	for _, r := range h.Site.Routes() {
		if rest, ok := strings.CutPrefix(r.Pattern, "/api/v1/resident/{tenant}"); ok {
			there[miniprogram.Route{Method: r.Method, Path: strings.TrimSuffix(rest, "{$}")}] = true
		}
	}
	asked, err := miniprogram.Routes(miniprogram.Source())
	if err != nil || len(asked) < 30 {
		t.Fatalf("%d routes: %v", len(asked), err)
	}
	for name, r := range asked {
		if !there[r] {
			t.Errorf("%s: the server has no %s %s", name, r.Method, r.Path)
		}
	}
}

// A district's mini-program learns which streets have a door, and each speaks the language that is asked for and has its own
// colour, dark enough for words.
func TestStreetsOfADistrict(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	s := d.street(731_000)
	get := func(path, language string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Language", language)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(b)
	}
	path := strings.Replace(resident.StreetsPath, "{district}", "320505", 1)
	status, body := get(path, "zh")
	var list struct{ Streets []struct{ Slug, Name string } }
	if err := json.Unmarshal([]byte(body), &list); status != 200 || err != nil {
		t.Fatalf("%d %v %s", status, err, body)
	}
	found := false
	for _, one := range list.Streets {
		found = found || one.Slug == s.Slug && one.Name == s.Name
	}
	if !found {
		t.Errorf("%s is not among %s", s.Slug, body)
	}
	if status, body := get(strings.Replace(resident.StreetsPath, "{district}", "659001", 1), "zh"); status != 200 || strings.TrimSpace(body) != `{"streets":[]}` {
		t.Errorf("a district without streets: %d %s", status, body)
	}
	if status, _ := get(strings.Replace(resident.StreetsPath, "{district}", "here", 1), "zh"); status != 404 {
		t.Errorf("no code: %d", status)
	}
	for language, want := range map[string]string{"zh": "收集什么，用来做什么", "en": "What is collected, and for what"} {
		if status, body := get("/api/v1/resident/"+s.Slug+"/privacy", language); status != 200 || !strings.Contains(body, want) {
			t.Errorf("the notice in %s: %d %s", language, status, body)
		}
	}
}

// Every page of the mini-program goes once through the real server: what its own tests answer by hand is answered here, so
// that the two can not drift apart.
func TestMiniProgramOnTheRealServer(t *testing.T) {
	t.Parallel()
	check, err := filepath.Abs("../templates/miniprogram/check")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), filepath.Join(check, "install.sh")).CombinedOutput(); err != nil {
		t.Fatalf("the pages' tools: %v\n%s", err, out)
	}
	d := openDoor(t)
	s := d.street(732_000)
	p := d.person()
	picture := filepath.Join(t.TempDir(), "photo.jpg")
	f, err := os.Create(picture)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(jpeg.Encode(f, image.NewGray(image.Rect(0, 0, 64, 48)), nil), f.Close()); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "live.js", d.server.URL, "320505", s.Slug, p.phone, picture)
	cmd.Dir = check
	var said bytes.Buffer
	cmd.Stderr = &said
	to, err1 := cmd.StdinPipe()
	from, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	done := false
	for lines := bufio.NewScanner(from); lines.Scan(); {
		switch what, id, _ := strings.Cut(lines.Text(), " "); what {
		case "code":
			fmt.Fprintln(to, p.code())
			d.nextCode(p)
		case "finish":
			d.finish(s, uuid.MustParse(id))
			fmt.Fprintln(to, "finished")
		case "done":
			done = true
		}
	}
	if err := cmd.Wait(); err != nil || !done {
		t.Fatalf("%v\n%s", err, said.String())
	}
}
