package auth

import "wanjie/templates/ui"

// capabilities in words, for the record of what was refused; catalogue keys.
var capabilities = map[string]string{
	CasesRead: ui.Key("查看案卷"), CasesReport: ui.Key("上报案卷"), CasesAccept: ui.Key("受理案卷"), CasesVerify: ui.Key("核实案卷"), CasesFile: ui.Key("立案"),
	CasesDispatch: ui.Key("派遣案卷"), CasesNegotiate: ui.Key("商定派遣"), CasesDesignate: ui.Key("指定承办单位"), CasesReceive: ui.Key("签收案卷"), CasesHandle: ui.Key("办理案卷"),
	CasesWork: ui.Key("经办派给本人的案卷"), WhistlesBlow: ui.Key("吹哨召集单位"), ServicesServe: ui.Key("帮办代办"),
	CommunityRead: ui.Key("查看社区内容和报名"), CommunityWrite: ui.Key("起草社区内容"), CommunityReview: ui.Key("审核发布社区内容"),
	CasesCheck: ui.Key("核查案卷"), CasesClose: ui.Key("结案"), CasesCall: ui.Key("回访诉求人"), CasesApprove: ui.Key("审批退单、延期和挂账"), CasesUrge: ui.Key("催办案卷"),
	CasesSupervise: ui.Key("督办案卷"), CasesInstruct: ui.Key("批示案卷"), CasesExport: ui.Key("导出案卷"), CasesDisclose: ui.Key("导出诉求人信息"), ShiftsLead: ui.Key("带班和交接班"),
	GridsDraw: ui.Key("维护网格"), GridsStaff: ui.Key("配备网格人员"), PatrolsPlan: ui.Key("安排巡查"), PatrolsDo: ui.Key("网格巡查"),
	BoardRead: ui.Key("查看运行看板"), PeopleCount: ui.Key("登记常住人口"), ModulesSwitch: ui.Key("启用和停用模块"), ConfigRead: ui.Key("查看配置"), ConfigWrite: ui.Key("修改配置"),
	PeopleRead: ui.Key("查看人员"), PeopleWrite: ui.Key("管理人员"), GrantsGive: ui.Key("授予和收回角色"), JournalRead: ui.Key("查看操作留痕"),
	KeysRead: ui.Key("查看接口密钥和调用记录"), KeysGive: ui.Key("生成和吊销接口密钥"),
	LooksRead: ui.Key("查看查阅记录"), AccessRead: ui.Key("查看访问记录"), SupportRead: ui.Key("查看运营进入记录"), SupportDecide: ui.Key("批准运营进入"), StreetsEnter: ui.Key("申请进入街道"),
	StreetsRead: ui.Key("查看街道总览"), StreetsOpen: ui.Key("开通和暂停街道"), UsageRead: ui.Key("查看用量"), HealthRead: ui.Key("查看运行健康"),
}

// CapabilityWord is a capability as people read it, a catalogue key; one without words as it is written.
func CapabilityWord(capability string) string {
	if w, ok := capabilities[capability]; ok {
		return w
	}
	return capability
}
