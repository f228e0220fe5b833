package cases

import (
	"context"
	"slices"
	"time"

	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// 巡办一体: whoever walks a grid and mends what he finds reports both in one. The case is filed, done, and waits for the
// check, or is closed where the sample leaves it out. Who may, and for which unit, the blueprint says at the lowest level of
// handling (三级处置): the unit for which he walks is the lead.

// onTheSpot is that level; the zero one where the street has none, at which nobody stands.
func onTheSpot(cfg *blueprint.Config) (l blueprint.Level) {
	if all := cfg.LevelsOf(blueprint.Handling); len(all) > 0 {
		l = all[0]
	}
	return l
}

// OnSpot reports whether the actor is of a role that mends what it finds.
func OnSpot(actor tenants.Actor, cfg *blueprint.Config) bool {
	l := onTheSpot(cfg)
	return slices.ContainsFunc(actor.Grants, func(g tenants.Grant) bool { return slices.Contains(l.Roles, g.Role) })
}

// menderOf is that unit. Where the report names no community the matter lies in the mender's.
func menderOf(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config, in *Intake) (string, error) {
	unit, err := unitAt(ctx, tx, cfg, onTheSpot(cfg), in.Community)
	if err != nil {
		return "", err
	}
	if unit != "" {
		if u, _ := cfg.UnitOf(unit); in.Community == "" && u.Kind == blueprint.Community {
			in.Community = unit
		}
		return unit, nil
	}
	return "", fault.Field("fixed", ui.Key("您不在就地处置的人员之列，请不填此项，按普通上报；网格员请先由街道安排网格"))
}

// unitAt is the unit for which the actor works at a level, the community where the matter lies before others; or none.
func unitAt(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config, l blueprint.Level, community string) (first string, err error) {
	for _, g := range tx.Actor().Grants {
		if !slices.Contains(l.Roles, g.Role) {
			continue
		}
		unit := g.Unit
		if unit == "" {
			unit = g.Community
		}
		if unit == "" && g.Grid != "" {
			if unit, err = HomeOf(ctx, tx, g.Grid); err != nil {
				return "", err
			}
		}
		if unit == "" {
			unit = community // he walks everywhere
		}
		u, ok := cfg.UnitOf(unit)
		if !ok || len(l.UnitKinds) > 0 && !slices.Contains(l.UnitKinds, u.Kind) {
			continue
		}
		if unit == community {
			return unit, nil
		}
		if first == "" {
			first = unit
		}
	}
	return first, nil
}

// mended writes a case that is done as it is reported.
func mended(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config, box *keys.Box, c *Case, unit, words string, now time.Time) (*Case, error) {
	s := &step{tx: tx, c: c, rules: cfg, box: box, at: now, before: c.dims(cfg)}
	if err := c.file(cfg, Filing{Class: c.Class, Condition: conditionFor(cfg, c.Class, c.Urgent), Community: c.Community, Urgent: c.Urgent}, now); err != nil {
		return nil, err
	}
	s.done("case.filed")
	duty, _ := dutyFor(cfg, c.Class, c.Community, unit)
	who := tx.Actor().Person
	c.Lead = &Assignment{
		ID: tenants.NewID(), CaseID: c.ID, Role: LeadRole, Unit: unit, State: Done, Basis: Statutory, Duty: duty.Key, Spot: true,
		DispatchedBy: who, DispatchedAt: now, ReceiveBy: now, ReceivedBy: who, ReceivedAt: now, HandledBy: who, HandledAt: now,
	}
	c.Unit, c.First, c.Stage = unit, unit, Checking
	l, err := draw(ctx, tx, cfg, box, c, now)
	if err != nil {
		return nil, err
	}
	s.done("case.handled", append(l.told(), "spot", "1")...)
	var w change
	if s.route().Skips(blueprint.StepCheck) || !l.taken {
		if err := s.close(&w); err != nil {
			return nil, err
		}
	}
	if err := insert(ctx, tx, c, say(tx, box, c, "case.handled", words, now)); err != nil || !c.OwesCall {
		return c, err
	}
	w.columns = []string{"owes_call"} // the clocks of the call-back
	return c, w.write(ctx, tx, c)
}
