-- +goose Up
-- tallies by year: a district's year over the whole standard's classes is fifty thousand rows of months.

CREATE TABLE tally_years (
  tenant_id int NOT NULL,
  year      date NOT NULL CHECK (extract(doy FROM year) = 1),
  dim       text COLLATE "C" NOT NULL,
  key       text COLLATE "C" NOT NULL,
  district  int NOT NULL,
  received  int NOT NULL DEFAULT 0,
  closed    int NOT NULL DEFAULT 0,
  on_time   int NOT NULL DEFAULT 0,
  overdue   int NOT NULL DEFAULT 0,
  late      int NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, year, dim, key)
) WITH (fillfactor = 70);
COMMENT ON TABLE tally_years IS 'tallies added up by year, written in the same statement as tally_months.';
CREATE INDEX tally_years_district ON tally_years (district, dim, year);
COMMENT ON INDEX tally_years_district IS 'As tallies_district.';

-- Row level security binds the owner too; for this one statement it must see what is there.
ALTER TABLE tally_months NO FORCE ROW LEVEL SECURITY;
INSERT INTO tally_years (tenant_id, year, dim, key, district, received, closed, on_time, overdue, late)
  SELECT tenant_id, date_trunc('year', month)::date, dim, key, max(district), sum(received), sum(closed), sum(on_time), sum(overdue), sum(late)
  FROM tally_months GROUP BY 1, 2, 3, 4;
ALTER TABLE tally_months FORCE ROW LEVEL SECURITY;

SELECT fence('tally_years', 'SELECT', 'SELECT, INSERT, UPDATE, DELETE');
CREATE POLICY district ON tally_years FOR SELECT TO wanjie_district USING (district = wj_district());
GRANT SELECT ON tally_years TO wanjie_district;
