package noted

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wanjie/templates/ui"
	"wanjie/tenants/blueprint"
)

var fields = []blueprint.Field{
	{Entry: blueprint.Entry{Key: "plate"}, Title: "车牌号码", Type: blueprint.FieldLine, Personal: true, Required: true},
	{Entry: blueprint.Entry{Key: "count"}, Title: "数量", Type: blueprint.FieldNumber, Unit: "辆"},
	{Entry: blueprint.Entry{Key: "hours"}, Title: "发生时段", Type: blueprint.FieldChoices, Options: []blueprint.Option{{Value: "night", Title: "夜间"}, {Value: "noon", Title: "午间"}}},
	{Entry: blueprint.Entry{Key: "trapped"}, Title: "是否困人", Type: blueprint.FieldYes},
	{Entry: blueprint.Entry{Key: "id"}, Title: "身份号码", Type: blueprint.FieldIdentity, Personal: true},
	{Entry: blueprint.Entry{Key: "credit"}, Title: "代码", Type: blueprint.FieldCredit},
	{Entry: blueprint.Entry{Key: "when"}, Title: "时间", Type: blueprint.FieldTime},
	{Entry: blueprint.Entry{Key: "call"}, Title: "电话", Type: blueprint.FieldPhone, Personal: true},
}

func TestAFormIsReadCheckedAndSaid(t *testing.T) {
	t.Parallel()
	form := url.Values{
		"field.plate": {" 苏E12345 "}, "field.count": {"3"}, "field.hours": {"noon", "night"}, "field.trapped": {"no"}, "field.id": {"11010519491231002X"},
		"field.credit": {"91350100M000100Y43"}, "field.when": {"2026-11-28T15:04"}, "field.call": {"13812345678"}, "field.other": {"x"}, "title": {"y"},
	}
	v := Read(form, fields)
	if wrong := v.Check(fields); len(wrong) > 0 {
		t.Fatal(wrong)
	}
	again, err := Parse(v.Text())
	if diff := cmp.Diff(v, again); err != nil || diff != "" {
		t.Error(err, diff)
	}
	ctx := ui.WithLocale(t.Context(), ui.Chinese)
	var said []string
	for _, s := range v.Say(ctx, fields, false) {
		said = append(said, s.Title+"="+s.Value)
	}
	want := []string{"车牌号码=苏******", "数量=3 辆", "发生时段=午间、夜间", "是否困人=否", "身份号码=110***********002X", "代码=91350100M000100Y43", "时间=2026-11-28 15:04", "电话=138****5678"}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Error(diff)
	}
	if full := v.Say(ctx, fields, true); full[0].Value != "苏E12345" || full[4].Value != "11010519491231002X" {
		t.Error(full)
	}
	if !v.Personal(fields) || v.Personal(fields[1:4]) {
		t.Error("which values are personal is not known")
	}
}

func TestWhatDoesNotFitIsNamed(t *testing.T) {
	t.Parallel()
	for key, bad := range map[string][]string{
		"count": {"many", "-1", "NaN"}, "hours": {"night,dawn", "x"}, "trapped": {"maybe"}, "when": {"2026-11-28", "tomorrow"}, "call": {"12345", "call me"},
		"id":     {"110105194912310020", "11010519491231002", "1101051949123100XX"},
		"credit": {"91350100M000100Y44", "91350100M000100I43", "1"},
		"plate":  {"a\x00b", string(make([]byte, 201))},
	} {
		for _, s := range bad {
			v := Values{"plate": "苏E12345"}
			v[key] = s
			if wrong := v.Check(fields); len(wrong) != 1 || wrong[Name(key)] == "" {
				t.Errorf("%s %q: %v", key, s, wrong)
			}
		}
	}
	if wrong := (Values{}).Check(fields); len(wrong) != 1 || wrong["field.plate"] == "" {
		t.Errorf("what is required is not missed: %v", wrong)
	}
}

func TestLaterFormsReplaceOnlyTheirOwnFields(t *testing.T) {
	t.Parallel()
	first := Values{"plate": "苏E12345", "count": "3", "gone": "kept"}
	got := first.Over(Values{"count": "4"}, fields[1:3])
	if diff := cmp.Diff(Values{"plate": "苏E12345", "count": "4", "gone": "kept"}, got); diff != "" {
		t.Error(diff)
	}
	if got = first.Over(nil, fields[:2]); len(got) != 1 || first["plate"] == "" {
		t.Error(got, first)
	}
}
