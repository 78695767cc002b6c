-- +goose Up

-- Reports on money that a meeting received, by its item on them: from which number to which, 0 for none; and when the next was due that was not there.
ALTER TABLE meeting_items ADD COLUMN report_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE meeting_items ADD COLUMN report_to BIGINT NOT NULL DEFAULT 0;
ALTER TABLE meeting_items ADD COLUMN report_due BIGINT;
CREATE INDEX meeting_items_received ON meeting_items (group_id, report_to) WHERE report_to > 0;
