-- +goose Up
-- Shifts of the command desk and what each hands to the next.

CREATE TABLE shifts (
  tenant_id int NOT NULL,
  id        uuid NOT NULL,
  number    text COLLATE "C" NOT NULL,
  lead      bigint NOT NULL,
  begun_at  timestamptz NOT NULL,
  handed_at timestamptz,
  note      bytea,
  open      int NOT NULL DEFAULT 0,
  urgent    int NOT NULL DEFAULT 0,
  overdue   int NOT NULL DEFAULT 0,
  waiting   int NOT NULL DEFAULT 0,
  lists     jsonb NOT NULL DEFAULT '{}',
  taken_by  bigint,
  taken_at  timestamptz,
  PRIMARY KEY (tenant_id, id),
  CHECK (taken_at IS NULL OR handed_at IS NOT NULL),
  CHECK ((taken_at IS NULL) = (taken_by IS NULL)),
  CHECK (taken_by <> lead)
);
COMMENT ON TABLE shifts IS 'Shifts of the command desk (交接班记录): who led it, and what it handed over to whom.';
COMMENT ON COLUMN shifts.number IS 'Readable number: day it began and a count.';
COMMENT ON COLUMN shifts.lead IS 'Who leads it; hands over by signing, at handed_at.';
COMMENT ON COLUMN shifts.note IS 'What the next shift should know; sealed.';
COMMENT ON COLUMN shifts.open IS 'Cases not ended when it was handed over; urgent, overdue and waiting (for a signature) are among them.';
COMMENT ON COLUMN shifts.lists IS 'Numbers of the urgent, overdue and waiting cases then, at most 200 each.';
COMMENT ON COLUMN shifts.taken_by IS 'Who took it over, another person than its lead; signs at taken_at, where his own shift begins.';
CREATE UNIQUE INDEX shifts_current ON shifts (tenant_id) WHERE taken_at IS NULL;
COMMENT ON INDEX shifts_current IS 'One shift at a time: the next begins where this one is taken over.';
CREATE INDEX shifts_begun ON shifts (tenant_id, begun_at DESC, id);
SELECT fence('shifts', 'SELECT, INSERT, UPDATE (handed_at, note, open, urgent, overdue, waiting, lists, taken_by, taken_at)', '');
