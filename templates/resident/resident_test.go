package resident

import (
	"strings"
	"testing"

	"wanjie/templates/ui"
	"wanjie/templates/ui/catalogue"
	"wanjie/templates/ui/uitest"
)

func TestSamples(t *testing.T) {
	for _, s := range Samples() {
		t.Run(s.Name, func(t *testing.T) {
			uitest.Golden(t, s.Name, s.View)
			english := strings.ReplaceAll(uitest.Render(t, ui.English, s.View), ">"+chinese+"<", "><")
			for _, line := range strings.Split(strings.ReplaceAll(english, ">", ">\n"), "\n") {
				if catalogue.Han(line) {
					t.Errorf("English still says %q", line)
				}
			}
			if whole := strings.HasPrefix(english, "<!doctype html>"); whole != s.Page {
				t.Errorf("whole document: %v, but Page is %v", whole, s.Page)
			}
		})
	}
}
