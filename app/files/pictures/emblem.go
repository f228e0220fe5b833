package pictures

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"

	"golang.org/x/image/draw"

	"wanjie/app/fault"
)

// EmblemSide is the side of an emblem in pixels: sharp beside a name on any screen, and at 16 mm on paper.
const EmblemSide = 192

// The sentences of what is no emblem.
var (
	errNoEmblem    = fault.New(fault.Invalid, "标志应为 PNG 或 JPEG 图片")
	errBrokeEmblem = fault.New(fault.Invalid, "图片已损坏，无法打开，请重新导出后上传")
	errHugeEmblem  = fault.New(fault.Invalid, "图片尺寸过大（超过 4000 万像素），请缩小后上传")
)

// Emblem makes of body a square PNG of EmblemSide with the picture in its middle, whole and upright. What is see-through
// stays so, and so does what is added beside a picture that is no square. Bounds and waiting are those of [Make]; what is no
// PNG or JPEG, is broken or too large is a fault.Invalid.
func Emblem(ctx context.Context, body []byte) ([]byte, error) {
	kind := Sniff(body)
	if kind != PNG && kind != JPEG {
		return nil, errNoEmblem
	}
	whole, free, err := opened(ctx, kind, body)
	switch {
	case errors.Is(err, errBroke):
		return nil, errBrokeEmblem
	case errors.Is(err, errHuge):
		return nil, errHugeEmblem
	case err != nil:
		return nil, err
	}
	defer free()
	w, h := whole.Bounds().Dx(), whole.Bounds().Dy()
	long := max(w, h)
	w, h = max(1, w*EmblemSide/long), max(1, h*EmblemSide/long)
	left, top := (EmblemSide-w)/2, (EmblemSide-h)/2
	square := image.NewRGBA(image.Rect(0, 0, EmblemSide, EmblemSide))
	draw.CatmullRom.Scale(square, image.Rect(left, top, left+w, top+h), whole, whole.Bounds(), draw.Src, nil)
	var out bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(&out, turned(square, orientation(kind, body))); err != nil {
		return nil, fmt.Errorf("write an emblem: %w", err)
	}
	return out.Bytes(), nil
}
