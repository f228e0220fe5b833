package main

import (
	"cmp"

	"wanjie/app"
)

// miniprogramCmd groups what is done to districts' mini-programs.
type miniprogramCmd struct {
	Build miniprogramBuildCmd `cmd:"" help:"Write a district's mini-program into a folder, ready to open in WeChat's own tools. The same call gives the same bytes."`
}

type miniprogramBuildCmd struct {
	District string `required:"" help:"Division code of the district, 6 digits, e.g. 320505."`
	API      string `required:"" name:"api" env:"WANJIE_PUBLIC_URL" help:"Origin of this deployment as phones reach it; WeChat wants https and a filed domain."`
	AppID    string `name:"appid" default:"touristappid" help:"The district's appid; the default is WeChat's own for trying out."`
	Colour   string `default:"#1677ff" help:"The district's colour; a street's own goes before it."`
	Out      string `help:"Folder to write, empty or not there; miniprogram-DISTRICT when not said."`
}

func (c *miniprogramBuildCmd) Run(o out) error {
	dir := cmp.Or(c.Out, "miniprogram-"+c.District)
	name, err := app.BuildMiniProgram(dir, app.MiniProgramPlan{District: c.District, AppID: c.AppID, API: c.API, Colour: c.Colour})
	if err != nil {
		return err
	}
	return o.say(map[string]any{"district": c.District, "name": name, "appid": c.AppID, "folder": dir}, "the mini-program of %s (%s) is in %s: open it in WeChat's developer tools", name, c.District, dir)
}
