package demo

import (
	"bytes"
	_ "embed"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
)

// mark is 演示数据, set in Noto Sans CJK SC (OFL), white on black.
//
//go:embed mark.png
var mark []byte

// picture draws what stands for a photo in the demo: a wall, a pavement and a bin, with rubbish before it unless it is tidy.
// Nobody took it, nobody is in it, and it says that it is made up.
func picture(r *rand.Rand, tidy bool) ([]byte, error) {
	const w, h = 1200, 900
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	fill := func(c color.RGBA, x0, y0, x1, y1 int) {
		draw.Draw(m, image.Rect(x0, y0, x1, y1), image.NewUniform(c), image.Point{}, draw.Src)
	}
	shade := uint8(r.IntN(40))
	fill(color.RGBA{196 + shade, 206, 214, 255}, 0, 0, w, 330)
	fill(color.RGBA{190, 176 + shade/2, 158, 255}, 0, 120, w, 430)
	for x := -60; x < w; x += 150 { // courses of the wall
		fill(color.RGBA{168, 154, 138, 255}, x, 120, x+3, 430)
	}
	fill(color.RGBA{168, 154, 138, 255}, 0, 270, w, 274)
	fill(color.RGBA{146, 148, 150, 255}, 0, 430, w, h)
	for y := 430; y < h; y += 94 { // slabs
		fill(color.RGBA{128, 130, 132, 255}, 0, y, w, y+3)
	}
	bin := 180 + r.IntN(200)
	fill(color.RGBA{42, 104, 74, 255}, bin, 350, bin+210, 640)
	fill(color.RGBA{30, 82, 58, 255}, bin-14, 324, bin+224, 360)
	if !tidy {
		for range 5 + r.IntN(4) {
			bag(m, bin+230+r.IntN(480), 560+r.IntN(180), 60+r.IntN(50), color.RGBA{uint8(30 + r.IntN(60)), uint8(34 + r.IntN(50)), uint8(40 + r.IntN(70)), 255})
		}
	}
	said, err := png.Decode(bytes.NewReader(mark))
	if err != nil {
		return nil, err
	}
	draw.Draw(m, said.Bounds().Add(image.Pt(w-said.Bounds().Dx()-24, h-said.Bounds().Dy()-24)), said, image.Point{}, draw.Src)
	var out bytes.Buffer
	err = jpeg.Encode(&out, m, nil)
	return out.Bytes(), err
}

// bag is a round thing that lies at x, y, with a light side.
func bag(m *image.RGBA, x, y, size int, c color.RGBA) {
	for dy := -size; dy <= size; dy++ {
		for dx := -size; dx <= size; dx++ {
			if at := dx*dx + dy*dy*2; at <= size*size {
				light := uint8(max(0, (size-dx-dy)*40/(2*size)))
				m.SetRGBA(x+dx, y+dy, color.RGBA{c.R + light, c.G + light, c.B + light, 255})
			}
		}
	}
}
