package tables

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"wanjie/app/fault"
)

// rows reads a whole file: line, cells, and why a row cannot be read.
func rows(tb testing.TB, path string) (out [][]string, err error) {
	tb.Helper()
	f, err := Examine(path)
	if err != nil {
		return nil, err
	}
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	for {
		r, err := in.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		bad := ""
		if r.Bad != nil {
			bad = r.Bad.Error()
		}
		out = append(out, append([]string{fmt.Sprint(r.Line), bad}, r.Cells...))
	}
}

func TestHostileCSV(t *testing.T) {
	long := strings.Repeat("长", 100_000)
	for name, c := range map[string]struct {
		text string
		want [][]string
	}{
		"quotes and lines":  {"a,b\n\"1,\"\"x\"\"\",\"two\nlines\"\n3,4\n", [][]string{{"2", "", `1,"x"`, "two\nlines"}, {"4", "", "3", "4"}}},
		"empty lines":       {"\n\na,b\n\n1,2\n\n\n3,4", [][]string{{"5", "", "1", "2"}, {"8", "", "3", "4"}}},
		"no rows":           {"a,b\n", nil},
		"too few, too many": {"a,b\n1\n1,2,3\n1,2\n", [][]string{{"2", "应有 2 列，实有 1 列", "1"}, {"3", "应有 2 列，实有 3 列", "1", "2", "3"}, {"4", "", "1", "2"}}},
		"bare quote":        {"a,b\n1,x\"y\n1,2\n", [][]string{{"2", "引号没有成对"}, {"3", "", "1", "2"}}},
		"quote over lines":  {"a,b\n1,\"x\n2,\"y\",z\n3,4\n", [][]string{{"2", "引号没有成对，第 2 至 3 行被算作一行"}, {"4", "", "3", "4"}}},
		"quote to the end":  {"a,b\n1,2\n1,\"x\n", [][]string{{"2", "", "1", "2"}, {"3", "引号没有成对"}}},
		"NUL":               {"a,b\n1,\x00\n", [][]string{{"2", "“b”列含有空字符", "1", "\x00"}}},
		"huge field":        {"a,b\n1," + long + "\n2,x\n", [][]string{{"2", "", "1", long}, {"3", "", "2", "x"}}},
		"one bad byte":      {"a,b\n1,城市街道治理的案卷\xff\n2,环境\n", [][]string{{"2", "“b”列有无法识别的编码", "1", "城市街道治理的案卷\xff"}, {"3", "", "2", "环境"}}},
		"BOM and quotes":    {"\ufeff\"a\",b\n1,2\n", [][]string{{"2", "", "1", "2"}}},
	} {
		got, err := rows(t, put(t, "x.csv", c.text))
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}

// Chinese that begins after a megabyte of ASCII is still recognised.
func TestLateChinese(t *testing.T) {
	ascii := "a,b\n" + strings.Repeat("1,2\n", 300_000)
	for name, tail := range map[string]string{"UTF-8": "3,枫桥街道\n", "GBK": gbk(t, "3,枫桥街道\n")} {
		got, err := rows(t, put(t, "x.csv", ascii+tail))
		if err != nil || len(got) != 300_001 || got[300_000][3] != "枫桥街道" {
			t.Errorf("%s: %v, %d rows, last %q", name, err, len(got), got[len(got)-1])
		}
	}
}

func TestFilesRefusedWhole(t *testing.T) {
	for name, c := range map[string]struct{ text, say string }{
		"empty":          {"", "是空的"},
		"blank":          {"\n\n\n", "是空的"},
		"empty header":   {",,\n1,2,3\n", "是空的"},
		"open quote":     {"a,b\n1,\"x\n" + strings.Repeat("2,y\n", 1000), "第 2 行的引号没有成对"},
		"endless quote":  {"a,b\n1,\"" + strings.Repeat("x", mostBytes+100_000), "超过 4 MiB"},
		"broken header":  {"a,b\"c\n1,2\n", "表头无法读取"},
		"old Excel":      {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "旧版 Excel"},
		"UTF-16":         {"\xff\xfea\x00", "UTF-16"},
		"broken gzip":    {zip(t, strings.Repeat("a,b\n", 9000))[:60], "已损坏"},
		"gzip of no CSV": {"\x1f\x8bnothing", "已损坏"},
		"broken xlsx":    {"PK\x03\x04nothing", "已损坏"},
	} {
		_, err := rows(t, put(t, "x", c.text))
		if f := fault.Of(err); f == nil || !strings.Contains(f.Error(), c.say) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := rows(t, filepath.Join(t.TempDir(), "none.csv")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// FuzzTable: whatever the bytes, the reader ends, and every row has the header's width or says why not.
func FuzzTable(f *testing.F) {
	book := workbook(f, []any{"a", "b"}, []any{1, 43221.0})
	for _, seed := range []string{"a,b\n1,2\n", "\ufeff\"a\",b\r\n\"1\n2\",\"\"\r\n", "a,b\n1,\"x\n2,\"y\",z\n3,4\n", gbk(f, "街道,社区\n枫桥,龙池\n"),
		zip(f, "a,b\n1,2\n"), "a,a\n\xff\x00,\n", "\xd0\xcf\x11\xe0", string(book)} {
		f.Add([]byte(seed))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, raw []byte) {
		path := filepath.Join(dir, "fuzz")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := Examine(path)
		if err != nil {
			return
		}
		in, err := file.Open()
		if err != nil {
			return
		}
		defer in.Close()
		for n, last := 0, 0; ; n++ {
			r, err := in.Next()
			if err != nil {
				return
			}
			if n > len(raw) && !file.Excel {
				t.Fatalf("%d rows from %d bytes", n, len(raw))
			}
			if r.Bad == nil && len(r.Cells) != len(in.Header()) {
				t.Fatalf("row %d: %d cells under %d names", r.Line, len(r.Cells), len(in.Header()))
			}
			if r.Line <= last {
				t.Fatalf("line %d after %d", r.Line, last)
			}
			last = r.Line
			if !file.Excel && n > 100_000 {
				return
			}
		}
	})
}

func put(tb testing.TB, name, text string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

func gbk(tb testing.TB, s string) string {
	tb.Helper()
	out, err := simplifiedchinese.GBK.NewEncoder().String(s)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

func zip(tb testing.TB, s string) string {
	tb.Helper()
	var b strings.Builder
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, s)
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// workbook keeps lines of cells as Excel does, with an empty row after each.
func workbook(tb testing.TB, lines ...[]any) []byte {
	tb.Helper()
	x := excelize.NewFile()
	for i, cells := range lines {
		at, _ := excelize.CoordinatesToCellName(1, 2*i+1)
		if err := x.SetSheetRow("Sheet1", at, &cells); err != nil {
			tb.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// What somebody uploads is read like a file on disk, but is not unpacked.
func TestUploaded(t *testing.T) {
	read := func(raw []byte) (out [][]string, err error) {
		f, err := Of("来单.xlsx", raw)
		if err != nil {
			return nil, err
		}
		in, err := f.Open()
		if err != nil {
			return nil, err
		}
		defer in.Close()
		for {
			r, err := in.Next()
			if errors.Is(err, io.EOF) {
				return out, nil
			}
			if err != nil {
				return out, err
			}
			out = append(out, append([]string{fmt.Sprint(r.Line)}, r.Cells...))
		}
	}
	for name, raw := range map[string][]byte{"Excel": workbook(t, []any{"编号", "内容"}, []any{1, "路灯"}), "GBK": []byte(gbk(t, "编号,内容\n\n1,路灯\n"))} {
		if got, err := read(raw); err != nil || len(got) != 1 || !slices.Equal(got[0], []string{"3", "1", "路灯"}) {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
	if _, err := read([]byte(zip(t, "a,b\n1,2\n"))); !fault.Is(err, fault.Invalid) {
		t.Errorf("a packed one: %v", err)
	}
}
