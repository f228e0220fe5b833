-- +goose Up
-- Programs that call us: the keys a tenant gave them, what they called, and the orders that came so.

CREATE TABLE api_keys (
  tenant_id  int NOT NULL,
  id         uuid NOT NULL,
  name       text NOT NULL,
  channel    text COLLATE "C" NOT NULL,
  otherwise  text COLLATE "C" NOT NULL DEFAULT '',
  networks   text COLLATE "C" NOT NULL DEFAULT '',
  hint       text COLLATE "C" NOT NULL,
  hash       bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  made_by    bigint NOT NULL,
  made_at    timestamptz NOT NULL,
  revoked_by bigint,
  revoked_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
COMMENT ON TABLE api_keys IS 'Keys that a tenant''s security administrator gave to programs. Revoked, never deleted.';
COMMENT ON COLUMN api_keys.name IS 'Whose program it is: an organisation, never a person.';
COMMENT ON COLUMN api_keys.channel IS 'Channel whose orders it brings and whose replies it fetches.';
COMMENT ON COLUMN api_keys.otherwise IS 'Class of orders whose own is not known here; empty: they are refused.';
COMMENT ON COLUMN api_keys.networks IS 'Addresses and prefixes from which it may be used, separated by blanks; empty: from everywhere.';
COMMENT ON COLUMN api_keys.hint IS 'The key''s beginning, by which people tell keys apart; the key itself is nowhere.';
COMMENT ON COLUMN api_keys.hash IS 'SHA-256 of the key, which is 256 random bits.';
CREATE INDEX api_keys_hash ON api_keys (hash);
COMMENT ON INDEX api_keys_hash IS 'The gateway''s question before any scope: whose key is this? Cluster-wide, so not led by tenant_id.';
SELECT fence('api_keys', 'SELECT, INSERT, UPDATE (revoked_by, revoked_at)', '');
CREATE POLICY gateway ON api_keys FOR SELECT TO wanjie_gateway USING (true);
GRANT SELECT (tenant_id, id, hash) ON api_keys TO wanjie_gateway;

CREATE TABLE api_calls (
  tenant_id int NOT NULL,
  id        uuid NOT NULL,
  key_id    uuid NOT NULL,
  at        timestamptz NOT NULL,
  route     text COLLATE "C" NOT NULL,
  number    text COLLATE "C" NOT NULL DEFAULT '',
  status    smallint NOT NULL,
  ground    text COLLATE "C" NOT NULL DEFAULT '',
  n         int NOT NULL DEFAULT 0,
  network   text COLLATE "C" NOT NULL DEFAULT '',
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, key_id) REFERENCES api_keys (tenant_id, id)
);
COMMENT ON TABLE api_calls IS 'Every call of a program with a key of the tenant: when, what about, and how it ended. Append-only, six months at least; no personal data.';
COMMENT ON COLUMN api_calls.route IS 'Method and pattern.';
COMMENT ON COLUMN api_calls.number IS 'Number of the order above that it was about.';
COMMENT ON COLUMN api_calls.status IS 'HTTP status of the answer.';
COMMENT ON COLUMN api_calls.ground IS 'Why it was refused: revoked, expired, network, shut, off; or the fields that were wrong.';
COMMENT ON COLUMN api_calls.n IS 'How many replies it fetched.';
COMMENT ON COLUMN api_calls.network IS 'The address without its last part (/24, /48).';
CREATE INDEX api_calls_at ON api_calls (tenant_id, at DESC, id DESC);
CREATE INDEX api_calls_key ON api_calls (tenant_id, key_id, at DESC, id DESC);
COMMENT ON INDEX api_calls_key IS 'When was a key last used?';
CREATE INDEX api_calls_old ON api_calls USING brin (at);
COMMENT ON INDEX api_calls_old IS 'For deleting after a year, over all tenants; rows lie in order of at, so a range index of a few pages does.';
SELECT fence('api_calls', 'SELECT, INSERT', '');
CREATE POLICY aged ON api_calls FOR DELETE TO wanjie_system USING (at < now() - interval '6 months');
CREATE POLICY aging ON api_calls FOR SELECT TO wanjie_system USING (at < now() - interval '6 months');
GRANT SELECT (tenant_id, id, at), DELETE ON api_calls TO wanjie_system;

CREATE TABLE api_orders (
  tenant_id int NOT NULL,
  channel   text COLLATE "C" NOT NULL,
  upper_no  text COLLATE "C" NOT NULL,
  digest    bytea NOT NULL,
  case_id   uuid NOT NULL,
  key_id    uuid NOT NULL,
  at        timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, channel, upper_no),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id),
  FOREIGN KEY (tenant_id, key_id) REFERENCES api_keys (tenant_id, id)
);
COMMENT ON TABLE api_orders IS 'Orders from above that a program brought: the same order again is the same case, another one under the number is refused.';
COMMENT ON COLUMN api_orders.digest IS 'SHA-256 of the order as it came.';
SELECT fence('api_orders', 'SELECT, INSERT', '');
