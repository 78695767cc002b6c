package ballot_test

import (
	"bytes"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/votetest"
)

// The linkage test (V05; practice.md §6.2, item 9). Somebody holds everything the server keeps on disk: the state of the database
// after every single vote, its write-ahead log, backups taken while votes come in, the layout of its pages and what is left in
// them of deleted rows, the transactions PostgreSQL stamps its rows with, the order of the journal, the server's log. They know
// who is on the roll. They try to tell which paper is whose. The same attacks are let loose on the designs that are commonly
// taken for secret, and have to break them.

var (
	whileOpen = design{
		people: []source{{"roll", "slot"}, {"members", "id"}, {"turnout", "slot"}, {"sessions", "person_id"}, {"once_keys", "subject"}},
		papers: []source{{"urn", "pseud"}},
	}
	afterClose = design{
		people: []source{{"roll", "slot"}, {"members", "id"}, {"turnout", "slot"}},
		papers: []source{{"papers", "code"}},
	}
)

// TestLinkage_6_2_9_V05 is the attack on this program's way of storing secret votes, while the ballot is open and after it. Each
// attack is judged alone, on all ballots of a size together.
func TestLinkage_6_2_9_V05(t *testing.T) {
	linkage(t, func(w *votetest.World) ballot.View { return w.Open(true) }, 1)
}

// TestLinkageInARoom_6_2_9_V05 is the same attack on a vote in a meeting, whose roll is who is there and whose votes are final.
func TestLinkageInARoom_6_2_9_V05(t *testing.T) {
	linkage(t, func(w *votetest.World) ballot.View { return w.OpenRoom(true, len(w.Who)) }, 1)
}

// TestLinkageOfRankings_6_2_9_V05 is the same attack on papers that put options in order. What is published of them has no codes, and
// stands in the order of what is on them.
func TestLinkageOfRankings_6_2_9_V05(t *testing.T) {
	linkage(t, func(w *votetest.World) ballot.View { return w.OpenRanked(votetest.Options(4, 2)) }, 4)
}

// TestLinkageOfApprovals_6_2_9_V05 is the same attack on papers that name any number of options, or none: how many somebody names shows no more
// than whom.
func TestLinkageOfApprovals_6_2_9_V05(t *testing.T) {
	linkage(t, func(w *votetest.World) ballot.View { return w.OpenRanked(approvals(4, 2)) }, 4)
}

// linkage has votes with papers of a size attacked.
func linkage(t *testing.T, opened func(*votetest.World) ballot.View, paper int) {
	judged := 0
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		keepLog(t, d)
		for _, size := range []struct{ voters, ballots, backups int }{{20, long(20, 50), long(3, 50)}, {300, long(1, 50), long(1, 50)}} {
			open, closed := board{}, board{}
			began := time.Now()
			for i := range size.ballots {
				attackOne(t, d, c, size.voters, i < size.backups, opened, paper, open, closed)
			}
			t.Logf("%d ballots with %d voters took %v", size.ballots, size.voters, time.Since(began).Round(time.Second))
			open.atChance(t, fmt.Sprintf("%d voters, while open", size.voters), size.ballots, &judged)
			closed.atChance(t, fmt.Sprintf("%d voters, after the close", size.voters), size.ballots, &judged)
		}
	})
}

// attackOne holds a ballot, collects evidence, and scores what every attack finds. With backups, it takes one after some vote, one
// after the next, and one at the end.
func attackOne(t *testing.T, d *db.DB, c *dbtest.Clock, voters int, backups bool, opened func(*votetest.World) ballot.View, paper int, open, closed board) {
	t.Helper()
	w := votetest.New(t, d, c, "A", voters)
	var log bytes.Buffer
	told(w, &log)
	v := opened(w)
	order := rand.Perm(voters)
	forms := make([]ballot.Vote, voters)
	for i, a := range w.Who {
		forms[i] = w.Form(a, 1, ballot.Choices()[rand.IntN(3)])
		if v.Approves() {
			forms[i].Ranking = named(rand.IntN(1 << len(v.Options)))
		}
	}
	of, person := only(v.ID, w)
	where := map[string]string{"members": fmt.Sprint("group_id = ", w.Group.ID)}
	for _, table := range []string{"roll", "turnout", "urn", "papers"} {
		where[table] = fmt.Sprint("ballot_id = ", v.ID)
	}
	slots, codes := map[string]string{}, map[string]string{}
	var e evidence
	var last sight
	lastBackup := rand.IntN(voters - 1)
	before, start := look(t, d, whileOpen, where), readDisk(t, d, whileOpen)
	for n, i := range order {
		taken, err := w.Ballots.Cast(t.Context(), w.Who[i], 1, forms[i])
		if err != nil {
			t.Fatal(err)
		}
		after := look(t, d, whileOpen, where)
		step := changed(before, after)
		if len(step) != 1 || len(step["urn"]) != 1 {
			t.Fatalf("a vote changed %v", step)
		}
		for _, id := range person(i) {
			slots[id], codes[id] = step["urn"][0], source{id: "code"}.name(taken.Receipt.Code)
		}
		e.steps, before = append(e.steps, step), after
		if backups && (n == lastBackup || n == lastBackup+1 || n == voters-1) {
			now := backUp(t, d, w.Ledger, whileOpen, where)
			if len(now["urn"]) != n+1 {
				t.Fatalf("a backup after %d votes holds %d", n+1, len(now["urn"]))
			}
			if last != nil {
				e.backups = append(e.backups, changed(last, now))
			}
			last = now
		}
	}
	e.last, e.journal, e.log = before, journal(t, filepath.Join(w.Keys, "urn", v.Ref+".log"), paper), mentioned(log.String(), whileOpen, before)
	wal := walOf(t, d)
	end := readDisk(t, d, whileOpen)
	e.layout, e.dead = end.layout(whileOpen, of), end.remains()
	if end != nil {
		if e.wal = readLog(wal, start, end, whileOpen, of); len(e.wal.order["urn"]) != voters {
			t.Fatalf("the write-ahead log shows %d votes", len(e.wal.order["urn"]))
		}
	}
	if len(e.journal) != voters {
		t.Fatalf("%d votes in the journal", len(e.journal))
	}
	open.add(attacks(whileOpen, e), slots, voters)

	c.Set(v.Closes)
	w.Tick()
	after := look(t, d, afterClose, where)
	end = readDisk(t, d, afterClose)
	closed.add(attacks(afterClose, evidence{
		steps: []map[string][]string{changed(sight{}, after)}, backups: e.backups, wal: e.wal, last: after, layout: end.layout(afterClose, of), dead: end.remains(),
		journal: e.journal, log: mentioned(log.String(), afterClose, after),
	}), codes, voters)
	if n := len(after["papers"]); n != voters {
		t.Fatalf("%d papers", n)
	}
	if v.Ranked() {
		orderly(t, d, v.ID, int64(voters))
	}
}

// orderly fails the test unless the published orders lie in the order of what they say, in one go, beside nothing that tells papers apart.
func orderly(t *testing.T, d *db.DB, id ballot.ID, voters int64) {
	t.Helper()
	columns, stamps, query := []string(nil), []string(nil), "SELECT ranking FROM rankings NOT INDEXED WHERE ballot_id = ?"
	schema := "SELECT name FROM pragma_table_info('rankings')"
	if d.Dialect() == db.Postgres {
		query = "SELECT ranking FROM rankings WHERE ballot_id = ? ORDER BY ctid"
		schema = "SELECT column_name FROM information_schema.columns WHERE table_name = 'rankings' ORDER BY ordinal_position"
	}
	var orders []string
	var papers int64
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		if d.Dialect() == db.Postgres {
			if err := tx.Raw("SELECT DISTINCT xmin::text FROM rankings WHERE ballot_id = ?", id).Scan(&stamps).Error; err != nil {
				return err
			}
		}
		return errors.Join(tx.Raw(schema).Scan(&columns).Error, tx.Raw(query, id).Scan(&orders).Error,
			tx.Raw("SELECT COALESCE(SUM(papers), 0) FROM rankings WHERE ballot_id = ?", id).Scan(&papers).Error)
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSorted(orders) || papers != voters || len(stamps) > 1 || !slices.Equal(columns, []string{"ballot_id", "ranking", "papers"}) {
		t.Errorf("%d papers of %d are published as %q in columns %q by transactions %q", papers, voters, orders, columns, stamps)
	}
}

// told has the ballots taken up again, with everything they have to say written to the log.
func told(w *votetest.World, log *bytes.Buffer) {
	w.Helper()
	w.TakeUp(func() (*ballot.Service, error) {
		return ballot.New(w.Context(), w.DB, w.Ledger, w.Keys, w.Decisions.Record, slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	})
}

// walOf returns SQLite's write-ahead log; nothing on PostgreSQL.
func walOf(t *testing.T, d *db.DB) []byte {
	t.Helper()
	if d.Dialect() != db.SQLite {
		return nil
	}
	log, err := os.ReadFile(d.Path() + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// only returns what belongs to the ballot, and what its voters are called in each table.
func only(id ballot.ID, w *votetest.World) (of func(table string, r seenRow) bool, person func(i int) []string) {
	member := map[string]bool{}
	for _, a := range w.Who {
		member[fmt.Sprint(a.Member.ID)] = true
	}
	of = func(table string, r seenRow) bool {
		switch table {
		case "members":
			return member[strings.TrimPrefix(r.id, "id ")]
		case "sessions", "once_keys":
			return true
		}
		return strings.HasPrefix(r.text, fmt.Sprint(id, "|"))
	}
	return of, func(i int) []string {
		a := w.Who[i]
		return []string{source{id: "slot"}.name(fmt.Sprint(i + 1)), source{id: "id"}.name(fmt.Sprint(a.Member.ID)), source{id: "person_id"}.name(fmt.Sprint(a.Person))}
	}
}

// journal returns the pseudonyms in the order of the journal.
func journal(t *testing.T, path string, paper int) (out []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const head, pseud = 2, 16
	record := 110 + paper
	for ; len(text) >= record; text = text[record:] {
		out = append(out, source{id: "pseud"}.name(hex.EncodeToString(text[head:head+pseud])))
	}
	return out
}

// controls are the common designs: something that says who has voted, and papers without a name under random keys, written in one
// transaction. For each it says which attacks have to break it on each database.
var controls = []struct {
	name   string
	voters []int
	marked bool // the roll is there beforehand and marked; otherwise a row is written for who has voted
	drafts bool // a row with both is written first and deleted later, and the database does not wipe what is deleted
	must   map[string][]string
}{
	{"marks on a roll", []int{20, 300}, true, false, map[string][]string{
		db.SQLite: {"one commit: %s and %s", "one commit in the WAL: %s and %s", "%s by the WAL beside %s by the WAL",
			"%s by the server's log beside %s by the WAL", "%s by the server's log beside the journal"},
		db.Postgres: {"one commit: %s and %s", "one transaction stamp: %s and %s", "%s by transaction beside %s by transaction",
			"%s by the server's log beside %s by transaction", "%s by the server's log beside the journal"},
	}},
	{"rows of who took part", []int{20, 300}, false, false, map[string][]string{
		db.SQLite:   {"one commit: %s and %s", "one commit in the WAL: %s and %s", "%s by the WAL beside %s by the WAL"},
		db.Postgres: {"one commit: %s and %s", "one transaction stamp: %s and %s", "%s by place beside %s by place", "%s as it lies beside %s as it lies"},
	}},
	{"few rows of who took part", []int{20}, false, false, map[string][]string{
		db.SQLite:   {"%s by cells beside %s by cells", "%s by cells beside the journal"},
		db.Postgres: {"%s by place beside the journal"},
	}},
	{"marks on a roll, seen now and then", []int{300}, true, false, map[string][]string{
		db.SQLite:   {"states between four votes: %s and %s"},
		db.Postgres: {"states between four votes: %s and %s"},
	}},
	{"drafts that are deleted", []int{20}, true, true, map[string][]string{
		db.SQLite:   {"one deleted row: %s and %s"},
		db.Postgres: {"one commit: %s and %s"},
	}},
}

// TestLinkageControls_6_2_9_V05 lets the same attacks loose on the common designs, and judges them as those on this program. What
// finds nothing where there is something to find would prove nothing.
func TestLinkageControls_6_2_9_V05(t *testing.T) {
	marks, papers := source{"control_marks", "slot"}, source{"control_papers", "code"}
	of := design{people: []source{marks}, papers: []source{papers}}
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		keepLog(t, d)
		for _, ctl := range controls {
			for _, voters := range ctl.voters {
				ballots := 1
				if voters < 100 {
					ballots = 4
				}
				b := board{}
				for range ballots {
					e, truth := castPlainly(t, d, of, voters, ctl.marked, ctl.drafts)
					b.add(attacks(of, e), truth, voters)
				}
				for _, name := range ctl.must[d.Dialect()] {
					if strings.Count(name, "%s") == 1 {
						name = fmt.Sprintf(name, marks.table)
					} else {
						name = fmt.Sprintf(name, marks.table, papers.table)
					}
					s := b[name]
					t.Logf("%s, %d voters: %q finds %d of %d, by luck %.1f, limit %d", ctl.name, voters, name, s.right, voters*ballots, s.chance, limit(s.chance))
					if !s.caught() {
						t.Errorf("%s, %d voters: %q finds only %d and is not caught", ctl.name, voters, name, s.right)
					}
				}
			}
		}
	})
}

// castPlainly holds a ballot in the control's tables and returns the evidence, and whose papers are whose.
func castPlainly(t *testing.T, d *db.DB, of design, voters int, marked, drafts bool) (e evidence, truth map[string]string) {
	t.Helper()
	build(t, d, voters, marked)
	if drafts {
		wipe(t, d, false)
		defer wipe(t, d, true)
	}
	truth = map[string]string{}
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	run := func(statements ...string) {
		t.Helper()
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			for _, sql := range statements {
				if err := tx.Exec(sql).Error; err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	before, start := look(t, d, of, nil), readDisk(t, d, of)
	for _, i := range rand.Perm(voters) {
		slot, code := strconv.Itoa(i+1), fmt.Sprintf("%016x", rand.Uint64())
		mark := "INSERT INTO control_marks (slot, voted) VALUES (" + slot + ", 1)"
		if marked {
			mark = "UPDATE control_marks SET voted = 1 WHERE slot = " + slot
		}
		if drafts {
			run("INSERT INTO control_drafts (slot, code) VALUES (" + slot + ", '" + code + "')")
		}
		run(mark, "INSERT INTO control_papers (code, choice) VALUES ('"+code+"', 1)")
		logger.Info("vote taken", "slot", slot)
		e.journal = append(e.journal, of.papers[0].name(code))
		truth[of.people[0].name(slot)] = of.papers[0].name(code)
		after := look(t, d, of, nil)
		e.steps, before = append(e.steps, changed(before, after)), after
	}
	if drafts {
		run("DELETE FROM control_drafts")
	}
	wal := walOf(t, d)
	end := readDisk(t, d, of)
	everything := func(string, seenRow) bool { return true }
	e.last, e.layout, e.dead, e.log = before, end.layout(of, everything), end.remains(), mentioned(log.String(), of, before)
	if end != nil {
		e.wal = readLog(wal, start, end, of, everything)
	}
	return e, truth
}

// keepLog has SQLite keep its write-ahead log until it is read here. Otherwise it begins anew after a thousand pages, and an attacker
// would have to read it in pieces.
func keepLog(t *testing.T, d *db.DB) {
	t.Helper()
	if d.Dialect() == db.SQLite {
		pragma(t, d, "wal_autocheckpoint = 0")
	}
}

func pragma(t *testing.T, d *db.DB, set string) {
	t.Helper()
	err := d.Outside(t.Context(), func(s *sql.DB) error {
		_, err := s.Exec("PRAGMA " + set)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// wipe says whether SQLite is to overwrite what is deleted, as this program always has it do.
func wipe(t *testing.T, d *db.DB, on bool) {
	t.Helper()
	if d.Dialect() == db.SQLite {
		pragma(t, d, fmt.Sprintf("secure_delete = %v", on))
	}
}

// build makes the control's tables, with its roll in them if it is one that is marked.
func build(t *testing.T, d *db.DB, voters int, roll bool) {
	t.Helper()
	tail := " WITHOUT ROWID"
	if d.Dialect() == db.Postgres {
		tail = ""
	}
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		for _, sql := range []string{
			"DROP TABLE IF EXISTS control_marks", "DROP TABLE IF EXISTS control_papers", "DROP TABLE IF EXISTS control_drafts",
			"CREATE TABLE control_marks (slot INTEGER NOT NULL PRIMARY KEY, voted INTEGER NOT NULL)" + tail,
			"CREATE TABLE control_papers (code TEXT NOT NULL PRIMARY KEY, choice INTEGER NOT NULL)" + tail,
			"CREATE TABLE control_drafts (slot INTEGER NOT NULL PRIMARY KEY, code TEXT NOT NULL)" + tail,
		} {
			if err := tx.Exec(sql).Error; err != nil {
				return err
			}
		}
		for i := range voters {
			if !roll {
				break
			}
			if err := tx.Exec(fmt.Sprintf("INSERT INTO control_marks (slot, voted) VALUES (%d, 0)", i+1)).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestBackupsLinkTheCommonDesign_6_2_9_V05 writes who took part and the papers into this program's own tables as votes come in, as the
// common design would, and takes a backup after each: two of them give away whose vote came in between.
func TestBackupsLinkTheCommonDesign_6_2_9_V05(t *testing.T) {
	of := design{people: []source{{"turnout", "slot"}}, papers: []source{{"papers", "code"}}}
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		const voters = 20
		w := votetest.New(t, d, c, "A", voters)
		v := w.Open(true)
		var e evidence
		truth := map[string]string{}
		before := backUp(t, d, w.Ledger, of, nil)
		for _, i := range rand.Perm(voters) {
			slot, code := strconv.Itoa(i+1), fmt.Sprintf("%016x", rand.Uint64())
			w.Write(func(tx *db.Tx) error {
				if err := tx.Exec("INSERT INTO turnout (ballot_id, slot) VALUES (?, ?)", v.ID, i+1).Error; err != nil {
					return err
				}
				return tx.Exec("INSERT INTO papers (ballot_id, code) VALUES (?, ?)", v.ID, code).Error
			})
			truth[of.people[0].name(slot)] = of.papers[0].name(code)
			after := backUp(t, d, w.Ledger, of, nil)
			e.backups, before = append(e.backups, changed(before, after)), after
		}
		e.last = before
		b := board{}
		b.add(attacks(of, e), truth, voters)
		if s := b["two backups: turnout and papers"]; s.right != voters || !s.caught() {
			t.Errorf("two backups link only %d of %d, limit %d", s.right, voters, limit(s.chance))
		}
	})
}
