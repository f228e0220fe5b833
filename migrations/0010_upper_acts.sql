-- +goose Up
-- Who granted and ended what above the tenants, and staff whose account their own street switched off.

CREATE TABLE ctl.upper_acts (
  id       uuid PRIMARY KEY,
  at       timestamptz NOT NULL,
  kind     text COLLATE "C" NOT NULL CHECK (kind IN ('given', 'ended')),
  actor    bigint NOT NULL,
  person   bigint NOT NULL REFERENCES ctl.people,
  scope    text COLLATE "C" NOT NULL,
  district int NOT NULL,
  role     text COLLATE "C" NOT NULL
);
COMMENT ON TABLE ctl.upper_acts IS 'Every grant given and ended above the tenants, written with it. Append-only: nobody may change or delete a row. Home placement only.';
COMMENT ON COLUMN ctl.upper_acts.actor IS 'Who gave or ended it; 0 is the product itself, on the command line.';
CREATE INDEX upper_acts_at ON ctl.upper_acts (at DESC, id DESC);
GRANT SELECT, INSERT ON ctl.upper_acts TO wanjie_vendor;
INSERT INTO ctl.upper_acts (id, at, kind, actor, person, scope, district, role)
  SELECT gen_random_uuid(), made_at, 'given', made_by, person, scope, district, role FROM ctl.upper_grants;

-- Whoever switches an account off asks whether it is the last one that could switch it on again.
GRANT SELECT ON ctl.upper_grants TO wanjie_system;

ALTER TABLE members ADD COLUMN disabled_at timestamptz;
COMMENT ON COLUMN members.disabled_at IS 'Their account was switched off by this tenant''s security administrator; NULL while it is not.';
