package imports

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"wanjie/app/cases"
	"wanjie/app/tables"
)

// Longest texts, in characters; those of a case, and of a number in another system.
const (
	longID    = 64
	longTitle = 60
	longName  = 60
	longLine  = 200
	longText  = 4000
	longPhone = 30
)

// entry is a row that was understood. Its class and unit become keys when the street's are known.
type entry struct {
	tables.Row
	street *street
	path   []class
	unit   *unit
	c      cases.Imported // without Class and Unit
}

// class is one level of a source's classes.
type class struct{ key, parent, title string }

// unit is who did the work, as the source names it.
type unit struct {
	key, name string
	community bool    // key is a community's code
	home      *street // whose own it is, as its name says: 城管办（坑梓街道办事处）; nil: the name does not say
}

// reader understands rows.
type reader struct {
	*bound
	*ground
	now  time.Time
	zone *time.Location
}

// read understands a row, or says why it cannot be imported.
func (rd *reader) read(r tables.Row) (*entry, *reject) {
	no := func(field, format string, args ...any) (*entry, *reject) {
		out := &reject{Row: r, field: field, reason: fmt.Sprintf(format, args...)}
		if at := rd.at[rd.ID]; at < len(r.Cells) {
			out.id = shorten(strings.TrimSpace(r.Cells[at]), longID)
		}
		return nil, out
	}
	if r.Bad != nil {
		return no("", "%s", r.Bad)
	}
	e := &entry{Row: r}
	e.c.SourceID = rd.get(r, rd.ID)
	switch n := utf8.RuneCountInString(e.c.SourceID); {
	case n == 0:
		return no(rd.ID, "没有编号")
	case n > longID:
		return no(rd.ID, "编号超过 %d 个字符", longID)
	}
	if v := rd.District.known(rd.get(r, rd.District.Column)); rd.District.Column != "" && v != rd.area.Name && v != strconv.Itoa(int(rd.area.Code)) {
		return no(rd.District.Column, "“%s”不是%s", shorten(v, 30), rd.area.Name)
	}
	var ok bool
	v := rd.Street.known(rd.get(r, rd.Street.Column))
	if e.street, ok = rd.street(v); !ok {
		return no(rd.Street.Column, "%s没有“%s”这个街道", rd.area.Name, shorten(v, 30))
	}
	if v := rd.Community.known(rd.get(r, rd.Community.Column)); v != "" {
		if e.c.Community, ok = e.street.community(v); !ok {
			return no(rd.Community.Column, "%s没有“%s”这个社区", e.street.name, shorten(v, 30))
		}
	}
	if e.path = rd.classes(r); len(e.path) == 0 {
		return no(rd.Class.Levels[0].Title, "没有分类")
	}
	for i, k := range e.path {
		if utf8.RuneCountInString(k.title) > longName {
			return no(rd.Class.Levels[i].Title, "分类名称超过 %d 个字", longName)
		}
	}
	if e.unit = rd.unitOf(r, e.street); e.unit != nil && utf8.RuneCountInString(e.unit.name) > longName {
		return no(rd.Unit.Name, "单位名称超过 %d 个字", longName)
	}
	if e.c.Channel, ok = rd.Channel.of(rd.get(r, rd.Channel.Column)); !ok {
		return no(rd.Channel.Column, "对照表没有说明“%s”是什么渠道", shorten(rd.get(r, rd.Channel.Column), 30))
	}
	if field, reason := rd.clocks(e); reason != "" {
		return no(field, "%s", reason)
	}
	if e.c.Lon, e.c.Lat, ok = point(rd.get(r, rd.Lon), rd.get(r, rd.Lat), rd.Region.box()); !ok {
		return no(rd.Lon, "经纬度应在%s，且同时填写", rd.Region.within())
	}
	if e.c.UpperNo = rd.get(r, rd.UpperNo); utf8.RuneCountInString(e.c.UpperNo) > longTitle {
		return no(rd.UpperNo, "来单编号超过 %d 个字符", longTitle)
	}
	if field := rd.say(e); field != "" {
		return no("", "%s太长", field)
	}
	return e, nil
}

// clocks fills in when it was reported, due and closed, and how it came out. Where it fails it answers the
// column and why.
func (rd *reader) clocks(e *entry) (field, reason string) {
	past := func(column string) string {
		return fmt.Sprintf("“%s”不是过去的日期（年月日）", shorten(rd.get(e.Row, column), 30))
	}
	var ok bool
	if e.c.ReportedAt, ok = rd.moment(rd.get(e.Row, rd.Reported)); !ok {
		return rd.Reported, past(rd.Reported)
	}
	if v := rd.get(e.Row, rd.Due); v != "" {
		if e.c.DueAt, ok = rd.instant(v); !ok {
			return rd.Due, fmt.Sprintf("“%s”不是日期（年月日）", shorten(v, 30))
		}
	}
	switch v := rd.get(e.Row, rd.Closed.Column); {
	case v == "" && rd.Closed.Otherwise == stillOpen:
		return "", ""
	case v == "" && rd.Closed.Otherwise == asReported:
		e.c.ClosedAt = e.c.ReportedAt
	default:
		if e.c.ClosedAt, ok = rd.moment(v); !ok {
			return rd.Closed.Column, past(rd.Closed.Column)
		}
		if early := e.c.ReportedAt.Sub(e.c.ClosedAt); early > time.Duration(rd.Closed.Skew)*time.Second {
			return rd.Closed.Column, "结案早于上报"
		} else if early > 0 {
			e.c.ClosedAt = e.c.ReportedAt
		}
	}
	v := rd.get(e.Row, rd.Outcome.Column)
	if e.c.Outcome, ok = rd.Outcome.of(v); !ok {
		return rd.Outcome.Column, fmt.Sprintf("对照表没有说明“%s”是按期还是逾期", shorten(v, 30))
	}
	return "", ""
}

// say fills in the texts and answers the name of one that is too long.
func (rd *reader) say(e *entry) string {
	w := &e.c.Words
	w.Title, w.Description, w.Address = rd.text(e.Row, 0), rd.text(e.Row, 1), rd.text(e.Row, 2)
	w.Petitioner, w.Phone = rd.text(e.Row, 3), rd.text(e.Row, 4)
	if w.Title == "" {
		w.Title = e.path[len(e.path)-1].title
	}
	if utf8.RuneCountInString(w.Title) > longTitle { // cut where lists show it, whole in the text
		if !strings.Contains(w.Description, w.Title) {
			w.Description = strings.TrimSpace(w.Title + "\n" + w.Description)
		}
		w.Title = shorten(w.Title, longTitle)
	}
	for _, t := range []struct {
		name, text string
		most       int
	}{{"内容", w.Description, longText}, {"地址", w.Address, longLine}, {"诉求人", w.Petitioner, longTitle}, {"电话", w.Phone, longPhone}} {
		if utf8.RuneCountInString(t.text) > t.most {
			return t.name
		}
	}
	return ""
}

// classes is the row's class from the widest level down.
func (rd *reader) classes(r tables.Row) []class {
	var out []class
	parts := []string(nil)
	for _, l := range rd.Class.Levels {
		title, id := rd.get(r, l.Title), rd.get(r, l.ID)
		if title == "" {
			break
		}
		if id == "" {
			id = title
		}
		parts = append(parts, keyPart(id))
		k := class{key: rd.Source + "-" + strings.Join(parts, "."), title: title}
		if n := len(out); n > 0 {
			k.parent = out[n-1].key
		}
		out = append(out, k)
	}
	return out
}

// titles is a class's path as the map's "same" writes it.
func titles(path []class) string {
	all := make([]string, len(path))
	for i, k := range path {
		all[i] = k.title
	}
	return strings.Join(all, "/")
}

func (rd *reader) unitOf(r tables.Row, at *street) *unit {
	name, id := rd.get(r, rd.Unit.Name), rd.get(r, rd.Unit.ID)
	if name == "" || slices.Contains(rd.Unit.None, name) {
		return nil
	}
	if code, ok := rd.anyCommunity(at, name); ok {
		return &unit{key: code, name: name, community: true}
	}
	if id == "" {
		id = name
	}
	home, _ := rd.street(bracketed(name))
	return &unit{key: rd.Source + "-" + keyPart(id), name: name, home: home}
}

// known is the name that we know for a source's.
func (p *Place) known(v string) string {
	if slices.Contains(p.None, v) {
		return ""
	}
	if to, ok := p.Names[v]; ok {
		return to
	}
	return v
}

func (c *Choice) of(v string) (string, bool) {
	if to, ok := c.Values[v]; ok {
		return to, true
	}
	return c.Otherwise, c.Otherwise != ""
}

var plainPart = regexp.MustCompile(`^[a-z0-9]{1,12}$`)

// keyPart makes a source's number fit for a key: itself, or a digest where it is anything else.
func keyPart(id string) string {
	if plainPart.MatchString(id) {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return "x" + hex.EncodeToString(sum[:6])
}

// layouts are the ways in which sources write a day or a moment; all begin with the year.
var layouts = []string{
	"2006-1-2", "2006/1/2", "2006-1-2 15:04:05", "2006/1/2 15:04:05", "2006-1-2 15:04", "2006/1/2 15:04",
	"2006年1月2日", "2006年1月2日 15:04", "2006年1月2日 15:04:05", "20060102", "20060102150405", "2006.1.2", time.RFC3339, "2006-01-02T15:04:05",
}

// oldest is the earliest year that a record can speak of.
const oldest = 1949

// moment is an instant that has passed.
func (rd *reader) moment(v string) (time.Time, bool) {
	t, ok := rd.instant(v)
	return t, ok && !t.After(rd.now)
}

// instant reads a day or moment in the source's zone. In Excel it is a number of days.
func (rd *reader) instant(v string) (time.Time, bool) {
	for _, list := range [][]string{rd.Times, layouts} {
		for _, layout := range list {
			if t, err := time.ParseInLocation(layout, v, rd.zone); err == nil {
				return t.UTC(), t.Year() >= oldest
			}
		}
	}
	if !rd.excel {
		return time.Time{}, false
	}
	days, err := strconv.ParseFloat(v, 64)
	if err != nil || !(days >= 1 && days < 100_000) {
		return time.Time{}, false
	}
	t, err := excelize.ExcelDateToTime(days, false)
	if err != nil {
		return time.Time{}, false
	}
	t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, rd.zone)
	return t.UTC(), t.Year() >= oldest
}

// point reads degrees within a box of west, south, east and north; both or none.
func point(lon, lat string, box []float64) (x, y *float64, ok bool) {
	if lon == "" && lat == "" {
		return nil, nil, true
	}
	a, err1 := strconv.ParseFloat(lon, 64)
	b, err2 := strconv.ParseFloat(lat, 64)
	if err1 != nil || err2 != nil || math.IsNaN(a) || math.IsNaN(b) || a < box[0] || a > box[2] || b < box[1] || b > box[3] {
		return nil, nil, false
	}
	return &a, &b, true
}
