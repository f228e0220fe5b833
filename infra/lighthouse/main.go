// Command lighthouse measures pages of the running demo (`make dev`) with Lighthouse and prints a table in Markdown; it
// writes nothing else:
//
//	make lighthouse                          # the median of three runs of each page
//	make lighthouse ARGS="-runs 5 -why"      # of five, and what held a score under 100
//	make lighthouse ARGS="-only services"    # pages whose address holds a word
//
// Residents and grid workers come on a phone, as Lighthouse plays one: 412 pixels wide, four times slower than this
// machine, on slow 4G. The desk and the district's board are measured on a desktop.
package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"wanjie/infra/visit"
)

// page is one measurement: of an address as somebody sees it.
type page struct {
	name, who, path string
	desktop         bool
}

// neighbour is the demo's resident, by telephone.
const neighbour = "13900139000"

var pages = []page{
	{"residents: home", "", "/r/fengqiao/", false},
	{"residents: sign in", "", "/r/fengqiao/sign-in", false},
	{"residents: report, what", neighbour, "/r/fengqiao/report", false},
	{"residents: report, the form", neighbour, "/r/fengqiao/report?class=matter-06010", false},
	{"residents: my matters", neighbour, "/r/fengqiao/matters", false},
	{"residents: news", "", "/r/fengqiao/news", false},
	{"residents: services", "", "/r/fengqiao/guide", false},
	{"residents: places", "", "/r/fengqiao/places", false},
	{"grid worker: field", "grid", "/s/fengqiao/field/", false},
	{"desk: cases", "dispatcher", "/s/fengqiao/cases", true},
	{"district: board", "district", "/d/320505", true},
}

// browsers are the names under which Chromium may be installed, as infra/browser.sh looks for them.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "chrome", "chromium-headless-shell"}

func main() {
	runs := flag.Int("runs", 3, "how often each page is measured")
	why := flag.Bool("why", false, "say what held a score under 100")
	only := flag.String("only", "", "pages whose address holds this word")
	flag.Parse()
	if err := run(context.Background(), *runs, *why, *only); err != nil {
		fmt.Fprintln(os.Stderr, "lighthouse:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, runs int, why bool, only string) error {
	d, err := visit.Find()
	if err != nil {
		return err
	}
	cookies := map[string]string{"": ""}
	fmt.Println("| page | as | performance | accessibility | best practices | first paint | largest paint | sent |")
	fmt.Println("|---|---|---|---|---|---|---|---|")
	for _, p := range pages {
		if !strings.Contains(p.path, only) {
			continue
		}
		if _, ok := cookies[p.who]; !ok {
			if cookies[p.who], err = enter(ctx, d, p.who); err != nil {
				return fmt.Errorf("sign in as %s: %w", p.who, err)
			}
		}
		var all []report
		for range runs {
			r, err := measure(ctx, d.URL+p.path, cookies[p.who], p.desktop)
			for again := 0; err != nil && again < 2; again++ { // a busy machine loses a trace now and then
				r, err = measure(ctx, d.URL+p.path, cookies[p.who], p.desktop)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", p.path, err)
			}
			all = append(all, r)
		}
		r := middle(all)
		as := "phone"
		if p.desktop {
			as = "desktop"
		}
		fmt.Printf("| %s | %s | %d | %d | %d | %.1f s | %.1f s | %.0f kB |\n", p.name, as, r.score("performance"), r.score("accessibility"), r.score("best-practices"),
			r.seconds("first-contentful-paint"), r.seconds("largest-contentful-paint"), r.Audits["total-byte-weight"].Number/1024)
		if why {
			r.explain()
		}
	}
	return nil
}

// enter signs in with a browser of its own and answers the cookies that it then has.
func enter(ctx context.Context, d visit.Demo, who string) (string, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Flag("lang", "zh-CN"))
	browser, stop := chromedp.NewExecAllocator(ctx, options...)
	defer stop()
	tab, done := chromedp.NewContext(browser)
	defer done()
	tab, cancel := context.WithTimeout(tab, time.Minute)
	defer cancel()
	if err := chromedp.Run(tab); err != nil {
		return "", err
	}
	into := func() error { return d.SignIn(tab, who) }
	if who == neighbour {
		into = func() error { return d.Resident(tab, "fengqiao", who) }
	}
	if err := into(); err != nil {
		return "", err
	}
	var out []string
	err := chromedp.Run(tab, chromedp.ActionFunc(func(ctx context.Context) error {
		kept, err := network.GetCookies().Do(ctx)
		for _, c := range kept {
			out = append(out, c.Name+"="+c.Value)
		}
		return err
	}))
	return strings.Join(out, "; "), err
}

// report is what is read of Lighthouse's own.
type report struct {
	Final      string `json:"finalDisplayedUrl"`
	Categories map[string]struct {
		Score float64 `json:"score"`
		Refs  []struct {
			ID     string  `json:"id"`
			Weight float64 `json:"weight"`
		} `json:"auditRefs"`
	} `json:"categories"`
	Audits map[string]struct {
		Title   string          `json:"title"`
		Score   *float64        `json:"score"`
		Number  float64         `json:"numericValue"`
		Details json.RawMessage `json:"details"`
	} `json:"audits"`
}

func (r report) score(category string) int {
	return int(math.Round(100 * r.Categories[category].Score))
}

func (r report) seconds(audit string) float64 { return r.Audits[audit].Number / 1000 }

// middle is the run in the middle by its performance.
func middle(all []report) report {
	slices.SortFunc(all, func(a, b report) int {
		return cmp.Compare(a.Categories["performance"].Score, b.Categories["performance"].Score)
	})
	return all[len(all)/2]
}

// explain names the audits that cost a score something.
func (r report) explain() {
	for _, key := range slices.Sorted(maps.Keys(r.Categories)) {
		for _, ref := range r.Categories[key].Refs {
			a := r.Audits[ref.ID]
			if ref.Weight == 0 || a.Score == nil || *a.Score >= 0.995 {
				continue
			}
			fmt.Fprintf(os.Stderr, "  %s: %s %.2f (weight %.0f): %s\n", key, ref.ID, *a.Score, ref.Weight, a.Title)
			if len(a.Details) > 0 {
				fmt.Fprintf(os.Stderr, "    %.800s\n", a.Details)
			}
		}
	}
}

// measure runs Lighthouse once, with a browser of its own.
func measure(ctx context.Context, url, cookies string, desktop bool) (r report, err error) {
	args := []string{
		filepath.Join(".local", "lighthouse", "node_modules", "lighthouse", "cli", "index.js"), url, "--quiet", "--output=json", "--output-path=stdout", "--locale=en",
		"--only-categories=performance,accessibility,best-practices", "--chrome-flags=--headless=new --no-sandbox --no-first-run --lang=zh-CN",
	}
	if desktop {
		args = append(args, "--preset=desktop")
	}
	if cookies != "" {
		headers, err := json.Marshal(map[string]string{"Cookie": cookies})
		if err != nil {
			return r, err
		}
		args = append(args, "--extra-headers="+string(headers))
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "node", args...)
	var said bytes.Buffer
	c.Stderr = &said
	c.Env = append(os.Environ(), "CHROME_PATH="+browser())
	out, err := c.Output()
	if err != nil {
		return r, fmt.Errorf("%w: %s", err, said.String())
	}
	if err := json.Unmarshal(out, &r); err != nil {
		return r, fmt.Errorf("lighthouse's report: %w", err)
	}
	if r.Final != url {
		return r, fmt.Errorf("the page led on to %s", r.Final)
	}
	return r, nil
}

func browser() string {
	for _, name := range browsers {
		if at, err := exec.LookPath(name); err == nil {
			return at
		}
	}
	return ""
}
