package pictures

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"runtime"

	"github.com/bep/imagemeta"
	"golang.org/x/image/draw"

	"wanjie/app/fault"
)

// How large the two pictures are at most, and how well they are kept.
const (
	LargeSide = 2048
	SmallSide = 320
	quality   = 82
)

// The bounds of what is decoded. A file of a few kilobytes may unfold to gigabytes; a progressive JPEG needs up to fifteen
// bytes for a pixel, which is 600 MB at most here, and no more of them at once than there are processors.
const (
	mostPixels = 40_000_000
	mostSide   = 20_000
)

// seats are for those that are being decoded.
var seats = make(chan struct{}, runtime.NumCPU())

// Picture is one that can be kept: two JPEG files, upright, with nothing beside their pixels.
type Picture struct {
	Large, Small  []byte
	Width, Height int // of the large one
}

// The sentences of what is not taken.
var (
	errOther = fault.New(fault.Invalid, "不是可以识别的照片，请上传 JPEG 或 PNG 格式")
	errHEIC  = fault.New(fault.Invalid, "不支持 HEIC 格式，请在手机“设置—相机—格式”中选择“兼容性最佳”，或转成 JPEG 后上传")
	errPDF   = fault.New(fault.Invalid, "这里只接收照片，PDF 文件请拍照后上传")
	errBroke = fault.New(fault.Invalid, "照片已损坏，无法打开，请重新拍摄或选择其他照片")
	errHuge  = fault.New(fault.Invalid, "照片尺寸过大（超过 4000 万像素），请缩小后上传")
)

// Make makes a picture of body. What is none, is broken or too large is a fault.Invalid with a sentence for whoever sent it.
// It waits for a free processor, or until ctx ends.
func Make(ctx context.Context, body []byte) (*Picture, error) {
	kind := Sniff(body)
	switch kind {
	case JPEG, PNG:
	case HEIC:
		return nil, errHEIC
	case PDF:
		return nil, errPDF
	default:
		return nil, errOther
	}
	whole, free, err := opened(ctx, kind, body)
	if err != nil {
		return nil, err
	}
	defer free()
	large := turned(within(whole, LargeSide), orientation(kind, body))
	p := &Picture{Width: large.Rect.Dx(), Height: large.Rect.Dy()}
	if p.Large, err = written(large); err != nil {
		return nil, err
	}
	p.Small, err = written(within(large, SmallSide))
	return p, err
}

// opened decodes a JPEG or PNG within the bounds, once there is a seat for it, or until ctx ends. free gives the seat back: call
// it when the picture is no longer needed.
func opened(ctx context.Context, kind Kind, body []byte) (m image.Image, free func(), err error) {
	decode, bounds := jpeg.Decode, jpeg.DecodeConfig
	if kind == PNG {
		decode, bounds = png.Decode, png.DecodeConfig
	}
	c, err := bounds(bytes.NewReader(body))
	switch {
	case err != nil || c.Width < 1 || c.Height < 1:
		return nil, nil, errBroke
	case c.Width > mostSide || c.Height > mostSide || c.Width*c.Height > mostPixels:
		return nil, nil, errHuge
	}
	select {
	case seats <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	free = func() { <-seats }
	if m, err = decode(bytes.NewReader(body)); err != nil {
		free()
		return nil, nil, errBroke
	}
	return m, free, nil
}

func written(m image.Image) ([]byte, error) {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("write a picture: %w", err)
	}
	return out.Bytes(), nil
}

// within is m on white, made small enough that no side is longer than side; it is never made larger.
func within(m image.Image, side int) *image.RGBA {
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	if long := max(w, h); long > side {
		w, h = max(1, w*side/long), max(1, h*side/long)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.BiLinear.Scale(out, out.Rect, m, m.Bounds(), draw.Over, nil)
	return out
}

// upright is the orientation of a picture that needs no turning (Exif, tag 0x0112).
const upright = 1

// orientation is how the camera was held. Unreadable or missing is upright: then it is shown as it lies.
func orientation(kind Kind, body []byte) int {
	if kind != JPEG {
		return upright
	}
	at := upright
	_, _ = imagemeta.Decode(imagemeta.Options{ // what cannot be read says nothing
		R: bytes.NewReader(body), ImageFormat: imagemeta.JPEG, Sources: imagemeta.EXIF, LimitNumTags: 200, LimitTagSize: 1000,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool { return t.Tag == "Orientation" && t.Namespace == "IFD0" },
		HandleTag: func(t imagemeta.TagInfo) error {
			if n, ok := t.Value.(uint16); ok && n >= 1 && n <= 8 {
				at = int(n)
			}
			return nil
		},
	})
	return at
}

// turned is m as it was seen. Orientations 5 to 8 lie on their side.
func turned(m *image.RGBA, orientation int) *image.RGBA {
	if orientation == upright {
		return m
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation > 4 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			from := m.PixOffset(source(orientation, x, y, w, h))
			copy(out.Pix[out.PixOffset(x, y):][:4], m.Pix[from:from+4])
		}
	}
	return out
}

// source is where the pixel that is seen at x, y lies in a picture of w by h.
func source(orientation, x, y, w, h int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	}
	return x, y
}
