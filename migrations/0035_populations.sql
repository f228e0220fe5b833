-- +goose Up
-- How many people live in a street, for figures per 10,000 residents.

CREATE TABLE populations (
  tenant_id int NOT NULL,
  as_of     date NOT NULL,
  residents int NOT NULL CHECK (residents > 0),
  source    text NOT NULL CHECK (source <> ''),
  district  int NOT NULL,
  person    bigint NOT NULL,
  at        timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, as_of)
);
COMMENT ON TABLE populations IS 'How many people live in a street, as somebody entered it from a named source: what figures for 10,000 residents are reckoned by. The product knows none by itself.';
COMMENT ON COLUMN populations.as_of IS 'The day that the figure speaks of; it holds until the next one.';
COMMENT ON COLUMN populations.source IS 'Where it stands: 第七次人口普查公报.';
COMMENT ON COLUMN populations.person IS 'Who of the vendor entered it.';
SELECT fence('populations', 'SELECT');
CREATE POLICY vendor ON populations FOR ALL TO wanjie_vendor USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE (residents, source, person, at) ON populations TO wanjie_vendor;
CREATE POLICY district ON populations FOR SELECT TO wanjie_district USING (district = wj_district());
GRANT SELECT ON populations TO wanjie_district;
