-- +goose Up
-- Handovers (上报区级、下派) between a street and its district's centre. Each tenant has its own row of a handover and its own
-- copies of the messages; neither reads the other's.

ALTER TABLE assignments
  DROP CONSTRAINT assignments_state_check,
  ADD CONSTRAINT assignments_state_check CHECK (state IN ('dispatched', 'received', 'working', 'done', 'returned', 'lapsed', 'handed')),
  ADD COLUMN handover uuid;
COMMENT ON COLUMN assignments.handover IS 'The handover by which the case is handled in another tenant; the state is handed while it is there.';

CREATE TABLE handovers (
  tenant_id   int NOT NULL,
  id          uuid NOT NULL,
  side        text COLLATE "C" NOT NULL CHECK (side IN ('out', 'in')),
  peer        int NOT NULL,
  peer_name   text NOT NULL,
  peer_no     text COLLATE "C" NOT NULL DEFAULT '',
  case_id     uuid,
  state       text COLLATE "C" NOT NULL CHECK (state IN ('sent', 'offered', 'accepted', 'answered', 'refused')),
  unit        text COLLATE "C" NOT NULL DEFAULT '',
  class       text COLLATE "C" NOT NULL,
  class_name  text NOT NULL DEFAULT '',
  community   text COLLATE "C" NOT NULL DEFAULT '',
  lon         double precision,
  lat         double precision,
  urgent      boolean NOT NULL DEFAULT false,
  confidential boolean NOT NULL DEFAULT false,
  due         timestamptz,
  decide_by   timestamptz,
  overlooked  boolean NOT NULL DEFAULT false,
  rounds      smallint NOT NULL DEFAULT 1,
  sent        int NOT NULL DEFAULT 0,
  heard       int NOT NULL DEFAULT 0,
  made_by     bigint NOT NULL DEFAULT 0,
  made_at     timestamptz NOT NULL,
  decided_by  bigint NOT NULL DEFAULT 0,
  decided_at  timestamptz,
  answered_at timestamptz,
  title       bytea,
  description bytea,
  address     bytea,
  petitioner  bytea,
  phone       bytea,
  reason      bytea NOT NULL,
  ground      bytea,
  result      bytea,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id),
  CHECK ((lon IS NULL) = (lat IS NULL))
);
COMMENT ON TABLE handovers IS 'One tenant''s side of a handover. Both sides know it by the same id and by nothing else; what crosses is a fixed list of fields.';
COMMENT ON COLUMN handovers.side IS 'out: we handed a case over; in: one was handed to us.';
COMMENT ON COLUMN handovers.peer IS 'Number of the other tenant.';
COMMENT ON COLUMN handovers.peer_no IS 'The other side''s number of its case, as told.';
COMMENT ON COLUMN handovers.case_id IS 'Our own case: handed over, or made when we accepted.';
COMMENT ON COLUMN handovers.unit IS 'Of the centre: who is meant, as its key in the district (police); or the street''s key in the centre.';
COMMENT ON COLUMN handovers.class IS 'As the side that handed over calls it.';
COMMENT ON COLUMN handovers.due IS 'Deadline that the side which handed over asks for; only it moves it.';
COMMENT ON COLUMN handovers.decide_by IS 'By when we should accept or refuse.';
COMMENT ON COLUMN handovers.overlooked IS 'Nobody had decided by then.';
COMMENT ON COLUMN handovers.rounds IS 'One more each time the result was not good enough.';
COMMENT ON COLUMN handovers.sent IS 'Number of the last message that we wrote.';
COMMENT ON COLUMN handovers.heard IS 'Number of the last message of the other side that we took: each is taken once, in order.';
COMMENT ON COLUMN handovers.title IS 'Of the case, as told; with description, address, petitioner and phone only on the side to which it was handed.';
COMMENT ON COLUMN handovers.reason IS 'Why it was handed over.';
COMMENT ON COLUMN handovers.ground IS 'On what ground it was refused or given back.';
CREATE INDEX handovers_case ON handovers (tenant_id, case_id) WHERE case_id IS NOT NULL;
CREATE INDEX handovers_list ON handovers (tenant_id, side, made_at DESC, id DESC);
CREATE INDEX handovers_waiting ON handovers (tenant_id, made_at) WHERE state = 'offered' AND side = 'in';
SELECT fence('handovers', 'SELECT, INSERT, UPDATE', '');

CREATE TABLE handover_messages (
  tenant_id   int NOT NULL,
  id          uuid NOT NULL,
  handover_id uuid NOT NULL,
  box         text COLLATE "C" NOT NULL CHECK (box IN ('out', 'in')),
  n           int NOT NULL CHECK (n > 0),
  kind        text COLLATE "C" NOT NULL CHECK (kind IN ('offer', 'arrived', 'accepted', 'refused', 'answered', 'again', 'due', 'asked')),
  person      bigint NOT NULL DEFAULT 0,
  at          timestamptz NOT NULL,
  words       bytea,
  carried_at  timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, handover_id) REFERENCES handovers (tenant_id, id)
);
COMMENT ON TABLE handover_messages IS 'What one side told the other: written (out) or taken (in). A message has the same id on both sides, so it is taken once however often it is carried.';
COMMENT ON COLUMN handover_messages.n IS 'Its place among the messages of its direction, without gaps.';
COMMENT ON COLUMN handover_messages.person IS 'Who wrote it, on the side that did; nobody of the other side is named.';
COMMENT ON COLUMN handover_messages.words IS 'The fixed list of fields, as JSON, sealed with this side''s key.';
COMMENT ON COLUMN handover_messages.carried_at IS 'When the other side took it, or we took the other side''s; NULL while it is on its way.';
CREATE UNIQUE INDEX handover_messages_order ON handover_messages (tenant_id, handover_id, box, n);
CREATE INDEX handover_messages_waiting ON handover_messages (tenant_id, at) WHERE box = 'out' AND carried_at IS NULL;
SELECT fence('handover_messages', 'SELECT, INSERT, UPDATE', '');
