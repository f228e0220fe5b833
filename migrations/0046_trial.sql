-- +goose Up
ALTER TABLE ctl.directory ADD COLUMN trial_until date;
COMMENT ON COLUMN ctl.directory.trial_until IS 'Last day of the trial as it was agreed at the opening; NULL: none was agreed. It ends nothing by itself: the vendor''s people see it.';
