package packed

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type community struct {
	Number int
	Name   string
}

func each(line string) (all []community, err error) {
	err = Each(line, func(number int, name string) bool {
		all = append(all, community{number, name})
		return true
	})
	return all, err
}

func TestLine(t *testing.T) {
	want := []community{
		{1, "多福巷社区居委会"}, {2, "东居委会"}, {5, "768厂社区居委会"}, {6, "24号社区"},
		{200, "东村"}, {201, "村"}, {202, "村委会"}, {203, "台"}, {300, "敦达乌苏嘎查"}, {598, "一二三团生活区"}, {999, "社区居民委员会"},
	}
	var line Line
	for _, c := range want {
		if err := line.Append(c.Number, c.Name); err != nil {
			t.Fatal(err)
		}
	}
	if prefix := "多福巷#东%5:768厂#24号+200:东>>"; !strings.HasPrefix(line.String(), prefix) {
		t.Errorf("the line is %q, want %q first", line.String(), prefix)
	}
	got, err := each(line.String())
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("read again: %v (-want +got):\n%s", err, diff)
	}
	n := 0
	if err := Each(line.String(), func(int, string) bool { n++; return n < 3 }); err != nil || n != 3 {
		t.Errorf("stopped at 3, it went to %d, %v", n, err)
	}
}

func TestAppendRefuses(t *testing.T) {
	for _, c := range []community{{1, ""}, {1, "a:b"}, {1, "a\nb"}, {1, "a#"}, {-1, "甲村"}, {1000, "甲村"}} {
		if err := new(Line).Append(c.Number, c.Name); err == nil {
			t.Errorf("%+v was packed", c)
		}
	}
}

func TestEachRefuses(t *testing.T) {
	for _, line := range []string{"东", "1000:东>", "x:东>", ":东>", "-1:东>", "999:东>西>"} {
		if all, err := each(line); err == nil {
			t.Errorf("%q was read as %v", line, all)
		}
	}
}

func TestHeader(t *testing.T) {
	want := Header{"npm x", "1.2.3", "2023-06-30", 7}
	got, body, err := Cut(want.String() + "\nrest\n")
	if err != nil || got != want || body != "rest\n" {
		t.Errorf("Cut gives %+v, %q, %v", got, body, err)
	}
	for _, text := range []string{"", "rest", "other\ta\tb\tc\t1\n", magic + "\ta\tb\tc\tmany\n", magic + "\ta\n"} {
		if h, _, err := Cut(text); err == nil {
			t.Errorf("%q has header %+v", text, h)
		}
	}
}

func TestCompress(t *testing.T) {
	text := strings.Repeat("枫桥街道\n", 1000)
	first, err := Compress(text)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Compress(text)
	if err != nil || string(first) != string(again) {
		t.Errorf("the same text gave other bytes, %v", err)
	}
	if got, err := Decompress(first); err != nil || got != text {
		t.Errorf("decompressed it is not the same, %v", err)
	}
	if _, err := Decompress(first[:len(first)-1]); err == nil {
		t.Error("a file that was cut off was read")
	}
}

// What can be read from any line can be packed and read again, with the same
// answer.
func FuzzEach(f *testing.F) {
	for _, line := range []string{"多福巷#银闸#5:东厂#", "200:东>>", "768厂#", "1:2:3>", "=", "999:东>西>"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, err := each(text)
		if err != nil {
			return
		}
		var line Line
		for _, c := range want {
			if err := line.Append(c.Number, c.Name); err != nil {
				return
			}
		}
		got, err := each(line.String())
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q packed again: %v (-want +got):\n%s", text, err, diff)
		}
	})
}
