package access

import (
	"net/netip"
	"slices"
	"time"

	"github.com/google/uuid"

	"wanjie/templates/ui"
)

// Kind is what happened.
type Kind string

// The kinds. What an administrator does to somebody else's account is an entry of that person's.
const (
	Login         Kind = "login"
	LoginRefused  Kind = "login.refused"
	Factor        Kind = "factor"
	FactorRefused Kind = "factor.refused"
	Enrolled      Kind = "factor.enrolled"
	Dropped       Kind = "factor.dropped"
	Codes         Kind = "codes.renewed"
	Password      Kind = "password.changed"
	Logout        Kind = "logout"
	Revoked       Kind = "sessions.ended"
	Disabled      Kind = "person.disabled"
	Enabled       Kind = "person.enabled"
	Refused       Kind = "request.refused"
	Exported      Kind = "record.exported"
	Opened        Kind = "address.opened"
	Provider      Kind = "provider.changed"
)

// Look is a look at a resident's data. Looks have a table of their own; the tenant's auditor reads
// them in the same list.
const Look Kind = "look"

// AnyRefused is no kind but a filter: everything that was refused.
const AnyRefused Kind = "refused"

// Word is a kind as people read it.
type Word struct {
	Kind  Kind
	Title string // catalogue key
	Bad   bool   // something was refused
	Grave bool   // an administrator changed what somebody may do here
}

// Words are all kinds in the order in which they are offered.
var Words = []Word{
	{Kind: Login, Title: ui.Key("登录")},
	{Kind: LoginRefused, Title: ui.Key("登录被拒"), Bad: true},
	{Kind: Factor, Title: ui.Key("二次验证")},
	{Kind: FactorRefused, Title: ui.Key("二次验证被拒"), Bad: true},
	{Kind: Enrolled, Title: ui.Key("绑定身份验证器")},
	{Kind: Codes, Title: ui.Key("重新生成恢复码")},
	{Kind: Password, Title: ui.Key("修改密码")},
	{Kind: Logout, Title: ui.Key("退出登录")},
	{Kind: Refused, Title: ui.Key("请求被拒"), Bad: true},
	{Kind: Look, Title: ui.Key("查阅个人信息")},
	{Kind: Revoked, Title: ui.Key("终止会话"), Grave: true},
	{Kind: Dropped, Title: ui.Key("解除身份验证器"), Grave: true},
	{Kind: Disabled, Title: ui.Key("停用账号"), Grave: true},
	{Kind: Enabled, Title: ui.Key("恢复账号"), Grave: true},
	{Kind: Opened, Title: ui.Key("查看完整地址"), Grave: true},
	{Kind: Provider, Title: ui.Key("更改区县统一登录"), Grave: true},
	{Kind: Exported, Title: ui.Key("导出访问记录"), Grave: true},
}

// WordOf is the word for a kind; one of a newer release is shown as it is stored.
func WordOf(k Kind) Word {
	if i := slices.IndexFunc(Words, func(w Word) bool { return w.Kind == k }); i >= 0 {
		return Words[i]
	}
	return Word{Kind: k, Title: string(k)}
}

// vias and grounds in words; catalogue keys.
var (
	vias = map[string]string{
		"password": ui.Key("密码"), "sms": ui.Key("短信验证码"), "code": ui.Key("邀请码或找回码"),
		"district": ui.Key("区县统一登录"), "totp": ui.Key("身份验证器"), "lookup": ui.Key("恢复码"),
	}
	grounds = map[string]string{
		"wrong": ui.Key("密码或验证码不正确"), "locked": ui.Key("尝试次数过多"), "disabled": ui.Key("账号已停用"), "expired": ui.Key("验证码已过期"),
		"stranger": ui.Key("统一登录平台的账号未登记或无效"),
	}
)

// ViaWord and GroundWord say by which factor, and why not; catalogue keys.
func ViaWord(via string) string       { return wordOr(vias, via) }
func GroundWord(ground string) string { return wordOr(grounds, ground) }

func wordOr(words map[string]string, key string) string {
	if w, ok := words[key]; ok {
		return w
	}
	return key
}

// Event is one entry of the record.
type Event struct {
	ID      uuid.UUID // made at writing when empty
	At      time.Time // now, when empty
	Kind    Kind
	Person  int64  // 0: not known
	By      int64  // who did it to them; 0: they themselves
	Via     string // password, sms, code, totp, lookup
	Ground  string // of a refusal: wrong, locked, disabled, expired
	Route   string // of a refused request: method and pattern
	Needs   string // capability that it asked for
	Session uuid.UUID
	Network string // made of Address at writing
	Address string // whole; empty in lists
	Reason  string // what an administrator wrote; empty in lists
	// Account is what was typed at a refused sign-in. It is not kept: it becomes Person, or a blind index.
	Account string

	// Again tells entries of one unknown account from those of another; the first bytes of its blind index.
	Again string
	// What a look was at: its object, fields and purpose.
	Object, Fields, Purpose string
	ObjectID                uuid.UUID
}

// Network is an address without its last part: 203.0.113.0/24, 2001:db8:1::/48. Addresses inside the
// office and of this machine keep it too, which is enough to tell one office from another.
func Network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	bits := 24
	if a = a.Unmap().WithZone(""); a.Is6() {
		bits = 48
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}
