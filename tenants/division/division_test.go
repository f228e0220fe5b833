package division

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCounts(t *testing.T) {
	kinds := map[Kind]int{}
	basic, placeholders, communities := 0, 0, 0
	for _, u := range Units() {
		kinds[u.Kind]++
		if u.Kind.Basic() {
			basic++
		}
		if u.Placeholder() {
			placeholders++
		}
		communities += len(Communities(u.Code))
	}
	for _, c := range []struct {
		what      string
		got, want int
	}{
		{"units", len(Units()), 41_352},
		{"streets, towns and townships", basic, 38_642},
		{"streets", kinds[Street], 9_067}, // 9,066 and 金门县
		{"towns", kinds[Town], 21_377},
		{"townships", kinds[Township], 8_198},
		{"units like them", kinds[Zone] + kinds[Farm] + kinds[Similar], 2_710},
		{"placeholders", placeholders, 12},
		{"communities", communities, 620_573},
		{"districts", len(Districts()), 2_978},
		{"provinces", len(Provinces()), 31},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", c.what, c.got, c.want)
		}
	}
}

// The kind comes from the code; where the name ends in a kind too, the two must
// say the same. The exceptions are counted, so that a new list shows its own.
func TestKindAgreesWithName(t *testing.T) {
	exceptions := map[Kind][]string{}
	for _, u := range Units() {
		ok := true
		switch u.Kind {
		case Street:
			ok = hasAnySuffix(u.Name, "街道", "地区")
		case Town:
			ok = strings.HasSuffix(u.Name, "镇")
		case Township:
			ok = hasAnySuffix(u.Name, "乡", "苏木")
		}
		if !ok && !u.Placeholder() {
			exceptions[u.Kind] = append(exceptions[u.Kind], u.Name)
		}
	}
	if diff := cmp.Diff(map[Kind][]string{Street: {"吴家山街"}}, exceptions); diff != "" {
		t.Errorf("names that contradict the code (-want +got):\n%s", diff)
	}
}

func TestKindOf(t *testing.T) {
	for _, c := range []struct {
		code, name string
		want       Kind
	}{
		{"320505003", "枫桥街道", Street},
		{"110105041", "豆各庄地区", Street},
		{"320505101", "通安镇", Town},
		{"152527201", "贡宝拉格苏木", Township},
		{"320505400", "浒墅关经开区（镇）", Zone},
		{"320505408", "苏州高新区综合保税区", Zone},
		{"320505407", "科技城（东渚街道）", Zone},
		{"320614416", "三星镇（叠石桥家纺产业园区）", Similar},
		{"340705402", "天井湖社区街道", Similar},
		{"230381500", "八五〇农场", Farm},
		{"659001501", "兵团一二八团", Farm},
		{"440306400", "深圳市宝安国际机场", Similar},
		{"320505405", "苏州高新技术创业服务中心", Similar},
		{"320505", "虎丘区", 0},
		{"", "", 0},
	} {
		if got := KindOf(c.code, c.name); got != c.want {
			t.Errorf("KindOf(%q, %q) = %v, want %v", c.code, c.name, got, c.want)
		}
	}
}

func TestFengqiao(t *testing.T) {
	u, ok := ByCode("320505003")
	if want := (Unit{"320505003", "枫桥街道", Street, 320505}); !ok || u != want {
		t.Fatalf("320505003 is %+v, want %+v", u, want)
	}
	if got, want := u.Path(), "江苏省苏州市虎丘区枫桥街道"; got != want {
		t.Errorf("its path is %s, want %s", got, want)
	}
	all := Communities(u.Code)
	if len(all) != 10 {
		t.Errorf("it has %d communities, want 10", len(all))
	}
	for _, c := range all {
		if c.Kind != Residents || !strings.HasPrefix(c.Code, u.Code) {
			t.Errorf("community %+v is no residents' committee of 枫桥街道", c)
		}
		if got, ok := CommunityByCode(c.Code); !ok || got != c {
			t.Errorf("CommunityByCode(%s) = %+v", c.Code, got)
		}
	}
	area, ok := District(320505)
	if want := (Area{320505, "虎丘区", "苏州市", "江苏省"}); !ok || area != want {
		t.Errorf("district 320505 is %+v, want %+v", area, want)
	}
}

func TestPath(t *testing.T) {
	for code, want := range map[string]string{
		"110101001": "北京市东城区东华门街道",           // 市辖区 is not shown
		"500229102": "重庆市城口县",                // nor 县
		"419001001": "河南省济源市沁园街道",            // nor 省直辖县级行政区划
		"659001001": "新疆维吾尔自治区石河子市新城街道",      // nor 自治区直辖县级行政区划
		"441900003": "广东省东莞市东城街道",            // the city has no districts: once
		"442000001": "广东省中山市石岐街道",            //
		"460400100": "海南省儋州市那大镇",             //
		"620201100": "甘肃省嘉峪关市新城镇",            //
		"152527201": "内蒙古自治区锡林郭勒盟太仆寺旗贡宝拉格苏木", //
	} {
		u, ok := ByCode(code)
		if got := u.Path(); !ok || !strings.HasPrefix(got, want) {
			t.Errorf("%s is %q, want %q", code, got, want)
		}
	}
	if got := (Unit{Name: "新街道", District: 999999}).Path(); got != "新街道" {
		t.Errorf("a unit of an unknown district has path %q", got)
	}
}

func TestUnknown(t *testing.T) {
	for _, code := range []string{"", "3", "320505", "320505999", "320505003001", "枫桥街道", "999999999"} {
		if u, ok := ByCode(code); ok || u != (Unit{}) {
			t.Errorf("ByCode(%q) = %+v", code, u)
		}
		if c := Communities(code); c != nil {
			t.Errorf("Communities(%q) = %v", code, c)
		}
	}
	for _, code := range []string{"", "320505003", "320505003999", "999999999999", "一二三四"} {
		if c, ok := CommunityByCode(code); ok {
			t.Errorf("CommunityByCode(%q) = %v", code, c)
		}
	}
	for _, code := range []int32{-1, 0, 3205, 320599, 999999} {
		if a, ok := District(code); ok || InDistrict(code) != nil {
			t.Errorf("District(%d) = %+v", code, a)
		}
	}
	if got := InProvince(99); len(got) != 0 {
		t.Errorf("InProvince(99) = %v", got)
	}
}

// Provinces, their districts and their units partition the list, in order.
func TestLevels(t *testing.T) {
	var areas []Area
	for _, p := range Provinces() {
		in := InProvince(p.Code)
		if len(in) == 0 {
			t.Errorf("%s has no district", p.Name)
		}
		for _, a := range in {
			if a.Province != p.Name {
				t.Errorf("%v is listed under %s", a, p.Name)
			}
		}
		areas = append(areas, in...)
	}
	if diff := cmp.Diff(Districts(), areas); diff != "" {
		t.Errorf("districts by province (-want +got):\n%s", diff)
	}
	var units []Unit
	for _, a := range areas {
		in := InDistrict(a.Code)
		if len(in) == 0 {
			t.Errorf("%s has no unit", a.Path())
		}
		for _, u := range in {
			if u.District != a.Code || number(u.Code[:6]) != a.Code {
				t.Errorf("%+v is listed under %d", u, a.Code)
			}
		}
		units = append(units, in...)
	}
	if diff := cmp.Diff(Units(), units); diff != "" {
		t.Errorf("units by district (-want +got):\n%s", diff)
	}
	for i := 1; i < len(units); i++ {
		if units[i-1].Code >= units[i].Code {
			t.Errorf("%s comes before %s", units[i-1].Code, units[i].Code)
		}
	}
}

// What a caller gets is the caller's.
func TestAnswersAreCopies(t *testing.T) {
	InDistrict(320505)[0].Name = "改了"
	Districts()[0].Name = "改了"
	Provinces()[0].Name = "改了"
	Units()[0].Name = "改了"
	Communities("320505003")[0].Name = "改了"
	if u := InDistrict(320505)[0]; u.Name != "横塘街道" {
		t.Errorf("the list now has %v", u)
	}
	if Districts()[0].Name != "东城区" || Provinces()[0].Name != "北京市" || Units()[0].Name != "东华门街道" ||
		Communities("320505003")[0].Name == "改了" {
		t.Error("a caller changed the list")
	}
}

func TestKindsInChinese(t *testing.T) {
	for k := Street; k <= Similar; k++ {
		if k.String() == "未知" || k.String() == "" {
			t.Errorf("kind %d has no name", k)
		}
	}
	for k := Residents; k <= SimilarCommunity; k++ {
		if k.String() == "未知" || k.String() == "" {
			t.Errorf("community kind %d has no name", k)
		}
	}
	if Kind(0).String() != "未知" || Kind(99).String() != "未知" || CommunityKind(0).String() != "未知" || CommunityKind(99).String() != "未知" {
		t.Error("a kind that does not exist has a name")
	}
	if Zone.Basic() || Kind(0).Basic() || !Township.Basic() {
		t.Error("Basic is not streets, towns and townships")
	}
}

// The shared samples, taken independently from the same source, agree with what
// is embedded. They lie beside the repository, not in it.
func TestAgreesWithSource(t *testing.T) {
	t.Run("units", func(t *testing.T) {
		rows := sample(t, "zh_streets_41352.csv.gz")
		if rows == nil {
			return
		}
		if len(rows) != len(Units()) {
			t.Errorf("the sample has %d units, the list %d", len(rows), len(Units()))
		}
		for _, row := range rows {
			if u, ok := ByCode(row[0]); !ok || u.Name != row[1] || u.District != number(row[2]) {
				t.Errorf("%v is %+v in the list", row, u)
			}
		}
	})
	t.Run("communities", func(t *testing.T) {
		rows := sample(t, "zh_villages_suzhou_shenzhen.csv.gz")
		if rows == nil {
			return
		}
		for _, row := range rows {
			if c, ok := CommunityByCode(row[0]); !ok || c.Name != row[1] {
				t.Errorf("%v is %+v in the list", row, c)
			}
		}
		listed := 0
		for _, u := range Units() {
			if strings.HasPrefix(u.Code, "3205") || strings.HasPrefix(u.Code, "4403") {
				listed += len(Communities(u.Code))
			}
		}
		if listed != len(rows) {
			t.Errorf("苏州 and 深圳 have %d communities in the list, %d in the sample", listed, len(rows))
		}
	})
}

// sample reads a shared table without its heading; nil, said loudly, when this
// checkout stands alone.
func sample(t *testing.T, name string) [][]string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", name)
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Logf("NOT COMPARED: %s is absent; only the counts and the known streets were checked", path)
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	in := csv.NewReader(unzipped)
	if _, err := in.Read(); err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for {
		row, err := in.Read()
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
}

// What the list costs in memory, decoded afresh. The bounds are twice what was
// measured, to notice a change of kind.
func TestMemory(t *testing.T) {
	live := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	if size := len(unitsFile) + len(communitiesFile); size > 4<<20 {
		t.Errorf("the embedded files have %d bytes, more than 4 MiB", size)
	}
	list() // decoded before, so that only the second copy counts
	communityLines()
	before := live()
	l := decodeList()
	withList := live()
	lines := decodeCommunities()
	after := live()
	runtime.KeepAlive(l)
	runtime.KeepAlive(lines)
	t.Logf("list %d KB, communities %d KB", (withList-before)>>10, (after-withList)>>10)
	if withList-before > 8<<20 || after-withList > 16<<20 {
		t.Error("the decoded list is much larger than it was")
	}
}
