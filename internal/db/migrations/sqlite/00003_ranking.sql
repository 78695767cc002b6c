-- +goose Up

-- Ballots by ranking ------------------------------------------------------------------

-- The table is made anew: SQLite changes no checks. Foreign keys are off while migrations run, and checked after them.
DROP TRIGGER roll_insert;
DROP TRIGGER decisions_insert;
CREATE TABLE new_ballots (
  id            INTEGER PRIMARY KEY,
  ref           TEXT    NOT NULL UNIQUE,
  group_id      INTEGER NOT NULL REFERENCES groups (id),
  motion_id     INTEGER NOT NULL REFERENCES motions (id),
  version       INTEGER NOT NULL,        -- of the motion's text
  round         INTEGER NOT NULL,        -- 2 when it is held again for want of a quorum
  replaces_id   INTEGER REFERENCES ballots (id),
  state         TEXT    NOT NULL,        -- announced, open, closing, counted, purged, stopped
  secret        INTEGER NOT NULL,
  receipt       TEXT    NOT NULL,        -- none, presence, full
  opens_at      INTEGER NOT NULL,
  closes_at     INTEGER NOT NULL,
  due_at        INTEGER,
  rulebook      INTEGER NOT NULL,
  rule          TEXT    NOT NULL DEFAULT '', -- frozen: majority, base, quorum, abstentions; canonical JSON
  active        INTEGER NOT NULL DEFAULT 0,
  quorum        INTEGER NOT NULL DEFAULT 0,
  entitled      INTEGER NOT NULL DEFAULT 0,
  roll_hash     BLOB,
  text_hash     BLOB,
  question_hash BLOB,                    -- of text, rule and roll together
  turnout       INTEGER,                 -- how many took part, once it is closed for good
  votes_for     INTEGER,                 -- how they voted; never known where too few took part
  votes_against INTEGER,
  abstentions   INTEGER,
  outcome       TEXT    NOT NULL DEFAULT '',
  papers_hash   BLOB,
  counted_at    INTEGER,
  incident      TEXT    NOT NULL DEFAULT '',
  method        TEXT    NOT NULL DEFAULT '', -- how papers with an order on them are counted; '' where people vote for or against
  seats         INTEGER NOT NULL DEFAULT 0,  -- places that such papers fill
  options       TEXT    NOT NULL DEFAULT '', -- frozen: who can be put in order; canonical JSON
  UNIQUE (motion_id, round),
  CHECK ((method = '') = (seats = 0)),
  CHECK ((outcome = '') = (turnout IS NULL)),
  CHECK ((outcome = 'inquorate') = (turnout < quorum)),
  CHECK (CASE WHEN method <> '' OR outcome IN ('', 'inquorate') THEN votes_for IS NULL AND votes_against IS NULL AND abstentions IS NULL
    ELSE COALESCE(votes_for + votes_against + abstentions, -1) = turnout END)
) STRICT;
INSERT INTO new_ballots (id, ref, group_id, motion_id, version, round, replaces_id, state, secret, receipt, opens_at, closes_at, due_at, rulebook, rule, active, quorum, entitled, roll_hash, text_hash, question_hash, turnout, votes_for, votes_against, abstentions, outcome, papers_hash, counted_at, incident)
  SELECT id, ref, group_id, motion_id, version, round, replaces_id, state, secret, receipt, opens_at, closes_at, due_at, rulebook, rule, active, quorum, entitled, roll_hash, text_hash, question_hash, turnout, votes_for, votes_against, abstentions, outcome, papers_hash, counted_at, incident FROM ballots;
DROP TABLE ballots;
ALTER TABLE new_ballots RENAME TO ballots;
CREATE INDEX ballots_group ON ballots (group_id, state, id);
CREATE INDEX ballots_due ON ballots (due_at) WHERE due_at IS NOT NULL;
-- +goose StatementBegin
CREATE TRIGGER roll_insert BEFORE INSERT ON roll
WHEN NEW.slot < 1 OR NEW.slot > (SELECT entitled FROM ballots WHERE id = NEW.ballot_id)
BEGIN SELECT RAISE(ABORT, 'the roll is frozen'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ballots_frozen BEFORE UPDATE ON ballots
WHEN OLD.question_hash IS NOT NULL AND (NEW.question_hash IS NOT OLD.question_hash OR NEW.text_hash IS NOT OLD.text_hash
  OR NEW.roll_hash IS NOT OLD.roll_hash OR NEW.rule <> OLD.rule OR NEW.quorum <> OLD.quorum OR NEW.entitled <> OLD.entitled
  OR NEW.secret <> OLD.secret OR NEW.receipt <> OLD.receipt OR NEW.opens_at <> OLD.opens_at OR NEW.closes_at <> OLD.closes_at
  OR NEW.motion_id <> OLD.motion_id OR NEW.version <> OLD.version OR NEW.ref <> OLD.ref OR NEW.id <> OLD.id
  OR NEW.group_id <> OLD.group_id OR NEW.round <> OLD.round OR NEW.replaces_id IS NOT OLD.replaces_id OR NEW.rulebook <> OLD.rulebook OR NEW.active <> OLD.active
  OR NEW.method <> OLD.method OR NEW.seats <> OLD.seats OR NEW.options <> OLD.options)
BEGIN SELECT RAISE(ABORT, 'a ballot is frozen when it opens'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ballots_counted BEFORE UPDATE ON ballots
WHEN OLD.turnout IS NOT NULL AND (NEW.turnout IS NOT OLD.turnout OR NEW.votes_for IS NOT OLD.votes_for
  OR NEW.votes_against IS NOT OLD.votes_against OR NEW.abstentions IS NOT OLD.abstentions OR NEW.outcome <> OLD.outcome
  OR NEW.papers_hash IS NOT OLD.papers_hash OR NEW.counted_at IS NOT OLD.counted_at OR NEW.incident <> OLD.incident
  OR NEW.state NOT IN ('counted', 'purged'))
BEGIN SELECT RAISE(ABORT, 'a count is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ballots_delete BEFORE DELETE ON ballots BEGIN SELECT RAISE(ABORT, 'a ballot is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER decisions_insert BEFORE INSERT ON decisions
WHEN NOT EXISTS (SELECT 1 FROM ballots WHERE id = NEW.ballot_id AND turnout IS NOT NULL AND outcome = NEW.outcome)
BEGIN SELECT RAISE(ABORT, 'nothing is decided but by a closed ballot'); END;
-- +goose StatementEnd

-- The count sheet of a ballot by ranking, as it was counted: nothing counts it again to show it.
CREATE TABLE counts (
  ballot_id INTEGER PRIMARY KEY REFERENCES ballots (id),
  sheet     TEXT    NOT NULL             -- folkmoot-count/1, with candidates by reference
) STRICT;

-- The papers of a ballot by ranking, without codes: how many had which order on them. Written in one go at close, sorted, and only
-- where there are enough papers.
CREATE TABLE rankings (
  ballot_id INTEGER NOT NULL REFERENCES ballots (id),
  ranking   TEXT    NOT NULL,            -- numbers of options, best first: 3 1 2
  papers    INTEGER NOT NULL,
  PRIMARY KEY (ballot_id, ranking)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER counts_update BEFORE UPDATE ON counts BEGIN SELECT RAISE(ABORT, 'a count is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER counts_delete BEFORE DELETE ON counts BEGIN SELECT RAISE(ABORT, 'a count is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rankings_update BEFORE UPDATE ON rankings BEGIN SELECT RAISE(ABORT, 'a count is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rankings_delete BEFORE DELETE ON rankings BEGIN SELECT RAISE(ABORT, 'a count is never edited'); END;
-- +goose StatementEnd
