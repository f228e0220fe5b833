package vendor_test

import (
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// A street is suspended, goes on, is suspended, closed and reopened, each time for a reason that its page
// keeps.
func TestStates(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.Street(t, tenantstest.At(tenantstest.Other), func(p *tenants.Plan) { p.Contract = "HT-1" })
	at := "/v/streets/" + s.ID.String()
	offered := func() string {
		return strings.Join(all(o.get(t, at, 200), "details summary"), " ")
	}
	why := func(to, ground, note string) url.Values {
		return url.Values{"to": {to}, "ground": {ground}, "note": {note}}
	}
	if got := offered(); got != "暂停使用" {
		t.Errorf("a street at work may be %q", got)
	}
	for _, form := range []url.Values{why("suspend", "", "欠费"), why("suspend", "arrears", ""), why("suspend", "settled", "欠费"), why("suspend", "arrears", strings.Repeat("长", 301))} {
		refused := o.post(t, at+"/state", form, 422).Body.String()
		if !strings.Contains(refused, "请检查标红的内容") || !strings.Contains(refused, " open>") || form.Get("note") == "欠费" && !strings.Contains(refused, ">欠费</textarea>") {
			t.Errorf("%v is refused without a word, or forgets what was typed", form)
		}
	}
	o.post(t, at+"/state", why("closed", "contract", "不续"), 409)
	o.post(t, at+"/state", why("close", "contract", "不续"), 409)
	for _, x := range []struct{ to, ground, note, tag, offered string }{
		{"suspend", "arrears", "三月账单未付", "已暂停", "恢复使用 关闭租户"},
		{"resume", "settled", "已到账", "正式运行", "暂停使用"},
		{"suspend", "request", "街道来函", "已暂停", "恢复使用 关闭租户"},
		{"close", "contract", "不再续签", "已关闭", "重新开放"},
		{"reopen", "renewal", "签了新合同", "正式运行", "暂停使用"},
	} {
		form, number := why(x.to, x.ground, x.note), tenants.NewID().String()
		for range 2 {
			if to := o.again(t, at+"/state", form, number, 303).Header().Get("Location"); to != at+"?done=switched" {
				t.Errorf("%s leads to %s", x.to, to)
			}
		}
		if got := all(o.get(t, at, 200), ".facts .tag"); len(got) != 1 || got[0] != x.tag || offered() != x.offered {
			t.Errorf("after %s the page says %q and offers %q", x.to, got, offered())
		}
	}
	told := all(o.get(t, at, 200), ".moment")
	if len(told) != 5 || !strings.HasPrefix(told[0], "已关闭 → 正式运行 #9") || !strings.Contains(told[0], "合同已续签 签了新合同") || !strings.Contains(told[4], "费用逾期未结 三月账单未付") {
		t.Errorf("its page tells %q", told)
	}
	o.refuse["streets.open"] = true
	if got := offered(); got != "" {
		t.Errorf("who may only look is offered %q", got)
	}
	o.post(t, at+"/state", why("suspend", "other", "试试"), 403)
}

// A POST that comes twice is answered once: the same reply and no second message; another body or person
// under its number is refused; what failed may be tried again.
func TestRepeatedPosts(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.Street(t)
	at := "/v/streets/" + s.ID.String() + "/invite"
	form := url.Values{"role": {"street_admin"}, "name": {"周敏"}, "phone": {"13800000001"}}
	number := tenants.NewID().String()

	o.again(t, at, url.Values{"role": {"street_admin"}, "name": {"周敏"}}, number, 422)
	o.failing = errors.New("the sign-in service is away")
	o.again(t, at, form, number, 500)
	o.failing = nil
	first := o.again(t, at, form, number, 303).Header().Get("Location")
	for range 3 {
		if again := o.again(t, at, form, number, 303).Header().Get("Location"); again != first {
			t.Errorf("first %s, then %s", first, again)
		}
	}
	if len(o.invited) != 1 || o.invited[0].Request.String() != number {
		t.Errorf("invited %+v", o.invited)
	}
	form.Set("phone", "13800000002")
	o.again(t, at, form, number, 409)
	o.again(t, "/v/health/retry", form, number, 409)
	form.Set("phone", "13800000001")
	o.person = 10
	o.again(t, at, form, number, 409)
	o.person = 9
	o.post(t, at, form, 303) // asked anew
	if len(o.invited) != 2 {
		t.Errorf("%d invitations, want two", len(o.invited))
	}

	// A double click: the second waits for the first.
	number, o.slow = tenants.NewID().String(), make(chan struct{})
	var clicks sync.WaitGroup
	var replies [2]string
	for i := range replies {
		f := url.Values{"role": {"street_admin"}, "name": {"周敏"}, "phone": {"13800000001"}}
		clicks.Go(func() { replies[i] = o.again(t, at, f, number, 303).Header().Get("Location") })
	}
	time.Sleep(200 * time.Millisecond)
	close(o.slow)
	clicks.Wait()
	if len(o.invited) != 3 || replies[0] != first || replies[1] != first {
		t.Errorf("two clicks: %d invitations, replies %q", len(o.invited)-2, replies)
	}
}
