-- +goose Up
-- Which districts lack a monthly report is asked of a whole placement at once; what the reports say stays the districts'.
CREATE POLICY system ON ctl.district_months FOR SELECT TO wanjie_system USING (true);
GRANT SELECT (district, month) ON ctl.district_months TO wanjie_system;

-- A session that a district's provider opened lives as long as its person works in that district and nowhere else.
CREATE TABLE ctl.district_sessions (
  session  uuid PRIMARY KEY,
  person   bigint NOT NULL REFERENCES ctl.people,
  district int NOT NULL,
  at       timestamptz NOT NULL
);
COMMENT ON TABLE ctl.district_sessions IS 'Sessions that a district''s identity provider opened, with or without a second factor. Home placement only; deleted when they cannot live any more.';
CREATE INDEX district_sessions_at ON ctl.district_sessions (at);
GRANT SELECT, INSERT, DELETE ON ctl.district_sessions TO wanjie_system;
GRANT SELECT ON ctl.district_sessions TO wanjie_gateway;

-- Of where a worker was when checking a point, only how far that was from the point is kept. The place itself was shown on no page.
ALTER TABLE patrol_checks ADD COLUMN away int CHECK (away >= 0);
COMMENT ON COLUMN patrol_checks.away IS 'Metres between the point and the phone when the worker pressed the button; NULL where the phone did not know.';
COMMENT ON COLUMN patrol_checks.spot IS 'Written no more: where the phone was is not kept.';
-- Row level security binds the owner too; for this one statement it must see what is there.
ALTER TABLE patrol_checks NO FORCE ROW LEVEL SECURITY;
UPDATE patrol_checks SET spot = NULL WHERE spot IS NOT NULL;
ALTER TABLE patrol_checks FORCE ROW LEVEL SECURITY;
