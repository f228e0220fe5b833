// Package places is the choice of where to work, after sign-in.
package places

// Page lists where a person may work.
type Page struct {
	All    string // the list of what waits in all of them; empty: there are not several
	Places []Place
}

// Place is one tenant, district board or console.
type Place struct{ Name, Note, Href string }
