package imports

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"wanjie/app/tables"
	"wanjie/tenants/blueprint"
)

// survey is what the first reading learns about a file. It holds no row.
type survey struct {
	read, good int
	streets    map[*street]*usage
	units      map[string]*served // by key, communities included
	channels   map[string]bool
}

// usage is what the rows of one street speak of.
type usage struct {
	rows    int
	classes map[string]class  // by key, with those above
	paths   map[string]string // key of the narrowest class → path of titles
	units   map[string]bool
}

// served is a unit with its names, as sources spell one unit in several ways, and the streets it serves.
type served struct {
	unit
	names   map[string]int
	streets map[*street]bool
	centres bool // the centre has it already
}

// look reads the file once and writes nothing.
func look(ctx context.Context, f *tables.File, rd *reader) (*survey, error) {
	s := &survey{streets: map[*street]*usage{}, units: map[string]*served{}, channels: map[string]bool{}}
	err := each(ctx, f, rd, func(e *entry, bad *reject) error {
		s.read++
		if bad != nil {
			return nil
		}
		s.good++
		s.add(e)
		return nil
	})
	return s, err
}

// each hands over every row of the file, understood or refused.
func each(ctx context.Context, f *tables.File, rd *reader, do func(*entry, *reject) error) error {
	t, err := f.Open()
	if err != nil {
		return err
	}
	defer t.Close()
	if rd.bound, err = rd.bind(f, t.Header()); err != nil {
		return err
	}
	for n := 0; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		r, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := do(rd.read(r)); err != nil {
			return err
		}
	}
}

func (s *survey) add(e *entry) {
	u := s.streets[e.street]
	if u == nil {
		u = &usage{classes: map[string]class{}, paths: map[string]string{}, units: map[string]bool{}}
		s.streets[e.street] = u
	}
	u.rows++
	s.channels[e.c.Channel] = true
	last := e.path[len(e.path)-1]
	if _, known := u.paths[last.key]; !known {
		u.paths[last.key] = titles(e.path)
		for _, k := range e.path {
			if _, known := u.classes[k.key]; !known {
				u.classes[k.key] = k
			}
		}
	}
	if e.unit == nil {
		return
	}
	v := s.units[e.unit.key]
	if v == nil {
		v = &served{unit: *e.unit, names: map[string]int{}, streets: map[*street]bool{}}
		s.units[e.unit.key] = v
	}
	v.names[e.unit.name]++
	v.streets[e.street] = true
	u.units[e.unit.key] = true
}

// called is the name that most rows give the unit; of equals the shortest.
func (v *served) called() string {
	best := ""
	for name, n := range v.names {
		if best == "" || cmp.Or(cmp.Compare(n, v.names[best]), cmp.Compare(len(best), len(name)), cmp.Compare(best, name)) > 0 {
			best = name
		}
	}
	return best
}

// shared reports whether the unit belongs to the district's centre: it serves more than one street, in
// this file or in what came before. A community is its street's, and so is an office that bears its
// street's name, whoever else they may have helped.
func (v *served) shared() bool {
	return !v.community && v.home == nil && (v.centres || len(v.streets) > 1)
}

// inStreet is the key under which its streets know the unit.
func (v *served) inStreet() string {
	if v.shared() {
		return blueprint.CentreUnit(v.key)
	}
	return v.key
}

// item is the unit as a tenant has it, under the key that it bears there.
func (v *served) item(key string, rules []KindRule) blueprint.Unit {
	u := blueprint.Unit{Entry: blueprint.Entry{Key: key}, Name: v.called(), Kind: blueprint.Office}
	u.Short = u.Name
	if utf8.RuneCountInString(u.Short) > 20 {
		u.Short = shorten(unbracketed(u.Short), 20)
	}
	switch {
	case v.community:
		u.Kind = blueprint.Community
	case v.shared():
		u.Kind = blueprint.Bureau
	}
	if v.community {
		return u
	}
	for _, r := range rules {
		if slices.ContainsFunc(r.Contains, func(part string) bool { return strings.Contains(u.Name, part) }) {
			u.Kind = r.Kind
			break
		}
	}
	return u
}

// inOrder lists the streets of the survey by code.
func (s *survey) inOrder() []*street {
	var out []*street
	for at := range s.streets {
		out = append(out, at)
	}
	slices.SortFunc(out, func(a, b *street) int { return strings.Compare(a.code, b.code) })
	return out
}

// shared lists the units of the district's centre, by key.
func (s *survey) shared() []*served {
	var out []*served
	for _, v := range s.units {
		if v.shared() {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b *served) int { return strings.Compare(a.key, b.key) })
	return out
}
