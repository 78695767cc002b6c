-- +goose Up

-- Notices by e-mail and in calendars ------------------------------------------------------

-- Whether somebody wants notices sent to their address: NULL as long as they were told that nothing is.
ALTER TABLE logins ADD COLUMN notices INTEGER;
ALTER TABLE logins ADD COLUMN notices_at INTEGER; -- when they last said so

-- A notice as it is sent, once in each language that somebody reads it in. What it says is emptied some days after it was sent.
CREATE TABLE letters (
  id       INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups (id),
  kind     TEXT    NOT NULL,
  subject  TEXT    NOT NULL,           -- what it is about: meeting/3
  revision INTEGER NOT NULL,
  lang     TEXT    NOT NULL,
  title    TEXT    NOT NULL,
  body     TEXT    NOT NULL DEFAULT '',
  html     TEXT    NOT NULL DEFAULT '',
  ics      TEXT    NOT NULL DEFAULT '', -- a calendar to go with it
  made_at  INTEGER NOT NULL,
  UNIQUE (group_id, kind, subject, revision, lang)
) STRICT;
CREATE INDEX letters_full ON letters (made_at) WHERE body <> '';
CREATE INDEX letters_made ON letters (made_at);

-- What became of a notice for one member. The same notice is never queued for somebody twice.
CREATE TABLE mails (
  id         INTEGER PRIMARY KEY,
  letter_id  INTEGER NOT NULL REFERENCES letters (id),
  group_id   INTEGER NOT NULL REFERENCES groups (id),
  member_id  INTEGER NOT NULL REFERENCES members (id),
  kind       TEXT    NOT NULL,
  subject    TEXT    NOT NULL,
  revision   INTEGER NOT NULL,
  state      TEXT    NOT NULL CHECK (state IN ('waiting', 'sending', 'failed', 'sent', 'given_up', 'no_address', 'unwanted', 'off')),
  attempts   INTEGER NOT NULL DEFAULT 0,
  queued_at  INTEGER NOT NULL,
  next_at    INTEGER,                  -- when it is tried next
  settled_at INTEGER,                  -- when it was sent, or it was clear that it is not
  error      TEXT    NOT NULL DEFAULT '', -- what went wrong last, in a word of ours
  UNIQUE (member_id, kind, subject, revision),
  CHECK ((next_at IS NULL) = (state NOT IN ('waiting', 'failed'))),
  CHECK ((settled_at IS NULL) = (state IN ('waiting', 'failed', 'sending')))
) STRICT;
CREATE INDEX mails_due ON mails (next_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX mails_sending ON mails (id) WHERE state = 'sending';
CREATE INDEX mails_member ON mails (member_id, id);
CREATE INDEX mails_about ON mails (group_id, kind, subject, revision, state);
CREATE INDEX mails_letter ON mails (letter_id);

-- The address of a calendar that is one person's own.
CREATE TABLE calendar_feeds (
  person_id INTEGER NOT NULL PRIMARY KEY REFERENCES people (id),
  hash      BLOB    NOT NULL UNIQUE,   -- SHA-256 of what stands in the address
  made_at   INTEGER NOT NULL
) STRICT;
