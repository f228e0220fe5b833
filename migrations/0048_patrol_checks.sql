-- +goose Up
-- A worker checks a patrol's points one by one, also where there is no network.
CREATE TABLE patrol_checks (
  tenant_id int NOT NULL,
  id        uuid NOT NULL,
  round_id  uuid NOT NULL,
  point     smallint NOT NULL CHECK (point >= 1),
  found     boolean NOT NULL,
  person    bigint NOT NULL,
  seen_at   timestamptz NOT NULL,
  told_at   timestamptz NOT NULL,
  words     bytea,
  spot      bytea,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, round_id) REFERENCES patrol_rounds (tenant_id, id)
);
COMMENT ON TABLE patrol_checks IS 'What a worker found at a point of a round. The id is made by the phone, so one sent twice is one.';
COMMENT ON COLUMN patrol_checks.point IS 'Which point of the route, from 1.';
COMMENT ON COLUMN patrol_checks.found IS 'Something amiss.';
COMMENT ON COLUMN patrol_checks.seen_at IS 'When, as the phone says where that can be; else told_at.';
COMMENT ON COLUMN patrol_checks.told_at IS 'When the street heard of it.';
COMMENT ON COLUMN patrol_checks.words IS 'What was found.';
COMMENT ON COLUMN patrol_checks.spot IS 'Where the phone was when the worker pressed the button, as WKB; NULL where it did not know. Never a track.';
CREATE INDEX patrol_checks_round ON patrol_checks (tenant_id, round_id, seen_at);
SELECT fence('patrol_checks', 'SELECT, INSERT', '');
SELECT resealable('patrol_checks', 'words', 'spot');
