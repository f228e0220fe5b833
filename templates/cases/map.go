package cases

import (
	"fmt"

	"wanjie/templates/ui"
)

// Map is the cases of the list on a map, and the same as a table; of a sheet, the place of one case.
type Map struct {
	Desk // the filters
	List string
	Name string // for those who hear it

	Layer, Cell   string // which layer is shown; how large a cell is
	Total         int
	Width, Height float64
	Outlines      []string // of grids, as paths
	Cells         []Cell
	Dots          []MapDot
	Piles         []Pile
	Scale         string
	ScaleWidth    float64
	Notes         []string
	Places        []MapPlace
}

// Cell is a square with a level of heat, 1 to 5.
type Cell struct {
	X, Y, Size float64
	Level      int
	Title      string
}

// MapDot is a case; Light is green, yellow, red or empty.
type MapDot struct {
	X, Y        float64
	Light       string
	Title, Href string
}

// Pile is a point that many cases share.
type Pile struct {
	X, Y float64
	N    string
}

// MapPlace is a line of the table.
type MapPlace struct {
	Name, Href                string
	All, Red, Yellow, Nowhere int
}

func (m Map) box() string { return fmt.Sprintf("0 0 %g %g", m.Width, m.Height) }

func (m Map) scalePath() string { return fmt.Sprintf("M16 %gv8h%gv-8", m.Height-20, m.ScaleWidth) }

func unit(v float64) string { return fmt.Sprintf("%.1f", v) }

func heatClass(level int) string { return fmt.Sprintf("heat heat-%d", level) }

// mark draws a light so that its form tells it from the others: green is round, yellow a square, red a triangle.
func (d MapDot) mark() string {
	switch d.Light {
	case "red":
		return fmt.Sprintf("M%.1f %.1fl8 14h-16Z", d.X, d.Y-9)
	case "yellow":
		return fmt.Sprintf("M%.1f %.1fh11v11h-11Z", d.X-5.5, d.Y-5.5)
	}
	return fmt.Sprintf("M%.1f %.1fa5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z", d.X-5, d.Y)
}

func (d MapDot) class() string {
	if d.Light == "" {
		return "lamp"
	}
	return "lamp lamp-" + d.Light
}

// lamps are the lights of the legend.
var lamps = []MapDot{
	{X: 12, Y: 12, Light: "red", Title: ui.Key("红灯")}, {X: 12, Y: 12, Light: "yellow", Title: ui.Key("黄灯")},
	{X: 12, Y: 12, Light: "green", Title: ui.Key("绿灯")}, {X: 12, Y: 12, Title: ui.Key("不计时")},
}
