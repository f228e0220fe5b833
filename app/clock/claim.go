package clock

import (
	"context"
	"time"
)

// longestKept is how long ago somebody may say that he did or found what he tells now.
const longestKept = 30 * 24 * time.Hour

// Believable reports whether at may be when that was done which is told at told: not later, and not longer ago than 30 days.
// A phone's clock may be wrong: that keeps nothing out, it is only not believed.
func Believable(at, told time.Time) bool {
	since := told.Sub(at)
	return since >= time.Minute && since < longestKept
}

type claimKey struct{}

// Claim returns a context in which Claimed answers at, when his device says that the actor did what reaches us now.
func Claim(ctx context.Context, at time.Time) context.Context {
	return context.WithValue(ctx, claimKey{}, at.UTC().Truncate(time.Microsecond))
}

// Claimed is when the actor says he did it, where he says so and that is believable; else Now. Acts happened then; deadlines
// run by Now.
func Claimed(ctx context.Context) time.Time {
	now := Now(ctx)
	if at, ok := ctx.Value(claimKey{}).(time.Time); ok && Believable(at, now) {
		return at
	}
	return now
}
