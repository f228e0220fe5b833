package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"wanjie/app/auth"
)

// TestNewsJourney is a notice: an editor drafts it and hands it to review, the leader sends it back with a sentence, the
// editor mends it, the leader publishes it, and it stands at the residents' door.
func TestNewsJourney(t *testing.T) {
	t.Parallel()
	h, browser := openHouse(t), openBrowser(t)
	for i, wide := range widths {
		base := int64(880_000 + 1000*i)
		s, _ := h.street(t, "告", base)
		editor, leader := h.browse(t, browser, roleAt(t, base, auth.Editor), wide), h.browse(t, browser, roleAt(t, base, auth.Leader), wide)
		home, door := h.server.URL+"/s/"+s.Slug+"/community", h.server.URL+"/r/"+s.Slug+"/news"
		act(t, editor, "the form", chromedp.Navigate(home+"/new"), chromedp.WaitVisible(`#f-body`))
		sound(t, editor, fmt.Sprintf("a draft at %d px", wide))
		act(t, editor, "written", chromedp.Click(`input[name="form"][value="notice"]`), chromedp.SetValue(`#f-topic`, "life"), chromedp.Evaluate(`document.querySelector('#f-community').selectedIndex = 1`, nil),
			chromedp.SendKeys(`#f-title`, "周六停水通知"), chromedp.SendKeys(`#f-body`, "周六检修管道，八点到十二点停水。"),
			chromedp.SetValue(`#f-valid_until`, time.Now().AddDate(0, 0, 20).Format(time.DateOnly)), chromedp.Click(`button[value="submit"]`), chromedp.WaitVisible(`.timeline`))
		var at, said string
		act(t, editor, "where it stands", chromedp.Location(&at))
		at, _, _ = strings.Cut(at, "?")
		act(t, leader, "looks", chromedp.Navigate(at), chromedp.WaitVisible(`form[action$="/publish"]`))
		sound(t, leader, fmt.Sprintf("a review at %d px", wide))
		act(t, leader, "sends it back", chromedp.Evaluate(`document.querySelectorAll('details').forEach((d) => { d.open = true })`, nil), chromedp.SendKeys(`form[action$="/return"] textarea`, "请写明哪些小区。"),
			chromedp.Click(`form[action$="/return"] button[type="submit"]`), chromedp.WaitNotPresent(`form[action$="/publish"]`))
		act(t, editor, "mends", chromedp.Navigate(at), chromedp.WaitVisible(`a[href$="/edit"]`), chromedp.Text(`main`, &said), chromedp.Navigate(at+"/edit"), chromedp.WaitVisible(`#f-body`),
			written(`#f-body`, "周六检修管道，八点到十二点，马浜花园停水。"), chromedp.Click(`button[value="submit"]`), chromedp.WaitVisible(`.timeline`))
		if !strings.Contains(said, "请写明哪些小区") {
			t.Errorf("the editor is not told why:\n%s", said)
		}
		act(t, leader, "publishes", chromedp.Navigate(at), chromedp.WaitVisible(`form[action$="/publish"] button`), chromedp.Click(`form[action$="/publish"] button`),
			chromedp.WaitNotPresent(`form[action$="/publish"]`))
		act(t, editor, "at the residents' door", chromedp.Navigate(door), chromedp.WaitVisible(`main`), chromedp.Text(`main`, &said))
		if !strings.Contains(said, "周六停水通知") {
			t.Errorf("at %d px the residents read:\n%s", wide, said)
		}
		sound(t, editor, fmt.Sprintf("news at %d px", wide))
	}
}
