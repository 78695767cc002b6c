-- +goose Up

-- Codes of a meeting's door ---------------------------------------------------------------

-- Each notes once that a member is there, and does nothing else. They go with the meeting's end.
CREATE TABLE meeting_codes (
  meeting_id INTEGER NOT NULL REFERENCES meetings (id),
  member_id  INTEGER NOT NULL REFERENCES members (id),
  hash       BLOB    NOT NULL,           -- SHA-256 of the meeting and what is typed
  made_at    INTEGER NOT NULL,
  used       INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (meeting_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX meeting_codes_typed ON meeting_codes (meeting_id, hash);
