package config

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEveryProblemIsSaidAtOnce(t *testing.T) {
	_, err := FromEnv(func(name string) string {
		return map[string]string{"DATABASE_URL": "postgres://x/y", "PLACEMENTS": "home=postgres://z", "WANJIE_DEPLOYMENT": "many", "WANJIE_PHOTO_MB": "0", "WANJIE_WECHAT_APPID": "wx1", "WANJIE_PROXIES": "10.0.0.0/8,everybody"}[name]
	})
	if err == nil {
		t.Fatal("half a configuration was accepted")
	}
	for _, word := range []string{"REDIS_URL", "KRATOS_PUBLIC_URL", "KRATOS_ADMIN_URL", "WANJIE_KEYS", "WANJIE_DEPLOYMENT", "PLACEMENTS", "WANJIE_PROXIES", "WANJIE_PHOTO_MB", "WANJIE_WECHAT_SECRET", "WANJIE_WECHAT_TOKEN", "WANJIE_WECHAT_AES_KEY"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%s is not named: %v", word, err)
		}
	}
	if strings.Contains(err.Error(), "DATABASE_URL is not set") {
		t.Errorf("DATABASE_URL was set: %v", err)
	}
}

func TestPlacements(t *testing.T) {
	c, err := FromEnv(func(name string) string {
		switch name {
		case "PLACEMENTS":
			return " south=postgres://s , north=postgres://n"
		case "WANJIE_DEPLOYMENT":
			return "7"
		case "WANJIE_PROXIES":
			return "10.0.0.0/8, fd00::/8"
		case "WANJIE_PHOTO_MB":
			return "12"
		}
		return "x"
	})
	if err != nil || len(c.Placements) != 3 || c.Placements["south"] != "postgres://s" || c.Placements["home"] != "x" || c.Deployment != 7 || len(c.Proxies) != 2 || c.Photo != 12<<20 {
		t.Fatalf("%+v, %v", c, err)
	}
}

func TestTheFileOfADeadStackIsIgnored(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write := func(pid int) {
		b, _ := json.Marshal(Dev{URL: "http://here", PID: pid})
		if err := os.MkdirAll(".local", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(DevFile, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(os.Getpid())
	if d, ok := FindDev(); !ok || d.URL != "http://here" {
		t.Fatalf("a living stack was not found: %+v", d)
	}
	deep := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(deep)
	if _, ok := FindDev(); !ok {
		t.Fatal("not found from a folder below")
	}
	t.Chdir(dir)
	write(1 << 22) // above any process number
	if _, ok := FindDev(); ok {
		t.Fatal("a dead stack was found")
	}
}
