-- +goose Up

-- Installation ----------------------------------------------------------------

CREATE TABLE settings (
  name  TEXT NOT NULL PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One row for every form that was acted on, so that the same form sent again has the same answer.
CREATE TABLE once_keys (
  key     BLOB    NOT NULL PRIMARY KEY,
  subject INTEGER NOT NULL,
  at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX once_keys_at ON once_keys (at);

CREATE TABLE setup_links (
  hash       BLOB    NOT NULL PRIMARY KEY,
  made_at    INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at    INTEGER,
  draft      TEXT    NOT NULL DEFAULT '' -- the wizard's answers so far, so that a closed browser can go on
) STRICT, WITHOUT ROWID;

-- People and groups -------------------------------------------------------------

CREATE TABLE people (
  id         INTEGER PRIMARY KEY,
  ref        TEXT    NOT NULL UNIQUE,
  handle     TEXT    NOT NULL,
  handle_key TEXT    UNIQUE,          -- folded handle; NULL once the person has gone
  lang       TEXT    NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  gone_at    INTEGER
) STRICT;

-- Contact data and secrets of a person; the row is deleted when the person leaves their last group.
CREATE TABLE logins (
  person_id      INTEGER NOT NULL PRIMARY KEY REFERENCES people (id),
  email          TEXT    NOT NULL DEFAULT '',
  email_key      TEXT    UNIQUE,
  passphrase     TEXT    NOT NULL,     -- argon2id, PHC string
  recovery       BLOB    NOT NULL,     -- SHA-256 of the recovery code
  changed_at     INTEGER NOT NULL,
  failures       INTEGER NOT NULL DEFAULT 0,
  failures_since INTEGER
) STRICT;

CREATE TABLE sessions (
  id         INTEGER PRIMARY KEY,
  hash       BLOB    NOT NULL UNIQUE,  -- SHA-256 of the cookie's token
  person_id  INTEGER NOT NULL REFERENCES people (id),
  label      TEXT    NOT NULL,         -- kind of browser, as the person would name it
  created_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL,         -- to the day
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_person ON sessions (person_id, id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE groups (
  id             INTEGER PRIMARY KEY,
  ref            TEXT    NOT NULL UNIQUE,
  slug           TEXT    NOT NULL UNIQUE,
  name           TEXT    NOT NULL,
  aim            TEXT    NOT NULL DEFAULT '',
  preset         TEXT    NOT NULL,
  zone           TEXT    NOT NULL,      -- IANA time zone
  lang           TEXT    NOT NULL,
  parent_id      INTEGER REFERENCES groups (id),
  created_at     INTEGER NOT NULL,
  third_at       INTEGER,               -- when the third member joined, once and for all
  founding_at    INTEGER,               -- the founding meeting, if a date is set
  founding_place TEXT    NOT NULL DEFAULT '',
  setup_step     INTEGER NOT NULL DEFAULT 0, -- where the founder is in the wizard; 0 when done
  motion_seq     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX groups_parent ON groups (parent_id);

CREATE TABLE members (
  id            INTEGER PRIMARY KEY,
  ref           TEXT    NOT NULL UNIQUE, -- stands for the person in the record
  group_id      INTEGER NOT NULL REFERENCES groups (id),
  person_id     INTEGER NOT NULL REFERENCES people (id),
  name          TEXT    NOT NULL,        -- as the person wants to be called here
  name_key      TEXT    NOT NULL,
  founder       INTEGER NOT NULL DEFAULT 0, -- began the group; what follows from it is computed from dates
  introduced_by INTEGER REFERENCES members (id),
  joined_at     INTEGER NOT NULL,
  left_at       INTEGER,
  active_month  INTEGER NOT NULL          -- yyyymm of the last activity, nothing finer
) STRICT;
CREATE UNIQUE INDEX members_once ON members (group_id, person_id) WHERE left_at IS NULL;
CREATE UNIQUE INDEX members_name ON members (group_id, name_key) WHERE left_at IS NULL;
CREATE INDEX members_person ON members (person_id);
CREATE INDEX members_group ON members (group_id, id);

CREATE TABLE invitations (
  id         INTEGER PRIMARY KEY,
  hash       BLOB    NOT NULL UNIQUE,
  group_id   INTEGER NOT NULL REFERENCES groups (id),
  made_by    INTEGER NOT NULL REFERENCES members (id),
  made_at    INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  uses_left  INTEGER NOT NULL CHECK (uses_left >= 0),
  revoked_at INTEGER
) STRICT;
CREATE INDEX invitations_group ON invitations (group_id, id);

-- Who holds the server, the mail account, the bank mandate.
CREATE TABLE held_keys (
  id       INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups (id),
  what     TEXT    NOT NULL,
  holder   TEXT    NOT NULL DEFAULT '',
  second   TEXT    NOT NULL DEFAULT '',
  at       INTEGER NOT NULL,
  UNIQUE (group_id, what)
) STRICT;

-- Rules ---------------------------------------------------------------------------

CREATE TABLE rulebooks (
  group_id    INTEGER NOT NULL REFERENCES groups (id),
  number      INTEGER NOT NULL,
  params      TEXT    NOT NULL,          -- canonical JSON
  hash        BLOB    NOT NULL,
  prev_hash   BLOB    NOT NULL,
  from_at     INTEGER NOT NULL,
  by_what     TEXT    NOT NULL,          -- what put it in force: a preset's name, later a decision's reference
  by_member   INTEGER REFERENCES members (id),
  decision_id INTEGER,
  PRIMARY KEY (group_id, number)
) STRICT, WITHOUT ROWID;

-- Motions ---------------------------------------------------------------------------

CREATE TABLE motions (
  id           INTEGER PRIMARY KEY,
  group_id     INTEGER NOT NULL REFERENCES groups (id),
  number       INTEGER NOT NULL,         -- from 1 in each group; below zero for a draft, which nobody else sees
  mover_id     INTEGER NOT NULL REFERENCES members (id),
  kind         TEXT    NOT NULL,
  about_person INTEGER NOT NULL DEFAULT 0,
  state        TEXT    NOT NULL,
  version      INTEGER NOT NULL,
  title        TEXT    NOT NULL,         -- of the current version, for lists
  created_at   INTEGER NOT NULL,
  sought_at    INTEGER,                  -- support sought since
  tabled_at    INTEGER,
  text_until   INTEGER,                  -- until then the mover may reword or withdraw
  opens_at     INTEGER,                  -- the vote opens
  closes_at    INTEGER,                  -- the vote closes; a copy of its ballot's, for lists and for the talk
  withdrawn_at INTEGER,                  -- withdrawal asked for; takes effect later unless a supporter takes over
  ended_at     INTEGER,
  due_at       INTEGER,                  -- next instant at which time alone changes the state
  again_id     INTEGER REFERENCES motions (id), -- what was decided and is taken up again here
  bar_until    INTEGER,                  -- until then that takes as many supporters as a petition
  review_days  INTEGER NOT NULL DEFAULT 0,
  supporters   INTEGER NOT NULL DEFAULT 0,
  secret_asks  INTEGER NOT NULL DEFAULT 0,
  posts        INTEGER NOT NULL DEFAULT 0,
  last_post_id INTEGER NOT NULL DEFAULT 0,
  rulebook     INTEGER NOT NULL,         -- version of the rules it was tabled under, of its making until then
  UNIQUE (group_id, number)
) STRICT;
CREATE UNIQUE INDEX motions_state ON motions (group_id, state, number); -- unique, or a list by state would walk all of the group's motions
CREATE INDEX motions_mover ON motions (mover_id, state, id);
CREATE INDEX motions_due ON motions (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE motion_versions (
  motion_id      INTEGER NOT NULL REFERENCES motions (id),
  n              INTEGER NOT NULL,
  title          TEXT    NOT NULL,
  why            TEXT    NOT NULL DEFAULT '',
  able           TEXT    NOT NULL DEFAULT '', -- how will this leave people more able to act?
  won            TEXT    NOT NULL DEFAULT '', -- what would count as winning
  partly         TEXT    NOT NULL DEFAULT '',
  not_acceptable TEXT    NOT NULL DEFAULT '',
  at             INTEGER NOT NULL,
  hash           BLOB    NOT NULL,
  PRIMARY KEY (motion_id, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE clauses (
  motion_id INTEGER NOT NULL,
  n         INTEGER NOT NULL,
  clause_id INTEGER NOT NULL,            -- stable from version to version
  pos       INTEGER NOT NULL,
  text      TEXT    NOT NULL,
  PRIMARY KEY (motion_id, n, clause_id),
  FOREIGN KEY (motion_id, n) REFERENCES motion_versions (motion_id, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE supports (
  motion_id INTEGER NOT NULL REFERENCES motions (id),
  member_id INTEGER NOT NULL REFERENCES members (id),
  version   INTEGER NOT NULL,            -- the text that is supported
  at        INTEGER NOT NULL,
  PRIMARY KEY (motion_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX supports_member ON supports (member_id);
CREATE INDEX supports_first ON supports (motion_id, at, member_id);

CREATE TABLE secret_asks (
  motion_id INTEGER NOT NULL REFERENCES motions (id),
  member_id INTEGER NOT NULL REFERENCES members (id),
  PRIMARY KEY (motion_id, member_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE statements (
  id        INTEGER PRIMARY KEY,
  motion_id INTEGER NOT NULL REFERENCES motions (id),
  member_id INTEGER NOT NULL REFERENCES members (id),
  side      TEXT    NOT NULL,
  text      TEXT    NOT NULL,
  at        INTEGER NOT NULL,
  used      INTEGER NOT NULL, -- how many statements its author had written elsewhere: fewest goes first
  lot       BLOB    NOT NULL, -- among equals, the lowest goes first
  UNIQUE (motion_id, member_id, side)
) STRICT;
CREATE INDEX statements_member ON statements (member_id);
CREATE INDEX statements_order ON statements (motion_id, side, used, lot);

-- Talk ----------------------------------------------------------------------------

CREATE TABLE posts (
  id        INTEGER PRIMARY KEY,
  motion_id INTEGER NOT NULL REFERENCES motions (id),
  clause_id INTEGER NOT NULL DEFAULT 0,  -- 0: the proposal as a whole
  phase     TEXT    NOT NULL,            -- 'before' the vote closed, or 'after'
  parent_id INTEGER REFERENCES posts (id),
  author_id INTEGER NOT NULL REFERENCES members (id),
  kind      TEXT    NOT NULL,
  text      TEXT    NOT NULL,
  version   INTEGER NOT NULL DEFAULT 1,
  replies   INTEGER NOT NULL DEFAULT 0,
  answers   INTEGER NOT NULL DEFAULT 0, -- replies by others
  reply_no  INTEGER NOT NULL DEFAULT 0,
  at        INTEGER NOT NULL,
  edited_at INTEGER
) STRICT;
CREATE INDEX posts_whole ON posts (motion_id, phase, id) WHERE parent_id IS NULL;
CREATE INDEX posts_clause ON posts (motion_id, phase, clause_id, id) WHERE parent_id IS NULL;
CREATE INDEX posts_open ON posts (motion_id, phase, id) WHERE parent_id IS NULL AND answers = 0 AND kind IN ('question', 'concern');
CREATE UNIQUE INDEX posts_replies ON posts (parent_id, reply_no) WHERE parent_id IS NOT NULL;
CREATE INDEX posts_all ON posts (motion_id, id);

CREATE TABLE post_versions (
  post_id INTEGER NOT NULL REFERENCES posts (id),
  n       INTEGER NOT NULL,
  text    TEXT    NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (post_id, n)
) STRICT, WITHOUT ROWID;

-- How much has been said about each clause (0: the whole), so that a page need not count.
CREATE TABLE talk_counts (
  motion_id INTEGER NOT NULL REFERENCES motions (id),
  phase     TEXT    NOT NULL,
  clause_id INTEGER NOT NULL,
  posts     INTEGER NOT NULL,
  PRIMARY KEY (motion_id, phase, clause_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE read_marks (
  member_id INTEGER NOT NULL REFERENCES members (id),
  motion_id INTEGER NOT NULL REFERENCES motions (id),
  post_id   INTEGER NOT NULL,
  PRIMARY KEY (member_id, motion_id)
) STRICT, WITHOUT ROWID;

-- Ballots -----------------------------------------------------------------------------

CREATE TABLE ballots (
  id            INTEGER PRIMARY KEY,
  ref           TEXT    NOT NULL UNIQUE,
  group_id      INTEGER NOT NULL REFERENCES groups (id),
  motion_id     INTEGER NOT NULL REFERENCES motions (id),
  version       INTEGER NOT NULL,        -- of the motion's text
  round         INTEGER NOT NULL,        -- 2 when it is held again for want of a quorum
  replaces_id   INTEGER REFERENCES ballots (id),
  state         TEXT    NOT NULL,        -- announced, open, closing, counted, purged, stopped
  secret        INTEGER NOT NULL,
  receipt       TEXT    NOT NULL,        -- none, presence, full
  opens_at      INTEGER NOT NULL,
  closes_at     INTEGER NOT NULL,
  due_at        INTEGER,
  rulebook      INTEGER NOT NULL,
  rule          TEXT    NOT NULL DEFAULT '', -- frozen: majority, base, quorum, abstentions; canonical JSON
  active        INTEGER NOT NULL DEFAULT 0,
  quorum        INTEGER NOT NULL DEFAULT 0,
  entitled      INTEGER NOT NULL DEFAULT 0,
  roll_hash     BLOB,
  text_hash     BLOB,
  question_hash BLOB,                    -- of text, rule and roll together
  turnout       INTEGER,                 -- how many took part, once it is closed for good
  votes_for     INTEGER,                 -- how they voted; never known where too few took part
  votes_against INTEGER,
  abstentions   INTEGER,
  outcome       TEXT    NOT NULL DEFAULT '',
  papers_hash   BLOB,
  counted_at    INTEGER,
  incident      TEXT    NOT NULL DEFAULT '',
  UNIQUE (motion_id, round),
  CHECK ((outcome = '') = (turnout IS NULL)),
  CHECK ((outcome = 'inquorate') = (turnout < quorum)),
  CHECK (CASE WHEN outcome IN ('', 'inquorate') THEN votes_for IS NULL AND votes_against IS NULL AND abstentions IS NULL
    ELSE COALESCE(votes_for + votes_against + abstentions, -1) = turnout END)
) STRICT;
CREATE INDEX ballots_group ON ballots (group_id, state, id);
CREATE INDEX ballots_due ON ballots (due_at) WHERE due_at IS NOT NULL;

-- The frozen roll. It says who is entitled, never who took part.
CREATE TABLE roll (
  ballot_id INTEGER NOT NULL REFERENCES ballots (id),
  slot      INTEGER NOT NULL,
  member_id INTEGER NOT NULL REFERENCES members (id),
  PRIMARY KEY (ballot_id, slot),
  UNIQUE (ballot_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX roll_member ON roll (member_id, ballot_id);

CREATE TABLE open_votes (
  ballot_id INTEGER NOT NULL REFERENCES ballots (id),
  member_id INTEGER NOT NULL,
  choice    INTEGER NOT NULL,
  PRIMARY KEY (ballot_id, member_id),
  FOREIGN KEY (ballot_id, member_id) REFERENCES roll (ballot_id, member_id)
) STRICT, WITHOUT ROWID;

-- The urn of an open secret ballot: one sealed row a voter under a keyed pseudonym, and nothing else is written.
CREATE TABLE urn (
  ballot_id INTEGER NOT NULL REFERENCES ballots (id),
  pseud     BLOB    NOT NULL,
  box       BLOB    NOT NULL,
  PRIMARY KEY (ballot_id, pseud)
) STRICT, WITHOUT ROWID;

-- Written in one go at close, sorted: receipt codes, with the choice where the receipt mode is full and the votes were counted.
CREATE TABLE papers (
  ballot_id INTEGER NOT NULL REFERENCES ballots (id),
  code      TEXT    NOT NULL,
  choice    INTEGER,
  PRIMARY KEY (ballot_id, code)
) STRICT, WITHOUT ROWID;

-- Written in one go at close, sorted: who took part, for the person themselves, and only for a while. Of a counted open vote
-- open_votes tells that.
CREATE TABLE turnout (
  ballot_id INTEGER NOT NULL REFERENCES ballots (id),
  slot      INTEGER NOT NULL,
  PRIMARY KEY (ballot_id, slot)
) STRICT, WITHOUT ROWID;

-- Decisions ---------------------------------------------------------------------------

CREATE TABLE decisions (
  id        INTEGER PRIMARY KEY,
  group_id  INTEGER NOT NULL REFERENCES groups (id),
  year      INTEGER NOT NULL,
  seq       INTEGER NOT NULL,
  motion_id INTEGER NOT NULL REFERENCES motions (id),
  version   INTEGER NOT NULL,
  ballot_id INTEGER NOT NULL UNIQUE REFERENCES ballots (id), -- nothing is decided but by a closed ballot
  title     TEXT    NOT NULL,
  outcome   TEXT    NOT NULL,
  at        INTEGER NOT NULL,
  review_at INTEGER,
  rulebook  INTEGER NOT NULL,
  UNIQUE (group_id, year, seq)
) STRICT;
CREATE INDEX decisions_group ON decisions (group_id, id);
CREATE INDEX decisions_motion ON decisions (motion_id, id);

CREATE TABLE dissents (
  id          INTEGER PRIMARY KEY,
  decision_id INTEGER NOT NULL REFERENCES decisions (id),
  author_id   INTEGER NOT NULL REFERENCES members (id),
  text        TEXT    NOT NULL,
  at          INTEGER NOT NULL,
  late        INTEGER NOT NULL,
  signers     INTEGER NOT NULL DEFAULT 1,
  UNIQUE (decision_id, author_id)
) STRICT;
CREATE INDEX dissents_decision ON dissents (decision_id, id);

CREATE TABLE dissent_signers (
  dissent_id INTEGER NOT NULL REFERENCES dissents (id),
  member_id  INTEGER NOT NULL REFERENCES members (id),
  at         INTEGER NOT NULL,
  PRIMARY KEY (dissent_id, member_id)
) STRICT, WITHOUT ROWID;

-- The record ---------------------------------------------------------------------------

CREATE TABLE ledger_entries (
  group_id INTEGER NOT NULL REFERENCES groups (id),
  n        INTEGER NOT NULL,             -- from 0, without gaps
  at       INTEGER NOT NULL,
  kind     TEXT    NOT NULL,
  subject  TEXT    NOT NULL,             -- what it is about: motion/14, ballot/b_…, member/m_…
  leaf     TEXT    NOT NULL,             -- canonical JSON, what is hashed
  PRIMARY KEY (group_id, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_subject ON ledger_entries (group_id, subject, n);

CREATE TABLE ledger_hashes (
  group_id INTEGER NOT NULL REFERENCES groups (id),
  i        INTEGER NOT NULL,             -- stored-hash index of the tree
  hash     BLOB    NOT NULL,
  PRIMARY KEY (group_id, i)
) STRICT, WITHOUT ROWID;

-- Texts that the record names by salted hash, kept beside it so that a text can be removed without breaking the record.
CREATE TABLE ledger_texts (
  group_id INTEGER NOT NULL REFERENCES groups (id),
  hash     BLOB    NOT NULL,
  salt     BLOB    NOT NULL,
  text     TEXT,
  n        INTEGER NOT NULL,             -- the entry that first names it
  PRIMARY KEY (group_id, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_texts_entry ON ledger_texts (group_id, n);

-- What may never change ---------------------------------------------------------------

-- +goose StatementBegin
CREATE TRIGGER ledger_entries_update BEFORE UPDATE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_entries_delete BEFORE DELETE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_hashes_update BEFORE UPDATE ON ledger_hashes BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_hashes_delete BEFORE DELETE ON ledger_hashes BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_texts_delete BEFORE DELETE ON ledger_texts BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_texts_update BEFORE UPDATE ON ledger_texts WHEN NEW.text IS NOT NULL OR NEW.hash <> OLD.hash OR NEW.group_id <> OLD.group_id OR NEW.salt <> OLD.salt OR NEW.n <> OLD.n
BEGIN SELECT RAISE(ABORT, 'a text may be removed, never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rulebooks_update BEFORE UPDATE ON rulebooks BEGIN SELECT RAISE(ABORT, 'rules are superseded, never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rulebooks_delete BEFORE DELETE ON rulebooks BEGIN SELECT RAISE(ABORT, 'rules are superseded, never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER decisions_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'a decision is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER decisions_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'a decision is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER roll_update BEFORE UPDATE ON roll BEGIN SELECT RAISE(ABORT, 'the roll is frozen'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER roll_delete BEFORE DELETE ON roll BEGIN SELECT RAISE(ABORT, 'the roll is frozen'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER roll_insert BEFORE INSERT ON roll
WHEN NEW.slot < 1 OR NEW.slot > (SELECT entitled FROM ballots WHERE id = NEW.ballot_id)
BEGIN SELECT RAISE(ABORT, 'the roll is frozen'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ballots_frozen BEFORE UPDATE ON ballots
WHEN OLD.question_hash IS NOT NULL AND (NEW.question_hash IS NOT OLD.question_hash OR NEW.text_hash IS NOT OLD.text_hash
  OR NEW.roll_hash IS NOT OLD.roll_hash OR NEW.rule <> OLD.rule OR NEW.quorum <> OLD.quorum OR NEW.entitled <> OLD.entitled
  OR NEW.secret <> OLD.secret OR NEW.receipt <> OLD.receipt OR NEW.opens_at <> OLD.opens_at OR NEW.closes_at <> OLD.closes_at
  OR NEW.motion_id <> OLD.motion_id OR NEW.version <> OLD.version OR NEW.ref <> OLD.ref OR NEW.id <> OLD.id
  OR NEW.group_id <> OLD.group_id OR NEW.round <> OLD.round OR NEW.replaces_id IS NOT OLD.replaces_id OR NEW.rulebook <> OLD.rulebook OR NEW.active <> OLD.active)
BEGIN SELECT RAISE(ABORT, 'a ballot is frozen when it opens'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ballots_counted BEFORE UPDATE ON ballots
WHEN OLD.turnout IS NOT NULL AND (NEW.turnout IS NOT OLD.turnout OR NEW.votes_for IS NOT OLD.votes_for
  OR NEW.votes_against IS NOT OLD.votes_against OR NEW.abstentions IS NOT OLD.abstentions OR NEW.outcome <> OLD.outcome
  OR NEW.papers_hash IS NOT OLD.papers_hash OR NEW.counted_at IS NOT OLD.counted_at OR NEW.incident <> OLD.incident
  OR NEW.state NOT IN ('counted', 'purged'))
BEGIN SELECT RAISE(ABORT, 'a count is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ballots_delete BEFORE DELETE ON ballots BEGIN SELECT RAISE(ABORT, 'a ballot is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER decisions_insert BEFORE INSERT ON decisions
WHEN NOT EXISTS (SELECT 1 FROM ballots WHERE id = NEW.ballot_id AND turnout IS NOT NULL AND outcome = NEW.outcome)
BEGIN SELECT RAISE(ABORT, 'nothing is decided but by a closed ballot'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER motion_versions_update BEFORE UPDATE ON motion_versions
WHEN (SELECT state FROM motions WHERE id = OLD.motion_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a version is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER clauses_update BEFORE UPDATE ON clauses
WHEN (SELECT state FROM motions WHERE id = OLD.motion_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a version is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER motion_versions_delete BEFORE DELETE ON motion_versions
WHEN (SELECT state FROM motions WHERE id = OLD.motion_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a version is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER clauses_delete BEFORE DELETE ON clauses
WHEN (SELECT state FROM motions WHERE id = OLD.motion_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a version is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER papers_update BEFORE UPDATE ON papers BEGIN SELECT RAISE(ABORT, 'a published paper is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER papers_delete BEFORE DELETE ON papers BEGIN SELECT RAISE(ABORT, 'a published paper is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER dissent_signers_update BEFORE UPDATE ON dissent_signers BEGIN SELECT RAISE(ABORT, 'a minority report is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER dissent_signers_delete BEFORE DELETE ON dissent_signers BEGIN SELECT RAISE(ABORT, 'a minority report is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER dissents_update BEFORE UPDATE ON dissents
WHEN NEW.id <> OLD.id OR NEW.decision_id <> OLD.decision_id OR NEW.author_id <> OLD.author_id OR NEW.text <> OLD.text OR NEW.at <> OLD.at OR NEW.late <> OLD.late
BEGIN SELECT RAISE(ABORT, 'a minority report is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER dissents_delete BEFORE DELETE ON dissents BEGIN SELECT RAISE(ABORT, 'a minority report is never edited'); END;
-- +goose StatementEnd
