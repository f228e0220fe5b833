package division

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestSearch(t *testing.T) {
	const fengqiao = "江苏省苏州市虎丘区枫桥街道"
	for _, c := range []struct{ query, first string }{
		{"枫桥街道", fengqiao},
		{"枫桥", fengqiao},
		{" 苏州 枫桥 ", fengqiao},
		{"苏州枫桥", fengqiao},
		{"枫桥 苏州", fengqiao},
		{"苏州市虎丘", "江苏省苏州市姑苏区虎丘街道"}, // a street of that name before the district's own
		{"虎丘区枫桥", fengqiao},
		{"虎丘区枫", fengqiao},
		{"江苏/苏州/虎丘/枫桥", fengqiao},
		{"江苏省苏州市虎丘区枫桥街道", fengqiao},
		{"320505003", fengqiao},
		{"３２０５０５００３", fengqiao},
		{"320505003000", fengqiao},
		{"320505003002", fengqiao},
		{"3205 枫桥", fengqiao},
		{"320505枫桥", fengqiao},
		{"虎丘区", "江苏省苏州市虎丘区横塘街道"},
		{"320505", "江苏省苏州市虎丘区横塘街道"},
		{"320505000000", "江苏省苏州市虎丘区横塘街道"},
		{"441900", "广东省东莞市东城街道"},
		{"东莞虎门", "广东省东莞市虎门镇"},
		{"东莞市虎门镇", "广东省东莞市虎门镇"},
		{"北京东城景山", "北京市东城区景山街道"},
		{"北京市东城区景山街道", "北京市东城区景山街道"},
		{"济源沁园", "河南省济源市沁园街道"},
		{"浒墅关经开区（镇）", "江苏省苏州市虎丘区浒墅关经开区（镇）"},
		{"坪山坑梓", "广东省深圳市坪山区坑梓街道"},
		{"贡宝拉格", "内蒙古自治区锡林郭勒盟太仆寺旗贡宝拉格苏木"},
		{"110000000000", "北京市东城区东华门街道"},
		{"八五〇", "黑龙江省鸡西市虎林市八五〇农场"},
	} {
		found := Search(c.query, 20)
		if len(found) == 0 {
			t.Errorf("Search(%q) finds nothing, want %s", c.query, c.first)
		} else if got := found[0].Path(); got != c.first {
			t.Errorf("Search(%q) finds %s first, want %s", c.query, got, c.first)
		}
	}
}

func TestSearchFindsNothing(t *testing.T) {
	for _, query := range []string{
		"", " ", "/-（）", "不存在的地方", "枫桥 不存在", "北京 枫桥街道 苏州", "市辖区东华门", "省直辖",
		"9", "999999999", "3205050030001", "320505003 景山", "\xff\xfe", strings.Repeat("苏", 64), strings.Repeat("1", 500),
	} {
		if found := Search(query, 20); found != nil {
			t.Errorf("Search(%q) = %v", query, found)
		}
	}
	if found := Search("枫桥", 0); found != nil {
		t.Errorf("a limit of 0 gives %v", found)
	}
	if found := Search("枫桥", -1); found != nil {
		t.Errorf("a limit of -1 gives %v", found)
	}
}

// The classes come in the promised order, and a class in order of code.
func TestSearchRanks(t *testing.T) {
	const query = "新城"
	rank := func(u Unit) int {
		class := classOf(query, u.Name)
		if class == noMatch {
			class = pathOnly
		}
		class *= 2
		if !u.Kind.Basic() {
			class++
		}
		return class
	}
	found := Search(query, 1000)
	if len(found) < 100 {
		t.Fatalf("only %d units found", len(found))
	}
	seen := map[int]bool{}
	for i, u := range found {
		seen[rank(u)] = true
		if i == 0 {
			continue
		}
		before := found[i-1]
		if rank(before) > rank(u) || rank(before) == rank(u) && before.Code >= u.Code {
			t.Errorf("%s comes before %s", before.Path(), u.Path())
		}
	}
	for _, class := range []int{2 * exactStem, 2 * prefix, 2 * contains, 2 * pathOnly} {
		if !seen[class] {
			t.Errorf("no unit of class %d among the results", class/2)
		}
	}
	want := 0
	for _, u := range Units() {
		area, _ := District(u.District)
		if strings.Contains(u.Name, query) || strings.HasPrefix(area.Name, query) || strings.HasPrefix(area.City, query) {
			want++
		}
	}
	if got := len(Search(query, 100_000)); got != want {
		t.Errorf("%d units found, want %d", got, want)
	}
}

// A placeholder is no street to open: it comes last, even when its name fits
// best.
func TestSearchPlaceholdersLast(t *testing.T) {
	found := Search("徽州区", 200)
	if len(found) < 2 || found[len(found)-1].Name != "徽州区直辖村级区划" {
		t.Errorf("Search gives %v, want 徽州区直辖村级区划 last", found)
	}
}

// Whoever pastes a unit's path finds that unit first.
func TestSearchByPath(t *testing.T) {
	units := Units()
	for i := 0; i < len(units); i += 151 {
		path := units[i].Path()
		found := Search(path, 3)
		if len(found) == 0 || found[0].Path() != path {
			t.Errorf("Search(%q) = %v", path, found)
		}
		area, _ := District(units[i].District)
		if found := Search(area.Name+" "+units[i].Name, 50); !slices.Contains(found, units[i]) {
			t.Errorf("Search(%q) does not find it", area.Name+" "+units[i].Name)
		}
	}
}

func FuzzSearch(f *testing.F) {
	for _, query := range []string{
		"枫桥", "苏州 枫桥", "虎丘区枫桥街道", "320505003", "３２０５", "320505000000", "（工业园区）城南街道",
		"a\xffb", "500 重庆 县", "〇", "\u0301", "441900", "苏州苏州苏州苏州", "000000000000",
	} {
		f.Add(query, 5)
	}
	f.Fuzz(func(t *testing.T, query string, limit int) {
		limit = min(limit, 200)
		found := Search(query, limit)
		if len(found) > max(limit, 0) {
			t.Fatalf("%d results, the limit was %d", len(found), limit)
		}
		seen := map[string]bool{}
		for _, u := range found {
			if listed, ok := ByCode(u.Code); !ok || listed != u || seen[u.Code] {
				t.Fatalf("%+v is not in the list or came twice", u)
			}
			seen[u.Code] = true
		}
		// A lower limit cuts, and never changes, the answer.
		if half := Search(query, len(found)/2); len(found) > 1 && !slices.Equal(half, found[:len(found)/2]) {
			t.Fatal(cmp.Diff(found[:len(found)/2], half))
		}
		// Spaces around a query say nothing.
		if utf8.ValidString(query) && !slices.Equal(Search("  "+query+" ", limit), found) {
			t.Fatalf("spaces around %q change the answer", query)
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	for _, c := range []struct{ name, query string }{
		{"name", "枫桥"},
		{"path", "虎丘区枫桥街道"},
		{"words", "江苏 苏州 虎丘 枫桥"},
		{"common", "新"},
		{"code", "320505003"},
		{"nothing", "不存在的地方"},
	} {
		b.Run(c.name, func(b *testing.B) {
			list()
			b.ReportAllocs()
			for b.Loop() {
				Search(c.query, 20)
			}
		})
	}
}

func BenchmarkDecodeUnits(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		decodeList()
	}
}

func BenchmarkDecodeCommunities(b *testing.B) {
	list()
	b.ReportAllocs()
	for b.Loop() {
		decodeCommunities()
	}
}

func BenchmarkCommunities(b *testing.B) {
	Communities("320505003")
	b.ReportAllocs()
	for b.Loop() {
		Communities("320505003")
	}
}
