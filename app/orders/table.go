package orders

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"wanjie/app/fault"
)

// Bounds of a file: what a desk uploads in a day fits many times.
const (
	mostBytes = 4 << 20
	mostRows  = 2000
	unpacked  = 64 << 20 // an Excel file is a zip
)

// line is a row of a file, with its number there, from 1.
type line struct {
	n     int
	cells []string
}

// table reads a file's rows into memory, the header first: Excel, or CSV in UTF-8 or GB18030.
func table(raw []byte) (header []string, rows []line, err error) {
	switch {
	case len(raw) == 0:
		return nil, nil, fault.Field("file", "文件是空的")
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")):
		rows, err = fromExcel(raw)
	case bytes.HasPrefix(raw, []byte("\xd0\xcf\x11\xe0")):
		return nil, nil, fault.Field("file", "这是旧版 Excel（.xls），请另存为 .xlsx 或 CSV")
	default:
		rows, err = fromCSV(raw)
	}
	if err != nil {
		return nil, nil, fault.Field("file", "文件已损坏或不是表格，无法读取").Because(err)
	}
	rows = filled(rows)
	if len(rows) < 2 {
		return nil, nil, fault.Field("file", "文件里没有数据行")
	}
	if len(rows)-1 > mostRows {
		return nil, nil, fault.Field("file", "一次最多导入2000行，请分开导入")
	}
	return rows[0].cells, rows[1:], nil
}

// filled leaves out empty rows and blanks around cells.
func filled(rows []line) []line {
	out := rows[:0]
	for _, r := range rows {
		empty := true
		for i := range r.cells {
			r.cells[i] = strings.TrimSpace(r.cells[i])
			empty = empty && r.cells[i] == ""
		}
		if !empty {
			out = append(out, r)
		}
	}
	return out
}

func fromExcel(raw []byte) (out []line, err error) {
	book, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{RawCellValue: true, UnzipSizeLimit: unpacked, UnzipXMLSizeLimit: unpacked})
	if err != nil {
		return nil, err
	}
	defer book.Close()
	names := book.GetSheetList()
	if len(names) == 0 {
		return nil, errors.New("no sheet")
	}
	rows, err := book.Rows(names[0])
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		if len(out) > mostRows+1 {
			break
		}
		if len(cells) > 0 {
			out = append(out, line{n, cells})
		}
	}
	return out, rows.Error()
}

func fromCSV(raw []byte) (out []line, err error) {
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if !utf8.Valid(raw) {
		if raw, err = simplifiedchinese.GB18030.NewDecoder().Bytes(raw); err != nil {
			return nil, err
		}
	}
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord = -1
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		n, _ := r.FieldPos(0)
		out = append(out, line{n, cells})
	}
}
