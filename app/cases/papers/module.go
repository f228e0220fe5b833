package papers

import (
	"wanjie/app/module"
	"wanjie/templates/ui"
	"wanjie/tenants/journal"
)

// Part is what papers bring to the module of cases.
var Part = module.Module{
	Routes: routes,
	Acts:   []journal.Kind{{Name: "paper.printed", Version: 1}},
	Words: map[string]string{
		"act/paper.printed": ui.Key("打印文书"), "object/paper": ui.Key("文书"), "purpose/print": ui.Key("打印文书"), "dimension/paper": ui.Key("文书"),
		"dimension/paper_name": ui.Key("文书名称"), "format/print": ui.Key("纸质打印"), "format/docx": ui.Key("Word 文件"),
		"field/title": ui.Key("标题"), "field/reason": ui.Key("情况说明"), "field/result": ui.Key("办理情况"), "field/reply": ui.Key("答复内容"),
		"field/finding": ui.Key("核查意见"), "field/review_opinion": ui.Key("审批意见"), "field/callback_words": ui.Key("回访情况"),
	},
}
