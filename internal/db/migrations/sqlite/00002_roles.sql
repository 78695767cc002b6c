-- +goose Up

-- Roles -------------------------------------------------------------------------------

-- What a group has chores for, each with the few powers that go with them.
CREATE TABLE roles (
  id       INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups (id),
  key      TEXT    NOT NULL,             -- what kind of role it is; its words are in the program
  family   TEXT    NOT NULL,             -- roles among which limits are counted together
  fill     TEXT    NOT NULL,             -- how its seats are filled
  seats    INTEGER NOT NULL CHECK (seats > 0),
  caps     TEXT    NOT NULL,             -- the powers of whoever holds it, by name
  begun_at INTEGER NOT NULL,
  cause    TEXT    NOT NULL,             -- what brought it about: rulebook/1
  due_at   INTEGER,                      -- when time alone has something to do for it
  UNIQUE (group_id, key)
) STRICT;
CREATE INDEX roles_due ON roles (due_at) WHERE due_at IS NOT NULL;

-- Draws of people for the free seats of a role, from the question who would do it to the order of the lot.
CREATE TABLE draws (
  id        INTEGER PRIMARY KEY,
  group_id  INTEGER NOT NULL REFERENCES groups (id),
  role_id   INTEGER NOT NULL REFERENCES roles (id),
  number    INTEGER NOT NULL,            -- from 1 in each group
  state     TEXT    NOT NULL,            -- asking, announced, drawn, nobody
  seats     INTEGER NOT NULL,
  rulebook  INTEGER NOT NULL,
  asked_at  INTEGER NOT NULL,
  closes_at INTEGER NOT NULL,            -- until when people say whether they would
  drawn_at  INTEGER NOT NULL,            -- when the secret is revealed
  starts_at INTEGER NOT NULL,            -- when the terms begin
  relaxed   TEXT    NOT NULL DEFAULT '', -- limits that gave way, so that terms are half as long
  commit_to TEXT    NOT NULL DEFAULT '',
  pool_hash TEXT    NOT NULL DEFAULT '',
  secret    BLOB,                        -- of an announced draw; published when it is drawn
  seed      TEXT    NOT NULL DEFAULT '',
  due_at    INTEGER,
  UNIQUE (group_id, number)
) STRICT;
CREATE INDEX draws_role ON draws (role_id, id);
CREATE INDEX draws_open ON draws (group_id, closes_at, id) WHERE state = 'asking';
CREATE INDEX draws_due ON draws (due_at) WHERE due_at IS NOT NULL;

-- What people said when they were asked. Only how many said what is shown, and the rows go when the pool is published.
CREATE TABLE draw_answers (
  draw_id   INTEGER NOT NULL REFERENCES draws (id),
  member_id INTEGER NOT NULL REFERENCES members (id),
  answer    TEXT    NOT NULL,
  PRIMARY KEY (draw_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX draw_answers_member ON draw_answers (member_id, draw_id);

CREATE TABLE draw_pool (
  draw_id   INTEGER NOT NULL REFERENCES draws (id),
  place     INTEGER NOT NULL,            -- from 1; stands for the member in the draw
  member_id INTEGER NOT NULL REFERENCES members (id),
  weight    INTEGER NOT NULL,
  words     TEXT    NOT NULL DEFAULT '', -- what they threw in
  turn      INTEGER,                     -- the lot's order, from 1
  PRIMARY KEY (draw_id, place),
  UNIQUE (draw_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX draw_pool_member ON draw_pool (member_id, draw_id);

-- Who holds a role from when until when. Powers are computed from these dates; nothing has to run for one to end.
CREATE TABLE terms (
  id        INTEGER PRIMARY KEY,
  ref       TEXT    NOT NULL UNIQUE,
  group_id  INTEGER NOT NULL REFERENCES groups (id),
  role_id   INTEGER NOT NULL REFERENCES roles (id),
  member_id INTEGER NOT NULL REFERENCES members (id),
  seat      INTEGER NOT NULL,
  caps      TEXT    NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at   INTEGER NOT NULL,
  cause     TEXT    NOT NULL,            -- what it came from: draw/3
  ended_at  INTEGER,                     -- before its date
  ended_how TEXT    NOT NULL DEFAULT '', -- declined, resigned, left
  CHECK (ends_at > starts_at AND ends_at - starts_at <= 34560000000), -- 400 days in milliseconds
  CHECK ((ended_at IS NULL) = (ended_how = ''))
) STRICT;
CREATE INDEX terms_role ON terms (role_id, ends_at, id);
CREATE INDEX terms_member ON terms (member_id, ends_at);

-- The tellers' signatures under a count.
CREATE TABLE count_signatures (
  ballot_id INTEGER NOT NULL REFERENCES ballots (id),
  member_id INTEGER NOT NULL REFERENCES members (id),
  at        INTEGER NOT NULL,
  PRIMARY KEY (ballot_id, member_id)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER terms_update BEFORE UPDATE ON terms
WHEN OLD.ended_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.ref <> OLD.ref OR NEW.group_id <> OLD.group_id OR NEW.role_id <> OLD.role_id
  OR NEW.member_id <> OLD.member_id OR NEW.seat <> OLD.seat OR NEW.caps <> OLD.caps OR NEW.starts_at <> OLD.starts_at
  OR NEW.ends_at <> OLD.ends_at OR NEW.cause <> OLD.cause
BEGIN SELECT RAISE(ABORT, 'a term can end early, and changes in no other way'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER terms_delete BEFORE DELETE ON terms BEGIN SELECT RAISE(ABORT, 'a term is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER draws_update BEFORE UPDATE ON draws
WHEN OLD.state IN ('drawn', 'nobody') OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.role_id <> OLD.role_id OR NEW.number <> OLD.number
  OR NEW.seats <> OLD.seats OR NEW.rulebook <> OLD.rulebook OR NEW.asked_at <> OLD.asked_at OR NEW.closes_at <> OLD.closes_at
  OR OLD.commit_to <> '' AND (NEW.commit_to <> OLD.commit_to OR NEW.pool_hash <> OLD.pool_hash)
BEGIN SELECT RAISE(ABORT, 'a draw is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER draws_delete BEFORE DELETE ON draws BEGIN SELECT RAISE(ABORT, 'a draw is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER draw_pool_update BEFORE UPDATE ON draw_pool
WHEN OLD.turn IS NOT NULL OR NEW.member_id <> OLD.member_id OR NEW.weight <> OLD.weight OR NEW.place <> OLD.place OR NEW.draw_id <> OLD.draw_id
BEGIN SELECT RAISE(ABORT, 'a pool is frozen'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER draw_pool_delete BEFORE DELETE ON draw_pool BEGIN SELECT RAISE(ABORT, 'a pool is frozen'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER count_signatures_update BEFORE UPDATE ON count_signatures BEGIN SELECT RAISE(ABORT, 'a signature is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER count_signatures_delete BEFORE DELETE ON count_signatures BEGIN SELECT RAISE(ABORT, 'a signature is never removed'); END;
-- +goose StatementEnd
