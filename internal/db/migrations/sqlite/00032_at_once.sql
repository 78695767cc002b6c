-- +goose Up

-- Calls among people who are together in no meeting ----------------------------------------

-- A call whose method is at_once closes as soon as everybody has answered, like a vote in a room.
DROP INDEX ballots_in_room;
CREATE INDEX ballots_together ON ballots (id) WHERE (meeting <> '' OR method = 'at_once') AND state = 'open';
CREATE INDEX ballots_at_once ON ballots (group_id) WHERE method = 'at_once' AND state = 'open';
DROP TRIGGER ballots_over;
-- +goose StatementBegin
CREATE TRIGGER ballots_over BEFORE UPDATE ON ballots
WHEN NEW.over_at IS NOT OLD.over_at AND (OLD.meeting = '' AND OLD.method <> 'at_once' OR OLD.state <> 'open' OR NEW.over_at IS NULL OR NEW.over_at > OLD.closes_at + 30000)
BEGIN SELECT RAISE(ABORT, 'a ballot is frozen when it opens'); END;
-- +goose StatementEnd
