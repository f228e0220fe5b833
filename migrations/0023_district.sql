-- +goose Up
-- What a district's board asks for beyond received and closed: the base of the rates, ages, flows and call-backs.

ALTER TABLE tallies
  ADD COLUMN due int NOT NULL DEFAULT 0,
  ADD COLUMN met int NOT NULL DEFAULT 0,
  ADD COLUMN open int NOT NULL DEFAULT 0,
  ADD COLUMN suspended int NOT NULL DEFAULT 0,
  ADD COLUMN returned int NOT NULL DEFAULT 0,
  ADD COLUMN reopened int NOT NULL DEFAULT 0,
  ADD COLUMN repeated int NOT NULL DEFAULT 0,
  ADD COLUMN handed_in int NOT NULL DEFAULT 0,
  ADD COLUMN handed_out int NOT NULL DEFAULT 0,
  ADD COLUMN called int NOT NULL DEFAULT 0,
  ADD COLUMN contacted int NOT NULL DEFAULT 0,
  ADD COLUMN solved int NOT NULL DEFAULT 0,
  ADD COLUMN satisfied int NOT NULL DEFAULT 0,
  ADD COLUMN basically int NOT NULL DEFAULT 0;
ALTER TABLE tally_months
  ADD COLUMN due int NOT NULL DEFAULT 0,
  ADD COLUMN met int NOT NULL DEFAULT 0,
  ADD COLUMN open int NOT NULL DEFAULT 0,
  ADD COLUMN suspended int NOT NULL DEFAULT 0,
  ADD COLUMN returned int NOT NULL DEFAULT 0,
  ADD COLUMN reopened int NOT NULL DEFAULT 0,
  ADD COLUMN repeated int NOT NULL DEFAULT 0,
  ADD COLUMN handed_in int NOT NULL DEFAULT 0,
  ADD COLUMN handed_out int NOT NULL DEFAULT 0,
  ADD COLUMN called int NOT NULL DEFAULT 0,
  ADD COLUMN contacted int NOT NULL DEFAULT 0,
  ADD COLUMN solved int NOT NULL DEFAULT 0,
  ADD COLUMN satisfied int NOT NULL DEFAULT 0,
  ADD COLUMN basically int NOT NULL DEFAULT 0;
ALTER TABLE tally_years
  ADD COLUMN due int NOT NULL DEFAULT 0,
  ADD COLUMN met int NOT NULL DEFAULT 0,
  ADD COLUMN open int NOT NULL DEFAULT 0,
  ADD COLUMN suspended int NOT NULL DEFAULT 0,
  ADD COLUMN returned int NOT NULL DEFAULT 0,
  ADD COLUMN reopened int NOT NULL DEFAULT 0,
  ADD COLUMN repeated int NOT NULL DEFAULT 0,
  ADD COLUMN handed_in int NOT NULL DEFAULT 0,
  ADD COLUMN handed_out int NOT NULL DEFAULT 0,
  ADD COLUMN called int NOT NULL DEFAULT 0,
  ADD COLUMN contacted int NOT NULL DEFAULT 0,
  ADD COLUMN solved int NOT NULL DEFAULT 0,
  ADD COLUMN satisfied int NOT NULL DEFAULT 0,
  ADD COLUMN basically int NOT NULL DEFAULT 0;
COMMENT ON COLUMN tallies.due IS 'Cases whose deadline falls on this day (应结): the base of the rates, whether closed or not.';
COMMENT ON COLUMN tallies.met IS 'Of due, those closed on time.';
COMMENT ON COLUMN tallies.open IS 'Received and not closed, counted on the day of receipt: a stock, so its sum up to a day says how many are older.';
COMMENT ON COLUMN tallies.suspended IS 'Open with the clock standing still, counted on the day of receipt: a stock.';
COMMENT ON COLUMN tallies.returned IS 'Given back by their unit on this day, counted under that unit.';
COMMENT ON COLUMN tallies.reopened IS 'Taken up again on this day, because a call-back found them unsolved.';
COMMENT ON COLUMN tallies.repeated IS 'Merged on this day into a case that was there: the same matter reported again.';
COMMENT ON COLUMN tallies.handed_in IS 'Taken over from another tenant on this day.';
COMMENT ON COLUMN tallies.handed_out IS 'Handed over to another tenant on this day.';
COMMENT ON COLUMN tallies.called IS 'Valid call-backs on this day, the base of the three rates.';
COMMENT ON COLUMN tallies.contacted IS 'Of called: the unit had been in touch with the petitioner.';
COMMENT ON COLUMN tallies.solved IS 'Of called: solved, in the petitioners word.';
COMMENT ON COLUMN tallies.satisfied IS 'Of called: satisfied.';
COMMENT ON COLUMN tallies.basically IS 'Of called: basically satisfied.';

-- The journal says all of this of the past too, as far as it was told: the follower makes the tallies anew, a few ten
-- thousand acts a second, and boards say meanwhile how much they are behind. Stop older workers first: theirs would
-- count without the new columns. Row level security binds the owner too; for this one statement it must see what is there.
TRUNCATE tallies, tally_months, tally_years;
ALTER TABLE cursors NO FORCE ROW LEVEL SECURITY;
DELETE FROM cursors WHERE follower = 'tally';
ALTER TABLE cursors FORCE ROW LEVEL SECURITY;

ALTER TABLE cases ADD COLUMN telling smallint NOT NULL DEFAULT 1;
COMMENT ON COLUMN cases.telling IS 'What its acts tell, for ever: 1 all but the deadline''s day, 2 that too. A case of before keeps to 1, or its next act would take away what none has added.';
