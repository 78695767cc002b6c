-- +goose Up

-- When nobody steps up ----------------------------------------------------------------

-- A caretaker's term does the chores of a free seat for some weeks, and does not fill it.
ALTER TABLE terms ADD COLUMN kind TEXT NOT NULL DEFAULT '';  -- caretaker
CREATE INDEX terms_caretakers ON terms (group_id, ends_at) WHERE kind <> '';

-- A role changes by what members decide and in no other way, but for sleeping.
ALTER TABLE roles ADD COLUMN ended_at INTEGER;
ALTER TABLE roles ADD COLUMN into_key TEXT NOT NULL DEFAULT ''; -- the role that has taken over its chores
ALTER TABLE roles ADD COLUMN slept_at INTEGER;                  -- nobody took it for long, and nobody is asked
ALTER TABLE roles ADD COLUMN again_at INTEGER;                  -- everybody is asked again from then on, however short ago they were
ALTER TABLE roles ADD COLUMN watch_at INTEGER;                  -- when to look for seats that are free
UPDATE roles SET watch_at = begun_at;
CREATE INDEX roles_watch ON roles (watch_at) WHERE watch_at IS NOT NULL;

-- Seats that nobody holds or is to hold.
CREATE TABLE vacancies (
  id         INTEGER PRIMARY KEY,
  group_id   INTEGER NOT NULL REFERENCES groups (id),
  role_id    INTEGER NOT NULL REFERENCES roles (id),
  number     INTEGER NOT NULL,              -- from 1 in each group
  seat       INTEGER NOT NULL,
  after_id   INTEGER REFERENCES terms (id), -- the last term in the seat; none: there has been none
  opened_at  INTEGER NOT NULL,
  until_at   INTEGER NOT NULL,              -- longest for caretakers
  motion_id  INTEGER REFERENCES motions (id), -- what shall become of the role
  closed_at  INTEGER,
  closed_how TEXT    NOT NULL DEFAULT '',   -- filled, fewer, ended, asleep
  UNIQUE (group_id, number),
  CHECK ((closed_at IS NULL) = (closed_how = ''))
) STRICT;
CREATE UNIQUE INDEX vacancies_open ON vacancies (role_id, seat) WHERE closed_at IS NULL; -- one at a time
CREATE INDEX vacancies_role ON vacancies (role_id, id);
CREATE INDEX vacancies_motion ON vacancies (motion_id) WHERE motion_id IS NOT NULL;

-- Who put their name under a count in common with another member, while a role was empty.
ALTER TABLE count_signatures ADD COLUMN common TEXT NOT NULL DEFAULT ''; -- the key of the empty role

-- +goose StatementBegin
CREATE TRIGGER terms_kind BEFORE UPDATE ON terms WHEN NEW.kind <> OLD.kind
BEGIN SELECT RAISE(ABORT, 'a term can end early, and changes in no other way'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER roles_update BEFORE UPDATE ON roles
WHEN NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.key <> OLD.key OR NEW.family <> OLD.family OR NEW.fill <> OLD.fill
  OR NEW.begun_at <> OLD.begun_at OR NEW.cause <> OLD.cause
  OR OLD.ended_at IS NOT NULL AND (NEW.ended_at IS NOT OLD.ended_at OR NEW.seats <> OLD.seats OR NEW.caps <> OLD.caps OR NEW.into_key <> OLD.into_key)
BEGIN SELECT RAISE(ABORT, 'a role changes as members decide, and one that has ended does not'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER roles_delete BEFORE DELETE ON roles BEGIN SELECT RAISE(ABORT, 'a role is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER vacancies_update BEFORE UPDATE ON vacancies
WHEN OLD.closed_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.role_id <> OLD.role_id OR NEW.number <> OLD.number
  OR NEW.seat <> OLD.seat OR NEW.after_id IS NOT OLD.after_id OR NEW.opened_at <> OLD.opened_at OR NEW.until_at <> OLD.until_at
  OR OLD.motion_id IS NOT NULL AND NEW.motion_id IS NOT OLD.motion_id
BEGIN SELECT RAISE(ABORT, 'a vacancy is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER vacancies_delete BEFORE DELETE ON vacancies BEGIN SELECT RAISE(ABORT, 'a vacancy is never removed'); END;
-- +goose StatementEnd
