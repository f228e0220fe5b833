package district_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"wanjie/app/district"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// The district's officer enters how many live in its streets, with day and source, and sees by whom and when. What is wrong is
// said at the field and nothing is written; the same day entered again is put right, and what stood before can be read; the
// board reckons by it. Another
// district's street cannot be reached, whatever is sent.
func TestADistrictEntersItsPopulation(t *testing.T) {
	t.Parallel()
	const code = 320583
	w := tenantstest.Open(t)
	mine, next, other := w.Street(t, in(code, "玉山镇")), w.Street(t, in(code, "巴城镇")), w.Street(t, in(320585, "城厢镇"))
	h := door(w, code)
	send := func(want int, pairs ...string) string {
		t.Helper()
		v := url.Values{ui.RequestField: {tenants.NewID().String()}}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		r := httptest.NewRequestWithContext(t.Context(), "POST", fmt.Sprintf("/d/%d/populations", code), strings.NewReader(v.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		if rec.Code != want {
			t.Fatalf("%v: %d, want %d", pairs, rec.Code, want)
		}
		return rec.Body.String()
	}
	a, b, c := "residents-"+mine.Slug, "residents-"+next.Slug, "residents-"+other.Slug
	for _, bad := range [][]string{
		{"as_of", "2020-11-01", "source", "演示", a, "许多"}, {"as_of", "2020-11-01", "source", "演示", a, "0"}, {"as_of", "2020-11-01", a, "85210"},
		{"as_of", "2999-01-01", "source", "演示", a, "85210"}, {"source", "演示", a, "85210"}, {"as_of", "2020-11-01", "source", "演示"}, {"as_of", "2020-11-01", "source", "演示", c, "85210"},
	} {
		send(http.StatusUnprocessableEntity, bad...)
	}
	count := func() (n int) {
		if err := w.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT count(*) FROM populations WHERE tenant_id IN ($1, $2, $3)", int32(mine.ID), int32(next.ID), int32(other.ID)).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count(); n != 0 {
		t.Errorf("%d refused figures stand", n)
	}
	send(http.StatusSeeOther, "as_of", "2020-11-01", "source", "演示公报", a, "85,200", b, "42000")
	send(http.StatusSeeOther, "as_of", "2020-11-01", "source", "演示公报", a, "85210")
	_, page := get(t, h, fmt.Sprintf("/d/%d/populations", code), 200)
	text := strings.Join(all(page, "main"), " ")
	for _, want := range []string{"玉山镇 85,210 2020-11-01 演示公报 工号 7", "巴城镇 42,000 2020-11-01 演示公报 工号 7", "玉山镇 85,200 2020-11-01"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q: %s", want, text)
		}
	}
	if n := count(); n != 3 || strings.Contains(text, "城厢镇") {
		t.Errorf("%d figures, want two and the one that was put right", n)
	}
	for _, f := range []func(ctx context.Context, tx tenants.DistrictTx) error{
		func(ctx context.Context, tx tenants.DistrictTx) error {
			return district.Enter(ctx, tx, 7, "2021-01-01", "演示", map[int32]int64{int32(other.ID): 1})
		},
		func(ctx context.Context, tx tenants.DistrictTx) error {
			_, err := tx.Raw("UPDATE tallies SET received = 0 WHERE district = ?", code).Exec(ctx)
			return err
		},
		func(ctx context.Context, tx tenants.DistrictTx) error {
			_, err := tx.Raw("UPDATE populations SET residents = 1 WHERE district = ?", code).Exec(ctx)
			return err
		},
	} {
		if err := w.DB.DistrictWrite(t.Context(), code, f); err == nil {
			t.Error("a district writes what is not its own to say")
		}
	}
}
