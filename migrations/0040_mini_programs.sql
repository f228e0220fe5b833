-- +goose Up
-- Districts' mini-programs: what WeChat's platform for third parties gave us, and where each district's release stands.

CREATE TABLE ctl.wechat_platform (
  one         boolean PRIMARY KEY DEFAULT true CHECK (one),
  ticket      bytea NOT NULL,
  ticket_at   timestamptz NOT NULL,
  token       bytea,
  token_until timestamptz,
  CHECK ((token IS NULL) = (token_until IS NULL))
);
COMMENT ON TABLE ctl.wechat_platform IS 'What WeChat gave the platform itself: the ticket that it pushes every ten minutes, and the token that the ticket was changed for. One row, sealed with the deployment''s key. Home placement only.';
COMMENT ON COLUMN ctl.wechat_platform.ticket_at IS 'When WeChat made the ticket: an older one that comes later changes nothing.';
GRANT SELECT, INSERT, UPDATE ON ctl.wechat_platform TO wanjie_system;

CREATE TABLE ctl.mini_programs (
  district      int PRIMARY KEY CHECK (district BETWEEN 110000 AND 829999),
  id            uuid NOT NULL UNIQUE,
  state         text COLLATE "C" NOT NULL CHECK (state IN ('asked', 'linked', 'granted', 'authorized', 'preparing', 'auditing', 'refused', 'accepted', 'released', 'revoked')),
  colour        text COLLATE "C" NOT NULL CHECK (colour ~ '^#[0-9a-f]{6}$'),
  contact       text NOT NULL,
  asked_by      bigint NOT NULL,
  asked_at      timestamptz NOT NULL,
  link          text COLLATE "C" NOT NULL DEFAULT '',
  link_until    timestamptz,
  code          bytea,
  appid         text COLLATE "C" UNIQUE,
  access        bytea,
  access_until  timestamptz,
  refresh       bytea,
  template      int NOT NULL DEFAULT 0,
  version       text COLLATE "C" NOT NULL DEFAULT '',
  audit         bigint NOT NULL DEFAULT 0,
  submitted_at  timestamptz,
  reason        text NOT NULL DEFAULT '',
  released      text COLLATE "C" NOT NULL DEFAULT '',
  released_at   timestamptz,
  trouble       text NOT NULL DEFAULT '',
  changed_at    timestamptz NOT NULL
);
COMMENT ON TABLE ctl.mini_programs IS 'The mini-program of each district under the district''s own appid: which version is where on its way through WeChat''s audit. Home placement only.';
COMMENT ON COLUMN ctl.mini_programs.state IS 'asked and linked: the district''s administrator has to grant; granted: its code is being changed for tokens; authorized: ready for a release; preparing to released: the way of version; revoked: the district took its grant back.';
COMMENT ON COLUMN ctl.mini_programs.contact IS 'The district''s public telephone, told to WeChat with the privacy guide; an office''s, never a person''s.';
COMMENT ON COLUMN ctl.mini_programs.link IS 'Where the district''s administrator grants; empty once it was used.';
COMMENT ON COLUMN ctl.mini_programs.code IS 'What WeChat sent with the grant, until it is changed for tokens; sealed.';
COMMENT ON COLUMN ctl.mini_programs.refresh IS 'Sealed. Losing it means that the district has to grant anew.';
COMMENT ON COLUMN ctl.mini_programs.version IS 'The version under way, or released last; released is the one that residents have.';
COMMENT ON COLUMN ctl.mini_programs.audit IS 'WeChat''s number of the audit under way.';
COMMENT ON COLUMN ctl.mini_programs.submitted_at IS 'When the audit under way began: what WeChat judged before is about another one.';
COMMENT ON COLUMN ctl.mini_programs.reason IS 'WeChat''s words where it refused.';
COMMENT ON COLUMN ctl.mini_programs.trouble IS 'What the last step failed with; it is tried again.';
GRANT SELECT, INSERT, UPDATE ON ctl.mini_programs TO wanjie_system;
GRANT SELECT (district, id, state, colour, contact, asked_by, asked_at, link, link_until, appid, template, version, audit, submitted_at, reason, released, released_at, trouble, changed_at) ON ctl.mini_programs TO wanjie_vendor;
