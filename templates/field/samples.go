package field

import (
	"github.com/a-h/templ"

	"wanjie/templates/ui"
)

// Sample is a view with data, for the golden tests.
type Sample struct {
	Name string
	View templ.Component
}

// Samples lists the page: of a street with grids, and of one where nothing was reported yet.
func Samples() []Sample {
	rubbish, stairs := Class{"matter-06010", "Rubbish", true}, Class{"matter-06036", "Things in the stairs", false}
	full := Page{
		Street: "Fengqiao", Demo: true, Colour: "#0958d9", Base: "/s/fengqiao", Guard: ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"}, Case: "019ab000-0000-7000-8000-000000000002",
		Channel: "grid", System: "cgcs2000", Grids: "/s/fengqiao/grids", Patrols: "/s/fengqiao/patrols", Tiles: []Class{rubbish, stairs},
		Groups: []Group{{"Looks of the town", []Class{rubbish, stairs}}}, Communities: []ui.Option{{Value: "320505003001", Label: "Dongmen"}},
	}
	bare := full
	bare.Demo, bare.Grids, bare.Tiles = false, "", nil
	return []Sample{{"page", FieldPage(full)}, {"page-bare", FieldPage(bare)}}
}
