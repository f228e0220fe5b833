package blueprint

import (
	"slices"

	"wanjie/app/fault"
)

func missing(r Ref) error { return fault.New(fault.NotFound, "没有配置项 %s", r) }

// plan turns edits into the overrides of the next revision and the configuration they give. It
// drops edits that change nothing. A broken edit is refused whole, with field and reason.
func plan(v *Version, base *Config, overrides []Override, revision int64, edits []Edit) ([]Override, *Config, error) {
	own := newest(overrides, revision)
	ck := &checker{}
	var out []Override
	seen := map[Ref]bool{}
	for _, e := range edits {
		if seen[e.Ref] {
			return nil, nil, fault.New(fault.Invalid, "配置项 %s 在一次修改中出现两次", e.Ref)
		}
		seen[e.Ref] = true
		s, known := stocks[e.Kind]
		if !known {
			return nil, nil, missing(e.Ref)
		}
		blue, fromBlueprint := v.Find(e.Ref)
		now, there := blue, fromBlueprint
		mine, touched := own[e.Ref]
		if touched = touched && !mine.Back(); touched {
			now, there = mine.item(), true
		}
		if e.Seen != "" && (!there || e.Seen != now.Digest()) {
			return nil, nil, fault.New(fault.Conflict, "配置项 %s 刚被他人修改，请刷新后重试", e.Ref)
		}

		if e.Body == nil {
			switch {
			case !there:
				return nil, nil, missing(e.Ref)
			case !fromBlueprint:
				return nil, nil, fault.New(fault.Conflict, "%s 是本单位自建的，蓝本中没有，只能停用", e.Ref)
			case touched:
				out = append(out, Override{Ref: e.Ref, Base: blue.Digest()})
			}
			continue
		}

		said := e.Body
		if fromBlueprint {
			said = rebased(e.Kind, blue, now, said)
		}
		want := s.canon(ck, Item{Kind: e.Kind, Key: e.Key, Body: said, Retired: e.Retired})
		switch {
		case fromBlueprint:
			allowed(ck, blue, now, want)
		case !RuleOf(e.Kind).Addable:
			ck.bad("key", "蓝本中没有“%s”，此类配置项不能自建", e.Key)
		case there: // the tenant's own: what cases were filed under stays what it is
			allowed(ck, now, now, want)
		default:
			added(ck, want)
		}
		if there && want.same(now) {
			continue
		}
		if fromBlueprint && want.same(blue) { // changed back by hand
			out = append(out, Override{Ref: e.Ref, Base: blue.Digest()})
			continue
		}
		o := Override{Ref: e.Ref, Body: want.Body, Retired: want.Retired}
		if fromBlueprint {
			o.Base = blue.Digest()
		}
		out = append(out, o)
	}
	if len(ck.found) > 0 {
		return nil, nil, ck.found.fault()
	}
	if len(out) == 0 {
		return nil, nil, nil
	}
	for n := range out {
		out[n].Revision = revision + 1
	}
	after, err := base.under(append(slices.Clone(overrides), out...), revision+1)
	if err != nil {
		return nil, nil, err
	}
	if err := after.checkSince(base, overrides, revision); err != nil {
		return nil, nil, err
	}
	return out, after, nil
}

// checkSince holds c's items against each other, forgiving what was wrong before the change.
func (c *Config) checkSince(base *Config, overrides []Override, revision int64) error {
	ck := &checker{}
	if c.check(ck); len(ck.found) == 0 {
		return nil
	}
	before, err := base.under(overrides, revision)
	if err != nil {
		return err
	}
	old := &checker{}
	before.check(old)
	if fresh := ck.found.since(old.found); len(fresh) > 0 {
		return fresh.fault()
	}
	return nil
}
