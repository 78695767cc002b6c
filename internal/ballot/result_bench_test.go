package ballot_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/tally"
	"folkmoot/internal/votetest"
)

// stored is a vote by ranking that was counted, and how many statements have been run since.
type stored struct {
	*votetest.World
	ballot.View
	papers     []ballot.Kind
	statements atomic.Int64
}

// newStored stores a count of so many papers, as the close of a vote stores it.
func newStored(t testing.TB, papers int) *stored {
	t.Helper()
	s := &stored{}
	c := dbtest.NewClock(dbtest.Start)
	d, err := db.Open(t.Context(), db.Options{Dir: t.TempDir(), Now: c.Now, Watch: func(string) { s.statements.Add(1) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	s.World = votetest.New(t, d, c, "A", 5)
	s.View = s.OpenRanked(votetest.Options(11, 3))
	s.papers = randomPapers(papers, 11)
	text, err := json.Marshal(s.count())
	if err != nil {
		t.Fatal(err)
	}
	s.Write(func(tx *db.Tx) error {
		if err := tx.Exec("INSERT INTO counts (ballot_id, sheet) VALUES (?, ?)", s.ID, string(text)).Error; err != nil {
			return err
		}
		for _, k := range s.papers {
			if err := tx.Exec("INSERT INTO rankings (ballot_id, ranking, papers) VALUES (?, ?, ?)", s.ID, k.Ranking, k.Papers).Error; err != nil {
				return err
			}
		}
		return nil
	})
	return s
}

// randomPapers is so many papers, which name some of the options.
func randomPapers(n, options int) (out []ballot.Kind) {
	r := rand.New(rand.NewPCG(1, 2))
	many := map[string]int64{}
	for range n {
		order := r.Perm(options)[:1+r.IntN(options)]
		for i := range order {
			order[i]++
		}
		many[strings.Trim(fmt.Sprint(order), "[]")]++
	}
	for ranking, n := range many {
		out = append(out, ballot.Kind{Ranking: ranking, Papers: n})
	}
	slices.SortFunc(out, func(a, b ballot.Kind) int { return strings.Compare(a.Ranking, b.Ranking) })
	return out
}

// count counts the papers, as the close of the vote does once.
func (s *stored) count() *tally.Sheet {
	s.Helper()
	e, err := s.Election("", s.Options, s.Lots(), s.papers)
	if err != nil {
		s.Fatal(err)
	}
	method, _ := tally.Find(s.Method)
	sheet, err := method.Count(e, tally.Options{RON: s.RON, Seed: s.Lots()})
	if err != nil {
		s.Fatal(err)
	}
	return sheet
}

// read returns the stored sheet, and how many statements that took.
func (s *stored) read() (sheet string, statements int64) {
	s.Helper()
	before := s.statements.Load()
	s.Read(func(tx *db.Tx) (err error) {
		sheet, err = ballot.SheetOf(tx, s.ID)
		return err
	})
	return sheet, s.statements.Load() - before
}

// TestAResultIsReadAndNotCounted: the sheet of a vote is what was stored, in one statement, however many papers there are.
func TestAResultIsReadAndNotCounted(t *testing.T) {
	for _, papers := range []int{20, 2000} {
		s := newStored(t, papers)
		want, err := json.Marshal(s.count())
		if err != nil {
			t.Fatal(err)
		}
		if got, n := s.read(); got != string(want) || n != 1 {
			t.Errorf("%d papers: %d statements read\n%s, want\n%s", papers, n, got, want)
		}
	}
}

// BenchmarkElectionResult reads the stored result of a vote with 100,000 papers. It tells how many times as long counting them would take.
func BenchmarkElectionResult(b *testing.B) {
	s := newStored(b, 100_000)
	began := time.Now()
	s.count()
	counting := time.Since(began)
	before := s.statements.Load()
	b.ReportAllocs()
	n := int64(0)
	for b.Loop() {
		s.read()
		n++
	}
	if got := s.statements.Load() - before; got != n {
		b.Fatalf("%d results took %d statements", n, got)
	}
	b.ReportMetric(float64(counting)/float64(b.Elapsed()/time.Duration(n)), "times-as-fast-as-counting")
}
