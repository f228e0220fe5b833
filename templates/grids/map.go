package grids

import (
	"fmt"

	"wanjie/templates/static"
	"wanjie/templates/ui"
)

var kindTitle = map[string]string{"comprehensive": ui.Key("综合网格"), "dedicated": ui.Key("专属网格"), "micro": ui.Key("微网格")}

var drawHelp = map[string]string{
	"area":   ui.Key("点击加点，靠近已有网格的角点会自动吸附；拖动圆点可移动，滚轮缩放，按住空白处平移"),
	"route":  ui.Key("沿巡查路线依次点击；拖动圆点可移动，滚轮缩放，按住空白处平移"),
	"place":  ui.Key("点击事发地点，经纬度随即填入；滚轮缩放，按住空白处平移"),
	"points": ui.Key("点击标出要报告的地点，再点一次取消；只记录标出的点"),
}

func drawScript() string { return static.Path("draw.js") }

func scalePath(m Map) string {
	return fmt.Sprintf("M16 %gv8h%gv-8", m.Height-20, m.ScaleWidth)
}
