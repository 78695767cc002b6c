-- +goose Up

-- Moves about how a meeting goes on -------------------------------------------------------

ALTER TABLE meetings ADD COLUMN break_until INTEGER; -- it has a break until then

CREATE TABLE procedural_moves (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id    INTEGER NOT NULL REFERENCES groups (id),
  meeting_id  INTEGER NOT NULL REFERENCES meetings (id),
  item_id     INTEGER REFERENCES meeting_items (id), -- that was talked about
  kind        TEXT    NOT NULL,
  by_id       INTEGER NOT NULL REFERENCES members (id),
  rule        TEXT    NOT NULL DEFAULT '', -- which rule seems broken, or what is unfair or unsafe
  safety      INTEGER NOT NULL DEFAULT 0,  -- it is about fairness or safety
  whole       INTEGER NOT NULL DEFAULT 0,  -- for the meeting, not for the item
  minutes     INTEGER NOT NULL DEFAULT 0,
  comes_at    INTEGER,                     -- until when an item is put off
  first_id    INTEGER REFERENCES meeting_items (id), -- the item that is to be next, or as which one comes back
  about_id    INTEGER REFERENCES members (id), -- who facilitated when it was asked that somebody else does
  of_id       INTEGER REFERENCES procedural_moves (id), -- the question whose ruling is challenged
  support     INTEGER NOT NULL DEFAULT 1,  -- whoever made it included
  state       TEXT    NOT NULL,            -- pending, voting, carried, lost, ruled, done, taken_back, lapsed
  made_at     INTEGER NOT NULL,
  ready_at    INTEGER,                     -- enough supported it
  needs       TEXT    NOT NULL DEFAULT '', -- simple, two_thirds
  opens_at    INTEGER,
  closes_at   INTEGER,
  entitled    INTEGER NOT NULL DEFAULT 0,
  votes_for   INTEGER NOT NULL DEFAULT 0,
  votes_against INTEGER NOT NULL DEFAULT 0,
  decided_at  INTEGER,
  ruling      TEXT    NOT NULL DEFAULT '',
  ruling_rule TEXT    NOT NULL DEFAULT ''  -- that it names
) STRICT;
CREATE INDEX procedural_moves_of ON procedural_moves (meeting_id, id);
CREATE UNIQUE INDEX procedural_moves_voting ON procedural_moves (meeting_id) WHERE state = 'voting';
CREATE INDEX procedural_moves_due ON procedural_moves (closes_at) WHERE state = 'voting';
CREATE INDEX procedural_moves_back ON procedural_moves (group_id, comes_at) WHERE kind = 'come_back' AND state = 'carried';

-- Who supports a move. It goes some days after the meeting.
CREATE TABLE procedural_supports (
  move_id    INTEGER NOT NULL REFERENCES procedural_moves (id),
  member_id  INTEGER NOT NULL REFERENCES members (id),
  PRIMARY KEY (move_id, member_id)
) STRICT, WITHOUT ROWID;

-- Who can vote on a move, and how they do. It goes as soon as that is counted.
CREATE TABLE procedural_votes (
  move_id    INTEGER NOT NULL REFERENCES procedural_moves (id),
  member_id  INTEGER NOT NULL REFERENCES members (id),
  answer     TEXT    NOT NULL DEFAULT '', -- yes, no
  PRIMARY KEY (move_id, member_id)
) STRICT, WITHOUT ROWID;

-- What whoever facilitates has read out of the script. It goes some days after the meeting.
CREATE TABLE meeting_said (
  meeting_id INTEGER NOT NULL REFERENCES meetings (id),
  about      TEXT    NOT NULL, -- '', item/7 or move/7
  cue        TEXT    NOT NULL,
  PRIMARY KEY (meeting_id, about, cue)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER procedural_moves_update BEFORE UPDATE ON procedural_moves
WHEN OLD.state NOT IN ('pending', 'voting') OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.meeting_id <> OLD.meeting_id OR NEW.kind <> OLD.kind
  OR NEW.by_id <> OLD.by_id OR NEW.made_at <> OLD.made_at
BEGIN SELECT RAISE(ABORT, 'what was decided about how a meeting goes on is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER procedural_moves_delete BEFORE DELETE ON procedural_moves
BEGIN SELECT RAISE(ABORT, 'what was asked about how a meeting goes on is never removed'); END;
-- +goose StatementEnd
