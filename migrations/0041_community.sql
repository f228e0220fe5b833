-- +goose Up
-- News, notices and events of a street and its communities, who signs up, and the public places of the street.

CREATE TABLE community_posts (
  tenant_id    int NOT NULL,
  id           uuid NOT NULL,
  form         text COLLATE "C" NOT NULL CHECK (form IN ('news', 'notice', 'event')),
  topic        text COLLATE "C" NOT NULL CHECK (topic IN ('party', 'affairs', 'life')),
  community    text COLLATE "C" NOT NULL,
  title        text NOT NULL,
  body         text NOT NULL,
  state        text COLLATE "C" NOT NULL CHECK (state IN ('draft', 'review', 'published', 'withdrawn', 'archived')),
  drafted_by   bigint NOT NULL,
  drafted_at   timestamptz NOT NULL,
  submitted_at timestamptz,
  reviewed_by  bigint,
  reviewed_at  timestamptz,
  remark       bytea,
  withdrawn_by bigint,
  withdrawn_at timestamptz,
  reason       bytea,
  valid_until  timestamptz NOT NULL,
  large        uuid,
  small        uuid,
  width        int NOT NULL DEFAULT 0,
  height       int NOT NULL DEFAULT 0,
  begins_at    timestamptz,
  ends_at      timestamptz,
  signup_until timestamptz,
  venue        text NOT NULL DEFAULT '',
  audience     text NOT NULL DEFAULT '',
  contact      text NOT NULL DEFAULT '',
  capacity     int NOT NULL DEFAULT 0 CHECK (capacity >= 0),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, large) REFERENCES files (tenant_id, id),
  FOREIGN KEY (tenant_id, small) REFERENCES files (tenant_id, id),
  CHECK (reviewed_by <> drafted_by),
  CHECK (state NOT IN ('published', 'archived') OR reviewed_by IS NOT NULL),
  CHECK ((large IS NULL) = (small IS NULL)),
  CHECK ((begins_at IS NULL) = (ends_at IS NULL)),
  CHECK (ends_at > begins_at),
  CHECK (signup_until IS NULL OR signup_until <= begins_at)
);
COMMENT ON TABLE community_posts IS 'What a street or a community tells everybody: news, notices, and events, which have a time and a venue. It is written for the public, so title and text are plain; nothing of a resident belongs in it.';
COMMENT ON COLUMN community_posts.topic IS 'party (党团), affairs (居务) or life (生活).';
COMMENT ON COLUMN community_posts.community IS '12-digit code; empty: the whole street.';
COMMENT ON COLUMN community_posts.reviewed_by IS 'Who published it or gave it back; never who drafted it.';
COMMENT ON COLUMN community_posts.remark IS 'What the reviewer said when giving it back; sealed.';
COMMENT ON COLUMN community_posts.reason IS 'Why it was withdrawn or the event cancelled; sealed.';
COMMENT ON COLUMN community_posts.valid_until IS 'From when on it is in the archive: of an event its end.';
COMMENT ON COLUMN community_posts.signup_until IS 'Until when one signs up; NULL of an event that is open to all without.';
COMMENT ON COLUMN community_posts.capacity IS 'How many people there is room for; 0: as many as come.';
COMMENT ON COLUMN community_posts.audience IS 'Who may come, in words.';
CREATE INDEX community_posts_newest ON community_posts (tenant_id, state, reviewed_at DESC);
CREATE INDEX community_posts_events ON community_posts (tenant_id, begins_at) WHERE state = 'published' AND begins_at IS NOT NULL;
SELECT fence('community_posts', 'SELECT, INSERT, UPDATE');

CREATE TABLE community_signups (
  tenant_id    int NOT NULL,
  id           uuid NOT NULL,
  post_id      uuid NOT NULL,
  person       bigint,
  state        text COLLATE "C" NOT NULL CHECK (state IN ('in', 'waiting', 'cancelled', 'off')),
  heads        smallint NOT NULL CHECK (heads BETWEEN 1 AND 10),
  made_at      timestamptz NOT NULL,
  ended_at     timestamptz,
  came_at      timestamptz,
  came_by      bigint,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, post_id) REFERENCES community_posts (tenant_id, id),
  CHECK ((ended_at IS NULL) = (state IN ('in', 'waiting'))),
  CHECK (came_at IS NULL OR state = 'in')
);
COMMENT ON TABLE community_signups IS 'Residents who come to an event. Name and telephone are the account''s and are not copied.';
COMMENT ON COLUMN community_signups.person IS 'Our own number of the resident; NULL once he has left the street.';
COMMENT ON COLUMN community_signups.state IS 'in: has a place; waiting: when one comes free; cancelled: by the resident; off: the event was cancelled.';
COMMENT ON COLUMN community_signups.heads IS 'The resident and whom he brings along.';
COMMENT ON COLUMN community_signups.came_at IS 'When somebody of the staff ticked him off, where they do.';
CREATE UNIQUE INDEX community_signups_once ON community_signups (tenant_id, post_id, person) WHERE state IN ('in', 'waiting');
CREATE INDEX community_signups_queue ON community_signups (tenant_id, post_id, made_at, id);
CREATE INDEX community_signups_own ON community_signups (tenant_id, person, made_at DESC);
SELECT fence('community_signups', 'SELECT, INSERT, UPDATE');

CREATE TABLE community_places (
  tenant_id  int NOT NULL,
  id         uuid NOT NULL,
  kind       text COLLATE "C" NOT NULL CHECK (kind IN ('activity', 'meal', 'service', 'shelter', 'toilet', 'health', 'sport', 'other')),
  community  text COLLATE "C" NOT NULL,
  name       text NOT NULL,
  address    text NOT NULL,
  hours      text NOT NULL,
  phone      text NOT NULL,
  step_free  boolean NOT NULL,
  lon        double precision,
  lat        double precision,
  changed_by bigint NOT NULL,
  changed_at timestamptz NOT NULL,
  retired_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  CHECK ((lon IS NULL) = (lat IS NULL))
);
COMMENT ON TABLE community_places IS 'Public places of the street that residents look for: rooms, canteens, service points, shelters, toilets.';
COMMENT ON COLUMN community_places.step_free IS 'Whether a wheelchair gets in.';
COMMENT ON COLUMN community_places.lon IS 'Degrees in CGCS2000, as lat.';
COMMENT ON COLUMN community_places.phone IS 'The place''s own telephone, for everybody.';
CREATE INDEX community_places_kind ON community_places (tenant_id, kind, name);
SELECT fence('community_places', 'SELECT, INSERT, UPDATE');
