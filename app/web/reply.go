package web

import (
	"net/http"

	"github.com/a-h/templ"

	"wanjie/templates/layout"
	"wanjie/templates/ui"
)

// Reply is what a handler has to say. Make it with Page, See, Done or File.
type Reply struct {
	status int
	title  string
	crumbs []layout.Crumb
	page   templ.Component
	whole  bool // page is a document, which needs no frame around it
	part   templ.Component
	see    string
	json   any
	data   any
	file   *file
	stream *stream
	undo   *layout.Undo
	policy string // of its own, in place of the site's

	cookies []*http.Cookie
}

type file struct {
	name, kind string
	body       []byte
}

// Page answers with content inside the door's frame.
func Page(title string, content templ.Component) Reply { return Reply{title: title, page: content} }

// Under puts the way to the page above it; the last crumb is the page itself.
func (r Reply) Under(way ...layout.Crumb) Reply { r.crumbs = way; return r }

// Part is what htmx gets in place of the whole page.
func (r Reply) Part(c templ.Component) Reply { r.part = c; return r }

// Status sets another status than 200.
func (r Reply) Status(code int) Reply { r.status = code; return r }

// See sends the browser to another address of ours, by GET: the answer to a POST that worked.
func See(path string) Reply { return Reply{see: path, status: http.StatusSeeOther} }

// Or gives a program (Accept: application/json) v in place of the redirect. v holds no personal data:
// it is kept with the reply for repeats.
func (r Reply) Or(v any) Reply { r.json = v; return r }

// JSON answers a program with v.
func JSON(v any) Reply { return Reply{json: v} }

// Data is what a program (Accept: application/json) gets in place of the page: the page's own struct.
func (r Reply) Data(v any) Reply { r.data = v; return r }

// Undo offers to take back what the message of [Done] on this page is about; nil offers nothing.
func (r Reply) Undo(u *layout.Undo) Reply { r.undo = u; return r }

// Cookie leaves a cookie with the browser. A repeat of the request leaves none.
func (r Reply) Cookie(c *http.Cookie) Reply { r.cookies = append(r.cookies, c); return r }

// Document answers with a whole page of another door, to be looked at in a frame of a page of this site. It runs nothing and
// sends nothing.
func Document(c templ.Component) Reply { return Reply{page: c, whole: true, policy: framed} }

// Framing lets the page show a Document in a frame.
func (r Reply) Framing() Reply { r.policy = csp + "; frame-src 'self'"; return r }

// File answers with a download.
func File(name, kind string, body []byte) Reply { return Reply{file: &file{name, kind, body}} }

// Crumb is one step of the way to a page.
func Crumb(label, href string) layout.Crumb { return layout.Crumb{Label: label, Href: href} }

// Guard is what a form needs to be posted once.
func (r *Request) Guard() ui.Guard { return ui.Guard{Request: newRequestID()} }
