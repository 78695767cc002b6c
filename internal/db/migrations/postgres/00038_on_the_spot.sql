-- +goose Up

-- Sentences that are decided on the spot ---------------------------------------------------

-- How often somebody had others called today, and whether people are being called now.
DROP INDEX ballots_at_once;
CREATE INDEX ballots_at_once ON ballots (group_id, opens_at) WHERE method = 'at_once';

-- What is provisional in a group is looked up on its first page.
DROP TRIGGER decision_windows_update ON decision_windows;
ALTER TABLE decision_windows ADD COLUMN group_id BIGINT REFERENCES groups (id);
UPDATE decision_windows w SET group_id = d.group_id FROM decisions d WHERE d.id = w.decision_id;
CREATE INDEX decision_windows_open ON decision_windows (group_id, decision_id) WHERE state = 'open';
CREATE TRIGGER decision_windows_update BEFORE UPDATE ON decision_windows FOR EACH ROW
  WHEN (OLD.state <> 'open' OR NEW.decision_id <> OLD.decision_id OR NEW.group_id IS DISTINCT FROM OLD.group_id OR OLD.until_at IS NOT NULL AND NEW.until_at IS DISTINCT FROM OLD.until_at)
  EXECUTE FUNCTION refuse('what a decision came to is never edited');

-- What cannot wait ---------------------------------------------------------------------------

-- The notice of a meeting can say of a proposal that it cannot wait: then what is agreed on it in the room is not provisional.
ALTER TABLE meeting_items ADD COLUMN urgent BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ballots ADD COLUMN urgent BIGINT NOT NULL DEFAULT 0; -- of a call on it, frozen
CREATE TRIGGER meeting_items_urgent BEFORE UPDATE ON meeting_items FOR EACH ROW WHEN (NEW.urgent <> OLD.urgent) EXECUTE FUNCTION refuse('what a notice said is never edited');
CREATE TRIGGER ballots_urgent BEFORE UPDATE ON ballots FOR EACH ROW WHEN (NEW.urgent <> OLD.urgent) EXECUTE FUNCTION refuse('a ballot is frozen when it opens');
