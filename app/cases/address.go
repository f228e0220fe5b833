package cases

import (
	"regexp"
	"strings"

	"wanjie/templates/ui"
)

// Place is an address in the parts of the standard address (标准地址), below the community: road and number, estate,
// building, entrance, room. Numbers may be written with or without their word: 3, 3幢 and 3栋 are one.
type Place struct{ Road, House, Estate, Building, Entrance, Room, Detail string }

// parts are the numbered parts of an address with the words that may follow the number; the first is the standard's.
var parts = map[string][]string{
	"house": {"号"}, "building": {"幢", "号楼", "栋", "座", "楼", "#"}, "entrance": {"单元", "门"}, "room": {"室", "房", "号"},
}

var numbered = regexp.MustCompile(`^[0-9A-Za-z甲乙丙丁一二三四五六七八九十]+(-[0-9A-Za-z]+)*$`)

// plain writes full-width letters and digits as ASCII and leaves out blanks.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '　' || r == ' ':
			return -1
		case r >= '！' && r <= '～':
			return r - 0xfee0
		}
		return r
	}, s)
}

// numberOf is a numbered part without its word; ok is false where it is no number.
func numberOf(part, s string) (number string, ok bool) {
	s = plain(s)
	for _, word := range parts[part] {
		if cut, has := strings.CutSuffix(s, word); has && cut != "" {
			s = cut
			break
		}
	}
	return s, s == "" || numbered.MatchString(s)
}

// Line is the address as one line in the standard's words: 枫桥路12号金色家园3幢2单元501室.
func (p Place) Line() string {
	var b strings.Builder
	b.WriteString(plain(p.Road))
	for _, part := range []struct{ name, said, before string }{
		{"house", p.House, ""}, {"building", p.Building, p.Estate}, {"entrance", p.Entrance, ""}, {"room", p.Room, ""},
	} {
		b.WriteString(plain(part.before))
		if n, _ := numberOf(part.name, part.said); n != "" {
			b.WriteString(n + parts[part.name][0])
		}
	}
	b.WriteString(strings.TrimSpace(p.Detail))
	return b.String()
}

func (p Place) check(f *problems) {
	for name, said := range map[string]string{"house": p.House, "building": p.Building, "entrance": p.Entrance, "room": p.Room} {
		if _, ok := numberOf(name, said); !ok {
			f.Add(name, ui.Key("只填号码，如 12、3-1、甲2"))
		}
	}
	for name, said := range map[string]string{"road": p.Road, "estate": p.Estate} {
		f.Fit(name, said, longTitle)
	}
	f.Fit("address", p.Line(), longLine)
}

// loose are the ways of writing a building that the standard does not have.
var loose = regexp.MustCompile(`(\d)(号楼|栋|＃|#)`)

// standard writes an address that came as one line in the standard's words as far as that is safe: 3号楼 and 3栋 are 3幢.
func standard(line string) string {
	line = strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' || r >= 'Ａ' && r <= 'Ｚ' || r >= 'ａ' && r <= 'ｚ' || r == '－' {
			return r - 0xfee0
		}
		return r
	}, strings.TrimSpace(line))
	return loose.ReplaceAllString(line, "${1}幢")
}
