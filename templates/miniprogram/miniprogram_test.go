package miniprogram

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

var huqiu = Settings{AppID: "wx0123456789abcdef", API: "https://wanjie.example/", District: District{"320505", "虎丘区"}, Theme: Theme{"#1677ff", "#0958d9", "#003eb3", "#e8f1ff"}}

// WeChat takes 2 MB a package: a component too many is found here, not at a release.
func TestEachPackageIsSmallEnough(t *testing.T) {
	t.Parallel()
	sizes, err := Sizes(Source())
	if err != nil {
		t.Fatal(err)
	}
	for name, size := range sizes {
		t.Logf("package %q: %d kB", name, size>>10)
		if size > MostBytes/2 {
			t.Errorf("package %q has %d bytes: more than half of what WeChat takes", name, size)
		}
	}
	if sizes["services"] == 0 || sizes[""] < sizes["services"] {
		t.Errorf("packages %v", sizes)
	}
}

func TestLint(t *testing.T) {
	t.Parallel()
	problems, err := lint(Source())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
}

// Each thing that the linter looks for is broken once, and found.
func TestLintFinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, old, new, want string }{
		{"app.json", `"pages/follow/follow",`, ``, "app.json does not know this page"},
		{"app.json", `"pages/follow/follow",`, `"pages/follow/follow", "pages/lost/lost",`, ".json is missing"},
		{"app.json", `"pagePath": "pages/me/me"`, `"pagePath": "pages/you/you"`, "is no page of the main package"},
		{"pages/follow/follow.wxml", `bind:tap="find"`, `bind:tap="seek"`, "leads to seek"},
		{"pages/follow/follow.wxml", `{{w.hidden}}`, `{{w.secret}}`, "no secret for follow"},
		{"pages/follow/follow.wxml", `<t-steps layout="vertical" readonly>`, `<t-stairs layout="vertical" readonly>`, "closes nothing"},
		{"pages/follow/follow.json", `/tdesign/steps/steps`, `/tdesign/stairs/stairs`, "t-steps is not at"},
		{"pages/follow/follow.json", `"t-steps": "/tdesign/steps/steps",`, ``, "neither WeChat's nor registered"},
		{"pages/follow/follow.js", `'follow', { form`, `'pursue', { form`, "lib/routes.js has no pursue"},
		{"pages/follow/follow.js", `lib/steps`, `lib/stairs`, "which is not there"},
		{"pages/home/home.wxml", `/pages/report/report`, `/pages/raport/raport`, "which is no page"},
		{"parts/problem.wxml", `</view>`, ``, "is not closed"},
		{"parts/call.wxml", `bindtap="dial"`, `bindtap="ring"`, "leads to ring"},
	} {
		broken := fstest.MapFS{}
		if err := fs.WalkDir(Source(), ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := fs.ReadFile(Source(), name)
			if name == c.file {
				changed := strings.Replace(string(b), c.old, c.new, 1)
				if changed == string(b) {
					t.Errorf("%s has no %s", c.file, c.old)
				}
				b = []byte(changed)
			}
			broken[name] = &fstest.MapFile{Data: b}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		problems, err := lint(broken)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.Join(problems, "\n"), c.want) {
			t.Errorf("%s without %s: %q, want one that says %q", c.file, c.old, problems, c.want)
		}
	}
}

// A government's mini-program asks nobody but its own server.
func TestNothingIsFetchedFromElsewhere(t *testing.T) {
	t.Parallel()
	err := fs.WalkDir(Source(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, "LICENSE") {
			return err
		}
		b, err := fs.ReadFile(Source(), name)
		if bytes.Contains(b, []byte("http://")) || bytes.Contains(b, []byte("url(//")) || bytes.Contains(bytes.ReplaceAll(b, []byte("https://…"), nil), []byte("https://")) {
			t.Errorf("%s names an address", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestBuild(t *testing.T) {
	t.Parallel()
	one, two := filepath.Join(t.TempDir(), "one"), t.TempDir()
	for _, dir := range []string{one, two} {
		if err := Build(dir, huqiu); err != nil {
			t.Fatal(err)
		}
	}
	var got struct {
		Enable bool   `json:"extEnable"`
		AppID  string `json:"extAppid"`
		Ext    struct {
			API      string
			District District
			Theme    Theme
		}
		Window map[string]string
	}
	b, err := os.ReadFile(filepath.Join(one, "ext.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if !got.Enable || got.AppID != huqiu.AppID || got.Ext.API != "https://wanjie.example" || got.Ext.District != huqiu.District || got.Ext.Theme != huqiu.Theme || got.Window["navigationBarTitleText"] != "虎丘区" {
		t.Errorf("ext.json: %s", b)
	}
	if diff := cmp.Diff(contents(t, one), contents(t, two)); diff != "" {
		t.Errorf("built twice, it differs: %s", diff)
	}
	for _, want := range []string{"app.json", "project.config.json", "pages/home/home.wxml", "tdesign/LICENSE", "services/guide/guide.js"} {
		if _, err := os.Stat(filepath.Join(one, want)); err != nil {
			t.Error(err)
		}
	}
	if err := Build(one, huqiu); err == nil {
		t.Error("built over another district's")
	}
	if err := Build(t.TempDir(), Settings{API: huqiu.API, District: huqiu.District}); err == nil {
		t.Error("built without an appid")
	}
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join(dir, name))
		out[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestPages runs what stands in check/: lib/ by node, every page drawn and clicked in miniprogram-simulate. check/install.sh
// brings what they need.
func TestPages(t *testing.T) {
	t.Parallel()
	if out, err := exec.CommandContext(t.Context(), "check/install.sh").CombinedOutput(); err != nil { // quick where everything is there
		t.Fatalf("the pages' tools: %v\n%s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), "node", "--test")
	cmd.Dir = "check"
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Log(lastLines(string(out), 9))
}

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
