package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"wanjie/app"
	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/config"
	"wanjie/app/resident"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// ResidentPhone is the telephone of the made-up resident; the codes stand on the page of sent messages.
const ResidentPhone = "13900139000"

// own are the made-up resident's matters, one at each stage: what was reported how many hours ago, and what became of it.
var own = []struct {
	class, words, address string
	hours                 int
	then                  []string
}{
	{"matter-06042", "3号楼旁的垃圾箱满了，厨余桶没有盖子，味道很大。", "演示路33号3号楼旁", 1, nil},
	{"component-01037", "小区北门第二盏路灯不亮，晚上看不清台阶。", "演示路33号北门", 6, []string{"file"}},
	{"matter-06012", "农贸市场后门地面油污严重，老人走路打滑。", "演示路12号后门", 20, []string{"file", "dispatch"}},
	{"matter-06010", "东门外人行道上堆着三四袋生活垃圾，两天没人清。", "演示路33号东门", 30, []string{"file", "dispatch", "receive"}},
	{"matter-06011", "绿化带里倒了一堆建筑渣土。", "演示路40号对面", 80, []string{"file", "dispatch", "receive", "handle", "check", "close"}},
	{"matter-06010", "儿童乐园边垃圾桶破了，垃圾散在地上。", "演示路33号中心花园", 200, []string{"file", "dispatch", "receive", "handle", "check", "close", "rate"}},
	{"extension-24001", "老年证丢了怎么补办？要带什么材料？", "", 300, []string{"answer"}},
	{"extension-20008", "借给熟人的钱要不回来，想请街道帮忙。", "演示路9号", 400, []string{"inform"}},
}

// settle makes a resident who lives in the main street and has a matter at each stage.
func settle(ctx context.Context, a *app.App, t tenants.Tenant, people troupe) (config.Account, error) {
	account := config.Account{Group: theResidents, Door: theResidents, About: ui.Key("上报、跟踪、评价、预约办事；用此手机号登录，验证码见“已发送的消息”"), Login: ResidentPhone, Name: "演示居民", URL: a.Config.PublicURL + "/r/" + t.Slug + "/"}
	identity, _, err := a.Keeper.Client.CreateResident(ctx, ResidentPhone)
	if err != nil {
		return account, err
	}
	person, err := a.Keeper.Person(ctx, identity, auth.Resident)
	if err != nil {
		return account, err
	}
	begun := false
	if err := a.DB.Write(ctx, t.ID, tenants.Actor{Person: person}, func(ctx context.Context, tx tenants.Tx) error {
		me, err := resident.Join(ctx, tx, ResidentPhone, resident.NoticeVersion, "page")
		if err != nil {
			return err
		}
		mine, err := cases.Mine(ctx, tx, 0)
		if begun = len(mine) > 0; err != nil || begun {
			return err
		}
		return resident.Call(ctx, tx, me, account.Name)
	}); err != nil || begun {
		return account, err
	}
	var rung uuid.UUID
	for i := len(own) - 1; i >= 0; i-- {
		id, err := live(ctx, a, t, people, person, i)
		if err != nil {
			return account, fmt.Errorf("matter %d of the resident: %w", i+1, err)
		}
		if slices.Contains(own[i].then, "rate") {
			rung = id
		}
	}
	// Somebody rang back, and had to see the whole number for it.
	if err := a.DB.Write(ctx, t.ID, tenants.Actor{Person: people["caller@wanjie.example"]}, func(ctx context.Context, tx tenants.Tx) error {
		_, _, err := cases.Petitioner(ctx, tx, rung, "callback")
		return err
	}); err != nil {
		return account, err
	}
	if err := reserve(ctx, a, t, people["intake@wanjie.example"], person); err != nil {
		return account, err
	}
	return account, announce(ctx, a, t, people, person)
}

// live takes one of the resident's matters as far as it came, and answers its case.
func live(ctx context.Context, a *app.App, t tenants.Tenant, people troupe, person int64, i int) (uuid.UUID, error) {
	o := own[i]
	at := clock.Now(ctx).Add(-time.Duration(o.hours) * time.Hour)
	var c *cases.Case
	as := func(person int64, f func(context.Context, tenants.Tx) (*cases.Case, error)) error {
		held, _ := clock.Hold(ctx, at)
		return a.DB.Write(held, t.ID, tenants.Actor{Person: person}, func(ctx context.Context, tx tenants.Tx) (err error) {
			c, err = f(ctx, tx)
			return err
		})
	}
	if err := as(person, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		return cases.ReportOwn(ctx, tx, cases.Intake{Class: o.class, Words: cases.Words{Description: o.words, Address: o.address, Petitioner: "演示居民", Phone: ResidentPhone}})
	}); err != nil {
		return uuid.Nil, err
	}
	who := func(login string) int64 { return people[login+"@wanjie.example"] }
	for _, step := range o.then {
		at = at.Add(time.Duration(o.hours) * time.Hour / 10)
		var by int64
		var do func(context.Context, tenants.Tx) (*cases.Case, error)
		id := c.ID
		switch step {
		case "file":
			by, do = who("intake"), func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
				return cases.File(ctx, tx, id, cases.Filing{})
			}
		case "dispatch":
			by, do = who("dispatcher"), func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
				cfg, err := blueprint.For(ctx, tx)
				if err != nil {
					return nil, err
				}
				unit, _, _ := cfg.Propose(o.class, "")
				return cases.Dispatch(ctx, tx, id, cases.Order{Unit: unit, Basis: cases.Statutory})
			}
		case "receive":
			by, do = who("handler"), func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
				return cases.Receive(ctx, tx, id)
			}
		case "handle":
			by, do = who("handler"), func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
				return cases.Handle(ctx, tx, id, "已安排两名环卫工人到场清理干净，并加放一只带盖的垃圾桶，今后每天上午巡查一次。")
			}
		case "check":
			by, do = who("checker"), func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
				if c.Stage != cases.Checking { // the sample left it out
					return c, nil
				}
				return cases.Check(ctx, tx, id, cases.Finding{Pass: true})
			}
		case "close":
			by, do = who("lead"), func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
				if c.Stage != cases.Checking {
					return c, nil
				}
				return cases.Close(ctx, tx, id)
			}
		case "rate":
			by, do = person, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
				return cases.Rate(ctx, tx, id, cases.Answer{Said: said("yes", "satisfied")})
			}
		case "answer":
			by, do = who("intake"), func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
				return cases.AnswerAtOnce(ctx, tx, id, "老年证遗失的，带本人身份证到社区便民窗口补办，当场可取；行动不便的可请社区上门代办。")
			}
		case "inform":
			by, do = who("intake"), func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
				return cases.Inform(ctx, tx, id, "litigation")
			}
		}
		if err := as(by, do); err != nil {
			return uuid.Nil, fmt.Errorf("%s: %w", step, err)
		}
	}
	return c.ID, nil
}
