package receipts

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
			if english := uitest.Render(t, ui.English, s.View); catalogue.Han(english) {
				for _, line := range strings.Split(strings.ReplaceAll(english, ">", ">\n"), "\n") {
					if catalogue.Han(line) {
						t.Errorf("English still says %q", line)
					}
				}
			}
		})
	}
}
