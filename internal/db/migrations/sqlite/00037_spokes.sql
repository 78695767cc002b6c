-- +goose Up

-- Lots that anybody can check --------------------------------------------------------------

-- In a round: the number of whoever begins, in the order in which people came. Of a turn and of a seat: the number that the lot knew somebody by. They go with the others.
ALTER TABLE meeting_rounds ADD COLUMN start INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meeting_hands ADD COLUMN lot INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meeting_seats ADD COLUMN lot INTEGER NOT NULL DEFAULT 0;

DROP TRIGGER meeting_rounds_update;
-- +goose StatementBegin
CREATE TRIGGER meeting_rounds_update BEFORE UPDATE ON meeting_rounds
WHEN OLD.state <> 'open' OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.meeting_id <> OLD.meeting_id OR NEW.item_id <> OLD.item_id OR NEW.question <> OLD.question OR NEW.seconds <> OLD.seconds OR NEW.opens_at <> OLD.opens_at
  OR NEW.start <> OLD.start
BEGIN SELECT RAISE(ABORT, 'a round is never edited once it is over'); END;
-- +goose StatementEnd

-- Spokes -----------------------------------------------------------------------------------

-- Those who are at a large meeting are in groups, and one of each speaks for it about what is talked about.
CREATE TABLE meeting_spokes (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id   INTEGER NOT NULL REFERENCES groups (id),
  meeting_id INTEGER NOT NULL REFERENCES meetings (id),
  item_id    INTEGER NOT NULL REFERENCES meeting_items (id),
  by_id      INTEGER NOT NULL REFERENCES members (id), -- who facilitated, or had asked for it where members decided on it
  circles    INTEGER NOT NULL,           -- how many groups
  people     INTEGER NOT NULL,           -- who were shared out
  state      TEXT    NOT NULL,           -- open, done, stopped
  opens_at   INTEGER NOT NULL,
  ended_at   INTEGER
) STRICT;
CREATE INDEX meeting_spokes_of ON meeting_spokes (meeting_id, id);
CREATE UNIQUE INDEX meeting_spokes_open ON meeting_spokes (meeting_id) WHERE state = 'open';

-- Who speaks for a group. It goes when they are over.
CREATE TABLE meeting_circles (
  spokes_id INTEGER NOT NULL REFERENCES meeting_spokes (id),
  number    INTEGER NOT NULL,
  spoke_id  INTEGER REFERENCES members (id),
  PRIMARY KEY (spokes_id, number)
) STRICT, WITHOUT ROWID;

-- Who is in which group, and whom they would have speak for it. It goes when they are over.
CREATE TABLE meeting_circle_seats (
  spokes_id INTEGER NOT NULL REFERENCES meeting_spokes (id),
  member_id INTEGER NOT NULL REFERENCES members (id),
  number    INTEGER NOT NULL,
  lot       INTEGER NOT NULL, -- the number that the lot knew them by, and in which ties are broken; who came later has one behind all others
  named_id  INTEGER REFERENCES members (id),
  PRIMARY KEY (spokes_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX meeting_circle_seats_of ON meeting_circle_seats (spokes_id, number);

-- +goose StatementBegin
CREATE TRIGGER meeting_spokes_update BEFORE UPDATE ON meeting_spokes
WHEN OLD.state <> 'open' OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.meeting_id <> OLD.meeting_id OR NEW.item_id <> OLD.item_id OR NEW.by_id <> OLD.by_id
  OR NEW.circles <> OLD.circles OR NEW.people <> OLD.people OR NEW.opens_at <> OLD.opens_at
BEGIN SELECT RAISE(ABORT, 'that people spoke through spokes is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER meeting_spokes_delete BEFORE DELETE ON meeting_spokes
BEGIN SELECT RAISE(ABORT, 'that people spoke through spokes is never removed'); END;
-- +goose StatementEnd
