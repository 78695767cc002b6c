package audit

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/export"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/votetest"

	"golang.org/x/mod/sumdb/tlog"
)

// TestAuditorTellsOnce: the tables are compared once a day, also after a restart; what differs is logged without what it says,
// and stands in the record once, in words.
func TestAuditorTellsOnce(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := newRoad(t, d, c)
		var log bytes.Buffer
		auditor := func() *Auditor { return NewAuditor(d, r.Ledger, slog.New(slog.NewTextHandler(&log, nil))) }
		tick := func(after time.Duration, want int) {
			t.Helper()
			c.Advance(after)
			r.must(auditor().Tick(t.Context()))
			if got := len(toldIn(r)); got != want {
				t.Errorf("told of %d differences, want %d", got, want)
			}
		}
		tick(0, 0)
		r.Write(func(tx *db.Tx) error { return tx.Exec("UPDATE members SET name = 'Mallory' WHERE name = 'Cy'").Error })
		tick(every-time.Second, 0)
		tick(time.Second, 1)
		tick(every, 1)
		r.Write(func(tx *db.Tx) error { return tx.Exec("UPDATE groups SET zone = 'UTC'").Error })
		tick(every, 2)
		if said := log.String(); !strings.Contains(said, "field=name") || strings.Contains(said, "Mallory") || strings.Contains(said, "Cy") {
			t.Errorf("logged %q", said)
		}
		voices, err := lang.Load()
		r.must(err)
		for _, tag := range voices.Tags() {
			said := voices.Voice(tag).Say(export.LineOf(toldIn(r)[1], nil, nil, export.Named{}).Say)
			if strings.Contains(said, "audit.") || strings.Contains(said, "ledger.") || strings.Contains(said, "<no value>") {
				t.Errorf("%s: %q", tag, said)
			}
		}
	})
}

// TestTheAuditWaitsForTheUrn: it does not begin while votes are to be destroyed, which a long look would hold up; for an hour.
func TestTheAuditWaitsForTheUrn(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := newRoad(t, d, c)
		closed := r.Vote(r.Open(true), 3, 1, 0)
		r.Write(func(tx *db.Tx) error { return dbtest.Unguard(tx, "ballots") })
		begins := func(state ballot.State, want bool) {
			t.Helper()
			r.Write(func(tx *db.Tx) error {
				return tx.Exec("UPDATE ballots SET state = ? WHERE ref = ?", state, closed.Ref).Error
			})
			r.Read(func(tx *db.Tx) error {
				got, err := due(tx)
				if got != want {
					t.Errorf("%s: begins: %v", state, got)
				}
				return err
			})
		}
		c.Set(closed.Closes.Add(time.Minute))
		begins(ballot.Counted, false)
		begins(ballot.Closing, false)
		begins(ballot.Purged, true)
		c.Advance(patience)
		begins(ballot.Counted, true)
	})
}

// toldIn returns the entries that tell of differences.
func toldIn(r *road) (out []ledger.Entry) {
	r.Read(func(tx *db.Tx) error {
		all, err := ledger.About(tx, r.Group.Log(), "group")
		for _, e := range all {
			if e.Kind == Kind {
				out = append(out, e)
			}
		}
		return err
	})
	return out
}

// TestWordsForEverything: every table and field that can differ has a name in the catalogues.
func TestWordsForEverything(t *testing.T) {
	voices, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	all := append(compared(), table{"ledger_entries", "", columns(is("n", "at", "kind", "subject", "leaf", Whole))})
	for _, x := range all {
		for _, c := range x.columns {
			d := Difference{Table: x.name, Field: c.name, Record: none(), Has: there()}
			for _, tag := range voices.Tags() {
				if said := voices.Voice(tag).Say(d.Say()); c.why == "" && c.in == nowhere && strings.Contains(said, "audit.") {
					t.Errorf("%s.%s in %s: %q", x.name, c.name, tag, said)
				}
			}
		}
	}
}

// TestAnAlteredEntryIsNamed: the entries are held against what was hashed.
func TestAnAlteredEntryIsNamed(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		newRoad(t, d, c)
		dropGuards(t, d)
		for _, field := range []string{"at", "kind", "subject", "leaf"} {
			a := &alteration{t: t, d: d, table: "ledger_entries", field: field, columns: []string{"group_id", "n", "at", "kind", "subject", "leaf"}}
			a.pick()
			v := another(a.was, nil)
			if field == "leaf" {
				v = strings.Replace(a.was.(string), "Europe/Madrid", "Europe/Lisbon", 1)
			}
			a.set(a.was, v)
			found := compare(t, d)
			a.set(v, a.was)
			if len(found) == 0 || found[0].Table != "ledger_entries" || found[0].Field != field || found[0].Subject != "entry/0" {
				t.Errorf("%s: found %+v", field, found)
			}
		}
	})
}

// TestAnUnreadableEntryIsNamed: whichever it is, and also where its hash in the tree was made to fit.
func TestAnUnreadableEntryIsNamed(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := newRoad(t, d, c)
		r.table(r.propose(0, "Bread"))
		r.Write(func(tx *db.Tx) error {
			return errors.Join(dbtest.Unguard(tx, "ledger_entries"), dbtest.Unguard(tx, "ledger_hashes"), dbtest.Unguard(tx, "ledger_texts"))
		})
		put := func(n int64, leaf string) {
			t.Helper()
			hash := tlog.RecordHash([]byte(leaf))
			r.Write(func(tx *db.Tx) error {
				return errors.Join(tx.Exec("UPDATE ledger_entries SET leaf = ? WHERE group_id = ? AND n = ?", leaf, r.Group.ID, n).Error,
					tx.Exec("UPDATE ledger_hashes SET hash = ? WHERE group_id = ? AND i = ?", hash[:], r.Group.ID, tlog.StoredHashIndex(0, n)).Error)
			})
		}
		var entries []ledger.Entry
		r.Read(func(tx *db.Tx) (err error) {
			entries, err = ledger.Entries(tx, r.Group.Log(), 0, 1000)
			return err
		})
		for _, e := range entries {
			put(e.N, "{")
			if !names(compare(t, d), e.N) {
				t.Errorf("entry %d (%s) is not named", e.N, e.Kind)
			}
			put(e.N, e.Leaf)
		}
		if found := compare(t, d); len(found) > 0 {
			t.Errorf("after all was put back: %+v", found)
		}
		r.Write(func(tx *db.Tx) error {
			return tx.Exec("UPDATE ledger_texts SET hash = ? WHERE hash = (SELECT hash FROM ledger_texts WHERE group_id = ? ORDER BY n LIMIT 1)", []byte("short"), r.Group.ID).Error
		})
		if found := compare(t, d); len(found) == 0 {
			t.Error("a text that nobody can find is not missed")
		}
	})
}

// names says whether the leaf of the entry is among the differences.
func names(found []Difference, n int64) bool {
	return slices.ContainsFunc(found, func(x Difference) bool {
		return x.Table == "ledger_entries" && x.Field == "leaf" && x.Subject == fmt.Sprintf("entry/%d", n)
	})
}

// TestOneGroupDoesNotHinderTheOthers: where a group cannot be looked at, the others are, and the next time is after a day.
func TestOneGroupDoesNotHinderTheOthers(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		broken := newRoad(t, d, c)
		fine := &road{World: votetest.Found(t, d, c, member.Founding{Name: "Brewers", Aim: "We brew.", Preset: "A", Zone: "UTC", Lang: "en", By: "Bea"})}
		r := broken
		r.Write(func(tx *db.Tx) error {
			breaks := fmt.Sprintf("CAST(ABS(-9223372036854775807 - 1 + group_id - %d) AS TEXT)", broken.Group.ID) // too great a number
			if d.Dialect() == db.Postgres {
				breaks = fmt.Sprintf("CAST(1 / (group_id - %d) AS TEXT)", broken.Group.ID)
			}
			return errors.Join(tx.Exec("UPDATE groups SET zone = 'Asia/Tokyo' WHERE id = ?", fine.Group.ID).Error,
				tx.Exec("ALTER TABLE held_keys RENAME TO kept_keys").Error,
				tx.Exec(fmt.Sprintf("CREATE VIEW held_keys AS SELECT id, group_id, CASE group_id WHEN %d THEN %s ELSE what END AS what, holder, second, at, kind, holder_id, second_id, holder_since, second_since, holder_tested, second_tested, until_at, gone FROM kept_keys",
					broken.Group.ID, breaks)).Error)
		})
		found, err := NewAuditor(d, r.Ledger, slog.New(slog.DiscardHandler)).Run(t.Context())
		if err == nil || !strings.Contains(err.Error(), broken.Group.Ref) || len(found) != 1 || len(toldIn(fine)) != 1 {
			t.Errorf("found %+v, told of %d, %v", found, len(toldIn(fine)), err)
		}
		r.Read(func(tx *db.Tx) error {
			again, err := due(tx)
			if again {
				t.Error("it would be tried again at once")
			}
			return err
		})
	})
}

// TestManyDifferencesHideNoOther: where more rows differ than are named, every column that differs is.
func TestManyDifferencesHideNoOther(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := newRoad(t, d, c)
		r.propose(0, "Bread")
		r.Write(func(tx *db.Tx) error {
			for i := range Most + 50 {
				if err := tx.Exec("INSERT INTO invitations (hash, group_id, made_by, made_at, expires_at, uses_left) SELECT ?, group_id, id, 1, 2, 3 FROM members WHERE name = 'Cy'",
					[]byte(fmt.Sprint("stray ", i))).Error; err != nil {
					return err
				}
			}
			return tx.Exec("UPDATE motions SET review_days = 7").Error
		})
		a := NewAuditor(d, r.Ledger, slog.New(slog.DiscardHandler))
		found, err := a.Run(t.Context())
		if last := found[len(found)-1]; err != nil || len(found) != Most+1 || last.Table != "motions" || last.Field != "review_days" {
			t.Errorf("found %d, the last one %+v, %v", len(found), last, err)
		}
	})
}

// TestEntriesAreFoundThroughTheIndex: what SQLite would run for a proposal with its votes and decisions grows with them alone, and
// no entry has a query of its own.
func TestEntriesAreFoundThroughTheIndex(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	type statement struct {
		sql  string
		vars int
	}
	var seen []statement
	d, err := db.Open(t.Context(), db.Options{Dir: t.TempDir(), Now: c.Now, Watch: func(sql string) {
		seen = append(seen, statement{sql, strings.Count(sql, "?")})
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}()
	r := newRoad(t, d, c)
	r.votes()
	var size int64
	r.Read(func(tx *db.Tx) (err error) {
		size, err = ledger.Size(tx, r.Group.Log())
		return err
	})
	seen = nil
	compare(t, d)
	looked, hashes := 0, 0
	for _, st := range seen {
		if strings.Contains(st.sql, "FROM ledger_hashes") {
			hashes++
		}
		if !strings.Contains(st.sql, "FROM ledger_entries") {
			continue
		}
		var steps []struct{ Detail string }
		r.Read(func(tx *db.Tx) error {
			return tx.Raw("EXPLAIN QUERY PLAN "+st.sql, slices.Repeat([]any{1}, st.vars)...).Scan(&steps).Error
		})
		for _, s := range steps {
			narrow := strings.Contains(s.Detail, "subject=? AND n>?") || strings.Contains(s.Detail, "AND n=?")
			if strings.Contains(s.Detail, "ledger_subject") {
				looked++
			}
			if strings.Contains(s.Detail, "TEMP B-TREE") || strings.HasPrefix(s.Detail, "S") && !narrow && !strings.Contains(st.sql, "e.n >= ?") {
				t.Errorf("%s\n%s", s.Detail, st.sql)
			}
		}
	}
	if looked == 0 || hashes != 1 || size < 50 {
		t.Errorf("the index by subject is used %d times, and hashes were asked for %d times for %d entries", looked, hashes, size)
	}
}
