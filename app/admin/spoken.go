package admin

import (
	"maps"

	"wanjie/templates/ui"
)

// spoken are the acts that belong to no module, their objects and dimensions, and the dimensions that many acts share; as
// module.Module.Words.
var spoken = map[string]string{
	"object/tenant": ui.Key("街道与配置"), "object/grant": ui.Key("授权"), "object/member": ui.Key("人员"), "object/invite_list": ui.Key("邀请名单"), "object/api_key": ui.Key("接口密钥"),

	"act/tenant.opened": ui.Key("开通"), "act/tenant.state": ui.Key("变更运行状态"), "act/tenant.branded": ui.Key("修改街道形象"), "act/config.changed": ui.Key("修改配置"),
	"act/keys.renewed": ui.Key("更换数据密钥"), "act/keys.resealed": ui.Key("数据已换用新密钥"), "act/keys.retired": ui.Key("停用旧密钥"),
	"act/grant.given": ui.Key("授权"), "act/grant.ended": ui.Key("收回授权"), "act/people.listed": ui.Key("批量邀请"),
	"act/member.joined": ui.Key("加入人员"), "act/member.changed": ui.Key("修改人员资料"), "act/member.left": ui.Key("移出人员"),
	"act/member.sessions_ended": ui.Key("终止会话"), "act/member.factor_dropped": ui.Key("解除身份验证器"), "act/member.disabled": ui.Key("停用账号"), "act/member.enabled": ui.Key("恢复账号"),
	"act/api_key.made": ui.Key("生成接口密钥"), "act/api_key.revoked": ui.Key("吊销接口密钥"),

	"dimension/stage": ui.Key("阶段"), "dimension/class": ui.Key("类别"), "dimension/unit": ui.Key("承办单位"), "dimension/channel": ui.Key("渠道"), "dimension/community": ui.Key("社区（村）"),
	"dimension/role": ui.Key("角色"), "dimension/person": ui.Key("人员"), "dimension/people": ui.Key("人数"), "dimension/grid": ui.Key("网格"), "dimension/district": ui.Key("区县"),
	"dimension/state": ui.Key("状态"), "dimension/ground": ui.Key("原因"), "dimension/item": ui.Key("配置项"), "dimension/items": ui.Key("项数"), "dimension/revision": ui.Key("修订号"),
	"dimension/on": ui.Key("启用"), "dimension/off": ui.Key("停用"), "dimension/name": ui.Key("名称"), "dimension/short_name": ui.Key("简称"), "dimension/colour": ui.Key("主色"),
	"dimension/accent": ui.Key("辅色"), "dimension/welcome": ui.Key("欢迎语"), "dimension/logo": ui.Key("标志"), "dimension/version": ui.Key("密钥版本"), "dimension/versions": ui.Key("停用的版本数"),
	"dimension/values": ui.Key("数据项数"), "dimension/unreadable": ui.Key("无法解开的数据项"), "dimension/blueprint": ui.Key("蓝本"), "dimension/contract": ui.Key("合同编号"),
	"dimension/kind": ui.Key("类型"), "dimension/until": ui.Key("有效期至"), "kind/street": ui.Key("街道"), "kind/centre": ui.Key("区级指挥中心"),
}

// Words are what the acts say that belong to no module.
func Words() map[string]string { return maps.Clone(spoken) }
