package ui

import (
	"context"

	"github.com/a-h/templ"
)

func (s Step) state() Progress {
	if s.State == "" {
		return Todo
	}
	return s.State
}

func (s Step) current() templ.Attributes {
	if s.State == Now || s.State == Stuck {
		return templ.Attributes{"aria-current": "step"}
	}
	return nil
}

// spoken says aloud what the colour of the mark says.
func (s Step) spoken(ctx context.Context) string {
	switch s.State {
	case Done:
		return T(ctx, "（已完成）")
	case Now:
		return T(ctx, "（进行中）")
	case Stuck:
		return T(ctx, "（受阻）")
	}
	return T(ctx, "（未开始）")
}

func (m Moment) tone() Tone {
	if m.Tone == "" {
		return Info
	}
	return m.Tone
}

func current(active bool) templ.Attributes {
	if active {
		return templ.Attributes{"aria-current": "page"}
	}
	return nil
}
