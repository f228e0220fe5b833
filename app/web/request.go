package web

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Visitor is who asks, as the session says; the zero Visitor is nobody.
type Visitor struct {
	Person  int64
	Strong  bool      // has shown a second factor
	Owes    bool      // has one, and has not shown it
	Until   time.Time // when the session ends by itself; zero: nobody says
	Session any       // what the wiring knows of the session; never the token
}

// Request is an *http.Request whose sender and place are settled.
type Request struct {
	*http.Request
	Visitor     Visitor
	Base        string                       // "/s/fengqiao": what every address of this door begins with
	District    int32                        // of a district's door
	Line        *Line                        // of a district's door: what its officer is narrowed to; nil: nothing is kept from them
	May         func(capability string) bool // of a district's door: over the whole of it
	Needs       string                       // capability that the route asks for
	Caller      *Caller                      // of a program's call; nil for a person
	number      string
	site        string
	residentsAt func(slug string) string // of the site
	door        *door                    // whose sign-in and error page it has; nil: the staff's
	claimed     uuid.UUID
	program     bool
	taken       map[string][]any // what a taker made of files, by field
	untaken     *fault.Error     // for the first of them that was refused
}

// Path joins an address under the door's base.
func (r *Request) Path(format string, args ...any) string {
	return r.Base + fmt.Sprintf(format, args...)
}

// Absolute is Path with the site's own address before it, for what is read elsewhere: a paper, a message.
func (r *Request) Absolute(format string, args ...any) string {
	return r.site + r.Path(format, args...)
}

// Site is the site's own address, without a slash at its end.
func (r *Request) Site() string { return r.site }

// Residents is the address of a page at the residents' door of the tenant asked for, as Absolute.
func (r *Request) Residents(format string, args ...any) string {
	slug := r.PathValue("tenant")
	at := r.site + "/r/" + slug
	if r.residentsAt != nil {
		at = r.residentsAt(slug)
	}
	return at + fmt.Sprintf(format, args...)
}

// ID reads a UUID from the address. One that is none is not found, like one that is nobody's.
func (r *Request) ID(name string) (uuid.UUID, error) {
	id, err := uuid.Parse(r.PathValue(name))
	if err != nil {
		return uuid.Nil, fault.New(fault.NotFound, "页面不存在")
	}
	return id, nil
}

// Text is a form value without blanks around it.
func (r *Request) Text(name string) string { return strings.TrimSpace(r.FormValue(name)) }

// Int reads a whole number from the form or query; absent or malformed gives fallback.
func (r *Request) Int(name string, fallback int) int {
	n, err := strconv.Atoi(r.Text(name))
	if err != nil {
		return fallback
	}
	return n
}

// Claimed is the client-made number of a POST above the tenants: the same for its repeats.
func (r *Request) Claimed() uuid.UUID { return r.claimed }

// Boosted reports whether htmx asks for a part of the page.
func (r *Request) Boosted() bool { return r.Header.Get("HX-Request") == "true" }

// Into reports whether a script asks for the page's content to put it into the element with this id.
func (r *Request) Into(id string) bool { return r.Boosted() && r.Header.Get("HX-Target") == id }

// Said is what the last change has to say, for a part that shows it itself; the frame does so for pages.
func (r *Request) Said() string { return flashOf(r).Text }

// Did reports whether the last change was the one that say tells of, a message of [Done].
func (r *Request) Did(say string) bool { return done[r.URL.Query().Get(ui.DoneField)] == say }

// WantsJSON reports whether a program asks and not a browser.
func (r *Request) WantsJSON() bool { return r.program || wantsJSON(r.Request) }

// newRequestID makes the number of one POST to come.
func newRequestID() string { return tenants.NewID().String() }

func errForm(err error) error {
	return fault.New(fault.Invalid, "提交的内容过大或格式有误").Because(err)
}

// maxForm bounds the body of a form, in bytes.
const maxForm = 1 << 20

// parse reads the form.
func (r *Request) parse() error {
	if err := r.ParseForm(); err != nil {
		return errForm(err)
	}
	return nil
}

// claim reads the POST's number and digests who asks for what, so that a repeat can be told from
// another request under the same number.
func (r *Request) claim() (*tenants.Request, error) {
	if err := r.parse(); err != nil {
		return nil, err
	}
	raw := r.PostForm.Get(ui.RequestField)
	if raw == "" {
		raw = r.Header.Get("Idempotency-Key")
	}
	id, err := uuid.Parse(raw)
	if err != nil || id.Version() != 7 {
		return nil, fault.Field(ui.RequestField, "缺少请求编号，请刷新页面后重新提交")
	}
	body := url.Values{}
	for k, v := range r.PostForm {
		if k != ui.RequestField {
			body[k] = v
		}
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\n%s\n%s", r.Visitor.Person, r.URL.Path, body.Encode()))
	return &tenants.Request{ID: id, Digest: sum}, nil
}
