-- +goose Up

-- Hands that are counted ------------------------------------------------------------------

-- How many on the roll of a vote in a room have no device and vote by show of hands, which two tellers count.
ALTER TABLE ballots ADD COLUMN by_hand INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ballots ADD COLUMN hands TEXT NOT NULL DEFAULT '' CHECK (hands IN ('', 'agreed', 'not_given')); -- what came of it, once it is counted
ALTER TABLE ballots ADD COLUMN hands_turnout INTEGER NOT NULL DEFAULT 0; -- how many hands there were
ALTER TABLE ballots ADD COLUMN hands_for INTEGER; -- nothing: too few took part, or the tellers did not agree
ALTER TABLE ballots ADD COLUMN hands_against INTEGER;
ALTER TABLE ballots ADD COLUMN hands_abstain INTEGER;
-- +goose StatementBegin
CREATE TRIGGER ballots_by_hand BEFORE UPDATE ON ballots
WHEN NEW.by_hand <> OLD.by_hand AND OLD.question_hash IS NOT NULL OR OLD.state <> 'open' AND (NEW.hands <> OLD.hands OR NEW.hands_turnout <> OLD.hands_turnout OR NEW.hands_for IS NOT OLD.hands_for
  OR NEW.hands_against IS NOT OLD.hands_against OR NEW.hands_abstain IS NOT OLD.hands_abstain)
BEGIN SELECT RAISE(ABORT, 'a ballot is frozen when it opens'); END;
-- +goose StatementEnd

-- Who votes by hand, as was frozen with the roll. It goes with who took part.
CREATE TABLE hand_voters (
  ballot_id INTEGER NOT NULL REFERENCES ballots (id),
  member_id INTEGER NOT NULL,
  PRIMARY KEY (ballot_id, member_id),
  FOREIGN KEY (ballot_id, member_id) REFERENCES roll (ballot_id, member_id)
) STRICT, WITHOUT ROWID;

-- Who counts hands, and what they have counted, each alone, until the vote is counted.
CREATE TABLE hand_tellers (
  ballot_id INTEGER NOT NULL REFERENCES ballots (id),
  member_id INTEGER NOT NULL REFERENCES members (id),
  again     INTEGER NOT NULL DEFAULT 0, -- how often they had to count anew
  votes_for     INTEGER,
  votes_against INTEGER,
  abstentions   INTEGER,
  PRIMARY KEY (ballot_id, member_id)
) STRICT, WITHOUT ROWID;

-- The secret by which who counts hands in a meeting is drawn next, as was promised.
CREATE TABLE meeting_lots (
  meeting_id INTEGER NOT NULL PRIMARY KEY REFERENCES meetings (id),
  drawn      INTEGER NOT NULL DEFAULT 0, -- how often
  secret     BLOB    NOT NULL
) STRICT;

CREATE INDEX meeting_presence_paper ON meeting_presence (meeting_id, member_id) WHERE left_at IS NULL AND paper = 1;
