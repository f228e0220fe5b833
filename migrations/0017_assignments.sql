-- +goose Up
-- Assignments in full: co-handlers beside the lead, a second level beneath either, and work that was mended on the spot.

ALTER TABLE cases ADD COLUMN beside smallint NOT NULL DEFAULT 0;
COMMENT ON COLUMN cases.beside IS 'How many assignments ever stood beside the lead or beneath a unit''s: none, and nobody needs to look for them.';

ALTER TABLE assignments
  DROP CONSTRAINT assignments_role_check,
  DROP CONSTRAINT assignments_state_check,
  ADD COLUMN parent     uuid,
  ADD COLUMN person     bigint,
  ADD COLUMN grid       text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN spot       boolean NOT NULL DEFAULT false,
  ADD COLUMN unassigned boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT assignments_role_check CHECK (role IN ('lead', 'co', 'hand')),
  ADD CONSTRAINT assignments_state_check CHECK (state IN ('dispatched', 'received', 'working', 'done', 'returned', 'lapsed')),
  ADD CONSTRAINT assignments_level_check CHECK ((role = 'hand') = (parent IS NOT NULL) AND (role = 'hand') = (person IS NOT NULL)),
  ADD FOREIGN KEY (tenant_id, parent) REFERENCES assignments (tenant_id, id);
COMMENT ON TABLE assignments IS 'One unit''s work on a case, or within a unit one person''s. A case has one lead at most; co-handlers stand beside it, hands (经办) beneath either.';
COMMENT ON COLUMN assignments.parent IS 'Second level (二级分拨): the assignment of the unit that gave the work on to one of its own. To the centre the unit answers.';
COMMENT ON COLUMN assignments.person IS 'Second level: who does the work.';
COMMENT ON COLUMN assignments.grid IS 'Second level: code of the grid as whose worker the person was chosen; empty: as one of the unit''s own people.';
COMMENT ON COLUMN assignments.spot IS '巡办一体: whoever found it mended it there and then, and reported both in one.';
COMMENT ON COLUMN assignments.unassigned IS 'The unit had people to give the work to, and had neither given nor handed it in when the limit of the second dispatch ended. Stops nothing.';
COMMENT ON COLUMN assignments.state IS 'lapsed: the case went on without it.';
CREATE UNIQUE INDEX assignments_co ON assignments (tenant_id, case_id, unit) WHERE role = 'co' AND state IN ('dispatched', 'received', 'working');
COMMENT ON INDEX assignments_co IS 'A unit co-handles a case once at a time.';
CREATE UNIQUE INDEX assignments_hand ON assignments (tenant_id, parent) WHERE role = 'hand' AND state IN ('dispatched', 'received', 'working');
COMMENT ON INDEX assignments_hand IS 'A unit''s work lies with one person at a time.';
CREATE INDEX assignments_beside ON assignments (tenant_id, unit) WHERE role = 'co';
COMMENT ON INDEX assignments_beside IS 'Which cases a unit sees as co-handler.';
CREATE INDEX assignments_person ON assignments (tenant_id, person) WHERE person IS NOT NULL;
CREATE INDEX assignments_bases ON assignments (tenant_id, dispatched_at) WHERE basis <> 'statutory' AND role <> 'hand';
COMMENT ON INDEX assignments_bases IS 'What was negotiated and designated lately: repeats are to be brought into the duty list.';

DROP INDEX applications_open;
CREATE UNIQUE INDEX applications_open ON applications (tenant_id, assignment_id, kind) WHERE state = 'open';
COMMENT ON INDEX applications_open IS 'A unit asks for the same once at a time.';
