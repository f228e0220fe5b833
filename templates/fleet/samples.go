package fleet

import (
	"net/url"
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/ui"
)

// Sample is one page with data, for the golden tests and the gallery.
type Sample struct {
	Name string
	View templ.Component
}

// Samples lists them.
func Samples() []Sample {
	at := time.Date(2026, 11, 23, 12, 30, 0, 0, time.UTC)
	guard := ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"}
	units := []Unit{
		{Code: "320505001", Name: "横塘街道", Path: "江苏省苏州市虎丘区横塘街道", Kind: "街道", Tenant: 1000002, Slug: "hengtang", State: "trial", Blueprint: "城市街道标准版 1", OpenedAt: at, Cases: 702, TrialUntil: at.AddDate(0, 0, 90)},
		{Code: "320505002", Name: "狮山街道", Path: "江苏省苏州市虎丘区狮山街道", Kind: "街道", Tenant: 1000003, Slug: "shishan", State: "suspended", Blueprint: "城市街道标准版 1", OpenedAt: at.AddDate(0, -2, 0), Cases: 0},
		{Code: "320505003", Name: "枫桥街道", Path: "江苏省苏州市虎丘区枫桥街道", Kind: "街道", Tenant: 1000001, Slug: "fengqiao", State: "active", Blueprint: "城市街道标准版 1", OpenedAt: at.AddDate(-1, 0, 0), Cases: 1212},
		{Code: "320505101", Name: "通安镇", Path: "江苏省苏州市虎丘区通安镇", Kind: "镇"},
		{Code: "320505400", Name: "浒墅关经开区（镇）", Path: "江苏省苏州市虎丘区浒墅关经开区（镇）", Kind: "园区"},
		{Code: "429004000", Name: "直辖村级区划", Path: "湖北省仙桃市直辖村级区划", Kind: "街道", Refused: true},
	}
	fleet := Fleet{Query: "虎丘", Units: units, All: 41352, Open: 128, Trial: 16, Suspended: 1, MayOpen: true, Provinces: []ui.Option{{Value: "11", Label: "北京市"}, {Value: "32", Label: "江苏省"}},
		Pages: ui.Pages{Number: 1, Size: 20, Total: 6, Path: "/v/streets", Query: url.Values{"q": {"虎丘"}}, List: "fleet"}}
	none := fleet
	none.Units, none.Query, none.Pages = nil, "没有的地方", ui.Pages{Number: 1, Size: 20, Path: "/v/streets", List: "fleet"}
	form := Opening{Unit: units[3], Terms: OnTrial, Days: "90", Blueprint: "town", Ground: "“通安镇”在名录中为镇，建议用“乡镇标准版”", Placement: "home",
		Blueprints: []ui.Option{{Value: "city-street", Label: "城市街道标准版 1"}, {Value: "town", Label: "乡镇标准版 1"}}, Placements: []ui.Option{{Value: "home", Label: "home"}, {Value: "other", Label: "other"}}}
	refused := form
	refused.Slug, refused.Terms, refused.Together, refused.Say = "通安", UnderContract, "other", "请检查标红的内容"
	refused.Errors = map[string]string{"slug": "网址名应为2至40位小写字母、数字或短横线，以字母开头", "placement": "同一区县的街道须放在一处", "contract": "请填写合同编号，不超过60个字"}
	look := Preview{Opening: form, Guard: guard, Back: "/v/open?code=320505101&terms=trial", District: "江苏省苏州市虎丘区", Communities: 17, Until: at.AddDate(0, 0, 90), Edition: "乡镇标准版 1", Summary: "适用于乡镇人民政府：在城市街道标准版之上增加农业农村、自然资源、防汛防火等机构、职责和类别。",
		Counts: []ui.Fact{{Label: "承办单位", Value: "38 个"}, {Label: "案卷类别", Value: "212 个"}, {Label: "职责清单", Value: "164 条"}, {Label: "服务事项", Value: "50 项"}},
		On:     []string{"案卷", "网格", "考核"}, Off: []string{"社区动态"}, Roles: []ui.Option{{Value: "street_admin", Label: "街道管理员"}, {Value: "security_admin", Label: "安全管理员"}}, First: Invitation{Role: "street_admin"}}
	signed := look
	signed.Terms, signed.Contract, signed.Slug, signed.Demo, signed.Off = UnderContract, "HT-2026-018", "tongan", true, nil
	signed.Staff, signed.Residents = "https://wanjie.example/s/tongan/", "https://tongan.jiedao.example/"
	signed.First = Invitation{Name: "周敏", Role: "street_admin", Say: "请检查标红的内容", Errors: map[string]string{"phone": "请填写手机号码或电子邮箱"}}
	tenant := Tenant{Guard: guard, ID: 1000001, Name: "枫桥街道", Slug: "fengqiao", Kind: "街道", Path: "江苏省苏州市虎丘区枫桥街道", Code: "320505003", State: "active",
		Blueprint: "城市街道标准版 1", Revision: 7, Placement: "home", Contract: "HT-2025-003", OpenedAt: at.AddDate(-1, 0, 0), Acts: 182604, LastAct: at, MayOpen: true, MayEnter: true, HasPeople: true, Populations: []Population{{Residents: "98400", Source: "演示", AsOf: "2020-11-01"}},
		Forms: []StateForm{{Guard: guard, To: Suspend, Grounds: []ui.Option{{Value: "request", Label: "应租户申请"}, {Value: "arrears", Label: "费用逾期未结"}, {Value: "other", Label: "其他原因"}}}},
		Uses:  []Use{{"立案案件", "件", 1212}, {"结案案件", "件", 1180}, {"活跃天数", "天", 23}},
		Roles: []ui.Option{{Value: "street_admin", Label: "街道管理员"}, {Value: "security_admin", Label: "安全管理员"}, {Value: "audit_admin", Label: "审计管理员"}}, Form: Invitation{Role: "street_admin"}}
	fresh := tenant
	fresh.Staff, fresh.Residents, fresh.TrialUntil = "https://wanjie.example/s/fengqiao/", "https://fengqiao.jiedao.example/", at.AddDate(0, 0, 90)
	fresh.Fresh, fresh.State, fresh.Revision, fresh.Contract, fresh.Uses, fresh.Acts = true, "trial", 0, "", nil, 1
	fresh.Form = Invitation{Name: "周敏", Role: "security_admin", Say: "请检查标红的内容", Errors: map[string]string{"phone": "请填写手机号码或电子邮箱"}}
	suspended := tenant
	suspended.State = "suspended"
	why := []ui.Option{{Value: "settled", Label: "原因已消除"}, {Value: "request", Label: "应租户申请"}, {Value: "mistake", Label: "此前操作有误"}}
	suspended.Forms = []StateForm{{Guard: guard, To: Resume, Grounds: why}, {Guard: guard, To: Close, Grounds: why, Ground: "request", Say: "请检查标红的内容", Errors: map[string]string{"note": "请用2至300个字说明情况"}}}
	suspended.Standings = []Standing{{"active", "suspended", "费用逾期未结", "三月账单两次催缴未付，已电告对方财务", "#12", at}, {"trial", "active", "原因已消除", "已到账", "#9", at.AddDate(0, -2, 0)}}
	health := Health{At: at, MayRetry: true, Refused: 12,
		Lags: []Lag{{"home", "seal", 0, 0, 0}, {"home", "meter", 0, 0, 0}, {"home", "tally", 128, 3, 2 * time.Second}, {"home", "announce", 4012, 1, 3 * time.Minute}, {"other", "tally", 12, 1, 20 * time.Second}},
		Jobs: []Jobs{{"home", "notice.sms", "critical", 12, 3, 2, 1, 4 * time.Second}, {"home", "cases.remind", "default", 40, 8, 0, 0, 0}},
		Failures: []Failure{{guard, "home", "枫桥街道", "notice.sms", "短信网关返回：签名未报备（InvalidSignName）", "019ab0aa-0000-7000-8000-000000000001", 1000001, at.Add(-time.Hour), 12},
			{guard, "home", "", "seal.root", "写入日根文件失败：磁盘空间不足", "019ab0aa-0000-7000-8000-000000000002", 0, at.Add(-26 * time.Hour), 12}},
		Places: []Place{{Name: "home", Version: "15.18", Migration: 6, Wanted: 6, Bytes: 734003200, Tenants: 126, TimersDue: 2, OldestTimer: time.Second}, {Name: "other", Version: "15.18", Migration: 5, Wanted: 6, Bytes: 9400000, Tenants: 2}, {Name: "third", Down: "详见系统日志"}}}
	usage := Usage{Month: "2026-11", Months: []ui.Option{{Value: "2026-11", Label: "2026-11"}, {Value: "2026-10", Label: "2026-10"}}, Meters: []Meter{{"cases.filed", "立案案件", "件", false}, {"cases.closed", "结案案件", "件", false}, {"tenant.day", "活跃天数", "天", true}},
		Totals: []int64{1914, 1870, 46}, Used: true, Rows: []UsageRow{{1000001, "枫桥街道", "江苏省苏州市虎丘区枫桥街道", []int64{1212, 1180, 23}}, {1000002, "横塘街道", "江苏省苏州市虎丘区横塘街道", []int64{702, 690, 23}}},
		Pages: ui.Pages{Number: 1, Size: 20, Total: 2, Path: "/v/usage", List: "usage"}}
	unused := usage
	unused.Rows, unused.Totals, unused.Used, unused.Pages.Total = nil, []int64{0, 0, 0}, false, 0
	missed := usage
	missed.Rows, missed.Query, missed.Pages.Total = nil, "没有的地方", 0
	days := UsageDays{ID: 1000001, Name: "枫桥街道", Path: "江苏省苏州市虎丘区枫桥街道", Month: "2026-11", Months: usage.Months, Meters: usage.Meters, Totals: []int64{131, 118, 3},
		Rows: []UsageDay{{"2026-11-02", []int64{60, 51, 1}}, {"2026-11-03", []int64{48, 50, 1}}, {"2026-11-05", []int64{23, 17, 1}}}}
	idle := days
	idle.Rows, idle.Totals = nil, []int64{0, 0, 0}
	return append([]Sample{
		{"fleet", FleetView(fleet)}, {"fleet-none", FleetView(none)},
		{"open-find", OpeningView(Opening{Query: "虎丘", Found: units})}, {"open-form", TermsView(form)}, {"open-refused", TermsView(refused)}, {"open-preview", PreviewView(look)}, {"open-preview-refused", PreviewView(signed)},
		{"tenant", TenantView(tenant)}, {"tenant-fresh", TenantView(fresh)}, {"tenant-suspended", TenantView(suspended)},
		{"health", HealthView(health)}, {"health-calm", HealthView(Health{At: at, Places: health.Places[:1]})},
		{"usage", UsageView(usage)}, {"usage-none", UsageView(unused)}, {"usage-missed", UsageView(missed)},
		{"usage-days", UsageDaysView(days)}, {"usage-idle", UsageDaysView(idle)},
	}, miniSamples(at, guard)...)
}
