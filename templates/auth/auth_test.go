package auth

import (
	"testing"

	"wanjie/templates/ui"
	"wanjie/templates/ui/uitest"
)

func TestGolden(t *testing.T) {
	for _, s := range Samples() {
		t.Run(s.Name, func(t *testing.T) {
			uitest.Golden(t, s.Name, s.View)
			uitest.Sound(t, uitest.Render(t, ui.English, s.View))
		})
	}
}

func TestGrouped(t *testing.T) {
	for in, want := range map[string]string{"": "", "ABCD": "ABCD", "ABCDE": "ABCD E", "ABCDEFGHI": "ABCD EFGH I"} {
		if got := grouped(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}
