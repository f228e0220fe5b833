package cases

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// A clerk on the telephone types what she hears. The desk offers the class, asks for what the class wants, knows the grid
// and the cases that have been, and nothing of it is kept until she sends it. It works the same without scripts.
func TestTheDeskKnowsWhileTheClerkTypes(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	b := s.browser(now(t), clerk)
	if w := b.post("/cases", rubbishForm()); w.Code != http.StatusSeeOther {
		t.Fatalf("the first heap: %d %s", w.Code, w.Body)
	}
	ask := func(part string, form url.Values) *page {
		return b.read(b.send("POST", "/cases/new?part="+part, form, byHtmx))
	}

	for said, key := range map[string]string{"0110": garbage, "06010": garbage, "暴露垃圾": garbage, "乱停放": "matter-09009", "东门暴露垃圾堆了三天没人管": garbage, "suggestion": "extension-24003"} {
		ask("classes", url.Values{"seek": {said}}).has(1, `button[name=choose][value="`+key+`"]`)
	}
	if p := ask("classes", url.Values{"seek": {"量子纠缠"}}); len(p.all("button")) > 0 || !strings.Contains(p.Raw, "没有找到相近的类别") {
		t.Error("something is found where nothing is")
	}
	ask("fields", url.Values{"class": {"matter-09009"}}).has(1, `#fields input[name="field.car-plate"]`)
	ask("fields", url.Values{"class": {garbage}}).has(0, `#fields input`)

	again := rubbishForm()
	again.Set("description", "东门口垃圾堆放好几天了")
	for key, v := range map[string]string{"road": "枫桥路", "house": "12号", "building": "３栋", "room": "501"} {
		again.Set(key, v)
	}
	ask("known", again).says("20261123-00001", "枫桥路12号3幢501室枫桥路18号", "同一社区")
	whole := b.read(b.send("POST", "/cases/new", again)) // the button 核对
	whole.says("20261123-00001", "东门口垃圾堆放好几天了")
	whole.has(1, `select[name=class] option[value="matter-06010"][selected]`)
	again.Set("choose", "matter-09009")
	b.read(b.send("POST", "/cases/new", again)).has(1, `input[name="field.car-plate"]`)

	var n int
	if err := s.view.QueryRow(t.Context(), "SELECT count(*) FROM cases WHERE tenant_id = $1", int32(s.ID)).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d cases after asking (%v)", n, err)
	}
}

// A parked car: the class asks for its plate, which is masked on the sheet and shown after a purpose was stated; the check
// of a dangerous place cannot pass without the finding that its class asks for.
func TestWhatAClassAsksIsKeptSealed(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	b := s.browser(ctx, clerk)
	form := rubbishForm()
	form.Set("class", "matter-09005") // 店外经营: the shop's name is required
	form.Set("asks", "1")
	p := b.read(b.post("/cases", form))
	p.has(1, `input[name="field.shop-name"][aria-invalid=true]`)
	if p.Status != http.StatusUnprocessableEntity {
		t.Errorf("a report without the shop's name: %d", p.Status)
	}
	form.Set("class", "matter-09009")
	form.Set("field.car-plate", "苏E12345")
	form.Set("field.car-place", "footway")
	form.Set("nature", "complaint")
	form.Set("subject", "某某物业公司")
	w := b.post("/cases", form)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	u, _ := url.Parse(w.Header().Get("Location"))
	path := strings.TrimPrefix(u.Path, "/s/"+s.Slug)
	sheet := b.get(path)
	sheet.says("苏******", "人行道", "投诉", "某某物业公司")
	sheet.hides("苏E12345")
	b.get(path+"/petitioner?purpose=verify", byHtmx).says("苏E12345")
	var fields string
	if err := s.view.QueryRow(t.Context(), "SELECT fields FROM looks WHERE tenant_id = $1", int32(s.ID)).Scan(&fields); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("petitioner,phone,noted", fields); diff != "" {
		t.Error(diff)
	}
	var raw string
	if err := s.view.QueryRow(t.Context(), "SELECT row_to_json(c)::text FROM cases c WHERE tenant_id = $1", int32(s.ID)).Scan(&raw); err != nil || strings.Contains(raw, "12345") || strings.Contains(raw, "物业") {
		t.Errorf("plain in the table: %v %s", err, raw)
	}

	// From filing to the check, each with its own questions.
	danger := rubbish()
	danger.Class = "extension-23001"
	c, err := s.as(ctx, chief, report(danger))
	if err != nil {
		t.Fatal(err)
	}
	path = "/cases/" + c.ID.String()
	post := func(person int64, verb string, code int, form url.Values) {
		t.Helper()
		if w := s.browser(ctx, person).post(path+"/"+verb, form); w.Code != code {
			t.Fatalf("%s answers %d: %s", verb, w.Code, w.Body)
		}
	}
	b.get(path).has(1, `form[action$="/file"] select[name="field.danger-level"]`)
	post(clerk, "file", 422, url.Values{"class": {danger.Class}, "asks": {"1"}})
	post(clerk, "file", 303, url.Values{"class": {danger.Class}, "asks": {"1"}, "field.danger-level": {"major"}})
	if _, err := s.as(ctx, chief, func(ctx context.Context, tx tenants.Tx) (*Case, error) {
		return Dispatch(ctx, tx, c.ID, Order{Unit: sanitation, Basis: Negotiated, Grounds: Grounds{Parties: "两站", Reason: "临近"}})
	}); err != nil {
		t.Fatal(err)
	}
	s.browser(ctx, worker).get(path).has(1, `form[action$="/handle"] textarea[name="field.danger-measure"]`)
	post(worker, "handle", 422, url.Values{"result": {"已整改"}, "asks": {"1"}})
	post(worker, "handle", 303, url.Values{"result": {"已整改"}, "asks": {"1"}, "field.danger-measure": {"更换电线"}})
	post(checker, "check", 422, url.Values{"verdict": {"pass"}, "asks": {"1"}})
	post(checker, "check", 303, url.Values{"verdict": {"pass"}, "asks": {"1"}, "field.danger-rechecked": {"cleared"}})
	s.browser(ctx, chief).get(path).says("重大", "更换电线", "已整改销号")
}

// What belongs to the fire brigade or to a court is told and counted, and of what was said nothing is kept.
func TestWhatBelongsElsewhereIsToldAndCounted(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	b := s.browser(now(t), clerk)
	b.get("/cases/new").says("请立即拨打 119", "行政复议")
	if w := b.post("/cases/outside", url.Values{"outside": {"litigation"}, "channel": {"phone"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := b.post("/cases/outside", url.Values{"outside": {"weather"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("an unknown matter: %d", w.Code)
	}
	var acts, all int
	if err := s.view.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE kind = 'outside.told' AND after ->> 'outside' = 'litigation' AND after ->> 'channel' = 'phone'), count(*)
		FROM journal WHERE tenant_id = $1 AND object IN ('outside', 'case')`, int32(s.ID)).Scan(&acts, &all); err != nil || acts != 1 || all != 1 {
		t.Errorf("%d of %d acts (%v)", acts, all, err)
	}
}

func TestAddressesInTheStandardsWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   Place
		want string
	}{
		{Place{Road: "枫桥路", House: "12", Estate: "金色家园", Building: "3号楼", Entrance: "2", Room: "501"}, "枫桥路12号金色家园3幢2单元501室"},
		{Place{Road: " 马涧路 ", House: "甲2号", Detail: "北门外"}, "马涧路甲2号北门外"},
		{Place{Estate: "白马涧花园", Building: "１２栋"}, "白马涧花园12幢"},
	} {
		var f problems
		if c.in.check(&f); f.Found != nil || c.in.Line() != c.want {
			t.Errorf("%q, want %q (%v)", c.in.Line(), c.want, f.Found)
		}
	}
	var f problems
	if (Place{House: "门口", Building: "最后一幢楼"}).check(&f); f.Found == nil || f.Found.Fields["house"] == "" || f.Found.Fields["building"] == "" {
		t.Errorf("words instead of numbers: %v", f.Found)
	}
	for in, want := range map[string]string{"金色家园３号楼2单元": "金色家园3幢2单元", "3栋501": "3幢501", "枫桥路18号": "枫桥路18号", "": ""} {
		if got := standard(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestSeekKnowsEveryClassByItsName(t *testing.T) {
	t.Parallel()
	all, err := blueprint.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(v *blueprint.Version) bool { return v.Key == "city-street" })
	cfg, err := blueprint.Effective(all[i], nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, top := range cfg.ClassesUnder("") {
		for _, k := range cfg.ClassesUnder(top.Key) {
			found := Seek(cfg, k.Title, mostFound)
			ok := false
			for _, f := range found {
				ok = ok || f.Title == k.Title
			}
			if !ok && !k.Retired {
				t.Errorf("%s is not found by its name: %v", k.Title, found)
			}
		}
	}
	if got := Seek(cfg, "  ", 5); got != nil {
		t.Errorf("nothing said finds %v", got)
	}
	// The filter of a list means one class by key, code, title or both, a class with all beneath, or all that have the words.
	broken, _ := cfg.Classes.Find("matter-06013")
	for _, said := range []string{broken.Key, broken.Code, broken.Title, classLabel(broken)} {
		if got := classesMeant(cfg, said); !slices.Equal(got, []string{broken.Key}) {
			t.Errorf("%q means %v", said, got)
		}
	}
	if got := classesMeant(cfg, broken.Parent); len(got) != 1+len(cfg.ClassesUnder(broken.Parent)) {
		t.Errorf("%s means %d classes", broken.Parent, len(got))
	}
	deeper := *all[i] // with a class beneath the class that lies beneath a group
	at := slices.IndexFunc(deeper.Items, func(x blueprint.Item) bool { return x.Key == broken.Key })
	third := deeper.Items[at]
	third.Key, third.Body = "matter-06013-1", json.RawMessage(strings.ReplaceAll(string(third.Body), broken.Parent, broken.Key))
	deeper.Items = append(slices.Clone(deeper.Items), third)
	tree, err := blueprint.Effective(&deeper, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := classesMeant(tree, broken.Parent); !slices.Contains(got, "matter-06013-1") {
		t.Errorf("%s means all beneath it, the third level too: %v", broken.Parent, got)
	}
	if got := classesMeant(cfg, "道路"); len(got) < 3 || !slices.Contains(got, broken.Key) {
		t.Errorf("道路 means %v", got)
	}
	if got := classesMeant(cfg, "没有这样的类别"); got != nil {
		t.Errorf("words of no class mean %v", got)
	}
}
