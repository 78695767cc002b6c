-- +goose Up

-- Meetings that go on at another date ---------------------------------------------------------

ALTER TABLE meetings ADD COLUMN sitting INTEGER NOT NULL DEFAULT 1; -- the first, or a later one that goes on with what was left
ALTER TABLE meetings ADD COLUMN sat_at INTEGER;                     -- when that began, null until it does; began_at is when the first did
ALTER TABLE meetings ADD COLUMN talk_at INTEGER;                    -- with too few, people chose to talk only; null: they have not

DROP TRIGGER meetings_update;
UPDATE meetings SET sat_at = began_at WHERE began_at IS NOT NULL;

-- What stood still once a meeting had begun changes with its next sitting, and with nothing else.
-- +goose StatementBegin
CREATE TRIGGER meetings_update BEFORE UPDATE ON meetings
WHEN OLD.state IN ('closed', 'unheld') AND (OLD.due_at IS NULL OR NEW.state <> OLD.state OR NEW.ended_at IS NOT OLD.ended_at OR NEW.title <> OLD.title OR NEW.item_id IS NOT OLD.item_id OR NEW.sitting <> OLD.sitting OR NEW.opens_at <> OLD.opens_at)
  OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.number <> OLD.number OR NEW.kind <> OLD.kind
  OR NEW.called_at <> OLD.called_at OR NEW.called_by IS NOT OLD.called_by OR NEW.cause <> OLD.cause OR NEW.code <> OLD.code OR NEW.commit_to <> OLD.commit_to OR NEW.secret <> OLD.secret
  OR NEW.sitting <> OLD.sitting AND (NEW.sitting <> OLD.sitting + 1 OR OLD.state <> 'session' OR NEW.state <> 'called')
  OR NEW.sitting = OLD.sitting AND (NEW.jobs_commit <> OLD.jobs_commit OR NEW.jobs_secret <> OLD.jobs_secret OR OLD.state = 'session' AND NEW.opens_at <> OLD.opens_at)
  OR OLD.began_at IS NOT NULL AND NEW.began_at IS NOT OLD.began_at
BEGIN SELECT RAISE(ABORT, 'a meeting that has ended is never edited'); END;
-- +goose StatementEnd
