package ui

import (
	"context"
	"net/url"
	"strconv"

	"github.com/a-h/templ"
)

// DoneField is the parameter of an address that says what was done just now; it says so once, and no link carries it on.
const DoneField = "done"

// Pages describes where a list stands. Links keep Query and set its "page".
type Pages struct {
	Number int  // this page, from 1
	Size   int  // rows a page
	Total  int  // rows in all, or how far counting went
	Capped bool // counting stopped at Total because a full count costs too much; shown as "1,000+"
	More   bool // with Capped: a next page exists
	Path   string
	Query  url.Values
	List   string // id of the element that htmx replaces; empty loads the page whole
}

func (p Pages) last() int {
	if p.Size <= 0 {
		return 1
	}
	return max(1, (p.Total+p.Size-1)/p.Size)
}

func (p Pages) hasNext() bool {
	if p.Capped {
		return p.More
	}
	return p.Number < p.last()
}

// beyond reports whether there is no such page: somebody came by an old link, or the list has become shorter.
func (p Pages) beyond() bool { return !p.Capped && p.Number > p.last() }

// before is the page that leads back: beyond the end, the last one.
func (p Pages) before() int {
	if p.beyond() {
		return p.last()
	}
	return p.Number - 1
}

func (p Pages) href(page int) string {
	q := url.Values{}
	for k, v := range p.Query {
		q[k] = v
	}
	q.Del("page")
	q.Del(DoneField)
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return p.Path
	}
	return p.Path + "?" + q.Encode()
}

// window is the page numbers to show: the first, the last, and two around the current; 0 stands for a gap. A capped list
// has no known last page.
func (p Pages) window() (out []int) {
	last := p.last()
	if p.Capped {
		last = p.Number
	}
	for n := 1; n <= last; n++ {
		switch {
		case n == 1, n >= p.Number-2 && n <= p.Number+2, n == last:
			out = append(out, n)
		case out[len(out)-1] != 0:
			out = append(out, 0)
		}
	}
	return out
}

func (p Pages) count(ctx context.Context) string {
	if p.Capped {
		return T(ctx, "共 %s 条", Number(p.Total)+"+")
	}
	return T(ctx, "共 %s 条", Number(p.Total))
}

// attrs let htmx replace only the list.
func (p Pages) attrs(page int) templ.Attributes {
	if p.List == "" {
		return nil
	}
	return templ.Attributes{
		"hx-get": p.href(page), "hx-target": "#" + p.List, "hx-select": "#" + p.List,
		"hx-swap": "outerHTML show:top", "hx-push-url": "true",
	}
}
