// Package visit knocks at the running demo (`make dev`) for the tools that look at it: it knows where the demo is and who
// lives there, and signs in as each of them.
package visit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"
)

// Demo is what the development stack says of itself.
type Demo struct {
	URL      string `json:"url"`
	Accounts []struct {
		Login    string `json:"login"`
		Password string `json:"password"`
		TOTP     string `json:"totp_secret"`
	} `json:"accounts"`
}

// Find reads where the demo of this checkout is.
func Find() (d Demo, err error) {
	raw, err := os.ReadFile(filepath.Join(".local", "dev.json"))
	if err != nil {
		return d, errors.New("the demo is not running: start `make dev` in another terminal")
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		return d, fmt.Errorf(".local/dev.json: %w", err)
	}
	return d, nil
}

// entering is how long signing in takes at most.
var entering = chromedp.Sleep(1500 * time.Millisecond)

// SignIn signs in as one of the staff, whose login begins with who, in a tab.
func (d Demo) SignIn(tab context.Context, who string) error {
	for _, a := range d.Accounts {
		if !strings.HasPrefix(a.Login, who+"@") {
			continue
		}
		if err := chromedp.Run(tab, chromedp.Navigate(d.URL+"/login"), chromedp.SendKeys(`input[name=identifier]`, a.Login), chromedp.SendKeys(`input[name=password]`, a.Password+"\r")); err != nil {
			return err
		}
		if a.TOTP == "" {
			return chromedp.Run(tab, entering)
		}
		code, err := totp.GenerateCode(a.TOTP, time.Now())
		if err != nil {
			return err
		}
		return chromedp.Run(tab, chromedp.SendKeys(`input[autocomplete="one-time-code"]`, code+"\r"), entering)
	}
	return fmt.Errorf("%s: no such account in the demo", who)
}

// Resident signs in at a street's door with a telephone number, whose code it reads at /dev/sent.
func (d Demo) Resident(tab context.Context, slug, phone string) error {
	sent := fmt.Sprintf(`#sent li[data-recipient$="%s"][data-code]:not([data-code=""])`, phone)
	var code string
	if err := chromedp.Run(tab, chromedp.Navigate(d.URL+"/r/"+slug+"/report"), chromedp.WaitVisible(`#send`), chromedp.SendKeys(`#f-phone`, phone), chromedp.Click(`#f-agree`),
		chromedp.Click(`#send button`), chromedp.WaitVisible(`#code`)); err != nil {
		return err
	}
	reading, done := chromedp.NewContext(tab) // the form stays open meanwhile
	defer done()
	if err := chromedp.Run(reading, entering, chromedp.Navigate(d.URL+"/dev/sent"), chromedp.AttributeValue(sent, "data-code", &code, nil, chromedp.ByQuery)); err != nil {
		return err
	}
	return chromedp.Run(tab, chromedp.SendKeys(`#f-code`, code), chromedp.Click(`#code button`), chromedp.WaitNotPresent(`#code`))
}
