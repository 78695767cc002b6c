-- +goose Up

-- Consent selection -------------------------------------------------------------------

-- Selections for seats of a role: everybody names somebody, and who is named most is put to a round of consent.
CREATE TABLE selections (
  id        INTEGER PRIMARY KEY,
  group_id  INTEGER NOT NULL REFERENCES groups (id),
  role_id   INTEGER NOT NULL REFERENCES roles (id),
  number    INTEGER NOT NULL,            -- from 1 in each group
  state     TEXT    NOT NULL,            -- naming, changing, asking, accepting, final, nobody
  seats     TEXT    NOT NULL,            -- number of each seat and the instant from which it is free: 1@1790000000000
  rulebook  INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  until_at  INTEGER NOT NULL,            -- the end of the step under way
  extended  INTEGER NOT NULL DEFAULT 0,  -- that step
  round     INTEGER NOT NULL DEFAULT 0,  -- of consent
  starts_at INTEGER NOT NULL,            -- the first term begins
  active    INTEGER NOT NULL,            -- members, as it opened
  quorum    INTEGER NOT NULL,            -- of a round of consent
  relaxed   TEXT    NOT NULL DEFAULT '', -- limits that gave way, so that terms are half as long
  commit_to TEXT    NOT NULL,
  secret    BLOB    NOT NULL,            -- which of those named as often comes first follows from it; published with the order
  why       TEXT    NOT NULL DEFAULT '', -- it filled no seat
  due_at    INTEGER,
  UNIQUE (group_id, number)
) STRICT;
CREATE INDEX selections_role ON selections (role_id, id);
CREATE INDEX selections_open ON selections (group_id, id) WHERE state NOT IN ('final', 'nobody');
CREATE INDEX selections_due ON selections (due_at) WHERE due_at IS NOT NULL;

-- What members write, each one name. Nobody else reads one until its round ends; so there is no time in it.
CREATE TABLE selection_papers (
  selection_id INTEGER NOT NULL REFERENCES selections (id),
  round        INTEGER NOT NULL,         -- 1: the first names; 2: after all have been read
  member_id    INTEGER NOT NULL REFERENCES members (id),
  named_id     INTEGER NOT NULL REFERENCES members (id),
  reason       TEXT    NOT NULL,
  PRIMARY KEY (selection_id, round, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX selection_papers_member ON selection_papers (member_id, selection_id);

-- Who has said "not me".
CREATE TABLE selection_refusals (
  selection_id INTEGER NOT NULL REFERENCES selections (id),
  member_id    INTEGER NOT NULL REFERENCES members (id),
  at           INTEGER NOT NULL,
  PRIMARY KEY (selection_id, member_id)
) STRICT, WITHOUT ROWID;

-- Those who are named, in the order in which they are proposed.
CREATE TABLE selection_nominees (
  selection_id INTEGER NOT NULL REFERENCES selections (id),
  turn         INTEGER NOT NULL,            -- from 1
  member_id    INTEGER NOT NULL REFERENCES members (id),
  named        INTEGER NOT NULL,            -- by how many in the end
  named_first  INTEGER NOT NULL,            -- by how many before all names were read
  round        INTEGER NOT NULL DEFAULT 0,  -- of consent, in which they are proposed
  accepted_at  INTEGER,
  how          TEXT    NOT NULL DEFAULT '', -- it ended for them
  seat         INTEGER,                     -- that they are given
  PRIMARY KEY (selection_id, turn),
  UNIQUE (selection_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX selection_nominees_member ON selection_nominees (member_id, selection_id);

-- What members say to a name that is proposed. Nobody else reads one until the round ends.
CREATE TABLE selection_answers (
  selection_id INTEGER NOT NULL REFERENCES selections (id),
  turn         INTEGER NOT NULL,
  member_id    INTEGER NOT NULL REFERENCES members (id),
  answer       TEXT    NOT NULL,            -- agree, aside, object
  reason       TEXT    NOT NULL,
  PRIMARY KEY (selection_id, turn, member_id),
  FOREIGN KEY (selection_id, turn) REFERENCES selection_nominees (selection_id, turn)
) STRICT, WITHOUT ROWID;
CREATE INDEX selection_answers_member ON selection_answers (member_id, selection_id);

-- +goose StatementBegin
CREATE TRIGGER selections_update BEFORE UPDATE ON selections
WHEN OLD.state IN ('final', 'nobody') OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.role_id <> OLD.role_id OR NEW.number <> OLD.number
  OR NEW.seats <> OLD.seats OR NEW.rulebook <> OLD.rulebook OR NEW.opened_at <> OLD.opened_at OR NEW.active <> OLD.active OR NEW.quorum <> OLD.quorum
  OR NEW.commit_to <> OLD.commit_to OR NEW.secret <> OLD.secret
BEGIN SELECT RAISE(ABORT, 'a selection that has ended is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER selections_delete BEFORE DELETE ON selections BEGIN SELECT RAISE(ABORT, 'a selection is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER selection_papers_update BEFORE UPDATE ON selection_papers
WHEN NEW.selection_id <> OLD.selection_id OR NEW.round <> OLD.round OR NEW.member_id <> OLD.member_id
  OR (SELECT CASE state WHEN 'naming' THEN 1 WHEN 'changing' THEN 2 ELSE 0 END FROM selections WHERE id = OLD.selection_id) <> OLD.round
BEGIN SELECT RAISE(ABORT, 'a name that was read out is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER selection_papers_delete BEFORE DELETE ON selection_papers
WHEN (SELECT CASE state WHEN 'naming' THEN 1 WHEN 'changing' THEN 2 ELSE 0 END FROM selections WHERE id = OLD.selection_id) <> OLD.round
BEGIN SELECT RAISE(ABORT, 'a name that was read out is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER selection_refusals_update BEFORE UPDATE ON selection_refusals BEGIN SELECT RAISE(ABORT, 'a refusal is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER selection_refusals_delete BEFORE DELETE ON selection_refusals BEGIN SELECT RAISE(ABORT, 'a refusal is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER selection_nominees_update BEFORE UPDATE ON selection_nominees
WHEN OLD.how <> '' OR NEW.selection_id <> OLD.selection_id OR NEW.turn <> OLD.turn OR NEW.member_id <> OLD.member_id OR NEW.named <> OLD.named
  OR NEW.named_first <> OLD.named_first OR OLD.round <> 0 AND NEW.round <> OLD.round OR OLD.accepted_at IS NOT NULL AND NEW.accepted_at IS NOT OLD.accepted_at
  OR (SELECT state FROM selections WHERE id = OLD.selection_id) IN ('final', 'nobody')
BEGIN SELECT RAISE(ABORT, 'who was named is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER selection_nominees_delete BEFORE DELETE ON selection_nominees BEGIN SELECT RAISE(ABORT, 'who was named is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER selection_answers_update BEFORE UPDATE ON selection_answers
WHEN NEW.selection_id <> OLD.selection_id OR NEW.turn <> OLD.turn OR NEW.member_id <> OLD.member_id
  OR NOT EXISTS (SELECT 1 FROM selections s JOIN selection_nominees n ON n.selection_id = s.id AND n.round = s.round
    WHERE s.id = OLD.selection_id AND s.state = 'asking' AND n.turn = OLD.turn)
BEGIN SELECT RAISE(ABORT, 'an answer that was read out is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER selection_answers_delete BEFORE DELETE ON selection_answers
WHEN NOT EXISTS (SELECT 1 FROM selections s JOIN selection_nominees n ON n.selection_id = s.id AND n.round = s.round
    WHERE s.id = OLD.selection_id AND s.state = 'asking' AND n.turn = OLD.turn)
BEGIN SELECT RAISE(ABORT, 'an answer that was read out is never removed'); END;
-- +goose StatementEnd
