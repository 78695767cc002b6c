-- +goose Up

-- The address under which a meeting is shown on a screen in the room. It shows nothing else, and nothing once the meeting is over.
CREATE TABLE meeting_screens (
  meeting_id BIGINT NOT NULL PRIMARY KEY REFERENCES meetings (id),
  hash       BYTEA  NOT NULL UNIQUE,   -- SHA-256 of what stands in the address
  made_at    BIGINT NOT NULL
);
