-- +goose Up

-- What people need to take part in a meeting ---------------------------------------------

-- Nobody but whoever keeps the door sees it. It goes with the meeting's end, and when they leave it.
CREATE TABLE meeting_needs (
  meeting_id INTEGER NOT NULL REFERENCES meetings (id),
  member_id  INTEGER NOT NULL REFERENCES members (id),
  text       TEXT    NOT NULL,
  PRIMARY KEY (meeting_id, member_id)
) STRICT, WITHOUT ROWID;
