-- +goose Up
-- What an assessor writes with a report, and population figures that a district enters itself.

ALTER TABLE assess_reports ADD COLUMN words bytea;
COMMENT ON COLUMN assess_reports.words IS 'Sealed: what was written under each heading of the report before it was kept, as a JSON array; its SHA-256 stands in body, of which digest is. NULL: nothing was written.';

COMMENT ON COLUMN populations.person IS 'Who entered it: of the district, or of the vendor where it was entered before districts did that themselves.';
GRANT INSERT, UPDATE (residents, source, person, at) ON populations TO wanjie_district;
CREATE POLICY district_writes ON populations FOR INSERT TO wanjie_district
  WITH CHECK (district = wj_district() AND EXISTS (SELECT FROM tenants t WHERE t.tenant_id = populations.tenant_id AND t.district = wj_district()));
CREATE POLICY district_mends ON populations FOR UPDATE TO wanjie_district USING (district = wj_district()) WITH CHECK (district = wj_district());
