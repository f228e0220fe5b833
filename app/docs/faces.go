package docs

import (
	"maps"
	"slices"
)

// Face is a typeface.
type Face int

// The typefaces of official papers (GB/T 9704-2012 names 小标宋, 仿宋 and 黑体): text, titles, headings and labels.
const (
	FangSong Face = iota
	Song
	Hei
)

var faces = map[Face]struct{ name, instead string }{
	FangSong: {"仿宋_GB2312", "仿宋;FangSong;STFangsong;华文仿宋;方正仿宋_GBK;FZFangSong-Z02"},
	Song:     {"方正小标宋简体", "方正小标宋_GBK;FZXiaoBiaoSong-B05S;华文中宋;STZhongsong;宋体;SimSun;Noto Serif CJK SC"},
	Hei:      {"黑体", "SimHei;方正黑体_GBK;Noto Sans CJK SC;WenQuanYi Zen Hei"},
}

func (f Face) name() string { return faces[f].name }

func sorted(edges map[int]bool) []int { return slices.Sorted(maps.Keys(edges)) }
