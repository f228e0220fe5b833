package admin

import (
	"context"
	"regexp"
	"strings"

	view "wanjie/templates/admin"
	"wanjie/templates/ui"
)

// settingGroups are the areas of settings by the first part of their keys, in the order of the page; titles are catalogue keys.
var settingGroups = []struct{ area, title string }{
	{"desk", ui.Key("指挥大厅")}, {"cases", ui.Key("受理、派遣和处置")}, {"return", ui.Key("退单")}, {"extend", ui.Key("延期")}, {"suspend", ui.Key("挂账")},
	{"check", ui.Key("核查")}, {"callback", ui.Key("回访")}, {"upper", ui.Key("上级来单")}, {"reply", ui.Key("回复上级")}, {"urge", ui.Key("催办")}, {"supervise", ui.Key("督办")},
	{"whistle", ui.Key("吹哨报到")}, {"duties", ui.Key("职责清单")}, {"grids", ui.Key("网格和巡查")}, {"assess", ui.Key("考核")}, {"services", ui.Key("办事服务")},
	{"community", ui.Key("社区生活")}, {"security", ui.Key("账号安全")}, {"support", ui.Key("运营支持")},
}

// groupSettings puts settings under their areas, and what belongs to none at the end.
func groupSettings(ctx context.Context, list []view.Setting) (out []view.SettingGroup) {
	beneath := map[string][]view.Setting{}
	for _, s := range list {
		area, _, _ := strings.Cut(s.Key, ".")
		beneath[area] = append(beneath[area], s)
	}
	for _, g := range settingGroups {
		if of := beneath[g.area]; len(of) > 0 {
			out = append(out, view.SettingGroup{Area: g.area, Title: ui.T(ctx, g.title), List: of})
			delete(beneath, g.area)
		}
	}
	var rest []view.Setting
	for _, s := range list {
		if area, _, _ := strings.Cut(s.Key, "."); beneath[area] != nil {
			rest = append(rest, s)
		}
	}
	if len(rest) > 0 {
		out = append(out, view.SettingGroup{Area: "other", Title: ui.T(ctx, "其他"), List: rest})
	}
	return out
}

// isPattern reports whether a setting is a rule that is matched against what people type.
func isPattern(key string) bool { return strings.HasSuffix(key, "_pattern") }

// plainPattern is the kind of rule that can be said in words: characters of a set, so many.
var plainPattern = regexp.MustCompile(`^\[([^\]\\]+)\]\{(\d+),(\d+)\}$`)

// patternWords says a rule for people: 数字、字母、短横线，2 至 32 位.
func patternWords(ctx context.Context, pattern string) string {
	m := plainPattern.FindStringSubmatch(pattern)
	if m == nil {
		return ui.T(ctx, "自定规则")
	}
	set, said := m[1], []string{}
	for _, p := range []struct{ part, title string }{{"0-9", ui.Key("数字")}, {"A-Z", ui.Key("大写字母")}, {"a-z", ui.Key("小写字母")}, {"_", ui.Key("下划线")}, {"-", ui.Key("短横线")}} {
		if rest := strings.Replace(set, p.part, "", 1); rest != set {
			set, said = rest, append(said, ui.T(ctx, p.title))
		}
	}
	if set != "" || len(said) == 0 {
		return ui.T(ctx, "自定规则")
	}
	return ui.T(ctx, "%s，%s 至 %s 位", strings.Join(said, ui.T(ctx, "、")), m[2], m[3])
}
