package cases

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"

	"wanjie/app/clock"
	"wanjie/templates/ui/uitest"
	"wanjie/tenants"
)

func placed(lon, lat float64) Intake {
	in := rubbish()
	in.Lon, in.Lat = &lon, &lat
	return in
}

// The map shows the list's cases under the list's filters, tells a default point from heat, and says all of it in a table.
func TestTheMapShowsTheList(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	for i := range 4 {
		c := must(t)(s.as(ctx, clerk, report(placed(120.55+float64(i)*.002, 31.3))))
		must(t)(s.as(ctx, clerk, verb(File, c.ID, Filing{})))
	}
	for range 9 { // of a system that knows no place
		must(t)(s.as(ctx, clerk, report(placed(120.56, 31.31))))
	}
	must(t)(s.as(ctx, clerk, report(rubbish())))
	desk := s.browser(ctx, sender)
	desk.get("/cases?stage=filed").has(1, `.list-head a[href$="/cases/map?stage=filed"]`)

	all := desk.get("/cases/map")
	all.has(4, `svg.map .heat`)
	all.has(1, `svg.map .map-pile`)
	all.says("9 件标在同一点", "1 件没有坐标", "共 14 件")
	all.has(1, `tbody tr td a[href*="community=320505003001"]`)
	uitest.Sound(t, all.Raw)
	all.hides("王小明", "13800138000", "小区东门")

	desk.get("/cases/map?stage=filed").has(0, `svg.map .map-pile`)
	dots := desk.get("/cases/map?stage=filed&layer=dots")
	dots.has(4, `svg.map a[href*="/cases/"] .lamp-green`)
	hold.Move(at("2026-11-25 10:00"))
	desk.get("/cases/map?stage=filed&layer=dots").has(4, `svg.map .lamp-red`)
	desk.get("/cases/map?stage=handling").has(1, `#map .card .empty`)
	desk.get("/cases?community="+community).has(14, "#list tbody tr")
	part := desk.get("/cases/map?stage=filed", byHtmx)
	part.has(0, "header.bar")
	part.has(1, "#map")
	s.browser(ctx, worker).get("/cases/map").has(1, `#map .card .empty`) // none is his unit's
	if w := s.browser(ctx, nobody).send("GET", "/cases/map", nil); w.Code != http.StatusNotFound {
		t.Errorf("a stranger sees %d", w.Code)
	}
}

// A case's sheet shows where it lies.
func TestTheSheetShowsThePlace(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	c := must(t)(s.as(now(t), clerk, report(placed(120.55, 31.3))))
	s.browser(now(t), clerk).get("/cases/"+c.ID.String()).has(1, `svg.map-point .lamp`)
	c = must(t)(s.as(now(t), clerk, report(rubbish())))
	s.browser(now(t), clerk).get("/cases/"+c.ID.String()).has(0, `svg.map-point`)
}

// Coming nearer pulls apart what lies close together and leaves marks as large as they were; the way back is the whole map.
// The class of the filter is offered while it is typed.
func TestTheMapComesNearer(t *testing.T) {
	t.Parallel()
	l := openLookout(t, sender, 1366)
	for i := range 3 {
		must(t)(l.as(now(t), clerk, report(placed(120.55+float64(i)*.0004, 31.3))))
	}
	must(t)(l.as(now(t), clerk, report(placed(120.58, 31.32))))
	l.run("the map", chromedp.Navigate(l.server.URL+"/s/"+l.Slug+"/cases/map?layer=dots"))
	l.holds("tools are there", `!document.querySelector('.map-tools').hidden && document.querySelectorAll('svg.map .lamp').length === 4`)
	l.clean("the map")
	l.run("remember", chromedp.Evaluate(`
		window.rect = n => document.querySelectorAll('svg.map .lamp')[n].getBoundingClientRect();
		window.apart = () => Math.hypot(rect(0).x - rect(1).x, rect(0).y - rect(1).y);
		window.was = {box: document.querySelector('svg.map').getAttribute('viewBox'), size: rect(0).width, apart: apart()}`, nil))
	for range 3 {
		l.run("nearer", chromedp.Click("[data-zoom=in]"))
	}
	l.holds("what lay together comes apart", `apart() > was.apart * 3.5`)
	l.holds("marks keep their size", `Math.abs(rect(0).width - was.size) < 1`)
	l.run("the whole", chromedp.Click("[data-zoom=all]"))
	l.holds("as it was", `document.querySelector('svg.map').getAttribute('viewBox') === was.box && document.querySelector('[data-zoom=out]').disabled`)

	l.run("the class", chromedp.Focus("input[name=class]"))
	l.holds("is offered", `document.querySelectorAll('#class-list option').length > 50`)
	l.run("a word of it", chromedp.SendKeys("input[name=class]", "没有这样的类别"), chromedp.Click("form[data-filters] button"))
	l.holds("nothing is called so", `document.querySelectorAll('svg.map .lamp').length === 0 && location.search.includes('class=')`)
}
