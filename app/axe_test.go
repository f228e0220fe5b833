package app_test

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"wanjie/infra/axe"
)

// sound holds the page that a browser shows against axe-core's rules, and against the width of the screen.
func sound(t *testing.T, tab context.Context, where string) {
	t.Helper()
	var slips []string
	var wide, screen int
	act(t, tab, "axe on "+where, chromedp.Evaluate(axe.Script+";0", nil), chromedp.Evaluate(axe.Violations, &slips, func(p *runtime.EvaluateParams) *runtime.EvaluateParams {
		return p.WithAwaitPromise(true)
	}), chromedp.Evaluate("document.scrollingElement.scrollWidth", &wide), chromedp.Evaluate("innerWidth", &screen))
	for _, s := range slips {
		t.Errorf("%s: %s", where, s)
	}
	if wide > screen {
		t.Errorf("%s is %d px wide on a screen of %d", where, wide, screen)
	}
}
