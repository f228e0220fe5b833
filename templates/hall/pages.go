// Package hall draws the board on the wall of a command hall, and the administrator's list of its screens.
package hall

import (
	"context"
	"strconv"
	"time"

	"wanjie/templates/ui"
)

// Number is one of the board's large figures; at most seven of them.
type Number struct {
	Label, Value, Note string
	Tone               ui.Tone
}

// Bar is one line of a panel.
type Bar struct {
	Label     string
	Open, Red int
	Share     int // of the longest line, in percent; at least 1
}

// Area is a grid on the map.
type Area struct {
	Path, Title string
	Heat        int // 0 to 4: how many are open, against the other grids
	Red         int
	X, Y        float64
}

// Line is a line of the rolling list.
type Line struct{ Number, Class, Place, Unit, Over string }

// Day is a day of the trend; heights are in percent of the highest.
type Day struct {
	Label            string
	Received, Closed int
	Up, Down         int // heights of both
}

// Board is everything on the wall.
type Board struct {
	Base    string // "/hall/fengqiao"
	Live    string // where it hears that something moved
	Street  string
	Logo    string // address of the street's mark; may be empty
	Demo    bool
	At      time.Time
	Numbers []Number

	Width, Height float64 // of the map, in its own units
	Areas         []Area
	Ungridded     bool // no grids are drawn: communities stand in Places
	Places        []Bar

	Units, Classes, Channels []Bar
	Late                     []Line
	Days                     []Day
}

// Enter asks for a screen's key.
type Enter struct {
	ui.Guard
	Base, Street string
	Wrong        bool
}

// Screen is a line of the administrator's list.
type Screen struct {
	ui.Guard
	Name, Made, Until, Seen, State string
	Tone                           ui.Tone
	Living                         bool
	Revoke                         string
}

// Screens are the administrator's page.
type Screens struct {
	ui.Guard
	Path    string // of this page
	Address string // of the board
	MayMake bool
	List    []Screen
	Key     string // shown once
	Name    string // as it was typed
	Wrong   string
}

func (b Board) box() string { return "0 0 " + number(b.Width) + " " + number(b.Height) }

func number(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

// hint says who adds a screen, or where.
func (s Screens) hint(ctx context.Context) string {
	if s.MayMake {
		return ui.T(ctx, "在下面写一个名称，得到它的口令")
	}
	return ui.T(ctx, "由安全管理员添加")
}
