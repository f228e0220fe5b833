-- +goose Up
-- A district looks after its own sign-in: who changed it is among the acts above the tenants, and what its last test found.
ALTER TABLE ctl.upper_acts
  ALTER COLUMN person DROP NOT NULL,
  DROP CONSTRAINT upper_acts_kind_check,
  ADD CONSTRAINT upper_acts_kind_check CHECK (kind IN ('given', 'ended', 'provider')),
  ADD CONSTRAINT upper_acts_person_check CHECK (person IS NOT NULL OR kind = 'provider');
COMMENT ON TABLE ctl.upper_acts IS 'Every grant given and ended above the tenants, and every change of a district''s identity provider, written with it. Append-only: nobody may change or delete a row. Home placement only.';
COMMENT ON COLUMN ctl.upper_acts.person IS 'Whom a grant concerns; NULL where it is about a provider.';
GRANT INSERT ON ctl.upper_acts TO wanjie_system;

ALTER TABLE ctl.providers
  ADD COLUMN tested_at timestamptz,
  ADD COLUMN tested text COLLATE "C" NOT NULL DEFAULT '' CHECK (tested IN ('', 'ok', 'away', 'wrong'));
COMMENT ON COLUMN ctl.providers.tested_at IS 'When it was last asked about itself for a test; NULL since its address was changed, or never.';
COMMENT ON COLUMN ctl.providers.tested IS 'What came of that: it answers, it does not, or what it answers is no such provider''s.';
