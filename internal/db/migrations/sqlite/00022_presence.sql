-- +goose Up

-- How many are at a meeting, and how many of them would do a job, is counted without reading who.
CREATE INDEX meeting_presence_count ON meeting_presence (meeting_id, mode) WHERE left_at IS NULL;
CREATE INDEX meeting_willing_job ON meeting_willing (meeting_id, job, member_id);
