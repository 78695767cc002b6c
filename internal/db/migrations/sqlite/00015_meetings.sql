-- +goose Up

-- Meetings ------------------------------------------------------------------------------

-- That members ask for a meeting. Enough of them are enough, whoever holds which role.
CREATE TABLE meeting_calls (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id   INTEGER NOT NULL REFERENCES groups (id),
  number     INTEGER NOT NULL,            -- from 1 in each group
  state      TEXT    NOT NULL,            -- collecting, reached, convening, called, expired, dropped, archived
  business   TEXT    NOT NULL,            -- what the meeting is to be about
  needed     INTEGER NOT NULL,            -- names, frozen at the start
  signed     INTEGER NOT NULL DEFAULT 0,
  rulebook   INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  closes_at  INTEGER NOT NULL,
  reached_at INTEGER,
  ended_at   INTEGER,
  due_at     INTEGER,
  UNIQUE (group_id, number)
) STRICT;
CREATE UNIQUE INDEX meeting_calls_open ON meeting_calls (group_id) WHERE state IN ('collecting', 'reached', 'convening');
CREATE INDEX meeting_calls_due ON meeting_calls (due_at) WHERE due_at IS NOT NULL;

-- Who has asked, in the order in which they did. They go when the meeting is called, or nothing comes of it.
CREATE TABLE meeting_call_names (
  call_id   INTEGER NOT NULL REFERENCES meeting_calls (id),
  n         INTEGER NOT NULL,             -- from 1
  member_id INTEGER NOT NULL REFERENCES members (id),
  PRIMARY KEY (call_id, n),
  UNIQUE (call_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX meeting_call_names_member ON meeting_call_names (member_id);

CREATE TABLE meetings (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id    INTEGER NOT NULL REFERENCES groups (id),
  number      INTEGER NOT NULL,            -- from 1 in each group
  kind        TEXT    NOT NULL,            -- ordinary, special
  state       TEXT    NOT NULL,            -- called, session, closed, unheld
  title       TEXT    NOT NULL,
  place       TEXT    NOT NULL,
  getting_in  TEXT    NOT NULL,            -- steps, doors, how to find it
  link        TEXT    NOT NULL,            -- to take part from elsewhere
  dial_in     TEXT    NOT NULL,            -- a number to call
  help        TEXT    NOT NULL,            -- children, food, travel
  opens_at    INTEGER NOT NULL,
  stop_at     INTEGER NOT NULL,            -- from then on nothing is put to a vote
  notice_at   INTEGER NOT NULL,            -- when all were told of its time and place as they are
  called_at   INTEGER NOT NULL,
  called_by   INTEGER REFERENCES members (id),
  cause       TEXT    NOT NULL,            -- by what power: a term, or call/2
  rulebook    INTEGER NOT NULL,
  code        TEXT    NOT NULL,            -- by which it is found
  commit_to   TEXT    NOT NULL,            -- the secret from which the order of new proposals follows
  secret      BLOB    NOT NULL,
  lot_at      INTEGER NOT NULL,            -- when it does
  ordered_at  INTEGER,
  jobs_commit TEXT    NOT NULL,            -- the same of who does what in the meeting, where several have done it as seldom
  jobs_secret BLOB    NOT NULL,
  active      INTEGER NOT NULL DEFAULT 0,  -- members, as it began
  quorum      INTEGER NOT NULL DEFAULT 0,
  present     INTEGER NOT NULL DEFAULT 0,  -- as it began
  most        INTEGER NOT NULL DEFAULT 0,  -- present at once
  enough      INTEGER NOT NULL DEFAULT 0,  -- are there for decisions
  began_at    INTEGER,
  adopted_at  INTEGER,                     -- its agenda
  item_id     INTEGER,                     -- that is talked about
  ended_at    INTEGER,
  due_at      INTEGER,
  UNIQUE (group_id, number)
) STRICT;
CREATE UNIQUE INDEX meetings_code ON meetings (code);
CREATE INDEX meetings_ahead ON meetings (group_id, opens_at) WHERE state IN ('called', 'session');
CREATE INDEX meetings_due ON meetings (due_at) WHERE due_at IS NOT NULL;

-- What a meeting talks about. Without a meeting: what members have put down for the next one.
CREATE TABLE meeting_items (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id   INTEGER NOT NULL REFERENCES groups (id),
  meeting_id INTEGER REFERENCES meetings (id),
  kind       TEXT    NOT NULL,            -- business, proposal, topic, other
  motion_id  INTEGER REFERENCES motions (id),
  title      TEXT    NOT NULL,            -- of a topic and of what members asked the meeting for
  text       TEXT    NOT NULL,
  by_id      INTEGER REFERENCES members (id),
  added_at   INTEGER NOT NULL,
  minutes    INTEGER NOT NULL,
  carried    INTEGER NOT NULL DEFAULT 0,  -- from how many meetings
  place      INTEGER NOT NULL DEFAULT 0,  -- on the agenda, from 1; 0 until it is ordered
  why        TEXT    NOT NULL DEFAULT '', -- it stands there
  fits       INTEGER NOT NULL DEFAULT 1,  -- into the time
  state      TEXT    NOT NULL,            -- waiting, now, done, left, withdrawn
  began_at   INTEGER,
  ended_at   INTEGER
) STRICT;
CREATE INDEX meeting_items_of ON meeting_items (meeting_id, place, id) WHERE meeting_id IS NOT NULL;
CREATE INDEX meeting_items_next ON meeting_items (group_id, id) WHERE meeting_id IS NULL AND state = 'waiting';
CREATE INDEX meeting_items_motion ON meeting_items (motion_id) WHERE motion_id IS NOT NULL;

-- Who is there, from when until when. It is nobody's record: it goes some days after the meeting.
CREATE TABLE meeting_presence (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  meeting_id INTEGER NOT NULL REFERENCES meetings (id),
  member_id  INTEGER NOT NULL REFERENCES members (id),
  mode       TEXT    NOT NULL,            -- how
  paper      INTEGER NOT NULL DEFAULT 0,  -- let in at the door, without a device
  came_at    INTEGER NOT NULL,
  left_at    INTEGER
) STRICT;
CREATE UNIQUE INDEX meeting_presence_now ON meeting_presence (meeting_id, member_id) WHERE left_at IS NULL;
CREATE INDEX meeting_presence_of ON meeting_presence (meeting_id, member_id, id);

-- What somebody who is there would do in the meeting.
CREATE TABLE meeting_willing (
  meeting_id INTEGER NOT NULL REFERENCES meetings (id),
  member_id  INTEGER NOT NULL REFERENCES members (id),
  job        TEXT    NOT NULL,
  PRIMARY KEY (meeting_id, member_id, job)
) STRICT, WITHOUT ROWID;

-- Terms for one meeting: who does what in it, and who may call one that members have asked for.
CREATE TABLE meeting_terms (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  ref        TEXT    NOT NULL UNIQUE,
  group_id   INTEGER NOT NULL REFERENCES groups (id),
  meeting_id INTEGER REFERENCES meetings (id), -- none where it is to call one
  job        TEXT    NOT NULL,            -- facilitate, note, timekeep, stack, door, convene
  member_id  INTEGER NOT NULL REFERENCES members (id),
  shadow     INTEGER NOT NULL DEFAULT 0,  -- learns it, without the power
  caps       TEXT    NOT NULL,
  starts_at  INTEGER NOT NULL,
  ends_at    INTEGER NOT NULL,
  cause      TEXT    NOT NULL,            -- meeting/3, call/2
  ended_at   INTEGER,
  ended_how  TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX meeting_terms_of ON meeting_terms (meeting_id, id) WHERE meeting_id IS NOT NULL;
CREATE INDEX meeting_terms_now ON meeting_terms (member_id, ends_at) WHERE ended_at IS NULL AND shadow = 0;
CREATE INDEX meeting_terms_done ON meeting_terms (group_id, job, member_id) WHERE shadow = 0;

-- Hands that are raised, and what became of them. They go some days after the meeting.
CREATE TABLE meeting_hands (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  meeting_id INTEGER NOT NULL REFERENCES meetings (id),
  item_id    INTEGER NOT NULL REFERENCES meeting_items (id),
  member_id  INTEGER NOT NULL REFERENCES members (id),
  kind       TEXT    NOT NULL,
  side       TEXT    NOT NULL,
  soon       INTEGER NOT NULL DEFAULT 0,
  about      TEXT    NOT NULL DEFAULT '', -- a rules question: which rule
  state      TEXT    NOT NULL,            -- up, speaking, spoken, lowered
  raised_at  INTEGER NOT NULL,
  began_at   INTEGER,
  seconds    INTEGER NOT NULL DEFAULT 0,  -- given
  ended_at   INTEGER
) STRICT;
CREATE INDEX meeting_hands_of ON meeting_hands (meeting_id, id);
CREATE UNIQUE INDEX meeting_hands_up ON meeting_hands (meeting_id, member_id, kind) WHERE state = 'up';
CREATE UNIQUE INDEX meeting_hands_speaking ON meeting_hands (meeting_id) WHERE state = 'speaking';

-- Hands that were put elsewhere than where the order has them: by whoever facilitates, or by their own members to let others first.
CREATE TABLE meeting_moves (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  meeting_id INTEGER NOT NULL REFERENCES meetings (id),
  hand_id    INTEGER NOT NULL REFERENCES meeting_hands (id),
  other_id   INTEGER NOT NULL REFERENCES meeting_hands (id),
  behind     INTEGER NOT NULL DEFAULT 0,
  own        INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX meeting_moves_of ON meeting_moves (meeting_id, id);

-- +goose StatementBegin
CREATE TRIGGER meetings_update BEFORE UPDATE ON meetings
WHEN OLD.state IN ('closed', 'unheld') AND (OLD.due_at IS NULL OR NEW.state <> OLD.state OR NEW.ended_at IS NOT OLD.ended_at OR NEW.title <> OLD.title OR NEW.item_id IS NOT OLD.item_id) OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.number <> OLD.number OR NEW.kind <> OLD.kind
  OR NEW.called_at <> OLD.called_at OR NEW.called_by IS NOT OLD.called_by OR NEW.cause <> OLD.cause OR NEW.code <> OLD.code OR NEW.commit_to <> OLD.commit_to
  OR NEW.secret <> OLD.secret OR NEW.jobs_commit <> OLD.jobs_commit OR NEW.jobs_secret <> OLD.jobs_secret OR OLD.began_at IS NOT NULL AND (NEW.began_at IS NOT OLD.began_at OR NEW.opens_at <> OLD.opens_at)
BEGIN SELECT RAISE(ABORT, 'a meeting that has ended is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER meetings_delete BEFORE DELETE ON meetings BEGIN SELECT RAISE(ABORT, 'a meeting is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER meeting_items_update BEFORE UPDATE ON meeting_items
WHEN OLD.state IN ('done', 'left', 'withdrawn') OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR OLD.meeting_id IS NOT NULL AND NEW.meeting_id IS NOT OLD.meeting_id
  OR NEW.kind <> OLD.kind OR NEW.motion_id IS NOT OLD.motion_id OR NEW.by_id IS NOT OLD.by_id OR NEW.added_at <> OLD.added_at
BEGIN SELECT RAISE(ABORT, 'what a meeting talked about is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER meeting_items_delete BEFORE DELETE ON meeting_items BEGIN SELECT RAISE(ABORT, 'what a meeting talked about is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER meeting_terms_update BEFORE UPDATE ON meeting_terms
WHEN OLD.ended_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.ref <> OLD.ref OR NEW.group_id <> OLD.group_id OR NEW.job <> OLD.job OR NEW.member_id <> OLD.member_id
  OR NEW.shadow <> OLD.shadow OR NEW.caps <> OLD.caps OR NEW.starts_at <> OLD.starts_at OR NEW.ends_at <> OLD.ends_at OR NEW.cause <> OLD.cause
BEGIN SELECT RAISE(ABORT, 'a job that has ended is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER meeting_terms_delete BEFORE DELETE ON meeting_terms BEGIN SELECT RAISE(ABORT, 'a term is never removed'); END;
-- +goose StatementEnd
