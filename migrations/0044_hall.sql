-- +goose Up
-- Screens on the wall of a command hall.
CREATE TABLE hall_screens (
  tenant_id  int NOT NULL,
  id         uuid NOT NULL,
  name       text NOT NULL,
  hash       bytea NOT NULL,
  made_by    bigint NOT NULL,
  made_at    timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_by bigint,
  revoked_at timestamptz,
  seen_at    timestamptz,
  PRIMARY KEY (tenant_id, id)
);
COMMENT ON TABLE hall_screens IS 'Screens that show the street''s board without anybody signed in; ended, never deleted.';
COMMENT ON COLUMN hall_screens.hash IS 'SHA-256 of the screen''s key, which is shown once.';
COMMENT ON COLUMN hall_screens.seen_at IS 'When its key was entered the last time.';
CREATE UNIQUE INDEX hall_screens_key ON hall_screens (tenant_id, hash);
SELECT fence('hall_screens', 'SELECT, INSERT, UPDATE', '');
