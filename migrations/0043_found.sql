-- +goose Up
-- What a grid worker reports may lie on his phone for days before it comes in.
ALTER TABLE cases ADD COLUMN found_at timestamptz;
COMMENT ON COLUMN cases.found_at IS 'When whoever reported it says that it was found (发现时间), where that is earlier than reported_at, from which the clocks run; NULL: then.';
