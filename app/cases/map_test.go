package cases

import (
	"net/http"
	"testing"

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
