package ledger_test

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/votetest"

	"github.com/google/go-cmp/cmp"
)

// guarded are the tables that are only ever added to, with the columns that move on nevertheless.
var guarded = map[string][]string{
	"ledger_entries": nil, "ledger_hashes": nil, "ledger_texts": nil, // of the last, a text may go, and nothing else
	"rulebooks": nil, "motion_versions": nil, "clauses": nil,
	"roll": nil, "papers": nil, "ballots": {"state", "due_at"},
	"decisions": nil, "decision_windows": nil, "decision_objections": nil, "dissents": {"signers"}, "dissent_signers": nil,
	"terms": {"ended_at", "ended_how"}, // once, before the date
	"draws": nil, "draw_pool": nil, "count_signatures": nil, "effects": nil, "petitions": nil, "waivers": {"term_id", "bars"},
	"elections": nil, "candidates": nil, "election_questions": nil, "election_answers": nil, "election_objections": nil, "counts": nil, "rankings": nil, "calls": nil, "call_words": nil,
	"selections": nil, "selection_papers": nil, "selection_refusals": nil, "selection_nominees": nil, "selection_answers": nil,
	"founding_calls": nil, "balances": nil, "revivals": nil, "askings": nil, "handovers": nil, "handover_lists": nil,
	"understudies": nil, "understudy_lots": nil, "understudy_tickets": {"member_id"}, // whose name goes
	"meetings": nil, "meeting_items": nil, "meeting_terms": nil, "minutes": nil, "minutes_notes": nil, "minutes_texts": nil, "minutes_corrections": nil, "procedural_moves": nil, "meeting_feelings": nil, "meeting_rounds": nil,
	"meeting_breakouts": {"shown", "shown_at"}, "meeting_cards": nil, "meeting_spokes": nil,
	"resolutions": nil, "resolution_seats": nil, "resolution_words": nil,
	"money_reports": nil, "money_lines": nil,
	"vacancies": {"motion_id", "closed_at", "closed_how"}, // each once
	"roles":     {"seats", "caps", "ended_at", "into_key", "slept_at", "again_at", "due_at", "watch_at"},
}

// past are rows of what Live does not live through, all of it over.
var past = []string{
	"INSERT INTO founding_calls (group_id, member_id, at) SELECT group_id, MIN(id), 1 FROM members GROUP BY group_id",
	"UPDATE groups SET adopted_at = 1",
	"INSERT INTO balances (group_id, role_id, places, reserved_for, from_at, cause) SELECT group_id, MIN(id), 1, 'night shift', 1, 'decision/1' FROM roles GROUP BY group_id",
	`INSERT INTO revivals (group_id, number, why, since_at, noticed_at, opens_at, closes_at, archives_at, ended_at, how, answered)
		SELECT id, 1, 'few', 1, 2, 3, 4, 5, 6, 'woke', 3 FROM groups`,
	`INSERT INTO vacancies (group_id, role_id, number, seat, opened_at, until_at, closed_at, closed_how)
		SELECT group_id, MIN(id), 900, 1, 1, 2, 3, 'filled' FROM roles GROUP BY group_id`,
	`INSERT INTO askings (group_id, role_id, number, opened_at, closes_at, free_at, counted_at) SELECT group_id, MIN(id), 900, 1, 2, 3, 4 FROM roles GROUP BY group_id`,
	`INSERT INTO handovers (group_id, term_id, opened_at, finished_at, seal, salt, forgotten_at)
		SELECT group_id, MIN(id), 1, 2, 'seal', CAST('salt' AS %BYTES), 3 FROM terms WHERE id NOT IN (SELECT term_id FROM handovers) GROUP BY group_id`,
	"INSERT INTO handover_items (handover_id, n, label, text) SELECT MAX(id), 900, 'Keys', 'At home.' FROM handovers",
	"INSERT INTO handover_lists (group_id, role_id, n, member_id, items, at) SELECT t.group_id, t.role_id, 900, t.member_id, 'Keys', 1 FROM terms t ORDER BY t.id LIMIT 1",
	`INSERT INTO understudies (group_id, term_id, n, member_id, named_at, cause, ended_at, ended_how)
		SELECT t.group_id, t.id, 900, t.member_id, 1, 'volunteer', 2, 'stopped' FROM terms t ORDER BY t.id LIMIT 1`,
	`INSERT INTO understudy_lots (group_id, number, term_id, state, at, pool_hash, commit_to, secret, seed)
		SELECT t.group_id, 900, t.id, 'drawn', 1, 'pool', 'to', CAST('secret' AS %BYTES), 'seed' FROM terms t ORDER BY t.id LIMIT 1`,
	`INSERT INTO selections (group_id, role_id, number, state, seats, rulebook, opened_at, until_at, starts_at, active, quorum, commit_to, secret)
		SELECT group_id, MIN(id), 900, 'final', '1@1', 1, 1, 2, 3, 6, 3, 'to', CAST('secret' AS %BYTES) FROM roles GROUP BY group_id`,
	"INSERT INTO calls (ballot_id, agree, reservation, aside, block) SELECT MIN(id), 1, 1, 0, 0 FROM ballots",
	"INSERT INTO call_words (ballot_id, n, answer, text) SELECT ballot_id, 1, 'reservation', 'It is dear.' FROM calls",
	`INSERT INTO resolutions (group_id, motion_id, ballot_id, version, stops, meetings, people, draw, secret, state, joint, opens_at, until_at, ended_at)
		SELECT group_id, motion_id, id, 1, 1, 2, 3, 1, 'secret', 'joint', 2, 1, 5, 3 FROM ballots ORDER BY id LIMIT 1`,
	"INSERT INTO resolution_seats (resolution_id, member_id, part, number, state) SELECT r.id, MIN(m.id), 'drawn', 1, 'passed' FROM resolutions r JOIN members m ON m.group_id = r.group_id GROUP BY r.id",
	"INSERT INTO resolution_words (resolution_id, n, member_id, how, text, on_at, version, at) SELECT resolution_id, 1, member_id, 'meets', 'The loft', 4, 1, 2 FROM resolution_seats",
	"INSERT INTO decision_windows (decision_id, state, until_at, ended_at) SELECT MIN(id), 'stands', 2, 3 FROM decisions",
	"INSERT INTO decision_objections (decision_id, member_id, how, ground, names, text, at) SELECT d.id, MIN(m.id), 'block', 'aim', 'Peace', 'No.', 1 FROM decisions d JOIN members m ON m.group_id = d.group_id GROUP BY d.id",
	"INSERT INTO selection_papers (selection_id, round, member_id, named_id, reason) SELECT s.id, 1, MIN(m.id), MAX(m.id), 'Why.' FROM selections s JOIN members m ON m.group_id = s.group_id GROUP BY s.id",
	"INSERT INTO selection_refusals (selection_id, member_id, at) SELECT selection_id, member_id, 1 FROM selection_papers",
	`INSERT INTO selection_nominees (selection_id, turn, member_id, named, named_first, round, accepted_at, how, seat)
		SELECT selection_id, 1, named_id, 1, 1, 1, 4, 'agreed', 1 FROM selection_papers`,
	"INSERT INTO selection_answers (selection_id, turn, member_id, answer, reason) SELECT selection_id, 1, member_id, 'agree', 'Yes.' FROM selection_papers",
	`INSERT INTO meetings (group_id, number, kind, state, title, place, getting_in, link, dial_in, help, opens_at, stop_at, notice_at, called_at, cause, rulebook, code, commit_to, secret,
		lot_at, jobs_commit, jobs_secret, ended_at) SELECT id, 900, 'ordinary', 'closed', 'Meeting', 'The hall', '', '', '', '', 1, 2, 1, 1, 'call/1', 1, 'CODE', 'to', CAST('secret' AS %BYTES),
		1, 'to', CAST('secret' AS %BYTES), 3 FROM groups`,
	`INSERT INTO meeting_items (group_id, meeting_id, kind, title, text, added_at, minutes, state) SELECT group_id, id, 'topic', 'Topic', '', 1, 5, 'done' FROM meetings WHERE number = 900`,
	`INSERT INTO meeting_terms (ref, group_id, meeting_id, job, member_id, caps, starts_at, ends_at, cause, ended_at, ended_how)
		SELECT 'j_900', g.group_id, g.id, 'note', MIN(m.id), 'note', 1, 3, 'meeting/900', 2, 'meeting' FROM meetings g JOIN members m ON m.group_id = g.group_id WHERE g.number = 900 GROUP BY g.group_id, g.id`,
	`INSERT INTO minutes (meeting_id, group_id, state, draft_until, published_at, until_at, confirmed_at) SELECT id, group_id, 'confirmed', 4, 5, 6, 7 FROM meetings WHERE number = 900`,
	"INSERT INTO minutes_notes (meeting_id, item_id, version, text, by_id, at) SELECT t.meeting_id, 0, 1, 'Notes.', t.member_id, 2 FROM meeting_terms t WHERE t.ref = 'j_900'",
	"INSERT INTO minutes_texts (meeting_id, item_id, text) SELECT meeting_id, 0, 'Notes.' FROM minutes",
	`INSERT INTO minutes_corrections (meeting_id, n, item_id, by_id, text, at, how, answer, answered_by, answered_at)
		SELECT t.meeting_id, 1, 0, t.member_id, 'It was Monday.', 6, 'taken', 'Yes.', t.member_id, 6 FROM meeting_terms t WHERE t.ref = 'j_900'`,
	`INSERT INTO procedural_moves (group_id, meeting_id, kind, by_id, state, made_at, decided_at) SELECT t.group_id, t.meeting_id, 'adjourn', t.member_id, 'lost', 1, 2 FROM meeting_terms t WHERE t.ref = 'j_900'`,
	`INSERT INTO meeting_feelings (group_id, meeting_id, item_id, by_id, question, state, opens_at, closes_at, ended_at, p1) SELECT t.group_id, t.meeting_id, i.id, t.member_id, 'How?', 'shown', 1, 2, 2, 5
		FROM meeting_terms t JOIN meeting_items i ON i.meeting_id = t.meeting_id WHERE t.ref = 'j_900'`,
	`INSERT INTO money_reports (group_id, number, corrects, from_day, to_day, currency, start, came_in, paid, counted, text, by_id, at)
		SELECT m.group_id, 1, 0, '2026-01-01', '2026-01-31', 'euros', 0, 500, 200, 300, 'Words.', MIN(m.id), 1 FROM members m GROUP BY m.group_id`,
	`INSERT INTO money_lines (report_id, n, purpose, amount) SELECT id, 1, 'Dues', 500 FROM money_reports`,
	`INSERT INTO meeting_rounds (group_id, meeting_id, item_id, by_id, question, seconds, state, opens_at, ended_at, people, turns)
		SELECT t.group_id, t.meeting_id, i.id, t.member_id, 'How?', 60, 'done', 1, 2, 5, 4 FROM meeting_terms t JOIN meeting_items i ON i.meeting_id = t.meeting_id WHERE t.ref = 'j_900'`,
	`INSERT INTO meeting_breakouts (group_id, meeting_id, item_id, by_id, question, choice, tables, state, opens_at, closes_at, ended_at, people)
		SELECT t.group_id, t.meeting_id, i.id, t.member_id, 'How?', 0, 2, 'done', 1, 2, 2, 8 FROM meeting_terms t JOIN meeting_items i ON i.meeting_id = t.meeting_id WHERE t.ref = 'j_900'`,
	`INSERT INTO meeting_spokes (group_id, meeting_id, item_id, by_id, circles, people, state, opens_at, ended_at)
		SELECT t.group_id, t.meeting_id, i.id, t.member_id, 2, 29, 'done', 1, 2 FROM meeting_terms t JOIN meeting_items i ON i.meeting_id = t.meeting_id WHERE t.ref = 'j_900'`,
	"INSERT INTO meeting_cards (breakout_id, number, topic, line1, line2, line3) SELECT id, 1, 'Topic', 'One.', 'Two.', 'Three.' FROM meeting_breakouts",
	"INSERT INTO understudy_tickets (lot_id, place, member_id, weight, turn) SELECT l.id, 1, t.member_id, 1, 1 FROM understudy_lots l JOIN terms t ON t.id = l.term_id",
}

// refusals is what the database says when it refuses.
var refusals = []string{"append-only", "never", "superseded", "is frozen", "nothing is decided", "in no other way", "changes as members decide", "keeps to the rules it began with"}

// TestG7_TheRecordRefusesToBeRewritten goes to the database itself, with a decision in it from the first word to the minority report:
// whoever gets hold of the program's connection cannot change or remove a row, in any column, nor all at once.
func TestG7_TheRecordRefusesToBeRewritten(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 14)
		v := w.Vote(w.Open(true), 6, 2, 2)
		if !v.IsCounted() {
			t.Fatalf("the vote is %s", v.State)
		}
		report, err := w.Decisions.File(t.Context(), w.Who[3], db.Once{}, "2026-001", "It costs too much.")
		if err == nil {
			err = w.Decisions.Sign(t.Context(), w.Who[4], "2026-001", report.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		w.Live()
		bytes := map[bool]string{true: "BYTEA", false: "BLOB"}[d.Dialect() == db.Postgres]
		for _, row := range past {
			if err := write(t, d, strings.ReplaceAll(row, "%BYTES", bytes)); err != nil {
				t.Fatalf("%s: %v", row, err)
			}
		}
		want := slices.Sorted(maps.Keys(guarded))
		got := slices.DeleteFunc(triggered(t, d), func(table string) bool { // one column of each, see below; asking each other to stand together is in no record
			return slices.Contains([]string{"motions", "groups", "handover_items", "share_offers"}, table)
		})
		if !slices.Equal(got, want) {
			t.Errorf("the schema guards %v, and this test tries %v", got, want)
		}
		before := all(t, d)
		for table, free := range guarded {
			if len(before[table]) == 0 {
				t.Errorf("%s is empty, so nothing in it could be refused", table)
			}
			for column, kind := range columns(t, d, table) {
				if slices.Contains(free, column) || table+column == "ledger_textstext" {
					continue
				}
				refused(t, d, fmt.Sprintf("UPDATE %s SET %s = %s", table, column, other(column, kind)))
				if err := write(t, d, fmt.Sprintf("UPDATE %s SET %s = NULL", table, column)); err == nil && !empty(before[table], column) {
					t.Errorf("%s of %s can be emptied", column, table)
				}
			}
			refused(t, d, "DELETE FROM "+table)
			if d.Dialect() == db.Postgres {
				refused(t, d, "TRUNCATE "+table+" CASCADE")
			} else {
				refused(t, d, "REPLACE INTO "+table+" SELECT * FROM "+table)
			}
		}
		for _, statement := range []string{
			"UPDATE ledger_texts SET text = 'other'", "UPDATE ledger_texts SET text = NULL, salt = hash", "UPDATE ledger_texts SET text = NULL, n = n + 1",
			"UPDATE handover_items SET text = 'At work.'", "UPDATE motions SET about_id = mover_id", "UPDATE groups SET adopted_at = 2", "UPDATE groups SET adopted_at = NULL", "UPDATE ballots SET state = 'open'", "UPDATE ballots SET state = 'stopped'", "UPDATE ballots SET state = 'announced'",
			"INSERT INTO roll (ballot_id, slot, member_id) SELECT ballot_id, 99, member_id FROM roll",
			"INSERT INTO decisions (group_id, year, seq, motion_id, version, ballot_id, title, outcome, at, rulebook) SELECT group_id, year, 9, motion_id, version, ballot_id, title, 'other', at, rulebook FROM decisions",
		} {
			refused(t, d, statement)
		}
		if diff := cmp.Diff(before, all(t, d)); diff != "" {
			t.Errorf("what was refused was done:\n%s", diff)
		}
	})
}

// refused runs the statement, which has to fail for the reason that the schema gives.
func refused(t *testing.T, d *db.DB, statement string) {
	t.Helper()
	err := write(t, d, statement)
	if err == nil {
		t.Errorf("the database takes %s", statement)
		return
	}
	if !slices.ContainsFunc(refusals, func(why string) bool { return strings.Contains(err.Error(), why) }) {
		t.Errorf("%s fails, but not for what it does: %v", statement, err)
	}
}

// empty says whether the column has no value in any of the rows.
func empty(rows []string, column string) bool {
	return !slices.ContainsFunc(rows, func(row string) bool { return !strings.Contains(" "+row, " "+column+"=<nil> ") })
}

func write(t *testing.T, d *db.DB, statement string) error {
	return d.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(statement).Error })
}

// other is an expression for a value that a column does not have.
func other(column, kind string) string {
	switch kind {
	case "INTEGER", "INT8":
		return "COALESCE(" + column + " + 1000, 1)"
	case "BLOB":
		return "x'00'"
	case "BYTEA":
		return `'\x00'::bytea`
	}
	return "COALESCE(" + column + ", '') || 'x'"
}

func columns(t *testing.T, d *db.DB, table string) map[string]string {
	t.Helper()
	out := map[string]string{}
	query(t, d, "SELECT * FROM "+table, func(rows *sql.Rows) error {
		types, err := rows.ColumnTypes()
		for _, c := range types {
			out[c.Name()] = c.DatabaseTypeName()
		}
		return err
	})
	return out
}

// triggered returns the tables that have triggers.
func triggered(t *testing.T, d *db.DB) (out []string) {
	t.Helper()
	ask := "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger' ORDER BY 1"
	if d.Dialect() == db.Postgres {
		ask = "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal ORDER BY 1"
	}
	query(t, d, ask, func(rows *sql.Rows) error {
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			out = append(out, name)
		}
		return nil
	})
	return out
}

// all returns every row of the guarded tables.
func all(t *testing.T, d *db.DB) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for table := range guarded {
		query(t, d, "SELECT * FROM "+table, func(rows *sql.Rows) error {
			names, err := rows.Columns()
			if err != nil {
				return err
			}
			for rows.Next() {
				values := make([]any, len(names))
				for i := range values {
					values[i] = new(any)
				}
				if err := rows.Scan(values...); err != nil {
					return err
				}
				line := ""
				for i, v := range values {
					line += fmt.Sprintf("%s=%v ", names[i], *v.(*any))
				}
				out[table] = append(out[table], line)
			}
			return nil
		})
		slices.Sort(out[table])
	}
	return out
}

func query(t *testing.T, d *db.DB, ask string, f func(*sql.Rows) error) {
	t.Helper()
	err := d.Outside(t.Context(), func(s *sql.DB) (err error) {
		rows, err := s.QueryContext(t.Context(), ask)
		if err != nil {
			return err
		}
		if err := f(rows); err != nil {
			return err
		}
		if err := rows.Err(); err != nil {
			return err
		}
		return rows.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
}
