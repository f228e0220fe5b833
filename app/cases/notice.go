package cases

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/journal"
)

// NoticeJob is the job that tells a petitioner what became of the matter. The wiring carries it out,
// because it knows the ways out of the house.
const NoticeJob = "cases.notice"

// NoticeOf is the payload of NoticeJob. It holds no personal data.
type NoticeOf struct {
	Case uuid.UUID `json:"case"`
}

// notify says which acts petitioners hear of: the closing of their case.
func notify(a journal.Act) []jobs.Job {
	if a.Kind != "case.closed" {
		return nil
	}
	return []jobs.Job{{Kind: NoticeJob, Payload: NoticeOf{a.ObjectID}}}
}

// Notice is the text message to the petitioner of a case, in the street's own wording: to which
// phone, and what. phone is empty where there is nobody to tell.
func Notice(ctx context.Context, tx tenants.Tx, id uuid.UUID) (phone, body string, err error) {
	c, rules, err := Find(ctx, tx, id)
	if err != nil {
		return "", "", err
	}
	text := rules.Text("notice.closed")
	if text == "" || c.Stage != Closed && c.Stage != Archived {
		return "", "", nil // reopened meanwhile, or the street tells nobody
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return "", "", err
	}
	words, err := c.Open(box)
	if err != nil {
		return "", "", err
	}
	return words.Phone, "【" + tx.Tenant().Name + "】" + strings.ReplaceAll(text, "{number}", c.Number), nil
}
