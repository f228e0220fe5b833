package admin

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"wanjie/templates/ui"
)

// Days of a calendar are typed as people write them and as notices print them: 2027-02-15 至 2027-02-21, 2月15日（农历除夕、周日）至23日,
// separated by 、 or by lines. A year holds until another is named, a month to the end of its line.

// wrongDays is what cannot be read, of which line, in a catalogue key with its arguments.
type wrongDays struct {
	say  string
	args []any
}

var (
	aside   = regexp.MustCompile(`（[^）]*）|\([^)]*\)`)
	yearsIn = regexp.MustCompile(`^\s*(\d{4})年\s*$`)
	oneDay  = regexp.MustCompile(`^(?:(\d{4})\s*[-年/.]\s*)?(?:(\d{1,2})\s*[-月/.]\s*)?(\d{1,2})\s*[日号]?$`)
	apart   = regexp.MustCompile(`[、，,；;]|\s{2,}`)
	through = regexp.MustCompile(`\s*(?:至|到|—+|–|~|～)\s*`)
)

// longestBreak is how many days one range may have, so that a slip of the pen is no holiday of a year.
const longestBreak = 31

// readDays reads what was typed, sorted and each day once.
func readDays(typed string) (days []string, wrong *wrongDays) {
	r := dayReader{}
	for n, line := range strings.Split(typed, "\n") {
		r.month = 0
		line = strings.TrimSpace(aside.ReplaceAllString(line, ""))
		if m := yearsIn.FindStringSubmatch(line); m != nil {
			r.year, _ = strconv.Atoi(m[1])
			continue
		}
		if _, after, named := strings.Cut(strings.ReplaceAll(line, ":", "："), "："); named { // 春节：
			line = after
		}
		line, _, _ = strings.Cut(line, "放假")
		line = strings.TrimRight(strings.TrimSuffix(strings.TrimRight(line, "。 "), "上班"), "。 ")
		for _, part := range apart.Split(line, -1) {
			if part = strings.TrimSpace(part); part == "" {
				continue
			}
			found, say := r.part(part)
			if say != "" {
				return nil, &wrongDays{say, []any{strconv.Itoa(n + 1), part}}
			}
			days = append(days, found...)
		}
	}
	slices.Sort(days)
	return slices.Compact(days), nil
}

// dayReader remembers the year and month that were named last.
type dayReader struct{ year, month int }

// part reads one day or one range; say is why it cannot, a catalogue key with the line and the part.
func (r *dayReader) part(part string) (days []string, say string) {
	ends := through.Split(part, -1)
	if len(ends) > 2 {
		return nil, ui.Key("第 %s 行“%s”：一段只写起止两天")
	}
	from, say := r.day(ends[0])
	if say != "" || len(ends) == 1 {
		return []string{from.Format(time.DateOnly)}, say
	}
	to, say := r.day(ends[1])
	if say == "" && to.Before(from) && to.AddDate(1, 0, 0).Sub(from) < longestBreak*24*time.Hour { // over New Year
		to = to.AddDate(1, 0, 0)
		r.year++
	}
	switch {
	case say != "":
		return nil, say
	case to.Before(from):
		return nil, ui.Key("第 %s 行“%s”：止日早于起日")
	case to.Sub(from) >= longestBreak*24*time.Hour:
		return nil, ui.Key("第 %s 行“%s”：一段超过 31 天，请检查")
	}
	for d := from; !d.After(to); d = d.AddDate(0, 0, 1) {
		days = append(days, d.Format(time.DateOnly))
	}
	return days, ""
}

func (r *dayReader) day(said string) (time.Time, string) {
	m := oneDay.FindStringSubmatch(strings.TrimSpace(said))
	if m == nil {
		return time.Time{}, ui.Key("第 %s 行“%s”：不是日期，应如 2027-02-15 或 2月15日至21日")
	}
	if m[1] != "" {
		r.year, _ = strconv.Atoi(m[1])
	}
	if m[2] != "" {
		r.month, _ = strconv.Atoi(m[2])
	}
	switch day, _ := strconv.Atoi(m[3]); {
	case r.year == 0:
		return time.Time{}, ui.Key("第 %s 行“%s”：请先写明年份，如 2027年")
	case r.month == 0:
		return time.Time{}, ui.Key("第 %s 行“%s”：请写明月份")
	default:
		d := time.Date(r.year, time.Month(r.month), day, 0, 0, 0, 0, time.UTC)
		if d.Day() != day || int(d.Month()) != r.month {
			return time.Time{}, ui.Key("第 %s 行“%s”：没有这一天")
		}
		return d, ""
	}
}

// daysTyped are days as a form shows them: one line a day or a run of days.
func daysTyped(raw json.RawMessage) string {
	var list, out []string
	_ = json.Unmarshal(raw, &list)
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && nextDay(list[j]) == list[j+1] {
			j++
		}
		if j == i {
			out = append(out, list[i])
		} else {
			out = append(out, list[i]+" 至 "+list[j])
		}
		i = j + 1
	}
	return strings.Join(out, "\n")
}

func nextDay(day string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return d.AddDate(0, 0, 1).Format(time.DateOnly)
}
