-- +goose Up

-- Approval, then a lot ----------------------------------------------------------------

-- Where those come from who can be drawn, if they were not asked: election/12.
ALTER TABLE draws ADD COLUMN cause text NOT NULL DEFAULT '';
CREATE TRIGGER draws_cause BEFORE UPDATE ON draws FOR EACH ROW WHEN (NEW.cause <> OLD.cause) EXECUTE FUNCTION refuse_draw();

-- That at least half of the papers name somebody who stood.
ALTER TABLE candidates ADD COLUMN approved bigint NOT NULL DEFAULT 0;
CREATE TRIGGER candidates_approved BEFORE UPDATE ON candidates FOR EACH ROW WHEN (OLD.approved = 1) EXECUTE FUNCTION refuse('who stood is never edited');
