package tables

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

// excelTable reads the first sheet of a workbook, row by row.
type excelTable struct {
	file  *File
	book  *excelize.File
	rows  *excelize.Rows
	names []string
	line  int
}

func openExcel(f *File, in io.Reader) (t *excelTable, err error) {
	defer caught(f, &err)
	raw, err := io.ReadAll(io.LimitReader(in, f.packed+1))
	if err != nil {
		return nil, f.damaged(err)
	}
	if int64(len(raw)) > f.packed {
		return nil, fault.New(fault.Invalid, "“%s”超过 128 MiB，请另存为 CSV", f.Name)
	}
	book, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{RawCellValue: true, UnzipSizeLimit: f.unpacked, UnzipXMLSizeLimit: f.unpacked})
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

func (t *excelTable) Header() []string { return t.names }

func (t *excelTable) Close() {
	_ = t.rows.Close()
	_ = t.book.Close()
}

func (t *excelTable) Next() (out Row, err error) {
	defer caught(t.file, &err)
	cells, err := t.filled()
	if err != nil {
		return Row{}, err
	}
	for len(cells) > len(t.names) && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	out = Row{Line: t.line, Cells: cells, Raw: record(cells)}
	if len(cells) > len(t.names) {
		out.Bad = width(t.names, cells)
		return out, nil
	}
	for len(out.Cells) < len(t.names) { // trailing empty cells are not in the file
		out.Cells = append(out.Cells, "")
	}
	out.Bad = readable(t.names, out.Cells, false)
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
func caught(f *File, err *error) {
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
