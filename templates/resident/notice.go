package resident

import (
	"context"

	"wanjie/templates/ui"
)

// Part is a heading of the privacy notice with what stands below it: paragraphs, or a list.
type Part struct {
	Title string   `json:"title"`
	List  bool     `json:"list"`
	Text  []string `json:"text"`
}

// NoticeParts is the text of the privacy notice, the same for pages and programs. A change of its meaning raises
// resident.NoticeVersion.
func NoticeParts(ctx context.Context, p Notice) []Part {
	return []Part{
		{Title: ui.T(ctx, "谁处理您的信息"), Text: []string{
			ui.T(ctx, "%s是您信息的处理者，为办理您反映的事项依法履职。平台运营方受街道委托提供技术服务，看不到您的个人信息。", p.Street),
		}},
		{Title: ui.T(ctx, "收集什么，用来做什么"), List: true, Text: []string{
			ui.T(ctx, "手机号码：登录，并就您反映的事项联系您。"),
			ui.T(ctx, "称呼：可以不填，只用于联系时称呼您。"),
			ui.T(ctx, "您写下的情况、地址和社区：用于到现场办理。"),
			ui.T(ctx, "位置：只在您点击定位时取得一次，随那一件事项保存；须您单独同意。"),
			ui.T(ctx, "不读取通讯录，不持续定位，不作画像、评分和广告。"),
		}},
		{Title: ui.T(ctx, "谁能看到"), Text: []string{
			ui.T(ctx, "受理人员和承办单位只能看到隐去一部分的姓名和号码；需要看全时须选择用途，每一次都有记录，您可以在“我的”里查到。您要求保密的，承办单位看不到。依法须移交有关单位的，只交办理所必需的内容。"),
		}},
		{Title: ui.T(ctx, "保存多久，怎样保护"), Text: []string{
			ui.T(ctx, "账号信息保存到您注销为止；办理记录按档案管理规定保存。个人信息用国家商用密码算法加密存放在境内，每个街道使用各自的密钥。"),
		}},
		{Title: ui.T(ctx, "您的权利"), Text: []string{
			ui.T(ctx, "您可以随时在“我的”里查看、更正、下载您的信息，撤回同意，注销账号。撤回不影响撤回前已经进行的处理，也不影响街道办理您的事项。有疑问或投诉请拨打 %s。", p.Hotline),
		}},
		{Title: ui.T(ctx, "未成年人"), Text: []string{
			ui.T(ctx, "不满十四周岁的，请由父母或其他监护人使用和同意。"),
		}},
	}
}
