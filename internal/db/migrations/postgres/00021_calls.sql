-- +goose Up

-- Calls for agreement ---------------------------------------------------------------------

-- A call is a ballot whose method is consensus, in which people agree, stand aside or block. What it came to.
CREATE TABLE calls (
  ballot_id   BIGINT PRIMARY KEY REFERENCES ballots (id),
  agree       BIGINT NOT NULL,
  reservation BIGINT NOT NULL,
  aside       BIGINT NOT NULL,
  block       BIGINT NOT NULL
);

-- What people say with their answers while a call is open. It goes as soon as that is counted.
CREATE TABLE call_answers (
  ballot_id BIGINT NOT NULL REFERENCES ballots (id),
  member_id BIGINT NOT NULL REFERENCES members (id),
  words     TEXT    NOT NULL DEFAULT '',
  ground    TEXT    NOT NULL DEFAULT '', -- of a block: aim, principle, safety
  names     TEXT    NOT NULL DEFAULT '', -- which aim, principle or need for safety
  named     BIGINT NOT NULL DEFAULT 0,  -- they want their name beside it
  PRIMARY KEY (ballot_id, member_id)
);

-- What of that is on record: without a name, but for blocks and for who wants it.
CREATE TABLE call_words (
  ballot_id BIGINT NOT NULL REFERENCES ballots (id),
  n         BIGINT NOT NULL,            -- from 1, by what it says
  answer    TEXT    NOT NULL,            -- reservation, aside, block
  member_id BIGINT REFERENCES members (id),
  text      TEXT    NOT NULL DEFAULT '',
  ground    TEXT    NOT NULL DEFAULT '',
  names     TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (ballot_id, n)
);

CREATE TRIGGER calls_update BEFORE UPDATE ON calls FOR EACH ROW EXECUTE FUNCTION refuse('a count is never edited');
CREATE TRIGGER calls_delete BEFORE DELETE ON calls FOR EACH ROW EXECUTE FUNCTION refuse('a count is never removed');
CREATE TRIGGER calls_truncate BEFORE TRUNCATE ON calls FOR EACH STATEMENT EXECUTE FUNCTION refuse('a count is never removed');
CREATE TRIGGER call_words_update BEFORE UPDATE ON call_words FOR EACH ROW EXECUTE FUNCTION refuse('what was answered to a call is never edited');
CREATE TRIGGER call_words_delete BEFORE DELETE ON call_words FOR EACH ROW EXECUTE FUNCTION refuse('what was answered to a call is never removed');
CREATE TRIGGER call_words_truncate BEFORE TRUNCATE ON call_words FOR EACH STATEMENT EXECUTE FUNCTION refuse('what was answered to a call is never removed');
