package cases

import (
	"strings"

	"wanjie/app/cases/noted"
	"wanjie/templates/ui"
	"wanjie/tenants/blueprint"

	view "wanjie/templates/cases"
)

// The fields of a case's class on its forms and its sheet.

// askKinds is how each type of field is asked for; a choice asks for one of its options.
var askKinds = map[blueprint.FieldType]view.AskKind{
	blueprint.FieldLine: view.AskLine, blueprint.FieldArea: view.AskWords, blueprint.FieldNumber: view.AskNumber, blueprint.FieldDate: view.AskDate, blueprint.FieldTime: view.AskTime,
	blueprint.FieldChoice: view.AskOne, blueprint.FieldChoices: view.AskMany, blueprint.FieldYes: view.AskRadio, blueprint.FieldPhone: view.AskLine, blueprint.FieldIdentity: view.AskLine,
	blueprint.FieldCredit: view.AskLine,
}

// asked are the questions for the fields of a class on an occasion, with what was typed.
func (n names) asked(class string, at blueprint.Filled, typed map[string]string) (out []view.Ask) {
	for _, f := range n.cfg.FieldsAt(class, at) {
		a := view.Ask{Kind: askKinds[f.Type], Name: noted.Name(f.Key), Label: f.Title, Help: f.Help, Required: f.Required}
		if f.Unit != "" {
			a.Label += "（" + f.Unit + "）"
		}
		for _, o := range f.Options {
			a.Options = append(a.Options, ui.Option{Value: o.Value, Label: o.Title})
		}
		switch f.Type {
		case blueprint.FieldChoice:
			a.Hint = ui.T(n.ctx, "请选择")
		case blueprint.FieldChoices:
			a.Chosen = strings.Split(typed[a.Name], ",")
		case blueprint.FieldYes:
			a.Options = []ui.Option{{Value: "yes", Label: ui.T(n.ctx, "是")}, {Value: "no", Label: ui.T(n.ctx, "否")}}
		case blueprint.FieldLine, blueprint.FieldArea, blueprint.FieldNumber, blueprint.FieldDate, blueprint.FieldTime, blueprint.FieldPhone, blueprint.FieldIdentity, blueprint.FieldCredit:
		}
		out = append(out, a)
	}
	return out
}

// filled are the values of a case's fields for its sheet, what is personal masked unless full.
func (n names) filled(c *Case, full bool) (out []ui.Fact, err error) {
	if len(c.Noted) == 0 {
		return nil, nil
	}
	v, err := c.Filled(n.box)
	if err != nil {
		return nil, err
	}
	for _, s := range v.Say(n.ctx, n.cfg.FieldsOf(c.Class), full) {
		out = append(out, ui.Fact{Label: s.Title, Value: s.Value})
	}
	return out, nil
}

// personal are those of them that tell who somebody is, for the part of the sheet that opens after a purpose was stated.
func (n names) personal(c *Case, full bool) (out []ui.Fact, err error) {
	v, err := c.Filled(n.box)
	if err != nil {
		return nil, err
	}
	for _, s := range v.Say(n.ctx, n.cfg.FieldsOf(c.Class), full) {
		if s.Personal {
			out = append(out, ui.Fact{Label: s.Title, Value: s.Value})
		}
	}
	return out, nil
}
