-- +goose Up

-- Approval, then a lot ----------------------------------------------------------------

-- Where those come from who can be drawn, if they were not asked: election/12.
ALTER TABLE draws ADD COLUMN cause TEXT NOT NULL DEFAULT '';
-- +goose StatementBegin
CREATE TRIGGER draws_cause BEFORE UPDATE ON draws WHEN NEW.cause <> OLD.cause
BEGIN SELECT RAISE(ABORT, 'a draw is never edited'); END;
-- +goose StatementEnd

-- That at least half of the papers name somebody who stood.
ALTER TABLE candidates ADD COLUMN approved INTEGER NOT NULL DEFAULT 0;
-- +goose StatementBegin
CREATE TRIGGER candidates_approved BEFORE UPDATE ON candidates WHEN OLD.approved = 1
BEGIN SELECT RAISE(ABORT, 'who stood is never edited'); END;
-- +goose StatementEnd
