// Package layout holds the frames that pages stand in: Shell for the staff console, Plain for sign-in and the like, and
// Error for failures. A page fills a Page and puts its parts inside:
//
//	@layout.Shell(page) {
//		@ui.PageHead(…)
//	}
//
// The frames are complete without scripts, carry no inline script or style, and speak the language of the context.
package layout

import "wanjie/templates/ui"

// Product is the name shown where no tenant is known yet.
const Product = "万街"

// NavItem is one entry of the left menu; one with Items is a heading over them.
type NavItem struct {
	Label  string
	Href   string
	Active bool
	Badge  int // things waiting for this person; 0 shows none, above 99 shows 99+
	Items  []NavItem
}

// Crumb is one step of the way to this page; the last has no Href.
type Crumb struct{ Label, Href string }

// Flash is what the last act has to say, shown once.
type Flash struct {
	Tone ui.Tone
	Text string
	Undo *Undo // nil: it cannot be had
}

// Undo takes back what was just done.
type Undo struct {
	Label, About string // on the button, and what it is about for those who hear it
	Action       string
	Guard        ui.Guard
}

// User is who is signed in.
type User struct {
	Name string
	Role string // "派遣员", shown beside the name
}

// Page is everything a frame shows around the content.
type Page struct {
	Title  string // of this page, without the tenant's name
	Tenant string // name of the street, district or vendor console; Product if empty
	Home   string // where the name leads; "/" if empty
	Demo   bool   // marks the page 演示数据
	Theme  string // address of the tenant's own stylesheet, which sets --wj-accent and its kin
	Logo   string // address of the tenant's mark; ours if empty

	Nav    []NavItem
	Crumbs []Crumb
	User   User
	Flash  Flash
	Notice string   // what everybody here should know on every page: the tenant is suspended
	Guard  ui.Guard // for the forms of the frame itself: sign-out, language

	Account  string // address of one's own account, where the name leads; empty: the name is no link
	SignOut  string // address that a sign-out is posted to; empty shows no button
	Density  string // address that the other density is posted to as "density"; empty shows no button
	Dense    bool   // the reader asked for the dense view
	Language string // address that the other locale is posted to as "locale"; empty shows no button
	Wide     bool   // Plain only: for forms that need more than a sign-in's width
}

func (p Page) tenant() string {
	if p.Tenant == "" {
		return Product
	}
	return p.Tenant
}

func (p Page) home() string {
	if p.Home == "" {
		return "/"
	}
	return p.Home
}

func (p Page) title() string {
	if p.Title == "" || p.Title == p.tenant() {
		return p.tenant()
	}
	return p.Title + " · " + p.tenant()
}

// Failure is what an error page says.
type Failure struct {
	Status int    // HTTP status
	Text   string // what went wrong, in the person's words
	Advice string // what to do now
	Number string // of the request, for whoever helps
	Back   string // where the button leads; Page.Home if empty
	Again  *Again // of a form whose session had ended
}

// Again is a form that may be sent once more after signing in.
type Again struct {
	SignIn string // opened beside the page
	Action string
	Fields []Typed // none: the form itself is still on the page
	Files  bool    // it had files, which are not kept
}

// Typed is a field of it.
type Typed struct{ Name, Value string }
