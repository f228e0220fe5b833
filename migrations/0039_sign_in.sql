-- +goose Up
-- Messages by approved templates and what became of them on the way; districts' own sign-in; people invited from a list.

ALTER TABLE ctl.messages
  ADD COLUMN blanks     bytea,
  ADD COLUMN number     text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN tenant     int NOT NULL DEFAULT 0,
  ADD COLUMN about      uuid,
  ADD COLUMN receipt    text COLLATE "C" NOT NULL DEFAULT '' CHECK (receipt IN ('', 'waiting', 'delivered', 'undelivered', 'unknown')),
  ADD COLUMN receipt_at timestamptz,
  ADD COLUMN receipt_said text COLLATE "C" NOT NULL DEFAULT '';
COMMENT ON COLUMN ctl.messages.blanks IS 'What fills the blanks of the provider''s approved template, as JSON; sealed.';
COMMENT ON COLUMN ctl.messages.number IS 'The provider''s own number of the message, by which it is asked for the receipt.';
COMMENT ON COLUMN ctl.messages.tenant IS 'The tenant in whose name it was sent; 0 for the deployment itself.';
COMMENT ON COLUMN ctl.messages.about IS 'The case that it tells about.';
COMMENT ON COLUMN ctl.messages.receipt IS 'What the provider said of its delivery to the telephone; unknown when it never said.';
COMMENT ON COLUMN ctl.messages.receipt_said IS 'The provider''s own word for it, such as DELIVERED.';
CREATE INDEX messages_about ON ctl.messages (tenant, about) WHERE about IS NOT NULL;

CREATE TABLE ctl.providers (
  district   int PRIMARY KEY,
  id         uuid NOT NULL UNIQUE,
  title      text NOT NULL,
  issuer     text COLLATE "C" NOT NULL,
  client     text COLLATE "C" NOT NULL,
  secret     bytea NOT NULL,
  claim      text COLLATE "C" NOT NULL,
  means      text COLLATE "C" NOT NULL CHECK (means IN ('phone', 'email', 'number')),
  strong     text COLLATE "C" NOT NULL DEFAULT '',
  enabled    boolean NOT NULL,
  changed_by bigint NOT NULL,
  changed_at timestamptz NOT NULL
);
COMMENT ON TABLE ctl.providers IS 'A district''s own identity provider (OpenID Connect), by which its staff may sign in. Home placement only.';
COMMENT ON COLUMN ctl.providers.secret IS 'The client''s secret, sealed with the deployment''s key.';
COMMENT ON COLUMN ctl.providers.claim IS 'Which claim says who somebody is.';
COMMENT ON COLUMN ctl.providers.means IS 'What that claim is: a telephone, an e-mail address, or a number of the district''s staff.';
COMMENT ON COLUMN ctl.providers.strong IS 'Value of acr or amr that counts as a second factor; empty: none does.';
GRANT SELECT, INSERT, UPDATE, DELETE ON ctl.providers TO wanjie_system;

CREATE TABLE ctl.staff_numbers (
  district int NOT NULL,
  blind    bytea NOT NULL,
  person   bigint NOT NULL REFERENCES ctl.people,
  made_at  timestamptz NOT NULL,
  PRIMARY KEY (district, blind)
);
COMMENT ON TABLE ctl.staff_numbers IS 'Staff numbers that a district''s identity provider knows people by. Home placement only.';
COMMENT ON COLUMN ctl.staff_numbers.blind IS 'Blind index of the number: it is looked up and never shown.';
GRANT SELECT, INSERT, UPDATE, DELETE ON ctl.staff_numbers TO wanjie_system;

CREATE TABLE ctl.vouched (
  session uuid PRIMARY KEY,
  person  bigint NOT NULL REFERENCES ctl.people,
  at      timestamptz NOT NULL
);
COMMENT ON TABLE ctl.vouched IS 'Sessions for which a district''s identity provider vouched that a second factor was shown. Home placement only; deleted when they cannot live any more.';
CREATE INDEX vouched_at ON ctl.vouched (at);
GRANT SELECT, INSERT, DELETE ON ctl.vouched TO wanjie_system;
GRANT SELECT ON ctl.vouched TO wanjie_gateway;

CREATE TABLE invite_lists (
  tenant_id int NOT NULL,
  id        uuid NOT NULL,
  made_by   bigint NOT NULL,
  made_at   timestamptz NOT NULL,
  people    int NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
COMMENT ON TABLE invite_lists IS 'People invited together, from a table that a security administrator brought.';
CREATE INDEX invite_lists_made ON invite_lists (tenant_id, made_at DESC, id DESC);
SELECT fence('invite_lists', 'SELECT, INSERT', '');

CREATE TABLE invite_rows (
  tenant_id int NOT NULL,
  list      uuid NOT NULL,
  id        uuid NOT NULL,
  line      int NOT NULL,
  content   bytea NOT NULL,
  state     text COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'invited', 'here', 'failed')),
  said      text NOT NULL DEFAULT '',
  done_at   timestamptz,
  PRIMARY KEY (tenant_id, list, id),
  FOREIGN KEY (tenant_id, list) REFERENCES invite_lists (tenant_id, id)
);
COMMENT ON TABLE invite_rows IS 'One person of such a list and what became of the invitation.';
COMMENT ON COLUMN invite_rows.line IS 'Line of the table that was brought.';
COMMENT ON COLUMN invite_rows.content IS 'Name, telephone, staff number, roles: as JSON, sealed.';
COMMENT ON COLUMN invite_rows.state IS 'here: worked in the tenant with these roles already, and got no message.';
COMMENT ON COLUMN invite_rows.said IS 'Why it failed: a catalogue key; never text of the row.';
SELECT fence('invite_rows', 'SELECT, INSERT, UPDATE', '');
