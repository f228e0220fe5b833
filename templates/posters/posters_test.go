package posters

import (
	"testing"

	"wanjie/templates/ui/uitest"
)

func TestSamples(t *testing.T) {
	for _, s := range Samples() {
		t.Run(s.Name, func(t *testing.T) { uitest.Golden(t, s.Name, s.View) })
	}
}
