-- +goose Up

-- A call is held open for whoever blocks ----------------------------------------------------

-- Whoever presses that they block has two more minutes to say what it rests on. Once each, and eight minutes in all.
ALTER TABLE call_answers ADD COLUMN held INTEGER NOT NULL DEFAULT 0; -- they had the call held open
DROP TRIGGER ballots_over;
-- +goose StatementBegin
CREATE TRIGGER ballots_over BEFORE UPDATE ON ballots
WHEN NEW.over_at IS NOT OLD.over_at AND (OLD.meeting = '' AND OLD.method <> 'at_once' OR OLD.state <> 'open' OR NEW.over_at IS NULL
  OR NEW.over_at > OLD.closes_at + CASE OLD.method WHEN 'consensus' THEN 480000 ELSE 30000 END)
BEGIN SELECT RAISE(ABORT, 'a ballot is frozen when it opens'); END;
-- +goose StatementEnd
