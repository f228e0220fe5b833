-- +goose Up
-- What was done may be taken back: an answer at intake by a call-back, an exclusion from assessment by a revocation.

ALTER TABLE cases ADD COLUMN answered_by bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN cases.answered_by IS 'Who answered the inquiry at intake, and so may not call back about it; 0: nobody did.';
COMMENT ON COLUMN cases.owes_call IS 'Of a closed or answered case: it was drawn for a call-back, which is not over. Decided by lot with the act that ended it, never by hand.';
CREATE INDEX cases_owing_calls ON cases (tenant_id, call_by) WHERE owes_call;
COMMENT ON INDEX cases_owing_calls IS 'Whom callers call next: only cases that ended owe a call-back.';
DROP INDEX cases_calls;

ALTER TABLE assess_exclusions
  DROP CONSTRAINT assess_exclusions_state_check,
  ADD CONSTRAINT assess_exclusions_state_check CHECK (state IN ('open', 'approved', 'refused', 'withdrawn', 'revoked')),
  ADD COLUMN undo          text COLLATE "C" NOT NULL DEFAULT '' CHECK (undo IN ('', 'open', 'refused', 'approved')),
  ADD COLUMN undo_words    bytea,
  ADD COLUMN undo_by       bigint,
  ADD COLUMN undo_at       timestamptz,
  ADD COLUMN undo_verdict  bytea,
  ADD COLUMN undone_by     bigint,
  ADD COLUMN undone_at     timestamptz,
  ADD CONSTRAINT assess_exclusions_undo CHECK ((undo = '') = (undo_by IS NULL) AND (undo IN ('refused', 'approved')) = (undone_at IS NOT NULL) AND (state = 'revoked') = (undo = 'approved')),
  ADD CONSTRAINT assess_exclusions_two CHECK (undone_by IS NULL OR undone_by <> undo_by);
COMMENT ON COLUMN assess_exclusions.undo IS 'Where the wish stands to revoke an approved one: its newest; of a refused one the next follows.';
COMMENT ON COLUMN assess_exclusions.undo_words IS 'Why it is to be revoked; sealed, as undo_verdict is.';
COMMENT ON COLUMN assess_exclusions.undone_by IS 'Who decided that, another person than who asked; revoked, the case counts again from undone_at on.';
