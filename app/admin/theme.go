package admin

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"wanjie/tenants"
)

// ThemePath is the address of the stylesheet of a look, which names its colours; "" for the product's own.
func ThemePath(t tenants.Tenant) string {
	q := ThemeQuery(t.Branding)
	if q == "" {
		return ""
	}
	return "/s/" + t.Slug + "/theme.css?" + q
}

// ThemeQuery is the part of that address which names the colours.
func ThemeQuery(b tenants.Branding) string {
	q := url.Values{}
	for key, colour := range map[string]string{"c": b.Colour, "a": b.Accent} {
		if colour != "" {
			q.Set(key, strings.TrimPrefix(colour, "#"))
		}
	}
	return q.Encode()
}

// Stylesheet answers the stylesheet of the colours in its address, whosever they are: so it may be kept, and one that nobody
// has saved yet can be looked at.
func Stylesheet(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	_, _ = w.Write([]byte(Theme("#"+q.Get("c"), "#"+q.Get("a"))))
}

// Theme is the stylesheet for a primary and a secondary colour (#rrggbb): lines and charts in the primary itself, text and
// buttons in darker steps that reach 4.5:1 and 7:1 on white (WCAG 2.2, 1.4.3 and 1.4.6), selected ground in a light one. The
// secondary, dark enough for white words on it, is the ground of what residents most often come for. What is no colour is
// left out.
func Theme(colour, second string) string {
	var lines []string
	if accent, strong, stronger, tint, ok := Colours(colour); ok {
		lines = append(lines, "--wj-accent:"+accent, "--wj-strong:"+strong, "--wj-stronger:"+stronger, "--wj-tint:"+tint)
	}
	if c, ok := parse(second); ok {
		lines = append(lines, "--wj-second:"+c.readable().String())
	}
	if len(lines) == 0 {
		return ""
	}
	return ":root{" + strings.Join(lines, ";") + "}\n"
}

// forText is the contrast that colours of words are brought to: 4.5:1, and something for rounding.
const forText = 4.6

// ground is that of the console's pages, between their cards.
var ground, _ = parse("#f4f6f9")

// readable darkens c until words in it can be read on all the pale grounds that pages have: white, their own, and the light
// step of c itself.
func (c rgb) readable() rgb {
	return c.darker(func(d rgb) bool { return d.on(ground) >= forText && d.on(c.tint()) >= forText })
}

// tint is the light step of c, the ground of what is selected.
func (c rgb) tint() rgb { return c.mix(white, .9) }

// corrected is the step of a colour in which words are set, and the contrast of both with white; ok is false for what is no
// colour.
func corrected(colour string) (step string, was, is float64, ok bool) {
	c, ok := parse(colour)
	if !ok {
		return "", 0, 0, false
	}
	d := c.readable()
	return d.String(), c.on(white), d.on(white), true
}

// Colours are the steps of a primary colour that [Theme] writes; ok is false for what is no colour.
func Colours(colour string) (accent, strong, stronger, tint string, ok bool) {
	c, ok := parse(colour)
	if !ok {
		return "", "", "", "", false
	}
	return c.String(), c.readable().String(), c.until(7).String(), c.tint().String(), true
}

// rgb is a colour in sRGB, each part from 0 to 1.
type rgb [3]float64

var white = rgb{1, 1, 1}

func parse(s string) (c rgb, ok bool) {
	if !colourForm.MatchString(s) {
		return c, false
	}
	for i := range c {
		n, _ := strconv.ParseUint(s[1+2*i:3+2*i], 16, 8) // the form is checked
		c[i] = float64(n) / 255
	}
	return c, true
}

func (c rgb) String() string {
	return fmt.Sprintf("#%02x%02x%02x", uint8(math.Round(c[0]*255)), uint8(math.Round(c[1]*255)), uint8(math.Round(c[2]*255)))
}

// mix goes the part share of the way from c to o.
func (c rgb) mix(o rgb, share float64) (m rgb) {
	for i := range c {
		m[i] = c[i] + (o[i]-c[i])*share
	}
	return m
}

// light is the relative luminance of WCAG 2.2.
func (c rgb) light() float64 {
	lin := func(v float64) float64 {
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(c[0]) + 0.7152*lin(c[1]) + 0.0722*lin(c[2])
}

// on is the contrast ratio with a lighter colour.
func (c rgb) on(o rgb) float64 { return (o.light() + 0.05) / (c.light() + 0.05) }

// until darkens c until it reaches the contrast with white.
func (c rgb) until(ratio float64) rgb {
	return c.darker(func(d rgb) bool { return d.on(white) >= ratio })
}

// darker is the lightest step of c, going to black, that will do.
func (c rgb) darker(will func(rgb) bool) rgb {
	for share := 0.0; share < 1; share += 0.02 {
		if d := c.mix(rgb{}, share); will(d) {
			return d
		}
	}
	return rgb{}
}
