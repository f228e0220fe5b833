package cases

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/journal"
)

// NoticeJob is the job that tells a petitioner what became of the matter. The wiring carries it out,
// because it knows the ways out of the house.
const NoticeJob = "cases.notice"

// NoticeOf is the payload of NoticeJob. It holds no personal data.
type NoticeOf struct {
	Case   uuid.UUID `json:"case"`
	Text   string    `json:"text"`             // item of the blueprint's texts
	Ground string    `json:"ground,omitempty"` // reason of the blueprint's lists, where the text gives one
}

// notices are the acts that petitioners hear of, and in which words of the street.
var notices = map[string]string{
	"case.closed": "notice.closed", "case.merged": "report.merged",
	"case.granted/" + string(AskExtend): "case.extended", "case.granted/" + string(AskSuspend): "case.suspended",
}

// notify says which acts petitioners hear of.
func notify(a journal.Act) []jobs.Job {
	kind := a.Kind
	if asked := a.After["asked"]; asked != "" {
		kind += "/" + asked
	}
	text, told := notices[kind]
	if !told {
		return nil
	}
	return []jobs.Job{{Kind: NoticeJob, Payload: NoticeOf{a.ObjectID, text, a.After["ground"]}}}
}

// MayText reports whether the petitioner of a case wants text messages about it. The wiring puts the residents' consents here.
var MayText = func(context.Context, tenants.Tx, *Case) (bool, error) { return true, nil }

// Telling is a text message to a petitioner: to which phone, and what. Street, Number and Text fill the blanks where a
// provider takes approved templates only.
type Telling struct{ Phone, Street, Number, Text string }

// Body is the message as a whole.
func (t Telling) Body() string { return "【" + t.Street + "】" + t.Text }

// Notice is the text message to the petitioner of a case, in the street's own wording. Its phone is empty where there is nobody to tell, or nothing any more. The end of a case
// sends notices to the petitioners of the reports that were merged into it on their way.
func Notice(ctx context.Context, tx tenants.Tx, of NoticeOf) (Telling, error) {
	c, rules, err := Find(ctx, tx, of.Case)
	if err != nil {
		return Telling{}, err
	}
	text := rules.Text(of.Text)
	if text == "" {
		return Telling{}, nil // the street tells nobody
	}
	number := c.Number
	switch of.Text {
	case "notice.closed":
		about := c
		if c.Stage == Merged {
			if about, err = read(ctx, tx, c.MergedInto, sharing); err != nil {
				return Telling{}, err
			}
			number = about.Number
		}
		if about.Stage != Closed && about.Stage != Archived {
			return Telling{}, nil // reopened meanwhile
		}
		if err := tellMerged(ctx, tx, c); err != nil {
			return Telling{}, err
		}
	case "report.merged":
		into, err := read(ctx, tx, c.MergedInto, sharing)
		if err != nil {
			return Telling{}, err
		}
		number = into.Number
	}
	reason := rules.ReasonTitle(of.Ground)
	box, err := tx.Box(ctx)
	if err != nil {
		return Telling{}, err
	}
	words, err := c.Open(box)
	if err != nil {
		return Telling{}, err
	}
	if may, err := MayText(ctx, tx, c); err != nil || !may {
		return Telling{}, err
	}
	text = strings.NewReplacer("{number}", number, "{due}", ui.Time(c.DueAt), "{reason}", reason).Replace(text)
	return Telling{words.Phone, tx.Tenant().Name, number, text}, nil
}

// tellMerged sends the notice of a case's end to whoever reported the same, once for each end.
func tellMerged(ctx context.Context, tx tenants.Tx, c *Case) error {
	var merged []uuid.UUID
	if err := tx.Raw("SELECT id FROM cases WHERE tenant_id = ? AND merged_into = ?", int32(tx.ID()), c.ID).Scan(ctx, &merged); err != nil {
		return fmt.Errorf("reports merged into case %s: %w", c.Number, err)
	}
	for _, id := range merged {
		once := uuid.NewSHA1(id, strconv.AppendInt(nil, c.ClosedAt.UnixMicro(), 10))
		if err := jobs.AddOnce(ctx, tx, once, jobs.Job{Kind: NoticeJob, Payload: NoticeOf{Case: id, Text: "notice.closed"}}); err != nil {
			return err
		}
	}
	return nil
}
