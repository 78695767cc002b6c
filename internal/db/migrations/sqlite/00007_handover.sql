-- +goose Up

-- Learning a role and handing it over ---------------------------------------------------

-- What the clock has to see to for a term, and what only its holder and whoever follows see. A row comes with each term.
CREATE TABLE learnings (
  term_id INTEGER PRIMARY KEY REFERENCES terms (id),
  depth   INTEGER,                        -- how many others could do it when it began
  unasked INTEGER NOT NULL DEFAULT 0,     -- whoever held it would rather not be asked afterwards
  due_at  INTEGER                         -- when the clock looks at it next
) STRICT;
CREATE INDEX learnings_due ON learnings (due_at) WHERE due_at IS NOT NULL;
INSERT INTO learnings (term_id, due_at)
  SELECT id, starts_at FROM terms WHERE ended_at IS NULL AND ends_at > CAST(strftime('%s', 'now') AS INTEGER) * 1000;
CREATE INDEX terms_seat ON terms (role_id, seat, starts_at);

-- Who shadows whom. Only the two of them see it, and no record tells of it.
CREATE TABLE shadowings (
  id        INTEGER PRIMARY KEY,
  group_id  INTEGER NOT NULL REFERENCES groups (id),
  role_id   INTEGER NOT NULL REFERENCES roles (id),
  term_id   INTEGER NOT NULL REFERENCES terms (id),
  member_id INTEGER NOT NULL REFERENCES members (id), -- who learns
  invited   INTEGER NOT NULL,             -- by the holder; otherwise who learns has asked
  asked_at  INTEGER NOT NULL,
  agreed_at INTEGER,
  ended_at  INTEGER
) STRICT;
CREATE UNIQUE INDEX shadowings_open ON shadowings (role_id, member_id) WHERE ended_at IS NULL; -- one holder at a time
CREATE INDEX shadowings_term ON shadowings (term_id);
CREATE INDEX shadowings_role ON shadowings (role_id, ended_at);
CREATE INDEX shadowings_group ON shadowings (group_id, ended_at);
CREATE INDEX shadowings_member ON shadowings (member_id);

-- Times at which the two sat together: one of them says so, the other confirms it.
CREATE TABLE sittings (
  shadowing_id INTEGER NOT NULL REFERENCES shadowings (id),
  day          INTEGER NOT NULL,          -- 20260302
  by_holder    INTEGER NOT NULL,          -- who said it first
  confirmed    INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (shadowing_id, day)
) STRICT, WITHOUT ROWID;

-- Who would be understudy to whoever holds a term. Only how many is shown. The rows go when somebody is named and when the term ends.
CREATE TABLE understudy_volunteers (
  term_id   INTEGER NOT NULL REFERENCES terms (id),
  member_id INTEGER NOT NULL REFERENCES members (id),
  PRIMARY KEY (term_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX understudy_volunteers_member ON understudy_volunteers (member_id, term_id);

CREATE TABLE understudies (
  id        INTEGER PRIMARY KEY,
  group_id  INTEGER NOT NULL REFERENCES groups (id),
  term_id   INTEGER NOT NULL REFERENCES terms (id),
  n         INTEGER NOT NULL,             -- from 1 for each term
  member_id INTEGER NOT NULL REFERENCES members (id),
  named_at  INTEGER NOT NULL,
  cause     TEXT    NOT NULL,             -- volunteer, lot/3
  ended_at  INTEGER,                      -- before the term did
  ended_how TEXT    NOT NULL DEFAULT '',  -- stopped, left
  UNIQUE (term_id, n),
  CHECK ((ended_at IS NULL) = (ended_how = ''))
) STRICT;
CREATE UNIQUE INDEX understudies_one ON understudies (term_id) WHERE ended_at IS NULL;
CREATE INDEX understudies_group ON understudies (group_id, id);
CREATE INDEX understudies_member ON understudies (member_id) WHERE ended_at IS NULL;

-- Lots among those who would be understudy.
CREATE TABLE understudy_lots (
  id        INTEGER PRIMARY KEY,
  group_id  INTEGER NOT NULL REFERENCES groups (id),
  number    INTEGER NOT NULL,             -- from 1 in each group
  term_id   INTEGER NOT NULL REFERENCES terms (id),
  state     TEXT    NOT NULL,             -- announced, drawn
  at        INTEGER NOT NULL,             -- when the secret is revealed
  pool_hash TEXT    NOT NULL,
  commit_to TEXT    NOT NULL,
  secret    BLOB    NOT NULL,             -- published when it is drawn
  seed      TEXT    NOT NULL DEFAULT '',
  UNIQUE (group_id, number)
) STRICT;
CREATE INDEX understudy_lots_term ON understudy_lots (term_id, id);

-- Who is in a lot. The record tells places and weights, and the name of who is drawn. Names go when the term ends.
CREATE TABLE understudy_tickets (
  lot_id    INTEGER NOT NULL REFERENCES understudy_lots (id),
  place     INTEGER NOT NULL,             -- from 1
  member_id INTEGER REFERENCES members (id),
  weight    INTEGER NOT NULL,
  turn      INTEGER,                      -- the lot's order, from 1
  PRIMARY KEY (lot_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX understudy_tickets_member ON understudy_tickets (member_id) WHERE member_id IS NOT NULL;

-- What is asked at a handover of a role: the newest list counts for the next one. Without any it is the program's own.
CREATE TABLE handover_lists (
  id        INTEGER PRIMARY KEY,
  group_id  INTEGER NOT NULL REFERENCES groups (id),
  role_id   INTEGER NOT NULL REFERENCES roles (id),
  n         INTEGER NOT NULL,             -- from 1 for each role
  member_id INTEGER NOT NULL REFERENCES members (id), -- who holds the role and wrote it
  items     TEXT    NOT NULL,             -- one a line
  at        INTEGER NOT NULL,
  UNIQUE (role_id, n)
) STRICT;
CREATE INDEX handover_lists_group ON handover_lists (group_id, id);

CREATE TABLE handovers (
  id           INTEGER PRIMARY KEY,
  group_id     INTEGER NOT NULL REFERENCES groups (id),
  term_id      INTEGER NOT NULL UNIQUE REFERENCES terms (id), -- that ends
  opened_at    INTEGER NOT NULL,
  met_old      INTEGER NOT NULL DEFAULT 0, -- that the two have met, says who held it
  met_new      INTEGER NOT NULL DEFAULT 0, -- and who holds it now
  finished_at  INTEGER,                   -- when the new holder said that it is complete
  seal         TEXT    NOT NULL DEFAULT '', -- SHA-256 of the salt and of what was written
  salt         BLOB,
  forgotten_at INTEGER                    -- when what was written was deleted
) STRICT;
CREATE INDEX handovers_group ON handovers (group_id, id);

-- The points of a handover. What is written may be personal: only the outgoing, the new holder and the understudy read it.
CREATE TABLE handover_items (
  handover_id INTEGER NOT NULL REFERENCES handovers (id),
  n           INTEGER NOT NULL,           -- from 1
  label       TEXT    NOT NULL,
  text        TEXT    NOT NULL DEFAULT '',
  checked     INTEGER NOT NULL DEFAULT 0, -- by the new holder
  PRIMARY KEY (handover_id, n)
) STRICT, WITHOUT ROWID;

-- Before a seat of an elected role is free everybody is asked whether they would do it.
CREATE TABLE askings (
  id           INTEGER PRIMARY KEY,
  group_id     INTEGER NOT NULL REFERENCES groups (id),
  role_id      INTEGER NOT NULL REFERENCES roles (id),
  number       INTEGER NOT NULL,          -- from 1 in each group
  opened_at    INTEGER NOT NULL,
  closes_at    INTEGER NOT NULL,          -- when nominations close
  free_at      INTEGER NOT NULL,          -- the seat
  counted_at   INTEGER,
  yes          INTEGER NOT NULL DEFAULT 0, -- of those who answered, once it is counted
  with_someone INTEGER NOT NULL DEFAULT 0,
  shadow_first INTEGER NOT NULL DEFAULT 0,
  not_now      INTEGER NOT NULL DEFAULT 0,
  UNIQUE (group_id, number)
) STRICT;
CREATE UNIQUE INDEX askings_open ON askings (role_id) WHERE counted_at IS NULL;
CREATE INDEX askings_due ON askings (closes_at) WHERE counted_at IS NULL;
CREATE INDEX askings_group ON askings (group_id, role_id, id);

-- What people said. Only how many said what is shown, and the rows go when nominations close.
CREATE TABLE asking_answers (
  asking_id INTEGER NOT NULL REFERENCES askings (id),
  member_id INTEGER NOT NULL REFERENCES members (id),
  answer    TEXT    NOT NULL,
  PRIMARY KEY (asking_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX asking_answers_member ON asking_answers (member_id, asking_id);

-- +goose StatementBegin
CREATE TRIGGER terms_learning AFTER INSERT ON terms BEGIN INSERT INTO learnings (term_id, due_at) VALUES (NEW.id, NEW.starts_at); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER terms_learning_end AFTER UPDATE OF ended_at ON terms BEGIN UPDATE learnings SET due_at = NEW.ended_at WHERE term_id = NEW.id; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER understudies_update BEFORE UPDATE ON understudies
WHEN OLD.ended_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.term_id <> OLD.term_id OR NEW.n <> OLD.n
  OR NEW.member_id <> OLD.member_id OR NEW.named_at <> OLD.named_at OR NEW.cause <> OLD.cause
BEGIN SELECT RAISE(ABORT, 'who was understudy is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER understudies_delete BEFORE DELETE ON understudies BEGIN SELECT RAISE(ABORT, 'who was understudy is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER understudy_lots_update BEFORE UPDATE ON understudy_lots
WHEN OLD.state <> 'announced' OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.number <> OLD.number OR NEW.term_id <> OLD.term_id
  OR NEW.at <> OLD.at OR NEW.pool_hash <> OLD.pool_hash OR NEW.commit_to <> OLD.commit_to OR NEW.secret <> OLD.secret
BEGIN SELECT RAISE(ABORT, 'a lot is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER understudy_lots_delete BEFORE DELETE ON understudy_lots BEGIN SELECT RAISE(ABORT, 'a lot is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER understudy_tickets_update BEFORE UPDATE ON understudy_tickets
WHEN NEW.lot_id <> OLD.lot_id OR NEW.place <> OLD.place OR NEW.weight <> OLD.weight OR OLD.turn IS NOT NULL AND NEW.turn IS NOT OLD.turn
  OR NEW.member_id IS NOT NULL AND NEW.member_id IS NOT OLD.member_id
BEGIN SELECT RAISE(ABORT, 'a lot is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER understudy_tickets_delete BEFORE DELETE ON understudy_tickets BEGIN SELECT RAISE(ABORT, 'a lot is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER handover_lists_update BEFORE UPDATE ON handover_lists BEGIN SELECT RAISE(ABORT, 'a list is never edited: there is a new one'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER handover_lists_delete BEFORE DELETE ON handover_lists BEGIN SELECT RAISE(ABORT, 'a list is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER handovers_update BEFORE UPDATE ON handovers
WHEN OLD.forgotten_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.term_id <> OLD.term_id OR NEW.opened_at <> OLD.opened_at
  OR OLD.finished_at IS NOT NULL AND (NEW.finished_at IS NOT OLD.finished_at OR NEW.seal <> OLD.seal)
BEGIN SELECT RAISE(ABORT, 'a handover that is finished is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER handovers_delete BEFORE DELETE ON handovers BEGIN SELECT RAISE(ABORT, 'a handover is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER handover_items_update BEFORE UPDATE ON handover_items
WHEN NEW.text <> OLD.text AND NEW.text <> '' AND (SELECT h.finished_at FROM handovers h WHERE h.id = OLD.handover_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a handover that is finished is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER askings_update BEFORE UPDATE ON askings
WHEN OLD.counted_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.role_id <> OLD.role_id OR NEW.number <> OLD.number
  OR NEW.opened_at <> OLD.opened_at OR NEW.closes_at <> OLD.closes_at OR NEW.free_at <> OLD.free_at
BEGIN SELECT RAISE(ABORT, 'what was counted is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER askings_delete BEFORE DELETE ON askings BEGIN SELECT RAISE(ABORT, 'what was counted is never removed'); END;
-- +goose StatementEnd
