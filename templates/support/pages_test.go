package support

import (
	"testing"

	"wanjie/templates/ui/uitest"
)

func TestGolden(t *testing.T) {
	for _, s := range Samples() {
		t.Run(s.Name, func(t *testing.T) { uitest.Golden(t, s.Name, s.View) })
	}
}
