-- +goose Up

-- Calls for agreement ---------------------------------------------------------------------

-- A call is a ballot whose method is consensus, in which people agree, stand aside or block. What it came to.
CREATE TABLE calls (
  ballot_id   INTEGER PRIMARY KEY REFERENCES ballots (id),
  agree       INTEGER NOT NULL,
  reservation INTEGER NOT NULL,
  aside       INTEGER NOT NULL,
  block       INTEGER NOT NULL
) STRICT;

-- What people say with their answers while a call is open. It goes as soon as that is counted.
CREATE TABLE call_answers (
  ballot_id INTEGER NOT NULL REFERENCES ballots (id),
  member_id INTEGER NOT NULL REFERENCES members (id),
  words     TEXT    NOT NULL DEFAULT '',
  ground    TEXT    NOT NULL DEFAULT '', -- of a block: aim, principle, safety
  names     TEXT    NOT NULL DEFAULT '', -- which aim, principle or need for safety
  named     INTEGER NOT NULL DEFAULT 0,  -- they want their name beside it
  PRIMARY KEY (ballot_id, member_id)
) STRICT, WITHOUT ROWID;

-- What of that is on record: without a name, but for blocks and for who wants it.
CREATE TABLE call_words (
  ballot_id INTEGER NOT NULL REFERENCES ballots (id),
  n         INTEGER NOT NULL,            -- from 1, by what it says
  answer    TEXT    NOT NULL,            -- reservation, aside, block
  member_id INTEGER REFERENCES members (id),
  text      TEXT    NOT NULL DEFAULT '',
  ground    TEXT    NOT NULL DEFAULT '',
  names     TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (ballot_id, n)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER calls_update BEFORE UPDATE ON calls BEGIN SELECT RAISE(ABORT, 'a count is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER calls_delete BEFORE DELETE ON calls BEGIN SELECT RAISE(ABORT, 'a count is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER call_words_update BEFORE UPDATE ON call_words BEGIN SELECT RAISE(ABORT, 'what was answered to a call is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER call_words_delete BEFORE DELETE ON call_words BEGIN SELECT RAISE(ABORT, 'what was answered to a call is never removed'); END;
-- +goose StatementEnd
