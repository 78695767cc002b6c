-- +goose Up

-- Reports on money --------------------------------------------------------------------------

-- What happened to a group's money in some time. Amounts are in hundredths; the program holds no money.
CREATE TABLE money_reports (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id INTEGER NOT NULL REFERENCES groups (id),
  number   INTEGER NOT NULL,
  corrects INTEGER NOT NULL,                        -- the number of the report that it stands for; 0: none
  from_day TEXT    NOT NULL,                        -- 2026-01-01; both days are in it
  to_day   TEXT    NOT NULL,
  currency TEXT    NOT NULL,
  start    INTEGER NOT NULL,                        -- what there was
  came_in  INTEGER NOT NULL,
  paid     INTEGER NOT NULL,
  counted  INTEGER NOT NULL,                        -- what there was at the end
  text     TEXT    NOT NULL,
  by_id    INTEGER NOT NULL REFERENCES members (id),
  at       INTEGER NOT NULL,
  UNIQUE (group_id, number),
  CHECK (from_day <= to_day AND came_in >= 0 AND paid >= 0 AND counted = start + came_in - paid)
) STRICT;
CREATE INDEX money_reports_new ON money_reports (group_id) WHERE corrects = 0;

-- What money came from (above 0), and what it was paid for (below).
CREATE TABLE money_lines (
  report_id INTEGER NOT NULL REFERENCES money_reports (id),
  n         INTEGER NOT NULL,
  purpose   TEXT    NOT NULL,
  amount    INTEGER NOT NULL CHECK (amount <> 0),
  PRIMARY KEY (report_id, n)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER money_reports_update BEFORE UPDATE ON money_reports
BEGIN SELECT RAISE(ABORT, 'a report on money is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER money_reports_delete BEFORE DELETE ON money_reports
BEGIN SELECT RAISE(ABORT, 'a report on money is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER money_lines_update BEFORE UPDATE ON money_lines
BEGIN SELECT RAISE(ABORT, 'a report on money is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER money_lines_delete BEFORE DELETE ON money_lines
BEGIN SELECT RAISE(ABORT, 'a report on money is never removed'); END;
-- +goose StatementEnd
