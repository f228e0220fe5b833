package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"wanjie/tenants/keys"
)

func TestKeysRotateAndShow(t *testing.T) {
	w := production(t)
	s := w.Street(t)
	code, stdout, stderr := call(t, "keys", "show", "--tenant", s.Slug)
	if code != 0 || !strings.Contains(stdout, "version 1") || !strings.Contains(stdout, "Every value is under the newest version.") {
		t.Fatalf("exit %d, %s%s", code, stdout, stderr)
	}
	var v struct {
		Version int
		From    time.Time
	}
	code, stdout, stderr = call(t, "--json", "keys", "rotate", "--tenant", s.Slug)
	if code != 0 || json.Unmarshal([]byte(stdout), &v) != nil || v.Version != 2 || time.Until(v.From) < keys.MaxAge {
		t.Fatalf("exit %d, %s%s", code, stdout, stderr)
	}
	if code, stdout, _ := call(t, "keys", "show", "--tenant", s.Slug); code != 0 || !strings.Contains(stdout, "version 2") || !strings.Contains(stdout, "in use from") {
		t.Errorf("exit %d, %s", code, stdout)
	}
	if code, _, stderr := call(t, "keys", "rotate", "--tenant", s.Slug); code != exitFailed || !strings.Contains(stderr, "尚未完成") {
		t.Errorf("twice at once: exit %d, %s", code, stderr)
	}
	if code, _, stderr := call(t, "keys", "rotate", "--tenant", "nowhere"); code != exitFailed || !strings.Contains(stderr, "nowhere") {
		t.Errorf("an unknown tenant: exit %d, %s", code, stderr)
	}
}
