package places

import "github.com/a-h/templ"

// Sample is a view with data, for the gallery and the golden tests.
type Sample struct {
	Name string
	View templ.Component
}

// Samples lists the choice: of several places, and of none.
func Samples() []Sample {
	return []Sample{
		{"choose", Choose(Page{All: "/mine/tasks", Places: []Place{{"Maple Bridge", "Dispatcher, shift leader", "/s/fengqiao/"}, {"Huqiu", "District", "/d/320505"}}})},
		{"choose-none", Choose(Page{})},
	}
}
