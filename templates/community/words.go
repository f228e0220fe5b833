package community

import (
	"context"
	"time"

	"wanjie/templates/ui"
)

func (p Desk) empty(ctx context.Context) string {
	if p.Review {
		return ui.T(ctx, "没有待审核的内容")
	}
	return ui.T(ctx, "这里没有内容")
}

// room is how many there is room for.
func (p Post) room(ctx context.Context) string {
	switch {
	case p.Capacity == 0:
		return ui.T(ctx, "人数不限")
	case p.Full:
		return ui.T(ctx, "%d 人，已满", p.Capacity)
	}
	return ui.T(ctx, "%d 人，还剩 %d 人", p.Capacity, p.Left)
}

func (p Post) until(ctx context.Context) string {
	if p.Until.IsZero() {
		return ui.T(ctx, "不用报名，直接到场")
	}
	return ui.Time(p.Until)
}

func (p Post) press(ctx context.Context) string {
	if p.Full {
		return ui.T(ctx, "排队候补")
	}
	return ui.T(ctx, "我要报名")
}

func (p Post) query() string {
	if p.Event {
		return "?form=event"
	}
	return ""
}

func (p Post) ends() string { return end(p.Begins, p.Ends) }

func (s Signup) ends() string { return end(s.Begins, s.Ends) }

// end is the hour alone where the day is the same.
func end(from, to time.Time) string {
	text := ui.Time(to)
	if ui.Date(from) == ui.Date(to) {
		return text[len(text)-5:]
	}
	return text
}

func yes(ctx context.Context, is bool) string {
	if is {
		return ui.T(ctx, "是")
	}
	return ui.T(ctx, "否")
}

func marked(ctx context.Context, is bool) string {
	if is {
		return ui.T(ctx, "已标注")
	}
	return ui.T(ctx, "未标注")
}
