package demo

import (
	"context"
	"time"

	"wanjie/app"
	"wanjie/app/cases/shifts"
	"wanjie/app/clock"
	"wanjie/tenants"
)

// notes are what those who went home told those who came, the oldest shift first.
var notes = []string{
	"白天来单平稳。演示路拓宽工地扬尘已连续三天有人反映，请夜班留意是否夜间施工。",
	"夜间两件噪声扰民均已到场劝止，另有一件路灯不亮待市政早班处理。",
	"河道护栏倒塌一件已设警戒带，市政站承诺明天上午修复，请跟进。",
	"无突发事项。热线转来的三件已全部派遣，签收情况请于九点前核对一次。",
	"上午例会要求：飞线充电当日必须到场，超期的逐件说明原因。",
	"降温，注意独居老人求助；昨夜一件水管爆裂供水公司已抢修，早上请回访。",
}

// watch is two people who relieve each other at eight and at eight, for as many shifts as there are notes. The last one waits
// to be relieved.
type watch struct {
	a       *app.App
	t       tenants.Tenant
	lead    [2]int64 // by day and by night
	begin   time.Time
	done    int
	running *shifts.Shift
}

// watched prepares the watch of a street; nil where it is kept already, by a first start that was interrupted.
func watched(ctx context.Context, a *app.App, t tenants.Tenant, people troupe) (*watch, error) {
	now := clock.Now(ctx).In(clock.Zone)
	end := time.Date(now.Year(), now.Month(), now.Day(), 8, 0, 0, 0, clock.Zone) // of the last night
	if end.After(now) {
		end = end.AddDate(0, 0, -1)
	}
	w := &watch{a: a, t: t, lead: [2]int64{people["lead@wanjie.example"], people[night]}, begin: end.Add(-time.Duration(len(notes)) * half)}
	err := w.as(ctx, w.lead[0], w.begin, func(ctx context.Context, tx tenants.Tx) error {
		old, err := shifts.Current(ctx, tx)
		if err != nil || old != nil {
			w = nil
			return err
		}
		w.running, err = shifts.Begin(ctx, tx)
		return err
	})
	return w, err
}

const half = 12 * time.Hour

func (w *watch) as(ctx context.Context, person int64, at time.Time, f func(context.Context, tenants.Tx) error) error {
	held, _ := clock.Hold(ctx, at)
	return w.a.DB.Write(held, w.t.ID, tenants.Actor{Person: person}, f)
}

// relieve has who is there hand over the desk as it stands, and the other one take it over.
func (w *watch) relieve(ctx context.Context) error {
	if w == nil || w.done == len(notes) {
		return nil
	}
	note, lead, next := notes[w.done], w.lead[w.done%2], w.lead[(w.done+1)%2]
	w.done++
	end := w.begin.Add(time.Duration(w.done) * half)
	if err := w.as(ctx, lead, end.Add(-5*time.Minute), func(ctx context.Context, tx tenants.Tx) (err error) {
		w.running, err = shifts.HandOver(ctx, tx, w.running.ID, note)
		return err
	}); err != nil || w.done == len(notes) {
		return err
	}
	return w.as(ctx, next, end, func(ctx context.Context, tx tenants.Tx) (err error) {
		w.running, err = shifts.TakeOver(ctx, tx, w.running.ID)
		return err
	})
}
