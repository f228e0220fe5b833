package auth

import (
	"context"
	"strings"

	"wanjie/templates/ui"
)

// fewCodes is how many recovery codes are few: it is time for new ones.
const fewCodes = 3

func (v Account) facts(ctx context.Context) []ui.Fact {
	out := []ui.Fact{{Label: ui.T(ctx, "姓名"), Value: v.Name}}
	if v.Phone != "" {
		out = append(out, ui.Fact{Label: ui.T(ctx, "手机号码"), Value: v.Phone})
	}
	if v.Email != "" {
		out = append(out, ui.Fact{Label: ui.T(ctx, "电子邮箱"), Value: v.Email})
	}
	return out
}

// about is when, how and from where somebody signed in there.
func (d Device) about(ctx context.Context) string {
	out := []string{ui.T(ctx, "%s 登录", ui.Time(d.Since))}
	for _, s := range []string{d.Via, d.Network} {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, " · ")
}
