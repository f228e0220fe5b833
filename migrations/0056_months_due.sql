-- +goose Up
-- Which districts lack a monthly report is asked of a whole placement at once; what the reports say stays the districts'.
CREATE POLICY system ON ctl.district_months FOR SELECT TO wanjie_system USING (true);
GRANT SELECT (district, month) ON ctl.district_months TO wanjie_system;
