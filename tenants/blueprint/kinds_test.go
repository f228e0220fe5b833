package blueprint

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wanjie/app/clock"
	"wanjie/app/fault"
)

// small is a blueprint with a little of every kind.
var small = map[string]string{
	"manifest.yaml": "key: b\nnumber: 1\nfor: street\ntitle: 样板\nsummary: s\ncredits: []\n",
	"sector.yaml":   "- {key: water, title: 水务, name: 区水务局, kind: bureau}\n- {key: health, title: 卫健, name: 区卫健委, kind: bureau}\n",
	"unit.yaml":     "- {key: office, name: 办公室, short: 办, kind: office, sectors: [water]}\n- {key: park, name: 园区服务中心, short: 园区, kind: station, area: true}\n",
	"level.yaml": "- {key: grid, title: 网格, of: handling, rank: 1, text: 就地处置, roles: [grid_worker]}\n" +
		"- {key: street, title: 街道, of: handling, rank: 2, text: 部门处置, unit_kinds: [office]}\n",
	"scheme.yaml": "- {key: street, title: 扩展, files: true}\n- {key: old, title: 旧事件, standard_ref: GB/T 30428.2-2013, until: '2026-06-30'}\n- {key: hotline, title: 诉求类型}\n",
	"class.yaml": "- {key: g, kind: extension, scheme: street, code: '26', title: 大类, judged: enforcement, elastic: true}\n" +
		"- {key: s, kind: extension, scheme: street, code: '26010', parent: g, title: 小类}\n" +
		"- {key: t, kind: extension, scheme: street, code: '27', title: 另一大类}\n",
	"code.yaml": "- {key: o-01, scheme: old, code: '01', title: 旧大类}\n- {key: o-0110, scheme: old, code: '0110', parent: '01', title: 旧小类}\n" +
		"- {key: o-0199, scheme: old, code: '0199', parent: '01', title: 旧其他}\n- {key: h-ask, scheme: hotline, code: ask, title: 咨询}\n- {key: h-no, scheme: hotline, code: no, title: 其他}\n",
	"mapping.yaml": "- {key: m-01, from: old, code: '01', to: street, target: g, small: true, inferred: true}\n- {key: m-ask, from: hotline, code: ask, to: street, target: t}\n",
	"duty.yaml": "- {key: d, class: g, unit: office, list: assisting, upper: 区水务局, sectors: [water, health], does: 巡查, upper_does: 查处, ground: 清单}\n" +
		"- {key: e, class: t, unit: office, list: basic, ground: 清单}\n",
	"condition.yaml": "- {key: c, class: s, text: 一般, limit: {value: 1, unit: working_day}, close: 办结}\n",
	"channel.yaml":   "- {key: phone, title: 电话}\n- {key: hotline, title: 热线, upper: true}\n",
	"route.yaml": "- {key: r, channel: phone, skip: [verify]}\n- {key: ru, channel: phone, urgent: true, auto_file: true, auto_dispatch: true}\n" +
		"- {key: ra, channel: phone, class: t, skip: [check], answer: true}\n- {key: rh, channel: hotline, must: [callback], reply: [draft, review, send]}\n",
	"sample.yaml": "- {key: a, of: callback, percent: 10, least: 2}\n- {key: b, of: callback, channel: hotline, percent: 20}\n" +
		"- {key: c, of: callback, class: g, percent: 30}\n- {key: d, of: callback, class: g, channel: phone, percent: 40}\n- {key: e, of: callback, class: s, percent: 50}\n",
	"field.yaml": "- {key: plate, class: s, at: report, title: 车牌, type: text}\n- {key: size, class: g, at: handle, title: 面积, type: number, unit: 平方米}\n" +
		"- {key: who, at: report, title: 证件, type: identity, personal: true}\n- {key: kind, at: report, title: 类型, type: choice, options: [{value: a, title: 甲}, {value: b, title: 乙}]}\n",
	"form.yaml": "- {key: order, title: 交办单, document: dispatch, rows: [[number, channel], [description], [field.kind]], signs: [派遣员]}\n" +
		"- {key: order-g, title: 专用交办单, document: dispatch, class: g, rows: [[number], [field.size]]}\n",
	"question.yaml": "- {key: reached, order: 1, title: 接通了吗？, type: 'yes', counts: valid}\n- {key: solved, order: 2, title: 解决了吗？, type: 'yes', counts: solved, when: {question: reached, is: ['yes']}}\n" +
		"- {key: happy, order: 3, title: 满意吗？, type: choice, counts: satisfaction, options: [{value: satisfied, title: 满意}, {value: basically, title: 基本满意}, {value: not, title: 不满意}]}\n" +
		"- {key: price, order: 4, title: 收费了吗？, type: 'yes', class: t}\n",
	"reason.yaml":      "- {key: police, list: reject, title: 警情, help: 应报警, outside: police}\n- {key: wait, list: suspend, title: 等资金, help: 已列入计划, limit: {value: 30, unit: calendar_day}}\n",
	"supervision.yaml": "- {key: first, title: 一级督办, rank: 1, signer: shift_lead, reply: {value: 1, unit: working_day}, text: 超期, overdue: 100, repeats: 3}\n",
	"outside.yaml":     "- {key: police, title: 报警, number: '110', matters: 治安, say: 请拨打110。, emergency: true}\n",
	"indicator.yaml": "- {key: solved, title: 解决率, formula: resolution_rate, text: 解决数除以有效回访数, version: 1, places: 1}\n" +
		"- {key: happy, title: 满意率, formula: satisfaction_rate, factor: 90, text: 含折算, version: 1, places: 1}\n- {key: taken, title: 受理量, formula: intake_count, text: 按创建时间, version: 1, places: 0}\n",
	"report.yaml": "- {key: month, title: 月报, cycle: month, rows: unit, ranked: true, apart: true, mean: true, then: taken, version: 1, text: 说明, columns: [{indicator: solved, weight: 60}, {indicator: happy, weight: 40}, {indicator: taken}]}\n",
	"cycle.yaml":  "- {key: month, title: 月, every: month, day: 19}\n",
}

func load1(t *testing.T, file, body string) (*Config, error) {
	t.Helper()
	files := fstest.MapFS{}
	for n, b := range small {
		files["b/"+n] = &fstest.MapFile{Data: []byte(b)}
	}
	if file != "" {
		files["b/"+file] = &fstest.MapFile{Data: []byte(body)}
	}
	v, err := Load(files, "b")
	if err != nil {
		return nil, err
	}
	return Effective(v, nil, 0)
}

func TestEveryKindIsRefusedByItemAndField(t *testing.T) {
	if _, err := load1(t, "", ""); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ file, old, new, want string }{
		"sector that is an office":       {"sector.yaml", "title: 水务, name: 区水务局, kind: bureau", "title: 水务, name: 区水务局, kind: office", "sector/water: kind"},
		"unit of no sector":              {"unit.yaml", "[water]", "[fire]", "unit/office: sectors"},
		"level of nothing":               {"level.yaml", "of: handling, rank: 1", "of: dancing, rank: 1", "level/grid: of"},
		"level twice":                    {"level.yaml", "rank: 2", "rank: 1", "level/street: rank"},
		"level missing":                  {"level.yaml", "rank: 2", "rank: 3", "level/street: rank"},
		"scheme ends before it starts":   {"scheme.yaml", "until: '2026-06-30'", "since: '2026-07-01', until: '2026-06-30'", "scheme/old: until"},
		"class of a scheme of codes":     {"class.yaml", "scheme: street, code: '27'", "scheme: old, code: '27'", "class/t: scheme"},
		"judged for nothing":             {"class.yaml", "judged: enforcement", "judged: fun", "class/g: judged"},
		"code in a scheme of classes":    {"code.yaml", "scheme: hotline, code: ask", "scheme: street, code: ask", "code/h-ask: scheme"},
		"code twice":                     {"code.yaml", "code: '0199'", "code: '0110'", "code/o-0199: code"},
		"code under nothing":             {"code.yaml", "parent: '01', title: 旧其他", "parent: '09', title: 旧其他", "code/o-0199: parent"},
		"mapping onto itself":            {"mapping.yaml", "to: street, target: t", "to: hotline, target: ask", "mapping/m-ask: to"},
		"mapping from an unknown code":   {"mapping.yaml", "code: ask", "code: tell", "mapping/m-ask: code"},
		"mapping to an unknown class":    {"mapping.yaml", "target: t", "target: x", "mapping/m-ask: target"},
		"mapping twice":                  {"mapping.yaml", "code: ask, to: street, target: t}\n", "code: ask, to: street, target: t}\n- {key: m-b, from: hotline, code: ask, to: street, target: s}\n", "mapping/m-b: code"},
		"basic duty with an upper":       {"duty.yaml", "list: basic", "list: basic, upper: 区水务局", "duty/e: upper"},
		"duty of an unknown sector":      {"duty.yaml", "[water, health]", "[water, fire]", "duty/d: sectors"},
		"skipped and insisted on":        {"route.yaml", "must: [callback]", "must: [callback], skip: [callback]", "route/rh: must"},
		"dispatched without being filed": {"route.yaml", "auto_file: true, auto_dispatch", "auto_dispatch", "route/ru: auto_dispatch"},
		"answered and yet checked":       {"route.yaml", "skip: [check], answer", "answer", "route/ra: answer"},
		"reply in the wrong order":       {"route.yaml", "[draft, review, send]", "[review, draft, send]", "route/rh: reply"},
		"reply never sent":               {"route.yaml", "[draft, review, send]", "[draft, review]", "route/rh: reply"},
		"reply to nobody above":          {"route.yaml", "skip: [verify]", "reply: [send]", "route/r: reply"},
		"sample over the whole":          {"sample.yaml", "percent: 10", "percent: 101", "sample/a: percent"},
		"sample twice":                   {"sample.yaml", "channel: hotline, ", "", "sample/b: class"},
		"sample of nothing":              {"sample.yaml", "{key: a, of: callback", "{key: a, of: lunch", "sample/a: of"},
		"open identity number":           {"field.yaml", ", personal: true", "", "field/who: personal"},
		"choice without choices":         {"field.yaml", ", options: [{value: a, title: 甲}, {value: b, title: 乙}]", "", "field/kind: options"},
		"choice twice":                   {"field.yaml", "value: b", "value: a", "field/kind: options"},
		"text with options":              {"field.yaml", "title: 车牌, type: text", "title: 车牌, type: text, options: [{value: a, title: 甲}]", "field/plate: options"},
		"unit of a text":                 {"field.yaml", "title: 车牌, type: text", "title: 车牌, type: text, unit: 个", "field/plate: unit"},
		"filled in at lunch":             {"field.yaml", "class: s, at: report", "class: s, at: lunch", "field/plate: at"},
		"form of nothing":                {"form.yaml", "[description]", "[weather]", "form/order: rows"},
		"form prints what is not there":  {"form.yaml", "[field.kind]", "[field.size]", "form/order: rows"},
		"form prints twice":              {"form.yaml", "[description]", "[number]", "form/order: rows"},
		"two forms":                      {"form.yaml", "document: dispatch, class: g, rows: [[number], [field.size]]", "document: dispatch, rows: [[number]]", "form/order-g: document"},
		"question on words counts":       {"question.yaml", "type: 'yes', counts: solved", "type: text, counts: solved", "question/solved: counts"},
		"satisfaction of two":            {"question.yaml", ", {value: basically, title: 基本满意}", "", "question/happy: counts"},
		"asked before its reason":        {"question.yaml", "key: reached, order: 1", "key: reached, order: 9", "question/solved: when"},
		"asked after no answer":          {"question.yaml", "is: ['yes']", "is: [maybe]", "question/solved: when"},
		"asked after nothing":            {"question.yaml", "question: reached", "question: rang", "question/solved: when"},
		"limit of a rejection":           {"reason.yaml", "outside: police", "limit: {value: 1, unit: working_day}", "reason/police: limit"},
		"sent outside to nowhere":        {"reason.yaml", "outside: police", "outside: army", "reason/police: outside"},
		"emergency without number":       {"outside.yaml", "number: '110', ", "", "outside/police: number"},
		"signed by nobody":               {"supervision.yaml", "signer: shift_lead", "signer: 值班长", "supervision/first: signer"},
		"unknown formula":                {"indicator.yaml", "resolution_rate", "happiness_rate", "indicator/solved: formula"},
		"factor of a plain rate":         {"indicator.yaml", "formula: resolution_rate", "formula: resolution_rate, factor: 90", "indicator/solved: factor"},
		"days of nothing":                {"indicator.yaml", "formula: resolution_rate", "formula: repeat_rate", "indicator/solved: days"},
		"weights short of the whole":     {"report.yaml", "weight: 60", "weight: 50", "report/month: columns"},
		"a count weighed":                {"report.yaml", "{indicator: taken}", "{indicator: taken, weight: 10}", "report/month: columns"},
		"indicator unknown":              {"report.yaml", "{indicator: taken}", "{indicator: given}", "report/month: columns"},
		"cycle unknown":                  {"report.yaml", "cycle: month", "cycle: moon", "report/month: cycle"},
		"cycle from the 31st":            {"cycle.yaml", "day: 19", "day: 31", "cycle/month: day"},
		"day with a first day":           {"cycle.yaml", "every: month", "every: day", "cycle/month: day"},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Replace(small[c.file], c.old, c.new, 1)
			if body == small[c.file] {
				t.Fatal("the test changes nothing")
			}
			_, err := load1(t, c.file, body)
			if err == nil {
				t.Fatal("was accepted")
			}
			if want := "b/" + c.file + ": " + c.want; !strings.Contains(err.Error(), want) {
				t.Fatalf("says %q, which does not name %q", err, want)
			}
		})
	}
}

func TestCodesLeadToClasses(t *testing.T) {
	c, err := load1(t, "", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		scheme, code, class string
		sure                bool
	}{
		{"street", "s", "s", true}, {"street", "26010", "s", true}, // its own, by key and by code
		{"hotline", "ask", "t", true},    // stated
		{"old", "01", "g", false},        // inferred
		{"old", "0110", "s", false},      // the small number carried over
		{"old", "0199", "g", false},      // no such small number: the group
		{"pingshan", "26010", "", false}, // a list that nobody maps
		{"hotline", "no", "", false},     //
		{"old", "0210", "", false},       //
	} {
		m, ok := c.MapClass(x.scheme, x.code)
		if ok != (x.class != "") || m.Class.Key != x.class || m.Sure != x.sure {
			t.Errorf("%s %s leads to %q (sure %t, %t), want %q (sure %t)", x.scheme, x.code, m.Class.Key, m.Sure, ok, x.class, x.sure)
		}
	}
	if k, ok := c.CodeOf("hotline", "t"); !ok || k.Code != "ask" {
		t.Errorf("class t is answered to the hotline as %+v", k)
	}
	if _, ok := c.CodeOf("old", "s"); ok {
		t.Error("an inferred mapping was used for an answer")
	}
	if len(c.CodesOf("old")) != 3 {
		t.Error("codes of a scheme")
	}
	old, _ := c.Schemes.Find("old")
	if !old.InForce("2026-06-30") || old.InForce("2026-07-01") {
		t.Error("the old standard ended on 30 June 2026")
	}
}

func TestRoutesOfEmergencies(t *testing.T) {
	c, err := load1(t, "", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		channel, class string
		urgent         bool
		want           string
	}{{"phone", "s", false, "r"}, {"phone", "s", true, "ru"}, {"phone", "t", false, "ra"}, {"phone", "t", true, "ru"}, {"hotline", "s", true, "rh"}, {"fax", "s", true, ""}} {
		if r := c.RouteFor(x.channel, x.class, x.urgent); r.Key != x.want {
			t.Errorf("%+v goes %q", x, r.Key)
		}
	}
	if r := c.RouteOf("hotline", "s"); !r.Insists(StepCallBack) || !r.Replies(ReplyReview) || r.Skips(StepCheck) {
		t.Errorf("the hotline's route is %+v", r)
	}
}

func TestTheNearestSampleHolds(t *testing.T) {
	c, err := load1(t, "", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		channel, class string
		want           int
	}{{"phone", "t", 10}, {"hotline", "t", 20}, {"hotline", "g", 30}, {"phone", "g", 40}, {"phone", "s", 50}, {"hotline", "s", 50}} {
		if s := c.SampleOf(OfCallBacks, x.channel, x.class); s.Percent != x.want {
			t.Errorf("%s %s is sampled by %s at %d %%, want %d %%", x.channel, x.class, s.Key, s.Percent, x.want)
		}
	}
	if s := c.SampleOf(OfChecks, "phone", "t"); s.Percent != 100 || s.Least != 1 {
		t.Errorf("without a sample and without the setting: %+v", s)
	}
}

func TestFieldsAndFormsOfAClass(t *testing.T) {
	c, err := load1(t, "", "")
	if err != nil {
		t.Fatal(err)
	}
	keys := func(fs []Field) (out []string) {
		for _, f := range fs {
			out = append(out, f.Key)
		}
		return out
	}
	if diff := cmp.Diff([]string{"kind", "who", "size", "plate"}, keys(c.FieldsOf("s"))); diff != "" {
		t.Errorf("general first, own last: %s", diff)
	}
	if diff := cmp.Diff([]string{"size"}, keys(c.FieldsAt("s", AtHandle))); diff != "" {
		t.Error(diff)
	}
	for class, want := range map[string]string{"s": "order-g", "t": "order"} {
		if f, ok := c.FormFor(DispatchOrder, class); !ok || f.Key != want {
			t.Errorf("class %s is printed as %q", class, f.Key)
		}
	}
	if _, ok := c.FormFor(ReplySheet, "s"); ok {
		t.Error("a paper that nobody laid out")
	}
	if q := c.QuestionsOf("s"); len(q) != 3 || len(c.QuestionsOf("t")) != 4 {
		t.Errorf("questions %v", q)
	}
}

func TestWhoLeadsAboveAndHowClassesAreJudged(t *testing.T) {
	c, err := load1(t, "", "")
	if err != nil {
		t.Fatal(err)
	}
	if up := c.Above("s"); len(up) != 2 || up[0].Key != "water" || len(c.Above("t")) != 0 {
		t.Errorf("above class s: %v", up)
	}
	if u := c.UnitsOfSector("water"); len(u) != 1 || u[0].Key != "office" || u[0].Local() {
		t.Errorf("units of the water sector: %v", u)
	}
	if u, _ := c.Units.Find("park"); !u.Local() {
		t.Error("a park has ground of its own")
	}
	if c.JudgedOf("s") != Enforcement || c.JudgedOf("t") != Serving || !c.Elastic("s") || c.Elastic("t") {
		t.Error("assessment of classes is not inherited")
	}
	if l := c.LevelsOf(Handling); len(l) != 2 || l[0].Key != "grid" {
		t.Errorf("levels %v", l)
	}
	if r, _ := c.Reports.Find("month"); c.LeastOf(r) != 10 {
		t.Error("the least sample")
	}
	if len(c.SuspendGrounds()) != 1 || len(c.ReturnGrounds()) != 0 {
		t.Error("grounds")
	}
}

func TestTermsOfCycles(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Zone)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, x := range []struct {
		cycle        Cycle
		at, from, to string
		name         string
	}{
		{Cycle{Every: EveryDay}, "2026-11-23 11:59", "2026-11-23 00:00", "2026-11-24 00:00", "2026-11-23"},
		{Cycle{Every: EveryDay, At: "12:00"}, "2026-11-23 11:59", "2026-11-22 12:00", "2026-11-23 12:00", "2026-11-23"},
		{Cycle{Every: EveryDay, At: "12:00"}, "2026-11-23 12:00", "2026-11-23 12:00", "2026-11-24 12:00", "2026-11-24"},
		{Cycle{Every: EveryWeek}, "2026-11-23 00:00", "2026-11-23 00:00", "2026-11-30 00:00", "2026年第48周"},
		{Cycle{Every: EveryWeek}, "2026-11-29 23:00", "2026-11-23 00:00", "2026-11-30 00:00", "2026年第48周"},
		{Cycle{Every: EveryWeek, Day: 5, At: "12:00"}, "2026-11-27 11:00", "2026-11-20 12:00", "2026-11-27 12:00", "2026年第48周"},
		{Cycle{Every: EveryMonth}, "2026-11-23 10:00", "2026-11-01 00:00", "2026-12-01 00:00", "2026年11月"},
		{Cycle{Every: EveryMonth, Day: 19}, "2026-11-18 23:59", "2026-10-19 00:00", "2026-11-19 00:00", "2026年11月"},
		{Cycle{Every: EveryMonth, Day: 19}, "2026-12-19 00:00", "2026-12-19 00:00", "2027-01-19 00:00", "2027年1月"},
		{Cycle{Every: EveryMonth, At: "12:00"}, "2026-12-01 11:00", "2026-11-01 12:00", "2026-12-01 12:00", "2026年11月"},
		{Cycle{Every: EveryQuarter}, "2026-11-23 10:00", "2026-10-01 00:00", "2027-01-01 00:00", "2026年第4季度"},
		{Cycle{Every: EveryQuarter, Day: 19}, "2026-10-01 10:00", "2026-09-19 00:00", "2026-12-19 00:00", "2026年第4季度"},
		{Cycle{Every: EveryYear}, "2026-11-23 10:00", "2026-01-01 00:00", "2027-01-01 00:00", "2026年"},
		{Cycle{Every: EveryYear, Day: 19}, "2026-12-20 10:00", "2026-12-19 00:00", "2027-12-19 00:00", "2027年"},
	} {
		got := x.cycle.TermAt(at(x.at))
		if !got.From.Equal(at(x.from)) || !got.To.Equal(at(x.to)) || got.Name != x.name {
			t.Errorf("%+v at %s: %s to %s, %s; want %s to %s, %s", x.cycle, x.at, got.From, got.To, got.Name, x.from, x.to, x.name)
		}
	}
}

func TestWhatMayNotChangeSaysWhy(t *testing.T) {
	files := fstest.MapFS{}
	for n, b := range small {
		files["b/"+n] = &fstest.MapFile{Data: []byte(b)}
	}
	v, err := Load(files, "b")
	if err != nil {
		t.Fatal(err)
	}
	fresh := func() *desk {
		c, err := Effective(v, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		return &desk{v: v, base: c}
	}
	for name, c := range map[string]struct {
		edit  func(c *Config) Edit
		field string
	}{
		"field's type": {func(c *Config) Edit { x, _ := c.Fields.Find("plate"); x.Type = FieldArea; return Put(x) }, "type"},
		"field no more sealed": {func(c *Config) Edit {
			x, _ := c.Fields.Find("who")
			x.Personal, x.Type = false, FieldLine
			return Put(x)
		}, "personal"},
		"question's counting": {func(c *Config) Edit { x, _ := c.Questions.Find("solved"); x.Counts = ""; return Put(x) }, "counts"},
		"reason's list":       {func(c *Config) Edit { x, _ := c.Reasons.Find("wait"); x.List = ExtendReason; return Put(x) }, "list"},
		"indicator's formula": {func(c *Config) Edit {
			x, _ := c.Indicators.Find("solved")
			x.Formula, x.Version = "rework_rate", 2
			return Put(x)
		}, "formula"},
		"weights, same version": {func(c *Config) Edit {
			x, _ := c.Reports.Find("month")
			x.Columns = []Weigh{{"solved", 100}}
			return Put(x)
		}, "version"},
		"own scheme that files": {func(*Config) Edit { return Put(Scheme{Entry: Entry{Key: "mine"}, Title: "我的", Files: true}) }, "files"},
		"own indicator": {func(*Config) Edit {
			return Put(Indicator{Entry: Entry{Key: "mine"}, Title: "我的", Formula: "rework_rate", Text: "口径", Version: 1})
		}, "key"},
	} {
		d := fresh()
		err := d.change(c.edit(d.base))
		if f := fault.Of(err); f == nil || f.Fields[c.field] == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	d := fresh()
	r, _ := d.base.Reports.Find("month")
	r.Columns, r.Version = []Weigh{{"solved", 100}}, 2
	if err := d.change(Put(r)); err != nil {
		t.Errorf("other weights under a new version: %v", err)
	}
	if r.Title = "月度报表"; d.change(Put(r)) != nil {
		t.Error("another title needs no new version")
	}
}

// A street that set a value of its own must be able to set it again after the blueprint worded the
// setting anew.
func TestOwnValuesFollowTheBlueprintsWording(t *testing.T) {
	d := newDesk(t)
	if err := d.change(d.set(t, "callback.sample_percent", 30)); err != nil {
		t.Fatal(err)
	}
	next := *d.v
	next.Items = append([]Item(nil), d.v.Items...)
	for n, i := range next.Items {
		if i.Ref() == (Ref{Settings, "callback.sample_percent"}) {
			next.Items[n].Body = []byte(`{"explanation":"新说明","max":100,"min":1,"order":130,"title":"回访抽样比例","type":"int","value":100}`)
		}
	}
	base, err := Effective(&next, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	d.v, d.base = &next, base
	if err := d.change(d.set(t, "callback.sample_percent", 2)); err != nil {
		t.Fatal(err)
	}
	s, _ := d.now(t).Settings.Find("callback.sample_percent")
	if s.Explanation != "新说明" || string(s.Value) != "2" || *s.Min != 1 {
		t.Errorf("the setting now says %+v", s)
	}
}
