// Package photos holds the view of a case's photos: small ones in their phases, each a plain link to the large one.
package photos

import (
	"time"

	"wanjie/templates/ui"
)

// Card is the photos of one case.
type Card struct{ Groups []Group }

// Group is the photos of one phase. Removed says who took which away, when and why.
type Group struct {
	Title   string
	Photos  []Photo
	Removed []string
}

// Photo is one of them. Large and Small are addresses; Width and Height are the small one's.
type Photo struct {
	Large, Small  string
	Width, Height int
	What, By      string // phase, and who brought it; nobody: it came from elsewhere
	At            time.Time
	Remove        string // where removing is posted; empty: the reader may not
	Guard         ui.Guard
}
