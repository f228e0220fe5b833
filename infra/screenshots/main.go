// Command screenshots takes the pictures of the README from the running demo (`make dev`), one folder beside it:
//
//	make screenshots
//
// It signs in as each kind of person, so it also shows at a glance that every door opens.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"wanjie/infra/visit"
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

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	d, err := visit.Find()
	if err != nil {
		return err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Flag("lang", "zh-CN"))
	browsers, stop := chromedp.NewExecAllocator(ctx, options...)
	defer stop()
	for _, s := range shots {
		if err := take(browsers, d, s); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Println(s.name)
	}
	return nil
}

// take signs in with a browser of its own and writes one picture.
func take(browsers context.Context, d visit.Demo, s shot) error {
	ctx, stop := chromedp.NewContext(browsers)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := chromedp.Run(ctx, emulation.SetDeviceMetricsOverride(s.wide, s.high, 1, s.wide == phone)); err != nil {
		return err
	}
	if s.who != "" {
		if err := d.SignIn(ctx, s.who); err != nil {
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
