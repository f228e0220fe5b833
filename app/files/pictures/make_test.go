package pictures

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/bep/imagemeta"

	"wanjie/app/fault"
)

// quarters is a picture whose upper left quarter is red, upper right green, lower left blue and lower right white.
func quarters(w, h int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 255, 255, 255}
			switch {
			case x < w/2 && y < h/2:
				c = color.RGBA{255, 0, 0, 255}
			case y < h/2:
				c = color.RGBA{0, 255, 0, 255}
			case x < w/2:
				c = color.RGBA{0, 0, 255, 255}
			}
			m.Set(x, y, c)
		}
	}
	return m
}

// photo is a JPEG as a phone writes it: with how it was held, where it was taken, and words about it.
func photo(t testing.TB, m image.Image, orientation uint16) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, nil); err != nil {
		t.Fatal(err)
	}
	e := exif(orientation)
	segment := append([]byte{0xff, 0xe1, byte((len(e) + 2) >> 8), byte(len(e) + 2)}, e...)
	comment := append([]byte{0xff, 0xfe, 0, 2 + 11}, "SECRET-WORD"...)
	return append(append(append(bytes.Clone(out.Bytes()[:2]), segment...), comment...), out.Bytes()[2:]...)
}

// exif is a directory with an orientation and a description, and one of GPS with 31°18'0" N.
func exif(orientation uint16) []byte {
	le := binary.LittleEndian
	b := []byte("Exif\x00\x00II*\x00\x08\x00\x00\x00")
	entry := func(tag, kind uint16, n, value uint32) {
		b = le.AppendUint32(le.AppendUint32(le.AppendUint16(le.AppendUint16(b, tag), kind), n), value)
	}
	const first = 8 + 2 + 3*12 + 4   // where the words stand, from the beginning of TIFF
	const gps = first + 12           // the directory of GPS
	const degrees = gps + 2 + 24 + 4 // three fractions
	b = le.AppendUint16(b, 3)
	entry(0x010e, 2, 12, first)
	entry(0x0112, 3, 1, uint32(orientation))
	entry(0x8825, 4, 1, gps)
	b = append(le.AppendUint32(b, 0), "SECRET-NAME\x00"...)
	b = le.AppendUint16(b, 2)
	entry(1, 2, 2, uint32('N'))
	entry(2, 5, 3, degrees)
	b = le.AppendUint32(b, 0)
	for _, v := range []uint32{31, 1, 18, 1, 0, 1} {
		b = le.AppendUint32(b, v)
	}
	return b
}

// tags are all that stands beside the pixels.
func tags(t *testing.T, body []byte) map[string]any {
	t.Helper()
	out := map[string]any{}
	_, err := imagemeta.Decode(imagemeta.Options{R: bytes.NewReader(body), ImageFormat: imagemeta.JPEG, Sources: imagemeta.EXIF | imagemeta.XMP | imagemeta.IPTC,
		ShouldHandleTag: func(imagemeta.TagInfo) bool { return true },
		HandleTag:       func(i imagemeta.TagInfo) error { out[i.Tag] = i.Value; return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Where a photo was taken leaves with everything else that cannot be seen in it.
func TestNothingIsLeftButWhatIsSeen(t *testing.T) {
	t.Parallel()
	body := photo(t, quarters(3000, 2000), 6)
	before := tags(t, body)
	if before["GPSLatitude"] == nil || before["ImageDescription"] == nil || before["Orientation"] == nil {
		t.Fatalf("the phone wrote %v", before)
	}
	p, err := Make(t.Context(), body)
	if err != nil {
		t.Fatal(err)
	}
	for what, file := range map[string][]byte{"large": p.Large, "small": p.Small} {
		if left := tags(t, file); len(left) != 0 {
			t.Errorf("the %s one still says %v", what, left)
		}
		if bytes.Contains(file, []byte("SECRET")) || bytes.Contains(file, []byte("Exif")) {
			t.Errorf("the %s one still holds the phone's words", what)
		}
	}
	m, err := jpeg.Decode(bytes.NewReader(p.Large))
	if err != nil || m.Bounds().Dx() != 1365 || m.Bounds().Dy() != LargeSide || p.Width != 1365 || p.Height != LargeSide {
		t.Errorf("the large one is %v, told as %d × %d (%v)", m.Bounds(), p.Width, p.Height, err)
	}
	if m, err = jpeg.Decode(bytes.NewReader(p.Small)); err != nil || m.Bounds().Dy() != SmallSide {
		t.Errorf("the small one is %v (%v)", m.Bounds(), err)
	}
}

// However the phone was held, the picture stands as it was seen: clockwise from the upper left corner.
func TestPicturesStandUpright(t *testing.T) {
	t.Parallel()
	for orientation, want := range map[uint16]string{1: "rgwb", 2: "grbw", 3: "wbrg", 4: "bwgr", 5: "rbwg", 6: "brgw", 7: "wgrb", 8: "gwbr", 0: "rgwb", 9: "rgwb"} {
		p, err := Make(t.Context(), photo(t, quarters(64, 32), orientation))
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(bytes.NewReader(p.Large))
		if err != nil {
			t.Fatal(err)
		}
		w, h := m.Bounds().Dx(), m.Bounds().Dy()
		got := ""
		for _, at := range []image.Point{{w / 4, h / 4}, {3 * w / 4, h / 4}, {3 * w / 4, 3 * h / 4}, {w / 4, 3 * h / 4}} {
			r, g, b, _ := m.At(at.X, at.Y).RGBA()
			switch r, g, b = r>>15, g>>15, b>>15; [3]uint32{r, g, b} {
			case [3]uint32{1, 0, 0}:
				got += "r"
			case [3]uint32{0, 1, 0}:
				got += "g"
			case [3]uint32{0, 0, 1}:
				got += "b"
			default:
				got += "w"
			}
		}
		if got != want || (w > h) != (orientation < 5 || orientation > 8) {
			t.Errorf("orientation %d: %s of %d × %d, want %s", orientation, got, w, h, want)
		}
	}
}

func TestASmallOneIsNotMadeLargeAndATransparentOneLiesOnWhite(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewNRGBA(image.Rect(0, 0, 100, 40))); err != nil {
		t.Fatal(err)
	}
	p, err := Make(t.Context(), out.Bytes())
	if err != nil || p.Width != 100 || p.Height != 40 {
		t.Fatalf("%+v, %v", p, err)
	}
	m, err := jpeg.Decode(bytes.NewReader(p.Small))
	if err != nil {
		t.Fatal(err)
	}
	if r, _, _, _ := m.At(50, 20).RGBA(); m.Bounds().Dx() != 100 || r < 0xf000 {
		t.Errorf("it is %v with a ground of %x", m.Bounds(), r)
	}
}

// bomb is a PNG of a few bytes that says it is as large as told.
func bomb(w, h uint32) []byte {
	head := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)...)
	head = append(head, 8, 6, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(head))
}

func TestWhatIsNoPhotoIsSaid(t *testing.T) {
	t.Parallel()
	whole := photo(t, quarters(64, 64), 1)
	for what, c := range map[string]struct {
		body []byte
		says error
	}{
		"nothing":                 {nil, errOther},
		"words":                   {[]byte("<script>alert(1)</script>"), errOther},
		"a page called photo.jpg": {[]byte("<html>"), errOther},
		"a photo of an iPhone":    {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1"), errHEIC},
		"a paper":                 {[]byte("%PDF-1.7\n"), errPDF},
		"half a photo":            {whole[:len(whole)/2], errBroke},
		"a head alone":            {whole[:3], errBroke},
		"a bomb":                  {bomb(19_999, 19_999), errHuge},
		"a long bomb":             {bomb(30_000, 10), errHuge},
		"a bomb beyond numbers":   {bomb(1<<31-1, 1<<31-1), errHuge},
	} {
		p, err := Make(t.Context(), c.body)
		if what == "a bomb beyond numbers" && errors.Is(err, errBroke) {
			continue // the library refuses it by itself
		}
		if p != nil || !errors.Is(err, c.says) {
			t.Errorf("%s: %v", what, err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	for range cap(seats) {
		seats <- struct{}{}
	}
	cancel()
	if _, err := Make(gone, whole); !errors.Is(err, context.Canceled) {
		t.Errorf("with every processor busy: %v", err)
	}
	for range cap(seats) {
		<-seats
	}
}

func FuzzSniff(f *testing.F) {
	for _, s := range []string{"", "\xff\xd8\xff", "\x89PNG\r\n\x1a\n", "%PDF-", "\x00\x00\x00\x18ftypheic", "\x00\x00\x00\x18ftyp"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		switch k := Sniff(b); k {
		case "", JPEG, PNG, HEIC, PDF:
			if k != Sniff(append(bytes.Clone(b), "more"...)) && k != "" {
				t.Errorf("%q becomes another kind when it goes on", b)
			}
		default:
			t.Errorf("%q is %q", b, k)
		}
	})
}

// Whatever is sent, either a picture comes of it or a sentence.
func FuzzMake(f *testing.F) {
	f.Add(photo(f, quarters(16, 16), 6))
	f.Add(bomb(100, 100))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Make(t.Context(), b)
		if (p == nil) == (err == nil) || err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatalf("%v, %v", p, err)
		}
		if p != nil && (Sniff(p.Large) != JPEG || Sniff(p.Small) != JPEG || strings.Contains(string(p.Large), "Exif")) {
			t.Error("what was made is no plain JPEG")
		}
	})
}
