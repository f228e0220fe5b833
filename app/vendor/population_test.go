package vendor_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// The operator enters how many live in a street and where that stands; without a source there is no figure, and
// the same day entered again is put right.
func TestPopulation(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.Street(t)
	page := fmt.Sprintf("/v/streets/%d", s.ID)
	enter := func(residents, source, asOf string, want int) string {
		t.Helper()
		return o.post(t, page+"/population", url.Values{"residents": {residents}, "source": {source}, "as_of": {asOf}}, want).Body.String()
	}
	for _, bad := range [][3]string{{"许多", "演示", "2020-11-01"}, {"0", "演示", "2020-11-01"}, {"85210", "", "2020-11-01"}, {"85210", "演示", "2999-01-01"}, {"85210", "演示", ""}} {
		enter(bad[0], bad[1], bad[2], 422)
	}
	if got := text(o.get(t, page, 200)); strings.Contains(got, "85210") {
		t.Error("a refused figure stands")
	}
	enter("85200", "演示", "2020-11-01", 303)
	enter("85210", "演示公报", "2020-11-01", 303)
	if got := text(o.get(t, page, 200)); !strings.Contains(got, "85210 演示公报") || strings.Contains(got, "85200") {
		t.Errorf("the page says %q", got)
	}
}
