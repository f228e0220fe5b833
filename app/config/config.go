// Package config turns the environment into one typed value, once, at start. What is missing or
// malformed is said all at once, by name. Where no address is set, the running development stack of
// this checkout is used, found by its file .local/dev.json.
package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Config is everything the product must be told.
type Config struct {
	Database   string            // home placement
	Placements map[string]string // all of them, home among them
	Deployment int32
	Redis      string

	KratosPublic string
	KratosAdmin  string
	CourierKey   string // Kratos proves itself with it at /internal/courier

	Addr string // where people come
	// Proxies are the networks of the reverse proxies before it, whose word about a browser's address
	// is believed: limits of sign-in and the door's record count by it.
	Proxies   []netip.Prefix
	AdminAddr string // health and metrics; keep it inside
	PublicURL string // as people type it; decides cookies and links
	Keys      string // file of the development key service
	Roots     string // folder for signed daily roots, outside the database
	// ResidentDomain is where streets have hosts of their own for residents: <slug>.<domain>; empty: they come by /r/<slug>.
	ResidentDomain string
	WeChat         WeChat
	Files          string // where files lie: a folder or s3://bucket/…; see tenants/blobs
	Clamd          string // tcp://host:port or unix:///path of a clamd that looks through uploads; empty: nobody does
	Photo          int64  // bytes of the largest photo that is taken in
	SMTP           string // smtp://user:password@host:port; empty: mail stays unsent
	SMS            string // aliyun://key:secret@host?sign=…; empty: text messages stay unsent
	Dev            bool   // development doors (/dev/…) are open
}

// WeChat is the vendor's platform for third parties, by which districts' mini-programs are released. Without an AppID there is none.
type WeChat struct {
	AppID, Secret string
	Token, AESKey string // of what WeChat pushes
	URL           string // another address than WeChat's own
}

// Account is one demo person, as listed in DevFile.
type Account struct {
	Group    string `json:"group"` // whose door it is
	Door     string `json:"door"`
	About    string `json:"about"` // what one can do behind it
	URL      string `json:"url"`
	Login    string `json:"login"`
	Password string `json:"password"`
	TOTP     string `json:"totp_secret,omitempty"`
	Name     string `json:"name"`
}

// Dev is what `wanjie dev` writes when it is ready, and removes when it stops.
type Dev struct {
	URL          string            `json:"url"`
	AdminURL     string            `json:"admin_url"`
	DatabaseURL  string            `json:"database_url"`
	OwnerURL     string            `json:"owner_url"`
	Placements   map[string]string `json:"placements"`
	RedisURL     string            `json:"redis_url"`
	KratosPublic string            `json:"kratos_public_url"`
	KratosAdmin  string            `json:"kratos_admin_url"`
	Keys         string            `json:"keys"`
	PID          int               `json:"pid"`
	Accounts     []Account         `json:"accounts"`
}

// DevFile is where the development stack announces itself, under the checkout.
const DevFile = ".local/dev.json"

// FindDev looks for DevFile in this folder and those above it.
func FindDev() (Dev, bool) {
	dir, err := os.Getwd()
	if err != nil {
		return Dev{}, false
	}
	for {
		if b, err := os.ReadFile(filepath.Join(dir, DevFile)); err == nil {
			var d Dev
			return d, json.Unmarshal(b, &d) == nil && alive(d.PID)
		}
		up := filepath.Dir(dir)
		if up == dir {
			return Dev{}, false
		}
		dir = up
	}
}

// alive reports whether the process that wrote the file still runs: one that was killed could not
// take its file along.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	return err == nil && p.Signal(syscall.Signal(0)) == nil
}

// photo is how many megabytes a photo may have where nothing else is said: what a phone of today takes, and some more.
const photo = 10

// ErrNothing is returned when neither the environment nor a running development stack says where
// the data is.
var ErrNothing = errors.New("DATABASE_URL is not set and no development stack is running here: start one with `make dev`, or set DATABASE_URL, REDIS_URL, KRATOS_PUBLIC_URL and KRATOS_ADMIN_URL")

// Load reads the environment, or the running development stack.
func Load() (Config, error) {
	if os.Getenv("DATABASE_URL") == "" {
		d, ok := FindDev()
		if !ok {
			return Config{}, ErrNothing
		}
		return FromDev(d), nil
	}
	return FromEnv(os.Getenv)
}

// FromDev is the configuration of a running development stack.
func FromDev(d Dev) Config {
	return Config{
		Database: d.DatabaseURL, Placements: d.Placements, Deployment: 1, Redis: d.RedisURL,
		KratosPublic: d.KratosPublic, KratosAdmin: d.KratosAdmin, PublicURL: d.URL, Keys: d.Keys,
		Roots: filepath.Join(filepath.Dir(d.Keys), "roots"), Files: filepath.Join(filepath.Dir(d.Keys), "files"), Photo: photo << 20, Dev: true,
	}
}

// FromEnv reads the variables through get and reports every problem together.
func FromEnv(get func(string) string) (Config, error) {
	var problems []string
	need := func(name string) string {
		v := get(name)
		if v == "" {
			problems = append(problems, name+" is not set")
		}
		return v
	}
	or := func(name, fallback string) string {
		if v := get(name); v != "" {
			return v
		}
		return fallback
	}
	c := Config{
		Database: need("DATABASE_URL"), Redis: need("REDIS_URL"),
		KratosPublic: need("KRATOS_PUBLIC_URL"), KratosAdmin: need("KRATOS_ADMIN_URL"),
		CourierKey: get("WANJIE_COURIER_KEY"), Addr: or("WANJIE_ADDR", ":8080"), AdminAddr: or("WANJIE_ADMIN_ADDR", "127.0.0.1:9090"),
		PublicURL: strings.TrimRight(get("WANJIE_PUBLIC_URL"), "/"), Keys: need("WANJIE_KEYS"), Roots: or("WANJIE_ROOTS", "roots"), Files: or("FILES_URL", "files"), Clamd: get("CLAMD_URL"), SMTP: get("WANJIE_SMTP_URL"), SMS: get("WANJIE_SMS_URL"),
		ResidentDomain: strings.ToLower(strings.Trim(get("WANJIE_RESIDENT_DOMAIN"), ".")),
	}
	for _, part := range strings.Split(get("WANJIE_PROXIES"), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		network, err := netip.ParsePrefix(part)
		if err != nil {
			problems = append(problems, "WANJIE_PROXIES must list networks like 10.0.0.0/8,192.168.1.7/32")
			break
		}
		c.Proxies = append(c.Proxies, network)
	}
	if c.WeChat.AppID = get("WANJIE_WECHAT_APPID"); c.WeChat.AppID != "" {
		c.WeChat.Secret, c.WeChat.Token, c.WeChat.AESKey, c.WeChat.URL = need("WANJIE_WECHAT_SECRET"), need("WANJIE_WECHAT_TOKEN"), need("WANJIE_WECHAT_AES_KEY"), get("WANJIE_WECHAT_URL")
	}
	n, err := strconv.ParseInt(or("WANJIE_DEPLOYMENT", "1"), 10, 32)
	if err != nil || n < 0 || n > 2146 {
		problems = append(problems, "WANJIE_DEPLOYMENT must be a number from 0 to 2146")
	}
	c.Deployment = int32(n)
	n, err = strconv.ParseInt(or("WANJIE_PHOTO_MB", strconv.Itoa(photo)), 10, 32)
	if err != nil || n < 1 || n > 50 {
		problems = append(problems, "WANJIE_PHOTO_MB must be a number of megabytes from 1 to 50")
	}
	c.Photo = n << 20
	c.Placements = map[string]string{"home": c.Database}
	for _, part := range strings.Split(get("PLACEMENTS"), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, url, ok := strings.Cut(part, "=")
		if !ok || name == "" || name == "home" {
			problems = append(problems, "PLACEMENTS must read name=postgres://…,name=postgres://…, none of them called home")
			continue
		}
		c.Placements[name] = url
	}
	if len(problems) > 0 {
		return c, fmt.Errorf("configuration: %s", strings.Join(problems, "; "))
	}
	return c, nil
}
