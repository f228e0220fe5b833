-- +goose Up
-- What the vendor does, kept: states with their reasons, a name that follows its street, replies for repeated requests.

ALTER TABLE ctl.directory ADD COLUMN named bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN ctl.directory.named IS 'Number of the tenant''s act as of which name stands: an older renaming that comes later changes nothing.';

CREATE TABLE standings (
  tenant_id int NOT NULL,
  n         bigint NOT NULL CHECK (n > 0),
  id        uuid NOT NULL,
  was       text COLLATE "C" NOT NULL CHECK (was IN ('trial', 'active', 'suspended', 'closed')),
  state     text COLLATE "C" NOT NULL CHECK (state IN ('trial', 'active', 'suspended', 'closed')),
  ground    text COLLATE "C" NOT NULL CHECK (ground ~ '^[a-z]{2,20}$'),
  note      text NOT NULL,
  person    bigint NOT NULL,
  at        timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, n)
);
COMMENT ON TABLE standings IS 'Every suspension, resumption, closing and reopening of a tenant by the vendor: who, when and why. The newest row is the tenant''s state; tenants.state and ctl.directory.state follow it. Append-only.';
COMMENT ON COLUMN standings.n IS '1, 2, 3 … within the tenant.';
COMMENT ON COLUMN standings.id IS 'Number of the request that asked for it: asked again, it is the same change.';
COMMENT ON COLUMN standings.ground IS 'Kind of reason; the tenant''s people are told it in a polite sentence.';
COMMENT ON COLUMN standings.note IS 'The vendor''s own words, for the vendor: the tenant role cannot read them. About the tenant, never about a person.';
CREATE UNIQUE INDEX standings_id ON standings (tenant_id, id);
SELECT fence('standings', 'SELECT (tenant_id, n, id, was, state, ground, person, at), INSERT');
CREATE POLICY vendor ON standings FOR SELECT TO wanjie_vendor USING (true);
GRANT SELECT ON standings TO wanjie_vendor;

CREATE TABLE ctl.requests (
  id         uuid PRIMARY KEY,
  person     bigint NOT NULL,
  digest     bytea NOT NULL CHECK (length(digest) = 32),
  held_until timestamptz NOT NULL,
  status     smallint,
  reply      bytea,
  made_at    timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ctl.requests IS 'The vendor''s POSTs by their client-made number, 90 days, as requests has those of a tenant: a repeat gets the same reply, another body 409. Home placement only.';
COMMENT ON COLUMN ctl.requests.held_until IS 'While there is no reply: the request is at work until then, and repeats wait; afterwards it is believed dead and a repeat takes over.';
COMMENT ON COLUMN ctl.requests.digest IS 'SHA-256 of method, path, actor and body.';
CREATE INDEX requests_made ON ctl.requests USING brin (made_at);
GRANT SELECT, INSERT, UPDATE (held_until, status, reply), DELETE ON ctl.requests TO wanjie_vendor;
GRANT SELECT, DELETE ON ctl.requests TO wanjie_system;
