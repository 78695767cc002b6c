-- +goose Up

-- Resolution groups ------------------------------------------------------------------------

-- The secret of the lot by which one more is drawn to resolve a block, promised as the call opens.
CREATE TABLE resolution_lots (
  ballot_id INTEGER NOT NULL PRIMARY KEY REFERENCES ballots (id),
  drawn     INTEGER NOT NULL DEFAULT 0, -- how often
  secret    BLOB    NOT NULL
) STRICT;

-- Those who try to resolve a block.
CREATE TABLE resolutions (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id  INTEGER NOT NULL REFERENCES groups (id),
  motion_id INTEGER NOT NULL REFERENCES motions (id),
  ballot_id INTEGER NOT NULL REFERENCES ballots (id), -- the call that was blocked
  version   INTEGER NOT NULL,          -- of the words that were called on
  stops     INTEGER NOT NULL,          -- the block stops the decision
  meetings  INTEGER NOT NULL,          -- how many there can be
  people    INTEGER NOT NULL,          -- in the lot
  draw      INTEGER NOT NULL,          -- which lot of the call it was; 0: there was none
  secret    TEXT    NOT NULL,          -- of that lot, which is published
  state     TEXT    NOT NULL,          -- open, joint, lifted, over
  joint     INTEGER NOT NULL DEFAULT 0, -- the version that they agree on
  opens_at  INTEGER NOT NULL,
  until_at  INTEGER NOT NULL,
  ended_at  INTEGER
) STRICT;
CREATE INDEX resolutions_of ON resolutions (motion_id, id);
CREATE INDEX resolutions_in ON resolutions (group_id, id);
CREATE UNIQUE INDEX resolutions_open ON resolutions (motion_id) WHERE state = 'open';
CREATE INDEX resolutions_due ON resolutions (until_at) WHERE state = 'open';

-- Who they are.
CREATE TABLE resolution_seats (
  resolution_id INTEGER NOT NULL REFERENCES resolutions (id),
  member_id     INTEGER NOT NULL REFERENCES members (id),
  part          TEXT    NOT NULL,      -- mover, blocker, drawn
  number        INTEGER NOT NULL,      -- by which the lot knew them
  state         TEXT    NOT NULL,      -- sits, passed, lifted, left
  PRIMARY KEY (resolution_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX resolution_seats_of ON resolution_seats (member_id) WHERE state = 'sits';

-- Who has which number in the lot, and in which order it put them. It goes when the group is done.
CREATE TABLE resolution_pool (
  resolution_id INTEGER NOT NULL REFERENCES resolutions (id),
  number        INTEGER NOT NULL,
  member_id     INTEGER NOT NULL REFERENCES members (id),
  turn          INTEGER NOT NULL,
  PRIMARY KEY (resolution_id, turn)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX resolution_pool_of ON resolution_pool (resolution_id, member_id);

-- What they say to all members.
CREATE TABLE resolution_words (
  resolution_id INTEGER NOT NULL REFERENCES resolutions (id),
  n             INTEGER NOT NULL,
  member_id     INTEGER NOT NULL REFERENCES members (id),
  how           TEXT    NOT NULL,      -- meets, difference, behind
  text          TEXT    NOT NULL,
  on_at         INTEGER,               -- when they meet
  version       INTEGER NOT NULL,      -- behind which they are
  at            INTEGER NOT NULL,
  PRIMARY KEY (resolution_id, n)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER resolutions_update BEFORE UPDATE ON resolutions
WHEN OLD.state <> 'open' OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.motion_id <> OLD.motion_id OR NEW.ballot_id <> OLD.ballot_id OR NEW.version <> OLD.version OR NEW.stops <> OLD.stops
  OR NEW.meetings <> OLD.meetings OR NEW.people <> OLD.people OR NEW.draw <> OLD.draw OR NEW.secret <> OLD.secret OR NEW.opens_at <> OLD.opens_at OR NEW.until_at <> OLD.until_at
BEGIN SELECT RAISE(ABORT, 'a resolution group is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resolutions_delete BEFORE DELETE ON resolutions BEGIN SELECT RAISE(ABORT, 'a resolution group is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resolution_seats_update BEFORE UPDATE ON resolution_seats
WHEN OLD.state <> 'sits' OR NEW.resolution_id <> OLD.resolution_id OR NEW.member_id <> OLD.member_id OR NEW.part <> OLD.part OR NEW.number <> OLD.number
BEGIN SELECT RAISE(ABORT, 'who was in a resolution group is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resolution_seats_delete BEFORE DELETE ON resolution_seats BEGIN SELECT RAISE(ABORT, 'who was in a resolution group is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resolution_words_update BEFORE UPDATE ON resolution_words BEGIN SELECT RAISE(ABORT, 'what a resolution group said is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resolution_words_delete BEFORE DELETE ON resolution_words BEGIN SELECT RAISE(ABORT, 'what a resolution group said is never removed'); END;
-- +goose StatementEnd
