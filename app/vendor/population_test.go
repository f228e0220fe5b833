package vendor_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"wanjie/tenants"
)

// The vendor sees how many live in a street, as its district entered it, and has no form for it.
func TestPopulation(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.Street(t)
	if _, err := o.Super(t, tenants.Home).Exec(t.Context(), "INSERT INTO populations VALUES ($1, '2020-11-01', 85210, '演示公报', $2, 1, now())", int32(s.ID), s.District); err != nil {
		t.Fatal(err)
	}
	page := fmt.Sprintf("/v/streets/%d", s.ID)
	if got := text(o.get(t, page, 200)); !strings.Contains(got, "85210 演示公报") {
		t.Errorf("the page says %q", got)
	}
	o.post(t, page+"/population", url.Values{}, 404)
}
