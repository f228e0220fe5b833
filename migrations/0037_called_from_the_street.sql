-- +goose Up
-- A street whistles for bureaus of its district's centre. Each tenant has its own row of such a whistle, with the same id,
-- and its own copies of the messages; neither reads the other's.

ALTER TABLE whistles
  ADD COLUMN side      text COLLATE "C" NOT NULL DEFAULT 'out' CHECK (side IN ('out', 'in')),
  ADD COLUMN peer      int NOT NULL DEFAULT 0,
  ADD COLUMN peer_name text NOT NULL DEFAULT '',
  ADD COLUMN peer_no   text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN kind_name text NOT NULL DEFAULT '',
  ADD COLUMN sent      int NOT NULL DEFAULT 0,
  ADD COLUMN heard     int NOT NULL DEFAULT 0;
COMMENT ON COLUMN whistles.side IS 'out: we whistled; in: a street of our district whistled for units of ours.';
COMMENT ON COLUMN whistles.peer IS 'Number of the other tenant; 0 where only our own units are called.';
COMMENT ON COLUMN whistles.peer_no IS 'The street''s number of the whistle, as told.';
COMMENT ON COLUMN whistles.kind_name IS 'What the street calls the kind, as told.';
COMMENT ON COLUMN whistles.sent IS 'Number of the last message that we wrote.';
COMMENT ON COLUMN whistles.heard IS 'Number of the last message of the other side that we took: each is taken once, in order.';

ALTER TABLE whistle_calls
  DROP CONSTRAINT whistle_calls_state_check,
  ADD CONSTRAINT whistle_calls_state_check CHECK (state IN ('sending', 'called', 'reported', 'arrived', 'done', 'declined', 'unreached')),
  ADD COLUMN unit_name   text NOT NULL DEFAULT '',
  ADD COLUMN declined_by bigint,
  ADD COLUMN declined_at timestamptz,
  ADD COLUMN ground      bytea;
COMMENT ON COLUMN whistle_calls.unit IS 'Of the tenant; centre.housing for a bureau of the district''s centre, whose part is told by messages.';
COMMENT ON COLUMN whistle_calls.unit_name IS 'A bureau''s name, as its centre told it.';
COMMENT ON COLUMN whistle_calls.ground IS 'Why a bureau says that the matter is not its own (declined), or why the call did not reach it (unreached).';

CREATE TABLE whistle_messages (
  tenant_id  int NOT NULL,
  id         uuid NOT NULL,
  whistle_id uuid NOT NULL,
  box        text COLLATE "C" NOT NULL CHECK (box IN ('out', 'in')),
  n          int NOT NULL CHECK (n > 0),
  kind       text COLLATE "C" NOT NULL CHECK (kind IN ('call', 'step', 'end')),
  person     bigint NOT NULL DEFAULT 0,
  at         timestamptz NOT NULL,
  words      bytea,
  carried_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, whistle_id) REFERENCES whistles (tenant_id, id)
);
COMMENT ON TABLE whistle_messages IS 'What one side of a whistle told the other: written (out) or taken (in). A message has the same id on both sides.';
COMMENT ON COLUMN whistle_messages.n IS 'Its place among the messages of its direction, without gaps.';
COMMENT ON COLUMN whistle_messages.person IS 'Who wrote it, on the side that did; nobody of the other side is named.';
COMMENT ON COLUMN whistle_messages.words IS 'The fixed list of fields, as JSON, sealed with this side''s key.';
COMMENT ON COLUMN whistle_messages.carried_at IS 'When the other side took it, or we took the other side''s; NULL while it is on its way.';
CREATE UNIQUE INDEX whistle_messages_order ON whistle_messages (tenant_id, whistle_id, box, n);
CREATE INDEX whistle_messages_waiting ON whistle_messages (tenant_id, at) WHERE box = 'out' AND carried_at IS NULL;
SELECT fence('whistle_messages', 'SELECT, INSERT, UPDATE', '');

-- A handover may be taken back, and carries its class with the scheme and the standard that it is of.

ALTER TABLE handovers
  DROP CONSTRAINT handovers_state_check,
  ADD CONSTRAINT handovers_state_check CHECK (state IN ('sent', 'offered', 'accepted', 'answered', 'refused', 'recalled')),
  ADD COLUMN recall       text COLLATE "C" NOT NULL DEFAULT '' CHECK (recall IN ('', 'asked', 'kept')),
  ADD COLUMN recalled_at  timestamptz,
  ADD COLUMN class_abroad jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN handovers.recall IS 'asked: the side that handed over wants it back; kept: the other side goes on with it all the same.';
COMMENT ON COLUMN handovers.class_abroad IS 'The class as the side that handed over files under it: scheme, standard, kind, code, and the codes of other schemes that it knows it by.';

CREATE INDEX handovers_wanted_back ON handovers (tenant_id, made_at) WHERE recall = 'asked' AND side = 'in';

ALTER TABLE handover_messages
  DROP CONSTRAINT handover_messages_kind_check,
  ADD CONSTRAINT handover_messages_kind_check CHECK (kind IN ('offer', 'arrived', 'accepted', 'refused', 'answered', 'again', 'due', 'asked', 'recall', 'recalled', 'kept'));
