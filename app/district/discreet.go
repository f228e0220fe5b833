package district

import (
	"cmp"
	"context"
	"slices"

	view "wanjie/templates/district"
	"wanjie/templates/ui"
)

// showFrom is how many cases a line of one street must have to be shown by itself: in a class or community with
// fewer, whoever knows the place may know the person. The blueprints' assess.show_below begins there too.
const showFrom = 5

// discreet merges lines with few cases into one at the end, so that the sum still holds. One small line alone
// could be worked out from the sum, and so could several with hardly a case among them: the smallest of the
// others then go with them, until at least two lines and showFrom cases stand together, and until the sum is not
// as low or as high as so many small lines can be: then it would say of each that it has one case, or four.
func discreet(ctx context.Context, lines []view.Line) []view.Line {
	size := func(l view.Line) int64 { return max(l.Received, l.Closed, l.Open, l.Due) }
	var shown, hidden []view.Line
	for _, l := range lines {
		if n := size(l); n > 0 && n < showFrom && !l.Apart {
			hidden = append(hidden, l)
		} else {
			shown = append(shown, l)
		}
	}
	if len(hidden) == 0 {
		return lines
	}
	together := func() (n int64) {
		for _, l := range hidden {
			n += size(l)
		}
		return n
	}
	told := func() bool { // of each hidden line by their sum
		n := int64(len(hidden))
		return together() == n || together() == n*(showFrom-1)
	}
	for len(hidden) < 2 || together() < showFrom || told() {
		least := -1
		for i, l := range shown {
			if !l.Apart && size(l) > 0 && (least < 0 || cmp.Less(size(l), size(shown[least]))) {
				least = i
			}
		}
		if least < 0 {
			break // there is nothing else in the street: its own total says it anyway
		}
		hidden = append(hidden, shown[least])
		shown = slices.Delete(shown, least, least+1)
	}
	rest := view.Sum(hidden)
	rest.Name, rest.Rest = ui.T(ctx, "件数少、合并显示的 %d 项", len(hidden)), true
	at := len(shown)
	for at > 0 && shown[at-1].Apart {
		at--
	}
	return slices.Insert(shown, at, rest)
}
