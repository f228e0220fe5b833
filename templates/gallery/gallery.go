// Package gallery shows every component and view of the product with the samples of its own package: empty, full, refused,
// with long text, in both languages and both densities. The golden tests render the same samples. In development it is at
// /gallery; a test finds what no sample shows, and axe goes over all of it.
package gallery

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"wanjie/templates/admin"
	"wanjie/templates/assessment"
	"wanjie/templates/auth"
	"wanjie/templates/cases"
	"wanjie/templates/community"
	"wanjie/templates/district"
	"wanjie/templates/field"
	"wanjie/templates/fleet"
	"wanjie/templates/grids"
	"wanjie/templates/hall"
	"wanjie/templates/handover"
	"wanjie/templates/layout"
	"wanjie/templates/leader"
	"wanjie/templates/mine"
	"wanjie/templates/orders"
	"wanjie/templates/papers"
	"wanjie/templates/photos"
	"wanjie/templates/places"
	"wanjie/templates/posters"
	"wanjie/templates/receipts"
	"wanjie/templates/registers"
	"wanjie/templates/replies"
	"wanjie/templates/resident"
	"wanjie/templates/services"
	"wanjie/templates/shifts"
	"wanjie/templates/supervision"
	"wanjie/templates/support"
	"wanjie/templates/ui"
	parts "wanjie/templates/ui/gallery"
	"wanjie/templates/whistle"
)

// Sample is a view with data; Part is the package of templates that it is of.
type Sample struct {
	Part, Name string
	View       templ.Component
}

// Path is its address under the gallery's.
func (s Sample) Path() string { return Base + "/" + s.Part + "/" + s.Name }

// Base is where the gallery is mounted.
const Base = "/gallery"

func of[S any](part string, list []S, as func(S) (string, templ.Component)) []Sample {
	out := make([]Sample, len(list))
	for i, s := range list {
		name, view := as(s)
		out[i] = Sample{part, name, view}
	}
	return out
}

// Samples lists all, by part.
func Samples() []Sample {
	return slices.Concat(
		of("ui", parts.Samples(), func(s parts.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("admin", admin.Samples(), func(s admin.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("assessment", assessment.Samples(), func(s assessment.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("auth", auth.Samples(), func(s auth.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("cases", cases.Samples(), func(s cases.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("community", community.Samples(), func(s community.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("district", district.Samples(), func(s district.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("field", field.Samples(), func(s field.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("fleet", fleet.Samples(), func(s fleet.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("grids", grids.Samples(), func(s grids.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("hall", hall.Samples(), func(s hall.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("handover", handover.Samples(), func(s handover.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("leader", leader.Samples(), func(s leader.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("mine", mine.Samples(), func(s mine.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("orders", orders.Samples(), func(s orders.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("papers", papers.Samples(), func(s papers.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("photos", photos.Samples(), func(s photos.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("places", places.Samples(), func(s places.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("posters", posters.Samples(), func(s posters.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("receipts", receipts.Samples(), func(s receipts.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("registers", registers.Samples(), func(s registers.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("replies", replies.Samples(), func(s replies.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("resident", resident.Samples(), func(s resident.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("services", services.Samples(), func(s services.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("shifts", shifts.Samples(), func(s shifts.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("supervision", supervision.Samples(), func(s supervision.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("support", support.Samples(), func(s support.Sample) (string, templ.Component) { return s.Name, s.View }),
		of("whistle", whistle.Samples(), func(s whistle.Sample) (string, templ.Component) { return s.Name, s.View }),
	)
}

// frame is what the sample stands in in the product.
func (s Sample) frame(p layout.Page) templ.Component {
	switch {
	case s.Part == "resident", s.Part == "services" && !strings.HasPrefix(s.Name, "desk"):
		return resident.Shell(resident.Frame{Page: p, Base: Base, Here: "/", Street: layout.Product, Hotline: "12345"})
	case s.Part == "hall" && !strings.HasPrefix(s.Name, "screens"):
		return hall.Shell(p)
	}
	return layout.Shell(p)
}

// Page is the sample as a whole document: as it is, or inside the frame in which it stands in the product.
func (s Sample) Page(dense bool) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var b bytes.Buffer
		if err := s.View.Render(ctx, &b); err != nil {
			return err
		}
		if start := strings.ToLower(b.String()[:min(b.Len(), 15)]); strings.HasPrefix(start, "<!doctype html>") {
			_, err := w.Write(b.Bytes())
			return err
		}
		if !bytes.Contains(b.Bytes(), []byte("<h1")) { // a part: in the product its page has one
			b.WriteString(`<h1 class="visually-hidden">` + s.Name + `</h1>`)
		}
		p := layout.Page{Title: s.Part + " " + s.Name, Home: Base, Dense: dense, Guard: ui.Guard{Request: "019ab000-0000-7000-8000-0000000000ff"}}
		return s.frame(p).Render(templ.WithChildren(ctx, templ.Raw(b.String())), w)
	})
}

// Handler serves the gallery under Base: the index, and each sample, with ?lang=en and ?density=dense.
func Handler() http.Handler {
	all := map[string]Sample{}
	for _, s := range Samples() {
		all[s.Path()] = s
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		ctx, view := ui.WithLocale(r.Context(), q.Get("lang")), index(Samples())
		if path := strings.TrimSuffix(r.URL.Path, "/"); path != Base {
			s, ok := all[path]
			if !ok {
				http.NotFound(w, r)
				return
			}
			view = s.Page(q.Get("density") == "dense")
		}
		var b bytes.Buffer
		if err := view.Render(ctx, &b); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(b.Bytes())
	})
}

// byPart groups samples for the index, in the order of their parts' names.
func byPart(list []Sample) (out [][]Sample) {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Sample) int { return cmp.Compare(a.Part, b.Part) })
	for i, s := range list {
		if i == 0 || list[i-1].Part != s.Part {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], s)
	}
	return out
}
