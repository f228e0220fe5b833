package handover

import (
	"context"
	"fmt"

	"wanjie/app/module"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// mostWaiting is how many are listed: more than a desk decides in a day.
const mostWaiting = 200

// waiting lists what [Waiting] counts, in words that name nobody.
func waiting(ctx context.Context, tx tenants.Tx, _ *blueprint.Config) ([]module.Wait, error) {
	if !sees(tx.Actor()) {
		return nil, nil
	}
	var list []Handover
	if err := tx.Select(&list).Where(waits).Order("h.decide_by", "h.id").Limit(mostWaiting).Scan(ctx); err != nil {
		return nil, fmt.Errorf("handovers that wait: %w", err)
	}
	out := make([]module.Wait, len(list))
	for i := range list {
		h := &list[i]
		w := module.Wait{Path: "/handovers/" + h.ID.String(), Number: h.PeerNo, About: h.ClassName, Unit: h.PeerName, State: tag(ctx, h).Text, Fresh: true, Do: ui.T(ctx, "接收或退回"), Urgent: h.Urgent, Due: h.DecideBy}
		if recallAsked(h) {
			w.Do, w.Due = ui.T(ctx, "答复撤回"), h.Due
		}
		out[i] = w
	}
	return out, nil
}
