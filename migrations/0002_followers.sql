-- +goose Up
-- What follows the journal (cursors, seals, usage, tallies) and what leaves a transaction (outbox, timers, ticks).

CREATE TABLE cursors (
  tenant_id int NOT NULL,
  follower  text COLLATE "C" NOT NULL,
  n         bigint NOT NULL,
  PRIMARY KEY (tenant_id, follower)
) WITH (fillfactor = 50);
COMMENT ON TABLE cursors IS 'How far each follower has read each tenant''s journal; moved in the transaction of the follower''s effect.';
COMMENT ON COLUMN cursors.n IS 'Number of the newest act whose effect is written. A missing row means 0.';
SELECT fence('cursors', '', 'SELECT, INSERT, UPDATE, DELETE');
CREATE POLICY vendor ON cursors FOR SELECT TO wanjie_vendor USING (true);
GRANT SELECT ON cursors TO wanjie_vendor;

CREATE TABLE seals (
  tenant_id int NOT NULL,
  upto      bigint NOT NULL,
  hash      bytea NOT NULL CHECK (length(hash) = 32),
  ord       bigint GENERATED ALWAYS AS IDENTITY,
  made_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, upto)
);
COMMENT ON TABLE seals IS 'SM3 chain over each tenant''s journal, in segments: hash = SM3(previous hash, encoding of each act after it up to upto). Append-only for every role.';
COMMENT ON COLUMN seals.ord IS 'Order of writing in this placement; a daily root covers the seals up to an ord, whatever the clocks say.';
SELECT fence('seals', 'SELECT', 'SELECT, INSERT');

CREATE TABLE ctl.roots (
  day       date PRIMARY KEY,
  hash      bytea NOT NULL CHECK (length(hash) = 32),
  signature bytea NOT NULL,
  key       bytea NOT NULL,
  ord       bigint NOT NULL,
  tenants   int NOT NULL,
  acts      bigint NOT NULL,
  made_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE ctl.roots IS 'Daily root over the newest seal of every tenant of this placement, signed by the key service. The same line is appended to a file outside the database.';
COMMENT ON COLUMN ctl.roots.key IS 'Public key of the signature, PKIX DER.';
COMMENT ON COLUMN ctl.roots.ord IS 'The root covers each tenant''s newest seal up to this seals.ord.';
GRANT SELECT, INSERT ON ctl.roots TO wanjie_system;
GRANT SELECT ON ctl.roots TO wanjie_vendor;

CREATE TABLE usage (
  tenant_id int NOT NULL,
  day       date NOT NULL,
  meter     text COLLATE "C" NOT NULL,
  qty       bigint NOT NULL,
  PRIMARY KEY (tenant_id, day, meter)
) WITH (fillfactor = 70);
COMMENT ON TABLE usage IS 'Metered usage by Asia/Shanghai day of recorded_at, written by the meter follower alone.';
CREATE INDEX usage_day ON usage (day);
COMMENT ON INDEX usage_day IS 'The vendor''s question: everybody''s usage of a month. Hence not led by tenant_id.';
SELECT fence('usage', 'SELECT', 'SELECT, INSERT, UPDATE, DELETE');
CREATE POLICY vendor ON usage FOR SELECT TO wanjie_vendor USING (true);
GRANT SELECT ON usage TO wanjie_vendor;

-- One row per single dimension and not per combination: a board asks one dimension at a time, and a
-- year of it must be a few thousand rows.
CREATE TABLE tallies (
  tenant_id int NOT NULL,
  day       date NOT NULL,
  dim       text COLLATE "C" NOT NULL,
  key       text COLLATE "C" NOT NULL,
  district  int NOT NULL,
  received  int NOT NULL DEFAULT 0,
  closed    int NOT NULL DEFAULT 0,
  on_time   int NOT NULL DEFAULT 0,
  overdue   int NOT NULL DEFAULT 0,
  late      int NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, day, dim, key)
) WITH (fillfactor = 70);
COMMENT ON TABLE tallies IS 'Counts of cases by day and one dimension, added up from the journal''s before and after; rollups read nothing else.';
COMMENT ON COLUMN tallies.dim IS 'all, class, unit, channel or community; under all the key is empty.';
COMMENT ON COLUMN tallies.closed IS 'Closed on this day, on time or overdue; received, on the other hand, counts on the day of receipt.';
COMMENT ON COLUMN tallies.late IS 'Open now and past the deadline, counted on the day of receipt: a stock, so its sum over all days is today''s figure.';
CREATE INDEX tallies_district ON tallies (district, dim, day);
COMMENT ON INDEX tallies_district IS 'The district board reads across its tenants. Without the counts in it, so that counting up touches no index.';
SELECT fence('tallies', 'SELECT', 'SELECT, INSERT, UPDATE, DELETE');
CREATE POLICY district ON tallies FOR SELECT TO wanjie_district USING (district = wj_district());
GRANT SELECT ON tallies TO wanjie_district;

CREATE TABLE tally_months (
  tenant_id int NOT NULL,
  month     date NOT NULL CHECK (extract(day FROM month) = 1),
  dim       text COLLATE "C" NOT NULL,
  key       text COLLATE "C" NOT NULL,
  district  int NOT NULL,
  received  int NOT NULL DEFAULT 0,
  closed    int NOT NULL DEFAULT 0,
  on_time   int NOT NULL DEFAULT 0,
  overdue   int NOT NULL DEFAULT 0,
  late      int NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, month, dim, key)
) WITH (fillfactor = 70);
COMMENT ON TABLE tally_months IS 'tallies added up by month, written in the same statement.';
CREATE INDEX tally_months_district ON tally_months (district, dim, month);
COMMENT ON INDEX tally_months_district IS 'As tallies_district.';
SELECT fence('tally_months', 'SELECT', 'SELECT, INSERT, UPDATE, DELETE');
CREATE POLICY district ON tally_months FOR SELECT TO wanjie_district USING (district = wj_district());
GRANT SELECT ON tally_months TO wanjie_district;

CREATE TABLE labels (
  tenant_id int NOT NULL,
  dim       text COLLATE "C" NOT NULL,
  key       text COLLATE "C" NOT NULL,
  district  int NOT NULL,
  label     text NOT NULL,
  PRIMARY KEY (tenant_id, dim, key)
);
COMMENT ON TABLE labels IS 'What a tenant calls the keys in its tallies, as of its newest act, so that a district can name them without reading the tenant''s configuration.';
CREATE INDEX labels_district ON labels (district, dim);
COMMENT ON INDEX labels_district IS 'The district board names the keys of all its tenants.';
SELECT fence('labels', 'SELECT', 'SELECT, INSERT, UPDATE, DELETE');
CREATE POLICY district ON labels FOR SELECT TO wanjie_district USING (district = wj_district());
GRANT SELECT ON labels TO wanjie_district;

CREATE TABLE outbox (
  tenant_id  int NOT NULL,
  id         uuid NOT NULL,
  queue      text COLLATE "C" NOT NULL CHECK (queue IN ('critical', 'default', 'bulk')),
  kind       text COLLATE "C" NOT NULL,
  payload    jsonb NOT NULL,
  made_at    timestamptz NOT NULL DEFAULT now(),
  next_at    timestamptz NOT NULL DEFAULT now(),
  sent_at    timestamptz,
  sends      int NOT NULL DEFAULT 0,
  held_until timestamptz,
  attempts   int NOT NULL DEFAULT 0,
  error      text NOT NULL DEFAULT '',
  done_at    timestamptz,
  skipped    boolean NOT NULL DEFAULT false,
  failed_at  timestamptz,
  PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 70);
COMMENT ON TABLE outbox IS 'Jobs, written in the transaction that wants them. Redis only carries them: whatever it forgets is sent again from here.';
COMMENT ON COLUMN outbox.tenant_id IS '0: a job of the deployment itself.';
COMMENT ON COLUMN outbox.payload IS 'Numbers and ids for the handler; never personal data, unless sealed with the tenant''s key.';
COMMENT ON COLUMN outbox.next_at IS 'When to send it, or, once sent, when to believe it lost.';
COMMENT ON COLUMN outbox.sent_at IS 'With Redis or a worker since; NULL while it waits here.';
COMMENT ON COLUMN outbox.held_until IS 'A worker is calling the outside world until then; a second delivery stands back.';
COMMENT ON COLUMN outbox.skipped IS 'Done without effect, because the module was switched off.';
COMMENT ON COLUMN outbox.failed_at IS 'Given up after the kind''s number of attempts; waits for a person.';
CREATE INDEX outbox_open ON outbox (queue, tenant_id, next_at) WHERE done_at IS NULL AND failed_at IS NULL;
COMMENT ON INDEX outbox_open IS 'The relay goes round the tenants of one queue. Led by queue, so that bulk never stands before critical.';
CREATE INDEX outbox_failed ON outbox (failed_at) WHERE failed_at IS NOT NULL;
COMMENT ON INDEX outbox_failed IS 'The vendor''s failed list, over all tenants.';
CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL;
COMMENT ON INDEX outbox_done IS 'For deleting what is long done, over all tenants.';
SELECT fence('outbox', 'SELECT, INSERT, UPDATE (next_at, sent_at, held_until, attempts, error, done_at, skipped, failed_at)',
  'SELECT, INSERT, UPDATE, DELETE');
CREATE POLICY vendor ON outbox FOR SELECT TO wanjie_vendor USING (true);
CREATE POLICY vendor_retry ON outbox FOR UPDATE TO wanjie_vendor USING (true) WITH CHECK (true);
GRANT SELECT (tenant_id, id, queue, kind, made_at, next_at, sent_at, sends, held_until, attempts, error, done_at, skipped, failed_at),
  UPDATE (next_at, sent_at, held_until, attempts, failed_at) ON outbox TO wanjie_vendor;

CREATE TABLE timers (
  tenant_id int NOT NULL,
  id        uuid NOT NULL,
  kind      text COLLATE "C" NOT NULL,
  object_id uuid NOT NULL,
  due_at    timestamptz NOT NULL,
  next_at   timestamptz NOT NULL,
  attempts  int NOT NULL DEFAULT 0,
  error     text NOT NULL DEFAULT '',
  done_at   timestamptz,
  cancelled boolean NOT NULL DEFAULT false,
  PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 70);
COMMENT ON TABLE timers IS 'Deadlines. Each becomes an act within two seconds of due_at; the handler''s transaction marks it done.';
COMMENT ON COLUMN timers.next_at IS 'due_at at first; while a timekeeper works on it or after a failure, when to try again.';
CREATE UNIQUE INDEX timers_open ON timers (tenant_id, object_id, kind) WHERE done_at IS NULL;
COMMENT ON INDEX timers_open IS 'An object has at most one open timer of a kind; reminding again moves it.';
CREATE INDEX timers_due ON timers (next_at) WHERE done_at IS NULL;
COMMENT ON INDEX timers_due IS 'The timekeeper''s question, over all tenants: what is due? Hence not led by tenant_id.';
CREATE INDEX timers_done ON timers (done_at) WHERE done_at IS NOT NULL;
COMMENT ON INDEX timers_done IS 'For deleting what is long done, over all tenants.';
SELECT fence('timers', 'SELECT, INSERT, UPDATE (due_at, next_at, attempts, error, done_at, cancelled)', 'SELECT, UPDATE, DELETE');
CREATE POLICY vendor ON timers FOR SELECT TO wanjie_vendor USING (true);
GRANT SELECT (tenant_id, id, kind, due_at, next_at, attempts, error, done_at, cancelled) ON timers TO wanjie_vendor;

CREATE TABLE ctl.ticks (
  name    text COLLATE "C" NOT NULL,
  tick_at timestamptz NOT NULL,
  PRIMARY KEY (name, tick_at)
);
COMMENT ON TABLE ctl.ticks IS 'Periodic work: whoever inserts the row of a tick adds its job, so any number of processes may tick.';
GRANT SELECT, INSERT, DELETE ON ctl.ticks TO wanjie_system;

CREATE INDEX requests_made ON requests USING brin (made_at);
COMMENT ON INDEX requests_made IS 'For deleting replies after 90 days; rows lie in order of made_at, so a range index of a few pages does.';
