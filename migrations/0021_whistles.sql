-- +goose Up
-- Whistles (吹哨报到): the street calls units to a place, and each of them reports in.

CREATE TABLE whistles (
  tenant_id  int NOT NULL,
  id         uuid NOT NULL,
  number     text COLLATE "C" NOT NULL,
  kind       text COLLATE "C" NOT NULL,
  case_id    uuid,
  community  text COLLATE "C" NOT NULL DEFAULT '',
  lon        double precision,
  lat        double precision,
  urgent     boolean NOT NULL,
  needed_at  timestamptz,
  state      text COLLATE "C" NOT NULL CHECK (state IN ('open', 'closed', 'called_off')),
  made_by    bigint NOT NULL,
  made_at    timestamptz NOT NULL,
  ended_by   bigint,
  ended_at   timestamptz,
  purpose    bytea NOT NULL,
  address    bytea NOT NULL,
  outcome    bytea,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id),
  CHECK ((lon IS NULL) = (lat IS NULL)),
  CHECK ((ended_at IS NULL) = (state = 'open'))
);
COMMENT ON TABLE whistles IS 'A call of several units to one place. It may hang on a case or stand alone.';
COMMENT ON COLUMN whistles.number IS 'For people: day and a counter, 20261123-W001.';
COMMENT ON COLUMN whistles.kind IS 'Reason of the blueprint''s list for whistles: emergency, joint enforcement, key task.';
COMMENT ON COLUMN whistles.lon IS 'Degrees, CGCS2000.';
COMMENT ON COLUMN whistles.urgent IS 'An emergency: units must arrive within the limit for those, day and night.';
COMMENT ON COLUMN whistles.needed_at IS 'When the units should be there; NULL for an emergency, which is at once, and where no time was named.';
COMMENT ON COLUMN whistles.outcome IS 'What came of it, or why it was called off.';
CREATE UNIQUE INDEX whistles_number ON whistles (tenant_id, number);
CREATE INDEX whistles_list ON whistles (tenant_id, made_at DESC, id DESC);
CREATE INDEX whistles_case ON whistles (tenant_id, case_id) WHERE case_id IS NOT NULL;
SELECT fence('whistles', 'SELECT, INSERT, UPDATE', '');

CREATE TABLE whistle_calls (
  tenant_id   int NOT NULL,
  id          uuid NOT NULL,
  whistle_id  uuid NOT NULL,
  unit        text COLLATE "C" NOT NULL,
  state       text COLLATE "C" NOT NULL CHECK (state IN ('called', 'reported', 'arrived', 'done')),
  respond_by  timestamptz NOT NULL,
  arrive_by   timestamptz,
  silent      boolean NOT NULL DEFAULT false,
  late        boolean NOT NULL DEFAULT false,
  reported_by bigint,
  reported_at timestamptz,
  arrived_by  bigint,
  arrived_at  timestamptz,
  done_by     bigint,
  done_at     timestamptz,
  grade       text COLLATE "C" NOT NULL DEFAULT '' CHECK (grade IN ('', 'good', 'fair', 'poor')),
  needed      text COLLATE "C" NOT NULL DEFAULT '' CHECK (needed IN ('', 'yes', 'no')),
  facts       text COLLATE "C" NOT NULL DEFAULT '' CHECK (facts IN ('', 'yes', 'no')),
  judged_by   bigint,
  judged_at   timestamptz,
  result      bytea,
  grade_words bytea,
  judge_words bytea,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, whistle_id) REFERENCES whistles (tenant_id, id),
  CHECK ((needed = '') = (facts = ''))
);
COMMENT ON TABLE whistle_calls IS 'One unit''s part in a whistle. Both sides are assessed: the whistler judges the unit, the unit judges the whistle.';
COMMENT ON COLUMN whistle_calls.respond_by IS 'By when the unit reports in.';
COMMENT ON COLUMN whistle_calls.arrive_by IS 'By when it must be there; NULL where nobody said when.';
COMMENT ON COLUMN whistle_calls.silent IS 'Nobody had reported in by respond_by.';
COMMENT ON COLUMN whistle_calls.late IS 'Nobody had arrived by arrive_by.';
COMMENT ON COLUMN whistle_calls.grade IS 'The whistler''s judgement of the unit.';
COMMENT ON COLUMN whistle_calls.needed IS 'The unit''s judgement: was the whistle needed?';
COMMENT ON COLUMN whistle_calls.facts IS 'The unit''s judgement: were its facts right?';
CREATE UNIQUE INDEX whistle_calls_unit ON whistle_calls (tenant_id, whistle_id, unit);
CREATE INDEX whistle_calls_waiting ON whistle_calls (tenant_id, unit) WHERE state <> 'done';
SELECT fence('whistle_calls', 'SELECT, INSERT, UPDATE', '');
