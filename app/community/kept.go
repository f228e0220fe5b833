package community

import (
	"context"
	"fmt"
	"time"

	"wanjie/app/clock"
	"wanjie/app/resident"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Kept is what the community keeps of residents: to which events they come.
var Kept = resident.Keeping{
	Name: "signups", Held: held, Forget: forget,
	Objects: `SELECT s.id, '' AS number, p.title AS about FROM community_signups s JOIN community_posts p ON p.tenant_id = s.tenant_id AND p.id = s.post_id
		WHERE s.tenant_id = ?0 AND s.person = ?1`,
	Heard: []string{"signup.moved_up", "signup.changed", "signup.off", "signup.reminded"},
	Tell: func(ctx context.Context, _ *blueprint.Config, n resident.News) (t resident.Told, worth bool) {
		t.Path, t.About = "/signups/"+n.ID.String(), n.About
		switch n.Kind {
		case "signup.moved_up":
			t.Tone, t.Act, t.Detail = ui.Good, ui.T(ctx, "候补成功，您已报上名"), ui.T(ctx, "不能参加的，请在活动开始前取消，把名额留给别人")
		case "signup.changed":
			t.Tone, t.Act, t.Detail = ui.Warn, ui.T(ctx, "您报名的活动有变动"), ui.T(ctx, "点开查看新的时间和地点")
		case "signup.off":
			t.Tone, t.Act, t.Detail = ui.Warn, ui.T(ctx, "您报名的活动取消了"), ui.T(ctx, "点开查看原因")
		case "signup.reminded":
			t.Tone, t.Act, t.Detail = ui.Info, ui.T(ctx, "您报名的活动明天举行"), ui.T(ctx, "点开查看时间和地点")
		}
		return t, true
	},
}

// heldSignup is a sign-up in the file of one's own data.
type heldSignup struct {
	Event  string    `json:"event"`
	Begins time.Time `json:"begins"`
	Heads  int       `json:"heads"`
	State  Standing  `json:"state"`
	MadeAt time.Time `json:"made_at"`
	CameAt time.Time `json:"came_at,omitzero"`
}

func held(ctx context.Context, tx tenants.Tx) (any, error) {
	list, err := Mine(ctx, tx, 0)
	if err != nil {
		return nil, err
	}
	out := make([]heldSignup, len(list))
	for i, c := range list {
		out[i] = heldSignup{c.Event.Title, c.Event.BeginsAt, c.Heads, c.State, c.MadeAt, c.CameAt}
	}
	return out, nil
}

// forget takes back what is still to come, and lets nothing tell any more whose the sign-ups were.
func forget(ctx context.Context, tx tenants.Tx) error {
	list, err := Mine(ctx, tx, 0)
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.State.Living() && !c.Event.past(clock.Now(ctx)) {
			if err := Cancel(ctx, tx, c.ID); err != nil {
				return err
			}
		}
	}
	if _, err := tx.Update((*Signup)(nil)).Set("person = NULL").Where("s.person = ?", tx.Actor().Person).Exec(ctx); err != nil {
		return fmt.Errorf("forget sign-ups: %w", err)
	}
	return nil
}
