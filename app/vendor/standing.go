package vendor

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/fleet"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// ground is one kind of reason for a change of a tenant's state. Titles are the vendor's words, said is
// what the tenant's people read while it is suspended; both are catalogue keys.
type ground struct{ key, title, said string }

var (
	asked   = ground{"request", ui.Key("应租户申请"), ui.Key("应贵单位申请")}
	arrears = ground{"arrears", ui.Key("费用逾期未结"), ui.Key("服务费用待结清")}
	expired = ground{"contract", ui.Key("合同到期或终止"), ui.Key("服务合同待续签")}
	secure  = ground{"security", ui.Key("网络与数据安全处置"), ui.Key("正在进行安全处置")}
	merged  = ground{"merger", ui.Key("机构或区划调整"), ui.Key("机构或区划调整")}
	settled = ground{"settled", ui.Key("原因已消除"), ""}
	renewed = ground{"renewal", ui.Key("合同已续签"), ""}
	mistake = ground{"mistake", ui.Key("此前操作有误"), ""}
	other   = ground{"other", ui.Key("其他原因"), ui.Key("运营方正与贵单位管理员沟通")}
)

var grounds = []ground{asked, arrears, expired, secure, merged, settled, renewed, mistake, other}

// step is a change that an operator may press, by the word that its form posts.
type step struct {
	word    string
	from    []tenants.State
	grounds []ground
}

var steps = []step{
	{view.Suspend, []tenants.State{tenants.Trial, tenants.Active}, []ground{asked, arrears, expired, secure, merged, other}},
	{view.Resume, []tenants.State{tenants.Suspended}, []ground{settled, asked, renewed, mistake, other}},
	{view.Close, []tenants.State{tenants.Suspended}, []ground{expired, asked, merged, other}},
	{view.Reopen, []tenants.State{tenants.Closed}, []ground{renewed, asked, mistake, other}},
}

// Words are what the dimensions of acts about a tenant itself say, for its traces.
func Words() map[string]string {
	out := map[string]string{"state/trial": ui.Key("试运行"), "state/active": ui.Key("正式运行"), "state/suspended": ui.Key("已暂停"), "state/closed": ui.Key("已关闭")}
	for _, g := range grounds {
		out["ground/"+g.key] = g.title
	}
	return out
}

// titleOf is a ground in the vendor's words; a catalogue key.
func titleOf(key string) string {
	for _, g := range grounds {
		if g.key == key {
			return g.title
		}
	}
	return key
}

// Notice is what the people of a suspended tenant read on every page, politely and without the
// vendor's note; "" when there is nothing to say.
func Notice(ctx context.Context, tx tenants.Tx) (string, error) {
	t := tx.Tenant()
	if t.State != tenants.Suspended {
		return "", nil
	}
	s, err := tenants.LastStanding(ctx, tx)
	if err != nil {
		return "", err
	}
	said := other.said
	for _, g := range steps[0].grounds {
		if g.key == s.Ground {
			said = g.said
		}
	}
	if s.At.IsZero() {
		return ui.T(ctx, "“%s”的业务办理已暂停。已有数据完整保留，可照常查看；如有疑问，请联系运营方。", t.Name), nil
	}
	return ui.T(ctx, "“%s”的业务办理自%s起暂停：%s。已有数据完整保留，可照常查看；如需恢复或有疑问，请联系运营方。", t.Name, ui.Date(s.At), ui.T(ctx, said)), nil
}

// Closed is what the people of a closed tenant get in place of any page.
func Closed(t tenants.Tenant) error {
	return fault.New(fault.Forbidden, "“%s”的平台服务已结束，数据按约定妥善保存。如有疑问，请联系运营方", t.Name)
}

// forms are the changes that the tenant's state allows, with what was typed into the refused one.
func forms(ctx context.Context, r *web.Request, s street, refused *view.StateForm) (out []view.StateForm) {
	for _, x := range steps {
		if !slices.Contains(x.from, tenants.State(s.State)) {
			continue
		}
		f := view.StateForm{To: x.word}
		if refused != nil && refused.To == x.word {
			f = *refused
		}
		f.Guard = r.Guard()
		for _, g := range x.grounds {
			f.Grounds = append(f.Grounds, ui.Option{Value: g.key, Label: ui.T(ctx, g.title)})
		}
		out = append(out, f)
	}
	return out
}

// longNote bounds a reason, in characters.
const longNote = 300

// state suspends a tenant, lets it go on, closes or reopens it, for a reason. Where it goes on, it is
// active under a contract, else on trial.
func (c *console) state(ctx context.Context, r *web.Request) (web.Reply, error) {
	s, err := c.pick(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	form := view.StateForm{To: r.Text("to"), Ground: r.Text("ground"), Note: r.Text("note")}
	at := slices.IndexFunc(steps, func(x step) bool { return x.word == form.To })
	if at < 0 {
		return web.Reply{}, fault.New(fault.Conflict, "租户当前状态不能这样变更，请刷新后再试")
	}
	f := &fault.Error{Kind: fault.Invalid, Say: "请检查标红的内容"}
	if !slices.ContainsFunc(steps[at].grounds, func(g ground) bool { return g.key == form.Ground }) {
		f.And("ground", "请选择原因")
	}
	if n := utf8.RuneCountInString(form.Note); n < 2 || n > longNote {
		f.And("note", "请用2至300个字说明情况")
	}
	if len(f.Fields) > 0 {
		form.Say, form.Errors = ui.T(ctx, f.Say), f.Fields
		return c.show(ctx, r, s, page{state: &form, status: f.Kind.Status()})
	}
	to := map[string]tenants.State{view.Suspend: tenants.Suspended, view.Close: tenants.Closed}[form.To]
	if to == "" {
		if to = tenants.Trial; s.Contract != "" {
			to = tenants.Active
		}
	}
	err = c.DB.SetState(ctx, s.id(), tenants.Change{Request: r.Claimed(), To: to, Ground: form.Ground, Note: form.Note, By: r.Visitor.Person})
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/streets/%d", s.TenantID), "已切换"), nil
}

// standings are the changes of a tenant's state as its page lists them.
func (c *console) standings(ctx context.Context, s street) (out []view.Standing, err error) {
	err = c.DB.Vendor(ctx, s.Placement, func(ctx context.Context, tx tenants.VendorTx) error {
		list, err := tenants.Standings(ctx, tx, s.id())
		for _, x := range list {
			out = append(out, view.Standing{Was: string(x.Was), State: string(x.State), Ground: titleOf(x.Ground), Note: x.Note, Who: fmt.Sprintf("#%d", x.Person), At: x.At})
		}
		return err
	})
	return out, err
}
