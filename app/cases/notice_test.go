package cases

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"wanjie/tenants"
)

// Whoever reported the same hears that the reports were merged, and of the end, once.
func TestMergedPetitionersAreTold(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	first := s.dispatched(ctx, rubbish(), toSanitation)
	in := rubbish()
	in.Phone = "13900139000"
	twin := must(t)(s.as(ctx, clerk, report(in)))
	twin = must(t)(s.as(ctx, clerk, verb(Merge, twin.ID, first.Number)))
	notice := func(of NoticeOf) (phone, body string) {
		t.Helper()
		if err := s.try(ctx, 0, func(ctx context.Context, tx tenants.Tx) (err error) {
			told, e := Notice(ctx, tx, of)
			if phone, err = told.Phone, e; phone != "" {
				body = told.Body()
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return phone, body
	}
	if phone, body := notice(NoticeOf{Case: twin.ID, Text: "report.merged"}); phone != "13900139000" || !strings.Contains(body, first.Number) {
		t.Errorf("told of the merging: %s, %q", phone, body)
	}
	if phone, _ := notice(NoticeOf{Case: twin.ID, Text: "notice.closed"}); phone != "" {
		t.Errorf("told of the end before there is one: %s", phone)
	}
	must(t)(s.as(ctx, worker, verb(Handle, first.ID, "已清运")))
	must(t)(s.as(ctx, chief, verb(Check, first.ID, Finding{Pass: true, Close: true})))
	for range 2 { // a job may come twice
		if phone, body := notice(NoticeOf{Case: first.ID, Text: "notice.closed"}); phone == "" || !strings.Contains(body, first.Number) {
			t.Errorf("told of the end: %s, %q", phone, body)
		}
	}
	rows, err := s.view.Query(t.Context(), "SELECT payload FROM outbox WHERE tenant_id = $1 AND kind = $2", int32(s.ID), NoticeJob)
	if err != nil {
		t.Fatal(err)
	}
	var sent []NoticeOf
	for rows.Next() {
		var body []byte
		var of NoticeOf
		if err := rows.Scan(&body); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(body, &of); err != nil {
			t.Fatal(err)
		}
		sent = append(sent, of)
	}
	if len(sent) != 1 || sent[0].Case != twin.ID {
		t.Fatalf("jobs for the merged: %+v, want one", sent)
	}
	if phone, body := notice(sent[0]); phone != "13900139000" || !strings.Contains(body, first.Number) {
		t.Errorf("the merged petitioner is told of the end: %s, %q", phone, body)
	}
}
