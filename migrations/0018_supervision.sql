-- +goose Up
-- Lights of the handling clock; urging (催办), supervision orders (督办单) and instructions (批示) on cases.

ALTER TABLE cases
  ADD COLUMN warn_at timestamptz,
  ADD COLUMN red_at  timestamptz,
  ADD COLUMN urges      smallint NOT NULL DEFAULT 0,
  ADD COLUMN supervised smallint NOT NULL DEFAULT 0,
  ADD COLUMN instructed smallint NOT NULL DEFAULT 0 CHECK (instructed >= 0);
COMMENT ON COLUMN cases.warn_at IS 'When the light turns yellow (黄灯): a configured share of the handling clock has passed. NULL: never; cases of before this column.';
COMMENT ON COLUMN cases.red_at IS 'When the light turns red (红灯): due_at unless the street wants it earlier. NULL: at due_at.';

COMMENT ON COLUMN cases.urges IS 'How often its units were urged; repeated here, like the two below, because every list shows it.';
COMMENT ON COLUMN cases.supervised IS 'Highest rank among its supervision orders in force (signed or replied to); 0: none.';
COMMENT ON COLUMN cases.instructed IS 'Addressees of instructions who have not reported them done.';

CREATE TABLE urges (
  tenant_id int NOT NULL,
  id        uuid NOT NULL,
  case_id   uuid NOT NULL,
  unit      text COLLATE "C" NOT NULL,
  words     bytea,
  person    bigint NOT NULL,
  auto      boolean NOT NULL DEFAULT false,
  at        timestamptz NOT NULL,
  seen_by   bigint,
  seen_at   timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id)
);
COMMENT ON TABLE urges IS 'Urgings (催办) of the unit that handles a case, with its receipt (已阅).';
COMMENT ON COLUMN urges.unit IS 'Lead unit at that moment; a later one has not been urged.';
COMMENT ON COLUMN urges.words IS 'NULL: the street''s standard words.';
COMMENT ON COLUMN urges.auto IS 'By the product when the light turned yellow; person is the system then.';
CREATE INDEX urges_unseen ON urges (tenant_id, unit) WHERE seen_at IS NULL;
CREATE INDEX urges_case ON urges (tenant_id, case_id, at);
SELECT fence('urges', 'SELECT, INSERT, UPDATE', '');

CREATE TABLE supervision_orders (
  tenant_id   int NOT NULL,
  id          uuid NOT NULL,
  case_id     uuid NOT NULL,
  level       text COLLATE "C" NOT NULL,
  rank        smallint NOT NULL CHECK (rank BETWEEN 1 AND 9),
  number      text COLLATE "C" NOT NULL DEFAULT '',
  unit        text COLLATE "C" NOT NULL,
  class       text COLLATE "C" NOT NULL,
  ground      text COLLATE "C" NOT NULL CHECK (ground IN ('judged', 'overdue', 'repeated', 'missed')),
  words       bytea,
  follows     uuid,
  state       text COLLATE "C" NOT NULL CHECK (state IN ('proposed', 'signed', 'replied', 'settled', 'declined')),
  proposed_by bigint NOT NULL,
  proposed_at timestamptz NOT NULL,
  signed_by   bigint,
  signed_at   timestamptz,
  reply_by    timestamptz,
  missed      boolean NOT NULL DEFAULT false,
  refusals    smallint NOT NULL DEFAULT 0,
  deduct      smallint NOT NULL DEFAULT 0,
  ended_by    bigint,
  ended_at    timestamptz,
  verdict     bytea,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id),
  FOREIGN KEY (tenant_id, follows) REFERENCES supervision_orders (tenant_id, id),
  CHECK ((state IN ('signed', 'replied', 'settled')) = (number <> '')),
  CHECK ((number <> '') = (signed_at IS NOT NULL AND reply_by IS NOT NULL)),
  CHECK ((state IN ('settled', 'declined')) = (ended_at IS NOT NULL))
);
COMMENT ON TABLE supervision_orders IS 'Supervision orders (督办单): proposed, signed or declined, replied to by the unit, judged by the signer''s role.';
COMMENT ON COLUMN supervision_orders.level IS 'Degree of supervision of the blueprint; rank is its rank.';
COMMENT ON COLUMN supervision_orders.number IS 'Drawn when it is signed, in a series of the tenant by the year: 督〔2026〕00012号.';
COMMENT ON COLUMN supervision_orders.unit IS 'The lead unit: of the proposal, and from the signature on of the order.';
COMMENT ON COLUMN supervision_orders.class IS 'Class of the case, repeated here because assessment asks for it.';
COMMENT ON COLUMN supervision_orders.ground IS 'Why: somebody judged so, the case is overdue by the level''s share, it was reported again so often, or the order before it was not answered in time.';
COMMENT ON COLUMN supervision_orders.follows IS 'The order of the degree below that was not answered in time.';
COMMENT ON COLUMN supervision_orders.missed IS 'Not answered by reply_by; stays when an answer comes later, because it is counted.';
COMMENT ON COLUMN supervision_orders.refusals IS 'How many answers were not accepted.';
COMMENT ON COLUMN supervision_orders.deduct IS 'Points in the unit''s assessment, in tenths, by the level when it was signed.';
CREATE UNIQUE INDEX supervision_orders_open ON supervision_orders (tenant_id, case_id, level) WHERE state IN ('proposed', 'signed', 'replied');
COMMENT ON INDEX supervision_orders_open IS 'One open order of a degree for a case.';
CREATE UNIQUE INDEX supervision_orders_number ON supervision_orders (tenant_id, number) WHERE number <> '';
CREATE INDEX supervision_orders_case ON supervision_orders (tenant_id, case_id, proposed_at);
CREATE INDEX supervision_orders_recent ON supervision_orders (tenant_id, proposed_at DESC, id DESC);
CREATE INDEX supervision_orders_signed ON supervision_orders (tenant_id, signed_at) WHERE signed_at IS NOT NULL;
COMMENT ON INDEX supervision_orders_signed IS 'What assessment counts in a period.';
CREATE INDEX supervision_orders_waiting ON supervision_orders (tenant_id, state) WHERE state IN ('proposed', 'signed', 'replied');
SELECT fence('supervision_orders', 'SELECT, INSERT, UPDATE', '');

CREATE TABLE supervision_replies (
  tenant_id int NOT NULL,
  id        uuid NOT NULL,
  order_id  uuid NOT NULL,
  words     bytea NOT NULL,
  person    bigint NOT NULL,
  at        timestamptz NOT NULL,
  accepted  boolean,
  verdict   bytea,
  judged_by bigint,
  judged_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, order_id) REFERENCES supervision_orders (tenant_id, id),
  CHECK ((accepted IS NULL) = (judged_at IS NULL))
);
COMMENT ON TABLE supervision_replies IS 'What the unit answered to a supervision order, and whether the answer was accepted; a refused one is followed by another.';
CREATE INDEX supervision_replies_order ON supervision_replies (tenant_id, order_id, at);
SELECT fence('supervision_replies', 'SELECT, INSERT, UPDATE', '');

CREATE TABLE instructions (
  tenant_id int NOT NULL,
  id        uuid NOT NULL,
  case_id   uuid NOT NULL,
  words     bytea NOT NULL,
  person    bigint NOT NULL,
  at        timestamptz NOT NULL,
  due_at    timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id)
);
COMMENT ON TABLE instructions IS 'A leader''s instruction (批示) on a case. Append-only.';
COMMENT ON COLUMN instructions.due_at IS 'By when it is to be done; NULL: no date was set.';
CREATE INDEX instructions_case ON instructions (tenant_id, case_id, at);
CREATE INDEX instructions_recent ON instructions (tenant_id, at DESC, id DESC);
SELECT fence('instructions', 'SELECT, INSERT', '');
SELECT resealable('instructions', 'words');

CREATE TABLE instruction_addressees (
  tenant_id      int NOT NULL,
  id             uuid NOT NULL,
  instruction_id uuid NOT NULL,
  unit           text COLLATE "C" NOT NULL DEFAULT '',
  done_by        bigint,
  done_at        timestamptz,
  words          bytea,
  missed         boolean NOT NULL DEFAULT false,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, instruction_id) REFERENCES instructions (tenant_id, id),
  CHECK ((done_at IS NULL) = (words IS NULL))
);
COMMENT ON TABLE instruction_addressees IS 'One addressee of an instruction, and what it reports to have done.';
COMMENT ON COLUMN instruction_addressees.unit IS 'Empty: the command centre''s desk.';
COMMENT ON COLUMN instruction_addressees.missed IS 'Not done by the date; stays when it is done later.';
CREATE UNIQUE INDEX instruction_addressees_unit ON instruction_addressees (tenant_id, instruction_id, unit);
CREATE INDEX instruction_addressees_open ON instruction_addressees (tenant_id, unit) WHERE done_at IS NULL;
SELECT fence('instruction_addressees', 'SELECT, INSERT, UPDATE', '');
