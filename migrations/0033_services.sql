-- +goose Up
-- Bookings of service items: residents ask for somebody to do it for them, or to come to their home.

CREATE TABLE service_bookings (
  tenant_id    int NOT NULL,
  id           uuid NOT NULL,
  number       text COLLATE "C" NOT NULL,
  item         text COLLATE "C" NOT NULL,
  kind         text COLLATE "C" NOT NULL CHECK (kind IN ('agency', 'home')),
  person       bigint NOT NULL,
  day          date NOT NULL,
  slot         text COLLATE "C" NOT NULL,
  state        text COLLATE "C" NOT NULL CHECK (state IN ('booked', 'taken', 'done', 'cancelled')),
  made_at      timestamptz NOT NULL,
  taken_by     bigint,
  taken_at     timestamptz,
  done_by      bigint,
  done_at      timestamptz,
  cancelled_by bigint,
  cancelled_at timestamptz,
  rating       smallint CHECK (rating BETWEEN 1 AND 5),
  rated_at     timestamptz,
  name         bytea,
  phone        bytea,
  address      bytea,
  note         bytea,
  result       bytea,
  reason       bytea,
  rating_words bytea,
  PRIMARY KEY (tenant_id, id),
  CHECK ((done_at IS NULL) = (state <> 'done')),
  CHECK ((cancelled_at IS NULL) = (state <> 'cancelled')),
  CHECK ((rating IS NULL) = (rated_at IS NULL)),
  CHECK (rating IS NULL OR state = 'done')
);
COMMENT ON TABLE service_bookings IS 'A resident''s booking of help with a service item: agency (done for them) or home (somebody comes).';
COMMENT ON COLUMN service_bookings.number IS 'For people: the day that is booked and a counter, 20261123-B001.';
COMMENT ON COLUMN service_bookings.item IS 'Key of the service item in the blueprint; retired ones are still found.';
COMMENT ON COLUMN service_bookings.person IS 'Our own number of the resident who booked.';
COMMENT ON COLUMN service_bookings.slot IS 'When it begins, 15:04 in Asia/Shanghai: an hour of the working calendar.';
COMMENT ON COLUMN service_bookings.rating IS 'Of the finished work by the resident, once: 5 very satisfied to 1 very dissatisfied.';
COMMENT ON COLUMN service_bookings.reason IS 'Why it was cancelled; sealed.';
CREATE UNIQUE INDEX service_bookings_number ON service_bookings (tenant_id, number);
CREATE INDEX service_bookings_day ON service_bookings (tenant_id, day, slot, id);
CREATE INDEX service_bookings_own ON service_bookings (tenant_id, person, made_at DESC);
CREATE INDEX service_bookings_poor ON service_bookings (tenant_id, rated_at DESC) WHERE rating <= 2;
SELECT fence('service_bookings', 'SELECT, INSERT, UPDATE', '');
