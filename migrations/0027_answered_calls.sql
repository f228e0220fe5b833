-- +goose Up
-- Inquiries that intake answered enter the lot of call-backs too.

ALTER TABLE cases ADD COLUMN answered_by bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN cases.answered_by IS 'Who answered the inquiry at intake, and so may not call back about it; 0: nobody did.';
COMMENT ON COLUMN cases.owes_call IS 'Of a closed or answered case: it was drawn for a call-back, which is not over. Decided by lot with the act that ended it, never by hand.';
CREATE INDEX cases_owing_calls ON cases (tenant_id, call_by) WHERE owes_call;
COMMENT ON INDEX cases_owing_calls IS 'Whom callers call next: only cases that ended owe a call-back.';
DROP INDEX cases_calls;
