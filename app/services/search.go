package services

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"

	"wanjie/tenants/blueprint"
)

// Wanted is what somebody looks for.
type Wanted struct {
	Words string // may be several, apart by blanks; also initials of sounds
	Event blueprint.LifeEvent
}

// How well an item fits, the best first.
const (
	byTitle = iota
	byName
	bySound
	bySentence // the words of the item stand in what was asked: 老年证丢了怎么办
	byText
	not
)

// Search lists the items that fit, the best first. Without words it is the street's own order.
func Search(cfg *blueprint.Config, w Wanted) (out []blueprint.Service) {
	words := strings.Fields(strings.ToLower(w.Words))
	fits := map[string]int{}
	for _, s := range cfg.Services.All() {
		if w.Event != "" && !slices.Contains(s.Events, w.Event) {
			continue
		}
		worst := byTitle
		for _, word := range words {
			worst = max(worst, fit(&s, word))
		}
		if worst < not {
			fits[s.Key] = worst
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b blueprint.Service) int { return cmp.Compare(fits[a.Key], fits[b.Key]) })
	return out
}

func fit(s *blueprint.Service, word string) int {
	names := append([]string{s.Title}, s.Words...)
	has := func(text string) bool { return strings.Contains(strings.ToLower(text), word) }
	switch {
	case has(s.Title):
		return byTitle
	case slices.ContainsFunc(s.Words, has):
		return byName
	case latin(word):
		if slices.ContainsFunc(names, func(n string) bool {
			first, whole := sounds(n)
			return strings.Contains(first, word) || len(word) > 2 && strings.Contains(whole, word)
		}) {
			return bySound
		}
	case slices.ContainsFunc(s.Words, func(n string) bool { return len([]rune(n)) > 1 && strings.Contains(word, strings.ToLower(n)) }):
		return bySentence
	}
	if slices.ContainsFunc([]string{s.Who, s.Condition, s.Result, s.Code}, has) {
		return byText
	}
	return not
}

func latin(word string) bool {
	return !strings.ContainsFunc(word, func(r rune) bool { return r > unicode.MaxASCII })
}

// sounds are the initials of a name's characters and their whole sounds: lnz and laonianzheng.
func sounds(name string) (first, whole string) {
	args := pinyin.NewArgs()
	args.Fallback = func(r rune, _ pinyin.Args) []string {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return []string{strings.ToLower(string(r))}
		}
		return nil
	}
	for _, s := range pinyin.LazyPinyin(name, args) {
		first, whole = first+s[:1], whole+s
	}
	return first, whole
}
