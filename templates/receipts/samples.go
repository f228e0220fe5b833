package receipts

import (
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/ui"
)

// Sample is a view with data, for the gallery and the golden tests.
type Sample struct {
	Name string
	View templ.Component
}

// Samples lists the card: the last message missed, all well, and with a long reason.
func Samples() []Sample {
	at := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	here := Row{What: "Case extended", Sent: at, Tone: ui.Good, State: "Delivered", At: at.Add(time.Minute)}
	waiting := Row{What: "Case closed", Sent: at.Add(30 * time.Hour), Tone: ui.Info, State: "Awaiting receipt"}
	missed := Row{What: "Case closed", Sent: at.Add(30 * time.Hour), Tone: ui.Bad, State: "Not delivered", At: at.Add(30*time.Hour + 5*time.Minute), Why: "Number suspended or not in use"}
	long := missed
	long.Why = "A_CODE_OF_THE_PROVIDER_THAT_NOBODY_HAS_EVER_SEEN_BEFORE_AND_THAT_IS_LONG"
	return []Sample{
		{"card-missed", ReceiptsCard(Card{Missed: true, Rows: []Row{missed, here}})},
		{"card-well", ReceiptsCard(Card{Rows: []Row{waiting, here, {What: "Case suspended", Sent: at.Add(-time.Hour), Tone: ui.Neutral, State: "Not told by the carrier"}}})},
		{"card-long", ReceiptsCard(Card{Missed: true, Rows: []Row{long}})},
	}
}
