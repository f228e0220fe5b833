package qr

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
)

func TestACodeHasItsQuietZone(t *testing.T) {
	t.Parallel()
	raw, err := PNG("https://fengqiao.jiedao.example/", 5)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	size := img.Bounds().Dx()
	if size != img.Bounds().Dy() || size%5 != 0 || size/5 < 21+2*quiet {
		t.Errorf("it is %v", img.Bounds())
	}
	grey := func(x, y int) uint32 { r, _, _, _ := img.At(x, y).RGBA(); return r }
	for i := range size {
		for d := range quiet * 5 {
			if grey(i, d) == 0 || grey(d, i) == 0 || grey(i, size-1-d) == 0 || grey(size-1-d, i) == 0 {
				t.Fatalf("black at the edge, %d from it", d)
			}
		}
	}
	if grey(quiet*5, quiet*5) != 0 {
		t.Error("the finder pattern is not where it belongs")
	}
	data, err := Data("x", 4)
	if err != nil || !strings.HasPrefix(data, "data:image/png;base64,") {
		t.Errorf("%.40s, %v", data, err)
	}
	if _, err := PNG(strings.Repeat("长", 3000), 4); err == nil {
		t.Error("a novel fits into a code")
	}
}
