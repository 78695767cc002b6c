-- +goose Up

-- Those who were absent --------------------------------------------------------------------

-- What was agreed in a room is provisional for some days: whoever was not heard from can object to it.
CREATE TABLE decision_windows (
  decision_id INTEGER PRIMARY KEY REFERENCES decisions (id),
  state       TEXT    NOT NULL,          -- open, stands, stopped
  until_at    INTEGER,                   -- NULL: the record of the meeting is not out
  ended_at    INTEGER
) STRICT;
CREATE INDEX decision_windows_due ON decision_windows (until_at) WHERE state = 'open';

-- What they say: a concern, which stays beside the decision, or a block, which is counted with those of the call.
CREATE TABLE decision_objections (
  decision_id INTEGER NOT NULL REFERENCES decisions (id),
  member_id   INTEGER NOT NULL REFERENCES members (id),
  how         TEXT    NOT NULL,          -- concern, block
  ground      TEXT    NOT NULL DEFAULT '', -- of a block: aim, principle, safety
  names       TEXT    NOT NULL DEFAULT '',
  text        TEXT    NOT NULL,
  at          INTEGER NOT NULL,
  PRIMARY KEY (decision_id, member_id, how)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER decision_windows_update BEFORE UPDATE ON decision_windows WHEN OLD.state <> 'open' OR NEW.decision_id <> OLD.decision_id OR OLD.until_at IS NOT NULL AND NEW.until_at IS NOT OLD.until_at
BEGIN SELECT RAISE(ABORT, 'what a decision came to is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER decision_windows_delete BEFORE DELETE ON decision_windows BEGIN SELECT RAISE(ABORT, 'what a decision came to is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER decision_objections_update BEFORE UPDATE ON decision_objections BEGIN SELECT RAISE(ABORT, 'an objection is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER decision_objections_delete BEFORE DELETE ON decision_objections BEGIN SELECT RAISE(ABORT, 'an objection is never removed'); END;
-- +goose StatementEnd

-- Calls online -----------------------------------------------------------------------------

-- Where a proposal is to be decided online, forum is ''; agreement says that it is by a call for agreement.
ALTER TABLE motion_versions ADD COLUMN agreement INTEGER NOT NULL DEFAULT 0;
ALTER TABLE motions ADD COLUMN agreement INTEGER NOT NULL DEFAULT 0; -- of the current version
