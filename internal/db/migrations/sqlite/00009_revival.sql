-- +goose Up

-- Groups that sleep, wake or end ---------------------------------------------------------

ALTER TABLE groups ADD COLUMN archived_at INTEGER;                    -- read-only since; NULL while the group lives
ALTER TABLE groups ADD COLUMN archived_by TEXT NOT NULL DEFAULT '';   -- what brought it about: decision/2026-014, revival/2
ALTER TABLE groups ADD COLUMN reopened_at INTEGER;                    -- the last time
ALTER TABLE groups ADD COLUMN look_at INTEGER;                        -- when time alone looks next whether the group sleeps; NULL: it never has
CREATE INDEX groups_look ON groups (COALESCE(look_at, 0)) WHERE third_at IS NOT NULL AND archived_at IS NULL;

-- Notices to a sleeping group, each with the window in which it can wake.
CREATE TABLE revivals (
  id          INTEGER PRIMARY KEY,
  group_id    INTEGER NOT NULL REFERENCES groups (id),
  number      INTEGER NOT NULL,            -- from 1 in each group
  why         TEXT    NOT NULL,            -- undecided, few
  since_at    INTEGER NOT NULL,            -- since when nothing was decided
  noticed_at  INTEGER NOT NULL,
  opens_at    INTEGER NOT NULL,
  closes_at   INTEGER NOT NULL,
  archives_at INTEGER NOT NULL,            -- what happens then if fewer than three have answered
  ended_at    INTEGER,
  how         TEXT    NOT NULL DEFAULT '', -- woke, again, archived
  answered    INTEGER,                     -- how many had, when it ended
  due_at      INTEGER,
  UNIQUE (group_id, number),
  CHECK (noticed_at < opens_at AND opens_at < closes_at AND closes_at < archives_at),
  CHECK ((ended_at IS NULL) = (how = '') AND (ended_at IS NULL) = (answered IS NULL) AND (ended_at IS NULL) = (due_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX revivals_open ON revivals (group_id) WHERE ended_at IS NULL; -- one at a time
CREATE INDEX revivals_due ON revivals (due_at) WHERE due_at IS NOT NULL;

-- Who wants an archived group back, without a time. The rows go when it is reopened; nothing else says whose they were.
CREATE TABLE reopenings (
  group_id  INTEGER NOT NULL REFERENCES groups (id),
  member_id INTEGER NOT NULL REFERENCES members (id),
  PRIMARY KEY (group_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX reopenings_member ON reopenings (member_id);

-- Why a ballot has another quorum than its rules give: revival/2. Empty: it has that of the rules.
ALTER TABLE ballots ADD COLUMN quorum_by TEXT NOT NULL DEFAULT '';
CREATE INDEX ballots_counted_last ON ballots (group_id, closes_at) WHERE outcome IN ('carried', 'not_carried');

-- +goose StatementBegin
CREATE TRIGGER ballots_quorum_by BEFORE UPDATE ON ballots WHEN OLD.question_hash IS NOT NULL AND NEW.quorum_by <> OLD.quorum_by
BEGIN SELECT RAISE(ABORT, 'a ballot is frozen when it opens'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER revivals_update BEFORE UPDATE ON revivals
WHEN OLD.ended_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.number <> OLD.number OR NEW.why <> OLD.why
  OR NEW.since_at <> OLD.since_at OR NEW.noticed_at <> OLD.noticed_at
BEGIN SELECT RAISE(ABORT, 'a notice that was given is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER revivals_delete BEFORE DELETE ON revivals BEGIN SELECT RAISE(ABORT, 'a notice that was given is never edited'); END;
-- +goose StatementEnd
