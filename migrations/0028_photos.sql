-- +goose Up
-- Content of files leaves the tables for the blob store; photos of cases.

ALTER TABLE files ADD COLUMN blob uuid, ADD COLUMN secret bytea;
ALTER TABLE files ALTER COLUMN owner DROP NOT NULL;
ALTER TABLE files ALTER COLUMN expires_at DROP NOT NULL;
COMMENT ON TABLE files IS 'What is known of files, whose content lies sealed in the blob store: exports made for one person, photos of cases.';
COMMENT ON COLUMN files.owner IS 'The only person who may have it; NULL where what it belongs to says who.';
COMMENT ON COLUMN files.blob IS 'Under which number its content lies. NULL of a file from before 0028, which nobody can read any more and which expires within seven days.';
COMMENT ON COLUMN files.secret IS 'Key of the content, sealed.';
COMMENT ON COLUMN files.expires_at IS 'When it is deleted; NULL: with what it belongs to.';
CREATE UNIQUE INDEX files_blob ON files (tenant_id, blob);
COMMENT ON INDEX files_blob IS 'For finding content that no file knows of.';
GRANT UPDATE (secret) ON files TO wanjie_tenant;
COMMENT ON TABLE file_parts IS 'Content of files from before 0028, which expire within seven days; then this table goes.';

CREATE TABLE case_photos (
  tenant_id   int NOT NULL,
  id          uuid NOT NULL,
  case_id     uuid,
  handover_id uuid,
  phase       text COLLATE "C" NOT NULL CHECK (phase IN ('before', 'after', 'check')),
  large       uuid,
  small       uuid,
  width       int NOT NULL,
  height      int NOT NULL,
  added_by    bigint NOT NULL,
  added_at    timestamptz NOT NULL,
  removed_by  bigint,
  removed_at  timestamptz,
  reason      bytea,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id),
  FOREIGN KEY (tenant_id, large) REFERENCES files (tenant_id, id),
  FOREIGN KEY (tenant_id, small) REFERENCES files (tenant_id, id)
);
COMMENT ON TABLE case_photos IS 'Photos of cases: before, after, and at the check. A removed one keeps its row and loses its files.';
COMMENT ON COLUMN case_photos.case_id IS 'NULL of one that came with a handover that nobody has accepted yet.';
COMMENT ON COLUMN case_photos.handover_id IS 'By which handover it came from another tenant.';
COMMENT ON COLUMN case_photos.large IS 'File with its longest side of at most 2048 pixels; NULL once removed.';
COMMENT ON COLUMN case_photos.small IS 'File for lists, of at most 320 pixels; NULL once removed.';
COMMENT ON COLUMN case_photos.width IS 'Of the large one, in pixels.';
COMMENT ON COLUMN case_photos.added_by IS 'A person, or 0 for the product: it came with a handover.';
COMMENT ON COLUMN case_photos.reason IS 'Why it was removed, sealed.';
CREATE INDEX case_photos_case ON case_photos (tenant_id, case_id, added_at);
CREATE INDEX case_photos_handover ON case_photos (tenant_id, handover_id) WHERE handover_id IS NOT NULL;
SELECT fence('case_photos', 'SELECT, INSERT, UPDATE (case_id, large, small, removed_by, removed_at, reason)');
