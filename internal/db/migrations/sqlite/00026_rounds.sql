-- +goose Up

-- Going round ------------------------------------------------------------------------------

-- A round: everybody who is there is asked in turn about what is talked about, once.
CREATE TABLE meeting_rounds (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id   INTEGER NOT NULL REFERENCES groups (id),
  meeting_id INTEGER NOT NULL REFERENCES meetings (id),
  item_id    INTEGER NOT NULL REFERENCES meeting_items (id),
  by_id      INTEGER NOT NULL REFERENCES members (id), -- who facilitated
  question   TEXT    NOT NULL,
  seconds    INTEGER NOT NULL,           -- for each
  state      TEXT    NOT NULL,           -- open, done, stopped
  opens_at   INTEGER NOT NULL,
  ended_at   INTEGER,
  people     INTEGER NOT NULL,           -- who were asked
  turns      INTEGER NOT NULL DEFAULT 0  -- who spoke; 0 until it is over
) STRICT;
CREATE INDEX meeting_rounds_of ON meeting_rounds (meeting_id, id);
CREATE UNIQUE INDEX meeting_rounds_open ON meeting_rounds (meeting_id) WHERE state = 'open';

-- A turn in a round is a hand that nobody had to raise. It goes with the others.
ALTER TABLE meeting_hands ADD COLUMN round_id INTEGER REFERENCES meeting_rounds (id);
ALTER TABLE meeting_hands ADD COLUMN later INTEGER NOT NULL DEFAULT 0; -- somebody would rather come at the end of the round

-- +goose StatementBegin
CREATE TRIGGER meeting_rounds_update BEFORE UPDATE ON meeting_rounds
WHEN OLD.state <> 'open' OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.meeting_id <> OLD.meeting_id OR NEW.item_id <> OLD.item_id OR NEW.question <> OLD.question OR NEW.seconds <> OLD.seconds OR NEW.opens_at <> OLD.opens_at
BEGIN SELECT RAISE(ABORT, 'a round is never edited once it is over'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER meeting_rounds_delete BEFORE DELETE ON meeting_rounds
BEGIN SELECT RAISE(ABORT, 'a round is never removed'); END;
-- +goose StatementEnd
