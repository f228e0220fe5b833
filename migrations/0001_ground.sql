-- +goose Up
-- The ground: roles, scopes, the fence around every tenant table, the directory, heads and journal.

-- +goose StatementBegin
DO $$
DECLARE surface text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wanjie_owner') THEN
    BEGIN CREATE ROLE wanjie_owner NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END;
  END IF;
  FOREACH surface IN ARRAY ARRAY['gateway', 'tenant', 'district', 'vendor', 'system'] LOOP
    -- The scope role holds the grants; the login may only step into its own scope role.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wanjie_' || surface) THEN
      BEGIN EXECUTE format('CREATE ROLE %I NOLOGIN NOBYPASSRLS', 'wanjie_' || surface);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wanjie_' || surface || '_login') THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I LOGIN NOINHERIT NOBYPASSRLS', 'wanjie_' || surface || '_login');
        EXECUTE format('GRANT %I TO %I', 'wanjie_' || surface, 'wanjie_' || surface || '_login');
        EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''60s''', 'wanjie_' || surface || '_login');
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END;
    END IF;
  END LOOP;
END $$;
-- +goose StatementEnd

REVOKE ALL ON SCHEMA public FROM PUBLIC;
COMMENT ON SCHEMA ctl IS 'Tables above tenants: directory, blueprints, people. No row here belongs to one tenant''s residents.';
GRANT USAGE ON SCHEMA public, ctl TO wanjie_gateway, wanjie_tenant, wanjie_district, wanjie_vendor, wanjie_system;
GRANT SELECT ON ctl.migrations TO wanjie_system;

-- +goose StatementBegin
CREATE FUNCTION wj_tenant() RETURNS int LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('wj.tenant', true), '')::int $$;
-- +goose StatementEnd
COMMENT ON FUNCTION wj_tenant() IS 'The tenant of the running scope. After a commit the setting reads '''' and not NULL, hence nullif. Kept inlinable.';

-- +goose StatementBegin
CREATE FUNCTION wj_district() RETURNS int LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('wj.district', true), '')::int $$;
-- +goose StatementEnd
COMMENT ON FUNCTION wj_district() IS 'The district (six-digit division code) of the running scope.';

-- fence puts a tenant table behind row level security, for good. tenant and system are the privileges
-- of the two roles that work on tenant tables; every other role gets its own explicit policy and grant.
-- +goose StatementBegin
CREATE FUNCTION fence(t regclass, tenant text DEFAULT 'SELECT, INSERT, UPDATE, DELETE', system text DEFAULT '')
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
  EXECUTE format('CREATE POLICY tenant ON %s FOR ALL TO wanjie_tenant USING (tenant_id = wj_tenant()) WITH CHECK (tenant_id = wj_tenant())', t);
  IF tenant <> '' THEN EXECUTE format('GRANT %s ON %s TO wanjie_tenant', tenant, t); END IF;
  IF system <> '' THEN
    EXECUTE format('CREATE POLICY system ON %s FOR ALL TO wanjie_system USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT %s ON %s TO wanjie_system', system, t);
  END IF;
END $$;
-- +goose StatementEnd
COMMENT ON FUNCTION fence(regclass, text, text) IS 'Fences a tenant table: forced row level security on tenant_id, plus the grants of the tenant and system roles.';
REVOKE ALL ON FUNCTION fence(regclass, text, text) FROM PUBLIC;

-- The directory: home placement only. Finds the tenant before its scope.
CREATE SEQUENCE ctl.tenant_serial AS int MINVALUE 1 MAXVALUE 999999;
COMMENT ON SEQUENCE ctl.tenant_serial IS 'tenant_id = deployment × 1,000,000 + serial; never reused.';
CREATE TABLE ctl.directory (
  tenant_id  int PRIMARY KEY,
  slug       text COLLATE "C" NOT NULL UNIQUE CHECK (slug ~ '^[a-z][a-z0-9-]{1,39}$'),
  kind       text NOT NULL CHECK (kind IN ('street', 'centre')),
  district   int NOT NULL CHECK (district BETWEEN 110000 AND 829999),
  placement  text NOT NULL,
  name       text NOT NULL,
  state      text NOT NULL CHECK (state IN ('opening', 'trial', 'active', 'suspended', 'closed')),
  contract   text NOT NULL DEFAULT '',
  opening    text COLLATE "C" NOT NULL UNIQUE,
  opened_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX directory_district ON ctl.directory (district, tenant_id);
COMMENT ON TABLE ctl.directory IS 'Every tenant of the deployment and the placement where its data lives.';
COMMENT ON COLUMN ctl.directory.slug IS 'Immutable, in URLs; never a division code.';
COMMENT ON COLUMN ctl.directory.opening IS 'Idempotency key of the opening saga: one opening, one tenant, however often repeated.';

CREATE TABLE ctl.divisions (
  tenant_id  int NOT NULL REFERENCES ctl.directory,
  code       text COLLATE "C" NOT NULL CHECK (code ~ '^[0-9]{6,12}$'),
  valid_from date NOT NULL,
  valid_to   date,
  PRIMARY KEY (tenant_id, code, valid_from)
);
CREATE INDEX divisions_code ON ctl.divisions (code);
COMMENT ON TABLE ctl.divisions IS 'Division codes of a tenant with their validity: a tenant may hold several, or none; codes change every year.';

GRANT SELECT ON ctl.directory, ctl.divisions TO wanjie_gateway, wanjie_vendor, wanjie_system;
GRANT INSERT, UPDATE ON ctl.directory, ctl.divisions TO wanjie_vendor;
GRANT USAGE ON SEQUENCE ctl.tenant_serial TO wanjie_vendor;
ALTER TABLE ctl.directory ENABLE ROW LEVEL SECURITY;
ALTER TABLE ctl.directory FORCE ROW LEVEL SECURITY;
CREATE POLICY readers ON ctl.directory FOR SELECT TO wanjie_gateway, wanjie_system USING (true);
CREATE POLICY vendor ON ctl.directory FOR ALL TO wanjie_vendor USING (true) WITH CHECK (true);
CREATE POLICY district ON ctl.directory FOR SELECT TO wanjie_district USING (district = wj_district());
GRANT SELECT ON ctl.directory TO wanjie_district;

-- tenants: in every placement, one row a tenant living there. Entering a scope brings it back.
CREATE TABLE tenants (
  tenant_id  int PRIMARY KEY,
  slug       text COLLATE "C" NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('street', 'centre')),
  district   int NOT NULL,
  state      text NOT NULL CHECK (state IN ('opening', 'trial', 'active', 'suspended', 'closed')),
  blueprint  int NOT NULL,
  revision   bigint NOT NULL DEFAULT 0,
  name       text NOT NULL,
  short_name text NOT NULL DEFAULT '',
  branding   jsonb NOT NULL DEFAULT '{}',
  demo       boolean NOT NULL DEFAULT false,
  codes      text COLLATE "C" NOT NULL DEFAULT ''
);
COMMENT ON COLUMN tenants.codes IS 'Division codes in force, the main one first, separated by blanks: entering the scope must tell whose communities these are without asking the directory.';
COMMENT ON TABLE tenants IS 'A tenant is a pointer (blueprint) and its differences (overrides up to revision).';
COMMENT ON COLUMN tenants.revision IS 'Number of the newest override set; 0 = exactly the blueprint.';
COMMENT ON COLUMN tenants.branding IS 'Logo, colours and welcome text shown to people.';
SELECT fence('tenants', 'SELECT, UPDATE (revision, name, short_name, branding)', 'SELECT');
CREATE POLICY vendor ON tenants FOR ALL TO wanjie_vendor USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON tenants TO wanjie_vendor;
CREATE POLICY district ON tenants FOR SELECT TO wanjie_district USING (district = wj_district());
GRANT SELECT (tenant_id, slug, kind, district, state, name, short_name, demo) ON tenants TO wanjie_district;
CREATE INDEX tenants_district ON tenants (district, tenant_id);

CREATE TABLE heads (
  tenant_id int PRIMARY KEY,
  n         bigint NOT NULL DEFAULT 0,
  at        timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);
COMMENT ON TABLE heads IS 'The newest act number of each tenant: taken last in a transaction, so numbers follow commit order without gaps.';
COMMENT ON COLUMN heads.at IS 'recorded_at of the newest act; the next one is never earlier.';
SELECT fence('heads', 'SELECT, UPDATE', 'SELECT');
CREATE POLICY vendor ON heads FOR ALL TO wanjie_vendor USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON heads TO wanjie_vendor;

CREATE TABLE journal (
  tenant_id   int NOT NULL,
  n           bigint NOT NULL,
  kind        text COLLATE "C" NOT NULL,
  version     smallint NOT NULL,
  object      text COLLATE "C" NOT NULL,
  object_id   uuid NOT NULL,
  actor       bigint NOT NULL,
  happened_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  imported    boolean NOT NULL DEFAULT false,
  before      jsonb,
  after       jsonb,
  PRIMARY KEY (tenant_id, n)
);
COMMENT ON TABLE journal IS 'Every act of every tenant, written once, numbered in commit order. Append-only; no personal data.';
COMMENT ON COLUMN journal.actor IS 'Our own number of the person; 0 is the system itself.';
COMMENT ON COLUMN journal.happened_at IS 'When it happened, as claimed by who reported it.';
COMMENT ON COLUMN journal.recorded_at IS 'Database clock under the head''s lock; never goes back within a tenant.';
COMMENT ON COLUMN journal.before IS 'Dimensions of the object before the act (class, unit, stage …), NULL when it did not exist.';
CREATE INDEX journal_object ON journal (tenant_id, object_id, n);
SELECT fence('journal', 'SELECT, INSERT', 'SELECT');

CREATE TABLE data_keys (
  tenant_id int NOT NULL,
  version   smallint NOT NULL,
  wrapped   bytea NOT NULL,
  made_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, version)
);
COMMENT ON TABLE data_keys IS 'A tenant''s data key, wrapped by the key service, which is not PostgreSQL. Destroying the wrapping key is erasure.';
SELECT fence('data_keys', 'SELECT', '');
CREATE POLICY vendor ON data_keys FOR ALL TO wanjie_vendor USING (true) WITH CHECK (true);
GRANT INSERT ON data_keys TO wanjie_vendor;
GRANT SELECT (tenant_id, version) ON data_keys TO wanjie_vendor;

CREATE TABLE requests (
  tenant_id int NOT NULL,
  id        uuid NOT NULL,
  actor     bigint NOT NULL,
  digest    bytea NOT NULL,
  status    smallint,
  reply     bytea,
  made_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id)
);
COMMENT ON TABLE requests IS 'Every accepted POST by its client-made number, 90 days: a repeat gets the same reply, another body 409.';
COMMENT ON COLUMN requests.digest IS 'SHA-256 of method, path, actor and body.';
SELECT fence('requests', 'SELECT, INSERT, UPDATE', 'SELECT, DELETE');

CREATE TABLE looks (
  tenant_id int NOT NULL,
  id        uuid NOT NULL,
  actor     bigint NOT NULL,
  object    text COLLATE "C" NOT NULL,
  object_id uuid NOT NULL,
  purpose   text NOT NULL,
  fields    text NOT NULL,
  at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, id)
);
COMMENT ON TABLE looks IS 'Every look at personal data: who, at what, why; committed before the bytes leave. Append-only.';
CREATE INDEX looks_object ON looks (tenant_id, object_id, at);
SELECT fence('looks', 'SELECT, INSERT', '');

CREATE TABLE counters (
  tenant_id int NOT NULL,
  name      text COLLATE "C" NOT NULL,
  n         bigint NOT NULL,
  PRIMARY KEY (tenant_id, name)
) WITH (fillfactor = 50);
COMMENT ON TABLE counters IS 'Readable numbers per tenant (case numbers and the like); gaps are allowed.';
SELECT fence('counters', 'SELECT, INSERT, UPDATE', '');

-- People and what they may do. Names and phones live sealed with each tenant, never here.
CREATE TABLE ctl.people (
  person   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  identity uuid NOT NULL UNIQUE,
  kind     text NOT NULL CHECK (kind IN ('staff', 'resident')),
  active   boolean NOT NULL DEFAULT true,
  epoch    int NOT NULL DEFAULT 0,
  made_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ctl.people IS 'Our own number for each Kratos identity. No names: those are sealed in the tenants that know the person.';
COMMENT ON COLUMN ctl.people.epoch IS 'Raised to end every session of the person at once.';
GRANT SELECT, INSERT, UPDATE ON ctl.people TO wanjie_gateway;
GRANT SELECT ON ctl.people TO wanjie_vendor, wanjie_system;

CREATE TABLE ctl.upper_grants (
  person   bigint NOT NULL REFERENCES ctl.people,
  scope    text NOT NULL CHECK (scope IN ('vendor', 'district')),
  district int NOT NULL DEFAULT 0,
  role     text COLLATE "C" NOT NULL,
  made_by  bigint NOT NULL DEFAULT 0,
  made_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (person, scope, district, role),
  CHECK ((scope = 'district') = (district <> 0))
);
COMMENT ON TABLE ctl.upper_grants IS 'Grants above a tenant: the vendor''s people and a district''s officers.';
GRANT SELECT ON ctl.upper_grants TO wanjie_gateway, wanjie_vendor;
GRANT INSERT, DELETE ON ctl.upper_grants TO wanjie_vendor;

CREATE TABLE grants (
  tenant_id int NOT NULL,
  id        uuid NOT NULL,
  person    bigint NOT NULL,
  role      text COLLATE "C" NOT NULL,
  unit      text COLLATE "C" NOT NULL DEFAULT '',
  community text COLLATE "C" NOT NULL DEFAULT '',
  grid      text COLLATE "C" NOT NULL DEFAULT '',
  made_by   bigint NOT NULL,
  made_at   timestamptz NOT NULL DEFAULT now(),
  ended_at  timestamptz,
  PRIMARY KEY (tenant_id, id)
);
COMMENT ON TABLE grants IS 'Who may do what in a tenant. A grant may be narrowed to one unit, community or grid; ended, never deleted.';
CREATE UNIQUE INDEX grants_living ON grants (tenant_id, person, role, unit, community, grid) WHERE ended_at IS NULL;
CREATE INDEX grants_person ON grants (person) WHERE ended_at IS NULL;
COMMENT ON INDEX grants_person IS 'The gateway''s question after sign-in: in which tenants does this person work? Cluster-wide, so not led by tenant_id.';
SELECT fence('grants', 'SELECT, INSERT, UPDATE', '');
CREATE POLICY gateway ON grants FOR SELECT TO wanjie_gateway USING (true);
GRANT SELECT ON grants TO wanjie_gateway;

CREATE TABLE members (
  tenant_id int NOT NULL,
  person    bigint NOT NULL,
  id        uuid NOT NULL,
  name      bytea NOT NULL,
  phone     bytea,
  left_at   timestamptz,
  PRIMARY KEY (tenant_id, person)
);
COMMENT ON TABLE members IS 'The people a tenant knows as its staff. name and phone are sealed with the tenant''s key, bound to id.';
SELECT fence('members', 'SELECT, INSERT, UPDATE', '');
