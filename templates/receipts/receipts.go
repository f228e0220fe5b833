// Package receipts draws what became of the text messages about a case.
package receipts

import (
	"time"

	"wanjie/templates/ui"
)

// Card is the messages about one case, the newest first.
type Card struct {
	Missed bool // the newest did not arrive
	Rows   []Row
}

// Row is one message.
type Row struct {
	What  string
	Sent  time.Time
	Tone  ui.Tone
	State string
	At    time.Time // when it arrived or did not; zero: that is not known
	Why   string    // it did not arrive; may be empty
}
