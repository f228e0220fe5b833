package app

import (
	"context"
	"encoding/json"
	"fmt"

	"wanjie/app/auth/courier"
	"wanjie/app/cases"
	"wanjie/jobs"
	"wanjie/tenants"
)

// noticeKind tells petitioners by text message. The message bears the job's number, so a job that
// comes twice tells once.
func (a *App) noticeKind() jobs.Kind {
	return jobs.Kind{Name: cases.NoticeJob, Module: cases.Module.Key, Outside: func(ctx context.Context, env jobs.Env, payload json.RawMessage) error {
		var of cases.NoticeOf
		if err := json.Unmarshal(payload, &of); err != nil {
			return fmt.Errorf("notice: %w", err)
		}
		m := courier.Message{ID: env.Job, Via: courier.SMS, Purpose: "case_closed"}
		if err := a.DB.Read(ctx, env.Tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
			m.Recipient, m.Body, err = cases.Notice(ctx, tx, of.Case)
			return err
		}); err != nil || m.Recipient == "" {
			return err
		}
		_, err := a.Messages.Send(ctx, m)
		return err
	}}
}
