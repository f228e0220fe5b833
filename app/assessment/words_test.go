package assessment

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"net/url"
	"strings"
	"testing"

	"wanjie/app/clock"
	"wanjie/tenants"
)

// On Monday the assessor writes the weekly report: what the figures say stands there already, the rest is typed under the
// street's headings, and kept with the figures. Later figures change neither; a word changed behind the product's back is found.
func TestWordsAreKeptWithTheReport(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	s.one(at("2026-11-04 10:00"), sanitation, "handle", "pass")
	ctx, _ := clock.Hold(t.Context(), at("2026-11-09 09:00"))
	b := s.browser(ctx, chief)
	sheet := b.get("/assessment/reports/week?on=2026-11-08")
	if n := len(sheet.all(`form[action$="/week/keep"] textarea`)); n != 4 {
		t.Fatalf("%d headings to write under", n)
	}
	if !strings.Contains(sheet.Raw, "受理量 1 件") {
		t.Error("the figures say nothing by themselves")
	}
	long := url.Values{"on": {"2026-11-08"}, "words1": {strings.Repeat("长", mostWords+1)}, "words3": {"下周继续"}}
	if p := b.post("/assessment/reports/week/keep", long); p.Status != 422 || !strings.Contains(p.Raw, "下周继续") || !strings.Contains(p.Raw, "内容过长") {
		t.Errorf("too long: %d, or what was typed is lost", p.Status)
	}
	if p := b.post("/assessment/reports/week/keep", url.Values{"on": {"2026-11-08"}, "words0": {"总体平稳。\r\n群众来电减少。"}, "words3": {"下周巡查三条背街"}}); p.Status != 303 {
		t.Fatalf("keep: %d %s", p.Status, p.Raw)
	}
	s.work(ctx, makeJob)
	s.one(at("2026-11-05 10:00"), sanitation, "handle")
	var id, plain string
	if err := s.view.QueryRow(t.Context(), "SELECT id, coalesce(body, '') FROM assess_reports WHERE tenant_id = $1", int32(s.ID)).Scan(&id, &plain); err != nil || strings.Contains(plain, "背街") {
		t.Fatalf("no kept report, or its words lie open (%v)", err)
	}
	kept := "/assessment/kept/" + id
	for _, path := range []string{kept, kept + "/print"} {
		p := b.get(path)
		first, table, last := strings.Index(p.Raw, "总体平稳。"), strings.Index(p.Raw, "<table"), strings.Index(p.Raw, "下周巡查三条背街")
		if first < 0 || table < first || last < table || !strings.Contains(p.Raw, "受理量 1 件") || !strings.Contains(p.Raw, "一、本周概况") {
			t.Errorf("%s: words at %d, figures at %d, words at %d", path, first, table, last)
		}
	}
	for path, part := range map[string]string{kept + "/word": "word/document.xml", kept + "/export": "xl/sharedStrings.xml"} {
		text := unzipped(t, []byte(b.get(path).Raw), part)
		for _, want := range []string{"总体平稳。", "群众来电减少。", "四、下周安排", "下周巡查三条背街", "环卫站"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", path, want)
			}
		}
	}
	if again := b.get("/assessment/reports/week?on=2026-11-08"); !strings.Contains(again.Raw, "下周巡查三条背街") {
		t.Error("who writes it anew begins with an empty page")
	}
	if err := s.try(ctx, 0, func(ctx context.Context, tx tenants.Tx) error {
		box, err := tx.Box(ctx)
		if err != nil {
			return err
		}
		k := new(Kept)
		if err := tx.Select(k).Scan(ctx); err != nil {
			return err
		}
		k.Words = box.Seal(k.at("words"), `["一切都好","","",""]`)
		_, err = tx.Update(k).Column("words").WherePK().Exec(ctx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if p := b.get(kept); p.Status != 500 {
		t.Errorf("words that were changed are shown: %d", p.Status)
	}
}

func unzipped(t *testing.T, file []byte, part string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(part)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
