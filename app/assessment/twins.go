package assessment

import (
	"context"
	"fmt"
	"time"

	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// What the official rates hide, as indicators of the product's own: a street changes its official ones, and not
// what stands beside them.
var (
	twinCoverage = twin(callCoverage, ui.Key("回访覆盖率"), 0, ui.Key("周期内结案的案卷中，已有有效回访的 ÷ 结案件数；三率只反映被回访到的。"))
	twinRepeat   = twin("repeat_rate", ui.Key("重复诉求率"), 30, ui.Key("结案后 30 天内同一诉求人就同一类别再次反映的 ÷ 结案件数。"))
	twinReopened = twin(reopenedRate, ui.Key("重办率"), 0, ui.Key("周期内结案的案卷中，曾因回访未解决而重办的 ÷ 结案件数。"))
	twinAge      = twin("open_age", ui.Key("未结件龄期"), 0, ui.Key("周期末未结案卷自立案起天数的中位数，含挂账。"))
	twinNear     = twin("near_limit_rate", ui.Key("临期回避占比"), 0, ui.Key("亮黄灯以后才提出的退单、延期、挂账 ÷ 全部退单、延期、挂账。"))
	twinCopied   = twin(copiedRate, ui.Key("雷同结果占比"), 0, ui.Key("周期内提交的办理结果中，同一单位对三件以上案卷使用相同文字的 ÷ 提交的办理结果。"))
	twinLong     = twin("long_open_count", ui.Key("超长未结件数"), 90, ui.Key("周期末立案超过 90 天仍未结案的件数，含挂账。"))
)

// twins say what stands beside which official formula.
var twins = map[string]blueprint.Indicator{
	"response_rate": twinCoverage, "resolution_rate": twinRepeat, "satisfaction_rate": twinReopened, "closing_rate": twinAge, "on_time_closing_rate": twinNear,
	"handling_rate": twinAge, "on_time_handling_rate": twinNear, "check_pass_rate": twinCopied, "first_fix_rate": twinCopied, "handled_count": twinReopened,
	"intake_count": twinLong,
}

func twin(formula, title string, days int, text string) blueprint.Indicator {
	i := blueprint.Indicator{Title: title, Formula: formula, Text: text, Version: 1, Places: 1, Days: days, WithElastic: true}
	i.Key = "twin." + formula
	if d := definitions[formula]; d.measure == blueprint.Count || formula == "long_open_count" || formula == "open_age" {
		i.Places = 0
	}
	return i
}

// Burden is how long the street's people were at the platform: stretches of five minutes of a day in which somebody
// did something that the journal knows. For the whole street, never by person or unit.
type Burden struct {
	People int   `json:"people"`
	Slots  int64 `json:"slots"`
}

// slot is the length of a stretch.
const slot = 5 * time.Minute

// Hours is the whole time.
func (b Burden) Hours() float64 { return float64(b.Slots) * slot.Hours() }

// burdenOf counts it. Acts have gapless numbers in the order of their recorded times, so the term is found in them by
// halves, without an index of times.
func burdenOf(ctx context.Context, tx tenants.Tx, s span) (b Burden, err error) {
	first, err := firstAct(ctx, tx, s.from)
	if err != nil {
		return b, err
	}
	end, err := firstAct(ctx, tx, s.to)
	if err != nil {
		return b, err
	}
	err = tx.Raw(`SELECT count(DISTINCT actor) AS people, count(DISTINCT (actor, floor(extract(epoch FROM recorded_at) / ?))) AS slots
		FROM journal WHERE tenant_id = ? AND n >= ? AND n < ? AND actor > 0 AND NOT imported`, int(slot.Seconds()), int32(tx.ID()), first, end).Scan(ctx, &b)
	if err != nil {
		return b, fmt.Errorf("time at the platform: %w", err)
	}
	return b, nil
}

// firstAct is the number of the first act recorded at or after an instant; one more than the newest when there is none.
func firstAct(ctx context.Context, tx tenants.Tx, at time.Time) (int64, error) {
	var last int64
	if err := tx.Raw("SELECT n FROM heads WHERE tenant_id = ?", int32(tx.ID())).Scan(ctx, &last); err != nil {
		return 0, fmt.Errorf("newest act: %w", err)
	}
	low, high := int64(1), last+1
	for low < high {
		mid := (low + high) / 2
		var recorded time.Time
		if err := tx.Raw("SELECT recorded_at FROM journal WHERE tenant_id = ? AND n = ?", int32(tx.ID()), mid).Scan(ctx, &recorded); err != nil {
			return 0, fmt.Errorf("act %d: %w", mid, err)
		}
		if recorded.Before(at) {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low, nil
}
