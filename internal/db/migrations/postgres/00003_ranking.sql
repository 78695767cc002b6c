-- +goose Up

-- Ballots by ranking ------------------------------------------------------------------

ALTER TABLE ballots
  ADD COLUMN method  TEXT   NOT NULL DEFAULT '', -- how papers with an order on them are counted; '' where people vote for or against
  ADD COLUMN seats   BIGINT NOT NULL DEFAULT 0,  -- places that such papers fill
  ADD COLUMN options TEXT   NOT NULL DEFAULT ''; -- frozen: who can be put in order; canonical JSON
ALTER TABLE ballots DROP CONSTRAINT ballots_check2;
ALTER TABLE ballots
  ADD CHECK ((method = '') = (seats = 0)),
  ADD CHECK (CASE WHEN method <> '' OR outcome IN ('', 'inquorate') THEN votes_for IS NULL AND votes_against IS NULL AND abstentions IS NULL
    ELSE COALESCE(votes_for + votes_against + abstentions, -1) = turnout END);
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION refuse_ballot() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF OLD.question_hash IS NOT NULL AND (NEW.question_hash IS DISTINCT FROM OLD.question_hash OR NEW.text_hash IS DISTINCT FROM OLD.text_hash
    OR NEW.roll_hash IS DISTINCT FROM OLD.roll_hash OR NEW.rule <> OLD.rule OR NEW.quorum <> OLD.quorum OR NEW.entitled <> OLD.entitled
    OR NEW.secret <> OLD.secret OR NEW.receipt <> OLD.receipt OR NEW.opens_at <> OLD.opens_at OR NEW.closes_at <> OLD.closes_at
    OR NEW.motion_id <> OLD.motion_id OR NEW.version <> OLD.version OR NEW.ref <> OLD.ref OR NEW.id <> OLD.id
    OR NEW.group_id <> OLD.group_id OR NEW.round <> OLD.round OR NEW.replaces_id IS DISTINCT FROM OLD.replaces_id OR NEW.rulebook <> OLD.rulebook OR NEW.active <> OLD.active
    OR NEW.method <> OLD.method OR NEW.seats <> OLD.seats OR NEW.options <> OLD.options)
  THEN RAISE EXCEPTION 'a ballot is frozen when it opens'; END IF;
  IF OLD.turnout IS NOT NULL AND (NEW.turnout IS DISTINCT FROM OLD.turnout OR NEW.votes_for IS DISTINCT FROM OLD.votes_for
    OR NEW.votes_against IS DISTINCT FROM OLD.votes_against OR NEW.abstentions IS DISTINCT FROM OLD.abstentions
    OR NEW.outcome <> OLD.outcome OR NEW.papers_hash IS DISTINCT FROM OLD.papers_hash
    OR NEW.counted_at IS DISTINCT FROM OLD.counted_at OR NEW.incident <> OLD.incident OR NEW.state NOT IN ('counted', 'purged'))
  THEN RAISE EXCEPTION 'a count is never edited'; END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd

-- The count sheet of a ballot by ranking, as it was counted: nothing counts it again to show it.
CREATE TABLE counts (
  ballot_id BIGINT PRIMARY KEY REFERENCES ballots (id),
  sheet     TEXT   NOT NULL             -- folkmoot-count/1, with candidates by reference
);

-- The papers of a ballot by ranking, without codes: how many had which order on them. Written in one go at close, sorted, and only
-- where there are enough papers.
CREATE TABLE rankings (
  ballot_id BIGINT NOT NULL REFERENCES ballots (id),
  ranking   TEXT COLLATE "C" NOT NULL,  -- numbers of options, best first: 3 1 2
  papers    BIGINT NOT NULL,
  PRIMARY KEY (ballot_id, ranking)
);

-- +goose StatementBegin
CREATE FUNCTION refuse_count() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a count is never edited'; END $$;
-- +goose StatementEnd
CREATE TRIGGER counts_change BEFORE UPDATE OR DELETE ON counts FOR EACH ROW EXECUTE FUNCTION refuse_count();
CREATE TRIGGER counts_truncate BEFORE TRUNCATE ON counts FOR EACH STATEMENT EXECUTE FUNCTION refuse_count();
CREATE TRIGGER rankings_change BEFORE UPDATE OR DELETE ON rankings FOR EACH ROW EXECUTE FUNCTION refuse_count();
CREATE TRIGGER rankings_truncate BEFORE TRUNCATE ON rankings FOR EACH STATEMENT EXECUTE FUNCTION refuse_count();
