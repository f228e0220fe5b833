-- +goose Up
-- Grids (网格), their outlines by date, what a grant of a grid role cannot say by itself, and patrols.

CREATE TABLE grids (
  tenant_id int NOT NULL,
  id        uuid NOT NULL,
  code      text COLLATE "C" NOT NULL CHECK (code ~ '^[0-9A-Za-z-]{2,32}$'),
  name      text NOT NULL,
  kind      text COLLATE "C" NOT NULL CHECK (kind IN ('comprehensive', 'dedicated', 'micro')),
  parent    uuid,
  community text COLLATE "C" NOT NULL DEFAULT '',
  phone     text NOT NULL DEFAULT '',
  made_at   timestamptz NOT NULL,
  closed_on date,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, parent) REFERENCES grids (tenant_id, id),
  CHECK ((kind = 'micro') = (parent IS NOT NULL))
);
COMMENT ON TABLE grids IS 'Responsibility areas of a street. Never deleted: cases and grants name them by code.';
COMMENT ON COLUMN grids.code IS 'The tenant''s own number of the grid, on its sheet, in grants and in cases; never given to another.';
COMMENT ON COLUMN grids.parent IS 'Of a micro grid: the comprehensive grid it is a part of.';
COMMENT ON COLUMN grids.community IS '12-digit statistical code; empty where a grid spans communities.';
COMMENT ON COLUMN grids.phone IS 'Duty phone, which the grid''s sheet makes public: an office''s and nobody''s own.';
COMMENT ON COLUMN grids.closed_on IS 'First day on which the grid is none any more.';
CREATE UNIQUE INDEX grids_code ON grids (tenant_id, code);
SELECT fence('grids', 'SELECT, INSERT, UPDATE', '');

CREATE TABLE grid_outlines (
  tenant_id  int NOT NULL,
  id         uuid NOT NULL,
  grid_id    uuid NOT NULL,
  valid_from date NOT NULL,
  valid_to   date CHECK (valid_to >= valid_from),
  shape      bytea NOT NULL,
  area       double precision NOT NULL,
  source_crs text COLLATE "C" NOT NULL CHECK (source_crs IN ('cgcs2000', 'gcj02', 'bd09')),
  drawn_by   bigint NOT NULL,
  drawn_at   timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, grid_id) REFERENCES grids (tenant_id, id)
);
COMMENT ON TABLE grid_outlines IS 'Versions of grids'' outlines. A grid drawn again gets a new version; the old one stays for the days it was in force.';
COMMENT ON COLUMN grid_outlines.valid_to IS 'First day of the next version, or of none; NULL while it is the last. Equal to valid_from: replaced before its day was over.';
COMMENT ON COLUMN grid_outlines.shape IS 'MultiPolygon in degrees of CGCS2000, as WKB.';
COMMENT ON COLUMN grid_outlines.area IS 'Square metres.';
COMMENT ON COLUMN grid_outlines.source_crs IS 'System of coordinates that it was drawn or imported in.';
CREATE UNIQUE INDEX grid_outlines_last ON grid_outlines (tenant_id, grid_id) WHERE valid_to IS NULL;
COMMENT ON INDEX grid_outlines_last IS 'A grid has one last outline.';
CREATE INDEX grid_outlines_grid ON grid_outlines (tenant_id, grid_id, valid_from);
SELECT fence('grid_outlines', 'SELECT, INSERT, UPDATE (valid_to)', '');

CREATE TABLE grid_editions (
  tenant_id int PRIMARY KEY,
  edition   uuid NOT NULL
);
COMMENT ON TABLE grid_editions IS 'Names the state of a tenant''s outlines. Every change gives a new name, never one that was used or rolled back, so what a process holds in memory under a name is right.';
SELECT fence('grid_editions', 'SELECT, INSERT, UPDATE', '');

CREATE TABLE postings (
  tenant_id int NOT NULL,
  id        uuid NOT NULL,
  grid_id   uuid NOT NULL,
  person    bigint NOT NULL,
  role      text COLLATE "C" NOT NULL CHECK (role IN ('grid_head', 'grid_worker')),
  from_on   date NOT NULL,
  to_on     date CHECK (to_on >= from_on),
  stands_in uuid,
  weekdays  text COLLATE "C" NOT NULL DEFAULT '' CHECK (weekdays ~ '^[1-7]*$'),
  begins    text COLLATE "C" NOT NULL DEFAULT '' CHECK (begins ~ '^([0-2][0-9]:[0-5][0-9])?$'),
  ends      text COLLATE "C" NOT NULL DEFAULT '' CHECK (ends ~ '^([0-2][0-9]:[0-5][0-9])?$'),
  made_by   bigint NOT NULL,
  made_at   timestamptz NOT NULL,
  void      boolean NOT NULL DEFAULT false,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, grid_id) REFERENCES grids (tenant_id, id),
  FOREIGN KEY (tenant_id, stands_in) REFERENCES postings (tenant_id, id),
  CHECK ((begins = '') = (ends = ''))
);
COMMENT ON TABLE postings IS 'Duties in grids. Its duty in force is the grant of the same id; here stands what a grant cannot say: from when until when, for whom, in which hours.';
COMMENT ON COLUMN postings.to_on IS 'Last day; NULL until further notice.';
COMMENT ON COLUMN postings.stands_in IS 'The posting whose person is away.';
COMMENT ON COLUMN postings.weekdays IS 'Days of the shift, 1 Monday to 7 Sunday; empty: every day.';
COMMENT ON COLUMN postings.begins IS 'Beginning of the shift, 15:04; after its end where it runs past midnight. Empty: all day.';
COMMENT ON COLUMN postings.void IS 'Called off before its first day.';
CREATE INDEX postings_grid ON postings (tenant_id, grid_id, from_on);
CREATE INDEX postings_person ON postings (tenant_id, person);
SELECT fence('postings', 'SELECT, INSERT, UPDATE (to_on, void)', '');

CREATE TABLE patrols (
  tenant_id  int NOT NULL,
  id         uuid NOT NULL,
  grid_id    uuid NOT NULL,
  title      text NOT NULL,
  note       text NOT NULL DEFAULT '',
  route      bytea NOT NULL,
  every      text COLLATE "C" NOT NULL CHECK (every IN ('day', 'workday', 'week', 'month')),
  days       text COLLATE "C" NOT NULL DEFAULT '' CHECK (days ~ '^([0-9]{1,2}( [0-9]{1,2})*)?$'),
  within     smallint NOT NULL DEFAULT 1 CHECK (within BETWEEN 1 AND 31),
  from_on    date NOT NULL,
  to_on      date CHECK (to_on >= from_on),
  next_on    date,
  stopped_at timestamptz,
  made_by    bigint NOT NULL,
  made_at    timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, grid_id) REFERENCES grids (tenant_id, id)
);
COMMENT ON TABLE patrols IS 'Patrols that a grid''s workers walk again and again: where, and how often.';
COMMENT ON COLUMN patrols.route IS 'Points or lines in degrees of CGCS2000, as WKB.';
COMMENT ON COLUMN patrols.days IS 'Of a week: 1 Monday to 7 Sunday. Of a month: 1 to 31, the last day where a month is shorter.';
COMMENT ON COLUMN patrols.within IS 'How many days a round may take, its first included.';
COMMENT ON COLUMN patrols.next_on IS 'Day of the next round; NULL when there is none any more.';
CREATE INDEX patrols_grid ON patrols (tenant_id, grid_id);
SELECT fence('patrols', 'SELECT, INSERT, UPDATE', '');

CREATE TABLE patrol_rounds (
  tenant_id int NOT NULL,
  id        uuid NOT NULL,
  patrol_id uuid NOT NULL,
  due_on    date NOT NULL,
  until_on  date NOT NULL,
  state     text COLLATE "C" NOT NULL CHECK (state IN ('open', 'done', 'missed')),
  found     boolean NOT NULL DEFAULT false,
  done_by   bigint,
  done_at   timestamptz,
  words     bytea,
  spots     bytea,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, patrol_id) REFERENCES patrols (tenant_id, id)
);
COMMENT ON TABLE patrol_rounds IS 'One round of a patrol, from the day it was due. Of the walk itself nothing is kept but the report.';
COMMENT ON COLUMN patrol_rounds.until_on IS 'Last day on which it can be done in time.';
COMMENT ON COLUMN patrol_rounds.found IS 'The worker found something amiss.';
COMMENT ON COLUMN patrol_rounds.words IS 'The report.';
COMMENT ON COLUMN patrol_rounds.spots IS 'Places that the worker chose to report, as WKB; never a track.';
CREATE UNIQUE INDEX patrol_rounds_due ON patrol_rounds (tenant_id, patrol_id, due_on);
CREATE INDEX patrol_rounds_open ON patrol_rounds (tenant_id, until_on) WHERE state = 'open';
SELECT fence('patrol_rounds', 'SELECT, INSERT, UPDATE (state, found, done_by, done_at, words, spots)', '');

ALTER TABLE cases ADD COLUMN grid text COLLATE "C" NOT NULL DEFAULT '';
COMMENT ON COLUMN cases.grid IS 'Code of the grid in which the matter lay on the day of its report. It stays when grids are drawn anew.';
CREATE INDEX cases_grid ON cases (tenant_id, grid, reported_at DESC, id DESC) WHERE grid <> '';
