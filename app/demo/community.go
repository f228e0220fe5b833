package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"wanjie/app"
	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/community"
	"wanjie/app/files/pictures"
	"wanjie/app/resident"
	"wanjie/tenants"
	"wanjie/tenants/division"
)

// told is what the made-up street tells everybody: how many days ago it was published (drafts: not at all), by which of its
// communities (0: the street itself) and what for.
var told = []struct {
	form      community.Form
	topic     community.Topic
	community int
	ago       int
	title     string
	body      string
	photo     bool
	then      string // "", "draft", "review" or "returned": how far it came instead
}{
	{community.Notice, community.Life, 1, 1, "小区北门道路夜间施工通知（演示数据）", "本周三至周五每晚20时至次日5时，北门外道路铺设雨水管，车辆请走东门。\n施工单位已设围挡和警示灯，老人小孩请绕行。\n给您带来不便，敬请谅解。", false, ""},
	{community.News, community.Affairs, 2, 3, "居民议事会定下加装电梯三条办法（演示数据）", "上周六的居民议事会到了三十一户，议定了费用分摊、施工时间和一楼补偿三条办法。\n会议记录已贴在各单元门口，有不同意见的可在两周内到居委会提出。", true, ""},
	{community.News, community.Party, 0, 5, "党员先锋岗进网格，帮老人排查燃气软管（演示数据）", "二十名党员志愿者分成十组，逐户看燃气软管是否老化、报警器是否通电，发现的问题当天报网格长。\n本周继续在西片入户，入户人员都佩戴工作牌。", true, ""},
	{community.Notice, community.Life, 0, 8, "冬季用气用电安全提示（演示数据）", "使用燃气热水器时请开窗通风。\n电动自行车不进楼、不飞线充电，充电棚位置见“便民场所”。", false, ""},
	{community.News, community.Affairs, 3, 0, "三季度居务公开（演示数据）", "本季度公益金支出明细、低保复核结果和物业考核情况。", false, "review"},
	{community.Notice, community.Life, 1, 0, "电梯年检停运安排（演示数据）", "各单元电梯轮流年检，每部约两小时。", false, "returned"},
}

// gatherings are its events: in how many days, for how many, and who of the made-up residents comes.
var gatherings = []struct {
	topic       community.Topic
	community   int
	in, from    int // days, hour
	title, body string
	venue, who  string
	capacity    int
	come        []int // heads, by resident; the first is the one of the demo
	then        string
}{
	{community.Life, 1, 2, 9, "老年人智能手机课堂（演示数据）", "教您看病挂号、扫码乘车、防诈骗。请带上自己的手机和充电线。\n不会没关系，有志愿者一对一帮忙。", "社区二楼活动室", "60岁以上老人，可由家人陪同", 4, []int{2, 1, 1, 1}, ""},
	{community.Life, 0, 5, 14, "便民集市：磨刀、修鞋、量血压（演示数据）", "街道每月一次的便民集市，全部免费。", "中心广场", "不限，直接来", 0, nil, "free"},
	{community.Party, 2, 9, 19, "一刻钟党课：老街坊讲家风（演示数据）", "三位老党员讲自家的故事，欢迎带孩子一起听。", "社区会议室", "党员、团员和居民", 30, []int{0, 2}, ""},
	{community.Affairs, 3, 7, 14, "楼道改造方案说明会（演示数据）", "设计单位到场说明方案，听取意见。", "三号楼架空层", "本小区业主", 40, []int{1}, "off"},
}

// places are its public places.
var places = []struct {
	kind          community.PlaceKind
	community     int
	name, address string
	hours, phone  string
	stepFree      bool
	lon, lat      float64
}{
	{"service", 0, "街道便民服务中心（演示数据）", "演示路1号一楼", "周一至周五 9:00–17:00，周六 9:00–12:00", "0512-00000001", true, 120.5478, 31.3031},
	{"activity", 1, "社区活动室（演示数据）", "演示路18号二楼", "每天 8:30–20:00", "0512-00000002", false, 120.5512, 31.3012},
	{"meal", 1, "颐养助餐点（演示数据）", "演示路18号一楼", "午餐 11:00–13:00，晚餐 16:30–18:00", "0512-00000003", true, 120.5514, 31.3013},
	{"health", 2, "社区卫生服务站（演示数据）", "演示路33号", "每天 8:00–20:00", "0512-00000004", true, 120.5551, 31.2994},
	{"shelter", 0, "中心广场避难场所（演示数据）", "演示路9号南侧广场", "全天开放", "", true, 120.5497, 31.3002},
	{"toilet", 0, "农贸市场公共厕所（演示数据）", "演示路12号后门", "5:00–22:00", "", true, 120.5489, 31.2989},
	{"sport", 3, "滨河健身步道（演示数据）", "演示河东岸", "全天开放", "", false, 120.5602, 31.3055},
}

// neighbours are further made-up residents, by the last digit of their telephone.
var neighbours = []string{"演示邻居甲", "演示邻居乙", "演示邻居丙"}

// announce fills the street with what it tells, holds and keeps, and lets residents sign up.
func announce(ctx context.Context, a *app.App, t tenants.Tenant, people troupe, person int64) error {
	editor, leader := people["editor@wanjie.example"], people["leader@wanjie.example"]
	codes := []string{""}
	for _, c := range division.Communities(t.Codes[0]) {
		codes = append(codes, c.Code)
	}
	in := func(n int) string { return codes[min(n, len(codes)-1)] }
	residents := []int64{person}
	for n, name := range neighbours {
		one, err := dwell(ctx, a, t, fmt.Sprintf("1390013901%d", n), name)
		if err != nil {
			return err
		}
		residents = append(residents, one)
	}
	r := rand.New(rand.NewPCG(7, 7))
	for _, o := range told {
		w := community.Words{Form: o.form, Topic: o.topic, Community: in(o.community), Title: o.title, Body: o.body, ValidUntil: clock.DateOf(clock.Now(ctx)).Add(30)}
		if o.photo {
			body, err := picture(r, true)
			if err != nil {
				return err
			}
			if w.Photo, err = pictures.Receive(ctx, a.DB.Blobs(), t.ID, body); err != nil {
				return err
			}
		}
		then, _ := clock.Hold(ctx, clock.Now(ctx).Add(-time.Duration(o.ago)*24*time.Hour))
		if _, err := release(then, a, t, editor, leader, w, o.then); err != nil {
			return fmt.Errorf("%s: %w", o.title, err)
		}
	}
	for _, o := range gatherings {
		begins := clock.DateOf(clock.Now(ctx)).Add(o.in).Start().Add(time.Duration(o.from) * time.Hour)
		w := community.Words{Form: community.Event, Topic: o.topic, Community: in(o.community), Title: o.title, Body: o.body, Audience: o.who, Contact: "居委会 0512-00000005",
			Arrangement: community.Arrangement{Begins: begins, Ends: begins.Add(2 * time.Hour), SignupUntil: begins.Add(-3 * time.Hour), Venue: o.venue, Capacity: o.capacity}}
		if o.then == "free" {
			w.SignupUntil = time.Time{}
		}
		p, err := release(ctx, a, t, editor, leader, w, "")
		if err != nil {
			return fmt.Errorf("%s: %w", o.title, err)
		}
		for i, heads := range o.come {
			if heads == 0 {
				continue
			}
			if err := as(ctx, a, t, residents[i], func(ctx context.Context, tx tenants.Tx) error {
				_, err := community.SignUp(ctx, tx, p.ID, heads-1)
				return err
			}); err != nil {
				return err
			}
		}
		if o.then != "off" {
			continue
		}
		if err := as(ctx, a, t, editor, func(ctx context.Context, tx tenants.Tx) error {
			_, err := community.Withdraw(ctx, tx, p.ID, "设计单位临时改期，另行通知。")
			return err
		}); err != nil {
			return err
		}
	}
	return as(ctx, a, t, editor, func(ctx context.Context, tx tenants.Tx) error {
		for _, o := range places {
			if _, err := community.SavePlace(ctx, tx, community.Place{Kind: o.kind, Community: in(o.community), Name: o.name, Address: o.address, Hours: o.hours, Phone: o.phone, StepFree: o.stepFree, Lon: &o.lon, Lat: &o.lat}); err != nil {
				return fmt.Errorf("%s: %w", o.name, err)
			}
		}
		return nil
	})
}

// as works in the street as a person.
func as(ctx context.Context, a *app.App, t tenants.Tenant, person int64, f func(context.Context, tenants.Tx) error) error {
	return a.DB.Write(ctx, t.ID, tenants.Actor{Person: person}, f)
}

// release drafts a post and has it reviewed, as far as it is to come.
func release(ctx context.Context, a *app.App, t tenants.Tenant, editor, leader int64, w community.Words, then string) (p *community.Post, err error) {
	if err := as(ctx, a, t, editor, func(ctx context.Context, tx tenants.Tx) error {
		if p, err = community.Draft(ctx, tx, uuid.Nil, w); err != nil || then == "draft" {
			return err
		}
		p, err = community.Submit(ctx, tx, p.ID)
		return err
	}); err != nil || then == "draft" || then == "review" {
		return p, err
	}
	return p, as(ctx, a, t, leader, func(ctx context.Context, tx tenants.Tx) error {
		if then == "returned" {
			_, err := community.Return(ctx, tx, p.ID, "请写明每个单元的具体日期和时间。")
			return err
		}
		_, err := community.Publish(ctx, tx, p.ID)
		return err
	})
}

// dwell makes somebody a resident of the street.
func dwell(ctx context.Context, a *app.App, t tenants.Tenant, phone, name string) (person int64, err error) {
	identity, _, err := a.Keeper.Client.CreateResident(ctx, phone)
	if err != nil {
		return 0, err
	}
	if person, err = a.Keeper.Person(ctx, identity, auth.Resident); err != nil {
		return 0, err
	}
	return person, as(ctx, a, t, person, func(ctx context.Context, tx tenants.Tx) error {
		me, err := resident.Join(ctx, tx, phone, resident.NoticeVersion, "page")
		if err != nil {
			return err
		}
		return resident.Call(ctx, tx, me, name)
	})
}
