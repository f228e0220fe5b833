package app_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/community"
	"wanjie/app/resident"
	"wanjie/tenants"
)

// An editor drafts an event, a leader publishes it, residents read it without signing in and sign up once they have; one waits
// and moves up, and both see who looked at their telephone. Whoever reads it never reads who wrote it.
func TestAnEventFromDraftToTheDoor(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	h.Site.Resident = h.Site.Visitor
	s, _ := h.street(t, "戊", 760_000)
	staff, door := "/s/"+s.Slug, "/r/"+s.Slug
	editor, leader := roleAt(t, 760_000, auth.Editor), roleAt(t, 760_000, auth.Leader)
	const granny, grandpa = 760_901, 760_902
	for person, phone := range map[int64]string{granny: "13900139001", grandpa: "13900139002"} {
		within(t, h.App, s.ID, person, func(ctx context.Context, tx tenants.Tx) error {
			_, err := resident.Join(ctx, tx, phone, resident.NoticeVersion, "page")
			return err
		})
	}
	says := func(person int64, method, path string, form url.Values, status int, words ...string) string {
		t.Helper()
		got, body := h.ask(t, person, method, path, form)
		if got != status {
			t.Fatalf("%s %s: %d, want %d\n%s", method, path, got, status, strip(body))
		}
		for _, w := range words {
			if !strings.Contains(body, w) {
				t.Errorf("%s %s does not say %q:\n%s", method, path, w, strip(body))
			}
		}
		return body
	}
	day := string(clock.DateOf(clock.Now(t.Context())).Add(9))
	event := url.Values{"form": {"event"}, "topic": {"life"}, "community": {"street"}, "title": {"重阳登高"}, "body": {"九点集合\n自备饮水"}, "begins": {day + "T09:00"}, "ends": {day + "T08:00"},
		"signup_until": {day + "T08:00"}, "venue": {"枫桥公园"}, "capacity": {"2"}, "audience": {"辖区老人"}, "contact": {"0512-00000000"}, "then": {"submit"}}
	says(editor, http.MethodPost, staff+"/community", event, http.StatusUnprocessableEntity, "请填写开始之后一个月内的时间", "重阳登高", "自备饮水")
	event.Set("ends", day+"T11:00")
	says(editor, http.MethodPost, staff+"/community", event, http.StatusSeeOther)
	var id uuid.UUID
	if err := h.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT id FROM community_posts WHERE tenant_id = $1", int32(s.ID)).Scan(&id); err != nil {
		t.Fatal(err)
	}
	sheet, page := staff+"/community/"+id.String(), door+"/news/"+id.String()
	if body := says(editor, http.MethodGet, sheet, nil, http.StatusOK, "待审核", "戊editor"); strings.Contains(body, sheet+"/publish") {
		t.Error("who drafted it is offered to publish it")
	}
	says(0, http.MethodGet, page, nil, http.StatusNotFound)
	says(leader, http.MethodGet, staff+"/community", nil, http.StatusOK, "重阳登高", "戊editor")
	says(leader, http.MethodGet, sheet, nil, http.StatusOK, sheet+"/publish")
	says(leader, http.MethodGet, sheet+"/poster", nil, http.StatusNotFound)
	says(leader, http.MethodPost, sheet+"/publish", nil, http.StatusSeeOther)
	for _, person := range []int64{editor, leader} { // both can put it on a notice board
		says(person, http.MethodGet, sheet, nil, http.StatusOK, "活动二维码", page+"</code>", sheet+"/poster")
		says(person, http.MethodGet, sheet+"/poster", nil, http.StatusOK, "重阳登高", page+"</span>", "地点：枫桥公园", "09:00", "对象：辖区老人", "data:image/png;base64,")
	}

	says(0, http.MethodGet, door+"/", nil, http.StatusOK, "重阳登高", "近期活动", door+"/places")
	says(0, http.MethodGet, door+"/news?form=event&q=饮水", nil, http.StatusOK, "重阳登高")
	if body := says(0, http.MethodGet, page, nil, http.StatusOK, "枫桥公园", "2 人，还剩 2 人", "登录后报名"); strings.Contains(body, "戊editor") {
		t.Error("residents read who wrote it")
	}
	says(0, http.MethodGet, page+"?print=1", nil, http.StatusOK, "打印本页")
	says(granny, http.MethodPost, page+"/signup", url.Values{"along": {"9"}}, http.StatusUnprocessableEntity, "最多可带 5 人")
	says(granny, http.MethodPost, page+"/signup", url.Values{"along": {"1"}}, http.StatusSeeOther)
	says(granny, http.MethodGet, page, nil, http.StatusOK, "已报名", "共 2 人")
	says(grandpa, http.MethodGet, page, nil, http.StatusOK, "名额已满，可以排队候补", "排队候补")
	says(grandpa, http.MethodPost, page+"/signup", nil, http.StatusSeeOther)
	says(grandpa, http.MethodGet, door+"/signups", nil, http.StatusOK, "候补中")
	says(leader, http.MethodGet, sheet+"/guests", nil, http.StatusOK, "13900139001", "13900139002", "候补中")
	var hers uuid.UUID
	within(t, h.App, s.ID, granny, func(ctx context.Context, tx tenants.Tx) error {
		list, err := community.Mine(ctx, tx, 1)
		if err == nil {
			hers = list[0].ID
		}
		return err
	})
	says(grandpa, http.MethodGet, door+"/signups/"+hers.String(), nil, http.StatusNotFound)
	says(grandpa, http.MethodPost, door+"/signups/"+hers.String()+"/cancel", nil, http.StatusNotFound)
	says(granny, http.MethodPost, door+"/signups/"+hers.String()+"/cancel", nil, http.StatusSeeOther)
	says(grandpa, http.MethodGet, door+"/messages", nil, http.StatusOK, "候补成功，您已报上名", "重阳登高")
	says(granny, http.MethodGet, door+"/me", nil, http.StatusOK, "组织报名的活动", "分管领导")

	says(editor, http.MethodPost, staff+"/places", url.Values{"kind": {"meal"}, "community": {"street"}, "name": {"颐养助餐点"}, "address": {"枫桥路18号"}, "lon": {"120.55"}, "lat": {"31.30"}, "system": {"gcj02"}, "step_free": {"on"}}, http.StatusSeeOther)
	says(0, http.MethodGet, door+"/places?kind=meal", nil, http.StatusOK, "颐养助餐点", "position=120.550000%2C31.300000", "无障碍")
	var lon float64
	if err := h.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT lon FROM community_places WHERE tenant_id = $1", int32(s.ID)).Scan(&lon); err != nil || lon < 120.544 || lon > 120.547 {
		t.Errorf("the map's 120.55 is kept as %v (%v)", lon, err)
	}
	var list struct {
		Items []struct{ Title, Venue string }
	}
	if err := json.Unmarshal([]byte(says(0, http.MethodGet, "/api/v1/resident/"+s.Slug+"/news?form=event", nil, http.StatusOK)), &list); err != nil || len(list.Items) != 1 || list.Items[0].Venue != "枫桥公园" {
		t.Errorf("a program is told %+v (%v)", list, err)
	}
	off(t, h, s.ID, "community")
	says(0, http.MethodGet, page, nil, http.StatusNotFound)
	if body := says(0, http.MethodGet, door+"/", nil, http.StatusOK); strings.Contains(body, "重阳登高") {
		t.Error("switched off, the first page still tells it")
	}
}
