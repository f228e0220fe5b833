package resident

import "github.com/a-h/templ"

// paths are the pictures, drawn with a stroke in a field of 24 by 24. They are ornament: words stand beside each.
var paths = map[string]string{
	"home":   "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
	"pen":    "M4 20l1-5L16 4l4 4L9 19zM14 6l4 4",
	"list":   "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
	"bell":   "M6 16v-5a6 6 0 0112 0v5l2 2H4zM10 21h4",
	"person": "M12 12a4 4 0 100-8 4 4 0 000 8zM4 21c1-5 4-6 8-6s7 1 8 6",
	"phone":  "M5 4h4l2 5-3 2a12 12 0 005 5l2-3 5 2v4a2 2 0 01-2 2A16 16 0 013 6a2 2 0 012-2z",
	"bin":    "M5 7h14M10 4h4M7 7l1 13h8l1-13M10 11v5M14 11v5",
	"road":   "M8 4L4 20M16 4l4 16M12 5v3M12 11v3M12 17v3",
	"lamp":   "M9 21h6M12 21V9M6 9a6 6 0 0112 0zM12 3V2",
	"cover":  "M12 20a8 8 0 100-16 8 8 0 000 16zM8 9h8M8 12h8M8 15h8",
	"car":    "M4 17v-4l2-6h12l2 6v4zM4 13h16M7 17v2M17 17v2",
	"stall":  "M4 9l2-5h12l2 5zM5 9v11M19 9v11M5 14h14",
	"sound":  "M4 10v4h4l5 4V6l-5 4zM16 9a4 4 0 010 6M18 6a8 8 0 010 12",
	"fire":   "M12 21a6 6 0 006-6c0-4-4-5-4-11-3 2-4 5-4 7-1 0-1-1-2-2-1 2-2 4-2 6a6 6 0 006 6z",
	"paper":  "M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h7",
	"heart":  "M12 20l-7-7a5 5 0 017-7 5 5 0 017 7z",
	"people": "M9 11a3.500 3.500 0 100-7 3.500 3.500 0 000 7zM2 20c1-4 3-5 7-5s6 1 7 5M16 4.500a3.500 3.500 0 010 6.500M18 15c2 .5 3 2 4 5",
	"ask":    "M12 21a9 9 0 100-18 9 9 0 000 18zM9.500 9.500a2.500 2.500 0 115 0c0 2-2.500 2-2.500 4M12 17h.01",
	"more":   "M5 12h.01M12 12h.01M19 12h.01",
	"news":   "M4 5h12v14H6a2 2 0 01-2-2zM16 9h4v8a2 2 0 01-2 2M7 9h6M7 12h6M7 15h4",
	"search": "M11 18a7 7 0 100-14 7 7 0 000 14zM16 16l5 5",
	"pin":    "M12 21c5-6 7-8 7-11a7 7 0 00-14 0c0 3 2 5 7 11zM12 12a2 2 0 100-4 2 2 0 000 4z",
	"go":     "M9 5l7 7-7 7",
}

func current(is bool) templ.Attributes {
	if is {
		return templ.Attributes{"aria-current": "page"}
	}
	return nil
}
