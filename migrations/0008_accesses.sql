-- +goose Up
-- The record of the door: who came in, who was refused, who asked for what he may not, from which network.

CREATE TABLE ctl.accesses (
  id            uuid PRIMARY KEY,
  at            timestamptz NOT NULL,
  kind          text COLLATE "C" NOT NULL,
  person        bigint NOT NULL DEFAULT 0,
  made_by       bigint NOT NULL DEFAULT 0,
  via           text COLLATE "C" NOT NULL DEFAULT '',
  ground        text COLLATE "C" NOT NULL DEFAULT '',
  route         text COLLATE "C" NOT NULL DEFAULT '',
  needs         text COLLATE "C" NOT NULL DEFAULT '',
  session       uuid,
  network       text COLLATE "C" NOT NULL DEFAULT '',
  address       bytea,
  reason        bytea,
  account_blind bytea
);
COMMENT ON TABLE ctl.accesses IS 'The door''s record for the whole deployment (网络安全法 第二十一条): kept six months at least, which the policies below hold. Home placement only; append-only.';
COMMENT ON COLUMN ctl.accesses.kind IS 'login, login.refused, logout and so on; the list stands in app/auth/access.';
COMMENT ON COLUMN ctl.accesses.person IS 'Our own number; 0 when the account that was typed is nobody''s.';
COMMENT ON COLUMN ctl.accesses.made_by IS 'Who did it to the person: an administrator who ended sessions; 0 the person itself.';
COMMENT ON COLUMN ctl.accesses.via IS 'By which factor: password, sms, code, totp, lookup.';
COMMENT ON COLUMN ctl.accesses.ground IS 'Why it was refused: wrong, locked, disabled, expired.';
COMMENT ON COLUMN ctl.accesses.route IS 'Method and pattern of a refused request, without what stood in the address.';
COMMENT ON COLUMN ctl.accesses.needs IS 'Capability that the refused request asked for.';
COMMENT ON COLUMN ctl.accesses.session IS 'Kratos''s number of the session, so that coming and going find each other.';
COMMENT ON COLUMN ctl.accesses.network IS 'The address without its last part (/24, /48): where from, and no household.';
COMMENT ON COLUMN ctl.accesses.address IS 'The whole address, sealed; opened for a reason only, which is recorded.';
COMMENT ON COLUMN ctl.accesses.reason IS 'What the administrator wrote, sealed.';
COMMENT ON COLUMN ctl.accesses.account_blind IS 'Blind index of an account that was typed and refused: shows that it was the same one again, not which.';
CREATE INDEX accesses_at ON ctl.accesses (at DESC, id DESC);
CREATE INDEX accesses_person ON ctl.accesses (person, at DESC, id DESC);
ALTER TABLE ctl.accesses ENABLE ROW LEVEL SECURITY;
ALTER TABLE ctl.accesses FORCE ROW LEVEL SECURITY;
CREATE POLICY written ON ctl.accesses FOR INSERT TO wanjie_system WITH CHECK (true);
CREATE POLICY seen ON ctl.accesses FOR SELECT TO wanjie_system, wanjie_vendor USING (true);
CREATE POLICY resolved ON ctl.accesses FOR UPDATE TO wanjie_system USING (person = 0) WITH CHECK (true);
CREATE POLICY aged ON ctl.accesses FOR DELETE TO wanjie_system USING (at < now() - interval '6 months');
COMMENT ON POLICY resolved ON ctl.accesses IS 'Whose account was typed is found out after the refusal, so that a refusal takes the same time for everybody; it is set once.';
GRANT SELECT, INSERT, UPDATE (person), DELETE ON ctl.accesses TO wanjie_system;
GRANT SELECT ON ctl.accesses TO wanjie_vendor;

-- Switching somebody off and writing down who did it are one transaction.
GRANT UPDATE (active, epoch, ended_at, second_factor) ON ctl.people TO wanjie_system;

CREATE TABLE accesses (
  tenant_id int NOT NULL,
  id        uuid NOT NULL,
  at        timestamptz NOT NULL,
  kind      text COLLATE "C" NOT NULL,
  person    bigint NOT NULL,
  made_by   bigint NOT NULL DEFAULT 0,
  via       text COLLATE "C" NOT NULL DEFAULT '',
  ground    text COLLATE "C" NOT NULL DEFAULT '',
  route     text COLLATE "C" NOT NULL DEFAULT '',
  needs     text COLLATE "C" NOT NULL DEFAULT '',
  session   uuid,
  network   text COLLATE "C" NOT NULL DEFAULT '',
  address   bytea,
  reason    bytea,
  PRIMARY KEY (tenant_id, id)
);
COMMENT ON TABLE accesses IS 'What ctl.accesses says of people who work in the tenant, and requests that the tenant refused: its own auditor''s record. Columns as there. Append-only, six months at least.';
CREATE INDEX accesses_at ON accesses (tenant_id, at DESC, id DESC);
CREATE INDEX accesses_person ON accesses (tenant_id, person, at DESC, id DESC);
CREATE INDEX accesses_old ON accesses USING brin (at);
COMMENT ON INDEX accesses_old IS 'For deleting after a year, over all tenants; rows lie in order of at, so a range index of a few pages does.';
SELECT fence('accesses', 'SELECT, INSERT', '');
CREATE POLICY aged ON accesses FOR DELETE TO wanjie_system USING (at < now() - interval '6 months');
CREATE POLICY aging ON accesses FOR SELECT TO wanjie_system USING (at < now() - interval '6 months');
GRANT SELECT (tenant_id, id, at), DELETE ON accesses TO wanjie_system;

CREATE INDEX looks_at ON looks (tenant_id, at DESC, id DESC);
COMMENT ON INDEX looks_at IS 'The auditor''s list, newest first, beside accesses.';
