package field

import (
	"image"
	"testing"
)

// Phones cut a masked picture to their own shape: all of it is ground, and the mark lies within the circle that they leave.
func TestIconsAreDrawnForPhones(t *testing.T) {
	t.Parallel()
	for _, i := range drawnIcons {
		img := i.draw("#c62828")
		if img.Bounds() != image.Rect(0, 0, i.side, i.side) {
			t.Errorf("%s is %v", i.name(), img.Bounds())
		}
		_, _, _, corner := img.At(0, 0).RGBA()
		if i.mask != (corner == 0xffff) {
			t.Errorf("%s: its corner has alpha %x", i.name(), corner)
		}
		if r, g, b, _ := img.At(i.side/2, i.side/2).RGBA(); r>>8 != 0xc6 || g>>8 != 0x28 || b>>8 != 0x28 {
			t.Errorf("%s: its middle is %x %x %x", i.name(), r>>8, g>>8, b>>8)
		}
		whitest, far := 0, 0
		for y := range i.side {
			for x := range i.side {
				r, g, b, a := img.At(x, y).RGBA()
				if a != 0xffff || r>>8 < 250 || g>>8 < 250 || b>>8 < 250 {
					continue
				}
				whitest++
				if dx, dy := 2*x-i.side, 2*y-i.side; dx*dx+dy*dy > i.side*i.side*64/100 {
					far++
				}
			}
		}
		if whitest < i.side*i.side/40 || far > 0 {
			t.Errorf("%s: %d white, of which %d lie outside of the circle", i.name(), whitest, far)
		}
	}
}
