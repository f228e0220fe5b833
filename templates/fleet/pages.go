// Package fleet shows the vendor's console: fleet, opening, health, usage. Nothing in it is about a resident. It is not
// called vendor because templ passes over folders of that name.
package fleet

import (
	"context"
	"strconv"
	"strings"
	"time"

	"wanjie/templates/ui"
)

// Unit is one line of the fleet: a unit of the country, opened or not.
type Unit struct {
	Code, Name, Path string
	Kind             string // 街道, 镇 …; a catalogue key
	Tenant           int32  // 0: not opened
	Slug             string
	State            string
	Blueprint        string
	OpenedAt         time.Time
	TrialUntil       time.Time // zero: nothing was agreed
	Over             bool      // that day has passed, and it is still on trial
	Cases            int64     // filed this month
	Refused          bool      // a placeholder of the list: cannot be opened
}

// above is where the unit lies, without its own name.
func (u Unit) above() string { return above(u.Path, u.Name) }

func above(path, name string) string { return strings.TrimSuffix(path, name) }

// Fleet is the list over all units.
type Fleet struct {
	Query, State, Province, Scope string
	Provinces                     []ui.Option
	Units                         []Unit
	Pages                         ui.Pages
	All, Open, Trial, Suspended   int
	MayOpen                       bool
}

// StateTag says a tenant's state in colour and words.
func stateTag(ctx context.Context, state string) (ui.Tone, string) {
	switch state {
	case "opening":
		return ui.Warn, ui.T(ctx, "开通中")
	case "trial":
		return ui.Info, ui.T(ctx, "试运行")
	case "active":
		return ui.Good, ui.T(ctx, "正式运行")
	case "suspended":
		return ui.Bad, ui.T(ctx, "已暂停")
	case "closed":
		return ui.Neutral, ui.T(ctx, "已关闭")
	}
	return ui.Neutral, ui.T(ctx, "未开通")
}

func states(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, s := range []string{"trial", "active", "suspended", "opening", "closed"} {
		_, label := stateTag(ctx, s)
		out = append(out, ui.Option{Value: s, Label: label})
	}
	return out
}

// Lag is how far one follower is behind at one placement.
type Lag struct {
	Placement, Follower string
	Acts                int64
	Tenants             int
	Oldest              time.Duration
}

func (l Lag) tone() ui.Tone {
	switch {
	case l.Oldest > time.Minute:
		return ui.Bad
	case l.Oldest > 5*time.Second:
		return ui.Warn
	}
	return ui.Good
}

// followers are their names in words; catalogue keys.
var followers = map[string]string{
	"seal": ui.Key("存证封存"), "meter": ui.Key("用量计量"), "tally": ui.Key("指标汇总"), "announce": ui.Key("通知与任务"), "hint": ui.Key("实时提示"),
}

// Jobs are the unfinished jobs of one kind.
type Jobs struct {
	Placement, Kind, Queue          string
	Waiting, Sent, Retrying, Failed int64
	Oldest                          time.Duration
}

// Failure is one job that was given up.
type Failure struct {
	Guard                              ui.Guard
	Placement, Tenant, Kind, Error, ID string
	TenantID                           int32
	FailedAt                           time.Time
	Attempts                           int
}

// Place is one placement.
type Place struct {
	Name, Version     string
	Migration, Wanted int64
	Bytes, Tenants    int64
	TimersDue         int
	OldestTimer       time.Duration
	TimersFailed      int
	Down              string // why nothing is known
}

// Health is the page of followers, jobs, timers and databases.
type Health struct {
	At       time.Time
	Lags     []Lag
	Jobs     []Jobs
	Failures []Failure
	Places   []Place
	MayRetry bool
	Refused  int64 // messages of the last day that did not arrive
}

func (h Health) tiles(ctx context.Context) []ui.Figure {
	var behind, waiting, failed, timers int64
	var oldest time.Duration
	for _, l := range h.Lags {
		behind += l.Acts
		oldest = max(oldest, l.Oldest)
	}
	for _, j := range h.Jobs {
		waiting += j.Waiting + j.Sent
		failed += j.Failed
	}
	down := 0
	for _, p := range h.Places {
		timers += int64(p.TimersDue)
		if p.Down != "" {
			down++
		}
	}
	tone := func(bad bool, t ui.Tone) ui.Tone {
		if bad {
			return t
		}
		return ui.Good
	}
	return []ui.Figure{
		{Label: ui.T(ctx, "数据库"), Value: strconv.Itoa(len(h.Places)-down) + "/" + strconv.Itoa(len(h.Places)), Note: ui.T(ctx, "可用的放置点"), Tone: tone(down > 0, ui.Bad)},
		{Label: ui.T(ctx, "跟随滞后"), Value: ui.Number(behind), Unit: ui.T(ctx, "项"), Note: ui.T(ctx, "最久 %s", since(ctx, oldest)), Tone: tone(oldest > 5*time.Second, ui.Warn)},
		{Label: ui.T(ctx, "待办任务"), Value: ui.Number(waiting), Note: ui.T(ctx, "排队和执行中")},
		{Label: ui.T(ctx, "失败任务"), Value: ui.Number(failed), Note: ui.T(ctx, "需人工处理"), Tone: tone(failed > 0, ui.Bad)},
		{Label: ui.T(ctx, "逾期定时"), Value: ui.Number(timers), Note: ui.T(ctx, "到点未触发"), Tone: tone(timers > 0, ui.Warn)},
		{Label: ui.T(ctx, "未送达消息"), Value: ui.Number(h.Refused), Note: ui.T(ctx, "最近24小时"), Tone: tone(h.Refused > 0, ui.Warn)},
	}
}

// since says a duration for people: 3 秒, 5 分, 2 小时, 4 天.
func since(ctx context.Context, d time.Duration) string {
	switch {
	case d <= 0:
		return ui.None
	case d < time.Minute:
		return ui.T(ctx, "%d 秒", int(d.Seconds()+0.999))
	case d < time.Hour:
		return ui.T(ctx, "%d 分", int(d.Minutes()))
	case d < 48*time.Hour:
		return ui.T(ctx, "%d 小时", int(d.Hours()))
	}
	return ui.T(ctx, "%d 天", int(d.Hours()/24))
}

func size(bytes int64) string {
	return strconv.FormatFloat(float64(bytes)/(1<<20), 'f', 1, 64) + " MiB"
}

// share is the part of the country's units that are open; nothing where it would read 0.0%.
func (f Fleet) share(ctx context.Context) string {
	if f.Open*1000 < f.All {
		return ""
	}
	return ui.T(ctx, "占全国 %s", ui.Percent(int64(f.Open), int64(f.All)))
}
