-- +goose Up

-- Sentences that are decided on the spot ---------------------------------------------------

-- How often somebody had others called today, and whether people are being called now.
DROP INDEX ballots_at_once;
CREATE INDEX ballots_at_once ON ballots (group_id, opens_at) WHERE method = 'at_once';

-- What is provisional in a group is looked up on its first page.
DROP TRIGGER decision_windows_update;
ALTER TABLE decision_windows ADD COLUMN group_id INTEGER REFERENCES groups (id);
UPDATE decision_windows SET group_id = (SELECT d.group_id FROM decisions d WHERE d.id = decision_id);
CREATE INDEX decision_windows_open ON decision_windows (group_id) WHERE state = 'open';
-- +goose StatementBegin
CREATE TRIGGER decision_windows_update BEFORE UPDATE ON decision_windows
WHEN OLD.state <> 'open' OR NEW.decision_id <> OLD.decision_id OR NEW.group_id IS NOT OLD.group_id OR OLD.until_at IS NOT NULL AND NEW.until_at IS NOT OLD.until_at
BEGIN SELECT RAISE(ABORT, 'what a decision came to is never edited'); END;
-- +goose StatementEnd
