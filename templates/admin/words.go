package admin

import (
	"context"

	"wanjie/templates/ui"
)

func valueError(s SettingForm) []ui.FieldError {
	if s.Error == "" {
		return nil
	}
	return []ui.FieldError{{Name: "value", Text: s.Error}}
}

func moments(ctx context.Context, changes []Change) []ui.Moment {
	out := make([]ui.Moment, len(changes))
	for i, c := range changes {
		out[i] = ui.Moment{At: c.At, Actor: c.Who, Act: ui.T(ctx, "改为“%s”", c.Value)}
		if c.Value == "" {
			out[i].Act, out[i].Tone = ui.T(ctx, "恢复蓝本"), ui.Neutral
		}
	}
	return out
}

func where(ctx context.Context, unit string) string {
	if unit == "" {
		return ui.T(ctx, "全街道")
	}
	return unit
}
