package imports

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"wanjie/app/fault"
)

// row is one record of a file.
type row struct {
	line  int      // of the file, from 1; the first one where a record spans several
	cells []string // as many as the header has
	raw   string   // as it stands in the file
	bad   string   // why it cannot be read; empty when it can
}

// table is a file being read.
type table interface {
	header() []string
	next() (row, error) // io.EOF at the end; any other error ends the reading
	close()
}

// file is a file whose form is known.
type file struct {
	path   string
	name   string // for messages
	excel  bool
	legacy bool // GB18030 and not UTF-8
}

// examine finds out what a file is. A CSV is read through once, because its first Chinese character may
// stand anywhere; damage of the packing shows then too.
func examine(path string) (*file, error) {
	f := &file{path: path, name: filepath.Base(path)}
	in, err := unpack(path)
	if err != nil {
		return nil, err
	}
	defer in.close()
	head, err := in.Peek(8)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, f.damaged(err)
	case len(head) == 0:
		return nil, f.empty()
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		f.excel = true
		return f, nil
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return nil, fault.New(fault.Invalid, "“%s”是旧版 Excel（.xls），请另存为 .xlsx 或 CSV", f.name)
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return nil, fault.New(fault.Invalid, "“%s”是 UTF-16 编码，请另存为 UTF-8 的 CSV", f.name)
	}
	if f.legacy, err = legacy(in); err != nil {
		return nil, f.damaged(err)
	}
	return f, nil
}

// open starts reading from the header.
func (f *file) open() (table, error) {
	in, err := unpack(f.path)
	if err != nil {
		return nil, err
	}
	if f.excel {
		defer in.close()
		return openExcel(f, in)
	}
	t, err := openCSV(f, in)
	if err != nil {
		in.close()
		return nil, err
	}
	return t, nil
}

func (f *file) damaged(err error) error {
	return fault.New(fault.Invalid, "“%s”已损坏或不完整，无法读取", f.name).Because(err)
}

func (f *file) empty() error { return fault.New(fault.Invalid, "“%s”是空的", f.name) }

// unpacked is a file's content without gzip.
type unpacked struct {
	*bufio.Reader
	file *os.File
}

func (u *unpacked) close() { u.file.Close() }

func unpack(path string) (*unpacked, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(f, 1<<16)
	if head, _ := in.Peek(2); string(head) != "\x1f\x8b" {
		return &unpacked{in, f}, nil
	}
	gz, err := gzip.NewReader(in)
	if err != nil {
		f.Close()
		return nil, fault.New(fault.Invalid, "“%s”已损坏或不完整，无法读取", filepath.Base(path)).Because(err)
	}
	return &unpacked{bufio.NewReaderSize(gz, 1<<16), f}, nil
}

// legacy reads to the end and reports whether the text is GB18030. GBK text hardly ever forms valid UTF-8, so a
// text with ten good characters for each bad byte is UTF-8 that somebody damaged: its bad rows are
// refused one by one, which is better than reading the whole of it as another encoding.
func legacy(in io.Reader) (bool, error) {
	var good, bad int
	buf, rest := make([]byte, 1<<16), 0
	for {
		n, err := in.Read(buf[rest:])
		part, last := buf[:rest+n], err != nil
		for len(part) > 0 && (last || utf8.FullRune(part)) {
			r, size := utf8.DecodeRune(part)
			switch {
			case r == utf8.RuneError && size == 1:
				bad++
			case size > 1:
				good++
			}
			part = part[size:]
		}
		rest = copy(buf, part)
		if errors.Is(err, io.EOF) {
			return bad > 0 && good < 10*bad, nil
		}
		if err != nil {
			return false, err
		}
	}
}

// readable says why a row's text cannot be kept, or nothing.
func readable(header, cells []string, legacy bool) string {
	for i, c := range cells {
		if !utf8.ValidString(c) || legacy && strings.ContainsRune(c, utf8.RuneError) {
			return fmt.Sprintf("“%s”列有无法识别的编码", header[i])
		}
		if strings.IndexByte(c, 0) >= 0 {
			return fmt.Sprintf("“%s”列含有空字符", header[i])
		}
	}
	return ""
}
