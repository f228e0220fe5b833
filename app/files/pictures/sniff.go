package pictures

import (
	"bytes"
	"slices"
)

// Kind is what some content is.
type Kind string

// The kinds that are told apart; any other is "".
const (
	JPEG Kind = "image/jpeg"
	PNG  Kind = "image/png"
	HEIC Kind = "image/heic" // and AVIF: the container is the same
	PDF  Kind = "application/pdf"
)

// Sniff tells what content is by its first bytes; a few dozen are enough.
func Sniff(head []byte) Kind {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xd8, 0xff}):
		return JPEG
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return PNG
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return PDF
	case len(head) >= 12 && string(head[4:8]) == "ftyp" && slices.Contains(heif, string(head[8:12])):
		return HEIC
	}
	return ""
}

// heif are the brands of ISO/IEC 23008-12 that phones write.
var heif = []string{"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis"}
