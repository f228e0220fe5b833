-- +goose Up
-- As of when a district's board speaks, and which state of the database the vendor sees.

-- The array stands in a subselect without the row, so it is computed once a statement.
CREATE POLICY district ON heads FOR SELECT TO wanjie_district
  USING (tenant_id = ANY ((SELECT array_agg(t.tenant_id) FROM tenants t WHERE t.district = wj_district())::int[]));
GRANT SELECT ON heads TO wanjie_district;
CREATE POLICY district ON cursors FOR SELECT TO wanjie_district
  USING (follower = 'tally' AND tenant_id = ANY ((SELECT array_agg(t.tenant_id) FROM tenants t WHERE t.district = wj_district())::int[]));
GRANT SELECT ON cursors TO wanjie_district;

GRANT SELECT ON ctl.migrations TO wanjie_vendor;
