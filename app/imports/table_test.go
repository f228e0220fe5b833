package imports

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wanjie/app/fault"
)

// rows reads a whole file: line, cells, and why a row cannot be read.
func rows(tb testing.TB, path string) (out [][]string, err error) {
	tb.Helper()
	f, err := examine(path)
	if err != nil {
		return nil, err
	}
	in, err := f.open()
	if err != nil {
		return nil, err
	}
	defer in.close()
	for {
		r, err := in.next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, append([]string{fmt.Sprint(r.line), r.bad}, r.cells...))
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
	book, err := os.ReadFile(workbook(f, "a,b\n1,2018-05-01\n"))
	if err != nil {
		f.Fatal(err)
	}
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
		file, err := examine(path)
		if err != nil {
			return
		}
		in, err := file.open()
		if err != nil {
			return
		}
		defer in.close()
		for n, last := 0, 0; ; n++ {
			r, err := in.next()
			if err != nil {
				return
			}
			if n > len(raw) && !file.excel {
				t.Fatalf("%d rows from %d bytes", n, len(raw))
			}
			if r.bad == "" && len(r.cells) != len(in.header()) {
				t.Fatalf("row %d: %d cells under %d names", r.line, len(r.cells), len(in.header()))
			}
			if r.line <= last {
				t.Fatalf("line %d after %d", r.line, last)
			}
			last = r.line
			if !file.excel && n > 100_000 {
				return
			}
		}
	})
}
