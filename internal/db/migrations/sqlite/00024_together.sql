-- +goose Up

-- What everybody in a meeting does together ------------------------------------------------

-- A show of feeling: how people feel about what is talked about, on five points. It is no vote.
CREATE TABLE meeting_feelings (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id   INTEGER NOT NULL REFERENCES groups (id),
  meeting_id INTEGER NOT NULL REFERENCES meetings (id),
  item_id    INTEGER NOT NULL REFERENCES meeting_items (id),
  by_id      INTEGER NOT NULL REFERENCES members (id), -- who facilitated
  question   TEXT    NOT NULL,
  state      TEXT    NOT NULL,           -- open, shown, few, stopped
  opens_at   INTEGER NOT NULL,
  closes_at  INTEGER NOT NULL,
  ended_at   INTEGER,
  p1         INTEGER NOT NULL DEFAULT 0, -- how many chose each point, the best first; 0 where that is not shown
  p2         INTEGER NOT NULL DEFAULT 0,
  p3         INTEGER NOT NULL DEFAULT 0,
  p4         INTEGER NOT NULL DEFAULT 0,
  p5         INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX meeting_feelings_of ON meeting_feelings (meeting_id, id);
CREATE UNIQUE INDEX meeting_feelings_open ON meeting_feelings (meeting_id) WHERE state = 'open';
CREATE INDEX meeting_feelings_due ON meeting_feelings (closes_at) WHERE state = 'open';

-- What people answer. It goes as soon as that is added up.
CREATE TABLE meeting_feeling_answers (
  feeling_id INTEGER NOT NULL REFERENCES meeting_feelings (id),
  member_id  INTEGER NOT NULL REFERENCES members (id),
  point      INTEGER NOT NULL, -- 1 to 5
  PRIMARY KEY (feeling_id, member_id)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER meeting_feelings_update BEFORE UPDATE ON meeting_feelings
WHEN OLD.state <> 'open' OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.meeting_id <> OLD.meeting_id OR NEW.item_id <> OLD.item_id OR NEW.question <> OLD.question OR NEW.opens_at <> OLD.opens_at
BEGIN SELECT RAISE(ABORT, 'a show of feeling is never edited once it is over'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER meeting_feelings_delete BEFORE DELETE ON meeting_feelings
BEGIN SELECT RAISE(ABORT, 'a show of feeling is never removed'); END;
-- +goose StatementEnd
