-- +goose Up

-- What the group depends on and who holds it --------------------------------------------

-- Of each: a member or somebody outside by name, never both.
ALTER TABLE held_keys ADD COLUMN kind TEXT NOT NULL DEFAULT 'other';      -- server, domain, bank, mail, other
ALTER TABLE held_keys ADD COLUMN holder_id INTEGER REFERENCES members (id);
ALTER TABLE held_keys ADD COLUMN second_id INTEGER REFERENCES members (id);
ALTER TABLE held_keys ADD COLUMN holder_since INTEGER;
ALTER TABLE held_keys ADD COLUMN second_since INTEGER;
ALTER TABLE held_keys ADD COLUMN holder_tested INTEGER;                   -- the receiver has said that it works
ALTER TABLE held_keys ADD COLUMN second_tested INTEGER;
ALTER TABLE held_keys ADD COLUMN until_at INTEGER;                        -- holding ends, and the group is warned
ALTER TABLE held_keys ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;         -- the group has it no more
CREATE INDEX held_keys_group ON held_keys (group_id, id);
-- Nothing that was written down before has an end without this: 400 days, the longest there is.
UPDATE held_keys SET until_at = at + 34560000000;
UPDATE held_keys SET holder_since = at WHERE holder <> '';
UPDATE held_keys SET second_since = at WHERE second <> '';

-- Beginnings ----------------------------------------------------------------------------

ALTER TABLE groups ADD COLUMN adopted_at INTEGER;  -- members adopted the rules, once and for all
ALTER TABLE groups ADD COLUMN question_at INTEGER; -- when they are asked next whether they adopt them
CREATE INDEX groups_question ON groups (question_at) WHERE question_at IS NOT NULL;
-- Groups that there are already are asked as new ones are: at their founding date, or 14 days after their third member came.
UPDATE groups SET question_at = COALESCE(founding_at, third_at + 1209600000) WHERE third_at IS NOT NULL;

CREATE INDEX motions_founding ON motions (group_id, id) WHERE kind = 'founding';
CREATE UNIQUE INDEX effects_adopted ON effects (group_id) WHERE kind = 'rules_adopted' AND done = 1;

-- Members who want the question put without waiting for its date; two are enough.
CREATE TABLE founding_calls (
  group_id  INTEGER NOT NULL REFERENCES groups (id),
  member_id INTEGER NOT NULL REFERENCES members (id),
  at        INTEGER NOT NULL,
  PRIMARY KEY (group_id, member_id)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER groups_adopted BEFORE UPDATE ON groups WHEN OLD.adopted_at IS NOT NULL AND NEW.adopted_at IS NOT OLD.adopted_at
BEGIN SELECT RAISE(ABORT, 'rules are never adopted twice'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER founding_calls_update BEFORE UPDATE ON founding_calls BEGIN SELECT RAISE(ABORT, 'a call for the founding vote is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER founding_calls_delete BEFORE DELETE ON founding_calls BEGIN SELECT RAISE(ABORT, 'a call for the founding vote is never removed'); END;
-- +goose StatementEnd
