package orders

import (
	"errors"
	"io"
	"strings"

	"wanjie/app/fault"
	"wanjie/app/tables"
	"wanjie/templates/ui"
)

// Bounds of a file: what a desk uploads in a day fits many times.
const (
	mostBytes = 4 << 20
	mostRows  = 2000
)

// table reads an uploaded file's rows into memory, under the names of its columns. Empty rows are left out, and blanks
// around cells.
func table(name string, raw []byte) (header []string, rows []tables.Row, err error) {
	f, err := tables.Of(name, raw)
	if err != nil {
		return nil, nil, unreadable(err)
	}
	in, err := f.Open()
	if err != nil {
		return nil, nil, unreadable(err)
	}
	defer in.Close()
	for {
		r, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, unreadable(err)
		}
		if !filled(&r) {
			continue
		}
		if rows = append(rows, r); len(rows) > mostRows {
			return nil, nil, fault.Field("file", ui.Key("一次最多导入2000行，请分开导入"))
		}
	}
	if len(rows) == 0 {
		return nil, nil, fault.Field("file", ui.Key("文件里没有数据行"))
	}
	return in.Header(), rows, nil
}

// unreadable puts what is wrong with a file beside its field.
func unreadable(err error) error {
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		return f.And("file", ui.Key("请更换文件后再试"))
	}
	return err
}

// filled takes the blanks from a row and reports whether anything is left of it.
func filled(r *tables.Row) (any bool) {
	for i := range r.Cells {
		r.Cells[i] = strings.TrimSpace(r.Cells[i])
		any = any || r.Cells[i] != ""
	}
	return any || r.Bad != nil
}
