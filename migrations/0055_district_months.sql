-- +goose Up
-- A district's monthly report: what its board said of a month that was over, made once and kept.

CREATE TABLE ctl.district_months (
  district int NOT NULL,
  month    date NOT NULL CHECK (extract(day FROM month) = 1),
  made_at  timestamptz NOT NULL,
  body     text NOT NULL,
  digest   bytea NOT NULL CHECK (octet_length(digest) = 32),
  PRIMARY KEY (district, month)
);
COMMENT ON TABLE ctl.district_months IS 'The report of a month that is over, as the district''s board showed it when every act was counted: counts alone, never a case. It lies where the district''s streets lie. Written once and never changed; what is corrected later shows on the board.';
COMMENT ON COLUMN ctl.district_months.month IS 'Its first day.';
COMMENT ON COLUMN ctl.district_months.body IS 'The figures as JSON, byte for byte what digest is of.';
COMMENT ON COLUMN ctl.district_months.digest IS 'SHA-256 of body. A report that does not fit it is not shown.';
ALTER TABLE ctl.district_months ENABLE ROW LEVEL SECURITY;
ALTER TABLE ctl.district_months FORCE ROW LEVEL SECURITY;
CREATE POLICY district ON ctl.district_months FOR ALL TO wanjie_district USING (district = wj_district()) WITH CHECK (district = wj_district());
GRANT SELECT, INSERT ON ctl.district_months TO wanjie_district;
