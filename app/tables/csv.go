package tables

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"wanjie/app/fault"
)

// Bounds of one CSV record: a quote that never closes would otherwise swallow the file.
const (
	mostBytes = 4 << 20
	mostLines = 50 // of a record that cannot be read
)

var errTooLong = errors.New("record too long")

// csvTable reads a CSV as RFC 4180 has it.
type csvTable struct {
	file   *File
	in     *content
	source *kept
	r      *csv.Reader
	names  []string
	line   int // of the last good record
}

func openCSV(f *File, in *content) (*csvTable, error) {
	if head, _ := in.Peek(3); string(head) == "\ufeff" {
		_, _ = in.Discard(3)
	}
	var text io.Reader = in
	if f.legacy {
		text = simplifiedchinese.GB18030.NewDecoder().Reader(in)
	}
	t := &csvTable{file: f, in: in, source: &kept{r: text}, line: 1}
	t.r = csv.NewReader(t.source)
	t.r.FieldsPerRecord = -1
	t.source.left = mostBytes
	cells, err := t.r.Read()
	if errors.Is(err, io.EOF) {
		return nil, f.empty()
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "“%s”的表头无法读取", f.Name).Because(err)
	}
	t.source.upto(t.r.InputOffset())
	if t.names, err = headerOf(f, cells); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *csvTable) Header() []string { return t.names }

func (t *csvTable) Close() { t.in.close() }

func (t *csvTable) Next() (Row, error) {
	t.source.left = mostBytes
	cells, err := t.r.Read()
	out := Row{Cells: cells}
	if err == nil {
		t.line, _ = t.r.FieldPos(0)
		out.Line = t.line
	}
	out.Raw = strings.Trim(t.source.upto(t.r.InputOffset()), "\r\n")
	var pe *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return Row{}, io.EOF
	case errors.Is(err, errTooLong):
		return Row{}, fault.New(fault.Invalid, "“%s”有一条记录超过 4 MiB，可能是引号没有成对，请检查第 %d 行以后", t.file.Name, t.line)
	case errors.As(err, &pe):
		if pe.Line-pe.StartLine > mostLines {
			return Row{}, fault.New(fault.Invalid, "“%s”第 %d 行的引号没有成对，后面 %d 行都被算在其中，请改正后重新导入", t.file.Name, pe.StartLine, pe.Line-pe.StartLine)
		}
		out.Line, out.Cells, out.Bad = pe.StartLine, nil, fault.New(fault.Invalid, "引号没有成对")
		if pe.Line > pe.StartLine {
			out.Bad = fault.New(fault.Invalid, "引号没有成对，第 %d 至 %d 行被算作一行", pe.StartLine, pe.Line)
		}
	case err != nil:
		return Row{}, t.file.damaged(err)
	case len(cells) != len(t.names):
		out.Bad = width(t.names, cells)
	default:
		out.Bad = readable(t.names, cells, t.file.legacy)
	}
	return out, nil
}

// width says that a row has too few cells or too many.
func width(names, cells []string) *fault.Error {
	return fault.New(fault.Invalid, "应有 %d 列，实有 %d 列", len(names), len(cells))
}

// headerOf cleans the names of the columns.
func headerOf(f *File, cells []string) ([]string, error) {
	names, any := make([]string, len(cells)), false
	for i, c := range cells {
		names[i] = strings.TrimSpace(strings.TrimPrefix(c, "\ufeff"))
		any = any || names[i] != ""
	}
	if !any {
		return nil, f.empty()
	}
	return names, nil
}

// kept hands on a text, keeps what was not taken yet, and stops when a record grows too long.
type kept struct {
	r    io.Reader
	left int
	text []byte // read since offset from
	from int64
}

func (k *kept) Read(p []byte) (int, error) {
	if k.left <= 0 {
		return 0, errTooLong
	}
	n, err := k.r.Read(p[:min(len(p), k.left)])
	k.left -= n
	k.text = append(k.text, p[:n]...)
	return n, err
}

// upto takes the text up to an offset of the whole.
func (k *kept) upto(offset int64) string {
	n := min(max(offset-k.from, 0), int64(len(k.text)))
	s := string(k.text[:n])
	k.text = k.text[:copy(k.text, k.text[n:])]
	k.from += n
	return s
}
