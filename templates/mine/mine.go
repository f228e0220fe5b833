// Package mine is the view of what waits for somebody in all the tenants in which he works. It knows page structs only.
package mine

import (
	"wanjie/templates/cases"
	"wanjie/templates/ui"
)

// Tasks is the list over all places.
type Tasks struct {
	Path    string
	AsOf    string
	Places  int  // that answered
	Partial bool // part of the product did not answer, and whose places are there is unknown
	Gaps    []Gap
	Tabs    []ui.Tab // by kind
	Rows    []Row
	Pages   ui.Pages
}

// Gap is a place that is not in the list, and why.
type Gap struct{ Place, Href, Say string }

// Row is one thing that waits.
type Row struct {
	Tenant       string
	Kind         string
	Number, Href string
	About, Place string
	Unit         string
	State        cases.Tag
	Do           string
	Urgent       bool
	Due          cases.Due
}
