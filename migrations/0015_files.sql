-- +goose Up
-- Files that the product makes for its people, and the exports of cases.

CREATE TABLE files (
  tenant_id  int NOT NULL,
  id         uuid NOT NULL,
  owner      bigint NOT NULL,
  name       bytea NOT NULL,
  kind       text NOT NULL,
  size       bigint NOT NULL,
  parts      int NOT NULL,
  made_at    timestamptz NOT NULL,
  ready_at   timestamptz,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
COMMENT ON TABLE files IS 'Files made for one person each, such as exports to be fetched; deleted once expired.';
COMMENT ON COLUMN files.owner IS 'The only person who may have it.';
COMMENT ON COLUMN files.kind IS 'Content type.';
COMMENT ON COLUMN files.ready_at IS 'When it was whole; NULL while it is being written, and then nobody sees it.';
CREATE INDEX files_expiry ON files (expires_at);
COMMENT ON INDEX files_expiry IS 'For deleting what has expired, over all tenants.';
SELECT fence('files', 'SELECT, INSERT, UPDATE (name, size, parts, ready_at, expires_at), DELETE', 'SELECT (tenant_id, id, expires_at), DELETE');

CREATE TABLE file_parts (
  tenant_id int NOT NULL,
  id        uuid NOT NULL,
  file_id   uuid NOT NULL,
  n         int NOT NULL,
  body      bytea NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, file_id) REFERENCES files (tenant_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE file_parts IS 'Content of files, in parts, each sealed for its file and its place there.';
COMMENT ON COLUMN file_parts.id IS 'Made from file_id and n, so that a part opens in its own place only.';
CREATE UNIQUE INDEX file_parts_place ON file_parts (tenant_id, file_id, n);
ALTER TABLE file_parts ALTER COLUMN body SET STORAGE EXTERNAL;
COMMENT ON COLUMN file_parts.body IS 'Sealed, so it is stored without a try to compress it.';
SELECT fence('file_parts', 'SELECT, INSERT', '');
SELECT resealable('file_parts', 'body');

CREATE TABLE case_exports (
  tenant_id  int NOT NULL,
  id         uuid NOT NULL,
  person     bigint NOT NULL,
  format     text COLLATE "C" NOT NULL CHECK (format IN ('csv', 'xlsx')),
  wish       bytea NOT NULL,
  entire     boolean NOT NULL,
  purpose    text COLLATE "C" NOT NULL DEFAULT '',
  state      text COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
  run        smallint NOT NULL DEFAULT 1,
  total      int NOT NULL,
  written    int NOT NULL DEFAULT 0,
  why        text NOT NULL DEFAULT '',
  asked_at   timestamptz NOT NULL,
  moved_at   timestamptz NOT NULL,
  done_at    timestamptz,
  expires_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  CHECK (entire = (purpose <> ''))
) WITH (fillfactor = 70);
COMMENT ON TABLE case_exports IS 'Exports of the case list that a job writes. The file has the same id.';
COMMENT ON COLUMN case_exports.wish IS 'What was asked for: filter and language. A filter may hold a phone number.';
COMMENT ON COLUMN case_exports.entire IS 'With petitioner, phone, address and words in full, for a purpose.';
COMMENT ON COLUMN case_exports.run IS 'Which try of the person it is: a job of an earlier one stops.';
COMMENT ON COLUMN case_exports.total IS 'How many cases there were when it was asked for.';
COMMENT ON COLUMN case_exports.written IS 'How many are written.';
COMMENT ON COLUMN case_exports.why IS 'Of a failed one: what the person is told, a catalogue key.';
COMMENT ON COLUMN case_exports.moved_at IS 'Last sign of progress.';
COMMENT ON COLUMN case_exports.expires_at IS 'When the file is gone.';
CREATE INDEX case_exports_person ON case_exports (tenant_id, person, asked_at DESC);
CREATE INDEX case_exports_asked ON case_exports (asked_at);
COMMENT ON INDEX case_exports_asked IS 'For deleting what is long over, over all tenants.';
SELECT fence('case_exports', 'SELECT, INSERT, UPDATE (wish, state, run, total, written, why, moved_at, done_at, expires_at), DELETE', 'SELECT (tenant_id, id, asked_at), DELETE');
