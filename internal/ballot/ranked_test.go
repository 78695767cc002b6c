package ballot_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/motion"
	"folkmoot/internal/tally"
	"folkmoot/internal/votetest"

	"pgregory.net/rapid"
)

// rank has a member put options in order with a fresh form.
func rank(w *votetest.World, who, number int, order ...int) (ballot.Taken, error) {
	w.Helper()
	form := w.Form(w.Who[who], number, ballot.For)
	form.Ranking, form.Client = order, fmt.Sprint(form.Client, order)
	return w.Ballots.Cast(w.Context(), w.Who[who], number, form)
}

// approvals are options of which people name as many as they like, for places that are drawn.
func approvals(options, places int) ballot.Contest {
	c := votetest.Options(options+1, places)
	return ballot.Contest{Method: ballot.Approval, Seats: places, Options: c.Options[:options]}
}

// named returns the options that the bits of a number stand for.
func named(bits int) (out []int) {
	for n := 1; bits > 0; n, bits = n+1, bits/2 {
		if bits%2 == 1 {
			out = append(out, n)
		}
	}
	return out
}

// sheetOf returns the stored sheet, and the published papers.
func sheetOf(w *votetest.World, id ballot.ID) (sheet string, kinds []ballot.Kind, err error) {
	w.Helper()
	w.Read(func(tx *db.Tx) error {
		var kerr error
		sheet, err = ballot.SheetOf(tx, id)
		kinds, kerr = ballot.Kinds(tx, id)
		return kerr
	})
	return sheet, kinds, err
}

// countedAs returns the sheet that package tally makes of the papers.
func countedAs(t rapid.TB, b ballot.Ballot, papers [][]int) string {
	t.Helper()
	var kinds []ballot.Kind
	for _, p := range papers {
		kinds = append(kinds, ballot.Kind{Ranking: strings.Trim(fmt.Sprint(p), "[]"), Papers: 1})
	}
	e, err := b.Election("", b.Options, b.Lots(), kinds)
	if err != nil {
		t.Fatal(err)
	}
	method, _ := tally.Find(b.Method)
	o := tally.Options{Seed: b.Lots()}
	switch b.Method {
	case ballot.Scottish:
		o.RON = b.RON
	case ballot.Approval:
		o.Variant = ballot.HalfOf
	}
	sheet, err := method.Count(e, o)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(sheet)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestAnyElectionIsCountedAsTallyCounts: whatever people put in order, in whatever order they vote and however often they think better of
// it, the sheet is that of the papers that counted in the end.
func TestAnyElectionIsCountedAsTallyCounts(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := votetest.New(t, dbtest.SQLite(t, c), c, "A", 14)
	rapid.Check(t, func(rt *rapid.T) {
		options := rapid.IntRange(3, 7).Draw(rt, "options")
		v := w.OpenRanked(votetest.Options(options, rapid.IntRange(1, options-2).Draw(rt, "places")))
		last := map[int][]int{}
		cast := func(who int) {
			order := rapid.Permutation([]int{1, 2, 3, 4, 5, 6, 7}[:options]).Draw(rt, "order")[:rapid.IntRange(1, options).Draw(rt, "length")]
			if _, err := rank(w, who, v.Motion.Number, order...); err != nil {
				rt.Fatal(err)
			}
			last[who] = order
			c.Advance(time.Second) // so that each form is another
		}
		for _, who := range rapid.SliceOfN(rapid.IntRange(0, 13), 12, 30).Draw(rt, "votes") {
			cast(who)
		}
		for who := range v.Quorum {
			if last[who] == nil {
				cast(who)
			}
		}
		w.GoTo(v.Closes)
		got := w.Show(v.Motion.Number)
		var papers [][]int
		for _, p := range last {
			papers = append(papers, p)
		}
		sheet, kinds, err := sheetOf(w, v.ID)
		if err != nil || got.Turnout != int64(len(last)) {
			rt.Fatalf("%d took part of %d: %v", got.Turnout, len(last), err)
		}
		if want := countedAs(rt, got.Ballot, papers); sheet != want {
			rt.Errorf("the sheet is %s\nand of the papers %v follows %s", sheet, papers, want)
		}
		if (len(kinds) > 0) != (len(last) >= ballot.LeastPapers) {
			rt.Errorf("of %d papers %d kinds are published", len(last), len(kinds))
		}
	})
}

// TestRankedIsFrozen: once it is open nothing changes who can be put in order, for how many places and how that is counted; once it is
// counted nothing changes the sheet and the papers.
func TestRankedIsFrozen(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 12)
		v := w.OpenRanked(votetest.Options(4, 2))
		refused := func(statements ...string) {
			t.Helper()
			for _, sql := range statements {
				if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(sql).Error }); err == nil {
					t.Errorf("the database takes %s", sql)
				}
			}
		}
		refused("UPDATE ballots SET options = '{}'", "UPDATE ballots SET seats = 3", "UPDATE ballots SET method = 'irv'", "UPDATE ballots SET method = '', seats = 0",
			"UPDATE ballots SET turnout = 3, outcome = 'carried', votes_for = 3, votes_against = 0, abstentions = 0")
		for i := range 12 {
			if _, err := rank(w, i, v.Motion.Number, 1+i%3, 4); err != nil {
				t.Fatal(err)
			}
		}
		w.GoTo(v.Closes)
		sheet, kinds, err := sheetOf(w, v.ID)
		if err != nil || len(kinds) != 3 {
			t.Fatalf("%v, %v", kinds, err)
		}
		refused("UPDATE counts SET sheet = '{}'", "DELETE FROM counts", "UPDATE rankings SET papers = 1", "DELETE FROM rankings", "UPDATE ballots SET outcome = 'not_carried'",
			fmt.Sprintf("INSERT INTO counts (ballot_id, sheet) VALUES (%d, '{}')", v.ID))
		closedAs(w, v.Ballot, sheet, kinds)
	})
}

// closedAs fails the test unless the entry that closes the ballot has the hashes of the sheet and of the papers, and no number but the
// turnout.
func closedAs(w *votetest.World, b ballot.Ballot, sheet string, kinds []ballot.Kind) {
	w.Helper()
	hash := sha256.New()
	for _, k := range kinds {
		fmt.Fprintf(hash, "%s x %d\n", k.Ranking, k.Papers)
	}
	sum := sha256.Sum256([]byte(sheet))
	w.Read(func(tx *db.Tx) error {
		entries, err := ledger.About(tx, w.Group.Log(), b.InRecord())
		for _, e := range entries {
			var leaf struct{ Data map[string]any }
			if err := json.Unmarshal([]byte(e.Leaf), &leaf); err != nil {
				return err
			}
			if e.Kind != "ballot.closed" {
				continue
			}
			if leaf.Data["sheet_hash"] != hex.EncodeToString(sum[:]) || leaf.Data["rankings_hash"] != hex.EncodeToString(hash.Sum(nil)) {
				w.Errorf("recorded are %v", leaf.Data)
			}
			for _, name := range []string{"for", "against", "abstain"} {
				if _, is := leaf.Data[name]; is {
					w.Errorf("recorded is how many were %s", name)
				}
			}
		}
		return err
	})
}

// TestTooFewLeaveNoOrders: of a vote by ranking in which too few took part there is no sheet, no paper and no hash of one, either time.
func TestTooFewLeaveNoOrders(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 12) // Q(12) is 3
		for _, contest := range []ballot.Contest{votetest.Options(4, 1), approvals(4, 2)} {
			tooFew(w, w.OpenRanked(contest))
		}
		for _, table := range []string{"counts", "rankings", "urn"} {
			wantCount(w, "SELECT COUNT(*) FROM "+table, 0)
		}
		wantCount(w, "SELECT COUNT(*) FROM papers WHERE choice IS NOT NULL", 0)
		wantCount(w, "SELECT COUNT(*) FROM ledger_entries WHERE kind = 'ballot.closed'", 4)
		wantCount(w, "SELECT COUNT(*) FROM ledger_entries WHERE leaf LIKE '%sheet_hash%' OR leaf LIKE '%rankings_hash%' OR leaf LIKE '%elected%'", 0)
	})
}

// tooFew has one vote in the ballot, and one when it is held again.
func tooFew(w *votetest.World, v ballot.View) {
	w.Helper()
	for round := range 2 {
		if _, err := rank(w, round, v.Motion.Number, 2, 1); err != nil {
			w.Fatal(err)
		}
		w.GoTo(v.Closes)
		if next := w.Show(v.Motion.Number); round == 0 {
			if !slices.Equal(next.Options, v.Options) || next.Method != v.Method || next.Seats != v.Seats || next.State != ballot.Announced {
				w.Fatalf("held again as %+v", next.Ballot)
			}
			w.GoTo(next.Opens)
			v = w.Show(v.Motion.Number)
		}
	}
	if v = w.Show(v.Motion.Number); v.Motion.State != motion.Lapsed || v.Outcome != tally.Inquorate || len(v.Earlier) != 1 {
		w.Fatalf("%+v", v)
	}
}

// TestRankedReceiptsNeverShowOrders: an order on a paper with a code would prove to others how somebody voted, and a first choice alone, or whom
// somebody trusts, would too. Not even where receipts of votes for and against show the choice are such papers published with codes.
func TestRankedReceiptsNeverShowOrders(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 12)
		for _, contest := range []ballot.Contest{votetest.Options(4, 1), approvals(4, 2)} {
			v := w.OpenRanked(contest)
			if _, err := rank(w, 0, v.Motion.Number, 1); err != nil { // too few: it is held again
				t.Fatal(err)
			}
			w.GoTo(v.Closes)
			w.Write(func(tx *db.Tx) error {
				return tx.Exec("UPDATE ballots SET receipt = 'full' WHERE round = 2 AND motion_id = ?", v.Motion.ID).Error
			})
			w.GoTo(w.Show(v.Motion.Number).Opens)
			v = w.Show(v.Motion.Number)
			for i := range 12 {
				if _, err := rank(w, i, v.Motion.Number, 3, 1); err != nil {
					t.Fatal(err)
				}
			}
			w.GoTo(v.Closes)
			wantCount(w, "SELECT COUNT(*) FROM papers WHERE choice IS NOT NULL", 0)
			wantCount(w, fmt.Sprint("SELECT COUNT(*) FROM papers WHERE ballot_id = ", v.ID), 12)
		}
	})
}

// TestApprovalsLeaveWhatIsOnThem: nothing of them is in the record or in a table while the vote is open; afterwards equal papers stand together,
// in the order of what is on them, and count as package tally counts them.
func TestApprovalsLeaveWhatIsOnThem(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 12)
		v := w.OpenRanked(approvals(4, 2))
		var papers [][]int
		for i := range 12 {
			papers = append(papers, named(i/2))
			if _, err := rank(w, i, v.Motion.Number, papers[i]...); err != nil {
				t.Fatal(err)
			}
		}
		for _, table := range []string{"counts", "rankings", "papers"} {
			wantCount(w, "SELECT COUNT(*) FROM "+table, 0)
		}
		wantCount(w, "SELECT COUNT(DISTINCT length(box)) FROM urn", 1) // whoever names many has no longer paper
		w.GoTo(v.Closes)
		got := w.Show(v.Motion.Number)
		sheet, kinds, err := sheetOf(w, v.ID)
		if want := countedAs(t, got.Ballot, papers); err != nil || sheet != want {
			t.Errorf("%v: the sheet is %s, want %s", err, sheet, want)
		}
		if len(kinds) != 6 || kinds[0] != (ballot.Kind{Papers: 2}) || !slices.IsSortedFunc(kinds, func(a, b ballot.Kind) int { return strings.Compare(a.Ranking, b.Ranking) }) {
			t.Errorf("published are %+v", kinds)
		}
		closedAs(w, v.Ballot, sheet, kinds)
		orderly(t, d, v.ID, 12)
	})
}

// TestRankedGoesOn: the program ends amid casting and amid counting; the same form has the same receipt; a vote that is in the journal
// alone is put back; nothing of it is left when all is counted.
func TestRankedGoesOn(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 12)
		v := w.OpenRanked(votetest.Options(5, 2))
		form := w.Form(w.Who[0], v.Motion.Number, ballot.For)
		before, err := w.Ballots.Cast(t.Context(), w.Who[0], v.Motion.Number, form)
		if err != nil {
			t.Fatal(err)
		}
		other := form
		other.Ranking = []int{5}
		_, err = w.Ballots.Cast(t.Context(), w.Who[0], v.Motion.Number, other)
		w.WantKind("the same form with another order", err, fault.Conflict)
		w.Restart()
		after, err := w.Ballots.Cast(t.Context(), w.Who[0], v.Motion.Number, form)
		if err != nil || after.Receipt != before.Receipt {
			t.Errorf("the same form after a restart: %v, %v", after.Receipt, err)
		}
		papers := [][]int{{1, 2, 3}}
		for i := 1; i < 12; i++ {
			order := []int{1 + i%5, 1 + (i+1)%5}
			if _, err := rank(w, i, v.Motion.Number, order...); err != nil {
				t.Fatal(err)
			}
			papers = append(papers, order)
		}
		var boxes [][]byte
		w.Read(func(tx *db.Tx) error { return tx.Raw("SELECT box FROM urn").Scan(&boxes).Error })
		w.Write(func(tx *db.Tx) error {
			return tx.Exec("DELETE FROM urn WHERE pseud IN (SELECT pseud FROM urn ORDER BY pseud LIMIT 3)").Error
		})
		w.Restart()
		wantCount(w, "SELECT COUNT(*) FROM urn", 12)
		c.Set(v.Closes)
		w.Write(func(tx *db.Tx) error { return tx.Exec("UPDATE ballots SET state = 'closing'").Error })
		w.Restart()
		w.Tick()
		got := w.Show(v.Motion.Number)
		sheet, _, err := sheetOf(w, v.ID)
		if want := countedAs(t, got.Ballot, papers); err != nil || got.State != ballot.Purged || sheet != want {
			t.Errorf("%s, %v: %s, want %s", got.State, err, sheet, want)
		}
		gone(w, boxes, v.Ref)
	})
}

// gone fails the test if a file of the data or of the keys still has the bytes of a box, or the ballot's key or journal is there.
func gone(w *votetest.World, boxes [][]byte, ref string) {
	w.Helper()
	wantCount(w, "SELECT COUNT(*) FROM urn", 0)
	for _, name := range []string{"ballots/" + ref + ".key", "urn/" + ref + ".log"} {
		if _, err := os.Stat(filepath.Join(w.Keys, name)); !os.IsNotExist(err) {
			w.Errorf("%s: %v", name, err)
		}
	}
	if w.DB.Dialect() != db.SQLite {
		return // a table that is truncated has another file; package urn tries that
	}
	for _, name := range []string{w.DB.Path(), w.DB.Path() + "-wal"} {
		text, err := os.ReadFile(name)
		if err != nil {
			w.Fatal(err)
		}
		for _, box := range boxes {
			if bytes.Contains(text, box) {
				w.Errorf("a sealed vote is left in %s", filepath.Base(name))
			}
		}
	}
	if len(boxes) == 0 {
		w.Error("there were no boxes")
	}
}

// TestRankedPapersAreRefused: what no paper can say is not taken, and a vote for or against is none here.
func TestRankedPapersAreRefused(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 5)
		v := w.OpenRanked(votetest.Options(4, 2))
		for _, order := range [][]int{{}, {0}, {5}, {-1}, {1, 1}, {1, 2, 3, 4, 1}, {257}} {
			_, err := rank(w, 0, v.Motion.Number, order...)
			w.WantKind(fmt.Sprint("a paper with ", order), err, fault.Invalid)
		}
		wantCount(w, "SELECT COUNT(*) FROM urn", 0)
		if _, err := rank(w, 0, v.Motion.Number, 4, 3, 2, 1); err != nil {
			t.Error(err)
		}
	})
}
