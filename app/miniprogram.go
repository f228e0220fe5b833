package app

import (
	"fmt"
	"strconv"

	"wanjie/app/admin"
	"wanjie/app/fault"
	"wanjie/app/wechat"
	"wanjie/templates/miniprogram"
	"wanjie/tenants/division"
)

// MiniProgramPlan is what a district's mini-program is built from.
type MiniProgramPlan struct {
	District string // six digits
	AppID    string
	API      string // origin of this deployment as phones reach it, https://…
	Colour   string // #rrggbb; the streets' own go before it
}

// settings are the plan with the district's name and colours that words may stand on.
func (p MiniProgramPlan) settings() (miniprogram.Settings, error) {
	code, err := strconv.ParseInt(p.District, 10, 32)
	area, known := division.District(int32(code)) //nolint:gosec // parsed as 32 bits
	if err != nil || !known {
		return miniprogram.Settings{}, fault.New(fault.Invalid, "没有代码为 %s 的区县", p.District)
	}
	accent, strong, stronger, tint, ok := admin.Colours(p.Colour)
	if !ok {
		return miniprogram.Settings{}, fault.New(fault.Invalid, "颜色须形如 #1677ff")
	}
	return miniprogram.Settings{
		AppID: p.AppID, API: p.API, District: miniprogram.District{Code: p.District, Name: area.Name},
		Theme: miniprogram.Theme{Accent: accent, Strong: strong, Stronger: stronger, Tint: tint},
	}, nil
}

// openWeChat opens the platform that releases mini-programs; nil where none is set up.
func (a *App) openWeChat() (*wechat.Platform, error) {
	c := a.Config.WeChat
	set := wechat.Settings{AppID: c.AppID, Secret: c.Secret, Token: c.Token, AESKey: c.AESKey, URL: c.URL, Public: a.Config.PublicURL}
	p, err := wechat.New(a.DB, set, func(district int32, appid, colour string) ([]byte, error) {
		s, err := MiniProgramPlan{District: strconv.Itoa(int(district)), AppID: appid, API: a.Config.PublicURL, Colour: colour}.settings()
		if err != nil {
			return nil, err
		}
		return s.Ext()
	}, a.Log)
	if err != nil {
		return nil, fmt.Errorf("WANJIE_WECHAT_AES_KEY: %w", err)
	}
	return p, nil
}

// BuildMiniProgram writes a district's mini-program into a folder, ready for WeChat's own tools. It answers the district's name.
func BuildMiniProgram(dir string, p MiniProgramPlan) (string, error) {
	s, err := p.settings()
	if err != nil {
		return "", err
	}
	return s.District.Name, miniprogram.Build(dir, s)
}
