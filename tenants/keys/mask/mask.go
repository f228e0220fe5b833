// Package mask shortens personal data for screens on which it is not needed in full: enough to
// recognise a person one already knows, not enough to find a stranger. The whole value is shown
// only for a stated purpose and leaves a look row. Forms as officials know them (张*, 欧阳**,
// 138****5678, 320***********8318). Every function may be given what it returned before.
package mask

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// compound are the two-character surnames in use.
var compound = words("欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 令狐 慕容 司徒 司空 夏侯 轩辕 端木 百里 呼延 " +
	"南宫 独孤 闻人 长孙 宇文 鲜于 申屠 仲孙 钟离 濮阳 淳于 单于 太史 公冶 宗政 赫连 澹台 公羊 万俟 拓跋 " +
	"西门 东郭 左丘 梁丘 第五 亓官 司寇 子车 颛孙 巫马 公西 乐正 漆雕 壤驷 谷梁 即墨 达奚 闾丘 欧陽 諸葛 東方")

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// Name keeps the surname: 张三 → 张*, 张三丰 → 张**, 欧阳修文 → 欧阳**, 阿卜杜拉·买买提 → 阿***·***.
// A compound surname is kept whole only if something is left to hide, so 欧阳 is 欧*. A single
// character is hidden. Blanks and the middle dot stay.
func Name(s string) string {
	s = strings.TrimSpace(s)
	runes := []rune(s)
	keep := 1
	switch {
	case len(runes) < 2:
		keep = 0
	case len(runes) > 2 && compound[string(runes[:2])]:
		keep = 2
	}
	for i := keep; i < len(runes); i++ {
		if r := runes[i]; r != '·' && r != '•' && !unicode.IsSpace(r) {
			runes[i] = '*'
		}
	}
	return string(runes)
}

// Phone keeps three digits in front and four behind of a mobile or a landline with its area code:
// 138****5678, 051*****1234 (marks between digits go). Of 7 to 10 characters it keeps the last two, of
// fewer none.
func Phone(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-－()（）", r) {
			return -1
		}
		return r
	}, s)
	if rest, ok := strings.CutPrefix(s, "+86"); ok {
		s = rest
	}
	switch n := utf8.RuneCountInString(s); {
	case n >= 11:
		return middle(s, 3, 4)
	case n >= 7:
		return middle(s, 0, 2)
	}
	return middle(s, 0, 0)
}

// IDNumber keeps three characters in front and four behind of a citizen's or residence number of 18
// or 15 characters: 320***********8318. Every other document is hidden except for its last two
// characters, from 8 characters on.
func IDNumber(s string) string {
	s = strings.TrimSpace(s)
	switch n := utf8.RuneCountInString(s); {
	case n == 18, n == 15:
		return middle(s, 3, 4)
	case n >= 8:
		return middle(s, 0, 2)
	}
	return middle(s, 0, 0)
}

// middle hides all but the first front and the last back characters.
func middle(s string, front, back int) string {
	runes := []rune(s)
	for i := front; i < len(runes)-back; i++ {
		runes[i] = '*'
	}
	return string(runes)
}
