// Package packed is the form in which the division list lies on disk: two
// compressed text files, written by division/gen and read by division.
//
// Each begins with a header line. In the first, every further line is a code and
// a name; the number of digits says the level, and a unit's line has only its
// own three digits:
//
//	32 江苏省
//	3205 苏州市
//	320505 虎丘区
//	003 枫桥街道
//
// The second has one line for each unit, in the same order, with that unit's
// communities run together. A community is its name, of which a usual ending is
// written as one sign; the number is written before it only when it does not
// follow from the one before:
//
//	2:横塘#学府#…
//
// is 002 横塘社区居委会, 003 学府社区居委会 and so on. This form and not CSV
// makes 38 MB of communities 6 MB of text, which is what a program keeps in
// memory once it has asked for them, and a third of that on disk.
package packed

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Header says what a file holds and where it came from.
type Header struct {
	Source  string // the package that the list was taken from
	Version string // its version
	AsOf    string // the date that the list describes, YYYY-MM-DD
	Rows    int    // units, or communities
}

const magic = "wanjie-division 1"

// String is the header as it stands in the first line of a file.
func (h Header) String() string {
	return strings.Join([]string{magic, h.Source, h.Version, h.AsOf, strconv.Itoa(h.Rows)}, "\t")
}

// Cut parts a file's header from its body.
func Cut(text string) (h Header, body string, err error) {
	line, body, _ := strings.Cut(text, "\n")
	fields := strings.Split(line, "\t")
	if len(fields) != 5 || fields[0] != magic {
		return h, "", fmt.Errorf("not a division list: it begins %.40q", line)
	}
	h = Header{Source: fields[1], Version: fields[2], AsOf: fields[3]}
	if h.Rows, err = strconv.Atoi(fields[4]); err != nil {
		return h, "", fmt.Errorf("division list's row count: %w", err)
	}
	return h, body, nil
}

// Compress makes text as small as the encoder can; the same text always gives
// the same bytes.
func Compress(text string) ([]byte, error) {
	enc, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedBestCompression),
		zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(8<<20))
	if err != nil {
		return nil, err
	}
	return enc.EncodeAll([]byte(text), nil), enc.Close()
}

// Decompress undoes Compress.
func Decompress(data []byte) (string, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return "", err
	}
	defer dec.Close()
	text, err := dec.DecodeAll(data, nil)
	return string(text), err
}

// endings are the usual ends of a community's name and the sign that stands for
// each; the last, of no ending, must stay last. A name never contains a sign
// (Append refuses it).
var endings = []struct{ text, sign string }{
	{"社区居民委员会", "@"},
	{"社区居委会", "#"},
	{"居民委员会", "$"},
	{"居委会", "%"},
	{"村民委员会", "^"},
	{"村委会", "&"},
	{"生活区", "*"},
	{"社区", "+"},
	{"嘎查", "<"},
	{"村", ">"},
	{"", "="},
}

const signs = "@#$%^&*+<>="

// follows is the number of the next community when none is written: one more,
// so that the first is 001.
func follows(number int) int { return number + 1 }

// Line writes one unit's communities.
type Line struct {
	text   strings.Builder
	number int
}

// Append adds a community by its last three digits and its name. It fails when
// the number is out of range or the name holds a byte that the form reserves.
func (l *Line) Append(number int, name string) error {
	if number < 0 || number > 999 {
		return fmt.Errorf("community number %d is not three digits", number)
	}
	if name == "" || strings.ContainsAny(name, signs+":\n") {
		return fmt.Errorf("community name %q holds a sign that the packed form reserves", name)
	}
	if number != follows(l.number) {
		fmt.Fprintf(&l.text, "%d:", number)
	}
	l.number = number
	for _, ending := range endings {
		if stem, ok := strings.CutSuffix(name, ending.text); ok {
			l.text.WriteString(stem)
			l.text.WriteString(ending.sign)
			break
		}
	}
	return nil
}

// String is the line, without its newline.
func (l *Line) String() string { return l.text.String() }

// Each reads a line that Line wrote and calls yield for each community until it
// answers false. It fails on a line of another form.
func Each(line string, yield func(number int, name string) bool) error {
	number := 0
	for line != "" {
		number = follows(number)
		end := strings.IndexAny(line, signs)
		if end < 0 {
			return fmt.Errorf("community %.40q has no end", line)
		}
		// A name may begin with digits (768厂社区); the colon tells them from
		// a number.
		if colon := strings.IndexByte(line[:end], ':'); colon >= 0 {
			n, err := strconv.ParseUint(line[:colon], 10, 16)
			if err != nil || n > 999 {
				return fmt.Errorf("community number %.12q is not three digits", line[:colon])
			}
			number, line, end = int(n), line[colon+1:], end-colon-1
		}
		if number > 999 {
			return fmt.Errorf("community %.40q would have number %d", line, number)
		}
		name := line[:end] + endings[strings.IndexByte(signs, line[end])].text
		line = line[end+1:]
		if !yield(number, name) {
			return nil
		}
	}
	return nil
}
