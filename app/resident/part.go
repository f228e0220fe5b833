package resident

import (
	"context"
	"time"

	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/resident"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	"github.com/google/uuid"
)

// Handler is a page or verb of a feature at the door; me is nil for whom the street does not know.
type Handler = func(ctx context.Context, tx tenants.Tx, r *web.Request, me *Resident) (web.Reply, error)

// Door is where features put their pages for residents. Each is behind its module's switch.
type Door struct {
	desk   *desk
	routes web.Residents
}

// Open serves a page for everybody.
func (d Door) Open(module, path string, h Handler) {
	d.routes.Open(path, d.desk.open(switched(module, h)))
}

// Get serves a page for residents whom the street knows.
func (d Door) Get(module, path string, h Handler) {
	d.routes.Get(path, d.desk.signed(switched(module, h)))
}

// Post serves a change by them.
func (d Door) Post(module, path string, h Handler) {
	d.routes.Post(path, d.desk.signed(switched(module, h)))
}

func switched(module string, h Handler) handler {
	return func(ctx context.Context, tx tenants.Tx, r *web.Request, me *Resident) (web.Reply, error) {
		cfg, err := blueprint.For(ctx, tx)
		if err == nil && !cfg.On(module) {
			err = fault.New(fault.NotFound, "页面不存在")
		}
		if err != nil {
			return web.Reply{}, err
		}
		return h(ctx, tx, r, me)
	}
}

// Form is the part that every form at the door shows: see form.
func Form(ctx context.Context, r *web.Request, f *fault.Error) view.Form { return form(ctx, r, f) }

// Refused is the fault of a form that a resident should see again; nil otherwise.
func Refused(r *web.Request, err error) *fault.Error { return refused(r, err) }

// Hotline is the street's telephone for residents.
func Hotline(cfg *blueprint.Config) string { return hotline(cfg) }

// Keeping is what a feature keeps of residents beside their matters.
type Keeping struct {
	Name   string                                                // in the file of one's own data
	Held   func(ctx context.Context, tx tenants.Tx) (any, error) // all of it, of the actor
	Forget func(ctx context.Context, tx tenants.Tx) error        // the actor leaves: what tells who it was goes

	// Objects is a statement that answers, for each thing of the actor's, its id, its number and what it is about, a key of the
	// blueprint; ?0 is the tenant, ?1 the actor.
	Objects string
	Heard   []string                                                                         // kinds of acts at them of which the street tells the resident
	Tell    func(ctx context.Context, cfg *blueprint.Config, n News) (told Told, worth bool) // such an act in the resident's words
}

// News is an act at something of a resident's.
type News struct {
	Kind          string
	ID            uuid.UUID // of the thing
	Number, About string
	At            time.Time
	After         tenants.Dims `bun:"type:jsonb"`
}

// Told is news in the resident's words.
type Told struct {
	ui.Moment
	About string // what the thing is
	Path  string // its page, below the door
}

// Fresh is what is new in the street, for the first page; nil where nothing is. The wiring puts the community's news here.
var Fresh = func(context.Context, tenants.Tx, *web.Request) (*view.Fresh, error) { return nil, nil }

// Kept are the features that keep something; set once, at the start.
var Kept []Keeping
