package cases

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/files"
	"wanjie/jobs"
	"wanjie/tenants"
)

// table is an export as rows of cells by the head's names.
type table struct {
	head []string
	rows []map[string]string
}

func (t table) column(name string) (out []string) {
	for _, r := range t.rows {
		out = append(out, r[name])
	}
	return out
}

func named(lines [][]string) (t table) {
	for i, line := range lines {
		if i == 0 {
			t.head = line
			continue
		}
		row := map[string]string{}
		for j, v := range line {
			row[t.head[j]] = v
		}
		t.rows = append(t.rows, row)
	}
	return t
}

func (b browser) csv(path string) table {
	b.t.Helper()
	w := b.send(http.MethodGet, path, nil)
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") {
		b.t.Fatalf("%s answers %d %s: %s", path, w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	return asCSV(b.t, w.Body.Bytes())
}

func asCSV(t testing.TB, body []byte) table {
	t.Helper()
	text, marked := bytes.CutPrefix(body, []byte("\ufeff"))
	if !marked {
		t.Error("the file has no mark by which Excel knows UTF-8")
	}
	lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return named(lines)
}

// looks counts the looks of a person for a purpose.
func (s *street) looks(person int64, purpose string) (n int) {
	s.t.Helper()
	if err := s.view.QueryRow(s.t.Context(), "SELECT count(*) FROM looks WHERE tenant_id = $1 AND actor = $2 AND purpose = $3 AND object = 'case' AND fields = 'petitioner,phone,address,description'",
		int32(s.ID), person, purpose).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

// exported lists the exports in the journal, as kind and dimensions.
func (s *street) exported() (out []string) {
	s.t.Helper()
	rows, err := s.view.Query(s.t.Context(), "SELECT kind, after->>'format', after->>'rows', coalesce(after->>'purpose', '') FROM journal WHERE tenant_id = $1 AND object = 'export' ORDER BY n", int32(s.ID))
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var kind, format, n, purpose string
		if err := rows.Scan(&kind, &format, &n, &purpose); err != nil {
			s.t.Fatal(err)
		}
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", kind, format, n, purpose)))
	}
	return out
}

// A short list leaves at once, as it stands on the desk, with its times, and without what tells who asked.
func TestAListLeavesAsItStandsOnTheDesk(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	in := rubbish()
	in.Title = "=HYPERLINK(\"http://x\") 请回电13812345678"
	first := must(t)(s.as(ctx, clerk, report(in)))
	must(t)(s.as(ctx, clerk, verb(File, first.ID, Filing{})))
	must(t)(s.as(ctx, sender, verb(Dispatch, first.ID, toSanitation)))
	hold.Move(at("2026-11-23 11:30"))
	must(t)(s.as(ctx, clerk, report(rubbish())))

	b := s.browser(ctx, sender)
	b.get("/cases").has(1, `#list a[href$="/cases/export?"]`)
	b.get("/cases?stage=filed&late=1").has(0, `#list a[href*="/cases/export"]`)
	form := b.get("/cases/export?stage=handling&unit=sanitation")
	form.has(1, `form[method=get][action$="/cases/export/download"] input[name=stage][value=handling]`)
	form.has(1, `form input[name=unit][value=sanitation]`)
	form.has(0, `form [name=entire]`)
	form.says("处置中", "环卫站", "1 件")

	got := b.csv("/cases/export/download?format=csv")
	if !slices.Equal(got.column("案卷编号"), []string{"20261123-00002", "20261123-00001"}) {
		t.Errorf("numbers %q", got.column("案卷编号"))
	}
	want := map[string]string{
		"标题": "'=HYPERLINK(\"http://x\") 请回电138****5678", "类别": "暴露垃圾", "承办单位": "环卫站", "状态": "处置中", "上报时间": "2026-11-23 10:00:00", "派遣时间": "2026-11-23 10:00:00",
		"签收时间": "", "诉求人": "王**", "联系电话": "138****8000",
	}
	for name, v := range want {
		if got.rows[1][name] != v {
			t.Errorf("%s is %q, want %q", name, got.rows[1][name], v)
		}
	}
	if slices.Contains(got.head, "详细地址") || slices.Contains(got.head, "问题描述") {
		t.Errorf("columns %q", got.head)
	}
	if n := len(b.csv("/cases/export/download?format=csv&stage=handling").rows); n != 1 {
		t.Errorf("%d rows of one that is handled", n)
	}

	w := b.send(http.MethodGet, "/cases/export/download?format=xlsx&from=2026-11-23", nil)
	book, err := excelize.OpenReader(w.Body)
	if err != nil {
		t.Fatalf("%d: %v", w.Code, err)
	}
	defer book.Close()
	lines, err := book.GetRows("案卷")
	if err != nil || len(lines) != 3 || named(lines).rows[1]["标题"] != "=HYPERLINK(\"http://x\") 请回电138****5678" {
		t.Errorf("the workbook says %q (%v)", lines, err)
	}
	if f, _ := book.GetCellFormula("案卷", "C3"); f != "" {
		t.Errorf("the title is a formula: %q", f)
	}
	if name := w.Header().Get("Content-Disposition"); !strings.Contains(name, url.PathEscape("案卷_20261123_1130.xlsx")) {
		t.Errorf("it is called %s", name)
	}
	if want := []string{"export.taken csv 2", "export.taken csv 1", "export.taken xlsx 2"}; !slices.Equal(s.exported(), want) {
		t.Errorf("the journal says %q, want %q", s.exported(), want)
	}
	var n int
	if err := s.view.QueryRow(t.Context(), "SELECT count(*) FROM looks WHERE tenant_id = $1", int32(s.ID)).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d looks at masked data (%v)", n, err)
	}
	if w := b.send(http.MethodGet, "/cases/export/download?format=pdf", nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("another format: %d", w.Code)
	}
}

// Nobody exports what he does not see, and who may not export does not.
func TestAnExportReachesAsFarAsItsPerson(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	c := must(t)(s.as(ctx, clerk, report(rubbish())))
	must(t)(s.as(ctx, clerk, verb(File, c.ID, Filing{})))
	must(t)(s.as(ctx, sender, verb(Dispatch, c.ID, toSanitation)))
	must(t)(s.as(ctx, clerk, report(rubbish())))
	for person, want := range map[int64]int{sender: 2, chief: 2, leader: 2, worker: 1, other: 0} {
		if got := len(s.browser(ctx, person).csv("/cases/export/download?format=csv&stage=any").rows); got != want {
			t.Errorf("person %d exports %d cases, want %d", person, got, want)
		}
	}
	for _, person := range []int64{clerk, checker, caller, grid} {
		for _, path := range []string{"/cases/export", "/cases/export/download?format=csv", "/cases/exports"} {
			if w := s.browser(ctx, person).send(http.MethodGet, path, nil); w.Code != http.StatusForbidden {
				t.Errorf("person %d asks for %s: %d", person, path, w.Code)
			}
		}
		s.browser(ctx, person).get("/cases").has(0, `a[href*="/cases/export"]`)
	}
	s.browser(ctx, other).get("/cases/export?stage=any").has(0, `form[action*="export"]`)
}

// In full it leaves for a purpose, by who may, with a look at each case; who asked not to be named is in no file.
func TestPetitionersLeaveForAPurposeOnTheRecord(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	must(t)(s.as(ctx, clerk, report(rubbish())))
	must(t)(s.as(ctx, clerk, report(rubbish())))
	secret := rubbish()
	secret.Confidential, secret.Petitioner, secret.Address = true, "李保密", "某某路1号"
	must(t)(s.as(ctx, clerk, report(secret)))

	if w := s.browser(ctx, sender).send(http.MethodGet, "/cases/export/download?format=csv&entire=yes&purpose=export_review", nil); w.Code != http.StatusForbidden {
		t.Errorf("without the capability: %d", w.Code)
	}
	b := s.browser(ctx, chief)
	b.get("/cases/export").has(2, `form input[name=entire]`)
	for _, purpose := range []string{"", "contact", "x"} {
		p := b.read(b.send(http.MethodGet, "/cases/export/download?format=csv&entire=yes&stage=any&purpose="+purpose, nil))
		if p.Status != http.StatusUnprocessableEntity {
			t.Errorf("purpose %q: %d", purpose, p.Status)
		}
		p.has(1, `select[name=purpose][aria-invalid=true]`)
		p.has(1, `input[name=entire][value=yes][checked]`)
		p.has(1, `input[name=stage][value=any]`)
	}
	if n := s.looks(chief, "export_review"); n != 0 || len(s.exported()) != 0 {
		t.Errorf("%d looks and acts %q before anything left", n, s.exported())
	}
	got := b.csv("/cases/export/download?format=csv&entire=yes&purpose=export_review")
	if want := []string{"（保密）", "王小明", "王小明"}; !slices.Equal(got.column("诉求人"), want) {
		t.Errorf("petitioners %q", got.column("诉求人"))
	}
	if r := got.rows[1]; r["联系电话"] != "13800138000" || r["详细地址"] != "枫桥路18号东门" || !strings.Contains(r["问题描述"], "无人清理") {
		t.Errorf("the row in full: %q", r)
	}
	if r := got.rows[0]; r["联系电话"] != "（保密）" || r["详细地址"] != "（保密）" || r["问题描述"] != "（保密）" {
		t.Errorf("the confidential row: %q", r)
	}
	if n := s.looks(chief, "export_review"); n != 2 {
		t.Errorf("%d looks at two petitioners", n)
	}
	if want := []string{"export.taken csv 3 export_review"}; !slices.Equal(s.exported(), want) {
		t.Errorf("the journal says %q", s.exported())
	}
}

// job runs the newest export job of the street as a worker would, at its nth attempt.
func (s *street) job(ctx context.Context, attempt int) error {
	s.t.Helper()
	var payload []byte
	if err := s.view.QueryRow(s.t.Context(), "SELECT payload FROM outbox WHERE tenant_id = $1 AND kind = $2 ORDER BY id DESC LIMIT 1", int32(s.ID), exportName).Scan(&payload); err != nil {
		s.t.Fatal(err)
	}
	return runExport(ctx, jobs.Env{DB: s.DB, Tenant: s.ID, Placement: s.place, Attempt: attempt}, payload)
}

// only is the one export of a person.
func (s *street) only(person int64) (x Export) {
	s.t.Helper()
	s.do(person, func(ctx context.Context, tx tenants.Tx) error {
		all, err := Exports(ctx, tx)
		if err == nil && len(all) != 1 {
			err = fmt.Errorf("%d exports", len(all))
		}
		if err == nil {
			x = all[0]
		}
		return err
	})
	return x
}

// A long list is written by a job, in pages, into a file that its person alone may fetch.
func TestALongListIsWrittenByAJob(t *testing.T) {
	t.Parallel()
	s, away := openStreet(t, tenants.Home), openStreet(t, tenants.Home)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	const many = exportAtOnce + 1
	s.do(0, func(_ context.Context, tx tenants.Tx) error {
		for range many { // at one instant, so that pages must tell them apart by id
			if _, err := Report(ctx, tx, rubbish()); err != nil {
				return err
			}
		}
		return nil
	})
	b := s.browser(ctx, chief)
	form := b.get("/cases/export")
	form.has(1, `form[method=post][action$="/cases/exports"]`)
	form.says("3,001 件", "后台生成")
	if w := b.send(http.MethodGet, "/cases/export/download?format=csv", nil); w.Code != http.StatusSeeOther || !strings.Contains(w.Header().Get("Location"), "/cases/export?") {
		t.Errorf("too long to leave at once: %d %s", w.Code, w.Header().Get("Location"))
	}
	if w := b.post("/cases/exports", url.Values{"format": {"csv"}, "entire": {"yes"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without a purpose: %d", w.Code)
	}
	ask := url.Values{"format": {"csv"}, "entire": {"yes"}, "purpose": {"export_review"}, "stage": {"reported"}}
	if w := b.post("/cases/exports", ask); w.Code != http.StatusSeeOther {
		t.Fatalf("asking: %d %s", w.Code, w.Body)
	}
	x := s.only(chief)
	path := "/cases/exports/" + x.ID.String()
	waiting := b.get("/cases/exports")
	waiting.says("排队中", "状态：已上报", "完整信息")
	waiting.has(1, `#list[hx-trigger]`)
	if w := b.send(http.MethodGet, path+"/download", nil); w.Code != http.StatusNotFound {
		t.Errorf("before it is written: %d", w.Code)
	}
	if err := s.job(ctx, 1); err != nil {
		t.Fatal(err)
	}
	done := b.get("/cases/exports")
	done.says("可下载", "3,001 件", "2026-11-30 10:00")
	done.has(0, `#list[hx-trigger]`)
	done.has(1, `a[href$="`+path+`/download"]`)
	if n := s.looks(chief, "export_review"); n != many {
		t.Errorf("%d looks at %d cases", n, many)
	}
	w := b.send(http.MethodGet, path+"/download", nil)
	got := asCSV(t, w.Body.Bytes())
	numbers := got.column("案卷编号")
	slices.Sort(numbers)
	if len(slices.Compact(numbers)) != many || got.rows[0]["诉求人"] != "王小明" || w.Header().Get("Content-Length") != fmt.Sprint(w.Body.Len()) {
		t.Errorf("%d different cases of %d; first %q", len(numbers), many, got.rows[0])
	}
	if want := []string{"export.asked csv 3001 export_review", "export.taken csv 3001 export_review"}; !slices.Equal(s.exported(), want) {
		t.Errorf("the journal says %q", s.exported())
	}

	// Somebody else's, another street's and none at all are the same.
	var bodies []string
	for _, other := range []struct {
		browser
		id string
	}{{s.browser(ctx, leader), x.ID.String()}, {away.browser(ctx, chief), x.ID.String()}, {b, tenants.NewID().String()}} {
		for _, verb := range []string{"/download", "/retry", "/remove"} {
			send := func() int {
				if verb == "/download" {
					w := other.send(http.MethodGet, "/cases/exports/"+other.id+verb, nil, asProgram)
					bodies = append(bodies, strings.Split(w.Body.String(), `"request"`)[0])
					return w.Code
				}
				return other.post("/cases/exports/"+other.id+verb, url.Values{}, asProgram).Code
			}
			if code := send(); code != http.StatusNotFound {
				t.Errorf("person %d of %s, %s: %d", other.person, other.Slug, verb, code)
			}
		}
	}
	for _, body := range bodies {
		if body != bodies[0] {
			t.Errorf("answers differ: %s and %s", body, bodies[0])
		}
	}

	// After seven days it is gone, and can be made again.
	if w := b.post(path+"/retry", url.Values{}); w.Code != http.StatusConflict {
		t.Errorf("a finished one again: %d", w.Code)
	}
	hold.Move(at("2026-11-30 10:01"))
	b.get("/cases/exports").says("已过期")
	if w := b.send(http.MethodGet, path+"/download", nil); w.Code != http.StatusNotFound {
		t.Errorf("an expired file: %d", w.Code)
	}
	if w := b.post(path+"/retry", url.Values{}); w.Code != http.StatusSeeOther {
		t.Errorf("an expired one again: %d", w.Code)
	}
	if err := s.job(ctx, 1); err != nil {
		t.Fatal(err)
	}
	if w := b.send(http.MethodGet, path+"/download", nil); w.Code != http.StatusOK {
		t.Errorf("made again: %d", w.Code)
	}
	if w := b.post(path+"/remove", url.Values{}); w.Code != http.StatusSeeOther {
		t.Errorf("deleting it: %d", w.Code)
	}
	if w := b.send(http.MethodGet, path+"/download", nil); w.Code != http.StatusNotFound {
		t.Errorf("a deleted file: %d", w.Code)
	}
}

// What goes wrong is said, leaves no file, and can be tried again.
func TestAnExportThatFails(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	must(t)(s.as(ctx, clerk, report(rubbish())))
	b := s.browser(ctx, chief)
	ask := func() {
		t.Helper()
		if w := b.post("/cases/exports", url.Values{"format": {"xlsx"}}); w.Code != http.StatusSeeOther {
			t.Fatalf("asking: %d %s", w.Code, w.Body)
		}
	}
	ask()
	x := s.only(chief)

	// The process stops in the middle: the job comes again by itself.
	stopped, stop := context.WithCancel(ctx)
	stop()
	if err := s.job(stopped, 1); err == nil {
		t.Error("a stopped job says it is done")
	}
	if got := s.only(chief); got.State != ExportWaiting && got.State != ExportRunning {
		t.Errorf("after a stop it is %s", got.State)
	}
	hold.Move(at("2026-11-23 10:20"))
	b.get("/cases/exports").says("已中断")
	b.get("/cases/exports").has(1, `form[action$="/retry"]`)

	// Who may not any more gets nothing, and is told.
	if _, err := s.view.Exec(t.Context(), "UPDATE grants SET ended_at = now() WHERE tenant_id = $1 AND person = $2", int32(s.ID), chief); err != nil {
		t.Fatal(err)
	}
	if err := s.job(ctx, 2); err != nil {
		t.Errorf("a job that nobody may have comes again: %v", err)
	}
	if _, err := s.view.Exec(t.Context(), "UPDATE grants SET ended_at = NULL WHERE tenant_id = $1 AND person = $2", int32(s.ID), chief); err != nil {
		t.Fatal(err)
	}
	b.get("/cases/exports").says("未完成", "您没有进行此操作的权限")
	var n int
	if err := s.view.QueryRow(t.Context(), "SELECT count(*) FROM files WHERE tenant_id = $1", int32(s.ID)).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d files are left (%v)", n, err)
	}

	// Tried again, the job of the earlier try does nothing any more.
	old, _ := json.Marshal(exportJobOf{x.ID, 1})
	if w := b.post("/cases/exports/"+x.ID.String()+"/retry", url.Values{}); w.Code != http.StatusSeeOther {
		t.Fatalf("trying again: %d", w.Code)
	}
	if err := runExport(ctx, jobs.Env{DB: s.DB, Tenant: s.ID, Attempt: 1}, old); err != nil || s.only(chief).State != ExportWaiting {
		t.Errorf("the earlier job wrote: %v, %s", err, s.only(chief).State)
	}
	if err := s.job(ctx, 1); err != nil || s.only(chief).State != ExportDone {
		t.Errorf("the new one: %v, %s", err, s.only(chief).State)
	}

	// Given up after its last attempt.
	ask()
	broken, stop := context.WithTimeout(ctx, time.Nanosecond)
	defer stop()
	if err := s.job(broken, exportTries); err == nil {
		t.Error("a broken job says it is done")
	}
	b.get("/cases/exports").says("系统繁忙，未能完成，请重试")
	for range exportsKept - 1 {
		ask()
	}
	if w := b.post("/cases/exports", url.Values{"format": {"csv"}}); w.Code != http.StatusConflict {
		t.Errorf("one too many: %d", w.Code)
	}
}

func TestAnExportHasABound(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	must(t)(s.as(ctx, clerk, report(rubbish())))
	x := extract{Wish: Wish{Format: "csv"}, rows: exportMost, lastAt: at("2030-01-01 00:00"), lastID: uuid.Max}
	s.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		if _, err := x.next(ctx, tx); !fault.Is(err, fault.Invalid) {
			t.Errorf("beyond the bound: %v", err)
		}
		return nil
	})
	if exportMost != 50_000 || !strings.Contains(errExportMost().Error(), "50,000") {
		t.Error("the sentence names another bound")
	}
	if files.Kept != 7*24*time.Hour {
		t.Error("the pages say seven days")
	}
	old, _ := clock.Hold(t.Context(), time.Now().Add(-exportListed-time.Hour))
	if w := s.browser(old, chief).post("/cases/exports", url.Values{"format": {"csv"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("asking: %d", w.Code)
	}
	if err := s.DB.System(t.Context(), tenants.Home, PurgeExports); err != nil {
		t.Fatal(err)
	}
	s.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		all, err := Exports(ctx, tx)
		if len(all) != 0 {
			t.Errorf("%d exports of last month are listed", len(all))
		}
		return err
	})
}

func TestNumbersThatTellWhoSomebodyIsAreHidden(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"请回电13812345678谢谢":      "请回电138****5678谢谢",
		"0512-68071234 无人接":     "051*****1234 无人接",
		"身份证320505199001011234": "身份证320***********1234",
		"案卷20261123-00042，18号楼": "案卷20261123-00042，18号楼",
	} {
		if got := WithoutNumbers(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
