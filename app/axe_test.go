package app_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"

	"wanjie/infra/axe"
)

// sound holds the page that a browser shows against axe's rules and the width of the screen.
func sound(t *testing.T, tab context.Context, where string) {
	t.Helper()
	found, err := axe.Check(tab)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	for _, v := range found {
		t.Errorf("%s: %s", where, v)
	}
	var wide, screen int
	act(t, tab, "measure "+where, chromedp.Evaluate("document.scrollingElement.scrollWidth", &wide), chromedp.Evaluate("innerWidth", &screen))
	if wide > screen {
		t.Errorf("%s is %d px wide on a screen of %d", where, wide, screen)
	}
}
