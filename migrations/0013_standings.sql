-- +goose Up
ALTER TABLE ctl.directory ADD COLUMN stood bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN ctl.directory.stood IS 'Number of the standing (standings.n) that state is of; 0 as the tenant was opened. An older one that comes later changes nothing.';
