-- +goose Up
-- Assessment (考核): what is left out of it and who said so, and reports as they were made.

CREATE TABLE assess_exclusions (
  tenant_id  int NOT NULL,
  id         uuid NOT NULL,
  case_id    uuid NOT NULL,
  unit       text COLLATE "C" NOT NULL,
  ground     text COLLATE "C" NOT NULL,
  words      bytea NOT NULL,
  evidence   bytea,
  asked_by   bigint NOT NULL,
  asked_at   timestamptz NOT NULL,
  state      text COLLATE "C" NOT NULL CHECK (state IN ('open', 'approved', 'refused', 'withdrawn')),
  decided_by bigint,
  decided_at timestamptz,
  verdict    bytea,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id),
  CHECK (decided_by IS NULL OR decided_by <> asked_by)
);
COMMENT ON TABLE assess_exclusions IS 'Cases left out of assessment (剔除), or asked to be: on what ground, who asked, who decided. Approved ones are shown beside each figure.';
COMMENT ON COLUMN assess_exclusions.unit IS 'Unit that the case would be counted for when it was asked; its people never decide.';
COMMENT ON COLUMN assess_exclusions.ground IS 'Reason of the blueprint''s list.';
COMMENT ON COLUMN assess_exclusions.evidence IS 'What proves it, in words: papers, numbers, where they lie.';
CREATE UNIQUE INDEX assess_exclusions_living ON assess_exclusions (tenant_id, case_id) WHERE state IN ('open', 'approved');
COMMENT ON INDEX assess_exclusions_living IS 'A case is asked for once at a time; also how figures find what is excluded.';
CREATE INDEX assess_exclusions_recent ON assess_exclusions (tenant_id, asked_at DESC, id DESC);
SELECT fence('assess_exclusions', 'SELECT, INSERT, UPDATE', '');

CREATE TABLE assess_reports (
  tenant_id int NOT NULL,
  id        uuid NOT NULL,
  report    text COLLATE "C" NOT NULL,
  term_from timestamptz NOT NULL,
  term_to   timestamptz NOT NULL,
  name      text NOT NULL,
  state     text COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
  run       smallint NOT NULL DEFAULT 1,
  done      smallint NOT NULL DEFAULT 0,
  steps     smallint NOT NULL DEFAULT 0,
  asked_by  bigint NOT NULL,
  asked_at  timestamptz NOT NULL,
  moved_at  timestamptz NOT NULL,
  made_at   timestamptz,
  blueprint int,
  revision  bigint,
  version   int,
  body      text,
  digest    bytea,
  PRIMARY KEY (tenant_id, id),
  CHECK (term_from < term_to),
  CHECK ((state = 'done') = (body IS NOT NULL)),
  CHECK ((body IS NULL) = (digest IS NULL))
) WITH (fillfactor = 80);
COMMENT ON TABLE assess_reports IS 'Reports as they were made, figures and definitions together, so that they can be shown and recomputed later. One of a closed term is never changed.';
COMMENT ON COLUMN assess_reports.report IS 'Report of the blueprint.';
COMMENT ON COLUMN assess_reports.name IS 'Of the term, for people: 2026年11月.';
COMMENT ON COLUMN assess_reports.run IS 'Which try it is: a job of an earlier one stops.';
COMMENT ON COLUMN assess_reports.done IS 'Of how many steps are through, while it is being made.';
COMMENT ON COLUMN assess_reports.asked_by IS 'Who had it made; 0 is the product itself, at its time of day.';
COMMENT ON COLUMN assess_reports.made_at IS 'As-of time of the figures.';
COMMENT ON COLUMN assess_reports.blueprint IS 'With revision and version: the rules by which it was counted.';
COMMENT ON COLUMN assess_reports.body IS 'The whole report as JSON, byte for byte what digest is of; hence no jsonb.';
COMMENT ON COLUMN assess_reports.digest IS 'SHA-256 of body.';
CREATE INDEX assess_reports_term ON assess_reports (tenant_id, report, term_from DESC, asked_at DESC);
SELECT fence('assess_reports', 'SELECT, INSERT, UPDATE', '');

-- What assessment needs of cases.
ALTER TABLE applications ADD COLUMN due_at timestamptz;
COMMENT ON COLUMN applications.due_at IS 'Deadline of the case when it was asked: an extension moves the case''s own. NULL in rows older than the column.';
ALTER TABLE remarks ADD COLUMN words_blind bytea;
COMMENT ON COLUMN remarks.words_blind IS 'Blind index of a unit''s result: the same words again and again are a figure (雷同结果), and nobody need read them for it.';
GRANT UPDATE (words_blind) ON remarks TO wanjie_tenant;

-- The clock that keeps reports of closed terms. Row level security binds the owner too; for this one statement it must
-- see the tenants that are there.
ALTER TABLE tenants NO FORCE ROW LEVEL SECURITY;
ALTER TABLE timers NO FORCE ROW LEVEL SECURITY;
INSERT INTO timers (tenant_id, id, kind, object_id, due_at, next_at)
  SELECT tenant_id, gen_random_uuid(), 'assessment.morning', '0a55e55a-0000-7000-8000-000000000001', at, at
  FROM tenants, LATERAL (SELECT now() + tenant_id % 3600 * interval '1 second') v(at);
ALTER TABLE timers FORCE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
