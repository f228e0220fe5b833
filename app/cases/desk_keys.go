package cases

import (
	"context"

	"wanjie/app/auth"
	"wanjie/templates/ui"
	"wanjie/tenants"

	view "wanjie/templates/cases"
)

// deskKeys are the keys of the desk that go to a form of the case in hand. Which forms a case has, its sheet decides; a
// key whose form is not there says so. Keys that move about are the view's own.
func deskKeys(ctx context.Context, actor tenants.Actor) (out []view.Key) {
	for _, k := range []struct {
		key, title string
		verbs      []Verb // the first that the case has
		may        []string
	}{
		{"d", move(ToDispatch).Title, []Verb{ToDispatch, ToJoin}, []string{auth.CasesDispatch, auth.CasesNegotiate, auth.CasesDesignate}},
		{"f", move(ToFile).Title, []Verb{ToFile}, move(ToFile).May},
		{"r", ui.Key("退回、审批"), []Verb{ToReject, ToDecide, ToReturn}, []string{auth.CasesAccept, auth.CasesApprove, auth.CasesHandle}},
		{"m", move(ToMerge).Title, []Verb{ToMerge}, move(ToMerge).May},
		{"h", move(ToHandOver).Title, []Verb{ToHandOver}, move(ToHandOver).May},
		{"c", ui.Key("核查、结案"), []Verb{ToCheck, ToClose}, []string{auth.CasesCheck, auth.CasesClose}},
		{"u", ui.Key("催办"), []Verb{"urge"}, []string{auth.CasesUrge}},
	} {
		for _, may := range k.may {
			if auth.CanSomewhere(actor, may) {
				key := view.Key{Key: k.key, Title: ui.T(ctx, k.title)}
				for _, v := range k.verbs {
					key.Verbs = append(key.Verbs, string(v))
				}
				out = append(out, key)
				break
			}
		}
	}
	return out
}
