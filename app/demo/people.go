package demo

import (
	"context"
	"fmt"

	"wanjie/app"
	"wanjie/app/auth"
	"wanjie/app/config"
	"wanjie/tenants"
)

// Password is every demo account's.
const Password = "wanjie-demo-2026"

// cast is who works in the demo district. Everybody in it is made up.
var cast = []struct {
	login, name, door string
	vendor, district  string      // role there
	gives             []auth.Give // in the main street
	centre            []auth.Give // in the district's centre
}{
	{login: "operator@wanjie.example", name: "运营 演示", door: "运营平台 vendor", vendor: auth.Operator},
	{login: "vendor-system@wanjie.example", name: "运营系统 演示", door: "运营系统管理员", vendor: auth.SystemAdmin},
	{login: "vendor-security@wanjie.example", name: "运营安全 演示", door: "运营安全管理员", vendor: auth.SecurityAdmin},
	{login: "vendor-audit@wanjie.example", name: "运营审计 演示", door: "运营审计管理员", vendor: auth.AuditAdmin},
	{login: "district@wanjie.example", name: "区长 演示", door: "区级看板 district", district: auth.DistrictLeader},
	{login: "analyst@wanjie.example", name: "魏研判 演示", door: "区级研判员", district: auth.DistrictAnalyst},
	{login: "district-security@wanjie.example", name: "尤安全 演示", door: "区级安全管理员", district: auth.SecurityAdmin},
	{login: "admin@wanjie.example", name: "赵管理 演示", door: "街道管理员", gives: []auth.Give{{Role: auth.StreetAdmin}}},
	{login: "security@wanjie.example", name: "钱安全 演示", door: "安全管理员", gives: []auth.Give{{Role: auth.SecurityAdmin}}},
	{login: "audit@wanjie.example", name: "孙审计 演示", door: "审计管理员", gives: []auth.Give{{Role: auth.AuditAdmin}}},
	{login: "leader@wanjie.example", name: "李主任 演示", door: "分管领导", gives: []auth.Give{{Role: auth.Leader}}},
	{login: "editor@wanjie.example", name: "韩信息 演示", door: "信息员", gives: []auth.Give{{Role: auth.Editor}}},
	{login: "lead@wanjie.example", name: "周班长 演示", door: "值班长", gives: []auth.Give{{Role: auth.ShiftLead}}},
	{login: "intake@wanjie.example", name: "吴受理 演示", door: "受理员", gives: []auth.Give{{Role: auth.Intake}}},
	{login: "dispatcher@wanjie.example", name: "郑派遣 演示", door: "派遣员", gives: []auth.Give{{Role: auth.Dispatcher}}},
	{login: "handler@wanjie.example", name: "王承办 演示", door: "承办联络员", gives: []auth.Give{
		{Role: auth.Handler, Unit: "sanitation"}, {Role: auth.Handler, Unit: "enforcement-squad"}, {Role: auth.Handler, Unit: "municipal"},
		{Role: auth.Handler, Unit: "enforcement"}, {Role: auth.Handler, Unit: "property"}, {Role: auth.Handler, Unit: "emergency"},
	}},
	{login: "checker@wanjie.example", name: "冯核查 演示", door: "核查员", gives: []auth.Give{{Role: auth.Checker}}},
	// These two have no grants of their own: survey posts them in a grid.
	{login: "gridhead@wanjie.example", name: "褚网格 演示", door: "网格长"},
	{login: "grid@wanjie.example", name: "卫网格 演示", door: "网格员"},
	{login: "centre@wanjie.example", name: "沈值守 演示", door: "区级指挥中心值班长", centre: []auth.Give{{Role: auth.ShiftLead}, {Role: auth.Handler, Unit: "police"}, {Role: auth.Handler, Unit: "housing"}}},
	{login: "caller@wanjie.example", name: "陈回访 演示", door: "回访员", gives: []auth.Give{{Role: auth.Caller}}},
}

// troupe is the cast with their numbers.
type troupe map[string]int64

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
		account := config.Account{Door: p.door, Login: p.login, Password: Password, Name: p.name, URL: a.Config.PublicURL + "/s/" + main.Slug + "/"}
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
		if auth.NeedsSecondFactor(upper, grantsOf(p.gives)) {
			// One of an interrupted first start would keep its secret from us.
			if err := a.Keeper.Client.DropFactor(ctx, identity); err != nil {
				return nil, nil, err
			}
			if account.TOTP, err = a.Keeper.SeedFactor(ctx, p.login, Password); err != nil {
				return nil, nil, fmt.Errorf("second factor of %s: %w", p.login, err)
			}
		}
		accounts = append(accounts, account)
	}
	return people, accounts, nil
}

func grantsOf(gives []auth.Give) (out []tenants.Grant) {
	for _, g := range gives {
		out = append(out, tenants.Grant{Role: g.Role, Unit: g.Unit})
	}
	return out
}
