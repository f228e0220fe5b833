-- +goose Up
-- What a closed case still owes: a call-back that was drawn for it, and the reply to the order that it came by.

ALTER TABLE cases
  ADD COLUMN owes_call  boolean NOT NULL DEFAULT true,
  ADD COLUMN call_at    timestamptz,
  ADD COLUMN call_by    timestamptz,
  ADD COLUMN uncalled   boolean NOT NULL DEFAULT false,
  ADD COLUMN owes_reply boolean NOT NULL DEFAULT false,
  ADD COLUMN unreplied  boolean NOT NULL DEFAULT false;
-- Every case that stands closed today waits for a call-back; of all others nobody asks. A row written from now on says it.
ALTER TABLE cases ALTER COLUMN owes_call SET DEFAULT false;
COMMENT ON COLUMN cases.owes_call IS 'Of a closed case: it was drawn for a call-back, which is not over. Decided by lot with the closing act, never by hand.';
COMMENT ON COLUMN cases.call_at IS 'When the petitioner is called at the earliest: a while after closing, and after a call that reached nobody.';
COMMENT ON COLUMN cases.call_by IS 'By when the call-back should be over.';
COMMENT ON COLUMN cases.uncalled IS 'It was not over by then.';
COMMENT ON COLUMN cases.owes_reply IS 'Of a closed or answered case that came from above: its reply is not sent. Until then it is not archived.';
COMMENT ON COLUMN cases.unreplied IS 'No reply had been sent the configured lead before the deadline from above.';
CREATE INDEX cases_calls ON cases (tenant_id, call_by) WHERE stage = 'closed' AND owes_call;
COMMENT ON INDEX cases_calls IS 'Whom callers call next.';
CREATE INDEX cases_replies ON cases (tenant_id, upper_due) WHERE owes_reply;
COMMENT ON INDEX cases_replies IS 'Whom replies are owed to.';
CREATE INDEX cases_upper ON cases (tenant_id, channel, upper_no) WHERE upper_no <> '';
COMMENT ON INDEX cases_upper IS 'Is an order here already? Not unique: what people entered twice is merged, not refused.';

ALTER TABLE callbacks
  ADD COLUMN round   smallint NOT NULL DEFAULT 0,
  ADD COLUMN ground  text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN choices jsonb,
  ADD COLUMN answers bytea;
CREATE INDEX callbacks_at ON callbacks (tenant_id, at);
COMMENT ON COLUMN callbacks.round IS 'How often the case had been reopened: each closing is called back anew.';
COMMENT ON COLUMN callbacks.ground IS 'Why it is not valid: a reason of the blueprint''s list.';
COMMENT ON COLUMN callbacks.choices IS 'Answers chosen from the questionnaire''s options, by question.';
COMMENT ON COLUMN callbacks.answers IS 'Answers in the petitioner''s own words, by question, sealed.';
SELECT resealable('callbacks', 'answers');

CREATE TABLE replies (
  tenant_id   int NOT NULL,
  id          uuid NOT NULL,
  case_id     uuid NOT NULL,
  attempt     smallint NOT NULL,
  channel     text COLLATE "C" NOT NULL,
  state       text COLLATE "C" NOT NULL CHECK (state IN ('review', 'returned', 'approved', 'sent')),
  contacted   boolean NOT NULL,
  solved      boolean NOT NULL,
  words       bytea NOT NULL,
  drafted_by  bigint NOT NULL,
  drafted_at  timestamptz NOT NULL,
  review_by   timestamptz,
  unreviewed  boolean NOT NULL DEFAULT false,
  reviewed_by bigint,
  reviewed_at timestamptz,
  verdict     bytea,
  seq         bigint NOT NULL DEFAULT 0,
  sent_by     bigint,
  sent_at     timestamptz,
  way         text COLLATE "C" NOT NULL DEFAULT '' CHECK (way IN ('', 'file', 'api')),
  batch       uuid,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id),
  CHECK ((seq > 0) = (state IN ('approved', 'sent')))
);
COMMENT ON TABLE replies IS 'Replies to orders from above: drafted, reviewed by somebody else, sent. A returned draft stays; the next one is a row of its own.';
COMMENT ON COLUMN replies.attempt IS 'Reworks of the case when it was drafted: a reply speaks of one handling, and of no later one.';
COMMENT ON COLUMN replies.channel IS 'Channel of the case: who fetches.';
COMMENT ON COLUMN replies.contacted IS 'The petitioner was contacted, says the drafter; solved likewise.';
COMMENT ON COLUMN replies.review_by IS 'End of the reviewer''s clock; NULL where the route asks for no review.';
COMMENT ON COLUMN replies.unreviewed IS 'Nobody had reviewed it by then.';
COMMENT ON COLUMN replies.seq IS 'Place in the order of approval, from 1, by which the platform above reads on; 0: not approved.';
COMMENT ON COLUMN replies.batch IS 'The answer file in which it was taken.';
CREATE UNIQUE INDEX replies_living ON replies (tenant_id, case_id, attempt) WHERE state <> 'returned';
COMMENT ON INDEX replies_living IS 'One reply to one handling.';
CREATE UNIQUE INDEX replies_seq ON replies (tenant_id, seq) WHERE seq > 0;
CREATE INDEX replies_review ON replies (tenant_id, review_by) WHERE state = 'review';
CREATE INDEX replies_ready ON replies (tenant_id, channel, seq) WHERE state = 'approved';
CREATE INDEX replies_batch ON replies (tenant_id, batch) WHERE batch IS NOT NULL;
SELECT fence('replies', 'SELECT, INSERT, UPDATE', '');
