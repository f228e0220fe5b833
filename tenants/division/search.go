package division

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How well a unit answers a query, best first.
const (
	exactName = iota // 枫桥街道 for 枫桥街道
	exactStem        // 枫桥街道 for 枫桥
	prefix           // 枫桥街道 for 枫
	contains         // 大枫桥街道 for 枫桥
	pathOnly         // any unit of 虎丘区 for 虎丘区, or found by its code
	classes
	noMatch = classes
)

// Search finds units by what a person types: the beginning of a code
// (3205, 320505003, also zero-filled 320505000000 or a community's twelve
// digits), a part of the unit's name, and names of the levels above it, whole or
// begun, with or without spaces: "枫桥", "苏州 枫桥", "虎丘区枫桥",
// "江苏省苏州市虎丘区枫桥街道", "3205 枫桥". Of the levels above at least two
// characters must be given. Every part of the query must fit.
//
// The best come first: the exact name, the name without 街道, 镇 or 乡, a name
// that begins so, a name that contains it, then units that fit only by what is
// above them; within each, streets, towns and townships before similar units,
// then by code. Placeholders come last of all. At most limit units are returned, none for an empty query.
func Search(query string, limit int) []Unit {
	tokens := tokenize(query)
	if len(tokens) == 0 || limit <= 0 {
		return nil
	}
	l := list()
	for i := range tokens {
		if tokens[i].digits {
			tokens[i].text = l.codePrefix(tokens[i].text)
		}
	}
	whole := strings.TrimSpace(query)
	// Each class in two, streets before similar units; placeholders after all.
	var found [2*classes + 1][]int32
	eachArea(l.areas, tokens, func(a *area) {
		for i := a.first; i < a.end; i++ {
			u := &l.units[i]
			class := noMatch
			for t := range tokens {
				c := tokens[t].class(u)
				if c == noMatch {
					class = noMatch
					break
				}
				class = min(class, c)
			}
			if class == noMatch {
				continue
			}
			if u.Name == whole {
				class = exactName
			}
			class *= 2
			switch {
			case u.Placeholder():
				class = 2 * classes
			case !u.Kind.Basic():
				class++
			}
			if len(found[class]) < limit {
				found[class] = append(found[class], int32(i))
			}
		}
	})
	var out []Unit
	for _, class := range found {
		for _, i := range class {
			if len(out) == limit {
				return out
			}
			out = append(out, l.units[i])
		}
	}
	return out
}

// token is one part of a query, without spaces or signs.
type token struct {
	text   string
	digits bool  // text is the beginning of a code
	runes  []int // where each rune begins, and the length

	// above has bit n set when the first n runes can be read as names of levels
	// above the unit; each level adds to what the level over it left.
	province, city, above uint64
}

// maxRunes bounds a token by the bits of its masks; the longest path has fewer.
const maxRunes = 63

// tokenize cuts a query at spaces and signs and between digits and letters, and
// narrows full-width digits. Nothing fits a token that is too long, so there are
// no tokens then.
func tokenize(query string) []token {
	var tokens []token
	begin, kind := 0, rune(0)
	query = strings.Map(func(r rune) rune {
		if '０' <= r && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, query)
	cut := func(end int) bool {
		if kind == 0 || begin == end {
			return true
		}
		t := token{text: query[begin:end], digits: kind == '0'}
		for i := range t.text {
			t.runes = append(t.runes, i)
		}
		t.runes = append(t.runes, len(t.text))
		tokens = append(tokens, t)
		return len(t.runes) <= maxRunes
	}
	for i, r := range query {
		next := rune(0)
		switch {
		case '0' <= r && r <= '9':
			next = '0'
		case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
			next = 'a'
		}
		if next != kind {
			if !cut(i) {
				return nil
			}
			begin, kind = i, next
		}
	}
	if !cut(len(query)) {
		return nil
	}
	return tokens
}

// eachArea visits the districts in order of code, having set each token's masks
// for it.
func eachArea(areas []area, tokens []token, visit func(*area)) {
	province, city := int32(-1), int32(-1)
	for i := range areas {
		a := &areas[i]
		for j := range tokens {
			t := &tokens[j]
			if t.digits {
				continue
			}
			if a.Code/10000 != province {
				t.province = t.read(1, a.Province)
			}
			if a.Code/100 != city {
				t.city = t.read(t.province, a.City)
			}
			t.above = t.read(t.city, a.Name)
		}
		province, city = a.Code/10000, a.Code/100
		visit(a)
	}
}

// read adds to from, the places that the levels above have reached, those that
// name reaches: from each place as many runes as name begins with, two at least.
func (t *token) read(from uint64, name string) uint64 {
	reached := from
	for rest := from; rest != 0; rest &= rest - 1 {
		at := bits.TrailingZeros64(rest)
		n := common(t.text[t.runes[at]:], name)
		if n >= 2 {
			reached |= 1 << (at + n)
		}
	}
	return reached
}

// common counts the runes with which both begin.
func common(a, b string) int {
	n := 0
	for a != "" && b != "" {
		r, size := utf8.DecodeRuneInString(a)
		s, _ := utf8.DecodeRuneInString(b)
		if r != s {
			break
		}
		a, b, n = a[size:], b[size:], n+1
	}
	return n
}

// class says how well a unit answers the token.
func (t *token) class(u *Unit) int {
	if t.digits {
		if strings.HasPrefix(u.Code, t.text) {
			return pathOnly
		}
		return noMatch
	}
	best := noMatch
	for rest := t.above; rest != 0; rest &= rest - 1 {
		best = min(best, classOf(t.text[t.runes[bits.TrailingZeros64(rest)]:], u.Name))
	}
	return best
}

func classOf(part, name string) int {
	switch at := strings.Index(name, part); {
	case part == "":
		return pathOnly
	case at < 0:
		return noMatch
	case at > 0:
		return contains
	}
	switch name[len(part):] {
	case "":
		return exactName
	case "街道", "街道办事处", "地区", "镇", "乡", "民族乡", "苏木":
		return exactStem
	}
	return prefix
}

// codePrefix takes from typed digits the zeros that the statistical form fills
// up with (3205 stands as 320500000000) and what lies below the unit, so that a
// unit's code can be compared with it.
func (l *divisions) codePrefix(digits string) string {
	if len(digits) > 12 {
		return digits // no code is so long: fits nothing
	}
	if len(digits) > 9 {
		digits = digits[:9]
	}
	if len(digits) == 9 && digits[6:] == "000" {
		if _, ok := l.unit(digits); !ok {
			digits = digits[:6]
		}
	}
	if len(digits) == 6 && digits[4:] == "00" {
		if _, ok := l.area(number(digits)); !ok {
			digits = digits[:4]
		}
	}
	if len(digits) == 4 && digits[2:] == "00" {
		digits = digits[:2]
	}
	return digits
}
