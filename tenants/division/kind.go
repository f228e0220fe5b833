package division

import "strings"

// Kind says what sort of unit stands below a district.
type Kind uint8

// The kinds. Streets, towns and townships are the ones that wanjie calls a
// street; the rest are the list's 类似乡级单位, which have a code and
// communities of their own but often no street office.
const (
	Street   Kind = iota + 1 // 街道, and the 地区 offices of Beijing
	Town                     // 镇
	Township                 // 乡, 民族乡, 苏木
	Zone                     // development zones, parks, scenic areas
	Farm                     // state farms, forest farms, corps regiments
	Similar                  // any other unit of that level, also a 街道 that a zone set up
)

var kindNames = [...]string{Street: "街道", Town: "镇", Township: "乡", Zone: "园区", Farm: "农林场", Similar: "类似单位"}

// String is the kind in Chinese, as shown on screens.
func (k Kind) String() string {
	if k < Street || k > Similar {
		return "未知"
	}
	return kindNames[k]
}

// Basic reports whether the kind is street, town or township by its code.
// 38,642 of the 41,352 units are.
func (k Kind) Basic() bool { return k >= Street && k <= Township }

// KindOf gives the kind of the unit with that nine-digit code and name.
//
// The rule is that of GB/T 10114 县级以下行政区划代码编制规则, which the Bureau
// of Statistics follows: of the last three digits 0xx is a street, 1xx a town,
// 2xx and 3xx a township, 4xx and 5xx a unit in which enterprise and government
// are one. Names only divide that last group further, without what they add in
// brackets: 浒墅关经开区（镇） has code 400 and is a zone. A code that is not nine
// digits long has no kind (0).
func KindOf(code, name string) Kind {
	if len(code) != 9 {
		return 0
	}
	switch code[6] {
	case '0':
		return Street
	case '1':
		return Town
	case '2', '3':
		return Township
	}
	if strings.HasSuffix(name, "）") {
		name = name[:max(strings.LastIndex(name, "（"), 0)]
	}
	switch {
	case hasAnySuffix(name, "街道", "街道办事处", "镇", "乡", "机场"):
		return Similar
	case hasAnySuffix(name, "场", "团", "林业局", "苗圃"), containsAny(name, "兵团", "农垦", "垦殖", "农场", "林场", "牧场"):
		return Farm
	case hasAnySuffix(name, "区", "园", "城", "港", "谷", "基地"), containsAny(name, "开发区", "园区", "风景", "保税"):
		return Zone
	}
	return Similar
}

// CommunityKind says whose committee governs a community.
type CommunityKind uint8

// The kinds of community.
const (
	Residents        CommunityKind = iota + 1 // 居民委员会
	Villagers                                 // 村民委员会, 嘎查
	SimilarCommunity                          // 类似居委会或村委会: a zone's or farm's own living area
)

var communityKindNames = [...]string{Residents: "居委会", Villagers: "村委会", SimilarCommunity: "类似单位"}

// String is the kind in Chinese, as shown on screens.
func (k CommunityKind) String() string {
	if k < Residents || k > SimilarCommunity {
		return "未知"
	}
	return communityKindNames[k]
}

// CommunityKindOf gives the kind of the community with that twelve-digit code.
// The rule is the coding rule of 统计用区划代码: of the last three digits
// 001–199 is a residents' committee, 200–399 a villagers' committee, 400 and up
// a similar unit. A code that is not twelve digits long has no kind (0).
func CommunityKindOf(code string) CommunityKind {
	if len(code) != 12 {
		return 0
	}
	switch code[9] {
	case '0', '1':
		return Residents
	case '2', '3':
		return Villagers
	}
	return SimilarCommunity
}

func hasAnySuffix(s string, suffixes ...string) bool {
	for _, suffix := range suffixes {
		if strings.HasSuffix(s, suffix) {
			return true
		}
	}
	return false
}

func containsAny(s string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}
