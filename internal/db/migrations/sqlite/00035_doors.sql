-- +goose Up

-- Who was noted as there by somebody else ------------------------------------------------

-- By whom and how somebody was noted as there who did not say so themselves. It goes with who was there.
ALTER TABLE meeting_presence ADD COLUMN noted_by INTEGER REFERENCES members (id);
ALTER TABLE meeting_presence ADD COLUMN noted_how TEXT NOT NULL DEFAULT '' CHECK (noted_how IN ('', 'name', 'typed', 'code'));

-- How many of those who are there were noted so, as the record says it.
ALTER TABLE meetings ADD COLUMN noted INTEGER NOT NULL DEFAULT 0;

-- Whoever made the codes answers for them.
ALTER TABLE meeting_codes ADD COLUMN made_by INTEGER REFERENCES members (id);

-- How many of those who were to vote by hand do not any more: they have a device, or are not there.
ALTER TABLE ballots ADD COLUMN hands_fewer INTEGER NOT NULL DEFAULT 0;
-- +goose StatementBegin
CREATE TRIGGER ballots_hands_fewer BEFORE UPDATE OF hands_fewer ON ballots
WHEN NEW.hands_fewer <> OLD.hands_fewer AND (OLD.state <> 'open' OR NEW.hands_fewer <> OLD.hands_fewer + 1 OR NEW.hands_fewer > OLD.by_hand)
BEGIN SELECT RAISE(ABORT, 'a ballot is frozen when it opens'); END;
-- +goose StatementEnd

-- Members are told that somebody else noted them as there, wherever they look first.
CREATE INDEX meeting_presence_noted ON meeting_presence (member_id, meeting_id, id) WHERE noted_how <> '';
CREATE INDEX meetings_kept ON meetings (group_id) WHERE state = 'closed' AND due_at IS NOT NULL;
