-- +goose Up

-- What the intake desk notes of a case besides: its type, whom it complains of, and the fields of its class.
ALTER TABLE cases
  ADD COLUMN nature  text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN subject bytea,
  ADD COLUMN noted   bytea;
COMMENT ON COLUMN cases.nature IS 'Type of the appeal (诉求类型): a code of the scheme hotline-type, or nothing.';
COMMENT ON COLUMN cases.subject IS 'Whom or what it complains of (被反映主体); sealed.';
COMMENT ON COLUMN cases.noted IS 'Values of the fields of its class (登记项) as JSON, by their keys; sealed.';
