package sheets

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"wanjie/app/clock"
)

func write(t *testing.T, f Format, rows ...[]any) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := New(&b, f, "案卷[2026]/全部", []Column{{Title: "编号"}, {Title: "标题", Width: 30}, {Title: "件数"}, {Title: "时间", Width: 17}})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := w.Row(r...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var at = time.Date(2026, 11, 23, 7, 4, 5, 0, time.UTC)

func TestCSVIsWhatOfficesOpen(t *testing.T) {
	t.Parallel()
	got := string(write(t, CSV, []any{"20261123-00001", "垃圾,“三天”\n没人管", 3, at}, []any{"", "x", 0, time.Time{}}))
	want := "\ufeff编号,标题,件数,时间\r\n20261123-00001,\"垃圾,“三天”\r\n没人管\",3,2026-11-23 15:04:05\r\n,x,0,\r\n"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestExcelIsWhatOfficesOpen(t *testing.T) {
	t.Parallel()
	book, err := excelize.OpenReader(bytes.NewReader(write(t, Excel, []any{"20261123-00001", "垃圾 <三天> & \x01没人管\n ", 3, at}, []any{"", "x", 0, time.Time{}})))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if got := book.GetSheetList(); len(got) != 1 || got[0] != "案卷2026全部" {
		t.Errorf("sheets %q", got)
	}
	rows, err := book.GetRows("案卷2026全部")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"编号", "标题", "件数", "时间"}, {"20261123-00001", "垃圾 <三天> & \ufffd没人管\n ", "3", "2026-11-23 15:04"}, {"", "x", "0"}}
	if len(rows) != len(want) {
		t.Fatalf("rows %q", rows)
	}
	for i := range want {
		if strings.Join(rows[i], "|") != strings.Join(want[i], "|") {
			t.Errorf("row %d: %q, want %q", i, rows[i], want[i])
		}
	}
	raw, err := book.GetRows("案卷2026全部", excelize.Options{RawCellValue: true})
	if err != nil || raw[1][3] != "46349.627836" {
		t.Errorf("the time is %q (%v)", raw[1][3], err)
	}
}

// dangerous is what some spreadsheet would run.
var dangerous = []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "＋1", "－1", "＠x", "|calc", "%0a=1", "=HYPERLINK(\"http://x\")", "=cmd|' /C calc'!A0"}

func TestWhatPeopleWroteIsNeverRun(t *testing.T) {
	t.Parallel()
	for _, s := range dangerous {
		lines := strings.TrimPrefix(string(write(t, CSV, []any{s, "", 0, at})), "\ufeff")
		rows, err := csv.NewReader(strings.NewReader(lines)).ReadAll()
		if err != nil || !strings.HasPrefix(rows[1][0], "'") {
			t.Errorf("CSV: %q is written as %q (%v)", s, rows[1][0], err)
		}
		book, err := excelize.OpenReader(bytes.NewReader(write(t, Excel, []any{s, "", 0, at})))
		if err != nil {
			t.Fatal(err)
		}
		sheet := book.GetSheetList()[0]
		value, _ := book.GetCellValue(sheet, "A2")
		formula, _ := book.GetCellFormula(sheet, "A2")
		kind, _ := book.GetCellType(sheet, "A2")
		id, _ := book.GetCellStyle(sheet, "A2")
		if strings.ReplaceAll(value, "\r", "\n") != strings.ReplaceAll(s, "\r", "\n") || formula != "" || kind != excelize.CellTypeInlineString || id != quotedStyle {
			t.Errorf("Excel: %q is value %q, formula %q, type %v, style %d", s, value, formula, kind, id)
		}
		_ = book.Close()
	}
	for _, s := range []string{"", "暴露垃圾", "20261123-00001", "138****8000", "a=b"} {
		if formula(s) {
			t.Errorf("%q is taken for a formula", s)
		}
	}
}

// Whatever is written comes back, in either format.
func TestEverythingComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("=+-@ \t,\"'<>&;汉字abc0\u00a0😀"))).Draw(r, "cell")
		n := rapid.Int().Draw(r, "number")
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(write(t, CSV, []any{s, "", n, at})), "\ufeff"))).ReadAll()
		if err != nil || rows[1][0] != s && rows[1][0] != "'"+s {
			r.Fatalf("CSV: %q came back as %q (%v)", s, rows, err)
		}
		book, err := excelize.OpenReader(bytes.NewReader(write(t, Excel, []any{s, "", n % 1_000_000, at})))
		if err != nil {
			r.Fatal(err)
		}
		defer book.Close()
		if got, _ := book.GetCellValue(book.GetSheetList()[0], "A2"); got != s {
			r.Fatalf("Excel: %q came back as %q", s, got)
		}
	})
}

type broken struct{ after int }

func (b *broken) Write(p []byte) (int, error) {
	if b.after -= len(p); b.after < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestAFullDiskIsTold(t *testing.T) {
	t.Parallel()
	for _, f := range []Format{CSV, Excel} {
		w, err := New(&broken{after: 3000}, f, "x", []Column{{Title: "a"}})
		for range 100_000 {
			if err == nil {
				err = w.Row(time.Now().String())
			}
		}
		if err == nil {
			err = w.Close()
		}
		if !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("%s: %v", f, err)
		}
	}
	if _, err := New(io.Discard, "pdf", "x", nil); err == nil {
		t.Error("a format that does not exist is written")
	}
}

// A hundred thousand rows leave nothing on the disk.
func TestNothingLiesInTheTemporaryFolder(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	w, err := New(io.Discard, Excel, "x", []Column{{Title: "a"}, {Title: "b"}})
	if err != nil {
		t.Fatal(err)
	}
	for range 100_000 {
		if err := w.Row(strings.Repeat("密", 100), at.In(clock.Zone)); err != nil {
			t.Fatal(err)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%d files lie there", len(left))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
