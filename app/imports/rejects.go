package imports

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"wanjie/app/fault"
	"wanjie/app/tables"
)

// reject is a row that cannot be imported.
type reject struct {
	tables.Row
	id     string // in the source, where it could be read
	field  string // column
	reason string
}

// rejects writes the error file: it may hold residents' data, so only its owner may read it.
type rejects struct {
	path string
	must bool // the file is made even when nothing is refused
	file *os.File
	w    *csv.Writer
	n    int
}

// newRejects prepares path and removes what an earlier run left there.
func newRejects(path string, must bool, input string) (*rejects, error) {
	e := &rejects{path: path, must: must}
	if path == "" {
		return e, nil
	}
	a, err1 := os.Stat(path)
	b, err2 := os.Stat(input)
	if err1 == nil && err2 == nil && os.SameFile(a, b) {
		return nil, fault.New(fault.Invalid, "错误清单不能写入要导入的文件")
	}
	if must {
		return e, e.open()
	}
	if err1 == nil && a.Mode().IsRegular() {
		return e, os.Remove(path)
	}
	return e, nil
}

func (e *rejects) open() (err error) {
	if e.file, err = os.OpenFile(e.path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600); err != nil {
		return fmt.Errorf("error file: %w", err)
	}
	e.w = csv.NewWriter(e.file)
	_, _ = e.file.WriteString("\ufeff") // Excel takes a CSV without it for GBK
	return e.w.Write([]string{"line", "source_id", "field", "reason", "row"})
}

func (e *rejects) add(r *reject) error {
	e.n++
	if e.path == "" {
		return nil
	}
	if e.file == nil {
		if err := e.open(); err != nil {
			return err
		}
	}
	return e.w.Write([]string{strconv.Itoa(r.Line), harmless(r.id), harmless(r.field), r.reason, harmless(r.Raw)})
}

func (e *rejects) close() error {
	if e.file == nil {
		return nil
	}
	e.w.Flush()
	return errors.Join(e.w.Error(), e.file.Close())
}

// harmless keeps a spreadsheet from taking foreign text for a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
