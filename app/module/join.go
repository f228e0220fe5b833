package module

import (
	"maps"
	"slices"

	"wanjie/app/web"
	"wanjie/jobs"
	"wanjie/tenants/journal"
	"wanjie/tenants/journal/tally"
)

// With is the module together with what packages beneath it bring under the same switch: its papers, its shifts. A part is
// a Module without a key of its own. The package of the module itself need not know its parts.
func (m Module) With(parts ...Module) Module {
	routes, notify := []func(web.Routes){m.Routes}, []func(journal.Act) []jobs.Job{m.Notify}
	m.Nav, m.Jobs, m.Timers, m.Acts = slices.Clip(m.Nav), slices.Clip(m.Jobs), slices.Clip(m.Timers), slices.Clip(m.Acts)
	m.Waits = slices.Clip(m.Waits)
	m.Meters, m.Data, m.Words, m.Cells = slices.Clip(m.Meters), slices.Clip(m.Data), maps.Clone(m.Words), maps.Clone(m.Cells)
	m.Numbers = maps.Clone(m.Numbers)
	for _, p := range parts {
		routes, notify = append(routes, p.Routes), append(notify, p.Notify)
		m.Nav, m.Jobs, m.Timers, m.Acts = append(m.Nav, p.Nav...), append(m.Jobs, p.Jobs...), append(m.Timers, p.Timers...), append(m.Acts, p.Acts...)
		m.Waits = append(m.Waits, p.Waits...)
		m.Meters, m.Data = append(m.Meters, p.Meters...), append(m.Data, p.Data...)
		if m.Words == nil {
			m.Words = map[string]string{}
		}
		maps.Copy(m.Words, p.Words)
		if m.Numbers == nil {
			m.Numbers = map[string]string{}
		}
		maps.Copy(m.Numbers, p.Numbers)
		if m.Cells == nil {
			m.Cells = map[string]tally.Cells{}
		}
		maps.Copy(m.Cells, p.Cells)
	}
	m.Routes = func(r web.Routes) {
		for _, f := range routes {
			if f != nil {
				f(r)
			}
		}
	}
	m.Notify = func(a journal.Act) (out []jobs.Job) {
		for _, f := range notify {
			if f != nil {
				out = append(out, f(a)...)
			}
		}
		return out
	}
	return m
}
