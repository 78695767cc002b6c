-- +goose Up

-- Hands that are counted ------------------------------------------------------------------

-- How many on the roll of a vote in a room have no device and vote by show of hands, which two tellers count.
ALTER TABLE ballots ADD COLUMN by_hand BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ballots ADD COLUMN hands TEXT NOT NULL DEFAULT '' CHECK (hands IN ('', 'agreed', 'not_given')); -- what came of it, once it is counted
ALTER TABLE ballots ADD COLUMN hands_turnout BIGINT NOT NULL DEFAULT 0; -- how many hands there were
ALTER TABLE ballots ADD COLUMN hands_for BIGINT; -- nothing: too few took part, or the tellers did not agree
ALTER TABLE ballots ADD COLUMN hands_against BIGINT;
ALTER TABLE ballots ADD COLUMN hands_abstain BIGINT;
CREATE TRIGGER ballots_by_hand BEFORE UPDATE ON ballots FOR EACH ROW WHEN (NEW.by_hand <> OLD.by_hand AND OLD.question_hash IS NOT NULL
  OR OLD.state <> 'open' AND (NEW.hands <> OLD.hands OR NEW.hands_turnout <> OLD.hands_turnout OR NEW.hands_for IS DISTINCT FROM OLD.hands_for
  OR NEW.hands_against IS DISTINCT FROM OLD.hands_against OR NEW.hands_abstain IS DISTINCT FROM OLD.hands_abstain))
  EXECUTE FUNCTION refuse('a ballot is frozen when it opens');

-- Who votes by hand, as was frozen with the roll. It goes with who took part.
CREATE TABLE hand_voters (
  ballot_id BIGINT NOT NULL REFERENCES ballots (id),
  member_id BIGINT NOT NULL,
  PRIMARY KEY (ballot_id, member_id),
  FOREIGN KEY (ballot_id, member_id) REFERENCES roll (ballot_id, member_id)
);

-- Who counts hands, and what they have counted, each alone, until the vote is counted.
CREATE TABLE hand_tellers (
  ballot_id BIGINT NOT NULL REFERENCES ballots (id),
  member_id BIGINT NOT NULL REFERENCES members (id),
  again     BIGINT NOT NULL DEFAULT 0, -- how often they had to count anew
  votes_for     BIGINT,
  votes_against BIGINT,
  abstentions   BIGINT,
  PRIMARY KEY (ballot_id, member_id)
);

-- The secret by which who counts hands in a meeting is drawn next, as was promised.
CREATE TABLE meeting_lots (
  meeting_id BIGINT NOT NULL PRIMARY KEY REFERENCES meetings (id),
  drawn      BIGINT NOT NULL DEFAULT 0, -- how often
  secret     BYTEA   NOT NULL
);

CREATE INDEX meeting_presence_paper ON meeting_presence (meeting_id, member_id) WHERE left_at IS NULL AND paper = 1;
