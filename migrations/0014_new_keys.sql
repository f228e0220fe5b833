-- +goose Up
-- A tenant's data key can be changed: two versions are in use while its values are brought over.

ALTER TABLE data_keys
  ADD COLUMN from_at timestamptz,
  ADD COLUMN retired_at timestamptz;
COMMENT ON COLUMN data_keys.from_at IS 'Values are sealed with this version from then on; NULL: since it was made. Later than made_at, so that every process can read it before any uses it.';
COMMENT ON COLUMN data_keys.retired_at IS 'Nothing is sealed with this version any more, and no process opens it. The wrapped key stays for backups from before.';
GRANT INSERT, UPDATE (retired_at) ON data_keys TO wanjie_tenant;

-- +goose StatementBegin
CREATE FUNCTION wj_resealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('wj.reseal', true) IS DISTINCT FROM 'on' THEN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
COMMENT ON FUNCTION wj_resealed() IS 'Lets a change through only for a new data key: for tables that are append-only, and sealed.';

-- resealable lets the sealed columns of an append-only table be brought over to a new data key, and
-- nothing else be changed. A table that verbs update anyway has no need of it.
-- +goose StatementBegin
CREATE FUNCTION resealable(t regclass, VARIADIC columns text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('GRANT UPDATE (%s) ON %s TO wanjie_tenant', (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) c), t);
  EXECUTE format('CREATE TRIGGER resealed BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION wj_resealed()', t);
END $$;
-- +goose StatementEnd
COMMENT ON FUNCTION resealable(regclass, text[]) IS 'Opens the sealed columns of an append-only table to a new data key, and to nothing else.';
REVOKE ALL ON FUNCTION resealable(regclass, text[]) FROM PUBLIC;

SELECT resealable('remarks', 'words');
SELECT resealable('accesses', 'address', 'reason');
