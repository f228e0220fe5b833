-- +goose Up
-- Signing in: sessions that can be ended from here, administrators kept apart, and the messages that leave.

ALTER TABLE ctl.people
  ADD COLUMN ended_at timestamptz,
  ADD COLUMN second_factor boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN ctl.people.ended_at IS 'Sessions that began before this are over, whatever Kratos says.';
COMMENT ON COLUMN ctl.people.second_factor IS 'Has enrolled a second factor, and so must always show it.';

-- 三员分立: nobody is two of system, security and audit administrator at one scope, also when two grants race.
CREATE UNIQUE INDEX grants_separated ON grants (tenant_id, person)
  WHERE ended_at IS NULL AND role IN ('street_admin', 'system_admin', 'security_admin', 'audit_admin');
CREATE UNIQUE INDEX upper_grants_separated ON ctl.upper_grants (person, scope, district)
  WHERE role IN ('street_admin', 'system_admin', 'security_admin', 'audit_admin');

CREATE TABLE ctl.deployment_keys (
  version smallint PRIMARY KEY,
  wrapped bytea NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ctl.deployment_keys IS 'The data key of the deployment itself (number 0 with the key service), for what belongs to no tenant, such as messages with sign-in codes. Home placement only.';
GRANT SELECT, INSERT ON ctl.deployment_keys TO wanjie_system;

CREATE TABLE ctl.messages (
  id        uuid PRIMARY KEY,
  via       text COLLATE "C" NOT NULL CHECK (via IN ('sms', 'email')),
  recipient bytea NOT NULL,
  subject   bytea,
  body      bytea NOT NULL,
  code      bytea,
  purpose   text COLLATE "C" NOT NULL,
  state     text COLLATE "C" NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'failed')),
  made_at   timestamptz NOT NULL,
  sent_at   timestamptz,
  error     text NOT NULL DEFAULT ''
);
COMMENT ON TABLE ctl.messages IS 'Text messages and e-mails of the deployment on their way out, sealed with the deployment''s key. Home placement only; sent ones are deleted after thirty days.';
COMMENT ON COLUMN ctl.messages.code IS 'The bare code in it: approved text message templates take the code as a parameter.';
COMMENT ON COLUMN ctl.messages.purpose IS 'Template of Kratos (login_code_valid …) or our own (invite, added).';
COMMENT ON COLUMN ctl.messages.error IS 'What the last try to send failed with; never text of the message.';
CREATE INDEX messages_made ON ctl.messages (made_at);
CREATE INDEX messages_open ON ctl.messages (made_at) WHERE state = 'queued';
COMMENT ON INDEX ctl.messages_open IS 'What still has to leave.';
GRANT SELECT, INSERT, UPDATE, DELETE ON ctl.messages TO wanjie_system;
