-- +goose Up
-- What became of the text messages about a case, for those who work on it. The messages themselves lie with the deployment.
CREATE TABLE case_messages (
  tenant_id  int NOT NULL,
  id         uuid NOT NULL,
  case_id    uuid NOT NULL,
  purpose    text COLLATE "C" NOT NULL,
  state      text COLLATE "C" NOT NULL CHECK (state IN ('sent', 'failed')),
  at         timestamptz NOT NULL,
  receipt    text COLLATE "C" NOT NULL DEFAULT '' CHECK (receipt IN ('', 'waiting', 'delivered', 'undelivered', 'unknown')),
  receipt_at timestamptz,
  said       text COLLATE "C" NOT NULL DEFAULT '',
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id)
);
COMMENT ON TABLE case_messages IS 'What became of text messages about cases; never the words nor the telephone.';
COMMENT ON COLUMN case_messages.id IS 'That of the message in ctl.messages, which goes after thirty days while this stays.';
COMMENT ON COLUMN case_messages.purpose IS 'Text of the blueprint.';
COMMENT ON COLUMN case_messages.state IS 'Left, or given up.';
COMMENT ON COLUMN case_messages.at IS 'When it left or was given up.';
COMMENT ON COLUMN case_messages.receipt IS 'What the provider said of its arrival; empty: nobody will say.';
COMMENT ON COLUMN case_messages.receipt_at IS 'When it arrived, or did not; NULL until that is known.';
COMMENT ON COLUMN case_messages.said IS 'Code of the provider.';
CREATE INDEX case_messages_case ON case_messages (tenant_id, case_id, at);
SELECT fence('case_messages', 'SELECT, INSERT, UPDATE (state, at, receipt, receipt_at, said)');

-- Nobody looks messages up by their case any more.
DROP INDEX ctl.messages_about;
