package web

import (
	"context"
	"strconv"
	"time"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
)

// The fields with which a device says whose request it kept without network, and when it was made there.
const (
	keptBy = "reporter"
	keptAt = "found_at"
)

// Kept is for a request that may have lain on a device: fault.Unsigned where it was somebody else's who was signed in then, and
// in the context that comes back clock.Claimed is when the device says that it was made.
func (r *Request) Kept(ctx context.Context, tx tenants.Tx) (context.Context, error) {
	if by := r.Text(keptBy); by != "" && by != strconv.FormatInt(tx.Actor().Person, 10) {
		return ctx, fault.New(fault.Unsigned, "请由上报人本人登录后发送")
	}
	if at := r.MadeAt(); !at.IsZero() {
		ctx = clock.Claim(ctx, at)
	}
	return ctx, nil
}

// MadeAt is when a device says that the request was made there; zero: it does not say.
func (r *Request) MadeAt() time.Time {
	at, err := time.Parse(time.RFC3339, r.Text(keptAt))
	if err != nil {
		return time.Time{}
	}
	return at
}
