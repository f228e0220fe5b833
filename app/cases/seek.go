package cases

import (
	"slices"
	"strings"

	"wanjie/app/cases/alike"
	"wanjie/tenants/blueprint"
)

// Found is a class that may be meant.
type Found struct {
	blueprint.Class
	Above string // title of the class above
	As    string // the code of another scheme by which it was found: "12345 诉求类型 help"; else empty
}

// Seek finds the classes that somebody may mean who typed a word of a title, the beginning of a code of any scheme, the
// old ones too, or told a whole story: the likeliest first, at most so many. Retired classes are not found.
func Seek(cfg *blueprint.Config, said string, most int) []Found {
	said = strings.TrimSpace(said)
	if said == "" {
		return nil
	}
	type hit struct {
		Found
		score float64
	}
	var hits []hit
	for _, s := range cfg.Schemes.All() {
		if s.Files {
			continue
		}
		for _, code := range cfg.CodesOf(s.Key) {
			if !strings.EqualFold(code.Code, said) && code.Title != said {
				continue
			}
			if m, ok := cfg.MapClass(s.Key, code.Code); ok {
				hits = append(hits, hit{Found{Class: m.Class, As: s.Title + " " + code.Code}, 4})
			}
		}
	}
	for _, top := range cfg.ClassesUnder("") {
		for _, k := range append([]blueprint.Class{top}, cfg.ClassesUnder(top.Key)...) {
			if n := fitting(cfg, k, said); n > 0 && !k.Retired {
				hits = append(hits, hit{Found{Class: k}, n})
			}
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	var out []Found
	for _, h := range hits {
		if slices.ContainsFunc(out, func(f Found) bool { return f.Key == h.Key }) {
			continue
		}
		if above, ok := cfg.Classes.Find(h.Parent); ok {
			h.Above = above.Title
		}
		if out = append(out, h.Found); len(out) == most {
			break
		}
	}
	return out
}

// classesMeant are the keys of the classes whose cases somebody wants to see: of one named by its key, its code or its
// title, or as classLabel writes it, else of all whose titles have the words; each with the classes beneath. Retired ones
// are among them, for their cases are still there. None: nothing is called so.
func classesMeant(cfg *blueprint.Config, said string) []string {
	said = strings.TrimSpace(said)
	var out []string
	var add func(blueprint.Class)
	add = func(k blueprint.Class) {
		if slices.Contains(out, k.Key) {
			return
		}
		out = append(out, k.Key)
		for _, under := range cfg.ClassesUnder(k.Key) {
			add(under)
		}
	}
	if k, ok := cfg.Classes.Find(said); ok {
		add(k)
		return out
	}
	all := cfg.Classes.All()
	for _, k := range all {
		if k.Title == said || k.Code == said || classLabel(k) == said {
			add(k)
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, k := range all {
		if strings.Contains(k.Title, said) {
			add(k)
		}
	}
	return out
}

// classLabel is a class as one chooses it: "06013 道路破损".
func classLabel(k blueprint.Class) string { return strings.TrimSpace(k.Code + " " + k.Title) }

// fitting is how well a class answers to what was said, 0 when not at all.
func fitting(cfg *blueprint.Config, k blueprint.Class, said string) float64 {
	leaf := 0.0 // a case is filed under the finer one
	if k.Parent != "" {
		leaf = .1
	}
	switch {
	case k.Code != "" && strings.HasPrefix(k.Code, said):
		return 5 + leaf
	case strings.Contains(k.Title, said):
		return 3 + leaf + float64(len(said))/float64(len(k.Title))
	case len([]rune(k.Title)) > 2 && strings.Contains(said, k.Title):
		return 2 + leaf
	}
	best := 0.0
	if n := alike.Covers(said, k.Title); n >= .5 {
		best = n + leaf
	}
	for _, c := range cfg.ConditionsOf(k.Key) { // 立案条件 says what the matter looks like
		if n := alike.Covers(c.Text, said); n >= .6 && len([]rune(said)) >= 2 {
			best = max(best, n/2+leaf)
		}
	}
	return best
}
