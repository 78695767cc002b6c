-- +goose Up

-- Meetings by the rule on how often the group meets ------------------------------------

ALTER TABLE groups ADD COLUMN rhythm_at BIGINT; -- when time alone looks next whether a meeting is to be called by it; NULL: it never has
CREATE INDEX groups_rhythm ON groups (COALESCE(rhythm_at, 0)) WHERE third_at IS NOT NULL AND archived_at IS NULL;
CREATE INDEX meetings_ordinary ON meetings (group_id, opens_at) WHERE kind = 'ordinary' AND state <> 'called';
