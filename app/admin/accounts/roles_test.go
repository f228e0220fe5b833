package accounts_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"wanjie/app/auth"
	"wanjie/tenants"
)

// Who can do what is seen from both sides: by the role, and by the person.
func TestWhoCanDoWhat(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	var desk int64
	must(t, l.DB.Write(t.Context(), l.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		desk = l.person(t)
		if err := auth.AddMember(ctx, tx, desk, "何晓", "13800004321"); err != nil {
			return err
		}
		_, err := auth.Grant(ctx, tx, auth.Give{Person: desk, Role: auth.Handler, Unit: "sanitation"})
		return err
	}))
	row := func(path, role string) string {
		for _, r := range all(l.do(t, l.chief, "GET", path, 200), "tbody tr") {
			if strings.HasPrefix(r, role) {
				return r
			}
		}
		return ""
	}
	if got := row("/s/-/admin/people/roles", "派遣员"); !strings.Contains(got, "派遣案卷") || !strings.Contains(got, "郑洁 全街道") {
		t.Errorf("the dispatcher's role: %q", got)
	}
	if got := row("/s/-/admin/people/roles", "承办联络员"); !strings.Contains(got, "何晓 ") || strings.Contains(got, "何晓 全街道") {
		t.Errorf("a role for one unit: %q", got)
	}
	if got := row("/s/-/admin/people/roles", "值班长"); !strings.Contains(got, "无人担任") {
		t.Errorf("a role that nobody holds: %q", got)
	}
	// Who can dispatch?
	may := all(l.do(t, l.chief, "GET", "/s/-/admin/people/roles?right="+auth.CasesDispatch, 200), "tbody tr")
	if len(may) != 2 || !strings.HasPrefix(may[0], "派遣员") || !strings.HasPrefix(may[1], "值班长") {
		t.Errorf("who may dispatch: %q", may)
	}
	if one := all(l.do(t, l.chief, "GET", "/s/-/admin/people/roles?role="+auth.Intake, 200), "tbody tr"); len(one) != 1 {
		t.Errorf("one role: %q", one)
	}
	l.do(t, l.clerk, "GET", "/s/-/admin/people/roles", 403)
	l.do(t, l.chief, "GET", "/s/-/admin/people/roles/file", 200)
	l.do(t, l.clerk, "GET", "/s/-/admin/people/roles/file", 403)

	page := text(l.do(t, l.chief, "GET", fmt.Sprintf("/s/-/admin/people/%d", desk), 200))
	for _, want := range []string{"此人能做什么", "签收案卷", "承办联络员", "系统"} {
		if !strings.Contains(page, want) {
			t.Errorf("the person's page does not say %q: %s", want, page)
		}
	}
	if strings.Contains(page, "派遣案卷") {
		t.Error("the page says more than the person may do")
	}
}

// Every right that a role has is said in words.
func TestEveryRightHasWords(t *testing.T) {
	t.Parallel()
	for _, r := range auth.Roles {
		for _, c := range r.Can {
			if auth.CapabilityWord(c) == c {
				t.Errorf("%s: %s has no words", r.Key, c)
			}
		}
	}
}
