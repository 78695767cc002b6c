-- +goose Up

-- The record of meetings -----------------------------------------------------------------

-- What a meeting has on record, once it has ended: a draft, which is published, corrected, and confirmed by a later meeting.
CREATE TABLE minutes (
  meeting_id   BIGINT PRIMARY KEY REFERENCES meetings (id),
  group_id     BIGINT NOT NULL REFERENCES groups (id),
  state        TEXT    NOT NULL,            -- draft, published, confirmed
  draft_until  BIGINT NOT NULL,            -- it is published then at the latest
  published_at BIGINT,
  published_by BIGINT REFERENCES members (id), -- nobody: the clock did
  until_at     BIGINT,                     -- corrections can be suggested until then
  confirmed_at BIGINT,
  confirmed_in BIGINT REFERENCES meetings (id),
  due_at       BIGINT
);
CREATE INDEX minutes_due ON minutes (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX minutes_open ON minutes (group_id, meeting_id) WHERE state = 'published';

-- Notes as they are written, item by item; with item 0, what belongs to none. What they said before is kept, so that nobody's words are lost.
CREATE TABLE minutes_notes (
  meeting_id BIGINT NOT NULL REFERENCES meetings (id),
  item_id    BIGINT NOT NULL,
  version    BIGINT NOT NULL,              -- from 1
  text       TEXT    NOT NULL,
  by_id      BIGINT NOT NULL REFERENCES members (id),
  at         BIGINT NOT NULL,
  PRIMARY KEY (meeting_id, item_id, version)
);

-- Notes as they were published.
CREATE TABLE minutes_texts (
  meeting_id BIGINT NOT NULL REFERENCES minutes (meeting_id),
  item_id    BIGINT NOT NULL,
  text       TEXT    NOT NULL,
  PRIMARY KEY (meeting_id, item_id)
);

-- Who wants their name beside what was said about an item: they have said so themselves.
CREATE TABLE minutes_names (
  item_id   BIGINT NOT NULL REFERENCES meeting_items (id),
  member_id BIGINT NOT NULL REFERENCES members (id),
  at        BIGINT NOT NULL,
  PRIMARY KEY (item_id, member_id)
);

-- What members say is not as it was.
CREATE TABLE minutes_corrections (
  meeting_id  BIGINT NOT NULL REFERENCES minutes (meeting_id),
  n           BIGINT NOT NULL,             -- from 1 in each record
  item_id     BIGINT NOT NULL,
  by_id       BIGINT NOT NULL REFERENCES members (id),
  text        TEXT    NOT NULL,
  at          BIGINT NOT NULL,
  how         TEXT    NOT NULL DEFAULT '',  -- taken, declined; '' until it is answered
  answer      TEXT    NOT NULL DEFAULT '',
  answered_by BIGINT REFERENCES members (id),
  answered_in BIGINT REFERENCES meetings (id),
  answered_at BIGINT,
  PRIMARY KEY (meeting_id, n)
);

CREATE TRIGGER minutes_update BEFORE UPDATE ON minutes FOR EACH ROW WHEN (OLD.state = 'confirmed' OR NEW.meeting_id <> OLD.meeting_id OR NEW.group_id <> OLD.group_id OR NEW.draft_until <> OLD.draft_until
  OR OLD.published_at IS NOT NULL AND (NEW.state = 'draft' OR NEW.published_at IS DISTINCT FROM OLD.published_at OR NEW.published_by IS DISTINCT FROM OLD.published_by OR NEW.until_at IS DISTINCT FROM OLD.until_at)) EXECUTE FUNCTION refuse('a record is never edited');
CREATE TRIGGER minutes_delete BEFORE DELETE ON minutes FOR EACH ROW EXECUTE FUNCTION refuse('a record is never removed');
CREATE TRIGGER minutes_truncate BEFORE TRUNCATE ON minutes FOR EACH STATEMENT EXECUTE FUNCTION refuse('a record is never removed');
CREATE TRIGGER minutes_notes_update BEFORE UPDATE ON minutes_notes FOR EACH ROW EXECUTE FUNCTION refuse('notes are written anew, never edited');
CREATE TRIGGER minutes_notes_delete BEFORE DELETE ON minutes_notes FOR EACH ROW EXECUTE FUNCTION refuse('notes are never removed');
CREATE TRIGGER minutes_notes_truncate BEFORE TRUNCATE ON minutes_notes FOR EACH STATEMENT EXECUTE FUNCTION refuse('notes are never removed');
CREATE TRIGGER minutes_texts_update BEFORE UPDATE ON minutes_texts FOR EACH ROW EXECUTE FUNCTION refuse('a record is never edited');
CREATE TRIGGER minutes_texts_delete BEFORE DELETE ON minutes_texts FOR EACH ROW EXECUTE FUNCTION refuse('a record is never removed');
CREATE TRIGGER minutes_texts_truncate BEFORE TRUNCATE ON minutes_texts FOR EACH STATEMENT EXECUTE FUNCTION refuse('a record is never removed');
CREATE TRIGGER minutes_corrections_update BEFORE UPDATE ON minutes_corrections FOR EACH ROW WHEN (OLD.how <> '' OR NEW.meeting_id <> OLD.meeting_id OR NEW.n <> OLD.n OR NEW.item_id <> OLD.item_id OR NEW.by_id <> OLD.by_id OR NEW.text <> OLD.text OR NEW.at <> OLD.at) EXECUTE FUNCTION refuse('a correction that was answered is never edited');
CREATE TRIGGER minutes_corrections_delete BEFORE DELETE ON minutes_corrections FOR EACH ROW EXECUTE FUNCTION refuse('a correction is never removed');
CREATE TRIGGER minutes_corrections_truncate BEFORE TRUNCATE ON minutes_corrections FOR EACH STATEMENT EXECUTE FUNCTION refuse('a correction is never removed');
