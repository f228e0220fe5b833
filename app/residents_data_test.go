package app_test

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/fault"
	"wanjie/app/resident"
	"wanjie/app/services"
	"wanjie/jobs"
	"wanjie/tenants"
)

// What a street holds about a resident is all there to see: what he agreed to, and who looked at him and why, by role and
// never by name. The file holds the same, and is written down. Leaving takes a code, and then nothing tells who he was.
func TestAResidentsData(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	s := d.street(740_000)
	elsewhere := d.street(745_000)
	base := "/r/" + s.Slug
	p := d.person()
	p.signIn(elsewhere)
	d.nextCode(p)
	p.signIn(s, "messages")
	p.ok("POST", base+"/me/name", url.Values{"name": {"沈奶奶"}}, "沈奶奶")
	id := p.report(s, "垃圾桶破了")
	looker := roleAt(t, 740_000, auth.Intake)
	if err := d.App.DB.Write(t.Context(), s.ID, tenants.Actor{Person: looker}, func(ctx context.Context, tx tenants.Tx) error {
		_, _, err := cases.Petitioner(ctx, tx, id, "contact")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	super := d.Super(t, tenants.Home)
	var person int64
	if err := super.QueryRow(t.Context(), "SELECT person FROM residents WHERE tenant_id=$1", int32(s.ID)).Scan(&person); err != nil {
		t.Fatal(err)
	}
	within(t, d.App, s.ID, person, func(ctx context.Context, tx tenants.Tx) error { return booked(ctx, tx, "沈奶奶") })
	within(t, d.App, s.ID, looker, func(ctx context.Context, tx tenants.Tx) error {
		var booking uuid.UUID
		if err := tx.Raw("SELECT id FROM service_bookings WHERE tenant_id = ?", int32(tx.ID())).Scan(ctx, &booking); err != nil {
			return err
		}
		if err := tx.Looked(ctx, tenants.Look{Object: "booking", ObjectID: booking, Fields: []string{"booker"}, Purpose: "serve"}); err != nil {
			return err
		}
		_, err := services.Take(ctx, tx, booking)
		return err
	})
	p.ok("GET", base+"/messages", nil, "您的预约有人接办了", "老年人优待证办理", "未读")
	body := p.ok("GET", base+"/me", nil, p.phone, "受理员", "联系诉求人", "帮办代办、上门服务", "隐私政策 2026-11 版")
	if strings.Contains(body, "工作人员intake") {
		t.Error("who looked is named")
	}
	p.ok("POST", base+"/me/consents", url.Values{"purpose": {"messages"}, "agree": {"no"}}, "已保存")
	var held struct {
		Phone    string
		Consents []struct {
			Purpose     string
			WithdrawnAt time.Time `json:"withdrawn_at"`
		}
		Matters []struct{ Description, Petitioner string }
		Looks   []struct{ Who string }
	}
	if err := json.Unmarshal([]byte(p.ok("GET", base+"/me/export", nil)), &held); err != nil {
		t.Fatal(err)
	}
	if held.Phone != p.phone || len(held.Matters) != 1 || held.Matters[0].Petitioner != "沈奶奶" || len(held.Looks) != 2 || len(held.Consents) != 2 || held.Consents[0].WithdrawnAt.IsZero() {
		t.Errorf("the file holds %+v", held)
	}
	var looks int
	if err := super.QueryRow(t.Context(), "SELECT count(*) FROM looks WHERE tenant_id=$1 AND object='resident'", int32(s.ID)).Scan(&looks); err != nil || looks != 1 {
		t.Errorf("%d looks for one export (%v)", looks, err)
	}

	// While the street is paused he still reads in large letters.
	pause := func(to tenants.State) {
		t.Helper()
		if err := d.App.DB.SetState(t.Context(), s.ID, tenants.Change{Request: tenants.NewID(), To: to, Ground: "request", By: 3}); err != nil {
			t.Fatal(err)
		}
	}
	pause(tenants.Suspended)
	p.ok("POST", base+"/look", url.Values{"elder": {"on"}, "back": {"/"}}, "暂停")
	pause(tenants.Active)

	d.nextCode(p)
	p.ok("GET", base+"/me/leave", nil, "1 件事项正在办理", "不能恢复")
	body = p.ok("POST", base+"/me/leave", nil, "短信验证码")
	flow := inFlow.FindStringSubmatch(body)
	if status, _ := p.do("POST", base+"/me/leave/code", url.Values{"flow": {flow[1]}, "code": {"000000"}}); status != 422 {
		t.Errorf("leaving by a wrong code: %d", status)
	}
	p.ok("POST", base+"/me/leave/code", url.Values{"flow": {flow[1]}, "code": {p.code()}}, "账号已注销")
	if p.do("GET", base+"/matters", nil); !strings.HasPrefix(p.last, base+"/sign-in") {
		t.Errorf("after leaving, matters led to %s", p.last)
	}
	var left int
	if err := super.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM residents WHERE tenant_id=$1 AND (phone IS NOT NULL OR name IS NOT NULL))
		+ (SELECT count(*) FROM cases WHERE tenant_id=$1 AND (petitioner IS NOT NULL OR phone IS NOT NULL OR phone_blind IS NOT NULL OR reported_by <> 0))
		+ (SELECT count(*) FROM consents WHERE tenant_id=$1 AND withdrawn_at IS NULL)`, int32(s.ID)).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows still tell who he was (%v)", left, err)
	}
	// The telephone goes with the last street that knew it.
	var payload []byte
	if err := super.QueryRow(t.Context(), "SELECT payload::text FROM outbox WHERE tenant_id=$1 AND kind=$2", int32(s.ID), resident.ForgetJob).Scan(&payload); err != nil {
		t.Fatal(err)
	}
	forget := func() {
		t.Helper()
		if err := resident.Forget(d.Keeper).Outside(t.Context(), jobs.Env{DB: d.App.DB}, payload); err != nil {
			t.Fatal(err)
		}
	}
	forget()
	if _, err := d.Keeper.Client.FindIdentity(t.Context(), p.phone); err != nil {
		t.Errorf("known to another street, the identity is gone: %v", err)
	}
	if _, err := super.Exec(t.Context(), "UPDATE residents SET left_at = now(), phone = NULL, phone_blind = NULL WHERE tenant_id = $1", int32(elsewhere.ID)); err != nil {
		t.Fatal(err)
	}
	forget()
	if _, err := d.Keeper.Client.FindIdentity(t.Context(), p.phone); !fault.Is(err, fault.NotFound) {
		t.Errorf("known to no street, the identity is there: %v", err)
	}
}
