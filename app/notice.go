package app

import (
	"context"
	"encoding/json"
	"fmt"

	"wanjie/app/auth/courier"
	"wanjie/app/cases"
	"wanjie/app/cases/receipts"
	"wanjie/app/community"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/tenants"
)

// noticeKind tells petitioners by text message, and keeps the message beside what became of it: one job
// and not two, because every closed case has one. The message bears the job's number, by which a provider
// knows a second try.
func (a *App) noticeKind() jobs.Kind {
	return jobs.Kind{Name: cases.NoticeJob, Module: cases.Module.Key, MaxAttempts: courier.Tries, Errand: func(ctx context.Context, tx tenants.Tx, payload json.RawMessage) (jobs.Call, error) {
		var of cases.NoticeOf
		if err := json.Unmarshal(payload, &of); err != nil {
			return nil, fmt.Errorf("notice: %w", err)
		}
		told, err := cases.Notice(ctx, tx, of)
		if err != nil || told.Phone == "" {
			return nil, err
		}
		m := courier.Message{Via: courier.SMS, Purpose: of.Text, Recipient: told.Phone, Body: told.Body(), Tenant: tx.ID(), About: of.Case,
			Blanks: map[string]string{"street": told.Street, "number": told.Number, "text": told.Text}}
		return func(ctx context.Context, env jobs.Env) error {
			m.ID = env.Job
			return a.Messages.SendNow(ctx, a.senders, m, env.Attempt)
		}, nil
	}}
}

// heard notes on a case what became of a message about it. A street that is suspended or closed meanwhile hears nothing.
func (a *App) heard(ctx context.Context, t courier.Told) error {
	err := a.DB.Write(ctx, t.Tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error { return receipts.Note(ctx, tx, t) })
	if fault.Of(err) != nil {
		a.Log.InfoContext(ctx, "what became of a message is not told to its tenant", "tenant", t.Tenant, "message", t.ID, "error", err)
		err = nil
	}
	return err
}

// textKind tells whoever signed up for an event what became of it, in the manner of noticeKind.
func (a *App) textKind() jobs.Kind {
	return jobs.Kind{Name: community.TextJob, Module: community.Module.Key, MaxAttempts: courier.Tries, Errand: func(ctx context.Context, tx tenants.Tx, payload json.RawMessage) (jobs.Call, error) {
		var of community.TextOf
		if err := json.Unmarshal(payload, &of); err != nil {
			return nil, fmt.Errorf("text message: %w", err)
		}
		told, err := community.Text(ctx, tx, of)
		if err != nil || told.Phone == "" {
			return nil, err
		}
		m := courier.Message{Via: courier.SMS, Purpose: of.Text, Recipient: told.Phone, Body: "【" + told.Street + "】" + told.Text, Tenant: tx.ID(),
			Blanks: map[string]string{"street": told.Street, "event": told.Event, "text": told.Text}}
		return func(ctx context.Context, env jobs.Env) error {
			m.ID = env.Job
			return a.Messages.SendNow(ctx, a.senders, m, env.Attempt)
		}, nil
	}}
}
