package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A district's mini-program is built without any server: its colour comes out dark enough for white words on it.
func TestMiniprogramBuild(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "huqiu")
	code, stdout, stderr := call(t, "miniprogram", "build", "--district", "320505", "--api", "https://wanjie.example", "--appid", "wx0123456789abcdef", "--colour", "#ffb000", "--out", dir)
	if code != 0 || !strings.Contains(stdout, "虎丘区") {
		t.Fatalf("exit %d, %s%s", code, stdout, stderr)
	}
	b, err := os.ReadFile(filepath.Join(dir, "ext.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"wx0123456789abcdef"`, `"https://wanjie.example"`, `"code": "320505"`, `"accent": "#ffb000"`, `"strong": "#946600"`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("ext.json has no %s:\n%s", want, b)
		}
	}
	for _, wrong := range [][]string{{"--district", "999999"}, {"--district", "320505", "--colour", "blue"}} {
		if code, _, stderr := call(t, append([]string{"miniprogram", "build", "--api", "https://x", "--out", t.TempDir()}, wrong...)...); code != exitFailed {
			t.Errorf("%v: exit %d, %s", wrong, code, stderr)
		}
	}
}
