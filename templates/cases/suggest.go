package cases

import (
	"time"

	"wanjie/templates/ui"
)

// Suggestions is what is dispatched again and again outside the duty list.
type Suggestions struct {
	Rule     string // from when on something is listed
	Settings string // where that is set; empty: not by the reader
	Reasons  string // where reasons are asked for
	Purposes []ui.Option
	Rows     []Suggestion
}

// Suggestion is a class and a unit.
type Suggestion struct {
	ClassKey, UnitKey, Class, Unit string
	Listed                         string // whom the list names instead; empty: nobody
	Negotiated, Designated         int
	Last                           time.Time
	Edit                           string // the editor of the duty list, filled in; empty: the reader may not
}

// SuggestionReasons is what was said for the dispatches of a suggestion.
type SuggestionReasons struct {
	Title, Back string
	Rows        []SuggestionReason
}

// SuggestionReason is one dispatch. Word is who agreed, or who designated.
type SuggestionReason struct {
	Href, Number, Role, Basis, By, Word, Ground, Reason string
	At                                                  time.Time
}
