package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"wanjie/app/admin/lists"
	"wanjie/app/auth"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// A street asks everybody for a second factor: who signs in with a password alone is led to it before anything else, and
// the setting's end ends it.
func TestAStreetAsksEverybodyForASecondFactor(t *testing.T) {
	d := openDoor(t)
	s := d.street(91_000)
	p := d.person()
	account := auth.Staff{Name: "郑洁", Phone: p.phone, Password: "zheng-que-9-ma"}
	identity, _, err := d.Keeper.Client.CreateIdentity(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	number, err := d.Keeper.Person(t.Context(), identity, auth.Employee)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Employ(t.Context(), s.ID, number, account.Name, account.Phone, auth.Give{Role: auth.Intake}); err != nil {
		t.Fatal(err)
	}
	cases := "/s/" + s.Slug + "/cases"
	if status, _ := p.do("POST", "/login", url.Values{"identifier": {p.phone}, "password": {account.Password}, "return_to": {cases}}); status != 200 || !strings.HasPrefix(p.last, cases) {
		t.Fatalf("signed in with %d, at %s", status, p.last)
	}
	ask := func(yes bool) {
		t.Helper()
		d.staff(s, func(ctx context.Context, tx tenants.Tx) error {
			cfg, err := blueprint.For(ctx, tx)
			if err != nil {
				return err
			}
			setting, _ := cfg.Settings.Find("security.second_factor")
			setting.Value = json.RawMessage(strconv.FormatBool(yes))
			_, err = blueprint.Change(ctx, tx, blueprint.Put(setting))
			return err
		})
	}
	ask(true)
	p.ok("GET", cases, nil, "绑定身份验证器")
	if p.last != "/second-factor/enrol?return_to="+url.QueryEscape(cases) {
		t.Errorf("led to %s", p.last)
	}
	ask(false)
	p.ok("GET", cases, nil)
	if !strings.HasPrefix(p.last, cases) {
		t.Errorf("afterwards led to %s", p.last)
	}
}

// A security administrator brings a list: a newcomer, somebody who works in another street, somebody who works here and gets
// one more role, and one whose telephone is a resident's. Brought again, it makes nobody twice and sends nothing.
func TestAListOfPeopleIsInvited(t *testing.T) {
	d := openDoor(t)
	s, other := d.street(92_000), d.street(93_000)
	chief := tenants.Actor{Person: roleAt(t, 92_000, auth.SecurityAdmin)}
	phone := func() string { return fmt.Sprintf("137%08d", rand.IntN(100_000_000)) }
	fresh, moving, here, resident := phone(), phone(), phone(), phone()
	work := func(at tenants.Tenant, name, phone, role string) int64 {
		identity, _, err := d.Keeper.Client.CreateIdentity(t.Context(), auth.Staff{Name: name, Phone: phone, Password: "zheng-que-9-ma"})
		if err != nil {
			t.Fatal(err)
		}
		n, err := d.Keeper.Person(t.Context(), identity, auth.Employee)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Employ(t.Context(), at.ID, n, name, phone, auth.Give{Role: role}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	work(other, "冯磊", moving, auth.Intake)
	stays := work(s, "吴兰", here, auth.Intake)
	if _, _, err := d.Keeper.Client.CreateResident(t.Context(), resident); err != nil {
		t.Fatal(err)
	}
	table := "姓名,手机号码,角色,单位,工号\n沈岚," + fresh + ",派遣员,,\n沈岚," + fresh + ",承办联络员,sanitation,\n冯磊," + moving + ",核查员,,\n吴兰," + here + ",受理员,,SZ-" + here + "\n吴兰," + here + ",回访员,,\n何某," + resident + ",派遣员,,\n"
	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	working.Go(func() { _ = d.Work(ctx) })
	defer working.Wait()
	defer stop()
	bring := func() map[string]lists.Row {
		t.Helper()
		id := tenants.NewID()
		if err := d.App.DB.Write(t.Context(), s.ID, chief, func(ctx context.Context, tx tenants.Tx) error {
			list, err := lists.Read(ctx, tx, "名单.csv", []byte(table), nil)
			if err != nil {
				return err
			}
			if len(list.Problems) > 0 {
				return fmt.Errorf("problems: %v", list.Problems)
			}
			return lists.Begin(ctx, tx, id, list)
		}); err != nil {
			t.Fatal(err)
		}
		out := map[string]lists.Row{}
		for range 300 {
			var left lists.Begun
			if err := d.App.DB.Read(t.Context(), s.ID, chief, func(ctx context.Context, tx tenants.Tx) (err error) {
				var rows []lists.Row
				left, rows, err = lists.Find(ctx, tx, id)
				for _, r := range rows {
					out[r.Phone] = r
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if left.Left() == 0 {
				return out
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Fatal("the list is not carried out within half a minute")
		return nil
	}
	states := func(rows map[string]lists.Row) string {
		return fmt.Sprint(rows[fresh].State, " ", rows[moving].State, " ", rows[here].State, " ", rows[resident].State)
	}
	messages := func() map[string][]string {
		t.Helper()
		list, err := d.Messages.Recent(t.Context(), 1000)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string][]string{}
		for _, m := range list {
			out[strings.TrimPrefix(m.Recipient, "+86")] = append(out[strings.TrimPrefix(m.Recipient, "+86")], m.Purpose)
		}
		return out
	}
	first := bring()
	if got := states(first); got != "invited invited invited failed" {
		t.Fatalf("%s: %+v", got, first)
	}
	if first[here].Said == "" || first[resident].Said != "该手机号码或电子邮箱已用于其他账号" {
		t.Errorf("said %q, %q", first[here].Said, first[resident].Said)
	}
	for i, sent := range []map[string][]string{messages(), func() map[string][]string { bring(); return messages() }()} {
		if fmt.Sprint(sent[fresh], sent[moving], sent[here], sent[resident]) != "[invite] [added] [] []" {
			t.Errorf("after time %d: %v %v %v %v", i+1, sent[fresh], sent[moving], sent[here], sent[resident])
		}
	}
	if got := states(bring()); got != "here here here failed" {
		t.Errorf("the third time: %s", got)
	}
	roles := map[string]int{}
	if err := d.App.DB.Read(t.Context(), s.ID, chief, func(ctx context.Context, tx tenants.Tx) error {
		members, err := auth.Members(ctx, tx)
		for _, m := range members {
			roles[m.Phone] += len(m.Grants)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if roles[fresh] != 2 || roles[moving] != 1 || roles[here] != 2 || roles[resident] != 0 {
		t.Errorf("roles %v", roles)
	}
	var known int64
	if err := d.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT count(*) FROM ctl.staff_numbers WHERE person = $1 AND district = 320505", stays).Scan(&known); err != nil || known != 1 {
		t.Errorf("%d staff numbers, %v", known, err)
	}
}
