-- +goose Up
-- A bureau's officer sees the units and classes of the bureau's own line: a district's grant narrowed to a sector.

ALTER TABLE ctl.upper_grants
  ADD COLUMN sector text COLLATE "C" NOT NULL DEFAULT '',
  DROP CONSTRAINT upper_grants_pkey,
  ADD PRIMARY KEY (person, scope, district, role, sector),
  ADD CHECK (sector = '' OR scope = 'district');
COMMENT ON COLUMN ctl.upper_grants.sector IS 'Key of the line of departments (条线) that a district''s grant is narrowed to; empty: the whole district.';

ALTER TABLE ctl.upper_acts ADD COLUMN sector text COLLATE "C" NOT NULL DEFAULT '';
COMMENT ON COLUMN ctl.upper_acts.sector IS 'As in ctl.upper_grants.';
