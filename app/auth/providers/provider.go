package providers

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"

	"wanjie/app/fault"
	"wanjie/templates/ui"
)

// Means is what the claim is that says who somebody is.
type Means string

// The means.
const (
	Phone  Means = "phone"
	Email  Means = "email"
	Number Means = "number" // the district's own number of its staff
)

// Meanings are all means in words; catalogue keys.
var Meanings = []struct {
	Means Means
	Title string
}{{Phone, ui.Key("手机号码")}, {Email, ui.Key("电子邮箱")}, {Number, ui.Key("工号")}}

// Provider is a district's identity provider.
type Provider struct {
	District int32
	Title    string // as people read it on the way there
	Issuer   string
	Client   string
	Secret   string // empty when read, and when it stays as it is
	Claim    string // whose value is looked up here
	Means    Means
	Strong   string // value of acr or amr that counts as a second factor; empty: none does
	Enabled  bool

	ChangedBy int64
	ChangedAt time.Time
	Tested    Finding
	TestedAt  time.Time // zero: not since its address was changed
}

// Finding is what came of asking a provider about itself; empty: nobody asked.
type Finding string

// The findings.
const (
	Answers Finding = "ok"
	Away    Finding = "away"  // it cannot be reached, or fails
	Wrong   Finding = "wrong" // what it answers is not this issuer's, or lets people in without TLS
)

var claimName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_:/.-]{0,99}$`)

// check says what is wrong with a provider, by field. plain lets issuers be without TLS.
func (p *Provider) check(plain, known bool) error {
	p.Title, p.Issuer, p.Client, p.Claim, p.Strong = strings.TrimSpace(p.Title), strings.TrimSpace(p.Issuer), strings.TrimSpace(p.Client), strings.TrimSpace(p.Claim), strings.TrimSpace(p.Strong)
	bad := &fault.Error{Kind: fault.Invalid, Say: "请检查标红的内容"}
	if p.Title == "" || len([]rune(p.Title)) > 30 {
		bad.And("title", ui.Key("请填写名称，不超过30个字"))
	}
	u, err := url.Parse(p.Issuer)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && (!plain || u.Scheme != "http") || !plain && ours(u.Hostname()) {
		bad.And("issuer", ui.Key("请填写 https:// 开头的签发者地址，不带参数"))
	}
	if p.Client == "" || len(p.Client) > 200 {
		bad.And("client", ui.Key("请填写客户端编号"))
	}
	if p.Secret == "" && !known {
		bad.And("secret", ui.Key("请填写客户端密钥"))
	}
	if !claimName.MatchString(p.Claim) {
		bad.And("claim", ui.Key("请填写声明名称，如 phone_number"))
	}
	if p.Means != Phone && p.Means != Email && p.Means != Number {
		bad.And("means", ui.Key("请选择声明的含义"))
	}
	if len(p.Strong) > 100 {
		bad.And("strong", ui.Key("最多100个字符"))
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// ours reports whether a host is this machine or its cloud's own services, where no district has a provider.
func ours(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host == "localhost" || strings.HasSuffix(host, ".localhost")
	}
	return inside(ip)
}

// metadata is where Alibaba Cloud's machines ask about themselves; other clouds use link-local addresses.
var metadata = netip.MustParseAddr("100.100.100.200")

func inside(ip netip.Addr) bool {
	ip = ip.Unmap()
	return ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || ip.IsMulticast() || ip == metadata
}

// Where the secret stands; it is sealed to that place.
const table, secretColumn = "ctl.providers", "secret"

// None is the fault of a district without a provider, or with one that is switched off.
func None() error { return fault.New(fault.NotFound, "该区县没有开通统一登录") }
