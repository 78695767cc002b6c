-- +goose Up

-- Proposals that are decided in a meeting ------------------------------------------------

-- Where a proposal is to be decided: '' online, by everybody over days; meeting: in a room. It is part of what its versions say.
ALTER TABLE motion_versions ADD COLUMN forum TEXT NOT NULL DEFAULT '' CHECK (forum IN ('', 'meeting'));
ALTER TABLE motions ADD COLUMN forum TEXT NOT NULL DEFAULT '' CHECK (forum IN ('', 'meeting')); -- of the current version
ALTER TABLE motions ADD COLUMN fallback_at BIGINT;              -- no meeting can put the online vote off beyond that; set once
ALTER TABLE motions ADD COLUMN meeting TEXT NOT NULL DEFAULT ''; -- meeting/3, on whose agenda it is, or in which it was voted on
ALTER TABLE motions ADD COLUMN meetings BIGINT NOT NULL DEFAULT 0; -- on how many agendas it has been
CREATE INDEX motions_forum ON motions (group_id, tabled_at, id) WHERE state = 'tabled' AND forum = 'meeting';

-- Votes in a room ------------------------------------------------------------------------

ALTER TABLE ballots ADD COLUMN meeting TEXT NOT NULL DEFAULT '';    -- meeting/3; '' online
ALTER TABLE ballots ADD COLUMN present BIGINT NOT NULL DEFAULT 0;  -- how many were checked in when it opened
ALTER TABLE ballots ADD COLUMN named BIGINT NOT NULL DEFAULT 0;    -- who votes how is published at the close
ALTER TABLE ballots ADD COLUMN over_at BIGINT; -- it ended earlier than it had to, or later by half a minute; nothing: as frozen
CREATE INDEX ballots_meeting ON ballots (group_id, meeting, id) WHERE meeting <> '';
CREATE INDEX ballots_in_room ON ballots (id) WHERE meeting <> '' AND state = 'open';
CREATE TRIGGER ballots_room BEFORE UPDATE ON ballots FOR EACH ROW
  WHEN (OLD.question_hash IS NOT NULL AND (NEW.meeting <> OLD.meeting OR NEW.present <> OLD.present OR NEW.named <> OLD.named)) EXECUTE FUNCTION refuse_quorum_by();
CREATE TRIGGER ballots_over BEFORE UPDATE ON ballots FOR EACH ROW
  WHEN (NEW.over_at IS DISTINCT FROM OLD.over_at AND (OLD.meeting = '' OR OLD.state <> 'open' OR NEW.over_at IS NULL OR NEW.over_at > OLD.closes_at + 30000))
  EXECUTE FUNCTION refuse_quorum_by();
