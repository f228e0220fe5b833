package district

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

// Samples lists them: a busy district, one of its streets, a district on its first day.
func Samples() []Sample {
	street := sample()
	street.Name, street.Street, street.Path, street.Behind = "枫桥街道", true, "/d/320505/streets/fengqiao", 12
	street.Places = []Line{{Name: "枫桥社区", Counts: Counts{182, 170, 160, 10, 22, 1}}, {Name: "马浜社区", Counts: Counts{120, 121, 121, 0, 8, 0}}}
	empty := Board{Name: "虎丘区", Path: "/d/320505", Query: url.Values{}, Choices: street.Choices, From: street.From, To: street.To, At: street.At, Against: street.Against}
	street.PerHead = false
	unit := sample()
	unit.PerHead = false
	unit.Name, unit.Path = "区水务局", "/d/320505/units/water"
	served := []Line{{Name: "枫桥街道", Href: "/d/320505/streets/fengqiao", Counts: Counts{302, 280, 270, 10, 40, 3}}, {Name: "横塘街道", Href: "/d/320505/streets/hengtang", Counts: Counts{116, 110, 101, 9, 12, 1}},
		{Name: "虎丘区指挥中心", Href: "/d/320505/streets/huqiu-centre", Apart: true, Counts: Counts{88, 80, 78, 2, 11, 1}}}
	line := sample()
	line.Line, line.Channels, line.Behind = "水务", nil, 1
	lineStreet := street
	lineStreet.Line, lineStreet.Channels, lineStreet.Places = "水务", nil, nil
	deep := func(group string) Board {
		b := sample()
		b.Group = group
		for i := range b.Groups {
			b.Groups[i].Active = i == map[string]int{Backlog: 1, Flow: 2}[group]
		}
		return b
	}
	past := sample()
	past.Past, past.Custom, past.To = true, true, past.From.AddDate(0, 0, 9)
	people := &People{Path: "/d/320505/populations", Guard: ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"}, May: true, AsOf: "2025-12-31", Source: "演示", Say: "请检查标红的内容",
		Errors: map[string]string{"residents-b": "请填写人数，如 85210"}, Streets: []Resided{{Name: "枫桥街道", Residents: "121,000", AsOf: "2020-11-01", Source: "演示公报", By: "周研判", At: "2026-11-23 10:00", Field: "residents-a"},
			{Name: "横塘街道", Field: "residents-b", Typed: "许多"}},
		Entered: []Resided{{Name: "枫桥街道", Residents: "121,000", AsOf: "2020-11-01", Source: "演示公报", By: "周研判", At: "2026-11-23 10:00"},
			{Name: "枫桥街道", Residents: "112,000", AsOf: "2020-11-01", Source: "演示公报", By: "周研判", At: "2026-11-23 09:58"}}}
	readers := *people
	readers.May, readers.Say, readers.Errors = false, "", nil
	return []Sample{
		{"people", PeoplePage(people)},
		{"people-readers", PeoplePage(&readers)},
		{"people-none", PeoplePage(&People{Path: "/d/320505/populations"})},
		{"board", View(sample())},
		{"street", View(street)},
		{"empty", View(empty)},
		{"line", View(line)},
		{"line-street", View(lineStreet)},
		{"past", View(past)},
		{"units", Full(Sheet{Board: sample(), Table: Units, Lines: sample().Units})},
		{"unit", Full(Sheet{Board: unit, Table: Places, Lines: served})},
		{"classes", Full(Sheet{Board: sample(), Table: Classes, Lines: sample().Classes})},
		{"backlog", View(deep(Backlog))},
		{"flow", View(deep(Flow))},
		{"print", Print(sample())},
		{"months", MonthList([]MonthRow{{Month: "2026-10", MadeAt: "2026-11-01 00:10", Mark: "9f86d081884c", Href: "/d/320505/months/2026-10"}, {Month: "2026-09", MadeAt: "2026-10-01 00:10", Mark: "60303ae22b99", Href: "/d/320505/months/2026-09"}})},
		{"months-none", MonthList(nil)},
		{"month", MonthPage(month())},
	}
}

func month() Month {
	b := sample()
	b.From, b.To, b.At = b.From.AddDate(0, -1, 0), b.From.AddDate(0, 0, -1), b.From.Add(10*time.Minute)
	b.Against, b.Past = "较上月", true
	return Month{Board: b, Month: "2026-10", MadeAt: b.At, Mark: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Path: "/d/320505/months/2026-10", All: "/d/320505/months"}
}

func sample() Board {
	from := time.Date(2026, 10, 31, 16, 0, 0, 0, time.UTC)
	b := Board{
		Name: "虎丘区", Path: "/d/320505", Query: url.Values{"period": {"month"}}, From: from, To: from.AddDate(0, 0, 22), At: from.Add(22*24*time.Hour + 20*time.Hour),
		Now: Counts{4126, 3987, 3702, 285, 611, 43}, Was: Counts{Received: 3868, Closed: 3901, OnTime: 3540, Overdue: 361}, Against: "较上月同期",
		Choices: []Choice{{"今天", "/d/320505?period=today", false}, {"近7日", "/d/320505?period=7d", false}, {"近30日", "/d/320505?period=30d", false},
			{"本月", "/d/320505?period=month", true}, {"本年", "/d/320505?period=year", false}},
		Places: []Line{
			{Name: "枫桥街道", Href: "/d/320505/streets/fengqiao", Counts: Counts{1212, 1180, 1122, 58, 164, 9}},
			{Name: "狮山街道", Href: "/d/320505/streets/shishan", Counts: Counts{1034, 1002, 961, 41, 142, 3}},
			{Name: "横塘街道", Href: "/d/320505/streets/hengtang", Counts: Counts{702, 690, 603, 87, 118, 17}},
			{Name: "浒墅关镇", Href: "/d/320505/streets/xushuguan", Counts: Counts{640, 602, 556, 46, 101, 8}},
			{Name: "通安镇", Href: "/d/320505/streets/tongan", Counts: Counts{388, 371, 340, 31, 62, 6}},
			{Name: "东渚街道", Href: "/d/320505/streets/dongzhu", Counts: Counts{150, 142, 120, 22, 24, 0}},
			{Name: "镇湖街道", Href: "/d/320505/streets/zhenhu"},
			{Name: "虎丘区指挥中心", Href: "/d/320505/streets/huqiu-centre", Apart: true, Counts: Counts{212, 198, 190, 8, 31, 2}},
		},
		Classes: []Line{
			{Name: "占道经营", Counts: Counts{618, 611, 590, 21, 40, 1}}, {Name: "机动车乱停放", Counts: Counts{574, 560, 533, 27, 61, 2}}, {Name: "暴露垃圾", Counts: Counts{402, 399, 391, 8, 19, 0}},
			{Name: "小区保洁保绿", Counts: Counts{377, 350, 301, 49, 88, 12}}, {Name: "共享单车乱象", Counts: Counts{298, 297, 290, 7, 11, 0}}, {Name: "邻里纠纷", Counts: Counts{205, 187, 166, 21, 44, 5}},
			{Name: "公共设施维修", Counts: Counts{196, 170, 141, 29, 60, 11}}, {Name: "噪声扰民", Counts: Counts{171, 169, 160, 9, 13, 0}}, {Name: "道路破损", Counts: Counts{133, 120, 97, 23, 38, 6}},
			{Name: "擅自在临街的建筑物上挂彩旗", Counts: Counts{12, 12, 12, 0, 0, 0}},
		},
		Units: []Line{
			{Name: "区水务局", Serves: 6, Href: "/d/320505/units/water?period=month", Counts: Counts{418, 390, 371, 19, 52, 4}},
			{Name: "综合执法巡查处置中队", Owner: "枫桥街道", Counts: Counts{402, 398, 385, 13, 30, 1}}, {Name: "综合行政执法局", Owner: "狮山街道", Counts: Counts{366, 360, 351, 9, 28, 0}},
			{Name: "环境卫生管理站", Owner: "枫桥街道", Counts: Counts{251, 249, 240, 9, 17, 0}}, {Name: "物业管理站", Owner: "横塘街道", Counts: Counts{190, 161, 120, 41, 66, 12}},
			{Name: "区应急管理局", Owner: "虎丘区指挥中心", Counts: Counts{88, 80, 78, 2, 11, 1}},
		},
		Channels: []Line{
			{Name: "12345热线", Counts: Counts{1630, 1590, 1450, 140, 280, 22}}, {Name: "网格员", Counts: Counts{1204, 1198, 1170, 28, 90, 3}}, {Name: "数字城管", Counts: Counts{702, 690, 640, 50, 101, 9}},
			{Name: "居民上报", Counts: Counts{391, 320, 273, 47, 110, 9}}, {Name: "窗口", Counts: Counts{120, 118, 108, 10, 18, 0}}, {Name: "电话", Counts: Counts{79, 71, 61, 10, 12, 0}},
		},
	}
	received := []float64{171, 188, 203, 195, 240, 122, 98, 190, 211, 205, 223, 230, 131, 90, 178, 196, 204, 199, 233, 118, 96, 189, 116}
	closed := []float64{150, 180, 199, 201, 221, 140, 80, 182, 208, 201, 199, 240, 150, 71, 160, 187, 210, 203, 219, 140, 88, 190, 68}
	overdue := []float64{12, 9, 14, 20, 18, 8, 3, 12, 15, 11, 17, 21, 13, 5, 10, 14, 12, 16, 18, 11, 7, 13, 6}
	t := ui.Trend{Name: "每日收件与结案（件）", Lines: []ui.Series{{Name: "收件", Values: received}, {Name: "结案", Values: closed}, {Name: "超期结案", Values: overdue}}}
	for i := range received {
		t.Points = append(t.Points, ui.Date(from.AddDate(0, 0, i))[5:])
	}
	b.Trend = t
	b.Groups = []Choice{{"办理情况", "/d/320505?period=month", true}, {"期限与积压", "/d/320505?group=backlog&period=month", false}, {"流转与回访", "/d/320505?group=flow&period=month", false}}
	b.People = "/d/320505/populations"
	b.PerHead, b.Places[0].Residents, b.Places[1].Residents = true, 121000, 98400
	for _, lines := range [][]Line{b.Places, b.Classes, b.Units, b.Channels} {
		for i := range lines { // in proportion, for want of a year's history
			l := &lines[i]
			n := l.Received
			l.Depth = Depth{Returned: n / 40, Reopened: n / 90, Repeated: n / 25, HandedOut: n / 30, Called: n / 3, Contacted: n / 3, Solved: n * 3 / 10, Satisfied: n / 4, Basically: n / 30,
				Due: l.Closed + l.Late, Met: l.OnTime, Suspended: l.Open / 20, Age: [3]int64{l.Open / 5, l.Open / 11, l.Open / 25}}
		}
	}
	return b
}
