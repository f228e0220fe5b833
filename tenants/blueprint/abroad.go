package blueprint

import "slices"

// Abroad is a class as another tenant files under it: what must be said of it so that somebody with another
// classification understands.
type Abroad struct {
	Key         string       `json:"key,omitempty"`
	Title       string       `json:"title,omitempty"`
	Scheme      string       `json:"scheme,omitempty"`       // "national"; empty: nothing is known but the key
	StandardRef string       `json:"standard_ref,omitempty"` // "GB/T 47678.5-2026"; empty: of no standard
	Kind        ClassKind    `json:"kind,omitempty"`
	Code        string       `json:"code,omitempty"`
	Also        []CodeAbroad `json:"also,omitempty"` // what other schemes call it, by that tenant's mappings
}

// CodeAbroad is a code of a scheme that stands beside.
type CodeAbroad struct {
	Scheme      string `json:"scheme"`
	StandardRef string `json:"standard_ref,omitempty"`
	Code        string `json:"code"`
}

// AsAbroad says one of our classes to others: with its standard, and with the codes that our mappings know it by.
func (c *Config) AsAbroad(class string) Abroad {
	k, ok := c.Classes.Find(class)
	if !ok {
		return Abroad{Key: class}
	}
	a := Abroad{Key: k.Key, Title: k.Title, Scheme: k.Scheme, StandardRef: k.StandardRef, Kind: k.Kind, Code: k.Code}
	for _, m := range c.Mappings.all {
		if m.To == k.Scheme && c.means(m.To, m.Target, k) {
			a.Also = append(a.Also, c.codeAbroad(m.From, m.Code))
		}
		if m.From == k.Scheme && c.means(m.From, m.Code, k) {
			a.Also = append(a.Also, c.codeAbroad(m.To, m.Target))
		}
	}
	return a
}

func (c *Config) means(scheme, code string, k Class) bool {
	found, ok := c.classIn(scheme, code)
	return ok && found.Key == k.Key
}

// codeAbroad is a code, or the key of a class in a scheme that files, as others may know it.
func (c *Config) codeAbroad(scheme, code string) CodeAbroad {
	s, _ := c.Schemes.Find(scheme)
	return CodeAbroad{Scheme: scheme, StandardRef: s.StandardRef, Code: code}
}

// Counterparts are the classes of ours that a class of another tenant's may stand for, each once.
//
// One that we file under ourselves answers alone and is sure: of the same standard, kind and code, or an extension of the
// same key and title. Else the mappings of both tenants lead from one classification to the other, maybe to several
// classes; then a person chooses. There may be none at all.
func (c *Config) Counterparts(a Abroad) (out []Match) {
	if k, ok := c.same(a); ok {
		return []Match{{k, true}}
	}
	add := func(k Class, sure bool) {
		if !slices.ContainsFunc(out, func(m Match) bool { return m.Class.Key == k.Key }) {
			out = append(out, Match{k, sure})
		}
	}
	if k, ok := live(c.Classes, a.Key); ok && a.StandardRef == "" && k.StandardRef == "" {
		add(k, false) // the key is ours too and called otherwise: maybe another matter
	}
	for _, code := range append([]CodeAbroad{{a.Scheme, a.StandardRef, a.Code}}, a.Also...) {
		scheme := c.schemeOf(code)
		if s, ok := c.Schemes.Find(scheme); ok && s.Files {
			if k, ok := c.classIn(scheme, code.Code); ok && k.StandardRef == code.StandardRef && len(a.Also) > 0 {
				add(k, false)
			}
			continue
		}
		direct := false
		for _, m := range c.Mappings.all {
			if m.From != scheme || m.Code != code.Code {
				continue
			}
			if k, ok := c.classIn(m.To, m.Target); ok {
				add(k, !m.Inferred)
				direct = true
			}
		}
		if m, ok := c.MapClass(scheme, code.Code); ok && !direct && code.Code != "" { // by its group, or its small number
			add(m.Class, false)
		}
	}
	for i := range out {
		out[i].Sure = out[i].Sure && len(out) == 1
	}
	return out
}

// same is the very class among ours.
func (c *Config) same(a Abroad) (Class, bool) {
	switch {
	case a.Scheme == "":
		return live(c.Classes, a.Key)
	case a.StandardRef == "":
		k, ok := live(c.Classes, a.Key)
		return k, ok && k.StandardRef == "" && k.Title == a.Title
	}
	n := slices.IndexFunc(c.Classes.all, func(k Class) bool { return k.StandardRef == a.StandardRef && k.Kind == a.Kind && k.Code == a.Code })
	if n < 0 {
		return Class{}, false
	}
	return c.Classes.all[n], true
}

// schemeOf is what we call the scheme that a code abroad is of: the one of that key, where it is of the same standard; else
// the only one of the standard.
func (c *Config) schemeOf(a CodeAbroad) string {
	if s, ok := live(c.Schemes, a.Scheme); ok && s.StandardRef == a.StandardRef || a.StandardRef == "" {
		return a.Scheme
	}
	var found []string
	for _, s := range c.Schemes.all {
		if s.StandardRef == a.StandardRef {
			found = append(found, s.Key)
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}
