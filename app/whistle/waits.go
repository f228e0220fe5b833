package whistle

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"wanjie/app/module"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// mostWaiting is how many are listed: more than a unit is called to in a week.
const mostWaiting = 200

// waiting lists the calls of the actor's own units that are not answered to the end, in words that name nobody. The badge
// counts those of them that nobody has reported in for; the desk's counts all units'.
func waiting(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config) ([]module.Wait, error) {
	units, every := own(tx.Actor())
	if !every && len(units) == 0 {
		return nil, nil
	}
	where, args := "", []any{int32(tx.ID()), blueprint.CentreUnit("")}
	if !every {
		where, args = " AND k.unit IN (?)", append(args, bun.List(units))
	}
	var list []struct {
		Call
		Number, Kind, KindName string
		Urgent                 bool
	}
	err := tx.Raw(`SELECT k.id, k.whistle_id, k.unit, k.unit_name, k.state, k.respond_by, k.arrive_by, w.number, w.kind, w.kind_name, w.urgent
		FROM whistle_calls k JOIN whistles w ON w.tenant_id = k.tenant_id AND w.id = k.whistle_id
		WHERE k.tenant_id = ? AND w.state = 'open' AND k.state IN ('called', 'reported', 'arrived') AND NOT starts_with(k.unit, ?)`+where+`
		ORDER BY CASE k.state WHEN 'called' THEN k.respond_by ELSE k.arrive_by END, k.id LIMIT ?`, append(args, mostWaiting)...).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("calls that wait: %w", err)
	}
	n := names{ctx: ctx, cfg: cfg}
	out := make([]module.Wait, len(list))
	for i := range list {
		k := &list[i]
		w := module.Wait{Path: "/whistles/" + k.WhistleID.String(), Number: k.Number, About: n.kind(&Whistle{Kind: k.Kind, KindName: k.KindName}), Unit: n.of(&k.Call), State: ui.T(ctx, k.State.Title()), Fresh: k.State == Called, Urgent: k.Urgent}
		switch k.State {
		case Called:
			w.Do, w.Due = ui.T(ctx, "报到"), k.RespondBy
		case Reported:
			w.Do, w.Due = ui.T(ctx, "到场"), k.ArriveBy
		default:
			w.Do = ui.T(ctx, "反馈结果")
		}
		out[i] = w
	}
	return out, nil
}
