package tables

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"wanjie/app/fault"
)

// Row is one record of a file.
type Row struct {
	Line  int          // of the file, from 1; the first one where a record spans several
	Cells []string     // as many as the header has
	Raw   string       // as it stands in the file
	Bad   *fault.Error // why it cannot be read; nil when it can
}

// Table is a file being read.
type Table interface {
	Header() []string
	Next() (Row, error) // io.EOF at the end; any other error ends the reading
	Close()
}

// File is a file whose form is known.
type File struct {
	Name     string // for messages
	Excel    bool
	unpack   func() (*content, error)
	legacy   bool // GB18030 and not UTF-8
	packed   int64
	unpacked int64
}

// Bounds of an Excel file, which is a zip. It is unpacked in memory and never to a temporary file, where residents' data
// would outlive a crash.
const (
	mostPacked   = 128 << 20
	mostUnpacked = 512 << 20
	mostUploaded = 64 << 20 // of what an uploaded one unpacks to
)

// Examine finds out what a file is. A CSV is read through once, because its first Chinese character may
// stand anywhere; damage of the packing shows then too.
func Examine(path string) (*File, error) {
	return examine(&File{Name: filepath.Base(path), unpack: func() (*content, error) { return unpack(path) }, packed: mostPacked, unpacked: mostUnpacked})
}

// Of is Examine for what somebody uploaded under a name. It may not be packed: a few megabytes could hold any number.
func Of(name string, raw []byte) (*File, error) {
	if bytes.HasPrefix(raw, []byte("\x1f\x8b")) {
		return nil, fault.New(fault.Invalid, "“%s”是压缩文件，请解压后再导入", name)
	}
	return examine(&File{Name: name, unpack: func() (*content, error) {
		return &content{bufio.NewReaderSize(bytes.NewReader(raw), 1<<16), func() {}}, nil
	}, packed: int64(len(raw)), unpacked: mostUploaded})
}

func examine(f *File) (*File, error) {
	in, err := f.unpack()
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
		f.Excel = true
		return f, nil
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return nil, fault.New(fault.Invalid, "“%s”是旧版 Excel（.xls），请另存为 .xlsx 或 CSV", f.Name)
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return nil, fault.New(fault.Invalid, "“%s”是 UTF-16 编码，请另存为 UTF-8 的 CSV", f.Name)
	}
	if f.legacy, err = legacy(in); err != nil {
		return nil, f.damaged(err)
	}
	return f, nil
}

// Open starts reading from the header.
func (f *File) Open() (Table, error) {
	in, err := f.unpack()
	if err != nil {
		return nil, err
	}
	if f.Excel {
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

func (f *File) damaged(err error) error {
	return fault.New(fault.Invalid, "“%s”已损坏或不完整，无法读取", f.Name).Because(err)
}

func (f *File) empty() error { return fault.New(fault.Invalid, "“%s”是空的", f.Name) }

// content is what stands in a file, without gzip.
type content struct {
	*bufio.Reader
	close func()
}

func unpack(path string) (*content, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(f, 1<<16)
	if head, _ := in.Peek(2); string(head) != "\x1f\x8b" {
		return &content{in, func() { _ = f.Close() }}, nil
	}
	gz, err := gzip.NewReader(in)
	if err != nil {
		f.Close()
		return nil, fault.New(fault.Invalid, "“%s”已损坏或不完整，无法读取", filepath.Base(path)).Because(err)
	}
	return &content{bufio.NewReaderSize(gz, 1<<16), func() { _ = f.Close() }}, nil
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
func readable(header, cells []string, legacy bool) *fault.Error {
	for i, c := range cells {
		if !utf8.ValidString(c) || legacy && strings.ContainsRune(c, utf8.RuneError) {
			return fault.New(fault.Invalid, "“%s”列有无法识别的编码", header[i])
		}
		if strings.IndexByte(c, 0) >= 0 {
			return fault.New(fault.Invalid, "“%s”列含有空字符", header[i])
		}
	}
	return nil
}
