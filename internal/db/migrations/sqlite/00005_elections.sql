-- +goose Up

-- Elections ---------------------------------------------------------------------------

-- Elections for seats of a role. Each is a motion, with its ballot, its decision and the talk about it.
CREATE TABLE elections (
  id        INTEGER PRIMARY KEY,
  group_id  INTEGER NOT NULL REFERENCES groups (id),
  role_id   INTEGER NOT NULL REFERENCES roles (id),
  motion_id INTEGER NOT NULL UNIQUE REFERENCES motions (id),
  number    INTEGER NOT NULL,            -- of the motion
  state     TEXT    NOT NULL,            -- nominating, answering, voting, objecting, final, nobody
  seats     TEXT    NOT NULL,            -- number of each seat and the instant from which it is free: 1@1790000000000
  rulebook  INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  until_at  INTEGER NOT NULL,            -- nominations close
  extended  INTEGER NOT NULL DEFAULT 0,
  opens_at  INTEGER NOT NULL,            -- the ballot; answers are published
  final_at  INTEGER,                     -- objections close
  starts_at INTEGER NOT NULL,            -- the first terms begin
  relaxed   TEXT    NOT NULL DEFAULT '', -- limits that gave way, so that terms are half as long
  decision  TEXT    NOT NULL DEFAULT '', -- that came of it: decision/2026-014
  due_at    INTEGER,
  UNIQUE (group_id, number)
) STRICT;
CREATE INDEX elections_role ON elections (role_id, id);
CREATE INDEX elections_open ON elections (group_id, id) WHERE state NOT IN ('final', 'nobody');
CREATE INDEX elections_due ON elections (due_at) WHERE due_at IS NOT NULL;

-- Who was put up. Rows of those who have not accepted are theirs alone to see; who put them up is not kept.
CREATE TABLE candidates (
  id          INTEGER PRIMARY KEY,
  ref         TEXT    NOT NULL UNIQUE,
  election_id INTEGER NOT NULL REFERENCES elections (id),
  member_id   INTEGER NOT NULL REFERENCES members (id),
  asked_at    INTEGER NOT NULL,
  accepted_at INTEGER,
  gone_at     INTEGER,                   -- declined, stood down or barred
  statement   TEXT    NOT NULL DEFAULT '',
  interests   TEXT    NOT NULL DEFAULT '',
  turn        INTEGER,                   -- of those elected, from 1
  seat        INTEGER,
  UNIQUE (election_id, member_id),
  CHECK ((turn IS NULL) = (seat IS NULL))
) STRICT;
CREATE INDEX candidates_member ON candidates (member_id, election_id);

CREATE TABLE election_questions (
  id          INTEGER PRIMARY KEY,
  election_id INTEGER NOT NULL REFERENCES elections (id),
  author_id   INTEGER NOT NULL REFERENCES members (id),
  text        TEXT    NOT NULL,
  at          INTEGER NOT NULL
) STRICT;
CREATE INDEX election_questions_election ON election_questions (election_id, id);

-- Answers of candidates. Nobody else reads one until all have answered the question or the ballot opens.
CREATE TABLE election_answers (
  question_id  INTEGER NOT NULL REFERENCES election_questions (id),
  candidate_id INTEGER NOT NULL REFERENCES candidates (id),
  text         TEXT    NOT NULL,
  at           INTEGER NOT NULL,
  PRIMARY KEY (question_id, candidate_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE election_objections (
  election_id INTEGER NOT NULL REFERENCES elections (id),
  member_id   INTEGER NOT NULL REFERENCES members (id),
  text        TEXT    NOT NULL,
  at          INTEGER NOT NULL,
  PRIMARY KEY (election_id, member_id)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER elections_update BEFORE UPDATE ON elections
WHEN OLD.state IN ('final', 'nobody') OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.role_id <> OLD.role_id OR NEW.motion_id <> OLD.motion_id OR NEW.number <> OLD.number
  OR NEW.seats <> OLD.seats OR NEW.rulebook <> OLD.rulebook OR NEW.opened_at <> OLD.opened_at OR OLD.decision <> '' AND NEW.decision <> OLD.decision
BEGIN SELECT RAISE(ABORT, 'an election that has ended is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER elections_delete BEFORE DELETE ON elections BEGIN SELECT RAISE(ABORT, 'an election is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER candidates_update BEFORE UPDATE ON candidates
WHEN OLD.turn IS NOT NULL OR NEW.id <> OLD.id OR NEW.ref <> OLD.ref OR NEW.election_id <> OLD.election_id OR NEW.member_id <> OLD.member_id
  OR (SELECT state FROM elections WHERE id = OLD.election_id) NOT IN ('nominating', 'answering', 'voting')
BEGIN SELECT RAISE(ABORT, 'who stood is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER candidates_delete BEFORE DELETE ON candidates BEGIN SELECT RAISE(ABORT, 'who stood is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER election_questions_update BEFORE UPDATE ON election_questions BEGIN SELECT RAISE(ABORT, 'a question is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER election_questions_delete BEFORE DELETE ON election_questions BEGIN SELECT RAISE(ABORT, 'a question is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER election_answers_update BEFORE UPDATE ON election_answers
WHEN (SELECT e.state FROM elections e JOIN election_questions q ON q.election_id = e.id WHERE q.id = OLD.question_id) NOT IN ('nominating', 'answering')
BEGIN SELECT RAISE(ABORT, 'a published answer is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER election_answers_delete BEFORE DELETE ON election_answers BEGIN SELECT RAISE(ABORT, 'an answer is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER election_objections_update BEFORE UPDATE ON election_objections BEGIN SELECT RAISE(ABORT, 'an objection is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER election_objections_delete BEFORE DELETE ON election_objections BEGIN SELECT RAISE(ABORT, 'an objection is never removed'); END;
-- +goose StatementEnd
