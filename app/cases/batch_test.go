package cases

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// waiting reports and files n cases that wait for dispatch.
func (s *street) waiting(t *testing.T, n int) (out []*Case) {
	t.Helper()
	for range n {
		c := must(t)(s.as(now(t), clerk, report(rubbish())))
		out = append(out, must(t)(s.as(now(t), clerk, verb(File, c.ID, Filing{}))))
	}
	return out
}

// A morning's rubbish goes to the sanitation station at one click; what cannot go says why, and stops no other.
func TestTickedCasesGoToTheirProposedUnits(t *testing.T) {
	t.Parallel()
	s, away := openStreet(t, tenants.Home), openStreet(t, tenants.Home)
	ctx := now(t)
	list := s.waiting(t, 3)
	unheard := must(t)(s.as(ctx, clerk, report(rubbish()))) // not filed yet
	theirs := must(t)(away.as(ctx, clerk, report(rubbish())))
	desk := s.browser(ctx, sender)

	page := desk.get("/cases?stage=filed")
	page.has(3, `#list tbody tr .pick input[form=batch][name=case]`)
	page.has(3, `#list td[data-waiting]`)
	page.has(3, `#list button[data-accept][form=one]`)
	page.says("建议：环卫站", "法定", "《城市市容和环境卫生管理条例》", "同类同社区另有3件在办")
	s.browser(ctx, worker).get("/cases?stage=any").has(0, `[data-batch], [data-accept]`)

	form := url.Values{ui.RequestField: {tenants.NewID().String()}, "back": {"stage=filed&page=2&evil=1"}}
	for _, c := range list[:2] {
		form.Add("case", c.ID.String()+" "+sanitation)
	}
	form.Add("case", unheard.ID.String())
	form.Add("case", list[2].ID.String()+" "+greening) // the list said something else when the page was made
	form.Add("case", theirs.ID.String()+" "+sanitation)
	form.Add("case", list[0].ID.String()+" "+sanitation) // ticked twice
	w := desk.post("/cases/batch/dispatch", form)
	if w.Code != http.StatusOK {
		t.Fatalf("the batch answers %d: %s", w.Code, w.Body)
	}
	told := desk.read(w)
	told.has(5, `tbody tr`)
	told.has(2, `tbody .tag-good`)
	told.has(1, `a[href$="/cases?page=2&stage=filed"].btn`)
	told.says("2 件已办理，3 件未办理", "案卷的状态已经变化", "建议的承办单位已经变化", "页面不存在")
	told.hides(theirs.ID.String(), "evil")
	for _, c := range list[:2] {
		if got := s.find(ctx, c.ID); got.Stage != Handling || got.Unit != sanitation || got.Lead.Basis != Statutory {
			t.Errorf("%s: %s at %q", got.Number, got.Stage, got.Unit)
		}
	}
	if got := s.find(ctx, list[2].ID); got.Stage != Filed {
		t.Errorf("%s went to a unit that nobody saw proposed", got.Number)
	}

	// The same form again does nothing twice and says the same of those that went.
	before := s.kinds(list[0].ID)
	again := desk.read(desk.post("/cases/batch/dispatch", form))
	again.has(2, `tbody .tag-good`)
	if after := s.kinds(list[0].ID); len(after) != len(before) {
		t.Errorf("a repeat left acts: %v", after)
	}
	// Under another number the case is not dispatched a second time.
	form.Set(ui.RequestField, tenants.NewID().String())
	desk.read(desk.post("/cases/batch/dispatch", form)).has(0, `tbody .tag-good`)
	if after := s.kinds(list[0].ID); len(after) != len(before) {
		t.Errorf("dispatched twice: %v", after)
	}
	if got := away.find(ctx, theirs.ID); got.Stage != theirs.Stage {
		t.Errorf("another street's case is %s", got.Stage)
	}
}

// One click in a row leads back to the list it was made in; the desk's script hears it in words.
func TestOneRowIsTakenAsProposed(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	list := s.waiting(t, 2)
	desk := s.browser(ctx, sender)
	w := desk.post("/cases/batch/dispatch", url.Values{"case": {list[0].ID.String() + " " + sanitation}, "back": {"stage=filed"}})
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || !strings.HasSuffix(to, "/cases?done=dispatched&sent="+list[0].ID.String()+"&stage=filed") {
		t.Errorf("answers %d and leads to %q", w.Code, to)
	}
	if page := desk.get("/cases?done=dispatched&stage=filed&sent=" + list[0].ID.String()); !strings.Contains(page.Raw, list[0].ID.String()+"/recall") {
		t.Error("the list does not offer to take it back")
	}
	must(t)(s.as(ctx, worker, bare(Receive, list[0].ID)))
	if page := desk.get("/cases?done=dispatched&stage=filed&sent=" + list[0].ID.String()); strings.Contains(page.Raw, "/recall") {
		t.Error("the list offers to take back what was signed for")
	}
	if w := desk.post("/cases/"+list[0].ID.String()+"/recall", url.Values{}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "承办单位已签收") {
		t.Errorf("taken back after the signature: %d", w.Code)
	}
	w = desk.post("/cases/batch/dispatch", url.Values{"case": {list[1].ID.String() + " " + sanitation}}, asProgram)
	var told struct {
		Went int
		Say  string
		Undo struct{ Action, Field, Request string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &told); err != nil || told.Went != 1 || told.Say != list[1].Number+" 已派遣 → 环卫站" {
		t.Errorf("the script hears %s (%v)", w.Body, err)
	}
	if _, action, _ := strings.Cut(told.Undo.Action, s.Slug); told.Undo.Request == "" || desk.post(action, url.Values{told.Undo.Field: {told.Undo.Request}}, asProgram).Code != http.StatusOK {
		t.Errorf("the script cannot take it back by %+v", told.Undo)
	}
	if c := s.find(ctx, list[1].ID); c.Stage != Filed {
		t.Errorf("taken back, it is %s", c.Stage)
	}
}

func TestABatchIsRefusedWhole(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	one := s.waiting(t, 1)[0].ID.String()
	many := url.Values{}
	for range web.MostAtOnce + 1 {
		many.Add("case", uuid.NewString())
	}
	for name, c := range map[string]struct {
		person int64
		form   url.Values
		want   int
	}{
		"nothing ticked":      {sender, url.Values{}, http.StatusUnprocessableEntity},
		"too many":            {sender, many, http.StatusUnprocessableEntity},
		"no id":               {sender, url.Values{"case": {"nonsense"}}, http.StatusNotFound},
		"no right":            {worker, url.Values{"case": {one}}, http.StatusForbidden},
		"a stranger":          {nobody, url.Values{"case": {one}}, http.StatusNotFound},
		"no request's number": {sender, url.Values{"case": {one}, ui.RequestField: {"x"}}, http.StatusUnprocessableEntity},
	} {
		if w := s.browser(ctx, c.person).post("/cases/batch/dispatch", c.form); w.Code != c.want {
			t.Errorf("%s: %d, want %d", name, w.Code, c.want)
		}
	}
}

// The list may change between the page and the click: nobody gets a case by surprise.
func TestTheListMayHaveChanged(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	c := s.waiting(t, 1)[0]
	_, err := s.as(now(t), sender, verb(DispatchAsListed, c.ID, greening))
	if !fault.Is(err, fault.Conflict) {
		t.Errorf("another unit than shown: %v", err)
	}
	if got := must(t)(s.as(now(t), sender, verb(DispatchAsListed, c.ID, ""))); got.Unit != sanitation {
		t.Errorf("it went to %q", got.Unit)
	}
}

// Ticked cases leave as a file of their own.
func TestTickedCasesAreExported(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	list := s.waiting(t, 3)
	desk := s.browser(now(t), sender)
	q := url.Values{"stage": {"any"}, "request": {"x"}, "case": {list[0].ID.String() + " " + sanitation, list[2].ID.String()}}
	form := desk.get("/cases/export?" + q.Encode())
	form.has(2, `input[type=hidden][name=case]`)
	form.says("勾选", "2 件")
	q.Set("format", "csv")
	file := desk.send("GET", "/cases/export/download?"+q.Encode(), nil).Body.String()
	if !strings.Contains(file, list[0].Number) || !strings.Contains(file, list[2].Number) || strings.Contains(file, list[1].Number) {
		t.Errorf("the file has\n%s", file)
	}
}

// The drawer gets the sheet without the frame, and after an act the case as it stands then.
func TestTheSheetInTheDrawer(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	c := s.waiting(t, 1)[0]
	desk := s.browser(now(t), sender)
	path := "/cases/" + c.ID.String()
	into := header{"HX-Target", "drawer"}
	part := desk.get(path, byHtmx, into)
	part.has(0, "header.bar, [data-live], script")
	part.has(1, `.drawer-body form[action$="/dispatch"]`)
	part.has(1, `.drawer-head a[href$="`+path+`"]`)
	refused := desk.read(desk.post(path+"/dispatch", url.Values{"basis": {"statutory"}}, byHtmx, into))
	refused.has(1, `.drawer-body select[name=unit][aria-invalid=true]`)
	done := desk.post(path+"/dispatch", url.Values{"basis": {"statutory"}, "unit": {sanitation}}, byHtmx, into)
	to := strings.TrimPrefix(done.Header().Get("HX-Redirect"), "/s/"+s.Slug)
	after := desk.get(to, byHtmx, into)
	after.says("已派遣", "处置中")
	after.has(0, `form[action$="/dispatch"]`)
}
