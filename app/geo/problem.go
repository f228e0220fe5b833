package geo

import (
	"context"
	"fmt"

	"wanjie/templates/ui"
)

// Problem is why an outline cannot be taken, in words for whoever drew it: a catalogue key with what fills its verbs.
type Problem struct {
	Say  string
	Args []any
}

func problem(say string, args ...any) *Problem { return &Problem{say, args} }

// In says the problem in the language of ctx.
func (p *Problem) In(ctx context.Context) string { return ui.T(ctx, p.Say, p.Args...) }

func (p *Problem) String() string { return fmt.Sprintf(p.Say, p.Args...) }
