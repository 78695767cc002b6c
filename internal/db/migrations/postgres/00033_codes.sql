-- +goose Up

-- Codes of a meeting's door ---------------------------------------------------------------

-- Each notes once that a member is there, and does nothing else. They go with the meeting's end.
CREATE TABLE meeting_codes (
  meeting_id BIGINT NOT NULL REFERENCES meetings (id),
  member_id  BIGINT NOT NULL REFERENCES members (id),
  hash       BYTEA  NOT NULL,           -- SHA-256 of the meeting and what is typed
  made_at    BIGINT NOT NULL,
  used       BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (meeting_id, member_id)
);
CREATE UNIQUE INDEX meeting_codes_typed ON meeting_codes (meeting_id, hash);
