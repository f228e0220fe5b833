-- +goose Up
-- Residents as a street knows them, and what they agreed to.

CREATE TABLE residents (
  tenant_id   int NOT NULL,
  person      bigint NOT NULL,
  id          uuid NOT NULL,
  phone       bytea,
  phone_blind bytea,
  name        bytea,
  elder       boolean NOT NULL DEFAULT false,
  contrast    boolean NOT NULL DEFAULT false,
  language    text COLLATE "C" NOT NULL DEFAULT 'zh',
  joined_at   timestamptz NOT NULL,
  read_at     timestamptz NOT NULL,
  left_at     timestamptz,
  PRIMARY KEY (tenant_id, person),
  CHECK (left_at IS NULL OR phone IS NULL AND phone_blind IS NULL AND name IS NULL)
);
COMMENT ON TABLE residents IS 'Residents who signed in at a street''s door: one row a street and person. Another street knows nothing of it.';
COMMENT ON COLUMN residents.person IS 'Our own number of whoever proved that the telephone is theirs.';
COMMENT ON COLUMN residents.id IS 'To which the sealed columns are bound, and under which acts about the resident are kept.';
COMMENT ON COLUMN residents.phone IS 'Proved by a code; sealed. phone_blind finds it.';
COMMENT ON COLUMN residents.name IS 'How the resident wants to be called, if said; sealed.';
COMMENT ON COLUMN residents.elder IS 'Large type and large targets; contrast: black on white. Remembered for the next browser.';
COMMENT ON COLUMN residents.read_at IS 'Until when the street''s messages were read.';
COMMENT ON COLUMN residents.left_at IS 'The account was deleted, and with it everything personal in this row.';
CREATE INDEX residents_phone ON residents (tenant_id, phone_blind) WHERE phone_blind IS NOT NULL;
CREATE INDEX residents_person ON residents (person) WHERE left_at IS NULL;
COMMENT ON INDEX residents_person IS 'The gateway''s question when somebody left a street: does any other still know the person? Cluster-wide, so not led by tenant_id.';
SELECT fence('residents', 'SELECT, INSERT, UPDATE', '');
CREATE POLICY gateway ON residents FOR SELECT TO wanjie_gateway USING (true);
GRANT SELECT (tenant_id, person, left_at) ON residents TO wanjie_gateway;

CREATE TABLE consents (
  tenant_id    int NOT NULL,
  id           uuid NOT NULL,
  person       bigint NOT NULL,
  purpose      text COLLATE "C" NOT NULL,
  version      text COLLATE "C" NOT NULL,
  way          text COLLATE "C" NOT NULL,
  given_at     timestamptz NOT NULL,
  withdrawn_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, person) REFERENCES residents (tenant_id, person),
  CHECK (withdrawn_at >= given_at)
);
COMMENT ON TABLE consents IS 'What residents agreed to, purpose by purpose, and when they took it back (Personal Information Protection Law, arts. 14-15, 29).';
COMMENT ON COLUMN consents.version IS 'Of the notice that was shown.';
COMMENT ON COLUMN consents.way IS 'Where it was said: page or api.';
CREATE UNIQUE INDEX consents_living ON consents (tenant_id, person, purpose) WHERE withdrawn_at IS NULL;
SELECT fence('consents', 'SELECT, INSERT, UPDATE (withdrawn_at)', '');
