package imports

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"wanjie/app/fault"
)

// Bounds of an Excel file. It is unpacked in memory and never to a temporary file, where residents'
// data would outlive a crash.
const (
	mostPacked   = 128 << 20
	mostUnpacked = 512 << 20
)

// excelTable reads the first sheet of a workbook, row by row.
type excelTable struct {
	file  *file
	book  *excelize.File
	rows  *excelize.Rows
	names []string
	line  int
}

func openExcel(f *file, in io.Reader) (t *excelTable, err error) {
	defer caught(f, &err)
	raw, err := io.ReadAll(io.LimitReader(in, mostPacked+1))
	if err != nil {
		return nil, f.damaged(err)
	}
	if len(raw) > mostPacked {
		return nil, fault.New(fault.Invalid, "“%s”超过 128 MiB，请另存为 CSV", f.name)
	}
	book, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{RawCellValue: true, UnzipSizeLimit: mostUnpacked, UnzipXMLSizeLimit: mostUnpacked})
	if err != nil {
		return nil, f.damaged(err)
	}
	t = &excelTable{file: f, book: book}
	sheets := book.GetSheetList()
	if len(sheets) == 0 {
		return nil, f.empty()
	}
	if t.rows, err = book.Rows(sheets[0]); err != nil {
		return nil, f.damaged(err)
	}
	cells, err := t.filled()
	if errors.Is(err, io.EOF) {
		return nil, f.empty()
	}
	if err != nil {
		return nil, err
	}
	t.names, err = headerOf(f, cells)
	return t, err
}

func (t *excelTable) header() []string { return t.names }

func (t *excelTable) close() {
	_ = t.rows.Close()
	_ = t.book.Close()
}

func (t *excelTable) next() (out row, err error) {
	defer caught(t.file, &err)
	cells, err := t.filled()
	if err != nil {
		return row{}, err
	}
	for len(cells) > len(t.names) && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	out = row{line: t.line, cells: cells, raw: record(cells)}
	if len(cells) > len(t.names) {
		out.bad = fmt.Sprintf("应有 %d 列，实有 %d 列", len(t.names), len(cells))
		return out, nil
	}
	for len(out.cells) < len(t.names) { // trailing empty cells are not in the file
		out.cells = append(out.cells, "")
	}
	out.bad = readable(t.names, out.cells, false)
	return out, nil
}

// filled is the next row that is not empty.
func (t *excelTable) filled() ([]string, error) {
	for t.rows.Next() {
		t.line++
		cells, err := t.rows.Columns()
		if err != nil {
			return nil, t.file.damaged(err)
		}
		if slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
			return cells, nil
		}
	}
	if err := t.rows.Error(); err != nil {
		return nil, t.file.damaged(err)
	}
	return nil, io.EOF
}

// caught turns a panic of the reader, which takes foreign files apart, into a damaged file.
func caught(f *file, err *error) {
	if v := recover(); v != nil {
		*err = f.damaged(fmt.Errorf("%v", v))
	}
}

// record is cells as a line of CSV.
func record(cells []string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(cells) // to memory: never fails
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}
