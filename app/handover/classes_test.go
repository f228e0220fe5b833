package handover

import (
	"context"
	"slices"
	"testing"

	"wanjie/app/cases"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// set changes the office's own blueprint.
func (o *office) set(edits ...blueprint.Edit) {
	o.d.t.Helper()
	o.do(0, func(ctx context.Context, tx tenants.Tx) error {
		_, err := blueprint.Change(ctx, tx, edits...)
		return err
	})
}

func entry(key string) blueprint.Entry { return blueprint.Entry{Key: key} }

// own is a class that only this street files under.
func own(key, code, title string) blueprint.Edit {
	return blueprint.Put(blueprint.Class{Entry: entry(key), Title: title, Scheme: "street", Code: code, Kind: blueprint.Extension})
}

func leads(key, from, code, to, target string) blueprint.Edit {
	return blueprint.Put(blueprint.Mapping{Entry: entry(key), From: from, Code: code, To: to, Target: target})
}

// The street files under classes of its own that the centre has never heard of. By the codes that both know beside — those of
// the old standard, of the hotline — one leads to one class of the centre's, one to several, one to none; where it does not
// lead to one for sure somebody of the centre says which it is.
func TestTheClassIsSaidInTheOthersWords(t *testing.T) {
	t.Parallel()
	d := open(t, 330140, tenants.Home, tenants.Home)
	d.street.set(own("pedlars-at-gates", "71", "校门口摊贩"), own("complaints-of-firms", "72", "企业投诉"), own("drones", "73", "无人机扰民"),
		leads("old-pedlars", "matter-2013", "0401", "street", "pedlars-at-gates"), leads("firms", "hotline-type", "complaint", "street", "complaints-of-firms"))
	d.centre.set(leads("complaint-matter", "hotline-type", "complaint", "national", "matter-10"), leads("complaint-own", "hotline-type", "complaint", "street", "extension-24"))
	for _, x := range []struct {
		class string
		want  []string // of the centre
		sure  bool
	}{
		{"matter-06010", []string{"matter-06010"}, true}, // the national standard, which both file under
		{peace, []string{peace}, true},                   // the extension that both blueprints have
		{"pedlars-at-gates", []string{"matter-09001"}, false},
		{"complaints-of-firms", []string{"matter-10", "extension-24"}, false},
		{"drones", nil, false},
	} {
		in := brawl("甲")
		in.Class = x.class
		h := d.handUp(d.street.filed(in), Order{Reason: "请区级办理"})
		d.post()
		there := d.centre.at(h.ID)
		if a := there.ClassAbroad; a.Key != x.class || x.class == "matter-06010" && (a.Scheme != "national" || a.StandardRef != "GB/T 47678.5-2026" || a.Code != "06010") {
			t.Errorf("%s came as %+v", x.class, a)
		}
		var got []string
		sure := false
		d.centre.do(0, func(ctx context.Context, tx tenants.Tx) error {
			cfg, err := blueprint.For(ctx, tx)
			for _, m := range there.counterparts(cfg) {
				got, sure = append(got, m.Class.Key), m.Sure
			}
			return err
		})
		slices.Sort(got)
		slices.Sort(x.want)
		if !slices.Equal(got, x.want) || sure != x.sure {
			t.Errorf("%s leads to %v (sure %t), want %v (sure %t)", x.class, got, sure, x.want, x.sure)
		}
		err := d.centre.verb(clerk, func(ctx context.Context, tx tenants.Tx) (*Handover, error) {
			return Accept(ctx, tx, h.ID, Acceptance{})
		})
		if x.sure && err != nil || !x.sure && !fault.Is(err, fault.Invalid) {
			t.Errorf("%s accepted without a class: %v", x.class, err)
		}
		if x.sure {
			continue
		}
		if err := d.centre.verb(clerk, func(ctx context.Context, tx tenants.Tx) (*Handover, error) {
			return Accept(ctx, tx, h.ID, Acceptance{Class: "matter-09001"})
		}); err != nil {
			t.Errorf("%s accepted as a class of the centre's: %v", x.class, err)
			continue
		}
		if c := d.centre.one(d.centre.at(h.ID).CaseID); c.Class != "matter-09001" || c.Stage != cases.Filed {
			t.Errorf("%s became %s, %s", x.class, c.Class, c.Stage)
		}
	}
}
