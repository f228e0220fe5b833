package photos

import (
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/ui"
)

// Sample is a view with data, for the golden tests.
type Sample struct {
	Name string
	View templ.Component
}

// Samples lists the views: with rights to remove and without, upright and lying, with one that was removed.
func Samples() []Sample {
	at := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	lying := Photo{Large: "/s/fengqiao/photos/1", Small: "/s/fengqiao/photos/1/small", Width: 320, Height: 240, What: "Before", By: "Zhou", At: at}
	upright := Photo{Large: "/s/fengqiao/photos/2", Small: "/s/fengqiao/photos/2/small", Width: 240, Height: 320, What: "After", At: at.Add(time.Hour),
		Remove: "/s/fengqiao/photos/2/remove", Guard: ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"}}
	return []Sample{
		{"card", PhotosCard(Card{Groups: []Group{{Title: "Before", Photos: []Photo{lying, lying}}, {Title: "After", Photos: []Photo{upright}, Removed: []string{"2026-11-23 11:20 removed by Qian: shows a passer-by"}}}})},
		{"card-removed", PhotosCard(Card{Groups: []Group{{Title: "Before", Removed: []string{"2026-11-23 11:20 removed by Qian: shows a passer-by"}}}})},
	}
}
