package demo

import (
	"context"
	"fmt"

	"wanjie/app"
	"wanjie/app/auth"
	"wanjie/app/config"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Password is every demo account's.
const Password = "wanjie-demo-2026"

// Whose doors there are.
var (
	theVendor    = ui.Key("运营方")
	theDistrict  = ui.Key("区级")
	theCentre    = ui.Key("区级指挥中心")
	theStreet    = ui.Key("街道")
	theResidents = ui.Key("居民")
)

// part is somebody who works in the demo district. Without a door they only lend a hand: nobody needs to be them.
type part struct {
	group, login, name, door, about string

	vendor, district string      // role there
	gives            []auth.Give // in the busy streets
	centre           []auth.Give // in the district's centre
	quiet            []auth.Give // in the streets that are not busy
}

// These two do what nobody else of the cast does: in units without a door, and at the desk of streets that are not busy.
const (
	others = "others@wanjie.example"
	night  = "night@wanjie.example"
)

// cast is everybody, in the order in which a newcomer may want to be them. All are made up.
var cast = []part{
	{group: theVendor, login: "operator@wanjie.example", name: "运营 演示", door: ui.Key("运营员"), about: ui.Key("开通街道，看用量、运行状况和任务"), vendor: auth.Operator},
	{group: theVendor, login: "vendor-system@wanjie.example", name: "运营系统 演示", door: ui.Key("系统管理员"), about: ui.Key("标准版和系统设置"), vendor: auth.SystemAdmin},
	{group: theVendor, login: "vendor-security@wanjie.example", name: "运营安全 演示", door: ui.Key("安全管理员"), about: ui.Key("运营方和各区的人员与授权"), vendor: auth.SecurityAdmin},
	{group: theVendor, login: "vendor-audit@wanjie.example", name: "运营审计 演示", door: ui.Key("审计管理员"), about: ui.Key("查阅运营方的全部操作"), vendor: auth.AuditAdmin},
	{group: theDistrict, login: "district@wanjie.example", name: "区长 演示", door: ui.Key("区领导"), about: ui.Key("各街道的指标和月报，看不到任何案卷"), district: auth.DistrictLeader},
	{group: theDistrict, login: "analyst@wanjie.example", name: "魏研判 演示", door: ui.Key("研判员"), about: ui.Key("下钻、对比、导出，录入人口数"), district: auth.DistrictAnalyst},
	{group: theDistrict, login: "district-security@wanjie.example", name: "尤安全 演示", door: ui.Key("安全管理员"), about: ui.Key("本区的统一登录"), district: auth.SecurityAdmin},
	{group: theCentre, login: "centre@wanjie.example", name: "沈值守 演示", door: ui.Key("值班长"), about: ui.Key("接收街道移交的事项，交公安、住建等部门办理"), centre: []auth.Give{{Role: auth.ShiftLead}, {Role: auth.Handler, Unit: "police"}, {Role: auth.Handler, Unit: "housing"}}},
	{group: theStreet, login: "leader@wanjie.example", name: "李主任 演示", door: ui.Key("分管领导"), about: ui.Key("手机上看日报、审批、批示和督办"), gives: []auth.Give{{Role: auth.Leader}}},
	{group: theStreet, login: "admin@wanjie.example", name: "赵管理 演示", door: ui.Key("街道管理员"), about: ui.Key("模块、设置、机构、网格、品牌和导入"), gives: []auth.Give{{Role: auth.StreetAdmin}}},
	{group: theStreet, login: "security@wanjie.example", name: "钱安全 演示", door: ui.Key("安全管理员"), about: ui.Key("人员和授权、接口密钥、大屏"), gives: []auth.Give{{Role: auth.SecurityAdmin}}},
	{group: theStreet, login: "audit@wanjie.example", name: "孙审计 演示", door: ui.Key("审计管理员"), about: ui.Key("谁做了什么、谁看了谁的信息"), gives: []auth.Give{{Role: auth.AuditAdmin}}},
	{group: theStreet, login: "lead@wanjie.example", name: "周班长 演示", door: ui.Key("值班长"), about: ui.Key("交接班、结案、考核和排除"), gives: []auth.Give{{Role: auth.ShiftLead}}},
	{login: night, name: "方夜班 演示", gives: []auth.Give{{Role: auth.ShiftLead}},
		quiet: []auth.Give{{Role: auth.Intake}, {Role: auth.Dispatcher}, {Role: auth.Checker}, {Role: auth.ShiftLead}, {Role: auth.Caller}}},
	{group: theStreet, login: "intake@wanjie.example", name: "吴受理 演示", door: ui.Key("受理员"), about: ui.Key("接听、登记、立案"), gives: []auth.Give{{Role: auth.Intake}}},
	{group: theStreet, login: "dispatcher@wanjie.example", name: "郑派遣 演示", door: ui.Key("派遣员"), about: ui.Key("只用键盘，一天派遣三百件"), gives: []auth.Give{{Role: auth.Dispatcher}}},
	{group: theStreet, login: "handler@wanjie.example", name: "王承办 演示", door: ui.Key("承办联络员"), about: ui.Key("三个街道的待办在一张列表：签收、办理、退回、延期"),
		gives: unitsOf("sanitation", "enforcement-squad", "municipal", "enforcement", "property", "emergency")},
	// These two are employed by their communities: see communities.
	{group: theStreet, login: "community@wanjie.example", name: "蒋居委 演示", door: ui.Key("社区工作者"), about: ui.Key("居委会的待办：签收、指派网格员、反馈结果")},
	{login: others, name: "各单位 演示", gives: unitsOf("urban-construction", "greening", "social-affairs", "social-governance", "judicial", "culture"),
		quiet: unitsOf("urban-construction", "greening", "social-affairs", "social-governance", "judicial", "culture", "sanitation", "enforcement-squad", "municipal", "enforcement", "property", "emergency")},
	{group: theStreet, login: "checker@wanjie.example", name: "冯核查 演示", door: ui.Key("核查员"), about: ui.Key("到现场核实办理结果"), gives: []auth.Give{{Role: auth.Checker}}},
	{group: theStreet, login: "caller@wanjie.example", name: "陈回访 演示", door: ui.Key("回访员"), about: ui.Key("给抽中的诉求人打电话"), gives: []auth.Give{{Role: auth.Caller}}},
	{group: theStreet, login: "editor@wanjie.example", name: "韩信息 演示", door: ui.Key("信息员"), about: ui.Key("拟写动态和活动，由领导审核发布"), gives: []auth.Give{{Role: auth.Editor}}},
	// These two have no grants of their own: survey posts them in a grid.
	{group: theStreet, login: "gridhead@wanjie.example", name: "褚网格 演示", door: ui.Key("网格长"), about: ui.Key("安排巡查，看网格内的案卷")},
	{group: theStreet, login: "grid@wanjie.example", name: "卫网格 演示", door: ui.Key("网格员"), about: ui.Key("手机上巡查、上报、办理，没有网络也能用")},
}

// troupe is the cast with their numbers.
type troupe map[string]int64

// few is a troupe of two: one at the desk, the other in every unit.
func (all troupe) few() troupe {
	out := troupe{}
	for login := range all {
		out[login] = all[night]
	}
	for _, login := range []string{others, "handler@wanjie.example", "community@wanjie.example"} {
		out[login] = all[others]
	}
	return out
}

// hire makes the accounts, their grants and second factors, and lists them for DevFile.
func hire(ctx context.Context, a *app.App, streets []tenants.Tenant, centre tenants.Tenant) (troupe, []config.Account, error) {
	people, accounts := troupe{}, []config.Account{}
	main := streets[0]
	for _, p := range cast {
		identity, _, err := a.Keeper.Client.CreateIdentity(ctx, auth.Staff{Name: p.name, Email: p.login, Password: Password})
		if err != nil {
			return nil, nil, fmt.Errorf("account %s: %w", p.login, err)
		}
		person, err := a.Keeper.Person(ctx, identity, auth.Employee)
		if err != nil {
			return nil, nil, err
		}
		people[p.login] = person
		account := config.Account{Group: p.group, Door: p.door, About: p.about, Login: p.login, Password: Password, Name: p.name, URL: a.Config.PublicURL + "/s/" + main.Slug + "/"}
		var upper auth.UpperGrants
		if p.vendor != "" {
			upper, account.URL = append(upper, auth.UpperGrant{Scope: auth.InVendor, Role: p.vendor}), a.Config.PublicURL+"/v"
		}
		if p.district != "" {
			upper = append(upper, auth.UpperGrant{Scope: auth.InDistrict, District: District, Role: p.district})
			account.URL = fmt.Sprintf("%s/d/%d", a.Config.PublicURL, District)
			if !upper.District(auth.BoardRead, District) {
				account.URL += "/sign-in"
			}
		}
		for _, g := range upper {
			if err := a.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
				return auth.GiveUpper(ctx, tx, auth.Machine(), person, g)
			}); err != nil {
				return nil, nil, err
			}
		}
		if len(p.centre) > 0 {
			account.URL = a.Config.PublicURL + "/s/" + centre.Slug + "/handovers"
			if err := a.Employ(ctx, centre.ID, person, p.name, "", p.centre...); err != nil {
				return nil, nil, fmt.Errorf("%s in %s: %w", p.login, centre.Name, err)
			}
		}
		if len(p.gives) > 0 {
			for _, t := range streets[:busy] {
				if err := a.Employ(ctx, t.ID, person, p.name, "", p.gives...); err != nil {
					return nil, nil, fmt.Errorf("%s in %s: %w", p.login, t.Name, err)
				}
			}
		}
		if len(p.quiet) > 0 {
			for _, t := range streets[busy:] {
				if err := a.Employ(ctx, t.ID, person, p.name, "", p.quiet...); err != nil {
					return nil, nil, fmt.Errorf("%s in %s: %w", p.login, t.Name, err)
				}
			}
		}
		if auth.NeedsSecondFactor(upper, grantsOf(p.gives)) {
			// One of an interrupted first start would keep its secret from us.
			if err := a.Keeper.Client.DropFactor(ctx, identity); err != nil {
				return nil, nil, err
			}
			if account.TOTP, err = a.Keeper.SeedFactor(ctx, p.login, Password); err != nil {
				return nil, nil, fmt.Errorf("second factor of %s: %w", p.login, err)
			}
		}
		if p.door != "" {
			accounts = append(accounts, account)
		}
	}
	return people, accounts, nil
}

// unitsOf are the grants of somebody who works for several units.
func unitsOf(units ...string) (out []auth.Give) {
	for _, u := range units {
		out = append(out, auth.Give{Role: auth.Handler, Unit: u})
	}
	return out
}

func grantsOf(gives []auth.Give) (out []tenants.Grant) {
	for _, g := range gives {
		out = append(out, tenants.Grant{Role: g.Role, Unit: g.Unit})
	}
	return out
}
