-- +goose Up
-- Cases (案卷), the assignments of units to them, what was said about them, and call-backs.

CREATE TABLE cases (
  tenant_id    int NOT NULL,
  id           uuid NOT NULL,
  number       text COLLATE "C" NOT NULL,
  channel      text COLLATE "C" NOT NULL,
  upper_no     text COLLATE "C" NOT NULL DEFAULT '',
  source       text COLLATE "C" NOT NULL DEFAULT '',
  source_id    text COLLATE "C" NOT NULL DEFAULT '',
  class        text COLLATE "C" NOT NULL,
  condition    text COLLATE "C" NOT NULL DEFAULT '',
  community    text COLLATE "C" NOT NULL DEFAULT '',
  lon          double precision,
  lat          double precision,
  urgent       boolean NOT NULL DEFAULT false,
  confidential boolean NOT NULL DEFAULT false,
  stage        text COLLATE "C" NOT NULL CHECK (stage IN
    ('reported', 'accepted', 'filed', 'handling', 'checking', 'closed', 'archived', 'rejected')),
  unit         text COLLATE "C" NOT NULL DEFAULT '',
  title        bytea NOT NULL,
  description  bytea,
  address      bytea,
  petitioner   bytea,
  phone        bytea,
  phone_blind  bytea,
  blueprint    int NOT NULL,
  revision     bigint NOT NULL,
  reported_by  bigint NOT NULL,
  reported_at  timestamptz NOT NULL,
  filed_at     timestamptz,
  due_at       timestamptz,
  checked_by   bigint,
  checked_at   timestamptz,
  closed_at    timestamptz,
  ended_at     timestamptz,
  late         boolean NOT NULL DEFAULT false,
  outcome      text COLLATE "C" NOT NULL DEFAULT '' CHECK (outcome IN ('', 'on_time', 'overdue')),
  reworks      smallint NOT NULL DEFAULT 0,
  reopened     smallint NOT NULL DEFAULT 0,
  calls        smallint NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, id),
  CHECK ((lon IS NULL) = (lat IS NULL))
) WITH (fillfactor = 80);
COMMENT ON TABLE cases IS 'A petitioner''s matter from report to archive. What people said and who they are is sealed.';
COMMENT ON COLUMN cases.number IS 'For people: day of the report and a counter, 20261123-00042. From a series of the tenant, gaps are possible.';
COMMENT ON COLUMN cases.upper_no IS 'Number of the order above (12345, 数字城管), under which it is answered back.';
COMMENT ON COLUMN cases.source_id IS 'Number in another system that the case was imported from; with source it makes imports idempotent.';
COMMENT ON COLUMN cases.condition IS 'Filing condition (立案条件) met on the spot; it sets the limit. Empty: the tenant''s general limit.';
COMMENT ON COLUMN cases.community IS '12-digit statistical code of the community where the matter lies.';
COMMENT ON COLUMN cases.lon IS 'Degrees, CGCS2000.';
COMMENT ON COLUMN cases.unit IS 'Unit of the lead assignment, repeated here because every list asks for it.';
COMMENT ON COLUMN cases.phone_blind IS 'Blind index of phone, for finding a caller''s cases.';
COMMENT ON COLUMN cases.blueprint IS 'With revision: the rules under which the case was filed and is finished.';
COMMENT ON COLUMN cases.due_at IS 'Deadline of handling: work handed in by then, and passed by the check, is on time.';
COMMENT ON COLUMN cases.checked_at IS 'When the check passed; NULL again after a rework.';
COMMENT ON COLUMN cases.ended_at IS 'When it left the desk, closed or rejected; NULL while open.';
COMMENT ON COLUMN cases.late IS 'Open, not handed in, and past due_at.';
COMMENT ON COLUMN cases.reworks IS 'How often work was sent back, by a check or a call-back.';
COMMENT ON COLUMN cases.reopened IS 'How often a call-back found it unsolved.';
COMMENT ON COLUMN cases.calls IS 'Call-backs since it was closed that reached nobody.';
CREATE UNIQUE INDEX cases_number ON cases (tenant_id, number);
CREATE UNIQUE INDEX cases_source ON cases (tenant_id, source, source_id) WHERE source_id <> '';
CREATE INDEX cases_recent ON cases (tenant_id, reported_at DESC, id DESC);
COMMENT ON INDEX cases_recent IS 'The desk''s list over all stages, newest first.';
CREATE INDEX cases_stage ON cases (tenant_id, stage, reported_at DESC, id DESC);
CREATE INDEX cases_open ON cases (tenant_id, reported_at DESC, id DESC) WHERE ended_at IS NULL;
COMMENT ON INDEX cases_open IS 'The desk''s first page: whatever is not finished.';
CREATE INDEX cases_unit ON cases (tenant_id, unit, reported_at DESC, id DESC) WHERE unit <> '';
CREATE INDEX cases_reporter ON cases (tenant_id, reported_by, reported_at DESC, id DESC) WHERE reported_by <> 0;
COMMENT ON INDEX cases_reporter IS 'A grid worker''s own reports; imports and machines have no reporter.';
CREATE INDEX cases_phone ON cases (tenant_id, phone_blind) WHERE phone_blind IS NOT NULL;
SELECT fence('cases', 'SELECT, INSERT, UPDATE', '');

CREATE TABLE assignments (
  tenant_id     int NOT NULL,
  id            uuid NOT NULL,
  case_id       uuid NOT NULL,
  role          text COLLATE "C" NOT NULL CHECK (role IN ('lead', 'co')),
  unit          text COLLATE "C" NOT NULL,
  state         text COLLATE "C" NOT NULL CHECK (state IN ('dispatched', 'received', 'working', 'done', 'returned')),
  basis         text COLLATE "C" NOT NULL CHECK (basis IN ('statutory', 'negotiated', 'designated')),
  duty          text COLLATE "C" NOT NULL DEFAULT '',
  parties       bytea,
  designator    bytea,
  ground        bytea,
  reason        bytea,
  expires_on    text COLLATE "C" NOT NULL DEFAULT '' CHECK (expires_on ~ '^([0-9]{4}-[0-9]{2}-[0-9]{2})?$'),
  dispatched_by bigint NOT NULL,
  dispatched_at timestamptz NOT NULL,
  receive_by    timestamptz NOT NULL,
  received_by   bigint,
  received_at   timestamptz,
  unsigned      boolean NOT NULL DEFAULT false,
  handled_by    bigint,
  handled_at    timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id)
) WITH (fillfactor = 80);
COMMENT ON TABLE assignments IS 'One unit''s work on a case. A case has one lead at most; co-handlers stand beside it.';
COMMENT ON COLUMN assignments.basis IS 'Why this unit: 法定 by the duty list, 商定 by agreement, 指定 by a leader.';
COMMENT ON COLUMN assignments.duty IS 'Row of the duty list that is the ground of a statutory dispatch.';
COMMENT ON COLUMN assignments.parties IS 'Who agreed (商定).';
COMMENT ON COLUMN assignments.designator IS 'Which leader designated (指定).';
COMMENT ON COLUMN assignments.ground IS 'The legal ground that a designation cites.';
COMMENT ON COLUMN assignments.expires_on IS 'Until when an agreement or designation may be drawn upon, 2006-01-02; empty: this case only.';
COMMENT ON COLUMN assignments.receive_by IS 'End of the receipt clock. Not signing stops nothing.';
COMMENT ON COLUMN assignments.unsigned IS 'Nobody had signed by receive_by.';
CREATE UNIQUE INDEX assignments_lead ON assignments (tenant_id, case_id) WHERE role = 'lead' AND state <> 'returned';
COMMENT ON INDEX assignments_lead IS 'One lead a case; also how a case finds it.';
CREATE INDEX assignments_case ON assignments (tenant_id, case_id, dispatched_at);
CREATE INDEX assignments_unit ON assignments (tenant_id, unit, dispatched_at) WHERE state IN ('dispatched', 'received', 'working');
COMMENT ON INDEX assignments_unit IS 'What waits for a unit.';
SELECT fence('assignments', 'SELECT, INSERT, UPDATE', '');

CREATE TABLE remarks (
  tenant_id int NOT NULL,
  id        uuid NOT NULL,
  case_id   uuid NOT NULL,
  kind      text COLLATE "C" NOT NULL,
  person    bigint NOT NULL,
  at        timestamptz NOT NULL,
  words     bytea NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id)
);
COMMENT ON TABLE remarks IS 'What was said at a step of a case: results, reasons, findings. Append-only; an act has no words, so they stand here.';
COMMENT ON COLUMN remarks.kind IS 'Kind of the act at which it was said; with at, it finds its place in the timeline.';
CREATE INDEX remarks_case ON remarks (tenant_id, case_id, at);
SELECT fence('remarks', 'SELECT, INSERT', '');

CREATE TABLE callbacks (
  tenant_id    int NOT NULL,
  id           uuid NOT NULL,
  case_id      uuid NOT NULL,
  person       bigint NOT NULL,
  at           timestamptz NOT NULL,
  valid        boolean NOT NULL,
  contacted    boolean NOT NULL DEFAULT false,
  solved       boolean NOT NULL DEFAULT false,
  satisfaction text COLLATE "C" NOT NULL DEFAULT '' CHECK (satisfaction IN ('', 'satisfied', 'basically', 'not')),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id)
);
COMMENT ON TABLE callbacks IS 'Call-backs (回访), from which the three rates are computed. Append-only; the cause stands in remarks.';
COMMENT ON COLUMN callbacks.valid IS 'The petitioner was reached and answered; only valid ones count for the rates.';
COMMENT ON COLUMN callbacks.contacted IS 'The handling unit had been in touch with the petitioner.';
CREATE INDEX callbacks_case ON callbacks (tenant_id, case_id, at);
SELECT fence('callbacks', 'SELECT, INSERT', '');
