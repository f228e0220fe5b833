package resident

import (
	"context"
	"strings"

	"wanjie/app/web"
	view "wanjie/templates/resident"
	"wanjie/templates/ui"
	"wanjie/tenants/blueprint"
)

// tiles are what people report most, in their own words, each with the class that it is. A street that has retired a class,
// or never had it, does not show its tile.
var tiles = []struct{ class, icon, title, such string }{
	{"matter-06010", "bin", ui.Key("垃圾没人清"), ui.Key("垃圾堆放、满溢、有异味")},
	{"matter-06013", "road", ui.Key("路面坏了"), ui.Key("坑洼、塌陷、地砖松动")},
	{"component-01037", "lamp", ui.Key("路灯不亮"), ui.Key("路灯不亮、灯杆倾斜")},
	{"component-01023", "cover", ui.Key("井盖有问题"), ui.Key("松动、破损、丢失")},
	{"matter-09009", "car", ui.Key("车辆乱停"), ui.Key("占道、堵门、停在盲道上")},
	{"matter-09005", "stall", ui.Key("占道经营"), ui.Key("摊位、货架占用道路")},
	{"matter-06028", "sound", ui.Key("噪声扰民"), ui.Key("施工、店铺、广场舞")},
	{"extension-23003", "fire", ui.Key("消防隐患"), ui.Key("飞线充电、楼道堆物")},
	{"extension-21002", "home", ui.Key("小区物业"), ui.Key("门禁、设施维修、保洁")},
	{"matter-07001", "paper", ui.Key("乱贴小广告"), ui.Key("楼道、电杆、墙面")},
	{"extension-22001", "heart", ui.Key("养老助残"), ui.Key("助餐、上门服务、救助")},
	{"extension-20001", "people", ui.Key("邻里纠纷"), ui.Key("请社区帮忙调解")},
	{"extension-24001", "ask", ui.Key("咨询政策"), ui.Key("想问一件事怎么办")},
	{"extension-29", "more", ui.Key("其他问题"), ui.Key("说不清是哪一类也可以")},
}

// tileOf is the plain words of a class; those of the blueprint where no tile has it.
func tileOf(ctx context.Context, cfg *blueprint.Config, class string) (icon, title string) {
	for _, t := range tiles {
		if t.class == class {
			return t.icon, ui.T(ctx, t.title)
		}
	}
	icon, title = "more", class
	for _, f := range families {
		if strings.HasPrefix(class, f.prefix) {
			icon = f.icon
			break
		}
	}
	if k, ok := cfg.Classes.Find(class); ok {
		title = k.Title
	}
	return icon, title
}

// families are the pictures of classes without a tile.
var families = []struct{ prefix, icon string }{
	{"matter-06", "bin"}, {"matter-07", "paper"}, {"matter-08", "road"}, {"matter-09", "stall"}, {"component", "cover"}, {"extension-20", "people"}, {"extension-21", "home"},
	{"extension-22", "heart"}, {"extension-23", "fire"}, {"extension-24", "ask"},
}

// choices is the first step of a report.
func choices(ctx context.Context, r *web.Request, cfg *blueprint.Config, all bool) view.Choose {
	p := view.Choose{Base: r.Base, Emergencies: emergencies(cfg), Outside: outsides(cfg)}
	if !all {
		p.All = r.Path("/report?all=1")
		for _, t := range tiles {
			if k, ok := cfg.Classes.Find(t.class); ok && !k.Retired {
				p.Tiles = append(p.Tiles, view.Tile{Class: t.class, Icon: t.icon, Title: ui.T(ctx, t.title), Such: ui.T(ctx, t.such), Href: r.Path("/report?class=%s", t.class)})
			}
		}
		return p
	}
	for _, top := range cfg.ClassesUnder("") {
		g := view.Group{Title: top.Title}
		for _, k := range append(cfg.ClassesUnder(top.Key), top) {
			if !k.Retired {
				g.Tiles = append(g.Tiles, view.Tile{Class: k.Key, Title: k.Title, Href: r.Path("/report?class=%s", k.Key)})
			}
		}
		p.Groups = append(p.Groups, g)
	}
	return p
}

// emergencies are said before anything else is asked.
func emergencies(cfg *blueprint.Config) (out []view.Line) {
	for _, o := range cfg.Outsides.All() {
		if o.Emergency && !o.Retired {
			out = append(out, view.Line{Title: o.Title, Number: o.Number, Text: o.Say})
		}
	}
	return out
}

// outsides are matters that go elsewhere by law, with the sentence that the desk says too.
func outsides(cfg *blueprint.Config) (out []view.Line) {
	for _, o := range cfg.Outsides.All() {
		if !o.Emergency && !o.Retired {
			out = append(out, view.Line{Title: o.Title, Number: o.Number, Text: o.Say})
		}
	}
	return out
}
