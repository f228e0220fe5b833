package field

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strconv"
	"sync"

	"wanjie/app/web"
	"wanjie/tenants"
)

// icon is a picture under which the page is installed: the mark in the street's colour. One with a mask fills its square, and
// keeps the mark within the circle that every phone leaves (W3C Web Application Manifest, maskable icons: 80 % of the side).
type icon struct {
	side int
	mask bool
}

var drawnIcons = []icon{{192, false}, {512, false}, {192, true}, {512, true}}

func (i icon) name() string {
	if i.mask {
		return fmt.Sprintf("mask-%d.png", i.side)
	}
	return fmt.Sprintf("icon-%d.png", i.side)
}

// icons are those of the manifest.
func icons(r *web.Request) (out []map[string]string) {
	for _, i := range drawnIcons {
		purpose := "any"
		if i.mask {
			purpose = "maskable"
		}
		out = append(out, map[string]string{"src": r.Path("/field/%s", i.name()), "sizes": fmt.Sprintf("%[1]dx%[1]d", i.side), "type": "image/png", "purpose": purpose})
	}
	return out
}

// house is the colour of a street that chose none.
const house = "#0958d9"

// colourOf is the ground of the mark and of the phone's own bar: both bear white.
func colourOf(tx tenants.Tx) string {
	c := tx.Tenant().Branding.Colour
	if c != "" && StrongOf != nil {
		c = StrongOf(c)
	}
	return cmp.Or(c, house)
}

// drawnOnce keeps the pictures by colour: streets choose few.
var drawnOnce sync.Map

func (i icon) serve(_ context.Context, tx tenants.Tx, _ *web.Request) (web.Reply, error) {
	colour := colourOf(tx)
	key := colour + i.name()
	if was, ok := drawnOnce.Load(key); ok {
		return web.File("", "image/png", was.([]byte)), nil
	}
	var b bytes.Buffer
	if err := png.Encode(&b, i.draw(colour)); err != nil {
		return web.Reply{}, fmt.Errorf("draw %s: %w", i.name(), err)
	}
	drawnOnce.Store(key, b.Bytes())
	return web.File("", "image/png", b.Bytes()), nil
}

// draw is mark.svg, whose side is 32: a square in the colour, and four tiles in white of which one is full.
func (i icon) draw(colour string) image.Image {
	ground := hex(colour)
	img := image.NewNRGBA(image.Rect(0, 0, i.side, i.side))
	unit, from, corner := float64(i.side)/32, 0., 7.
	if i.mask {
		unit, from, corner = unit*.8, float64(i.side)*.1, 0
	}
	for y := range i.side {
		for x := range i.side {
			at := func(left, top, size, round float64) float64 {
				return covered((float64(x)+.5-from)/unit-left-size/2, (float64(y)+.5-from)/unit-top-size/2, size/2, round, unit)
			}
			c := ground
			if !i.mask {
				c.A = uint8(255 * at(0, 0, 32, corner))
			}
			white := math.Max(at(7, 7, 8, 2), .55*math.Max(at(7, 17, 8, 2), math.Max(at(17, 7, 8, 2), at(17, 17, 8, 2))))
			c.R, c.G, c.B = mix(c.R, white), mix(c.G, white), mix(c.B, white)
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

// covered is how much of a pixel lies within a square with round corners: its middle is x, y away, half its side is half.
func covered(x, y, half, round, unit float64) float64 {
	dx, dy := math.Abs(x)-half+round, math.Abs(y)-half+round
	out := math.Hypot(math.Max(dx, 0), math.Max(dy, 0)) + math.Min(math.Max(dx, dy), 0) - round
	return math.Min(1, math.Max(0, .5-out*unit))
}

func mix(c uint8, white float64) uint8 { return uint8(float64(c) + (255-float64(c))*white) }

// hex reads #rrggbb, the only form in which a street's colour is kept.
func hex(colour string) color.NRGBA {
	n, err := strconv.ParseUint(colour[1:], 16, 32)
	if err != nil {
		return hex(house)
	}
	return color.NRGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 255}
}
