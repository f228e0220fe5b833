-- +goose Up
-- Access of the vendor's people to a street, for a stated reason and a time, and its record.

CREATE TABLE supports (
  tenant_id  int NOT NULL,
  id         uuid NOT NULL,
  person     bigint NOT NULL,
  name       bytea NOT NULL,
  purpose    text COLLATE "C" NOT NULL CHECK (purpose IN ('fault', 'setup', 'training', 'import', 'other')),
  words      bytea NOT NULL,
  hours      smallint NOT NULL CHECK (hours BETWEEN 1 AND 24),
  state      text COLLATE "C" NOT NULL CHECK (state IN ('asked', 'begun', 'refused', 'withdrawn', 'ended')),
  asked_at   timestamptz NOT NULL,
  decided_by bigint,
  decided_at timestamptz,
  answer     bytea,
  grant_id   uuid,
  until      timestamptz,
  ended_by   bigint,
  ended_at   timestamptz,
  PRIMARY KEY (tenant_id, id),
  CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
  CHECK (state NOT IN ('begun', 'ended') OR decided_at IS NOT NULL AND until IS NOT NULL AND grant_id IS NOT NULL),
  CHECK ((ended_at IS NULL) = (state <> 'ended'))
);
COMMENT ON TABLE supports IS 'Somebody of the vendor''s asks to enter the street for a reason and some hours, the street decides, and it ends by itself: who, why, when. What was done stands in the journal.';
COMMENT ON COLUMN supports.person IS 'Who asks, of the vendor''s people; never one of the street''s staff.';
COMMENT ON COLUMN supports.name IS 'How the street calls them; sealed, as are words and answer.';
COMMENT ON COLUMN supports.words IS 'The reason in the vendor''s words.';
COMMENT ON COLUMN supports.decided_by IS 'Who let them in, refused, or the one who asked where they withdrew or the street asks for no approval.';
COMMENT ON COLUMN supports.answer IS 'What the street said when deciding.';
COMMENT ON COLUMN supports.until IS 'When it ends at the latest; from then on nothing opens, whether or not the timer has rung.';
COMMENT ON COLUMN supports.ended_by IS 'NULL with ended_at: the time was over.';
CREATE UNIQUE INDEX supports_open ON supports (tenant_id, person) WHERE state IN ('asked', 'begun');
CREATE INDEX supports_newest ON supports (tenant_id, asked_at DESC, id);
SELECT fence('supports', 'SELECT, INSERT, UPDATE');
-- The vendor's own record over all streets; what is sealed stays the street's.
CREATE POLICY vendor ON supports FOR SELECT TO wanjie_vendor USING (true);
GRANT SELECT (tenant_id, id, person, purpose, hours, state, asked_at, decided_at, until, ended_by, ended_at) ON supports TO wanjie_vendor;

-- Who is let in for a time runs the system, and holds no other of the three powers.
DROP INDEX grants_separated;
CREATE UNIQUE INDEX grants_separated ON grants (tenant_id, person)
  WHERE ended_at IS NULL AND role IN ('street_admin', 'system_admin', 'support', 'security_admin', 'audit_admin');
DROP INDEX ctl.upper_grants_separated;
CREATE UNIQUE INDEX upper_grants_separated ON ctl.upper_grants (person, scope, district)
  WHERE role IN ('street_admin', 'system_admin', 'support', 'security_admin', 'audit_admin');
