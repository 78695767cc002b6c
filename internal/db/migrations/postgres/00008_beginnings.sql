-- +goose Up

-- What the group depends on and who holds it --------------------------------------------

-- Of each: a member or somebody outside by name, never both.
ALTER TABLE held_keys ADD COLUMN kind TEXT NOT NULL DEFAULT 'other';      -- server, domain, bank, mail, other
ALTER TABLE held_keys ADD COLUMN holder_id BIGINT REFERENCES members (id);
ALTER TABLE held_keys ADD COLUMN second_id BIGINT REFERENCES members (id);
ALTER TABLE held_keys ADD COLUMN holder_since BIGINT;
ALTER TABLE held_keys ADD COLUMN second_since BIGINT;
ALTER TABLE held_keys ADD COLUMN holder_tested BIGINT;                   -- the receiver has said that it works
ALTER TABLE held_keys ADD COLUMN second_tested BIGINT;
ALTER TABLE held_keys ADD COLUMN until_at BIGINT;                        -- holding ends, and the group is warned
ALTER TABLE held_keys ADD COLUMN gone BIGINT NOT NULL DEFAULT 0;         -- the group has it no more
CREATE INDEX held_keys_group ON held_keys (group_id, id);
-- Nothing that was written down before has an end without this: 400 days, the longest there is.
UPDATE held_keys SET until_at = at + 34560000000;
UPDATE held_keys SET holder_since = at WHERE holder <> '';
UPDATE held_keys SET second_since = at WHERE second <> '';

-- Beginnings ----------------------------------------------------------------------------

ALTER TABLE groups ADD COLUMN adopted_at BIGINT;  -- members adopted the rules, once and for all
ALTER TABLE groups ADD COLUMN question_at BIGINT; -- when they are asked next whether they adopt them
CREATE INDEX groups_question ON groups (question_at) WHERE question_at IS NOT NULL;
-- Groups that there are already are asked as new ones are: at their founding date, or 14 days after their third member came.
UPDATE groups SET question_at = COALESCE(founding_at, third_at + 1209600000) WHERE third_at IS NOT NULL;

CREATE INDEX motions_founding ON motions (group_id, id) WHERE kind = 'founding';
CREATE UNIQUE INDEX effects_adopted ON effects (group_id) WHERE kind = 'rules_adopted' AND done = 1;

-- Members who want the question put without waiting for its date; two are enough.
CREATE TABLE founding_calls (
  group_id  BIGINT NOT NULL REFERENCES groups (id),
  member_id BIGINT NOT NULL REFERENCES members (id),
  at        BIGINT NOT NULL,
  PRIMARY KEY (group_id, member_id)
);

CREATE TRIGGER groups_adopted BEFORE UPDATE ON groups FOR EACH ROW WHEN (OLD.adopted_at IS NOT NULL AND NEW.adopted_at IS DISTINCT FROM OLD.adopted_at) EXECUTE FUNCTION refuse('rules are never adopted twice');
CREATE TRIGGER founding_calls_update BEFORE UPDATE ON founding_calls FOR EACH ROW EXECUTE FUNCTION refuse('a call for the founding vote is never edited');
CREATE TRIGGER founding_calls_delete BEFORE DELETE ON founding_calls FOR EACH ROW EXECUTE FUNCTION refuse('a call for the founding vote is never removed');
CREATE TRIGGER founding_calls_truncate BEFORE TRUNCATE ON founding_calls FOR EACH STATEMENT EXECUTE FUNCTION refuse('a call for the founding vote is never removed');
