-- +goose Up

-- Sentences that are decided on the spot ---------------------------------------------------

-- How often somebody had others called today, and whether people are being called now.
DROP INDEX ballots_at_once;
CREATE INDEX ballots_at_once ON ballots (group_id, opens_at) WHERE method = 'at_once';

-- What is provisional in a group is looked up on its first page.
DROP TRIGGER decision_windows_update;
ALTER TABLE decision_windows ADD COLUMN group_id INTEGER REFERENCES groups (id);
UPDATE decision_windows SET group_id = (SELECT d.group_id FROM decisions d WHERE d.id = decision_id);
CREATE INDEX decision_windows_open ON decision_windows (group_id, decision_id) WHERE state = 'open';
-- +goose StatementBegin
CREATE TRIGGER decision_windows_update BEFORE UPDATE ON decision_windows
WHEN OLD.state <> 'open' OR NEW.decision_id <> OLD.decision_id OR NEW.group_id IS NOT OLD.group_id OR OLD.until_at IS NOT NULL AND NEW.until_at IS NOT OLD.until_at
BEGIN SELECT RAISE(ABORT, 'what a decision came to is never edited'); END;
-- +goose StatementEnd

-- What cannot wait ---------------------------------------------------------------------------

-- The notice of a meeting can say of a proposal that it cannot wait: then what is agreed on it in the room is not provisional.
ALTER TABLE meeting_items ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ballots ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0; -- of a call on it, frozen
-- +goose StatementBegin
CREATE TRIGGER meeting_items_urgent BEFORE UPDATE ON meeting_items WHEN NEW.urgent <> OLD.urgent
BEGIN SELECT RAISE(ABORT, 'what a notice said is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ballots_urgent BEFORE UPDATE ON ballots WHEN NEW.urgent <> OLD.urgent
BEGIN SELECT RAISE(ABORT, 'a ballot is frozen when it opens'); END;
-- +goose StatementEnd
