// Command screenshots takes the pictures of the README from the running demo (`make dev`), one folder beside it:
//
//	make screenshots
//
// It signs in as each kind of person, so it also shows at a glance that every door opens.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"
)

// shot is one picture: of a page as somebody sees it, in pixels.
type shot struct {
	name, who, path string
	wide, high      int64
	click           string // a link on the page that leads to the one meant
}

const (
	desk  = 1366
	phone = 390
)

var shots = []shot{
	{"desk", "dispatcher", "/s/fengqiao/cases", desk, 800, ""},
	{"case", "lead", "/s/fengqiao/cases?stage=any&class=matter-06010", desk, 1100, "tbody tr:nth-child(6) td a"},
	{"intake", "intake", "/s/fengqiao/cases/new", desk, 1000, ""},
	{"tasks", "handler", "/s/fengqiao/tasks", desk, 800, ""},
	{"assessment", "leader", "/s/fengqiao/assessment", desk, 900, ""},
	{"district", "district", "/d/320505", desk, 1000, ""},
	{"fleet", "operator", "/v/streets", desk, 700, ""},
	{"grids", "gridhead", "/s/fengqiao/grids", desk, 900, ""},
	{"resident", "", "/r/fengqiao/", phone, 844, ""},
	{"field", "grid", "/s/fengqiao/field", phone, 844, ""},
}

// entering is how long signing in takes at most.
var entering = chromedp.Sleep(1500 * time.Millisecond)

// demo is what the development stack says of itself.
type demo struct {
	URL      string `json:"url"`
	Accounts []struct {
		Login    string `json:"login"`
		Password string `json:"password"`
		TOTP     string `json:"totp_secret"`
	} `json:"accounts"`
}

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	raw, err := os.ReadFile(filepath.Join(".local", "dev.json"))
	if err != nil {
		return errors.New("the demo is not running: start `make dev` in another terminal")
	}
	var d demo
	if err := json.Unmarshal(raw, &d); err != nil {
		return fmt.Errorf(".local/dev.json: %w", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Flag("lang", "zh-CN"))
	browsers, stop := chromedp.NewExecAllocator(ctx, options...)
	defer stop()
	for _, s := range shots {
		if err := d.take(browsers, s); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Println(s.name)
	}
	return nil
}

// take signs in with a browser of its own and writes one picture.
func (d demo) take(browsers context.Context, s shot) error {
	ctx, stop := chromedp.NewContext(browsers)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := chromedp.Run(ctx, emulation.SetDeviceMetricsOverride(s.wide, s.high, 1, s.wide == phone)); err != nil {
		return err
	}
	if s.who != "" {
		if err := d.signIn(ctx, s.who); err != nil {
			return fmt.Errorf("sign in as %s: %w", s.who, err)
		}
	}
	var picture []byte
	steps := []chromedp.Action{chromedp.Navigate(d.URL + s.path), chromedp.WaitReady("main, .main")}
	if s.click != "" {
		steps = append(steps, chromedp.Click(s.click), chromedp.WaitVisible("#case-record"))
	}
	steps = append(steps, chromedp.Sleep(400*time.Millisecond), chromedp.CaptureScreenshot(&picture))
	if err := chromedp.Run(ctx, steps...); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join("infra", "screenshots", s.name+".png"), picture, 0o644) //nolint:gosec // a picture of made-up data
}

func (d demo) signIn(ctx context.Context, who string) error {
	for _, a := range d.Accounts {
		if !strings.HasPrefix(a.Login, who+"@") {
			continue
		}
		if err := chromedp.Run(ctx, chromedp.Navigate(d.URL+"/login"), chromedp.SendKeys(`input[name=identifier]`, a.Login), chromedp.SendKeys(`input[name=password]`, a.Password+"\r")); err != nil {
			return err
		}
		if a.TOTP == "" {
			return chromedp.Run(ctx, entering)
		}
		code, err := totp.GenerateCode(a.TOTP, time.Now())
		if err != nil {
			return err
		}
		return chromedp.Run(ctx, chromedp.SendKeys(`input[autocomplete="one-time-code"]`, code+"\r"), entering)
	}
	return errors.New("no such account in the demo")
}
