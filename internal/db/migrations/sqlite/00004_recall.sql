-- +goose Up

-- What decisions do ------------------------------------------------------------------

-- A motion that a petition calls for has no mover: nobody learns who started it.
ALTER TABLE motions ALTER COLUMN mover_id DROP NOT NULL;
ALTER TABLE motions ADD COLUMN about_id INTEGER REFERENCES members (id); -- whom its effect concerns

-- What happens if the version is carried, in canonical JSON; part of its hash. Empty: nothing but what people do.
ALTER TABLE motion_versions ADD COLUMN effect TEXT NOT NULL DEFAULT '';

-- What decisions and draws have done by themselves, or why that could not happen any more.
CREATE TABLE effects (
  id       INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups (id),
  cause    TEXT    NOT NULL,             -- decision/2026-003, draw/3
  n        INTEGER NOT NULL,             -- from 1 for each cause
  kind     TEXT    NOT NULL,             -- term_begins, term_ends, waiver
  subject  TEXT    NOT NULL,             -- term/t_abc, member/m_abc
  done     INTEGER NOT NULL,
  why      TEXT    NOT NULL DEFAULT '',  -- why it was not done, as a code
  at       INTEGER NOT NULL,
  UNIQUE (group_id, cause, n),
  CHECK ((done = 1) = (why = ''))
) STRICT;

-- Petitions to end a term ------------------------------------------------------------

-- Who started one is not kept anywhere.
CREATE TABLE petitions (
  id         INTEGER PRIMARY KEY,
  group_id   INTEGER NOT NULL REFERENCES groups (id),
  number     INTEGER NOT NULL,             -- from 1 in each group
  term_id    INTEGER NOT NULL REFERENCES terms (id),
  state      TEXT    NOT NULL,             -- collecting, reached, or how it ended
  reason     TEXT    NOT NULL,
  answer     TEXT    NOT NULL DEFAULT '',  -- of whoever holds the term
  needed     INTEGER NOT NULL,             -- names, frozen at the start
  signed     INTEGER NOT NULL,             -- names so far
  rulebook   INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  closes_at  INTEGER NOT NULL,             -- the end of signing
  reached_at INTEGER,
  motion_id  INTEGER REFERENCES motions (id),
  ended_at   INTEGER,
  due_at     INTEGER,
  UNIQUE (group_id, number)
) STRICT;
CREATE UNIQUE INDEX petitions_open ON petitions (term_id) WHERE ended_at IS NULL; -- one at a time
CREATE INDEX petitions_term ON petitions (term_id, id);
CREATE INDEX petitions_group ON petitions (group_id, id) WHERE ended_at IS NULL;
CREATE INDEX petitions_motion ON petitions (motion_id) WHERE motion_id IS NOT NULL;
CREATE INDEX petitions_due ON petitions (due_at) WHERE due_at IS NOT NULL;

-- Who has signed, without a time and in no order. The rows go when signing ends; nothing else says whose they were.
CREATE TABLE petition_signatures (
  petition_id INTEGER NOT NULL REFERENCES petitions (id),
  member_id   INTEGER NOT NULL REFERENCES members (id),
  PRIMARY KEY (petition_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX petition_signatures_member ON petition_signatures (member_id, petition_id);

-- Waivers -----------------------------------------------------------------------------

-- That somebody may take a role once although the limits stand against it. It is used up by their next term in it.
CREATE TABLE waivers (
  id         INTEGER PRIMARY KEY,
  group_id   INTEGER NOT NULL REFERENCES groups (id),
  cause      TEXT    NOT NULL,             -- decision/2026-003
  role_id    INTEGER NOT NULL REFERENCES roles (id),
  member_id  INTEGER NOT NULL REFERENCES members (id),
  granted_at INTEGER NOT NULL,
  term_id    INTEGER REFERENCES terms (id), -- the term that used it up
  bars       TEXT    NOT NULL DEFAULT '',   -- what would have stood against that term
  UNIQUE (group_id, cause)
) STRICT;
CREATE INDEX waivers_free ON waivers (role_id, member_id) WHERE term_id IS NULL;
CREATE INDEX waivers_group ON waivers (group_id, id);

-- +goose StatementBegin
CREATE TRIGGER effects_update BEFORE UPDATE ON effects BEGIN SELECT RAISE(ABORT, 'what was done is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER effects_delete BEFORE DELETE ON effects BEGIN SELECT RAISE(ABORT, 'what was done is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER petitions_update BEFORE UPDATE ON petitions
WHEN OLD.ended_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.number <> OLD.number OR NEW.term_id <> OLD.term_id
  OR NEW.reason <> OLD.reason OR NEW.needed <> OLD.needed OR NEW.rulebook <> OLD.rulebook OR NEW.started_at <> OLD.started_at
  OR NEW.closes_at <> OLD.closes_at OR OLD.motion_id IS NOT NULL AND (NEW.motion_id IS NOT OLD.motion_id OR NEW.signed <> OLD.signed)
BEGIN SELECT RAISE(ABORT, 'a petition is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER petitions_delete BEFORE DELETE ON petitions BEGIN SELECT RAISE(ABORT, 'a petition is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER waivers_update BEFORE UPDATE ON waivers
WHEN OLD.term_id IS NOT NULL OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.cause <> OLD.cause OR NEW.role_id <> OLD.role_id
  OR NEW.member_id <> OLD.member_id OR NEW.granted_at <> OLD.granted_at
BEGIN SELECT RAISE(ABORT, 'a waiver is used up once, and changes in no other way'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER waivers_delete BEFORE DELETE ON waivers BEGIN SELECT RAISE(ABORT, 'a waiver is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER motions_about BEFORE UPDATE ON motions WHEN NEW.about_id IS NOT OLD.about_id
BEGIN SELECT RAISE(ABORT, 'what a motion would do never changes'); END;
-- +goose StatementEnd
