-- +goose Up
-- What a unit may ask for while it works on a case, and the ends of a case other than its closing.

ALTER TABLE cases
  DROP CONSTRAINT cases_stage_check,
  ADD CONSTRAINT cases_stage_check CHECK (stage IN ('reported', 'verifying', 'accepted', 'filed', 'handling', 'checking', 'closed', 'archived',
    'answered', 'rejected', 'merged', 'voided')),
  ADD COLUMN upper_due    timestamptz,
  ADD COLUMN first        text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN asks         smallint NOT NULL DEFAULT 0 CHECK (asks >= 0),
  ADD COLUMN returns      smallint NOT NULL DEFAULT 0,
  ADD COLUMN extensions   smallint NOT NULL DEFAULT 0,
  ADD COLUMN suspended_at    timestamptz,
  ADD COLUMN suspended_until timestamptz CHECK (suspended_at IS NULL OR suspended_until IS NOT NULL),
  ADD COLUMN merged_into  uuid,
  ADD FOREIGN KEY (tenant_id, merged_into) REFERENCES cases (tenant_id, id);
COMMENT ON COLUMN cases.upper_due IS 'Deadline of the order above (12345, 数字城管). Only its issuer moves it; due_at is earlier by the configured lead.';
COMMENT ON COLUMN cases.first IS 'Unit of the first dispatch: it answers to the petitioner whoever handles the case later (首接负责).';
COMMENT ON COLUMN cases.asks IS 'Open applications, repeated here so that a verb need not look for them.';
COMMENT ON COLUMN cases.suspended_at IS '挂账: the handling clock stands still since then.';
COMMENT ON COLUMN cases.suspended_until IS 'When work is expected to go on; until then the suspension is reviewed again and again.';
COMMENT ON COLUMN cases.merged_into IS 'The case that a repeated report was laid to; its petitioner hears of that one''s end.';
CREATE INDEX cases_merged ON cases (tenant_id, merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE applications (
  tenant_id     int NOT NULL,
  id            uuid NOT NULL,
  case_id       uuid NOT NULL,
  assignment_id uuid NOT NULL,
  kind          text COLLATE "C" NOT NULL CHECK (kind IN ('return', 'extend', 'suspend')),
  unit          text COLLATE "C" NOT NULL,
  ground        text COLLATE "C" NOT NULL,
  words         bytea NOT NULL,
  until         timestamptz CHECK ((until IS NULL) = (kind = 'return')),
  asked_by      bigint NOT NULL,
  asked_at      timestamptz NOT NULL,
  decide_by     timestamptz NOT NULL,
  state         text COLLATE "C" NOT NULL CHECK (state IN ('open', 'approved', 'refused', 'withdrawn', 'lapsed')),
  decided_by    bigint,
  decided_at    timestamptz,
  granted       timestamptz,
  verdict       bytea,
  unreviewed    boolean NOT NULL DEFAULT false,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id),
  FOREIGN KEY (tenant_id, assignment_id) REFERENCES assignments (tenant_id, id)
);
COMMENT ON TABLE applications IS 'What the unit of a case asked for: 退单, 延期, 挂账; who decided, when and how.';
COMMENT ON COLUMN applications.ground IS 'Reason of the blueprint''s list for the kind.';
COMMENT ON COLUMN applications.until IS 'Wanted: the new deadline, or when work can go on.';
COMMENT ON COLUMN applications.decide_by IS 'End of the decider''s clock. Not deciding changes nothing for the case.';
COMMENT ON COLUMN applications.granted IS 'What was granted instead of until.';
COMMENT ON COLUMN applications.unreviewed IS 'Nobody had decided by decide_by.';
CREATE UNIQUE INDEX applications_open ON applications (tenant_id, case_id, kind) WHERE state = 'open';
CREATE INDEX applications_case ON applications (tenant_id, case_id, asked_at);
SELECT fence('applications', 'SELECT, INSERT, UPDATE', '');
