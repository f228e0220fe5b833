package cases

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"wanjie/app/auth"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// What is negotiated or designated again and again comes before those who keep the list, with its bases; the reasons
// open after a purpose, which is written down; once the list says so, it is no suggestion any more.
func TestWhatRepeatsIsSuggestedForTheList(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	const admin = 131
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		_, err := tx.Raw(`INSERT INTO grants (tenant_id, id, person, role, made_by) VALUES (?, ?, ?, ?, 0)`, int32(tx.ID()), tenants.NewID(), admin, auth.StreetAdmin).Exec(ctx)
		return err
	})
	agreed := Order{Unit: greening, Basis: Negotiated, Grounds: Grounds{Parties: "环卫站、绿化站", Reason: "绿化带内王某家门口"}}
	s.dispatched(ctx, rubbish(), agreed)
	s.dispatched(ctx, rubbish(), Order{Unit: sanitation, Basis: Statutory, Helpers: []string{greening}, Grounds: Grounds{Parties: "两站", Reason: "合办"}})
	must(t)(s.as(ctx, chief, recall(s.dispatched(ctx, rubbish(), agreed).ID, ""))) // taken back, it was never sent
	page := s.browser(ctx, admin).get("/suggestions")
	page.says("没有重复的清单外派遣")
	s.dispatched(ctx, rubbish(), Order{Unit: greening, Basis: Designated, Grounds: Grounds{Designator: "李主任", Ground: "会议纪要", Reason: "争议"}})

	page = s.browser(ctx, admin).get("/suggestions")
	page.has(1, "tbody tr")
	page.says("暴露垃圾", "绿化站", "环卫站")
	page.hides("王某", "李主任")
	edit := page.all(`td.ops a`)
	if len(edit) != 1 {
		t.Fatal("no way to the editor")
	}
	var href string
	for _, a := range edit[0].Attr {
		if a.Key == "href" {
			href = a.Val
		}
	}
	u, err := url.Parse(href)
	if err != nil || !strings.HasSuffix(u.Path, "/admin/items/duty/new") || u.Query().Get("class") != garbage || u.Query().Get("unit") != greening || u.Query().Get("list") != "basic" {
		t.Errorf("the editor is at %s", href)
	}
	if p := s.browser(ctx, chief).get("/suggestions"); p.Status != 200 || len(p.all(`td.ops a`)) != 0 {
		t.Errorf("a shift leader: %d, editors %d", p.Status, len(p.all(`td.ops a`)))
	}
	if p := s.browser(ctx, worker).get("/suggestions"); p.Status != 403 {
		t.Errorf("a handler reads suggestions: %d", p.Status)
	}

	reasons := "/suggestions/reasons?class=" + garbage + "&unit=" + greening
	if p := s.browser(ctx, admin).get(reasons); p.Status != 422 && p.Status != 400 {
		t.Errorf("reasons without a purpose: %d", p.Status)
	}
	p := s.browser(ctx, admin).get(reasons + "&purpose=list_review")
	p.says("绿化带内王某家门口", "李主任", "会议纪要", "合办")
	var looks int
	if err := s.view.QueryRow(t.Context(), "SELECT count(*) FROM looks WHERE tenant_id = $1 AND actor = $2 AND purpose = 'list_review'", int32(s.ID), admin).Scan(&looks); err != nil || looks != 3 {
		t.Errorf("%d looks at three cases (%v)", looks, err)
	}
	if p := s.browser(ctx, admin).get("/suggestions/reasons?class=none&unit=none&purpose=list_review"); p.Status != 404 {
		t.Errorf("reasons of nothing: %d", p.Status)
	}

	if err := s.try(ctx, 0, func(ctx context.Context, tx tenants.Tx) error {
		_, err := blueprint.Change(ctx, tx, blueprint.Put(blueprint.Duty{Entry: blueprint.Entry{Key: "waste-in-the-green"}, Class: garbage, Unit: greening, List: blueprint.Basic, Ground: "本街道职责清单"}))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	s.browser(ctx, admin).get("/suggestions").says("没有重复的清单外派遣")
}
