-- +goose Up
-- Blueprints, their items, and what each tenant changed in its own.

CREATE SEQUENCE ctl.blueprint_serial AS int;
COMMENT ON SEQUENCE ctl.blueprint_serial IS 'Drawn at the home placement only; the others take the number over.';

CREATE TABLE ctl.blueprints (
  id           int PRIMARY KEY,
  key          text COLLATE "C" NOT NULL,
  number       int NOT NULL CHECK (number > 0),
  opens        text NOT NULL CHECK (opens IN ('street', 'centre')),
  title        text NOT NULL,
  summary      text NOT NULL,
  credits      json NOT NULL,
  digest       text COLLATE "C" NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (key, number)
);
COMMENT ON TABLE ctl.blueprints IS 'Published blueprint versions, immutable, in every placement under the same id.';
COMMENT ON COLUMN ctl.blueprints.opens IS 'Kind of tenant that it is a model of.';
COMMENT ON COLUMN ctl.blueprints.digest IS 'SM3 of the whole content: one number, one content.';

CREATE TABLE ctl.blueprint_items (
  blueprint int NOT NULL REFERENCES ctl.blueprints,
  kind      text COLLATE "C" NOT NULL,
  key       text COLLATE "C" NOT NULL,
  body      json NOT NULL,
  retired   boolean NOT NULL DEFAULT false,
  PRIMARY KEY (blueprint, kind, key)
);
COMMENT ON TABLE ctl.blueprint_items IS 'The items of a version. Keys are never reused; items retire instead of vanishing.';
COMMENT ON COLUMN ctl.blueprint_items.body IS 'Canonical JSON, kept to the letter (json, not jsonb) because digests are taken of it.';

GRANT SELECT ON ctl.blueprints, ctl.blueprint_items TO wanjie_tenant, wanjie_district, wanjie_vendor, wanjie_system;
GRANT INSERT ON ctl.blueprints, ctl.blueprint_items TO wanjie_vendor;
GRANT USAGE ON SEQUENCE ctl.blueprint_serial TO wanjie_vendor;

CREATE TABLE overrides (
  tenant_id int NOT NULL,
  kind      text COLLATE "C" NOT NULL,
  key       text COLLATE "C" NOT NULL,
  revision  bigint NOT NULL CHECK (revision > 0),
  body      json,
  retired   boolean NOT NULL DEFAULT false,
  base      text COLLATE "C" NOT NULL,
  made_by   bigint NOT NULL,
  made_at   timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, kind, key, revision)
);
COMMENT ON TABLE overrides IS 'What a tenant changed: append-only, the newest row of an item up to a revision holds.';
COMMENT ON COLUMN overrides.body IS 'Canonical JSON of the item as the tenant wants it; NULL gives it back to the blueprint.';
COMMENT ON COLUMN overrides.base IS 'SM3 of the blueprint''s item that it was made from, for three-way merging; empty when the tenant added the item.';
COMMENT ON COLUMN overrides.made_by IS 'Our own number of the person; 0 is the system itself.';
SELECT fence('overrides', 'SELECT, INSERT');
