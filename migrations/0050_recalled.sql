-- +goose Up
-- A dispatch that nobody has signed for may be taken back (撤回派遣).

ALTER TABLE assignments ADD COLUMN recalled boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT assignments_recalled_check CHECK (NOT recalled OR state = 'returned');
COMMENT ON COLUMN assignments.recalled IS 'The dispatch was taken back before anybody signed for it, and counts as never sent; the state is returned.';
