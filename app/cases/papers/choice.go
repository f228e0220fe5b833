package papers

import (
	"context"

	"github.com/google/uuid"

	"wanjie/app/cases"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants/blueprint"
)

// File is the paper that holds all of a case: the case file.
const File blueprint.Document = "file"

// Choice is a paper that can be printed of a case now. Of says of which assignment, application or call-back, where a case
// may have several.
type Choice struct {
	Document blueprint.Document
	Of       uuid.UUID
	Title    string // as the blueprint calls it
	About    string // which one, in words

	values func() (Values, error) // besides those of the case
}

var sheetOf = map[cases.Asked]blueprint.Document{cases.AskReturn: blueprint.ReturnSheet, cases.AskExtend: blueprint.ExtensionSheet, cases.AskSuspend: blueprint.SuspensionSheet}

// choices are the papers of a case, in the order in which it met them; the case file is the last.
func (k *known) choices() (out []Choice) {
	offer := func(d blueprint.Document, of uuid.UUID, about string, values func() (Values, error)) {
		if f, ok := k.rules.FormFor(d, k.c.Class); ok && !f.Retired {
			out = append(out, Choice{d, of, f.Title, about, values})
		}
	}
	offer(blueprint.IntakeSheet, uuid.Nil, when(k.c.ReportedAt), nil)
	for i := range k.assignments {
		a := &k.assignments[i]
		about := joined("　", k.unit(a.Unit), when(a.DispatchedAt))
		if a.State == cases.Returned {
			about = joined("　", about, "已退回")
		}
		offer(blueprint.DispatchOrder, a.ID, about, func() (Values, error) { return k.assigned(a) })
	}
	offer(blueprint.Notice, uuid.Nil, "", nil)
	for i := len(k.applications) - 1; i >= 0; i-- {
		p := &k.applications[i]
		offer(sheetOf[p.Kind], p.ID, joined("　", k.unit(p.Unit), when(p.AskedAt)), func() (Values, error) { return k.applied(p) })
	}
	for _, o := range k.orders {
		offer(blueprint.SupervisionOrder, o.ID, joined("　", o.Number, o.Level, o.Unit), func() (Values, error) { return k.supervised(o), nil })
	}
	for i := range k.replies {
		p := &k.replies[i]
		offer(blueprint.ReplySheet, p.ID, joined("　", when(p.DraftedAt), p.State.Title()), func() (Values, error) { return k.replied(p) })
	}
	if k.c.Stage.Ended() && !k.c.ClosedAt.IsZero() {
		offer(blueprint.ClosingSheet, uuid.Nil, when(k.c.ClosedAt), nil)
	}
	for _, c := range k.calls {
		offer(blueprint.CallBackSheet, c.ID, when(c.At), func() (Values, error) {
			return c.values().over(Values{"callback_words": k.saidBy("case.called_back", c.At)}), nil
		})
	}
	return append(out, Choice{Document: File, Title: "案卷"})
}

// choose finds the paper that was asked for. One that the case has not is NotFound; of a document that there are several of,
// none named, it is the last.
func (k *known) choose(d blueprint.Document, of uuid.UUID) (Choice, error) {
	all := k.choices()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Document == d && (of == uuid.Nil || all[i].Of == of) {
			return all[i], nil
		}
	}
	return Choice{}, fault.New(fault.NotFound, "页面不存在")
}

// paper lays out one choice that is no case file.
func (k *known) paper(office string, c Choice) (Paper, error) {
	v, err := k.base()
	if err != nil {
		return Paper{}, err
	}
	if c.values != nil {
		of, err := c.values()
		if err != nil {
			return Paper{}, err
		}
		v = v.over(of)
	}
	f, _ := k.rules.FormFor(c.Document, k.c.Class)
	return lay(office, f, v, k.field), nil
}

// make lays out a choice: one paper, or for the case file all of them and the record.
func (k *known) make(ctx context.Context, office string, c Choice) (out []Paper, err error) {
	if c.Document != File {
		p, err := k.paper(office, c)
		return []Paper{p}, err
	}
	for _, c := range k.choices() {
		if c.Document == File || c.Document == blueprint.Notice { // a notice is handed to whom it concerns
			continue
		}
		p, err := k.paper(office, c)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	record := Paper{Title: office + "案卷办理记录", Number: k.c.Number}
	for _, m := range cases.Told(ui.WithLocale(ctx, ui.Chinese), k.rules, k.record) {
		words := m.Detail
		if k.c.Confidential {
			words = cases.WithoutNumbers(words)
		}
		record.Record = append(record.Record, Line{m.At, m.Actor, m.Act, words})
	}
	return append(out, record), nil
}
