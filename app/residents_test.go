package app_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// A resident signs in by a code, reports in a few taps, follows, adds, urges, hears of the end, is not satisfied and finds it
// reopened; rates it well the second time, and once only.
func TestAResidentsMatter(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	s := d.street(700_000)
	base := "/r/" + s.Slug
	p := d.person()

	p.ok("GET", base+"/", nil, s.Name, "我要反映", "119", "12345")
	if p.do("GET", base+"/report", nil); p.last != base+"/sign-in?return_to="+url.QueryEscape(base+"/report") {
		t.Errorf("not signed in, reporting leads to %s", p.last)
	}
	p.from = base + "/report?class=x" // open since before the session ended
	if status, body := p.do("POST", base+"/report", url.Values{"description": {"东门垃圾"}}); status != http.StatusUnauthorized || !strings.Contains(body, base+"/sign-in") || !strings.Contains(body, "东门垃圾") {
		t.Errorf("a form sent after the session ended is answered %d at %s", status, p.last)
	}
	p.from = ""
	p.signIn(s)
	p.ok("GET", base+"/report", nil, "垃圾没人清", "诉讼")
	p.ok("GET", base+"/report?class=matter-06010", nil, "在哪里？", "在哪里", p.phone)
	if status, body := p.do("POST", base+"/report", url.Values{"class": {"matter-06010"}, "description": {""}, "address": {"枫桥路"}}); status != 422 || !strings.Contains(body, "请填写此项") || !strings.Contains(body, "枫桥路") {
		t.Errorf("an empty report: %d", status)
	}
	id := p.report(s, "东门垃圾堆了三天")
	at := base + "/matters/" + id.String()
	p.ok("GET", base+"/matters", nil, "东门垃圾堆了三天", "已收到，等待受理")
	status, body := p.do("POST", base+"/report", url.Values{"class": {"matter-06010"}, "description": {"东门垃圾堆了三天没人管"}, "address": {"枫桥路18号东门"}})
	if status != http.StatusConflict || !strings.Contains(body, "是同一件事吗") || !strings.Contains(body, at+"/words") {
		t.Errorf("the same again: %d", status)
	}
	p.ok("POST", at+"/words", url.Values{"words": {"今天又多了两袋"}}, "已补充", "今天又多了两袋")
	p.ok("POST", at+"/urge", nil, "您催办了一次", "今天已经催办过")
	if status, _ := p.do("POST", at+"/urge", nil); status != http.StatusConflict {
		t.Errorf("urging twice a day: %d", status)
	}
	if status, _ := p.do("GET", at+"/rate", nil); status != http.StatusConflict {
		t.Errorf("rating before the end: %d", status)
	}
	d.finish(s, id)
	body = p.ok("GET", at, nil, "已办结", "已清运并消杀", "已派给环卫站", "评价这次办理")
	if strings.Contains(body, "工作人员") || strings.Contains(body, "工号") {
		t.Error("a resident reads who works there")
	}
	p.ok("GET", base+"/messages", nil, "街道已受理", "已派给环卫站", "已办结", "未读")
	if body := p.ok("POST", base+"/messages/read", nil); strings.Contains(body, ">未读<") {
		t.Error("read messages are unread")
	}
	rating := url.Values{"q_contacted": {"no"}, "q_solved": {"no"}, "q_satisfaction": {"not"}}
	if status, body := p.do("POST", at+"/rate", rating); status != 422 || !strings.Contains(body, "请回答此题") {
		t.Errorf("unsolved without saying why: %d", status)
	}
	rating.Set("q_unsolved-why", "again")
	rating.Set("q_unsatisfied-why", "unsolved")
	rating.Set(ui.RequestField, tenants.NewID().String())
	p.ok("POST", at+"/rate", rating, "已退回重新办理", "办理中", "您作了评价", "没有解决，不满意")
	if got := d.told(s, id, "case.called_back"); got["valid"] != "yes" || got["solved"] != "no" || got["satisfaction"] != "not" || got["voice"] != "petitioner" {
		t.Errorf("the rating is recorded as %v", got)
	}
	d.staff(s, func(ctx context.Context, tx tenants.Tx) error {
		c, _, err := cases.Find(ctx, tx, id)
		if err == nil && (c.Stage != cases.Handling || c.Reopened != 1 || c.Lead.State != cases.Working) {
			t.Errorf("unsatisfied, it stands at %s, reopened %d", c.Stage, c.Reopened)
		}
		if err == nil {
			_, err = cases.Handle(ctx, tx, id, "再次清运，安排专人巡查")
		}
		if err == nil {
			_, err = cases.Check(ctx, tx, id, cases.Finding{Pass: true, Close: true})
		}
		return err
	})
	good := url.Values{"q_contacted": {"yes"}, "q_solved": {"yes"}, "q_satisfaction": {"satisfied"}, "q_words": {"谢谢"}}
	p.ok("POST", at+"/rate", good, "感谢您的评价", "已解决，满意")
	good.Set(ui.RequestField, tenants.NewID().String())
	if status, _ := p.do("POST", at+"/rate", good); status != http.StatusConflict {
		t.Errorf("a second rating of one closing: %d", status)
	}
	var valid int
	if err := d.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT count(*) FROM callbacks WHERE tenant_id=$1 AND case_id=$2 AND valid", int32(s.ID), id).Scan(&valid); err != nil || valid != 2 {
		t.Errorf("%d valid call-backs, want 2 (%v)", valid, err)
	}
}

// One telephone in two streets, and another resident beside: each sees the own matters of this street only, at every address
// there is. What the neighbour has gives the answer of what nobody has.
func TestResidentsSeeTheirOwnOnly(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	a, b := d.street(710_000), d.street(720_000)
	p, other := d.person(), d.person()
	p.signIn(a)
	mine := p.report(a, "甲街道本人的事项")
	if p.do("GET", "/r/"+b.Slug+"/matters", nil); !strings.HasPrefix(p.last, "/r/"+b.Slug+"/sign-in") {
		t.Errorf("signed in at one street, another one led to %s", p.last)
	}
	d.nextCode(p)
	p.signIn(b)
	elsewhere := p.report(b, "乙街道本人的事项")
	other.signIn(a)
	theirs := other.report(a, "甲街道别人的事项")

	for _, page := range []string{"/", "/matters", "/messages", "/me", "/me/export"} {
		body := p.ok("GET", "/r/"+a.Slug+page, nil)
		if strings.Contains(body, "乙街道本人") || strings.Contains(body, "别人的事项") || strings.Contains(body, other.phone) {
			t.Errorf("%s shows another street's or another's:\n%s", page, body)
		}
	}
	before := everything(t, d.Super(t, tenants.Home), a.ID) + everything(t, d.Super(t, tenants.Home), b.ID)
	probed := 0
	for _, route := range d.Site.Routes() {
		if route.Door != "resident" || !strings.Contains(route.Pattern, "{id}") {
			continue
		}
		path := func(id string) string {
			return strings.NewReplacer("{tenant}", a.Slug, "{id}", id).Replace(route.Pattern)
		}
		form := url.Values{"words": {"补充"}, "q_contacted": {"yes"}, "q_solved": {"yes"}, "q_satisfaction": {"satisfied"}}
		nobodys := uuid.NewString()
		none, ghost := p.do(route.Method, path(nobodys), form)
		ghost = blank(strings.ReplaceAll(ghost, nobodys, "ID"))
		for _, id := range []string{elsewhere.String(), theirs.String(), "x"} {
			probed++
			form.Set(ui.RequestField, tenants.NewID().String())
			status, body := p.do(route.Method, path(id), form)
			if status != none || id != "x" && blank(strings.ReplaceAll(body, id, "ID")) != ghost {
				t.Errorf("%s %s with somebody else's number: %d, nobody's: %d, or their bodies differ", route.Method, route.Pattern, status, none)
			}
			if strings.Contains(body, "别人的事项") || strings.Contains(body, "乙街道") {
				t.Errorf("%s %s shows somebody else's", route.Method, route.Pattern)
			}
		}
	}
	if after := everything(t, d.Super(t, tenants.Home), a.ID) + everything(t, d.Super(t, tenants.Home), b.ID); after != before {
		t.Error("a probe changed something")
	}
	if probed < 15 {
		t.Errorf("only %d probes", probed)
	}
	p.ok("GET", "/r/"+a.Slug+"/matters/"+mine.String(), nil, "甲街道本人的事项")

	// A resident's session is none at the console, and the other way round.
	if p.do("GET", "/s/"+a.Slug+"/cases", nil); !strings.HasPrefix(p.last, "/login") {
		t.Errorf("a resident at the console was led to %s", p.last)
	}
	for _, c := range p.client.Jar.Cookies(mustURL(t, p.server.URL)) {
		if c.Name == "__Host-wanjie-resident" {
			c.Name = "__Host-wanjie"
			c.Secure, c.Path = true, "/"
			p.client.Jar.SetCookies(mustURL(t, p.server.URL), []*http.Cookie{c})
		}
	}
	if p.do("GET", "/s/"+a.Slug+"/cases", nil); !strings.HasPrefix(p.last, "/login") {
		t.Errorf("a resident's session in the staff's cookie was led to %s", p.last)
	}
}

// Nobody learns from the door which numbers are known, and it does not send codes without end. The owner of a number that
// belongs to the staff hears so with the code in hand. A receipt is followed with number and tail, and shows none of its words.
func TestTheResidentsDoorIsDiscreet(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	s := d.street(750_000)
	base := "/r/" + s.Slug
	old, fresh, staff := d.person(), d.person(), d.person()
	old.signIn(s)
	id := old.report(s, "不该给别人看的话")
	d.nextCode(old)
	if _, _, err := d.Keeper.Client.CreateIdentity(t.Context(), auth.Staff{Name: "工作人员", Phone: staff.phone}); err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	for name, p := range map[string]*person{"known": old, "new": fresh, "staff": staff} {
		body := p.ok("POST", base+"/sign-in", url.Values{"phone": {p.phone}, "agree": {"2026-11"}})
		flow := inFlow.FindStringSubmatch(body)[1]
		pages[name] = blank(strings.NewReplacer(p.phone, "PHONE", flow, "FLOW").Replace(body))
		if p == staff {
			_, said := p.do("POST", base+"/sign-in/code", url.Values{"phone": {p.phone}, "agree": {"2026-11"}, "flow": {flow}, "code": {p.code()}})
			if !strings.Contains(said, "工作人员账号") {
				t.Errorf("a member of staff with the code hears:\n%s", said)
			}
		}
	}
	if strip(pages["new"]) != strip(pages["staff"]) || strip(pages["known"]) != strip(pages["new"]) {
		t.Error("the door tells known numbers from others")
	}
	status := http.StatusOK
	for range 3 { // a Redis that takes longer than a fifth of a second counts nobody
		if status, _ = fresh.do("POST", base+"/sign-in", url.Values{"phone": {fresh.phone}, "agree": {"2026-11"}}); status == http.StatusTooManyRequests {
			break
		}
	}
	if status != http.StatusTooManyRequests {
		t.Errorf("further codes at once: %d", status)
	}
	var number string
	if err := d.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT number FROM cases WHERE tenant_id=$1 AND id=$2", int32(s.ID), id).Scan(&number); err != nil {
		t.Fatal(err)
	}
	body := fresh.ok("POST", base+"/follow", url.Values{"number": {number}, "tail": {old.phone[7:]}}, "已收到，等待受理")
	if strings.Contains(body, "不该给别人看的话") || strings.Contains(body, "枫桥路18号东门") || strings.Contains(body, old.phone) {
		t.Error("a receipt shows what was reported")
	}
	wrong, saidA := fresh.do("POST", base+"/follow", url.Values{"number": {number}, "tail": {"0000"}})
	none, saidB := fresh.do("POST", base+"/follow", url.Values{"number": {"20200101-00001"}, "tail": {"0000"}})
	if wrong != 404 || wrong != none || !strings.Contains(saidA, "没有找到") || !strings.Contains(saidB, "没有找到") {
		t.Errorf("a wrong tail: %d, no such number: %d", wrong, none)
	}
}
