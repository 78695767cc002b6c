package db_test

import (
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/upkeep"

	"github.com/google/go-cmp/cmp"
)

// before are the rows of a database of schema 2 in which ballots of every state lie, with everything that refers to them.
const before = `
INSERT INTO groups (id, ref, slug, name, preset, zone, lang, created_at) VALUES (1, 'g_1', 'bakers', 'Bakers', 'B', 'UTC', 'en', 1);
INSERT INTO people (id, ref, handle, handle_key, created_at) VALUES (1, 'p_1', 'ann', 'ann', 1), (2, 'p_2', 'bo', 'bo', 1), (3, 'p_3', 'cy', 'cy', 1);
INSERT INTO members (id, ref, group_id, person_id, name, name_key, founder, joined_at, active_month)
	VALUES (1, 'm_1', 1, 1, 'Ann', 'ann', 1, 1, 202601), (2, 'm_2', 1, 2, 'Bo', 'bo', 0, 2, 202601), (3, 'm_3', 1, 3, 'Cy', 'cy', 0, 3, 202601);
INSERT INTO motions (id, group_id, number, mover_id, kind, state, version, title, created_at, rulebook)
	SELECT id, 1, id, 1, 'action', 'voting', 1, 'Proposal', 5, 1 FROM (SELECT 1 AS id UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7) n;
INSERT INTO motion_versions (motion_id, n, title, at, hash) SELECT id, 1, 'Proposal', 5, ~abc~ FROM motions;
INSERT INTO clauses (motion_id, n, clause_id, pos, text) SELECT id, 1, 1, 1, 'We do it.' FROM motions;
INSERT INTO ballots (id, ref, group_id, motion_id, version, round, state, secret, receipt, opens_at, closes_at, due_at, rulebook, rule, active, quorum, entitled, roll_hash, text_hash, question_hash)
	VALUES (10, 'b_open', 1, 1, 1, 1, 'open', 0, 'none', 10, 20, 20, 1, '{}', 3, 2, 3, ~r~, ~t~, ~q~),
	(20, 'b_sealed', 1, 2, 1, 1, 'open', 1, 'presence', 10, 20, 20, 1, '{}', 3, 2, 3, ~r~, ~t~, ~q~),
	(30, 'b_closing', 1, 3, 1, 1, 'closing', 1, 'presence', 10, 20, 20, 1, '{}', 3, 2, 3, ~r~, ~t~, ~q~),
	(40, 'b_stopped', 1, 4, 1, 1, 'stopped', 1, 'presence', 10, 20, NULL, 1, '{}', 3, 2, 3, ~r~, ~t~, ~q~);
INSERT INTO ballots (id, ref, group_id, motion_id, version, round, state, secret, receipt, opens_at, closes_at, due_at, rulebook, rule, active, quorum, entitled, roll_hash, text_hash, question_hash,
	turnout, votes_for, votes_against, abstentions, outcome, papers_hash, counted_at)
	VALUES (50, 'b_counted', 1, 5, 1, 1, 'counted', 0, 'none', 10, 20, 90, 1, '{}', 3, 2, 3, ~r~, ~t~, ~q~, 3, 2, 1, 0, 'carried', NULL, 21),
	(60, 'b_purged', 1, 6, 1, 1, 'purged', 1, 'full', 10, 20, 90, 1, '{}', 3, 2, 3, ~r~, ~t~, ~q~, 2, 0, 1, 1, 'not_carried', ~p~, 21),
	(70, 'b_few', 1, 7, 1, 1, 'counted', 0, 'none', 10, 20, 90, 1, '{}', 3, 2, 3, ~r~, ~t~, ~q~, 1, NULL, NULL, NULL, 'inquorate', NULL, 21);
INSERT INTO ballots (id, ref, group_id, motion_id, version, round, replaces_id, state, secret, receipt, opens_at, closes_at, due_at, rulebook)
	VALUES (71, 'b_again', 1, 7, 1, 2, 70, 'announced', 0, 'none', 30, 40, 30, 1), (41, 'b_anew', 1, 4, 1, 2, 40, 'announced', 1, 'presence', 30, 40, 30, 1);
INSERT INTO roll (ballot_id, slot, member_id) SELECT b.id, m.id, m.id FROM ballots b CROSS JOIN members m WHERE b.question_hash IS NOT NULL;
INSERT INTO open_votes (ballot_id, member_id, choice) VALUES (10, 1, 1), (10, 2, 3), (50, 1, 1), (50, 2, 1), (50, 3, 2);
INSERT INTO urn (ballot_id, pseud, box) VALUES (20, ~one~, ~box~), (20, ~two~, ~box~), (30, ~one~, ~box~), (40, ~one~, ~box~);
INSERT INTO papers (ballot_id, code, choice) VALUES (60, 'aaaa', 2), (60, 'bbbb', 3);
INSERT INTO turnout (ballot_id, slot) VALUES (60, 1), (60, 3), (70, 2);
INSERT INTO decisions (id, group_id, year, seq, motion_id, version, ballot_id, title, outcome, at, rulebook)
	VALUES (1, 1, 2026, 1, 5, 1, 50, 'Proposal', 'carried', 20, 1), (2, 1, 2026, 2, 6, 1, 60, 'Proposal', 'not_carried', 20, 1), (3, 1, 2026, 3, 7, 1, 70, 'Proposal', 'inquorate', 20, 1);
INSERT INTO dissents (id, decision_id, author_id, text, at, late) VALUES (1, 1, 3, 'I see it otherwise.', 22, 0);
INSERT INTO dissent_signers (dissent_id, member_id, at) VALUES (1, 3, 22);
INSERT INTO roles (id, group_id, key, family, fill, seats, caps, begun_at, cause) VALUES (1, 1, 'tellers', 'counting', 'lot', 2, 'sign_count', 6, 'rulebook/1');
INSERT INTO terms (id, ref, group_id, role_id, member_id, seat, caps, starts_at, ends_at, cause) VALUES (1, 't_1', 1, 1, 1, 1, 'sign_count', 7, 9000, 'draw/1'), (2, 't_2', 1, 1, 2, 2, 'sign_count', 7, 9000, 'draw/1');
INSERT INTO count_signatures (ballot_id, member_id, at) VALUES (50, 1, 23), (50, 2, 24);
`

// refusedBefore is what a database of schema 2 does not take, and none after it.
var refusedBefore = []string{
	"UPDATE ballots SET quorum = 1 WHERE id = 10", "UPDATE ballots SET closes_at = 21 WHERE id = 20", "UPDATE ballots SET secret = 0 WHERE id = 20", "DELETE FROM ballots WHERE id = 71",
	"UPDATE ballots SET votes_for = 3 WHERE id = 50", "UPDATE ballots SET outcome = 'carried' WHERE id = 60", "UPDATE ballots SET state = 'open' WHERE id = 60", "UPDATE ballots SET turnout = 2 WHERE id = 70",
	"UPDATE ballots SET outcome = 'carried' WHERE id = 10", "UPDATE ballots SET turnout = 3, outcome = 'carried', votes_for = 2, votes_against = 0, abstentions = 0 WHERE id = 10",
	"UPDATE ballots SET turnout = 1, outcome = 'inquorate', votes_for = 1, votes_against = 0, abstentions = 0 WHERE id = 10", "UPDATE ballots SET ref = 'b_open' WHERE id = 71",
	"INSERT INTO roll (ballot_id, slot, member_id) VALUES (71, 1, 1)", "UPDATE roll SET member_id = 2 WHERE ballot_id = 10 AND slot = 1", "DELETE FROM roll",
	"INSERT INTO decisions (group_id, year, seq, motion_id, version, ballot_id, title, outcome, at, rulebook) VALUES (1, 2026, 9, 1, 1, 10, 'T', 'carried', 20, 1)",
	"UPDATE decisions SET outcome = 'carried'", "UPDATE papers SET choice = 1", "DELETE FROM papers", "UPDATE count_signatures SET at = 1", "UPDATE terms SET ends_at = 9001",
	"INSERT INTO turnout (ballot_id, slot) VALUES (99, 1)", "INSERT INTO urn (ballot_id, pseud, box) VALUES (99, ~x~, ~y~)", "INSERT INTO count_signatures (ballot_id, member_id, at) VALUES (99, 1, 1)",
	"UPDATE ballots SET replaces_id = 99 WHERE id = 71", "INSERT INTO open_votes (ballot_id, member_id, choice) VALUES (99, 1, 1)",
}

// through opens the same database with the program's first migrations and some more.
type through struct {
	*testing.T
	db.Options
}

func (p through) at(schema int, further string) db.Options {
	p.Helper()
	set := fstest.MapFS{}
	for _, dialect := range []string{db.SQLite, db.Postgres} {
		own, err := filepath.Glob("migrations/" + dialect + "/*.sql")
		if err != nil || len(own) < schema {
			p.Fatal(own, err)
		}
		for _, name := range own[:schema] {
			text, err := os.ReadFile(name)
			if err != nil {
				p.Fatal(err)
			}
			set[name] = &fstest.MapFile{Data: text}
		}
		if further != "" {
			set[fmt.Sprintf("migrations/%s/%05d_further.sql", dialect, schema+1)] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + further)}
		}
	}
	o := p.Options
	o.Migrations, o.Keep, o.Server = set, upkeep.CopyOut, true
	return o
}

// with opens the database, has f do something with it, and closes it.
func (p through) with(o db.Options, f func(*db.DB)) {
	p.Helper()
	d, err := db.Open(p.Context(), o)
	if err != nil {
		p.Fatal(err)
	}
	f(d)
	if err := d.Close(); err != nil {
		p.Fatal(err)
	}
}

func (p through) exec(d *db.DB, statements ...string) error {
	return d.Write(p.Context(), func(tx *db.Tx) error {
		for _, sql := range statements {
			if err := tx.Exec(spelt(tx.Dialect(), sql)).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// raw is bytes in a statement: ~abc~.
var raw = regexp.MustCompile(`~(\w+)~`)

// spelt is a statement with bytes as the database spells them.
func spelt(dialect, statement string) string {
	return raw.ReplaceAllStringFunc(statement, func(b string) string {
		if b = hex.EncodeToString([]byte(strings.Trim(b, "~"))); dialect == db.Postgres {
			return `'\x` + b + `'`
		}
		return "x'" + b + "'"
	})
}

// filled is the name of a table that rows are put into.
var filled = regexp.MustCompile(`INSERT INTO (\w+)`)

// rows returns the rows of the tables that before fills, as text, with the columns that schema 2 has, or those that are given.
func (p through) rows(d *db.DB, columns map[string][]string) (map[string][]string, map[string][]string) {
	p.Helper()
	out, names := map[string][]string{}, map[string][]string{}
	err := d.Outside(p.Context(), func(s *sql.DB) error {
		for _, m := range filled.FindAllStringSubmatch(before, -1) {
			which := "*"
			if columns != nil {
				which = strings.Join(columns[m[1]], ", ")
			}
			got, is, err := texts(s, "SELECT "+which+" FROM "+m[1])
			if err != nil {
				return err
			}
			out[m[1]], names[m[1]] = got, is
		}
		return nil
	})
	if err != nil {
		p.Fatal(err)
	}
	return out, names
}

// texts returns what a query finds, each row as text, sorted.
func texts(s *sql.DB, query string) (out, columns []string, err error) {
	rows, err := s.Query(query)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if columns, err = rows.Columns(); err != nil {
		return nil, nil, err
	}
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, nil, err
		}
		out = append(out, fmt.Sprintf("%v", values))
	}
	slices.Sort(out)
	return out, columns, rows.Err()
}

// triggers returns the names of SQLite's triggers.
func (p through) triggers(d *db.DB) (out []string) {
	p.Helper()
	if d.Dialect() != db.SQLite {
		return nil
	}
	err := d.Read(p.Context(), func(tx *db.Tx) error {
		return tx.Raw("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name").Scan(&out).Error
	})
	if err != nil {
		p.Fatal(err)
	}
	return out
}

// wantGuarded fails the test if the database takes what it must not.
func (p through) wantGuarded(d *db.DB) {
	p.Helper()
	for _, sql := range refusedBefore {
		if p.exec(d, sql) == nil {
			p.Errorf("schema %d takes %s", d.Schema(), sql)
		}
	}
}

func eachThrough(t *testing.T, f func(p through)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := through{t, db.Options{Dir: t.TempDir(), Now: dbtest.NewClock(dbtest.Start).Now}}
		if d.Dialect() == db.Postgres {
			p.URL = dbtest.BarePostgresURL(t)
		}
		f(p)
	})
}

// TestBallotsComeThroughTheirRebuilding: a database of schema 2 with ballots of every state has every row after the next migrations, refuses
// whatever it refused, and its rows refer to rows that are there.
func TestBallotsComeThroughTheirRebuilding(t *testing.T) {
	eachThrough(t, func(p through) {
		var want, columns map[string][]string
		var guards []string
		p.with(p.at(2, ""), func(d *db.DB) {
			if err := p.exec(d, strings.Split(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(before), ";")), ";\n")...); err != nil {
				p.Fatal(err)
			}
			p.wantGuarded(d)
			want, columns = p.rows(d, nil)
			guards = p.triggers(d)
		})
		if len(want["ballots"]) != 9 || len(want) < 15 {
			p.Fatalf("%d ballots, rows in %v", len(want["ballots"]), slices.Sorted(maps.Keys(want)))
		}
		newest, err := db.Newest()
		if err != nil {
			p.Fatal(err)
		}
		for _, schema := range []int{3, int(newest)} {
			p.with(p.at(schema, ""), func(d *db.DB) {
				got, _ := p.rows(d, columns)
				if diff := cmp.Diff(want, got); diff != "" {
					p.Errorf("schema %d: %s", schema, diff)
				}
				for _, name := range guards {
					if !slices.Contains(p.triggers(d), name) {
						p.Errorf("schema %d has no trigger %s any more", schema, name)
					}
				}
				p.wantGuarded(d)
				p.wantWhole(d)
				if err := p.exec(d, "UPDATE ballots SET state = 'purged' WHERE id = 50", "UPDATE ballots SET state = 'counted' WHERE id = 50"); err != nil {
					p.Errorf("schema %d does not let a ballot go on: %v", schema, err)
				}
			})
		}
	})
}

// wantWhole fails the test unless foreign keys hold and are looked after.
func (p through) wantWhole(d *db.DB) {
	p.Helper()
	if d.Dialect() != db.SQLite {
		return // there they cannot be switched off
	}
	var on int
	var broken []struct{ Table string }
	if err := d.Write(p.Context(), func(tx *db.Tx) error {
		return errors.Join(tx.Raw("PRAGMA foreign_keys").Scan(&on).Error, tx.Raw("PRAGMA foreign_key_check").Scan(&broken).Error)
	}); err != nil || on != 1 || len(broken) > 0 {
		p.Errorf("foreign keys: %d, broken %v, %v", on, broken, err)
	}
}

// TestAMigrationThatWouldBreakAKeyIsRefused: however often it is tried, it does not come about, and the program from before goes on.
func TestAMigrationThatWouldBreakAKeyIsRefused(t *testing.T) {
	eachThrough(t, func(p through) {
		newest, err := db.Newest()
		if err != nil {
			p.Fatal(err)
		}
		p.with(p.at(int(newest), ""), func(d *db.DB) {
			if err := p.exec(d, "INSERT INTO people (id, ref, handle, created_at) VALUES (1, 'p_1', 'ann', 1)",
				"INSERT INTO sessions (hash, person_id, label, created_at, seen_at, expires_at) VALUES (~h~, 1, 'l', 1, 1, 1)"); err != nil {
				p.Fatal(err)
			}
		})
		for range 3 {
			d, err := db.Open(p.Context(), p.at(int(newest), "CREATE TABLE more (id BIGINT PRIMARY KEY); DELETE FROM people;"))
			if err == nil {
				p.Fatal(errors.Join(errors.New("a session of nobody comes about"), d.Close()))
			}
			if p.URL == "" && !strings.Contains(err.Error(), "a row would refer to one that is not there") {
				p.Errorf("says %q", err)
			}
		}
		p.with(p.at(int(newest), ""), func(d *db.DB) {
			var n int
			if err := d.Read(p.Context(), func(tx *db.Tx) error { return tx.Raw("SELECT COUNT(*) FROM people").Scan(&n).Error }); err != nil || n != 1 || hasMore(p.T, d) {
				p.Errorf("%d people are left, and of the migration %v: %v", n, hasMore(p.T, d), err)
			}
			p.wantWhole(d)
		})
	})
}
