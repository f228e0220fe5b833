package fleet

import (
	"context"
	"testing"
	"time"

	"wanjie/templates/ui/uitest"
)

func TestGolden(t *testing.T) {
	for _, s := range Samples() {
		t.Run(s.Name, func(t *testing.T) { uitest.Golden(t, s.Name, s.View) })
	}
}

func TestSince(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "—", -time.Second: "—", 200 * time.Millisecond: "1 秒", 59 * time.Second: "59 秒", 90 * time.Second: "1 分", 3 * time.Hour: "3 小时", 80 * time.Hour: "3 天"} {
		if got := since(context.Background(), d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
