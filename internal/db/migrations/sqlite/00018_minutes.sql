-- +goose Up

-- The record of meetings -----------------------------------------------------------------

-- What a meeting has on record, once it has ended: a draft, which is published, corrected, and confirmed by a later meeting.
CREATE TABLE minutes (
  meeting_id   INTEGER PRIMARY KEY REFERENCES meetings (id),
  group_id     INTEGER NOT NULL REFERENCES groups (id),
  state        TEXT    NOT NULL,            -- draft, published, confirmed
  draft_until  INTEGER NOT NULL,            -- it is published then at the latest
  published_at INTEGER,
  published_by INTEGER REFERENCES members (id), -- nobody: the clock did
  until_at     INTEGER,                     -- corrections can be suggested until then
  confirmed_at INTEGER,
  confirmed_in INTEGER REFERENCES meetings (id),
  due_at       INTEGER
) STRICT;
CREATE INDEX minutes_due ON minutes (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX minutes_open ON minutes (group_id, meeting_id) WHERE state = 'published';

-- Notes as they are written, item by item; with item 0, what belongs to none. What they said before is kept, so that nobody's words are lost.
CREATE TABLE minutes_notes (
  meeting_id INTEGER NOT NULL REFERENCES meetings (id),
  item_id    INTEGER NOT NULL,
  version    INTEGER NOT NULL,              -- from 1
  text       TEXT    NOT NULL,
  by_id      INTEGER NOT NULL REFERENCES members (id),
  at         INTEGER NOT NULL,
  PRIMARY KEY (meeting_id, item_id, version)
) STRICT, WITHOUT ROWID;

-- Notes as they were published.
CREATE TABLE minutes_texts (
  meeting_id INTEGER NOT NULL REFERENCES minutes (meeting_id),
  item_id    INTEGER NOT NULL,
  text       TEXT    NOT NULL,
  PRIMARY KEY (meeting_id, item_id)
) STRICT, WITHOUT ROWID;

-- Who wants their name beside what was said about an item: they have said so themselves.
CREATE TABLE minutes_names (
  item_id   INTEGER NOT NULL REFERENCES meeting_items (id),
  member_id INTEGER NOT NULL REFERENCES members (id),
  at        INTEGER NOT NULL,
  PRIMARY KEY (item_id, member_id)
) STRICT, WITHOUT ROWID;

-- What members say is not as it was.
CREATE TABLE minutes_corrections (
  meeting_id  INTEGER NOT NULL REFERENCES minutes (meeting_id),
  n           INTEGER NOT NULL,             -- from 1 in each record
  item_id     INTEGER NOT NULL,
  by_id       INTEGER NOT NULL REFERENCES members (id),
  text        TEXT    NOT NULL,
  at          INTEGER NOT NULL,
  how         TEXT    NOT NULL DEFAULT '',  -- taken, declined; '' until it is answered
  answer      TEXT    NOT NULL DEFAULT '',
  answered_by INTEGER REFERENCES members (id),
  answered_in INTEGER REFERENCES meetings (id),
  answered_at INTEGER,
  PRIMARY KEY (meeting_id, n)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER minutes_update BEFORE UPDATE ON minutes
WHEN OLD.state = 'confirmed' OR NEW.meeting_id <> OLD.meeting_id OR NEW.group_id <> OLD.group_id OR NEW.draft_until <> OLD.draft_until
  OR OLD.published_at IS NOT NULL AND (NEW.state = 'draft' OR NEW.published_at IS NOT OLD.published_at OR NEW.published_by IS NOT OLD.published_by OR NEW.until_at IS NOT OLD.until_at)
BEGIN SELECT RAISE(ABORT, 'a record is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER minutes_delete BEFORE DELETE ON minutes BEGIN SELECT RAISE(ABORT, 'a record is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER minutes_notes_update BEFORE UPDATE ON minutes_notes BEGIN SELECT RAISE(ABORT, 'notes are written anew, never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER minutes_notes_delete BEFORE DELETE ON minutes_notes BEGIN SELECT RAISE(ABORT, 'notes are never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER minutes_texts_update BEFORE UPDATE ON minutes_texts BEGIN SELECT RAISE(ABORT, 'a record is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER minutes_texts_delete BEFORE DELETE ON minutes_texts BEGIN SELECT RAISE(ABORT, 'a record is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER minutes_corrections_update BEFORE UPDATE ON minutes_corrections
WHEN OLD.how <> '' OR NEW.meeting_id <> OLD.meeting_id OR NEW.n <> OLD.n OR NEW.item_id <> OLD.item_id OR NEW.by_id <> OLD.by_id OR NEW.text <> OLD.text OR NEW.at <> OLD.at
BEGIN SELECT RAISE(ABORT, 'a correction that was answered is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER minutes_corrections_delete BEFORE DELETE ON minutes_corrections BEGIN SELECT RAISE(ABORT, 'a correction is never removed'); END;
-- +goose StatementEnd
