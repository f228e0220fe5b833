package clock

import (
	"testing"
	"time"
)

// A phone's clock is believed within reason, and keeps nothing out where it is wrong.
func TestWhatAPhoneClaimsIsBelievedWithinReason(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	ctx, _ := Hold(t.Context(), now)
	for ago, want := range map[time.Duration]time.Duration{
		0: 0, 30 * time.Second: 0, time.Minute: time.Minute, 2 * time.Hour: 2 * time.Hour, 29 * 24 * time.Hour: 29 * 24 * time.Hour, 31 * 24 * time.Hour: 0, -time.Hour: 0,
	} {
		if got := now.Sub(Claimed(Claim(ctx, now.Add(-ago)))); got != want {
			t.Errorf("said to be %v ago: taken as %v ago, want %v", ago, got, want)
		}
	}
	if got := Claimed(ctx); !got.Equal(now) {
		t.Errorf("nobody says when: %v", got)
	}
}
