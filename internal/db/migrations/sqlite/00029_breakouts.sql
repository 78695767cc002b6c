-- +goose Up

-- Small groups -----------------------------------------------------------------------------

-- People who are at a meeting talk in small groups about what is talked about, until an instant.
CREATE TABLE meeting_breakouts (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id   INTEGER NOT NULL REFERENCES groups (id),
  meeting_id INTEGER NOT NULL REFERENCES meetings (id),
  item_id    INTEGER NOT NULL REFERENCES meeting_items (id),
  by_id      INTEGER NOT NULL REFERENCES members (id), -- who facilitated
  question   TEXT    NOT NULL,
  choice     INTEGER NOT NULL,           -- 1: each chose a group by its topic; 0: by lot
  tables     INTEGER NOT NULL,           -- how many groups
  state      TEXT    NOT NULL,           -- open, done, stopped
  opens_at   INTEGER NOT NULL,
  closes_at  INTEGER NOT NULL,           -- sooner once people are called back
  ended_at   INTEGER,
  people     INTEGER NOT NULL,           -- who were shared out; once it is over, who were in groups
  shown      INTEGER NOT NULL DEFAULT 0, -- which card is read out, as whoever runs the meeting has gone on
  shown_at   INTEGER
) STRICT;
CREATE INDEX meeting_breakouts_of ON meeting_breakouts (meeting_id, id);
CREATE UNIQUE INDEX meeting_breakouts_open ON meeting_breakouts (meeting_id) WHERE state = 'open';
CREATE INDEX meeting_breakouts_due ON meeting_breakouts (closes_at) WHERE state = 'open';

-- A group while it talks, and what is on its card so far. It goes when the groups end.
CREATE TABLE meeting_tables (
  breakout_id INTEGER NOT NULL REFERENCES meeting_breakouts (id),
  number      INTEGER NOT NULL,
  topic       TEXT    NOT NULL,
  line1       TEXT    NOT NULL DEFAULT '',
  line2       TEXT    NOT NULL DEFAULT '',
  line3       TEXT    NOT NULL DEFAULT '',
  version     INTEGER NOT NULL DEFAULT 0, -- how often the card was saved
  PRIMARY KEY (breakout_id, number)
) STRICT, WITHOUT ROWID;

-- Who is in which group. It goes when the groups end.
CREATE TABLE meeting_seats (
  breakout_id INTEGER NOT NULL REFERENCES meeting_breakouts (id),
  member_id   INTEGER NOT NULL REFERENCES members (id),
  number      INTEGER NOT NULL,
  PRIMARY KEY (breakout_id, member_id)
) STRICT, WITHOUT ROWID;

-- What a group has written on its card, once the groups have ended.
CREATE TABLE meeting_cards (
  breakout_id INTEGER NOT NULL REFERENCES meeting_breakouts (id),
  number      INTEGER NOT NULL,
  topic       TEXT    NOT NULL,
  line1       TEXT    NOT NULL,
  line2       TEXT    NOT NULL,
  line3       TEXT    NOT NULL,
  PRIMARY KEY (breakout_id, number)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER meeting_breakouts_update BEFORE UPDATE ON meeting_breakouts
WHEN OLD.state <> 'open' AND (NEW.state <> OLD.state OR NEW.closes_at <> OLD.closes_at OR NEW.ended_at IS NOT OLD.ended_at OR NEW.people <> OLD.people)
  OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.meeting_id <> OLD.meeting_id OR NEW.item_id <> OLD.item_id OR NEW.by_id <> OLD.by_id
  OR NEW.question <> OLD.question OR NEW.choice <> OLD.choice OR NEW.tables <> OLD.tables OR NEW.opens_at <> OLD.opens_at
BEGIN SELECT RAISE(ABORT, 'what small groups were is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER meeting_breakouts_delete BEFORE DELETE ON meeting_breakouts
BEGIN SELECT RAISE(ABORT, 'small groups are never removed from the record'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER meeting_cards_update BEFORE UPDATE ON meeting_cards
BEGIN SELECT RAISE(ABORT, 'a card is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER meeting_cards_delete BEFORE DELETE ON meeting_cards
BEGIN SELECT RAISE(ABORT, 'a card is never removed'); END;
-- +goose StatementEnd
