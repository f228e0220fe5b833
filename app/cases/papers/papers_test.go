package papers

import (
	"archive/zip"
	"bytes"
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wanjie/app/cases"
	"wanjie/app/cases/noted"
	"wanjie/app/cases/photos"
	"wanjie/app/cases/replies"
	"wanjie/app/cases/supervision"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// The sanitation station gets its order on paper: it opens as a Word document, holds the deadline, and whoever printed it is
// on record.
func TestAnOrderGoesOutOnPaper(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	c := s.dispatched(rubbish())
	p, err := s.print(sender, c.ID, blueprint.DispatchOrder, asWord)
	if err != nil {
		t.Fatal(err)
	}
	file, err := p.Word(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("WANJIE_KEEP"); dir != "" { // to be opened in an office suite by hand
		if err := os.WriteFile(dir+"/order.docx", file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := text(t, file)
	for _, want := range []string{"枫桥街道交办单", "编号：" + c.Number, "处置期限\n" + ui.Time(c.DueAt), "小区东门垃圾堆放三天", "环境卫生管理站", "签收人：", "首接负责"} {
		if !strings.Contains(got, want) {
			t.Errorf("the order does not say %q:\n%s", want, got)
		}
	}
	if c.DueAt.IsZero() || strings.Contains(got, "王小明") {
		t.Error("no deadline, or the petitioner on an order whose form does not name him")
	}
	var act, fields string
	if err := s.view.QueryRow(t.Context(), `SELECT after->>'paper_name' || actor FROM journal WHERE tenant_id = $1 AND kind = 'paper.printed' AND object_id = $2`, int32(s.ID), c.ID).Scan(&act); err != nil || act != "交办单102" {
		t.Errorf("the act says %q (%v)", act, err)
	}
	if err := s.view.QueryRow(t.Context(), `SELECT fields FROM looks WHERE tenant_id = $1 AND actor = $2 AND object_id = $3 AND purpose = 'print'`, int32(s.ID), sender, c.ID).Scan(&fields); err != nil || fields != "address,description" {
		t.Errorf("the look says %q (%v)", fields, err)
	}
}

// Who asked not to be named is on no paper, nor is the number he left in his words, whoever prints it.
func TestAConfidentialPetitionerIsOnNoPaper(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	in := rubbish()
	in.Confidential = true
	c := s.dispatched(in)
	for _, d := range []blueprint.Document{blueprint.IntakeSheet, blueprint.DispatchOrder, File} {
		p, err := s.print(chief, c.ID, d, asWord)
		if err != nil {
			t.Fatal(err)
		}
		file, err := p.Word(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := text(t, file); strings.Contains(got, "王小明") || strings.Contains(got, "13800138000") {
			t.Errorf("%s names him:\n%s", d, got)
		}
		for _, sheet := range p.Papers {
			if slices.Contains(sheet.Personal, "petitioner") {
				t.Errorf("%s records a look at whom it does not show", d)
			}
		}
	}
	open := s.dispatched(rubbish())
	p, err := s.print(chief, open.ID, blueprint.IntakeSheet, onScreen)
	if err != nil || !slices.Contains(p.Papers[0].Personal, "petitioner") {
		t.Errorf("another's intake sheet: %v (%v)", p.Papers, err)
	}
}

// What a class asks stands on its papers, and who printed the names of the parties has looked at them.
func TestWhatAClassAsksIsOnItsPaper(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	in := rubbish()
	in.Class = "extension-20002"
	in.Noted = noted.Values{"dispute-first": "张某", "dispute-second": "李某", "dispute-people": "5"}
	c := s.dispatched(in)
	p, err := s.print(sender, c.ID, blueprint.DispatchOrder, asWord)
	if err != nil {
		t.Fatal(err)
	}
	file, err := p.Word(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"一方当事人\n张某", "另一方当事人\n李某", "涉及人数\n5 人"} {
		if got := text(t, file); !strings.Contains(got, want) {
			t.Errorf("the order does not say %q:\n%s", want, got)
		}
	}
	var fields string
	if err := s.view.QueryRow(t.Context(), `SELECT fields FROM looks WHERE tenant_id = $1 AND actor = $2 AND object_id = $3 AND purpose = 'print'`, int32(s.ID), sender, c.ID).Scan(&fields); err != nil ||
		!strings.Contains(fields, "field.dispute-first,field.dispute-second") {
		t.Errorf("the look says %q (%v)", fields, err)
	}
}

// A case that was put off, handled and called back leaves a file with every paper in the order in which it came.
func TestTheCaseFileHasEverything(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	c := s.dispatched(rubbish())
	s.do(worker, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Apply(ctx, tx, c.ID, cases.Plea{Kind: cases.AskExtend, Ground: s.ground(ctx, tx), Words: "需要调车", Until: c.DueAt.Add(time.Hour)})
		return err
	})
	s.hold.Move(at("2026-11-23 10:30"))
	s.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		list, err := cases.Applications(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		_, err = cases.Decide(ctx, tx, c.ID, cases.Decision{Application: list[0].ID, Approve: true, Words: "情况属实"})
		return err
	})
	s.hold.Move(at("2026-11-23 11:00"))
	s.do(worker, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Handle(ctx, tx, c.ID, "已清运两车")
		return err
	})
	s.hold.Move(at("2026-11-23 11:30"))
	s.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Check(ctx, tx, c.ID, cases.Finding{Pass: true, Remark: "现场已清", Close: true})
		return err
	})
	s.hold.Move(at("2026-11-23 15:00"))
	s.do(caller, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.CallBack(ctx, tx, c.ID, cases.Answer{Said: map[string]string{"reached": "yes", "contacted": "yes", "solved": "yes", "satisfaction": "satisfied"}})
		return err
	})
	p, err := s.print(chief, c.ID, File, asWord)
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, sheet := range p.Papers {
		titles = append(titles, strings.TrimPrefix(sheet.Title, "枫桥街道"))
	}
	if diff := cmp.Diff([]string{"诉求受理登记表", "交办单", "延期审批表", "结案登记表", "回访记录表", "案卷办理记录"}, titles); diff != "" {
		t.Errorf("the file holds:\n%s", diff)
	}
	file, err := p.Word(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("WANJIE_KEEP"); dir != "" {
		if err := os.WriteFile(dir+"/file.docx", file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := text(t, file)
	for _, want := range []string{"需要调车", "同意", "情况属实", "已清运两车", "现场已清", "满意度\n满意", "批准申请"} {
		if !strings.Contains(got, want) {
			t.Errorf("the file does not say %q:\n%s", want, got)
		}
	}
	if _, err := s.print(other, c.ID, File, onScreen); !fault.Is(err, fault.NotFound) {
		t.Errorf("another unit prints it: %v", err)
	}
	if _, err := s.print(chief, c.ID, blueprint.SuspensionSheet, onScreen); !fault.Is(err, fault.NotFound) {
		t.Errorf("a sheet of what was never asked: %v", err)
	}
}

// An order of 12345 that was supervised and answered: the supervision order and the reply go out on paper, printed and as
// Word, and lie in the case file where they belong. A draft that was returned is on no paper.
func TestASupervisionOrderAndAReplyOnPaper(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	in := rubbish()
	in.Channel, in.UpperNo, in.UpperDue = "hotline", "SZ-1", at("2026-11-25 17:00")
	var c *cases.Case
	s.do(clerk, func(ctx context.Context, tx tenants.Tx) (err error) { c, err = cases.Report(ctx, tx, in); return err })
	s.do(sender, func(ctx context.Context, tx tenants.Tx) (err error) {
		c, err = cases.Dispatch(ctx, tx, c.ID, cases.Order{Unit: "sanitation", Basis: cases.Statutory})
		return err
	})
	if _, err := s.print(chief, c.ID, blueprint.SupervisionOrder, onScreen); !fault.Is(err, fault.NotFound) {
		t.Errorf("an order before there is one: %v", err)
	}
	s.hold.Move(at("2026-11-23 10:30"))
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		o, err := supervision.Propose(ctx, tx, c.ID, "first", "今日清运完毕")
		if err != nil {
			return err
		}
		if _, err := supervision.Sign(ctx, tx, o.ID, ""); err != nil {
			return err
		}
		_, err = supervision.Answer(ctx, tx, o.ID, "已安排两车")
		return err
	})
	s.do(worker, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Handle(ctx, tx, c.ID, "已清运两车")
		return err
	})
	draft := func(words string) {
		s.do(worker, func(ctx context.Context, tx tenants.Tx) error {
			_, err := replies.Draft(ctx, tx, c.ID, replies.Wording{Words: words, Contacted: true, Solved: true})
			return err
		})
	}
	draft("清了")
	s.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		_, err := replies.Judge(ctx, tx, c.ID, false, "请写明经过")
		return err
	})
	s.hold.Move(at("2026-11-23 11:00"))
	draft("11月23日清运两车，已告知来电人。")
	s.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		if _, err := cases.Check(ctx, tx, c.ID, cases.Finding{Pass: true, Close: true}); err != nil {
			return err
		}
		_, err := replies.Judge(ctx, tx, c.ID, true, "")
		return err
	})
	for d, says := range map[blueprint.Document][]string{
		blueprint.SupervisionOrder: {"枫桥街道督办单", "督〔2026〕00001号", "今日清运完毕", "已安排两车", "环境卫生管理站", "签发人："},
		blueprint.ReplySheet:       {"枫桥街道办理情况回复单", "SZ-1", "11月23日清运两车，已告知来电人。", "同意报出", "审核人：", ui.Time(in.UpperDue)},
	} {
		p, err := s.print(chief, c.ID, d, asWord)
		if err != nil {
			t.Fatal(d, err)
		}
		file, err := p.Word(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range says {
			if got := text(t, file); !strings.Contains(got, want) {
				t.Errorf("%s does not say %q:\n%s", d, want, got)
			}
		}
		if strings.Contains(text(t, file), "清了") {
			t.Errorf("%s tells a draft that was returned", d)
		}
		if page, err := p.Page(); err != nil || len(page.Sheets) != 1 {
			t.Errorf("%s on screen: %+v %v", d, page, err)
		}
	}
	p, err := s.print(chief, c.ID, File, asWord)
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, sheet := range p.Papers {
		titles = append(titles, strings.TrimPrefix(sheet.Title, "枫桥街道"))
	}
	if diff := cmp.Diff([]string{"诉求受理登记表", "交办单", "督办单", "办理情况回复单", "结案登记表", "案卷办理记录"}, titles); diff != "" {
		t.Errorf("the file holds:\n%s", diff)
	}
}

func (s *street) ground(ctx context.Context, tx tenants.Tx) string {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		s.t.Fatal(err)
	}
	return cfg.ExtendGrounds()[0].Key
}

// A paper knows no table: whoever gives values and a form gets it laid out.
func TestAPaperIsMadeFromValues(t *testing.T) {
	t.Parallel()
	form := blueprint.Form{Title: "督办单", Rows: [][]string{{"number", "unit"}, {"instruction"}, {"field.plate", "field.gone"}, {"nonsense"}}, Signs: []string{"签发人"}}
	v := Values{"number": "20261123-00001", "unit": "环卫站", "instruction": "今日办结"}.over(Values{"unit": "综合执法局", "field.plate": "苏E12345"})
	got := lay("枫桥街道", form, v, func(key string) (string, bool, bool) { return "车牌", true, key == "plate" })
	want := Paper{Title: "枫桥街道督办单", Number: "20261123-00001", Signs: []string{"签发人"}, Personal: []string{"instruction", "field.plate"}, Rows: [][]Cell{
		{{Label: "案卷编号", Value: "20261123-00001"}, {Label: "主办单位", Value: "综合执法局"}}, {{Label: "领导批示", Value: "今日办结", Tall: true}}, {{Label: "车牌", Value: "苏E12345"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The closing sheet shows the place before and after, on screen and as a Word document, and printing it is a look at them.
func TestAClosingSheetShowsThePlace(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	c := s.dispatched(rubbish())
	phone, err := os.ReadFile("../../files/pictures/testdata/phone.jpg")
	if err != nil {
		t.Fatal(err)
	}
	for _, phase := range []photos.Phase{photos.Before, photos.After, photos.After, photos.Check} {
		up, err := photos.Receive(s.ctx, s.DB.Blobs(), s.ID, phone)
		if err != nil {
			t.Fatal(err)
		}
		s.do(worker, func(ctx context.Context, tx tenants.Tx) error { return photos.Add(ctx, tx, c, phase, up) })
	}
	s.do(worker, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Handle(ctx, tx, c.ID, "已清运")
		return err
	})
	s.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Check(ctx, tx, c.ID, cases.Finding{Pass: true, Close: true})
		return err
	})
	p, err := s.print(chief, c.ID, blueprint.ClosingSheet, asWord)
	if err != nil {
		t.Fatal(err)
	}
	file, err := p.Word(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("WANJIE_KEEP"); dir != "" {
		if err := os.WriteFile(dir+"/closing.docx", file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var pictures int
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, ".jpeg") {
			pictures++
		}
	}
	if got := text(t, file); pictures != 3 || !strings.Contains(got, "处置前照片") || !strings.Contains(got, "处置后照片") {
		t.Errorf("the sheet has %d pictures, want one before and two after the work:\n%s", pictures, got)
	}
	var fields string
	if err := s.view.QueryRow(t.Context(), `SELECT fields FROM looks WHERE tenant_id = $1 AND object_id = $2 AND purpose = 'print'`, int32(s.ID), c.ID).Scan(&fields); err != nil || !strings.Contains(fields, "photo") {
		t.Errorf("the look says %q (%v)", fields, err)
	}
	p.Base = "/s/fengqiao"
	page, err := p.Page()
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, row := range page.Sheets[0].Rows {
		for _, cell := range row {
			for _, one := range cell.Photos {
				if shown++; !strings.HasPrefix(one.Address, "/s/fengqiao/photos/") || one.Width != 240 || one.Height != 320 {
					t.Errorf("the page shows %+v", one)
				}
			}
		}
	}
	if shown != 3 {
		t.Errorf("the page shows %d photos", shown)
	}
}

// A case that went to the district is on paper as what it is called there, not by the key of its unit.
func TestAnOrderToTheDistrictNamesTheBureau(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	var c *cases.Case
	s.do(clerk, func(ctx context.Context, tx tenants.Tx) (err error) {
		if c, err = cases.Report(ctx, tx, rubbish()); err != nil {
			return err
		}
		_, err = cases.File(ctx, tx, c.ID, cases.Filing{})
		return err
	})
	s.do(chief, func(ctx context.Context, tx tenants.Tx) (err error) {
		c, err = cases.HandOver(ctx, tx, c.ID, cases.Elsewhere{Handover: tenants.NewID(), Unit: blueprint.CentreUnit("police"), Reason: "堆放的是失窃物品"})
		return err
	})
	p, err := s.print(sender, c.ID, blueprint.DispatchOrder, asWord)
	if err != nil {
		t.Fatal(err)
	}
	file, err := p.Word(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := text(t, file); !strings.Contains(got, "公安分局") || strings.Contains(got, "centre.") {
		t.Errorf("the order says:\n%s", got)
	}
}
