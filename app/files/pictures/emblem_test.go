package pictures

import (
	"bytes"
	"image/png"
	"os"
	"testing"

	"wanjie/app/fault"
)

// A photo that lies on its side becomes an upright emblem without a word of what stood beside its pixels.
func TestAnEmblemIsASquareOfPixelsAlone(t *testing.T) {
	t.Parallel()
	phone, err := os.ReadFile("testdata/phone.jpg")
	if err != nil {
		t.Fatal(err)
	}
	made, err := Emblem(t.Context(), phone)
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(made))
	if err != nil || m.Bounds().Dx() != EmblemSide || m.Bounds().Dy() != EmblemSide {
		t.Fatalf("an emblem of %v (%v)", m.Bounds(), err)
	}
	if bytes.Contains(made, []byte("Exif")) || bytes.Contains(made, []byte("eXIf")) {
		t.Error("it tells where it was taken")
	}
	for what, body := range map[string][]byte{"nothing": nil, "a drawing": []byte("<svg/>"), "half a photo": phone[:len(phone)/3], "a PDF": []byte("%PDF-1.7")} {
		if _, err := Emblem(t.Context(), body); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
