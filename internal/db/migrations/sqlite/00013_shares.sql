-- +goose Up

-- Several people for one place, and places that are reserved -----------------------------

-- Who stands together with others: the reference under which they stand, that of the first of them; '' alone.
ALTER TABLE candidates ADD COLUMN share TEXT NOT NULL DEFAULT '';
-- What somebody said of themselves, in this election only: that they stand for a reserved place.
ALTER TABLE candidates ADD COLUMN reserved INTEGER NOT NULL DEFAULT 0;
-- Who holds a seat together with others: the reference under which they stood; '' alone.
ALTER TABLE terms ADD COLUMN share TEXT NOT NULL DEFAULT '';
-- +goose StatementBegin
CREATE TRIGGER terms_share BEFORE UPDATE ON terms WHEN NEW.share <> OLD.share
BEGIN SELECT RAISE(ABORT, 'a term can end early, and changes in no other way'); END;
-- +goose StatementEnd

-- Asking each other to stand together. Only who is named sees one. When all have said yes they are candidates.
CREATE TABLE share_offers (
  id          INTEGER PRIMARY KEY,
  election_id INTEGER NOT NULL REFERENCES elections (id),
  statement   TEXT    NOT NULL,
  rest        INTEGER NOT NULL DEFAULT 0, -- of those who are left where somebody stepped back
  opened_at   INTEGER NOT NULL,
  closed_at   INTEGER
) STRICT;
CREATE INDEX share_offers_open ON share_offers (election_id, id) WHERE closed_at IS NULL;

CREATE TABLE share_people (
  offer_id    INTEGER NOT NULL REFERENCES share_offers (id),
  place       INTEGER NOT NULL,           -- from 1; the first is who asked
  member_id   INTEGER NOT NULL REFERENCES members (id),
  agreed_at   INTEGER,
  declined_at INTEGER,
  interests   TEXT    NOT NULL DEFAULT '',
  reserved    INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (offer_id, place),
  UNIQUE (offer_id, member_id),
  CHECK (agreed_at IS NULL OR declined_at IS NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX share_people_member ON share_people (member_id, offer_id);

-- How many of the seats of a role are reserved, in the group's words for whom: the newest that is in force holds.
CREATE TABLE balances (
  id       INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups (id),
  role_id  INTEGER NOT NULL REFERENCES roles (id),
  places   INTEGER NOT NULL CHECK (places >= 0), -- 0: none are reserved any more
  reserved_for TEXT NOT NULL,
  from_at  INTEGER NOT NULL,                     -- for elections that begin from then on
  cause    TEXT    NOT NULL,                     -- decision/2026-014
  UNIQUE (group_id, cause),
  CHECK ((places = 0) = (reserved_for = ''))
) STRICT;
CREATE INDEX balances_role ON balances (role_id, id);

-- What an election keeps to, as it was when the election began.
ALTER TABLE elections ADD COLUMN reserved INTEGER NOT NULL DEFAULT 0;
ALTER TABLE elections ADD COLUMN reserved_for TEXT NOT NULL DEFAULT '';

-- +goose StatementBegin
CREATE TRIGGER elections_reserved BEFORE UPDATE ON elections WHEN NEW.reserved <> OLD.reserved OR NEW.reserved_for <> OLD.reserved_for
BEGIN SELECT RAISE(ABORT, 'an election keeps to the rules it began with'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER balances_update BEFORE UPDATE ON balances BEGIN SELECT RAISE(ABORT, 'rules are superseded, never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER balances_delete BEFORE DELETE ON balances BEGIN SELECT RAISE(ABORT, 'rules are superseded, never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER share_offers_update BEFORE UPDATE ON share_offers
WHEN OLD.closed_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.election_id <> OLD.election_id OR NEW.rest <> OLD.rest OR NEW.opened_at <> OLD.opened_at
BEGIN SELECT RAISE(ABORT, 'what is closed stays as it is'); END;
-- +goose StatementEnd
