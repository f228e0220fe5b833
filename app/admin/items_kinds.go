package admin

import (
	"wanjie/templates/ui"
	"wanjie/tenants/blueprint"
)

// as says how a field of an item is shown and filled in.
type as string

const (
	asText    as = "text"
	asArea    as = "area"
	asNumber  as = "number"
	asYes     as = "yes"
	asChoice  as = "choice"
	asMany    as = "many"    // several of a list
	asLimit   as = "limit"   // a number and its clock
	asUnit    as = "unit"    // a unit, or the community where the matter lies: unit and unit_kind
	asOptions as = "options" // lines of "value title"
	asRows    as = "rows"    // lines of keys
	asWeights as = "weights" // lines of "indicator weight"
	asHours   as = "hours"   // lines of "09:00-12:00"
	asLines   as = "lines"   // lines of text
	asPapers  as = "papers"  // lines of "name | form | copies | from | when"
	asDays    as = "days"    // weekdays
	asDates   as = "dates"   // days of a year, see readDays
	asWhen    as = "when"    // "question = value value"
)

// control is one field of a kind on the page. Its name is the field's in the item's body, so that what
// the blueprint finds wrong with a field is said at the control.
type control struct {
	name  string
	title string // catalogue key
	as    as
	pick  pick   // of a choice, or of many
	need  bool   // may not be left empty
	help  string // catalogue key
	first string // of many: what the first of them is called, a catalogue key; empty: their order says nothing
}

// kind is a kind of items as the page shows it.
type kind struct {
	kind  blueprint.Kind
	title string   // catalogue key
	about string   // catalogue key
	head  []string // controls that name an item in lists
	brief []string // and those that say the gist of it
	form  []control
}

// topic is a group of kinds on the first page.
type topic struct {
	title string
	kinds []kind
}

// order is a field that nearly every kind has.
var order = control{name: "order", title: ui.Key("排序"), as: asNumber, help: ui.Key("小的在前")}

// dates is how days may be typed.
var dates = ui.Key("一天一行或用、隔开，连续几天写作 2027-02-15 至 2027-02-21；可粘贴国务院办公厅通知的原文，先写一行年份，如 2027年")

func title(need string) control { return control{name: "title", title: need, as: asText, need: true} }

var topics = []topic{
	{ui.Key("机构"), []kind{
		{blueprint.Units, ui.Key("承办单位"), ui.Key("内设机构、站所、队伍和社区（村）"), []string{"name"}, []string{"kind", "short", "parent", "sectors"}, []control{
			{name: "name", title: ui.Key("全称"), as: asText, need: true}, {name: "short", title: ui.Key("简称"), as: asText, need: true},
			{name: "kind", title: ui.Key("类型"), as: asChoice, pick: unitKindOptions, need: true}, {name: "parent", title: ui.Key("上级单位"), as: asChoice, pick: unitOptions},
			{name: "sectors", title: ui.Key("对口条线"), as: asMany, pick: items(blueprint.Sectors)}, {name: "area", title: ui.Key("属地单位（有自己的地界，可作事发地）"), as: asYes}, order}},
		{blueprint.Sectors, ui.Key("条线"), ui.Key("主责部门与区级承办单位的对应"), []string{"title"}, []string{"name", "kind"}, []control{
			title(ui.Key("条线名称")), {name: "name", title: ui.Key("部门名称"), as: asText, need: true}, {name: "kind", title: ui.Key("类型"), as: asChoice, pick: unitKindOptions, need: true}, order}},
		{blueprint.Levels, ui.Key("分级"), ui.Key("一台受理、二级分拨、三级处置、四级监督各由谁做"), []string{"title"}, []string{"of", "rank"}, []control{
			title(ui.Key("名称")), {name: "of", title: ui.Key("环节"), as: asChoice, pick: workOptions, need: true}, {name: "rank", title: ui.Key("级次"), as: asNumber, need: true},
			{name: "text", title: ui.Key("做什么"), as: asArea, need: true}, {name: "unit_kinds", title: ui.Key("由哪类单位"), as: asMany, pick: unitKindOptions}, {name: "roles", title: ui.Key("由哪些角色"), as: asMany, pick: roleOptions}, order}},
	}},
	{ui.Key("分类"), []kind{
		{blueprint.Classes, ui.Key("类别"), ui.Key("立案用的部件、事项和扩展类别"), []string{"code", "title"}, []string{"kind", "parent", "judged", "elastic"}, []control{
			title(ui.Key("名称")), {name: "kind", title: ui.Key("类型"), as: asChoice, pick: classKindOptions, need: true}, {name: "scheme", title: ui.Key("分类体系"), as: asChoice, pick: schemeOptions, need: true},
			{name: "standard_ref", title: ui.Key("标准"), as: asText}, {name: "code", title: ui.Key("代码"), as: asText, help: ui.Key("扩展类别从 20 起：2 位大类或 5 位小类")},
			{name: "parent", title: ui.Key("上级类别"), as: asChoice, pick: classOptions}, {name: "judged", title: ui.Key("考评类别"), as: asChoice, pick: judgedOptions},
			{name: "elastic", title: ui.Key("弹性类别（不以结案率考核）"), as: asYes}, order}},
		{blueprint.Schemes, ui.Key("分类体系"), ui.Key("国家标准、扩展分类和外部平台的分类"), []string{"title"}, []string{"standard_ref", "since", "until"}, []control{
			title(ui.Key("名称")), {name: "standard_ref", title: ui.Key("标准"), as: asText}, {name: "since", title: ui.Key("生效日期"), as: asText, help: ui.Key("如 2026-07-01")},
			{name: "until", title: ui.Key("截止日期"), as: asText}, {name: "files", title: ui.Key("用于立案"), as: asYes}, {name: "note", title: ui.Key("说明"), as: asArea}, order}},
		{blueprint.Codes, ui.Key("外部代码"), ui.Key("来单和对外答复所用的代码"), []string{"code", "title"}, []string{"scheme", "parent"}, []control{
			{name: "scheme", title: ui.Key("分类体系"), as: asChoice, pick: items(blueprint.Schemes), need: true}, {name: "code", title: ui.Key("代码"), as: asText, need: true},
			title(ui.Key("名称")), {name: "parent", title: ui.Key("上级代码"), as: asText}, {name: "note", title: ui.Key("说明"), as: asArea}, order}},
		{blueprint.Mappings, ui.Key("分类对照"), ui.Key("外部代码到立案类别"), []string{"from", "code"}, []string{"target", "inferred"}, []control{
			{name: "from", title: ui.Key("来源体系"), as: asChoice, pick: items(blueprint.Schemes), need: true}, {name: "code", title: ui.Key("来源代码"), as: asText, need: true},
			{name: "to", title: ui.Key("目标体系"), as: asChoice, pick: schemeOptions, need: true}, {name: "target", title: ui.Key("目标类别"), as: asChoice, pick: classOptions, need: true},
			{name: "small", title: ui.Key("小类顺延（旧 0110 → 新 06010）"), as: asYes}, {name: "inferred", title: ui.Key("推定，须由人确认"), as: asYes}, {name: "note", title: ui.Key("说明"), as: asArea}, order}},
	}},
	{ui.Key("职责和时限"), []kind{
		{blueprint.Duties, ui.Key("职责清单"), ui.Key("法定派遣的依据：基本履职、配合履职、上级收回"), []string{"class"}, []string{"unit", "list", "upper"}, []control{
			{name: "class", title: ui.Key("类别"), as: asChoice, pick: classOptions, need: true}, {name: "list", title: ui.Key("清单"), as: asChoice, pick: listOptions, need: true},
			{name: "unit", title: ui.Key("承办单位"), as: asUnit, pick: unitOptions}, {name: "upper", title: ui.Key("主责部门"), as: asText, help: ui.Key("配合履职、上级收回填写")},
			{name: "sectors", title: ui.Key("主责条线"), as: asMany, pick: items(blueprint.Sectors), first: ui.Key("牵头条线")}, {name: "does", title: ui.Key("本级做什么"), as: asArea}, {name: "upper_does", title: ui.Key("主责部门做什么"), as: asArea},
			{name: "ground", title: ui.Key("依据"), as: asText, need: true}, order}},
		{blueprint.Conditions, ui.Key("立案条件"), ui.Key("现场情形决定时限和结案条件"), []string{"class", "text"}, []string{"limit", "unit", "close"}, []control{
			{name: "class", title: ui.Key("类别"), as: asChoice, pick: classOptions, need: true}, {name: "text", title: ui.Key("情形"), as: asText, need: true},
			{name: "limit", title: ui.Key("时限"), as: asLimit, need: true}, {name: "close", title: ui.Key("结案条件"), as: asText, need: true},
			{name: "unit", title: ui.Key("责任单位"), as: asUnit, pick: unitOptions, help: ui.Key("不选的按职责清单")}, order}},
		{blueprint.Calendars, ui.Key("工作日历"), ui.Key("工作时间、放假和调休"), []string{"title"}, []string{"hours", "weekdays"}, []control{
			title(ui.Key("名称")), {name: "hours", title: ui.Key("工作时间"), as: asHours, need: true, help: ui.Key("每行一段，如 09:00-12:00")}, {name: "weekdays", title: ui.Key("工作日"), as: asDays, need: true},
			{name: "holidays", title: ui.Key("放假日期"), as: asDates, help: dates}, {name: "workdays", title: ui.Key("调休上班日期"), as: asDates, help: dates}, {name: "source", title: ui.Key("依据"), as: asText}}},
		{blueprint.Settings, ui.Key("参数"), ui.Key("提前量、退单、延期、挂账、亮灯、催办、抽样等"), []string{"title"}, []string{"value"}, nil}, // its own page edits one
	}},
	{ui.Key("流程"), []kind{
		{blueprint.Channels, ui.Key("来源渠道"), ui.Key("诉求从哪里来"), []string{"title"}, []string{"upper"}, []control{title(ui.Key("名称")), {name: "upper", title: ui.Key("上级来单（有来单编号和期限，办结后回复）"), as: asYes},
			{name: "devices", title: ui.Key("设备平台告警（有平台编号，不需回复）"), as: asYes}, order}},
		{blueprint.Routes, ui.Key("办理流程"), ui.Key("按渠道和类别跳过、必经的步骤"), []string{"channel", "class", "urgent"}, []string{"skip", "must", "reply"}, []control{
			{name: "channel", title: ui.Key("来源渠道"), as: asChoice, pick: items(blueprint.Channels), need: true}, {name: "class", title: ui.Key("类别"), as: asChoice, pick: classOptions, help: ui.Key("不选为所有类别")},
			{name: "urgent", title: ui.Key("紧急情况"), as: asYes}, {name: "skip", title: ui.Key("跳过"), as: asMany, pick: stepOptions}, {name: "must", title: ui.Key("必经（不抽样）"), as: asMany, pick: stepOptions},
			{name: "auto_file", title: ui.Key("上报后直接立案"), as: asYes}, {name: "auto_dispatch", title: ui.Key("按职责清单直接派遣"), as: asYes}, {name: "answer", title: ui.Key("受理即可答复办结"), as: asYes},
			{name: "on_spot", title: ui.Key("巡办一体"), as: asYes}, {name: "reply", title: ui.Key("对上回复"), as: asMany, pick: replyOptions}, order}},
		{blueprint.Samples, ui.Key("抽样"), ui.Key("回访和核查的比例"), []string{"of", "channel", "class"}, []string{"percent", "least"}, []control{
			{name: "of", title: ui.Key("用途"), as: asChoice, pick: sampledOptions, need: true}, {name: "channel", title: ui.Key("来源渠道"), as: asChoice, pick: items(blueprint.Channels)}, {name: "class", title: ui.Key("类别"), as: asChoice, pick: classOptions},
			{name: "percent", title: ui.Key("比例（%）"), as: asNumber, need: true}, {name: "least", title: ui.Key("每单位每天至少"), as: asNumber}, order}},
		{blueprint.Reasons, ui.Key("理由清单"), ui.Key("不予立案、退单、延期、挂账、剔除等可选的理由"), []string{"title"}, []string{"list", "help"}, []control{
			{name: "list", title: ui.Key("清单"), as: asChoice, pick: reasonListOptions, need: true}, title(ui.Key("理由")), {name: "help", title: ui.Key("适用情形"), as: asArea, need: true},
			{name: "words", title: ui.Key("须写说明"), as: asYes}, {name: "proof", title: ui.Key("须附材料"), as: asYes}, {name: "limit", title: ui.Key("最长延期或复核周期"), as: asLimit},
			{name: "outside", title: ui.Key("告知的渠道"), as: asChoice, pick: items(blueprint.Outsides)}, order}},
		{blueprint.Supervisions, ui.Key("督办级别"), ui.Key("几级督办，由谁签发"), []string{"title"}, []string{"signer", "reply"}, []control{
			title(ui.Key("名称")), {name: "rank", title: ui.Key("级次"), as: asNumber, need: true}, {name: "signer", title: ui.Key("签发人"), as: asChoice, pick: roleOptions, need: true}, {name: "reply", title: ui.Key("反馈时限"), as: asLimit, need: true},
			{name: "text", title: ui.Key("适用情形"), as: asArea, need: true}, {name: "overdue", title: ui.Key("超过时限百分之几时建议"), as: asNumber, need: true, help: ui.Key("0 为不自动建议")},
			{name: "repeats", title: ui.Key("第几次反映时建议"), as: asNumber, need: true, help: ui.Key("0 为不自动建议")}, {name: "deduct", title: ui.Key("考核扣分（0.1 分）"), as: asNumber}, order}},
		{blueprint.Outsides, ui.Key("渠道外事项"), ui.Key("紧急电话和依法另有途径的事项"), []string{"title"}, []string{"number", "matters"}, []control{
			title(ui.Key("名称")), {name: "number", title: ui.Key("电话"), as: asText}, {name: "matters", title: ui.Key("哪些事项"), as: asArea, need: true}, {name: "say", title: ui.Key("告知的话"), as: asArea, need: true},
			{name: "emergency", title: ui.Key("紧急情况"), as: asYes}, {name: "ground", title: ui.Key("依据"), as: asText}, order}},
	}},
	{ui.Key("办事服务"), []kind{
		{blueprint.Services, ui.Key("服务事项"), ui.Key("居民办事的条件、材料、步骤、时限和地点"), []string{"title"}, []string{"type", "unit", "promised", "sample"}, []control{
			title(ui.Key("事项名称")), {name: "type", title: ui.Key("事项类型"), as: asChoice, pick: serviceTypeOptions, need: true}, {name: "code", title: ui.Key("事项编码"), as: asText},
			{name: "unit", title: ui.Key("承办单位"), as: asChoice, pick: items(blueprint.Units), need: true}, {name: "basis", title: ui.Key("设定依据"), as: asArea, need: true}, {name: "who", title: ui.Key("谁能办"), as: asText, need: true},
			{name: "condition", title: ui.Key("受理条件"), as: asArea, need: true}, {name: "materials", title: ui.Key("材料清单"), as: asPapers, help: ui.Key("每行一项：名称 | 形式 | 份数 | 来源 | 何时需要")},
			{name: "steps", title: ui.Key("办理步骤"), as: asLines, need: true, help: ui.Key("每行一个")}, {name: "statutory", title: ui.Key("法定时限"), as: asLimit}, {name: "promised", title: ui.Key("承诺时限"), as: asLimit, help: ui.Key("不填为当场办结")},
			{name: "visits", title: ui.Key("到现场次数"), as: asNumber}, {name: "fee", title: ui.Key("收费"), as: asText, need: true}, {name: "result", title: ui.Key("结果名称"), as: asText, need: true}, {name: "place", title: ui.Key("办理地点"), as: asText, need: true},
			{name: "hours", title: ui.Key("办理时间"), as: asText, help: ui.Key("不填按工作日历")}, {name: "phone", title: ui.Key("电话"), as: asText, help: ui.Key("不填为服务电话")}, {name: "online", title: ui.Key("在线地址"), as: asText},
			{name: "events", title: ui.Key("人生事件"), as: asMany, pick: eventOptions}, {name: "words", title: ui.Key("别名"), as: asLines, help: ui.Key("每行一个，居民常用的叫法")}, {name: "agency", title: ui.Key("可帮办代办"), as: asYes},
			{name: "home", title: ui.Key("可上门办理"), as: asYes}, {name: "sample", title: ui.Key("样例（未核对）"), as: asYes}, order}},
	}},
	{ui.Key("表单和文案"), []kind{
		{blueprint.Fields, ui.Key("登记项"), ui.Key("各类别要多填的内容"), []string{"title"}, []string{"class", "at", "type", "personal"}, []control{
			title(ui.Key("名称")), {name: "class", title: ui.Key("类别"), as: asChoice, pick: classOptions, help: ui.Key("不选为所有类别")}, {name: "at", title: ui.Key("何时填写"), as: asChoice, pick: occasionOptions, need: true},
			{name: "type", title: ui.Key("类型"), as: asChoice, pick: fieldTypeOptions, need: true}, {name: "options", title: ui.Key("可选值"), as: asOptions, help: ui.Key("每行一个：编号 名称")}, {name: "unit", title: ui.Key("计量单位"), as: asText},
			{name: "help", title: ui.Key("填写说明"), as: asText}, {name: "required", title: ui.Key("必填"), as: asYes}, {name: "personal", title: ui.Key("个人信息（加密保存、查看留痕）"), as: asYes}, order}},
		{blueprint.Forms, ui.Key("打印表单"), ui.Key("交办单、审批表、回复单等的版式"), []string{"title"}, []string{"document", "class"}, []control{
			title(ui.Key("名称")), {name: "document", title: ui.Key("文书"), as: asChoice, pick: documentOptions, need: true}, {name: "class", title: ui.Key("类别"), as: asChoice, pick: classOptions, help: ui.Key("不选为所有类别")},
			{name: "rows", title: ui.Key("版式"), as: asRows, need: true, help: ui.Key("每行 1 至 4 项的编号，空格分开；登记项写作 field.编号")}, {name: "signs", title: ui.Key("签名栏"), as: asLines, help: ui.Key("每行一个")}, {name: "note", title: ui.Key("附注"), as: asArea}, order}},
		{blueprint.Questions, ui.Key("回访问卷"), ui.Key("回访时问什么，计入哪一率"), []string{"title"}, []string{"type", "counts"}, []control{
			title(ui.Key("问题")), {name: "type", title: ui.Key("题型"), as: asChoice, pick: questionTypeOptions, need: true}, {name: "counts", title: ui.Key("计入"), as: asChoice, pick: countedOptions}, {name: "options", title: ui.Key("可选值"), as: asOptions, help: ui.Key("每行一个：编号 名称")},
			{name: "class", title: ui.Key("类别"), as: asChoice, pick: classOptions, help: ui.Key("不选为所有类别")}, {name: "when", title: ui.Key("前提"), as: asWhen, help: ui.Key("写作 题目编号 = 答案，如 solved = no")}, {name: "required", title: ui.Key("必答"), as: asYes}, order}},
		{blueprint.Texts, ui.Key("文案"), ui.Key("对诉求人和承办单位说的话"), []string{"title"}, []string{"body"}, []control{title(ui.Key("名称")), {name: "body", title: ui.Key("内容"), as: asArea, need: true}, order}},
	}},
	{ui.Key("考核"), []kind{
		{blueprint.Indicators, ui.Key("指标"), ui.Key("口径、系数和版本"), []string{"title"}, []string{"text", "version"}, []control{
			title(ui.Key("名称")), {name: "formula", title: ui.Key("算法"), as: asText}, {name: "text", title: ui.Key("口径"), as: asArea, need: true}, {name: "version", title: ui.Key("版本"), as: asNumber, need: true, help: ui.Key("修改口径、权重后加 1")},
			{name: "places", title: ui.Key("小数位"), as: asNumber, need: true}, {name: "factor", title: ui.Key("折算（%）"), as: asNumber}, {name: "days", title: ui.Key("天数"), as: asNumber}, {name: "with_elastic", title: ui.Key("含弹性类别"), as: asYes}, order}},
		{blueprint.Reports, ui.Key("报表"), ui.Key("指标、权重和排名"), []string{"title"}, []string{"cycle", "rows", "ranked", "version"}, []control{
			title(ui.Key("名称")), {name: "cycle", title: ui.Key("周期"), as: asChoice, pick: items(blueprint.Cycles), need: true}, {name: "rows", title: ui.Key("统计对象"), as: asChoice, pick: rowOptions, need: true},
			{name: "columns", title: ui.Key("指标和权重"), as: asWeights, need: true, help: ui.Key("每行一个：指标编号 权重；排名的权重合计 100")}, {name: "ranked", title: ui.Key("排名"), as: asYes}, {name: "apart", title: ui.Key("不同类型单位分开排名"), as: asYes},
			{name: "mean", title: ui.Key("合计行取算术平均"), as: asYes}, {name: "then", title: ui.Key("同分看"), as: asChoice, pick: items(blueprint.Indicators)}, {name: "judged", title: ui.Key("考评类别"), as: asChoice, pick: judgedOptions}, {name: "least", title: ui.Key("最小样本"), as: asNumber, help: ui.Key("0 为按参数")},
			{name: "version", title: ui.Key("版本"), as: asNumber, need: true, help: ui.Key("修改口径、权重后加 1")}, {name: "text", title: ui.Key("口径"), as: asArea, need: true}, {name: "sections", title: ui.Key("文字部分"), as: asLines, help: ui.Key("每行一个")}, order}},
		{blueprint.Cycles, ui.Key("考核周期"), ui.Key("从何时到何时算一期"), []string{"title"}, []string{"every", "at", "day"}, []control{
			title(ui.Key("名称")), {name: "every", title: ui.Key("长度"), as: asChoice, pick: everyOptions, need: true}, {name: "at", title: ui.Key("分界时刻"), as: asText, help: ui.Key("如 12:00，不填为零点")}, {name: "day", title: ui.Key("第一天"), as: asNumber, help: ui.Key("月：几号；周：星期几")}, order}},
	}},
}

// kindOf finds a kind that the pages show.
func kindOf(key string) (kind, bool) {
	for _, t := range topics {
		for _, k := range t.kinds {
			if string(k.kind) == key {
				return k, true
			}
		}
	}
	return kind{}, false
}

func (k kind) control(name string) control {
	for _, c := range k.form {
		if c.name == name {
			return c
		}
	}
	return control{name: name, as: asText}
}
