// Package qr draws the square codes that lead from paper to a page: on a poster, a receipt, a case's papers.
package qr

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

// quiet is how many modules around a code stay white (ISO/IEC 18004): without them some phones do not find it.
const quiet = 4

// PNG is the code of an address, each of its modules module pixels wide. A quarter of it may be dirt.
func PNG(address string, module int) ([]byte, error) {
	code, err := qr.Encode(address, qr.Q, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("code of an address: %w", err)
	}
	size := code.Bounds().Dx()
	if code, err = barcode.Scale(code, module*size, module*size); err != nil {
		return nil, fmt.Errorf("code of an address: %w", err)
	}
	edge := quiet * module
	out := image.NewGray(image.Rect(0, 0, module*size+2*edge, module*size+2*edge))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, code.Bounds().Add(image.Pt(edge, edge)), code, image.Point{}, draw.Src)
	var b bytes.Buffer
	err = png.Encode(&b, out)
	return b.Bytes(), err
}

// Data is PNG as the address of an image within a page.
func Data(address string, module int) (string, error) {
	raw, err := PNG(address, module)
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(raw), err
}
